"""``hegui gateway``: keys of clients, pseudonyms of users."""

import json

import pytest
from click.testing import CliRunner

from hegui.admission import Age, AlertKind, KeyMissing, MinorPolicy
from hegui.archive import NothingKept
from hegui.cli.main import main
from hegui.core import InvalidInput
from hegui.settings import Settings
from hegui.workspace import Workspace

PRODUCER = "001191110000MA0EXAMPLB10001"


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    with Workspace.create(Settings(workspace=root, actor="test@hegui")) as workspace:
        for number in range(2):
            workspace.archive.keep(
                "5f2d", exchange=f"e{number}", training="not_said", asked=("问", "题"), answered="答"
            )

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "gateway", *arguments]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_a_key_is_shown_once_listed_and_revoked(hegui):
    assert "No key was issued." in hegui("keys", "list")
    issued = json.loads(hegui("keys", "issue", "my-app", "--json"))
    assert issued["key"].startswith(f"hg-{issued['id']}-")
    assert issued["key"] not in hegui("keys", "list") + hegui("keys", "list", "--json")
    assert f"{issued['id']}  my-app  有效" in hegui("keys", "list", language="zh")
    assert "is revoked" in hegui("keys", "revoke", issued["id"], "--reason", "leaked")
    assert json.loads(hegui("keys", "list", "--json"))[0]["good"] is False
    with pytest.raises(KeyMissing):
        hegui("keys", "revoke", "00000000", "--reason", "?")


def test_a_key_is_good_to_the_end_of_its_last_day_in_china(hegui):
    assert "不再显示" in hegui("keys", "issue", "my-app", "--expires", "2999-06-30", language="zh")
    (listed,) = json.loads(hegui("keys", "list", "--json"))
    assert listed["expires"] == "2999-06-30T16:00:00Z"
    with pytest.raises(InvalidInput, match="a day of expiry after today"):
        hegui("keys", "issue", "my-app", "--expires", "2020-01-01")


def test_a_user_of_two_tenants_is_two(hegui):
    names = {hegui("pseudonym", "li.lei", *more) for more in ((), ("--tenant", "a"), ("--tenant", "b"))}
    assert len(names) == 3
    assert json.loads(hegui("pseudonym", "li.lei", "--json"))["pseudonym"] + "\n" in names


def test_what_is_kept_is_counted_read_and_erased(hegui, tmp_path):
    assert json.loads(hegui("retention", "--json"))["exchanges"] == 2
    assert "e1\n> 问\n> 题\n< 答" in hegui("kept", "5f2d", "--reason", "asked for")
    with Workspace.open(Settings(workspace=tmp_path / "workspace", actor="test@hegui")) as workspace:
        workspace.archive.withdraw("e1", reason="illegal")
    assert "e1\n> 问\n> 题\n< (withdrawn)" in hegui("kept", "5f2d", "--reason", "asked for")
    config = tmp_path / "gateway.yaml"
    config.write_text(f"producer: {PRODUCER}\nretention: {{days: 30}}\n")
    assert "0 erased; 2 kept of 1 user" in hegui("retention", "--config", str(config))
    assert "已删除 2 次对话" in hegui("erase", "5f2d", "--reason", "account closed", language="zh")
    assert "最早 —" in hegui("retention", language="zh")
    with pytest.raises(NothingKept):
        hegui("kept", "5f2d", "--reason", "?")


def test_guardians_alerts_and_overview_are_shown(hegui, tmp_path):
    assert "No guardian has to be told of anything." in hegui("minors", "alerts")
    assert "没有待告知的提醒。" in hegui("minors", "alerts", language="zh")
    assert "No use is on record." in hegui("minors", "overview", "5f2d")
    with Workspace.open(Settings(workspace=tmp_path / "workspace", actor="test@hegui")) as workspace:
        admissions = workspace.admissions
        admissions.alert(AlertKind.CONTENT, user="5f2d", tenant="app")
        admissions.see_minor("5f2d", Age.FROM_SIXTEEN, admissions.minor_numbers(MinorPolicy()), paid=True)
    (alert,) = json.loads(hegui("minors", "alerts", "--json"))
    assert "unsuitable content 5f2d app  open" in hegui("minors", "alerts")
    assert "遇到不适宜内容" in hegui("minors", "alerts", language="zh")
    assert hegui("minors", "told", alert["id"]).strip().endswith("told")
    assert "told" in hegui("minors", "alerts", "--all")
    assert "1 minute, 1 request, 1 of them paid" in hegui("minors", "overview", "5f2d")
    assert json.loads(hegui("minors", "overview", "5f2d", "--json"))[0]["paid"] == 1


def test_tokens_are_revoked(hegui, tmp_path):
    assert "all users" in hegui("tokens", "revoke", "my-app", "--reason", "leaked")
    assert "li.lei" in hegui("tokens", "revoke", "my-app", "--user", "li.lei", "--reason", "lost")
    told = json.loads(hegui("tokens", "revoke", "my-app", "--user", "li.lei", "--reason", "lost", "--json"))
    with Workspace.open(Settings(workspace=tmp_path / "workspace", actor="test@hegui")) as workspace:
        assert told["user"] == workspace.pseudonym("li.lei", tenant="my-app")


@pytest.mark.parametrize(("tenant", "is_noted"), [("my-app", False), ("no-such-tenant", True)])
def test_a_tenant_without_a_key_is_pointed_out_where_its_tokens_are_revoked(
    hegui, tmp_path, tenant, is_noted
):
    hegui("keys", "issue", "my-app")
    command = ["-w", str(tmp_path / "workspace"), "gateway", "tokens", "revoke", tenant, "--reason", "leaked"]
    done = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, command)
    assert ("Check the spelling" in done.stderr) is is_noted


def test_tokens_are_not_revoked_without_a_reason(hegui):
    with pytest.raises(InvalidInput, match="say why"):
        hegui("tokens", "revoke", "my-app", "--reason", "")
