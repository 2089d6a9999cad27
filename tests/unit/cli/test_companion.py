"""``hegui companion``: what people see of users in a crisis, and say about them."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.companion import ContactMissing, CrisisKind
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    with Workspace.create(Settings(workspace=root, actor="test@hegui")) as workspace:
        workspace.companion().met_crisis(CrisisKind.SELF_HARM, exchange="e1", user="5f2d", tenant="app")

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "companion", *arguments]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_whom_to_contact_is_shown_until_a_person_says_what_came_of_it(hegui):
    (contact,) = json.loads(hegui("contacts", "--json"))
    assert "self-harm 5f2d app e1  open" in hegui("contacts")
    assert "自残自杀" in hegui("contacts", language="zh")
    assert "reached" in hegui("close", contact["id"], "--outcome", "reached the guardian")
    assert "Nobody has to be contacted." in hegui("contacts")
    assert "没有待联络的用户。" in hegui("contacts", language="zh")
    assert "reached the guardian" in hegui("contacts", "--all")
    with pytest.raises(ContactMissing):
        hegui("close", "nowhere", "--outcome", "?")


@pytest.mark.parametrize(
    ("text", "told"),
    [("我不想活了", "self-harm"), ("退出", "wants to stop"), ("今天天气不错", "No sign shows.")],
)
def test_the_signs_can_be_tried(hegui, text, told):
    assert hegui("signs", text).strip() == told


def test_the_signs_of_a_declaration_can_be_tried(hegui, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text(
        "producer: '0011234567890123456789012345'\ncompanion:\n  dependence: {signs: {words: [离不开你]}}\n",
        encoding="utf-8",
    )
    assert hegui("signs", "我离不开你", "--config", str(config)).strip() == "a sign of dependence"
    assert json.loads(hegui("signs", "我离不开你", "--config", str(config), "--json")) == {
        "exit": False, "crisis": None, "dependence": True,
    }  # fmt: skip
