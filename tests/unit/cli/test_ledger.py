"""``hegui ledger``: what people and machines see of the evidence."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput, NotFound
from hegui.ledger import verify_directory
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "workspace"
    with Workspace.create(Settings(workspace=root, actor="li.lei")) as workspace:
        for number in range(2):
            with workspace.database.write() as connection:
                content = {"number": number, "text": "long " * 30}
                workspace.ledger.record(connection, kind="corpus.scanned", content=content)
    return root


@pytest.fixture
def hegui(root):
    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), "ledger", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


def test_entries_are_listed_one_a_line(hegui):
    lines = hegui("list").splitlines()

    assert [line.split()[0] for line in lines if "corpus.scanned" in line] == ["main/0", "main/1"]
    assert lines[0].endswith("…")
    assert hegui("list", "--kind", "no.such").strip() == ""
    assert len(json.loads(hegui("list", "--kind", "corpus.scanned", "--json"))) == 2


def test_an_entry_is_shown_in_full(hegui):
    assert '"number": 1' in hegui("show", "main/1")


def test_an_erased_entry_shows_as_erased(hegui):
    assert "recorded as main/2" in hegui("erase", "main/1", "--reason", "ticket 88")

    assert "(content erased)" in hegui("show", "main/1")
    assert "内容已删除" in hegui("list", language="zh")


def test_a_checkpoint_is_printed_as_the_signed_note(hegui):
    assert "\n\n— hegui/" in hegui("checkpoint")


def test_a_proof_is_json_and_small(hegui):
    proof = hegui("prove", "main/1")

    assert json.loads(proof)["ref"] == {"stream": "main", "seq": 1}
    assert len(proof) < 2048


def test_an_export_says_how_to_verify_it(hegui, tmp_path):
    output = hegui("export", str(tmp_path / "out"))

    key = output.rpartition("--key '")[2].rstrip().rstrip("'")
    assert verify_directory(tmp_path / "out", key=key).problems == []


def test_a_stamp_is_kept_beside_the_checkpoint(hegui, monkeypatch, root):
    monkeypatch.setattr("hegui.ledger.stamp.request_stamp", lambda data, *, tsa: b"a reply")

    path = hegui("stamp", "--tsa", "http://127.0.0.1:9/").strip()

    assert path == str(root / "checkpoints" / "000000000001.tsr")


def test_wrong_references_are_refused(hegui):
    with pytest.raises(InvalidInput):
        hegui("show", "17")
    with pytest.raises(NotFound):
        hegui("show", "main/99")
