"""What a scan has done so far, on disk: it goes on from there, whatever stopped it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hegui.core import Conflict
from hegui.corpus.account import ShardResult
from hegui.store import StorageFull, is_full, write_whole


class AlreadyRunning(Conflict):
    """Another process is at the same work.

    Attributes:
        name: what it works on.
    """

    def __init__(self, name: str) -> None:
        """Ask to wait."""
        super().__init__(
            zh=f"{name}：另一个进程正在做同样的工作；请等它结束",
            en=f"{name}: another process is at the same work; wait until it has ended",
        )
        self.name = name


class ScanJournal:
    """A folder with one file for each finished task, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Keep the files in ``folder``, which is made on the first write."""
        self._folder = folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes away from the same work; a process that dies lets go.

        Raises:
            AlreadyRunning: another one is at it.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with self._folder.with_suffix(".lock").open("a", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyRunning(self._folder.name) from error
            yield

    def put(self, key: str, outcome: ShardResult | str) -> None:
        """Keep what came of the task with this key.

        Raises:
            StorageFull: there is no room.
        """
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, msgspec.msgpack.encode(outcome))
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(self._folder)) from error
            raise

    def get(self, key: str) -> ShardResult | str | None:
        """What came of a task; ``None`` where it is not done yet, or its file is damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        try:
            return msgspec.msgpack.decode(data, type=ShardResult | str)
        except msgspec.DecodeError:
            return None

    def forget(self) -> None:
        """Remove everything: what it is about is on record."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        name = key.removeprefix("sha256:")
        return self._folder / name[:2] / name[2:]
