"""``hegui law table``: one matter across every instrument."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main

TOPICS = {
    "clocks": "parameters",
    "numbers": "parameters",
    "penalties": "penalties",
    "categories": "categories",
    "risks": "risks",
    "aspects": "aspects",
    "overlays": "overlays",
    "crosswalk": "crosswalks",
    "milestones": "milestones",
}


def table(*arguments, language="en"):
    result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["law", "table", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_for_machines_is_a_row_for_people(topic, language):
    rows = json.loads(table(topic, "--on", "2026-11-22", "--json"))
    lines = table(topic, "--on", "2026-11-22", language=language).splitlines()
    notes = topic in {"crosswalk", "milestones"}
    assert sum(not line.startswith(" ") for line in lines) == len(rows) + notes
    assert rows


@pytest.mark.parametrize("topic", ["categories", "risks", "aspects", "crosswalk", "milestones"])
def test_what_has_no_days_is_all_there(topic, rulebook):
    assert len(json.loads(table(topic, "--json"))) == len(getattr(rulebook, TOPICS[topic]))


def test_a_parameter_of_the_day_is_either_a_clock_or_a_number(rulebook):
    day = ("--on", "2025-10-31", "--json")
    shown = [row["id"] for topic in ("clocks", "numbers") for row in json.loads(table(topic, *day))]
    standing = [p.id for p in rulebook.parameters if str(p.period.since) <= "2025-10-31"]
    gone = [p.id for p in rulebook.parameters if p.period.until and str(p.period.until) <= "2025-10-31"]
    assert sorted(shown + gone) == sorted(standing)


def test_a_clock_says_how_long_from_when_and_to_whom():
    shown = table("clocks", "--on", "2026-11-22", language="zh")
    assert (
        "INCIDENT 4.4  [应] 较大以上网络安全事件的报告期限：不超过 4 小时，自发现或者获知事件起算，"
        "报送或者告知：省级网信部门\n" in shown
    )
    assert "INCIDENT 4.4" not in table("clocks", "--on", "2025-10-31")


def test_the_penalties_are_those_of_the_numbering_of_the_day():
    before, after = (table("penalties", "--on", day) for day in ("2025-12-31", "2026-01-01"))
    assert "CSL-2017 68  " in before
    assert "CSL 69  " not in before
    assert "CSL 69  " in after
    assert "CSL-2017 68" not in after.replace("breach of", "")


def test_a_category_leads_to_its_articles_and_its_risks():
    shown = table("categories")
    assert "subversion of state power or of the socialist system\n  forbidden or ruled by: IM 4.1, " in shown
    assert "\n  main safety risks: A.1.a\n" in shown


def test_a_risk_leads_to_its_kinds_of_content():
    assert "\n  内容类别：颠覆国家政权、推翻社会主义制度\n" in table("risks", language="zh")


def test_what_is_indicative_says_so():
    assert table("crosswalk").startswith("Indicative: no claim of equivalence")
    assert table("milestones", language="zh").startswith("仅供参考：不表示等同")


def test_a_milestone_says_whether_it_has_come():
    shown = table("milestones", "--on", "2026-12-01").splitlines()
    assert [line.endswith("[applies]") for line in shown if line.startswith("2026-08-02")] == [True, True]
    assert [line.endswith("[not yet]") for line in shown if line.startswith("2026-12-02")] == [True, True]


def test_an_overlay_says_what_prevails_over_what_and_when():
    shown = table("overlays", language="zh")
    assert (
        "国家对新闻出版另有规定的，从其规定  [优先适用; IM 2.2]\n  一般规定：IM；特别规定：–\n  条件："
        in shown
    )
