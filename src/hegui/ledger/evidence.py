"""The evidence as readable files, for whoever verifies it without this software."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from hegui.core import Conflict
from hegui.ledger import repository
from hegui.ledger.model import Checkpoint
from hegui.store import Connection, StorageFull, is_full


class DirectoryNotEmpty(Conflict):
    """Evidence is not written among other files."""

    def __init__(self, directory: Path) -> None:
        """Name the directory."""
        super().__init__(
            zh=f"{directory} 已存在且不是空目录；请换一个新目录",
            en=f"{directory} exists and is not an empty directory; name a new one",
        )
        self.directory = directory


def write_evidence(
    connection: Connection,
    *,
    directory: Path,
    checkpoint: Checkpoint,
    verifier_key: str,
    stamps: Mapping[str, bytes],
) -> None:
    """Write everything that ``checkpoint`` covers into ``directory``.

    The files, described in ``docs/adr/0002-ledger-format.md``: ``streams/<stream>.tsv``, ``heads.jsonl``,
    ``checkpoint.note``, ``checkpoints/*.note``, ``stamps/*.tsr``, ``key.vkey``.

    Raises:
        DirectoryNotEmpty: there is something in the directory.
        StorageFull: the disk is full.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise DirectoryNotEmpty(directory)
    try:
        for folder in ("streams", "checkpoints", "stamps"):
            (directory / folder).mkdir(parents=True)
        _write_heads(connection, directory, checkpoint.size)
        for earlier in repository.checkpoints_up_to(connection, checkpoint.size):
            _write(directory / "checkpoints" / f"{earlier.size:012d}.note", earlier.note)
        for name, reply in stamps.items():
            (directory / "stamps" / name).write_bytes(reply)
        _write(directory / "key.vkey", f"{verifier_key}\n")
        _write(directory / "checkpoint.note", checkpoint.note)
    except OSError as error:
        if is_full(error):
            raise StorageFull(str(directory)) from error
        raise


def _write_heads(connection: Connection, directory: Path, size: int) -> None:
    heads = repository.heads_up_to(connection, size)
    _write(directory / "heads.jsonl", "".join(f"{head.text}\n" for head in heads))
    for stream_id, covered in {head.stream_id: head.size for head in heads}.items():
        with (directory / "streams" / f"{stream_id}.tsv").open("w", encoding="utf-8", newline="") as file:
            file.writelines(_lines(connection, stream_id, covered))


def _lines(connection: Connection, stream_id: str, size: int) -> Iterator[str]:
    for entry in repository.stored_entries(connection, stream_id, size):
        salt = "-" if entry.salt is None else entry.salt.hex()
        content = "-" if entry.content is None else entry.content
        yield f"{entry.commitment.hex()}\t{salt}\t{entry.header}\t{content}\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
