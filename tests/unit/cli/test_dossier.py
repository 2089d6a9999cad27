"""``hegui dossier``: the documents and what people are told of them."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import Conflict
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), *arguments])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_a_dossier_is_composed_and_verified(hegui, tmp_path):
    out = tmp_path / "out"

    told = hegui("dossier", "compose", str(out))

    assert "self-assessment.docx" in told
    assert "evidence/" not in told
    assert "no conclusion can be drawn yet" in told
    assert "Verified" in hegui("verify", str(out))


def test_machines_get_the_whole_report(hegui, tmp_path):
    report = json.loads(hegui("dossier", "compose", str(tmp_path / "out"), "--tongue", "zh", "--json"))

    assert report["entry"] == "main/0"
    assert report["results"]["not_assessed"] > 0
    assert {"path": "self-assessment.pdf", "purpose": "the self-assessment, archive copy"} in report["files"]


def test_an_earlier_dossier_is_replaced_only_by_force(hegui, tmp_path):
    arguments = ("dossier", "compose", str(tmp_path / "out"), "--tongue", "en")
    hegui(*arguments)

    with pytest.raises(Conflict, match="--force"):
        hegui(*arguments)
    assert "main/1" in hegui(*arguments, "--force")
