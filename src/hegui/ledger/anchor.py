"""Checkpoints as files outside the database: what a rolled-back database cannot take back."""

from pathlib import Path

from hegui.core import Conflict
from hegui.ledger.model import Checkpoint
from hegui.store import StorageFull, is_full, write_whole


class LedgerRolledBack(Conflict):
    """A checkpoint that was signed and kept as a file does not agree with the database."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(
            zh=f"{path} 是已签署的检查点，但数据库中没有与之一致的记录：数据库可能被回退或替换。"
            "请恢复较新的数据库；若确需从旧备份继续，请把该目录中较新的检查点移存他处并书面说明缘由",
            en=f"{path} is a signed checkpoint that the database does not know: the database was rolled back "
            "or replaced. Restore the newer database; to go on from an old backup, move the newer "
            "checkpoints elsewhere and keep a written reason",
        )
        self.path = path


class Anchor:
    """The folder of checkpoints; best on storage that cannot be rewritten.

    Attributes:
        folder: the folder, made on the first checkpoint.
    """

    def __init__(self, folder: Path) -> None:
        """Use ``folder``."""
        self.folder = folder

    def compare(self, last: Checkpoint | None) -> None:
        """Check that the newest file is no newer than the database, and says the same.

        Args:
            last: the newest checkpoint in the database.

        Raises:
            LedgerRolledBack: it is newer, or says something else.
        """
        newest = max(self.folder.glob("*.note"), default=None)
        if newest is None or (last is not None and newest.name < _name(last)):
            return
        if last is None or newest.name > _name(last) or newest.read_text(encoding="utf-8") != last.note:
            raise LedgerRolledBack(newest)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint as a file, unless it is there already.

        Raises:
            StorageFull: the disk is full.
        """
        path = self.folder / _name(checkpoint)
        if not path.exists():
            self._write(path, checkpoint.note.encode())

    def keep_stamp(self, checkpoint: Checkpoint, reply: bytes) -> Path:
        """Keep a time stamp beside its checkpoint and return its file.

        Raises:
            StorageFull: the disk is full.
        """
        path = self.folder / _name(checkpoint).replace(".note", ".tsr")
        self._write(path, reply)
        return path

    def stamps(self, size: int) -> dict[str, bytes]:
        """The time stamps on checkpoints over at most ``size`` heads, by file name."""
        limit = f"{size:012d}.tsr"
        return {
            path.name: path.read_bytes() for path in sorted(self.folder.glob("*.tsr")) if path.name <= limit
        }

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(self.folder)) from error
            raise


def _name(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size:012d}.note"
