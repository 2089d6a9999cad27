"""The packaged statements themselves."""

import datetime as dt
from decimal import Decimal

import pytest

from hegui.rulebook import (
    Defined,
    Either,
    Every,
    Force,
    Measured,
    Negated,
    Party,
    Status,
    Unit,
    carried_over,
    facts_of,
)
from hegui.rulebook.service import COMPILED, DATA, compile_book

EVE, DAY = dt.date(2025, 10, 31), dt.date(2025, 11, 1)
NUMBERS = {
    "source-unsafe-share": (Decimal("0.05"), ">"),
    "manual-sample-size": (4000, ">="),
    "manual-pass-rate": (Decimal("0.96"), ">="),
    "technical-sample-share": (Decimal("0.10"), ">="),
    "technical-pass-rate": (Decimal("0.98"), ">="),
    "keyword-bank-size": (10_000, ">="),
    "keyword-bank-a1-risk": (200, ">="),
    "keyword-bank-a2-risk": (100, ">="),
    "output-bank-size": (2000, ">="),
    "output-bank-a1a2-risk": (50, ">="),
    "output-bank-other-risk": (20, ">="),
    "refusal-bank-size": (500, ">="),
    "refusal-bank-risk": (20, ">="),
    "non-refusal-bank-size": (500, ">="),
    "non-refusal-bank-aspect": (20, ">="),
    "output-sample-size": (1000, ">="),
    "output-pass-rate": (Decimal("0.90"), ">="),
    "refusal-sample-size": (300, ">="),
    "refusal-rate": (Decimal("0.95"), ">="),
    "non-refusal-sample-size": (300, ">="),
    "non-refusal-rate": (Decimal("0.05"), "<="),
    "keyword-update-days": (7, "<="),
    "bank-update-months": (1, "<="),
    "abuse-in-a-row": (3, ">="),
    "abuse-in-a-day": (5, ">="),
}


def test_the_compiled_book_was_made_from_these_files():
    assert COMPILED.read_bytes() == compile_book(DATA), "run python -m hegui.rulebook"


@pytest.mark.parametrize(("identifier", "number"), NUMBERS.items(), ids=NUMBERS)
def test_every_number_stands_in_both_editions(identifier, number, rulebook):
    before, after = rulebook.parameter(identifier, on=EVE), rulebook.parameter(identifier, on=DAY)
    assert (before.instrument, after.instrument) == ("TC260-003", "GBT-45654")
    assert (before.value, before.comparison.value) == number
    assert (after.value, after.comparison.value) == number
    assert after.same_as == (before.citation,)


def test_numbers_that_nothing_confirms_in_the_new_edition_say_so(rulebook):
    unverified = {i for i in NUMBERS if not rulebook.parameter(i, on=DAY).verification.verified}
    assert unverified == {
        "technical-sample-share",
        "technical-pass-rate",
        "output-sample-size",
        "keyword-update-days",
        "abuse-in-a-row",
        "abuse-in-a-day",
    }


def test_the_measures_have_24_articles_and_the_draft_21(rulebook):
    for identifier, articles in {"IM": 24, "IM-DRAFT": 21, "LABEL": 14}.items():
        clauses = rulebook.instrument(identifier).clauses
        assert [c.id for c in clauses if "." not in c.id] == [str(n) for n in range(1, articles + 1)]


def test_the_31_risks_stand_in_five_groups(rulebook):
    sizes = {group.id: sum(r.group == group.id for r in rulebook.risks) for group in rulebook.risk_groups}
    assert sizes == {"A.1": 8, "A.2": 9, "A.3": 5, "A.4": 7, "A.5": 2}
    assert all(risk.verification.verified for risk in rulebook.risks)
    assert all(risk.id.rpartition(".")[0] == risk.group for risk in rulebook.risks)


def test_the_non_refusal_bank_has_13_aspects(rulebook):
    assert len(rulebook.aspects) == 13


def test_articles_known_only_from_memory_are_unverified(rulebook):
    unverified = {c.id for c in rulebook.instrument("IM").clauses if not c.verification.verified}
    assert unverified == {
        "5", "6", "8", "11.2", "13", "18", "19", "19.1", "19.2", "22", "22.1", "22.3", "23"
    }  # fmt: skip


def test_the_cybersecurity_law_stands_in_both_numberings(rulebook):
    pairs = {"13": "12", "23": "21", "26": "24", "27": "25", "49": "47", "51": "49"}
    for new, old in pairs.items():
        assert rulebook.clause("CSL", new).same_as == (f"CSL-2017 {old}",)
        assert rulebook.clause("CSL-2017", old).same_as == (f"CSL {new}",)


def test_every_condition_prints_in_both_languages(rulebook):
    for obligation in rulebook.obligations:
        described = rulebook.vocabulary.describe(rulebook.condition(obligation))
        assert described.zh
        assert described.en


def test_every_fact_decides_something(rulebook):
    deciding = set().union(*(facts_of(rulebook.condition(o)) for o in rulebook.obligations))
    assert set(rulebook.facts) == deciding


def test_the_changes_applied_to_the_draft_give_the_final_measures(rulebook):
    draft, final = ({c.citation for c in rulebook.instrument(i).clauses} for i in ("IM-DRAFT", "IM"))
    changes = rulebook.changes_between("IM-DRAFT", "IM")
    assert carried_over(draft, changes) == final
    for dropped in changes:
        assert carried_over(draft, [c for c in changes if c is not dropped]) != final, dropped.id


def test_the_changes_applied_to_what_the_draft_asked_give_what_the_measures_ask(rulebook):
    def asked(prefix):
        return {c for o in rulebook.obligations if o.id.startswith(prefix) for c in o.clauses}

    clauses = {c.citation: c for c in rulebook.instrument("IM").clauses}
    # A change of a whole article speaks of the article's own sentence too.
    drafted = asked("draft.") | {citation.partition(".")[0] for citation in asked("draft.")}
    became = carried_over(drafted, rulebook.changes_between("IM-DRAFT", "IM"))
    duties = {
        citation
        for citation in became & clauses.keys()
        if Party.PROVIDER in clauses[citation].bound
        and not any(c.startswith(f"{citation}.") for c in clauses)
    }
    assert duties == asked("im.")


def test_both_numberings_of_the_cybersecurity_law_are_complete(rulebook):
    (renumbering,) = rulebook.renumberings
    for edition, articles in ((renumbering.later, 81), (renumbering.earlier, 79)):
        numbers = {a.later if edition == "CSL" else a.earlier for a in renumbering.articles} - {None}
        assert numbers == {str(n) for n in range(1, articles + 1)}


def test_articles_equated_in_both_numberings_are_those_of_the_map(rulebook):
    day = rulebook.instrument("CSL").period.since
    for clause in rulebook.instrument("CSL").clauses:
        if clause.same_as:
            assert rulebook.renumbered(clause.citation, on=day).elsewhere == clause.same_as
            assert rulebook.cited(clause.same_as[0]).same_as == (clause.citation,)


def test_every_binding_breach_of_the_interim_measures_leads_to_their_penalty(rulebook):
    for obligation in rulebook.obligations_on(EVE):
        if obligation.id.startswith("im."):
            assert "im" in {penalty.id for penalty in rulebook.penalties_for(obligation)}


def test_every_penalty_grows_with_its_severity(rulebook):
    for penalty in rulebook.penalties:
        fines = [sanction.fine for sanction in penalty.sanctions if sanction.fine]
        most = [fine.at_most for fine in fines if fine.at_most]
        assert most == sorted(most), penalty.id


def test_every_one_of_the_31_risks_belongs_to_a_kind_of_content(rulebook):
    assert all(rulebook.categories_of(risk.id) for risk in rulebook.risks)


def test_the_eleven_illegal_and_nine_bad_kinds_and_the_nine_bans_belong_to_a_kind_of_content(rulebook):
    cited = {citation for category in rulebook.categories for citation in category.clauses}
    listed = [f"ECO 6.{n}" for n in range(1, 12)]
    listed += [f"ECO 7.{n}" for n in range(1, 10)]
    listed += [f"IIS 15.{n}" for n in range(1, 10)]
    assert set(listed) <= cited


def test_what_is_only_a_draft_never_binds(rulebook):
    drafts = {i.id for i in rulebook.instruments if i.status is Status.DRAFT}
    assert {"IM-DRAFT", "IIS-DRAFT", "DIGITAL-HUMAN-DRAFT", "LARGE-PI-DRAFT", "APP-PI-DRAFT"} <= drafts
    for obligation in rulebook.obligations:
        cited = {citation.partition(" ")[0] for citation in obligation.clauses}
        assert not cited & drafts or (cited <= drafts and rulebook.force(obligation) is Force.PROPOSED)


def test_every_clock_says_when_it_starts(rulebook):
    clocks = {Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS}
    silent = {p.id for p in rulebook.parameters if p.unit in clocks and p.starts is None}
    assert silent == set()


@pytest.mark.parametrize(
    ("identifier", "value", "unit", "day"),
    [
        ("incident-report-hours", 4, "hours", DAY),
        ("incident-report-hours-critical-infrastructure", 1, "hours", DAY),
        ("incident-report-hours-state-organ", 2, "hours", DAY),
        ("incident-final-report-days", 30, "days", DAY),
        ("product-risk-report-hours", 24, "hours", DAY),
        ("algorithm-filing-working-days", 10, "working_days", DAY),
        ("algorithm-cancellation-working-days", 20, "working_days", DAY),
        ("audit-rectification-working-days", 15, "working_days", DAY),
        ("data-risk-report-working-days", 20, "working_days", dt.date(2026, 8, 20)),
        ("data-risk-retention-years", 3, "years", dt.date(2026, 8, 20)),
        ("face-filing-persons", 100_000, "persons", DAY),
        ("small-processor-persons", 100_000, "persons", dt.date(2026, 9, 1)),
        ("content-record-days", 60, "days", DAY),
    ],
)
def test_the_clocks_and_thresholds_of_the_law_stand(identifier, value, unit, day, rulebook):
    parameter = rulebook.parameter(identifier, on=day)
    assert (parameter.value, parameter.unit.value) == (value, unit)


def test_a_threshold_in_a_condition_is_that_of_a_parameter(rulebook):
    values = {p.value for p in rulebook.parameters if p.unit is Unit.PERSONS}
    for obligation in rulebook.obligations:
        for measured in _measured(rulebook.condition(obligation)):
            assert measured.value in values or measured.value == 1, (obligation.id, measured.value)


def _measured(condition):
    match condition:
        case Measured():
            return [condition]
        case Defined(means=inner) | Negated(of=inner):
            return _measured(inner)
        case Every(of=parts) | Either(of=parts):
            return [found for part in parts for found in _measured(part)]
    return []
