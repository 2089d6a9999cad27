"""``hegui law``: what people and machines see of the rulebook."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import NotFound


def law(*arguments, language="en"):
    result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["law", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_the_list_has_every_instrument_with_its_days_and_unverified_clauses(rulebook):
    shown = law("list")
    assert len(shown.splitlines()) == 2 * len(rulebook.instruments)
    assert "departmental rule, in force, 2023-08-15 – …, 45 clauses, 14 unverified" in shown
    assert "law, superseded, 2017-06-01 – 2026-01-01" in shown


def test_the_list_speaks_chinese():
    assert "部门规章, 现行, 2023-08-15 – …, 45 条, 未核实 14" in law("list", language="zh")


def test_an_article_is_shown_with_its_paragraphs_evidence_and_marks():
    shown = law("show", "IM", "--article", "11", language="zh")
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("IM")] == ["11", "11.1", "11.2"]
    assert "IM 11.2  第十一条第二款 个人请求 [应]（未核实）" in shown
    assert "  留存：请求工单与时间" in shown
    assert "  触发：个人提出请求" in shown


def test_an_article_is_not_mistaken_for_a_longer_number():
    shown = law("show", "IM", "--article", "2")
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("IM")] == [
        "2",
        "2.1",
        "2.2",
        "2.3",
    ]


def test_a_clause_of_a_standard_is_shown_with_what_stands_below_it():
    shown = law("show", "TC260-003", "--article", "8.1")
    cited = [line.split()[1] for line in shown.splitlines() if line.startswith("TC260-003")]
    assert cited == ["8.1", "8.1a", "8.1b", "8.1c"]
    deep = law("show", "TC260-003", "--article", "5.1a")
    assert [line.split()[1] for line in deep.splitlines() if line.startswith("TC")] == [
        "5.1a",
        "5.1a1",
        "5.1a2",
    ]


def test_an_instrument_is_shown_whole_with_its_address():
    shown = law("show", "GBT-45654")
    assert shown.splitlines()[2].startswith("https://openstd.samr.gov.cn/")
    assert "same as: TC260-003 5.1a" in shown
    assert "note: the number" not in shown
    assert "note: clause number and modal verb are not yet checked" in shown


def test_an_instrument_without_known_address_is_shown():
    assert law("show", "PRACTICE").splitlines()[2] == ""


def test_machines_read_json():
    (clause,) = json.loads(law("show", "IM", "--article", "17", "--json"))
    assert clause["verification"] == {
        "verified": True,
        "by": "Hegui editors",
        "date": "2026-11-22",
        "source": "XA, PAP",
        "note": None,
    }
    assert json.loads(law("show", "im", "--json"))["id"] == "IM"
    rows = json.loads(law("list", "--json"))
    assert next(row for row in rows if row["id"] == "IM")["unverified"] == 14


def test_the_facts_are_listed_with_their_questions_and_choices(rulebook):
    shown = law("facts")
    assert all(name in shown for name in rulebook.facts)
    assert "    provider: provider" in shown
    assert "role (choice)\n  What is your role" in shown


def test_what_is_not_there_is_not_found_with_the_nearest():
    with pytest.raises(NotFound, match="did you mean IM"):
        law("show", "IMM")
    with pytest.raises(NotFound, match="no clause 'IM 99'"):
        law("show", "IM", "--article", "99")
