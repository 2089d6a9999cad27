"""The rulebook as lines for people."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from hegui.cli.law_page import Beside, LawPage
from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, Language, Period
from hegui.rulebook import (
    Difference,
    Fine,
    Force,
    Ground,
    Juxtaposition,
    ParameterPair,
    Penalty,
    Sanction,
    Severity,
    Verification,
    difference,
    events_between,
    read_citation,
    watch_list,
)
from hegui.settings import Settings

UNCHECKED = Verification(verified=False)
DAY = dt.date(2026, 11, 22)


def page(language=Language.EN) -> LawPage:
    return LawPage(Terminal(Settings(workspace=Path("nowhere"), actor="a", language=language)))


def both(zh, en):
    return BilingualText(zh=zh, en=en)


def penalty(*sanctions):
    return Penalty(
        id="p",
        clause="CSL 61",
        breaches=("CSL 23",),
        text=both("不履行保护义务", "protection neglected"),
        sanctions=sanctions,
        verification=UNCHECKED,
    )


def test_a_penalty_is_shown_by_severity_with_its_amounts():
    shown = page().penalties(
        [
            penalty(
                Sanction(severity=Severity.BASE, text=both("警告", "warning")),
                Sanction(
                    severity=Severity.SERIOUS,
                    text=both("罚款", "fine"),
                    fine=Fine(at_least=50_000, at_most=500_000),
                    persons=Fine(at_least=10_000, at_most=100_000),
                ),
            )
        ]
    )
    assert shown.splitlines() == [
        "  penalty: CSL 61 protection neglected (unverified)",
        "    base: warning",
        "    refusal or serious: fine; organisation RMB 50,000–500,000; persons RMB 10,000–100,000",
    ]


def test_a_clause_is_shown_with_the_penalties_for_its_breach(rulebook):
    sanction = Sanction(severity=Severity.BASE, text=both("警告", "warning"))
    shown = page(Language.ZH).clause(rulebook.cited("CSL 23"), Beside(penalties=[penalty(sanction)]))
    assert shown.endswith("\n  罚则：CSL 61 不履行保护义务（未核实）\n    一般：警告")


def test_a_penalty_that_stands_above_is_only_named(rulebook):
    beside = Beside(told=[penalty()])
    assert (
        page(Language.ZH)
        .clause(rulebook.cited("CSL 23"), beside)
        .endswith("\n  罚则：CSL 61 不履行保护义务（见上）")
    )
    assert (
        page()
        .clause(rulebook.cited("CSL 23"), beside)
        .endswith("\n  penalty: CSL 61 protection neglected (above)")
    )


def test_a_penalty_names_those_that_come_first_each_at_worst(rulebook):
    general = next(p for p in rulebook.penalties if p.id == "im")
    shown = page().penalties([general], rulebook.first_of(general, on=DAY)).splitlines()
    assert shown[1] == "    first, as the breach may be, each at worst:"
    assert [line.split()[:2] for line in shown[2:6]] == [
        ["CSL", "69"],
        ["DSL", "45"],
        ["PIPL", "66"],
        ["STP", "112"],
    ]
    assert shown[2].endswith("organisation RMB 2,000,000–10,000,000; persons RMB 200,000–1,000,000")


def test_a_clause_says_whom_it_binds_and_which_numbers_it_sets(rulebook):
    clause = rulebook.cited("CSL 23.3")
    beside = Beside(parameters=rulebook.parameters)
    assert "\n  约束：网络运营者\n" in page(Language.ZH).clause(clause, beside)
    assert (
        "\n  数值：网络日志留存期限：不少于 6 个月，自日志产生起算\n"
        in page(Language.ZH).clause(clause, beside) + "\n"
    )
    assert page().clause(clause, beside).count("  number: ") == 1


def test_a_clause_with_days_of_its_own_shows_them(rulebook):
    clause = msgspec.structs.replace(rulebook.cited("CSL 23"), period=Period(since=DAY))
    assert "  in force: 2026-11-22 – …" in page().clause(clause)


@pytest.mark.parametrize(
    ("force", "in_force", "said"),
    [
        (Force.BINDING, True, "2026-11-22: in force (2026-11-22 – …)"),
        (Force.BINDING, False, "2026-11-22: not in force (2026-11-22 – …)"),
        (Force.PROPOSED, False, "2026-11-22: draft, not binding (2026-11-22 – …)"),
    ],
)
def test_a_draft_is_never_called_in_force(force, in_force, said):
    assert page().on_day(Period(since=DAY), DAY, force=force, in_force=in_force) == said


def test_a_citation_of_a_dropped_clause_says_where_its_duty_survives(rulebook):
    shown = page().cited(read_citation(rulebook, "IM-DRAFT 9", on=dt.date(2023, 5, 1)), None)
    assert "IM-DRAFT 9 → –  [removed]" in shown
    assert "survives in: " in shown


def test_a_citation_of_a_changed_clause_says_how_it_changed(rulebook):
    shown = page().cited(read_citation(rulebook, "IM 1", on=DAY), None)
    assert "IM-DRAFT 1 → IM 1  [extended]" in shown


def test_a_citation_of_a_superseded_standard_names_the_present_one(rulebook):
    shown = page(Language.ZH).cited(read_citation(rulebook, "TC260-003 5.1a", on=DAY), None)
    assert "相当于：GBT-45654 " in shown


def test_where_no_count_is_known_the_line_says_only_that(rulebook):
    place = msgspec.structs.replace(read_citation(rulebook, "CSL 47", on=DAY), known_articles=None)
    assert "not been entered in the rulebook yet\n" in page().cited(place, None) + "\n"


def test_a_comparison_counts_the_kinds_and_shows_both_texts(rulebook):
    shown = page().difference(difference(rulebook, "IM-DRAFT", "IM"))
    assert "softened" in shown.splitlines()[1]
    assert "[removed]" in shown
    assert "the duty survives in: " in shown
    assert "(unverified)" in shown


def test_a_comparison_by_links_claims_no_kinds_and_names_the_silence(rulebook):
    shown = page().difference(difference(rulebook, "TC260-003", "GBT-45654"))
    assert shown.splitlines()[1] == ""
    assert "of which nothing is said: TC260-003 " in shown
    assert "parameters that both set: " in shown


def test_a_renumbered_law_shows_where_the_words_changed(rulebook):
    lines = page().difference(difference(rulebook, "CSL-2017", "CSL")).splitlines()
    assert "CSL-2017 2 → CSL 2  [kept]" in lines
    assert any("[words changed]" in line for line in lines)
    assert "– → CSL 20  [no single counterpart]" in lines


def test_parameters_that_differ_are_shown():
    pair = ParameterPair(id="limit", text=both("限", "limit"), earlier="> 1", later="> 2")
    compared = Difference(
        earlier="A",
        later="B",
        ground=Ground.LINKS,
        changes=(Juxtaposition(kind=None, earlier=("A 1",), later=("B 1",)),),
        parameters=(pair,),
    )
    assert "of which 1 differ\n  limit: > 1 → > 2" in page().difference(compared)
    assert "其中 1 个数值不同" in page(Language.ZH).difference(compared)


def test_events_stand_under_their_day(rulebook):
    events = events_between(rulebook, dt.date(2025, 8, 31), dt.date(2025, 11, 1))
    lines = page(Language.ZH).events(events).splitlines()
    days = [line for line in lines if not line.startswith(" ")]
    assert days == sorted(set(days))
    assert any(line.startswith("  生效 文件 LABEL: ") for line in lines)
    assert any(line.startswith("  变更 文件 GBT-45654 (推荐性): ") for line in lines)


def test_a_draft_is_proposed_and_does_not_begin(rulebook):
    events = events_between(rulebook, dt.date(2023, 4, 10), dt.date(2023, 7, 13))
    shown = page().events(events)
    assert "  proposed instrument IM-DRAFT (draft, not binding): " in shown
    assert "  no longer proposed instrument IM-DRAFT" in shown


def test_the_watch_list_says_none_where_there_is_nothing(rulebook):
    seen = watch_list(rulebook, on=dt.date(1999, 1, 1), review_days=1, horizon_days=1)
    shown = page(Language.ZH).watch(msgspec.structs.replace(seen, reviews=()))
    assert shown.count("  无") == 3


def test_the_watch_list_names_drafts_with_their_days(rulebook):
    shown = page().watch(watch_list(rulebook, on=dt.date(2023, 5, 1)))
    assert "(draft for comment, 2023-04-11 – 2023-07-13)" in shown
