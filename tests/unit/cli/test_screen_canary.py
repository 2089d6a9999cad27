"""``hegui screen canary``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput, NotFound
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def settings(tmp_path):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui")
    Workspace.create(settings).database.close()
    (tmp_path / "new.csv").write_text("text,risk,kind\n新禁词,A.2.i,insult\n", encoding="utf-8")
    (tmp_path / "new.yaml").write_text("name: stricter\npersonal_information: none\n", encoding="utf-8")
    return settings


@pytest.fixture
def canary(tmp_path, settings):
    def run(*arguments, language="en"):
        given = [str(tmp_path / word) if word.endswith((".yaml", ".csv")) else word for word in arguments]
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(settings.workspace), "screen", "canary", *given])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def exchanged(settings, trial, outcome, count):
    with Workspace.open(settings) as workspace, workspace.ledger.writer() as writer:
        for _ in range(count):
            content = {"trial": trial, "outcome": outcome, "user": "u"}
            writer.append(kind="gateway.exchanged", content=content).result()


def test_a_canary_is_begun_compared_and_promoted(canary, settings):
    assert "acts for 0.05 of the users" in canary("start", "--bank", "new.csv", "--share", "0.05")
    exchanged(settings, "canary", "refused", 3)
    exchanged(settings, "control", "answered", 5)

    page = canary("show")
    assert "running" in page
    assert "the canary: 3 exchanges of 1 known user" in page
    assert "refused: 3  1.0000  [0.3684, 1]" in page
    assert "stopped: 0  0.0000  [0, 0.4508]" in page
    assert "promote, or stop" in page
    told = json.loads(canary("show", "--json"))
    assert told["beside"]["exchanges"] == 5
    assert "is in use" in canary("promote")
    assert "promoted" in canary("show")
    assert "promote, or stop" not in canary("show")


def test_a_declaration_and_a_bank_are_tried_together_and_stopped_for_a_reason(canary):
    begun = json.loads(
        canary("start", "--screen", "new.yaml", "--bank", "new.csv", "--share", "0.5", "--json")
    )
    assert begun["name"] == "stricter"
    assert begun["declaration"]
    assert begun["bank"]
    assert "停止试用 stricter" in canary("stop", "--reason", "误拦太多", language="zh")
    assert "已停止" in canary("show", language="zh")


def test_without_a_file_there_is_nothing_to_try(canary):
    with pytest.raises(InvalidInput, match="--screen or --bank"):
        canary("start", "--share", "0.5")


@pytest.mark.parametrize("step", [("show",), ("promote",), ("stop", "--reason", "r")])
def test_where_nothing_is_tried_it_is_said_how_to_begin(canary, step):
    with pytest.raises(NotFound, match="canary start"):
        canary(*step)
