"""``hegui verify``: without a workspace, with an exit status that says it."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput


@pytest.fixture
def export(ledger, database, tmp_path):
    with database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content={"number": 1})
    ledger.export(tmp_path / "out")
    return tmp_path / "out"


def hegui(*arguments, language="en"):
    environment = {"HEGUI_LANG": language, "HEGUI_WORKSPACE": "/nonexistent"}
    return CliRunner(env=environment).invoke(main, [*map(str, arguments)])


def test_untouched_evidence_is_verified_without_a_workspace(export, ledger):
    result = hegui("verify", export, "--key", ledger.verifier_key)

    assert result.exit_code == 0
    assert result.output.startswith("Verified: hegui.example/test")


def test_a_changed_byte_is_refused_with_its_place(export):
    path = export / "streams" / "main.tsv"
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":2'))

    result = hegui("verify", export, language="zh")

    assert result.exit_code == 4
    assert "streams/main.tsv:1 (main/0)：内容与其承诺值不符" in result.output
    assert "核验不通过" in result.output


def test_machines_read_the_report_as_json(export):
    report = json.loads(hegui("verify", export, "--json").output)

    assert report["ok"] is True
    assert report["streams"] == {"main": 1}


def test_a_directory_without_evidence_is_a_wrong_input(tmp_path):
    result = hegui("verify", tmp_path)

    assert isinstance(result.exception, InvalidInput)
    assert str(tmp_path) in str(result.exception)


def test_a_checkpoint_kept_elsewhere_is_held_against_the_evidence(export, ledger, database, tmp_path):
    with database.write() as connection:
        ledger.record(connection, kind="corpus.scanned", content={"number": 2})
    (tmp_path / "kept.note").write_text(ledger.checkpoint().note)

    result = hegui("verify", export, "--checkpoint", tmp_path / "kept.note")

    assert result.exit_code == 4
    assert "the tail was cut" in result.output
