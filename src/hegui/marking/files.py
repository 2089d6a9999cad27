"""The files that labels are read from and written to."""

import mmap
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hegui.core import Conflict, InvalidInput, NotFound
from hegui.marking.splices import Buffer, Mapped
from hegui.store import StorageFull, is_full

LARGEST_IN_MEMORY = 64 << 20
"""Bytes of a file that are read at once; a larger one is mapped."""

DRAFT = ".hegui-"
"""What the names of unfinished files begin with."""

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class NotWritable(Conflict):
    """A file that must not or cannot be written.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Name the file and the reason."""
        super().__init__(
            zh=f"{named(path)} 不能写入：{zh}；没有改动任何文件",
            en=f"{named(path)} cannot be written: {en}; no file was changed",
        )
        self.path = path


def named(path: Path) -> str:
    """The path as text that any encoding can hold, whatever bytes the file system allows in names."""
    return str(path).encode("utf-8", "backslashreplace").decode()


@contextmanager
def opened(path: Path) -> Iterator[Buffer]:
    """The bytes of a file.

    Raises:
        NotFound: there is no such file, or it has vanished.
        InvalidInput: it is not a file, or may not be read.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size <= LARGEST_IN_MEMORY:
                yield file.read()
            else:
                with Mapped(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                    yield mapped
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{named(path)}", en=f"no such file: {named(path)}") from error
    except (IsADirectoryError, PermissionError) as error:
        raise InvalidInput(
            zh=f"无法读取 {named(path)}：{error.strerror}", en=f"cannot read {named(path)}: {error.strerror}"
        ) from error


def check_writable(path: Path) -> None:
    """Refuse to replace a file that is marked read-only, and to write where no folder is.

    Replacing a file asks no permission of the file itself, only of its folder; but who marked a file
    read-only did not want it replaced.

    Raises:
        NotWritable: the file is read-only, a folder, or its folder does not exist.
    """
    if not path.parent.is_dir():
        raise NotWritable(
            path, zh=f"没有目录 {named(path.parent)}", en=f"there is no folder {named(path.parent)}"
        )
    if path.is_dir():
        raise NotWritable(path, zh="它是目录", en="it is a folder")
    if path.exists() and not path.stat().st_mode & _WRITABLE:
        raise NotWritable(path, zh="它是只读文件；请换一个 --out", en="it is read-only; choose another --out")


def draft(target: Path, parts: Iterable[bytes | memoryview], *, mode: int, prefix: str = DRAFT) -> Path:
    """A complete file beside ``target``, ready to take its place.

    Args:
        target: the file that is to be made or replaced.
        parts: what is to be in it.
        mode: its permissions.
        prefix: what its name begins with.

    Raises:
        StorageFull: the disk is full; no part of the file remains.
        NotWritable: the folder refuses; likewise.
    """
    path = empty_draft(target, prefix=prefix)
    try:
        with path.open("wb") as file:
            file.writelines(parts)
            finish(file)
        path.chmod(mode)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise refusal(target, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def empty_draft(target: Path, *, prefix: str = DRAFT) -> Path:
    """An empty file beside ``target`` for somebody else to write.

    Raises:
        NotWritable: the folder refuses.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    except OSError as error:
        raise refusal(target, error) from error
    os.close(handle)
    return Path(name)


def finish(file: BinaryIO) -> None:
    """Force what was written onto the disk."""
    file.flush()
    os.fsync(file.fileno())


def refusal(path: Path, error: OSError) -> Conflict:
    """Why a file cannot be written, in words."""
    if is_full(error):
        return StorageFull(named(path))
    reason = error.strerror or str(error)
    return NotWritable(path, zh=reason, en=reason)
