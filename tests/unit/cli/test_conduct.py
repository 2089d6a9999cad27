"""``hegui conduct``: what people see of users who keep asking for illegal content, and decide about them."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.conduct import ViolationMissing
from hegui.settings import Settings
from hegui.workspace import Workspace


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    with Workspace.create(Settings(workspace=root, actor="test@hegui")) as workspace:
        conduct = workspace.conduct()
        for number in range(9):
            conduct.violated("5f2d", exchange=f"e{number}")

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "conduct", *arguments]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_users_are_shown_with_what_is_in_force(hegui):
    told = hegui("show")
    assert "5f2d  suspended → 20" in told
    assert "rung 3" in told
    assert "暂停服务" in hegui("show", language="zh")
    assert json.loads(hegui("show", "--json"))[0]["standing"]["current"]["step"] == "suspend"


def test_one_user_is_shown_with_all_of_the_history(hegui):
    assert hegui("show", "5f2d").count("violation") == 9
    assert len(json.loads(hegui("show", "5f2d", "--json"))["history"]) == 9


def test_an_appeal_is_taken_down_and_decided(hegui):
    assert "No appeal is open." in hegui("appeals")
    made = json.loads(hegui("appeal", "5f2d", "--text", "小说", "--exchange", "e8", "--json"))
    assert "待决定" in hegui("appeals", language="zh")
    assert "granted" in hegui("decide", made["id"], "--grant", "--reason", "fiction")
    assert "No appeal is open." in hegui("appeals")
    assert "fiction" in hegui("appeals", "--all")
    assert "rung 2" in hegui("show")


def test_a_false_alarm_is_overturned_and_a_step_lifted(hegui):
    assert "rung 2" in hegui("overturn", "e0", "--reason", "false alarm")
    assert "rung 0" in hegui("lift", "5f2d", "--reason", "stolen")
    with pytest.raises(ViolationMissing):
        hegui("overturn", "e99", "--reason", "?")


def test_nobody_is_told_where_nobody_did_anything(tmp_path):
    root = tmp_path / "empty"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, ["-w", str(root), "conduct", "show"])
    assert result.stdout == "Nobody has a history.\n"


def test_the_operators_own_ladder_applies(hegui, tmp_path):
    declared = tmp_path / "gateway.yaml"
    declared.write_text(
        "producer: x\nmodels: [{name: m, upstreams: [{url: http://127.0.0.1:1/v1}]}]\n"
        "ladder: {rungs: [{step: terminate, notice: {zh: 终止, en: ended}}]}\n",
        encoding="utf-8",
    )
    assert "terminated" in hegui("--config", str(declared), "show")
