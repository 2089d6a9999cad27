"""Files that commands write where people ask for them."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from hegui.core import Conflict


class CannotWrite(Conflict):
    """A file cannot be written where it was asked for.

    Attributes:
        path: where.
    """

    def __init__(self, path: Path, number: int) -> None:
        """Say why, by the number of the operating system's error."""
        reason = os.strerror(number)
        super().__init__(zh=f"无法写入 {path}：{reason}", en=f"cannot write {path}: {reason}")
        self.path = path


class NewFile(click.Path):
    """Where a file is to be written; refused before any work is done where there can be none."""

    def __init__(self) -> None:
        """Take a path."""
        super().__init__(path_type=Path)
        self.name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 - click's signature
        """The path.

        Raises:
            CannotWrite: it is a folder, its own folder is not there, or nothing may be written in that.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.is_dir():
            raise CannotWrite(path, errno.EISDIR)
        if not path.parent.is_dir():
            raise CannotWrite(path, errno.ENOENT)
        if not os.access(path.parent, os.W_OK):
            raise CannotWrite(path, errno.EACCES)
        return path


def write_file(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file, part by part.

    Raises:
        CannotWrite: the operating system refuses.
    """
    try:
        with path.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise CannotWrite(path, error.errno or errno.EIO) from error
