"""``hegui corpus clean``: a new dataset from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "corpus"


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "corpus", *map(str, arguments)]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    run("register", EXAMPLE / "corpus.yaml")
    return run


def test_the_example_is_cleaned_and_accounted_for(hegui, tmp_path):
    shown = hegui("clean", "dialogues", "--out", tmp_path / "out")
    assert "202 read = 199 kept (20 of them masked) + 2 quarantined + 0 dropped + 1 that could not" in shown
    assert f"manifest: {tmp_path / 'out' / 'manifest.json'}" in shown
    data = (tmp_path / "out" / "data" / "part-00000.jsonl").read_text(encoding="utf-8")
    assert len(data.splitlines()) == 199
    assert "[手机号]" in data


def test_the_policy_is_chosen_by_options(hegui, tmp_path):
    made = json.loads(
        hegui("clean", "dialogues", "--out", tmp_path / "out", "--json", "--unsafe", "drop",
              "--personal-information", "drop", "--workers", "2")
    )  # fmt: skip
    assert made["policy"] == {"unsafe": "drop", "personal_information": "drop"}
    assert (made["total"]["kept"], made["total"]["dropped"]) == (179, 22)


def test_what_could_not_be_read_is_shown(hegui, tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"no table")
    (tmp_path / "corpus.yaml").write_text(
        "sources: [{id: bad, name: {zh: 坏, en: bad}, kind: commercial, language: zh, origin: domestic, "
        "files: [bad.parquet]}]",
        encoding="utf-8",
    )
    hegui("register", tmp_path / "corpus.yaml")
    shown = hegui("clean", "bad", "--out", tmp_path / "out")
    assert "bad.parquet@0: damaged from here on" in shown
