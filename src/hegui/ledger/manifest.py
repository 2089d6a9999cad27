"""Sealing a directory: every file listed by digest, the list signed."""

from collections.abc import Mapping
from pathlib import Path

from hegui.core import canonical_json, digest_bytes, digest_file
from hegui.ledger.keys import SigningKey
from hegui.ledger.model import Seal
from hegui.store import StorageFull, is_full, write_whole

EVIDENCE = "evidence"
"""The folder of a bundle that holds the exported ledger."""

MANIFEST = "manifest.json"
NOTE = "manifest.note"
FIGURES = "figures.json"


def seal_directory(directory: Path, *, purposes: Mapping[str, str], key: SigningKey, time: str) -> Seal:
    """Write ``manifest.json`` and ``manifest.note`` for all other files of ``directory``.

    Args:
        directory: what is sealed.
        purposes: what the files are for, by path inside the directory.
        key: the key that signs.
        time: when, in UTC.

    Raises:
        StorageFull: the disk is full.
    """
    files = {
        path.relative_to(directory).as_posix(): path
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path not in {directory / MANIFEST, directory / NOTE}
    }
    listed = {
        name: {"purpose": purposes.get(name, _purpose(name)), "sha256": digest_file(path)[7:]}
        for name, path in files.items()
    }
    manifest = canonical_json({"files": listed, "format": "hegui-bundle/1"}) + b"\n"
    digest = digest_bytes(manifest)
    # The first line keeps a seal from ever being taken for a checkpoint, which begins with the origin.
    note = key.sign(f"hegui-bundle/1\n{key.name}\n{digest}\ntime {time}\n")
    try:
        write_whole(directory / MANIFEST, manifest)
        write_whole(directory / NOTE, note.encode())
    except OSError as error:
        if is_full(error):
            raise StorageFull(str(directory)) from error
        raise
    return Seal(digest=digest, files=len(listed), note=note)


def _purpose(name: str) -> str:
    if name.startswith(f"{EVIDENCE}/"):
        return "evidence"
    return "figures" if name == FIGURES else "document"
