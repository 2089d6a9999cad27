"""``hegui cases``: what people see of incidents and do about them."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from hegui.cases import Deadline, DeedKind, IncidentOver, NotDone
from hegui.cli.cases import deadline_line
from hegui.cli.main import main
from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, InvalidInput
from hegui.screening import Direction
from hegui.settings import Settings
from hegui.workspace import Workspace

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "workspace"
    Workspace.create(Settings(workspace=folder, actor="test@hegui")).database.close()
    return folder


@pytest.fixture
def hegui(root):
    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), "cases", *arguments])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def opened(hegui, *more):
    told = hegui("incident", "open", "--kind", "illegal_content", "--title", "bad", *more, "--json")
    return json.loads(told)["incident"]["id"]


def test_an_incident_is_opened_listed_and_shown_with_its_deadlines(hegui):
    assert "No incident is open." in hegui("incident", "list")
    assert "Deadlines" in hegui("incident", "open", "--kind", "network_security", "--title", "leak")
    name = opened(hegui, "--found", "2026-11-02 12:00", "--risk", "A.1.f", "--exchange", "hegui-1")

    assert name in hegui("incident", "list")
    assert "未定级" in hegui("incident", "list", language="zh")
    shown = hegui("incident", "show", name)
    assert "A.1.f  hegui-1" in shown
    assert "[at once]  stop generating and transmitting it  IM 14.1" in shown
    # Nobody has said who runs the service: one hour, as for critical infrastructure, and that is over.
    assert "[by 2026-11-02 13:00, late]" in shown
    assert "[not running]" in shown
    assert "opened  bad" in shown


def test_a_moment_before_all_calendars_is_refused(hegui):
    with pytest.raises(InvalidInput, match="0001-01-01"):
        opened(hegui, "--found", "0001-01-01 00:00")


def test_a_level_is_judged_and_what_was_done_is_noted(hegui):
    name = opened(hegui)
    hegui("incident", "assess", name, "--level", "larger", "--operator", "other", "--reason", "r")
    with pytest.raises(NotDone):
        hegui("incident", "close", name, "--summary", "s")
    for did in ("stopped", "removed", "rectified", "reported"):
        hegui("incident", "note", name, "--did", did, "--text", "t")
    assert "done 20" in hegui("incident", "show", name)
    assert "[by 20" in hegui("incident", "close", name, "--summary", "s")
    assert "已办结" in hegui("incident", "list", language="zh")  # its final report is due
    hegui("incident", "note", name, "--did", "finally_reported", "--text", "t")
    assert "No incident is open." in hegui("incident", "list")
    assert "已办结" in hegui("incident", "list", "--all", language="zh")


def test_what_a_machine_proposed_is_confirmed_or_overturned(hegui, root):
    with Workspace.open(Settings(workspace=root, actor="gateway")) as workspace:
        names = [
            workspace.incidents.propose(
                occasion=str(number),
                title="found",
                exchanges=("hegui-1",),
                risks=("A.1.f",),
                direction=Direction.OUTPUT,
            ).id
            for number in range(2)
        ]
    assert hegui("incident", "list").count("to be confirmed") == 2
    assert "confirmed" in hegui("incident", "confirm", names[0], "--reason", "it is so")
    overturned = hegui("incident", "overturn", names[1], "--reason", "a quotation")
    assert "false alarm" in overturned
    assert "Deadlines" not in overturned
    with pytest.raises(IncidentOver):
        hegui("incident", "confirm", names[1], "--reason", "r")


def test_a_clause_that_nobody_checked_says_so(root):
    doubtful = Deadline(
        duty=DeedKind.NOTED, text=BilingualText(zh="做", en="do"), clause="X 1", is_verified=False
    )
    line = deadline_line(Terminal(Settings(workspace=root, actor="a")), doubtful, now=NOON)
    assert "X 1" in line
    assert "not checked" in line


def test_illegal_content_is_taken_down_and_a_rule_lifted(hegui, root, tmp_path):
    assert "No recurrence rule" in hegui("rules")
    with Workspace.open(Settings(workspace=root, actor="gateway")) as workspace:
        workspace.archive.keep(
            "u",
            exchange="hegui-1",
            training="allowed",
            asked=("这东西怎样做",),
            answered="先",
            question="这东西怎样做",
        )
    text = tmp_path / "text.txt"
    text.write_text("另一种问法", encoding="utf-8")
    shown = hegui(
        "found", "hegui-1", "--risk", "A.1.f", "--reason", "bad", "--word", "甲乙", "--text", str(text)
    )
    name = shown.split()[0]
    assert "recurrence blocked" in shown
    assert "removed" in shown
    (rule,) = json.loads(hegui("rules", "--json"))
    assert (rule["words"], len(rule["texts"]), rule["incident"]) == (["甲乙"], 2, name)
    assert "甲乙  2 段原文" in hegui("rules", language="zh")

    out = tmp_path / "examples.jsonl"
    assert "1 example;" in hegui("export", name, "--out", str(out), "--reason", "r")
    assert out.exists()
    assert "recurrence rule lifted" in hegui("lift", rule["id"], "--reason", "trained again")
    assert "false alarm" in hegui("incident", "overturn", name, "--reason", "r")


def test_where_nothing_is_kept_people_are_told_what_is_left_to_do(hegui, root):
    result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(
        main, ["-w", str(root), "cases", "found", "hegui-1", "--risk", "A.1.f", "--reason", "bad"]
    )
    assert result.exception is None
    assert "run this again with --word" in result.stderr
    assert "/api/cases/withdrawn" in result.stderr


def test_a_report_is_drafted_for_a_person_to_send(hegui, tmp_path):
    name = opened(hegui)
    told = hegui("incident", "report", name, "--out", str(tmp_path / "out"), "--tongue", "zh")
    assert "read it, complete it, decide and send" in told
    assert (tmp_path / "out" / "incident-report.docx").exists()
    assert "起草报告" in hegui("incident", "show", name, language="zh")
