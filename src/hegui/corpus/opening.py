"""Files wherever they lie: on this machine, or behind a URL that fsspec knows."""

import errno
import hashlib
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from hegui.corpus.formats.packages import PackageMissing, package

_CHUNK_BYTES = 1 << 20
_AHEAD_BYTES = 4 << 20
"""So much is asked of a server at once; some would send fifty megabytes for every shard."""
_PAUSES_SECONDS = (0.2, 1.0, 5.0)
"""How long to wait before a transfer that broke is begun again, each time."""
_VERSIONS = ("ETag", "etag", "LastModified", "Last-Modified", "mtime")
_FOREIGN = (
    ("aiohttp", "ClientError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
)
"""What packages for stores raise beside the errors of the system."""
_NUMBERS: dict[type[OSError], int] = {
    FileNotFoundError: errno.ENOENT,
    PermissionError: errno.EACCES,
    TimeoutError: errno.ETIMEDOUT,
    ConnectionError: errno.ECONNRESET,
}


class FileState(NamedTuple):
    """By which a change of a file is noticed.

    Attributes:
        size_bytes: its size.
        version: when it was changed, or what its server calls its version.
    """

    size_bytes: int
    version: str


def is_remote(place: str) -> bool:
    """Whether ``place`` is a URL and not a path."""
    return "://" in place


def is_listing(place: str) -> bool:
    """Whether a URL stands for several files: a folder (``…/``) or a pattern (``*``)."""
    return is_remote(place) and (place.endswith("/") or "*" in place)


def listed(place: str) -> list[str]:
    """The URLs of all files that a folder or a pattern stands for, in order.

    Raises:
        OSError: the server refuses.
        PackageMissing: as :func:`open_bytes`.
    """
    file_system, path = _store(place)
    with _as_system_errors():
        found = file_system.glob(path) if "*" in place else file_system.find(path)
    return sorted(file_system.unstrip_protocol(each) for each in found)


def open_bytes(place: str) -> io.BufferedReader:
    """Open a file for reading; it can seek.

    Raises:
        OSError: the system, or the server, refuses.
        PackageMissing: it is elsewhere, and fsspec, or the package for that store, is not installed.
    """
    if not is_remote(place):
        return Path(place).open("rb")
    return io.BufferedReader(_RemoteFile(place), _CHUNK_BYTES)


def state_of(place: str) -> FileState:
    """The state of a file.

    Raises:
        OSError: the system, or the server, refuses.
        PackageMissing: as :func:`open_bytes`.
    """
    if not is_remote(place):
        status = Path(place).stat()
        return FileState(status.st_size, str(status.st_mtime_ns))
    file_system, path = _store(place)
    with _as_system_errors():
        told = file_system.info(path)
    version = next((told[name] for name in _VERSIONS if told.get(name)), "")
    if told["size"] is None or told.get("partial") is False:
        raise OSError(errno.EOPNOTSUPP, "the server does not tell a size, or hands out no parts of files")
    return FileState(int(told["size"]), str(version))


def digest_of(place: str) -> str:
    """The SHA-256 of a file's bytes, read in constant memory.

    Raises:
        OSError: the system, or the server, refuses.
        PackageMissing: as :func:`open_bytes`.
    """
    state = hashlib.sha256()
    with open_bytes(place) as file:
        while chunk := file.read(_CHUNK_BYTES):
            state.update(chunk)
    return f"sha256:{state.hexdigest()}"


def size_of(place: str) -> int:
    """The size of a file in bytes; 0 where nobody can tell now."""
    try:
        return state_of(place).size_bytes
    except (OSError, PackageMissing):
        return 0


class _BrokenTransfer(OSError):
    """A server began to answer, and did not go on."""


class _RemoteFile(io.RawIOBase):
    """A file elsewhere; a transfer that breaks is begun again, and one that ends early has broken."""

    def __init__(self, place: str) -> None:
        self._size = state_of(place).size_bytes
        file_system, path = _store(place)
        with _as_system_errors():
            self._file = file_system.open(path, "rb", block_size=_AHEAD_BYTES, cache_type="readahead")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        begin = self._file.tell()
        for pause in _PAUSES_SECONDS:
            with suppress(ConnectionError, TimeoutError, _BrokenTransfer):
                return self._read(buffer)
            time.sleep(pause)
            self._file.seek(begin)
        return self._read(buffer)

    def _read(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        with _as_system_errors():
            data = self._file.read(len(buffer))
        if not data and self._file.tell() < self._size:
            raise _BrokenTransfer(errno.EIO, "the transfer ended early")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _store(place: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it."""
    core = package("fsspec").core
    try:
        # What a folder holds is not remembered: it may change.
        file_system, path = core.url_to_fs(place, use_listings_cache=False)
    except ImportError as error:
        raise PackageMissing(str(error)) from error
    except ValueError as error:
        raise OSError(errno.EPROTONOSUPPORT, str(error)) from error
    return file_system, str(path)


@contextmanager
def _as_system_errors() -> Iterator[None]:
    """Whatever a store's package raises, as an error of the system with its number and words."""
    foreign = tuple(getattr(sys.modules[name], error) for name, error in _FOREIGN if name in sys.modules)
    try:
        yield
    except foreign as error:
        raise _BrokenTransfer(errno.EIO, str(error)) from error
    except ValueError as error:  # the server hands out no parts of files
        raise OSError(errno.EOPNOTSUPP, str(error)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise OSError(_NUMBERS.get(type(error), errno.EIO), str(error.__cause__ or error)) from error
