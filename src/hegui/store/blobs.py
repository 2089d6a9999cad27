"""Files kept under the digest of their content."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hegui.core import InvalidInput, NotFound, digest_bytes
from hegui.store.errors import StorageFull, is_full

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Blobs:
    """A folder of immutable files, each named by its own SHA-256."""

    def __init__(self, root: Path) -> None:
        """Use ``root``, which is made on the first write."""
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its digest; the file appears whole or not at all.

        Raises:
            StorageFull: the disk is full.
        """
        digest = digest_bytes(data)
        path = self.path(digest)
        if path.exists():
            return digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(self._root)) from error
            raise
        return digest

    def get(self, digest: str, *, start: int = 0, length: int = -1) -> bytes:
        """The bytes kept under ``digest``, or ``length`` of them from ``start`` on.

        Raises:
            NotFound: nothing is kept under that digest.
        """
        try:
            with self.path(digest).open("rb") as file:
                file.seek(start)
                return file.read(length)
        except FileNotFoundError as error:
            raise NotFound(zh=f"没有保存 {digest}", en=f"nothing is kept under {digest}") from error

    def path(self, digest: str) -> Path:
        """Where ``digest`` is kept.

        Raises:
            InvalidInput: ``digest`` is not ``sha256:`` and 64 hexadecimal digits.
        """
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise InvalidInput(zh=f"不是摘要：{digest!r}", en=f"not a digest: {digest!r}")
        name = match[1]
        return self._root / "sha256" / name[:2] / name[2:]


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that a reader, or a crash, sees all of it or nothing.

    Raises:
        OSError: the file could not be written; no part of it remains.
    """
    with _beside(path, data, mode) as temporary:
        temporary.replace(path)


def write_once(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole that does not exist yet; of two processes at once only one succeeds.

    Raises:
        FileExistsError: somebody else wrote it first; that file stays as it is.
        OSError: the file could not be written; no part of it remains.
    """
    with _beside(path, data, mode) as temporary:
        path.hardlink_to(temporary)


@contextmanager
def _beside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """A temporary file beside ``path`` with ``data`` on the disk, gone at the end if still there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
