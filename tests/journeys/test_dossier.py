"""A provider hands in a dossier, and a stranger checks it; the story of the demo's sixth step."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hegui.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "chat-service"


def hegui(*arguments, status=0):
    result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """What the provider made, and the key that it published."""
    folder = tmp_path_factory.mktemp("provider")
    workspace = folder / "workspace"
    hegui("init", workspace)
    hegui("-w", workspace, "scope", EXAMPLE / "service.yaml")
    hegui("-w", workspace, "corpus", "register", EXAMPLE / "corpus" / "corpus.yaml")
    hegui("-w", workspace, "corpus", "scan")
    said = hegui("-w", workspace, "dossier", "compose", folder / "dossier")
    assert "no conclusion" in said
    return folder / "dossier", (workspace / "keys" / "ledger.vkey").read_text().strip()


def changed(path, *, at):
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(content)


def test_a_stranger_verifies_it_with_one_file_and_the_published_key(handed_in, tmp_path):
    dossier, key = handed_in
    # Isolated, from another folder: nothing of Hegui is imported.
    run = subprocess.run(
        [sys.executable, "-I", str(dossier / "verify.py"), str(dossier), "--key", key],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith("Verified: hegui/")


def test_evidence_under_another_key_than_the_published_one_is_refused(handed_in):
    dossier, _ = handed_in
    public = b"\x01" + Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"another\n" + public).hexdigest()[:8]
    key = f"another+{key_id}+{base64.b64encode(public).decode()}"

    said = hegui("verify", dossier, "--key", key, status=4)

    assert "evidence/key.vkey: the key in the evidence is not the one you gave" in said


def test_one_changed_byte_in_any_file_is_refused_with_its_place(handed_in, tmp_path):
    dossier, key = handed_in
    files = sorted(path.relative_to(dossier) for path in dossier.rglob("*") if path.is_file())
    assert len(files) > 9
    for file in files:
        copy = tmp_path / "copy"
        shutil.copytree(dossier, copy)
        changed(copy / file, at=0.5)
        said = hegui("verify", copy, "--key", key, status=4)
        assert any(line.startswith(file.as_posix()) for line in said.splitlines()), f"{file}\n{said}"
        shutil.rmtree(copy)


def test_people_and_machines_read_the_same_counts(handed_in):
    dossier, _ = handed_in
    figures = json.loads((dossier / "figures.json").read_text(encoding="utf-8"))
    by_document = {name: [] for name in ("docx", "pdf", "xlsx", "json")}
    for figure in figures:
        by_document[figure["document"].rpartition(".")[2]].append(
            (figure["text"], figure["entry"], figure["pointer"])
        )
    assert len({tuple(cited) for cited in by_document.values()}) == 1
    unsafe = next(f for f in figures if f["pointer"] == "/tally/unsafe" and f["value"] == 15)
    book = openpyxl.load_workbook(dossier / "self-assessment.xlsx")
    assert 15 in {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    word = docx.Document(dossier / "self-assessment.docx")
    assert any(
        unsafe["text"] in cell.text for table in word.tables for row in table.rows for cell in row.cells
    )
    assert "12.50%" in "".join(
        page.extract_text() for page in pypdf.PdfReader(dossier / "self-assessment.pdf").pages
    )
