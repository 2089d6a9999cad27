"""One pass over the files of a source, in constant memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec

from hegui.core import Conflict, InvalidInput, digest_file
from hegui.corpus.kept_aside import KeptAside
from hegui.corpus.kernel import scan_shard
from hegui.corpus.model import FileScan, Partial, RegisteredSource, ScanProgress
from hegui.corpus.shard import shards
from hegui.screening import Screen

_NAMED_LINES = 20

Progress: TypeAlias = Callable[[ScanProgress], None]
"""Told how far a scan has come."""


class UnreadableFile(InvalidInput):
    """A file that is on the register but cannot be read now.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and the system's reason."""
        super().__init__(
            zh=f"无法读取 {path}：{reason}；请恢复文件或访问权限后重新扫描",
            en=f"cannot read {path}: {reason}; restore the file or the permission and scan again",
        )
        self.path = path


class FileChanged(Conflict):
    """A file was written to while it was scanned, so that no count of it would be true.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(
            zh=f"{path} 在扫描时被改动；请停止写入后重新扫描",
            en=f"{path} changed while it was scanned; stop writing to it and scan again",
        )
        self.path = path


class SourcePass:
    """One pass over one source."""

    def __init__(
        self,
        registered: RegisteredSource,
        *,
        screen: Screen,
        kept_aside: KeptAside,
        progress: Progress,
        shard_bytes: int,
        longest_bytes: int,
    ) -> None:
        """Prepare the pass; nothing is read yet.

        Args:
            registered: the source.
            screen: reads each document.
            kept_aside: receives the lines that cannot be screened.
            progress: told after every shard.
            shard_bytes: read between two reports of progress.
            longest_bytes: of a line that is still read into memory.
        """
        self._source = registered.source
        self._root = Path(registered.root)
        self._screen = screen
        self._kept_aside = kept_aside
        self._progress = progress
        self._shard_bytes = shard_bytes
        self._longest_bytes = longest_bytes
        self._done_bytes = 0
        self._total_bytes = 0

    def files(self) -> tuple[FileScan, ...]:
        """Read every file of the source and account for every line.

        Raises:
            UnreadableFile: a file is gone or may not be read.
            FileChanged: a file was written to meanwhile.
            StorageFull: there is no room for the lines kept aside.
        """
        self._total_bytes = sum(_state(self._root / name)[0] for name in self._source.files)
        return tuple(self._file(name) for name in self._source.files)

    def _file(self, name: str) -> FileScan:
        path = self._root / name
        state = size_bytes, _ = _state(path)
        with _readable(path):
            digest = digest_file(path)
        whole = Partial()
        for shard in shards(
            path,
            size_bytes=size_bytes,
            text_field=self._source.text_field,
            shard_bytes=self._shard_bytes,
            longest_bytes=self._longest_bytes,
        ):
            with _readable(path):
                found = scan_shard(shard, self._screen)
            self._kept_aside.add(path, name=name, lines=found.shifted(whole.tally.read).set_aside)
            whole = _named_only(whole.merge(found))
            self._done_bytes += shard.end - shard.start
            self._progress(
                ScanProgress(
                    source=self._source.id,
                    file=name,
                    done_bytes=self._done_bytes,
                    total_bytes=self._total_bytes,
                )
            )
        if _state(path) != state:
            raise FileChanged(path)
        return FileScan(
            path=name,
            digest=digest,
            size_bytes=size_bytes,
            tally=whole.tally,
            first_set_aside=whole.set_aside,
        )


def _named_only(partial: Partial) -> Partial:
    """Without all but the first lines set aside: the rest are on disk, and memory stays constant."""
    return msgspec.structs.replace(partial, set_aside=partial.set_aside[:_NAMED_LINES])


def _state(path: Path) -> tuple[int, int]:
    """Size in bytes and time of the last change, by which a change is noticed."""
    with _readable(path):
        status = path.stat()
    return status.st_size, status.st_mtime_ns


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Name ``path`` where the system refuses it."""
    try:
        yield
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
