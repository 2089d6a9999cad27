"""Exports and seals on a disk that fills up, and what they hold."""

import errno
import json
from pathlib import Path

import pytest

from hegui.core import digest_file
from hegui.ledger import verify_directory
from hegui.store import StorageFull


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def forbidden(*_, **__):
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.fixture
def recorded(ledger, database):
    with database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content={"number": 1, "text": "人"})
    return ledger


def test_an_export_can_be_read_by_eye(recorded, tmp_path):
    recorded.export(tmp_path / "out")

    line = (tmp_path / "out" / "streams" / "main.tsv").read_text()
    assert line.count("\t") == 3
    assert line.endswith('\t{"number":1,"text":"人"}\n')
    assert (tmp_path / "out" / "key.vkey").read_text() == recorded.verifier_key + "\n"


def test_an_export_goes_into_an_empty_directory_too(recorded, tmp_path):
    (tmp_path / "out").mkdir()
    recorded.export(tmp_path / "out")

    assert verify_directory(tmp_path / "out").ok


def test_a_seal_lists_every_file_with_its_purpose(recorded, tmp_path):
    (tmp_path / "annex").mkdir()
    bundle = tmp_path / "bundle"
    (bundle / "annex").mkdir(parents=True)
    (bundle / "annex" / "table.xlsx").write_bytes(b"table")
    (bundle / "report.docx").write_bytes(b"report")
    (bundle / "figures.json").write_text("[]")

    seal = recorded.seal(bundle, purposes={"report.docx": "self-assessment"})

    files = json.loads((bundle / "manifest.json").read_text())["files"]
    assert files["report.docx"]["purpose"] == "self-assessment"
    assert files["annex/table.xlsx"]["purpose"] == "document"
    assert files["figures.json"]["purpose"] == "figures"
    assert files["evidence/heads.jsonl"]["purpose"] == "evidence"
    assert seal.files == len(files)
    assert seal.digest == digest_file(bundle / "manifest.json")
    assert verify_directory(bundle).ok


def test_sealing_again_covers_what_was_added(recorded, tmp_path):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    recorded.seal(bundle)
    (bundle / "more.txt").write_text("more")
    assert not verify_directory(bundle).ok

    recorded.seal(bundle)

    assert verify_directory(bundle).ok


def test_a_full_disk_is_named_by_whatever_writes(recorded, tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    recorded.seal(bundle)
    for target in ("hegui.ledger.anchor.write_whole", "hegui.ledger.manifest.write_whole"):
        monkeypatch.setattr(target, full)
    monkeypatch.setattr(Path, "write_text", full)

    with pytest.raises(StorageFull, match="bundle"):
        recorded.seal(bundle)
    with pytest.raises(StorageFull, match="out"):
        recorded.export(tmp_path / "out")
    (tmp_path / "checkpoints" / "000000000001.note").unlink()
    with pytest.raises(StorageFull, match="checkpoints"):
        recorded.checkpoint()


def test_other_failures_of_the_disk_are_not_disguised(recorded, tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    recorded.seal(bundle)
    for target in ("hegui.ledger.anchor.write_whole", "hegui.ledger.manifest.write_whole"):
        monkeypatch.setattr(target, forbidden)
    monkeypatch.setattr(Path, "write_text", forbidden)

    with pytest.raises(PermissionError):
        recorded.seal(bundle)
    with pytest.raises(PermissionError):
        recorded.export(tmp_path / "out")
    (tmp_path / "checkpoints" / "000000000001.note").unlink()
    with pytest.raises(PermissionError):
        recorded.checkpoint()
