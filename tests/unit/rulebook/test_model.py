"""The words of the rulebook."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec
import pytest

from hegui.core import BilingualText, Period
from hegui.rulebook.model import (
    Change,
    ChangeKind,
    Clause,
    Comparison,
    Fine,
    Force,
    Instrument,
    InstrumentKind,
    Modal,
    OverlayEffect,
    Parameter,
    Party,
    Penalty,
    Sanction,
    Severity,
    Status,
    Unit,
    Verification,
    carried_over,
    strongest,
)

WORD = BilingualText(zh="词", en="word")
UNCHECKED = Verification(verified=False)
PERIOD = Period(since=dt.date(2024, 1, 1))


def instrument(kind: InstrumentKind, status: Status = Status.IN_FORCE) -> Instrument:
    return Instrument(
        id="X",
        title=WORD,
        short=WORD,
        issuer=WORD,
        kind=kind,
        status=status,
        period=PERIOD,
        verification=UNCHECKED,
    )


def test_a_verification_needs_who_when_and_what():
    day = dt.date(2026, 1, 1)
    assert Verification(verified=True, by="somebody", on=day, source="TXT").mark is None
    for missing in ({"by": None}, {"on": None}, {"source": ""}):
        with pytest.raises(ValueError, match="say who checked"):
            Verification(**{"verified": True, "by": "somebody", "on": day, "source": "TXT", **missing})


def test_an_unverified_statement_carries_the_mark():
    assert UNCHECKED.mark == BilingualText(zh="未核实", en="unverified")


@pytest.mark.parametrize("words", [Modal, Party, InstrumentKind, Status, Force, Unit])
def test_every_word_has_both_languages(words: type[StrEnum]):
    for word in words:
        assert word.text.zh
        assert word.text.en


def test_law_binds_standards_recommend_and_drafts_propose():
    assert instrument(InstrumentKind.LAW).force is Force.BINDING
    assert instrument(InstrumentKind.MANDATORY_STANDARD).force is Force.BINDING
    assert instrument(InstrumentKind.RECOMMENDED_STANDARD).force is Force.RECOMMENDED
    assert instrument(InstrumentKind.PRACTICE).force is Force.PRACTICE
    assert instrument(InstrumentKind.RULE, Status.DRAFT).force is Force.PROPOSED
    assert instrument(InstrumentKind.LAW, Status.PENDING).force is Force.PROPOSED
    assert instrument(InstrumentKind.TECHNICAL_DOCUMENT, Status.SUPERSEDED).force is Force.RECOMMENDED


def test_one_binding_clause_makes_the_whole_binding():
    assert strongest([Force.RECOMMENDED, Force.BINDING, Force.PROPOSED]) is Force.BINDING
    assert strongest([Force.PROPOSED, Force.PRACTICE]) is Force.PRACTICE


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        (Comparison.AT_LEAST, False, True, True),
        (Comparison.AT_MOST, True, True, False),
        (Comparison.MORE_THAN, False, False, True),
        (Comparison.LESS_THAN, True, False, False),
    ],
)
def test_a_comparison_is_exact_at_the_threshold(comparison, below, equal, above):
    threshold = Decimal("0.95")
    assert comparison.holds(Fraction(284, 300), threshold) is below
    assert comparison.holds(Fraction(285, 300), threshold) is equal
    assert comparison.holds(Fraction(286, 300), threshold) is above


def test_a_parameter_holds_what_its_clause_says():
    parameter = Parameter(
        id="share",
        instrument="X",
        clause="5.1a",
        text=WORD,
        value=Decimal("0.05"),
        unit=Unit.SHARE,
        comparison=Comparison.MORE_THAN,
        modal=Modal.SHALL,
        period=PERIOD,
        verification=UNCHECKED,
    )
    assert parameter.citation == "X 5.1a"
    assert not parameter.holds(Fraction(5, 100))
    assert parameter.holds(Fraction(501, 10_000))


def test_a_clause_is_cited_by_instrument_and_number():
    clause = Clause(
        id="4.1", number="第四条第（一）项", heading=WORD, text=WORD, verification=UNCHECKED, instrument="IM"
    )
    assert clause.citation == "IM 4.1"


@pytest.mark.parametrize(
    ("breach", "citation", "covered"),
    [
        ("CSL 23", "CSL 23", True),
        ("CSL 23", "CSL 23.3", True),
        ("CSL 23", "CSL 231", False),
        ("CSL 23.3", "CSL 23", False),
        ("CSL", "CSL 23", True),
        ("CSL", "CSL-2017 23", False),
    ],
)
def test_a_penalty_covers_a_clause_its_items_and_where_named_the_whole_instrument(breach, citation, covered):
    penalty = Penalty(
        id="p",
        clause="CSL 61",
        breaches=(breach,),
        text=WORD,
        sanctions=(Sanction(severity=Severity.BASE, text=WORD),),
        verification=UNCHECKED,
    )
    assert penalty.covers(citation) is covered


def test_the_gravest_sanction_keeps_the_last_fines_that_were_named():
    fine, persons = Fine(at_most=20), Fine(at_most=10)
    sanctions = (
        Sanction(severity=Severity.BASE, text=WORD, fine=Fine(at_most=5)),
        Sanction(severity=Severity.SERIOUS, text=WORD, fine=fine, persons=persons),
        Sanction(severity=Severity.GRAVE, text=WORD),
    )
    penalty = Penalty(
        id="p",
        clause="LAW 1",
        breaches=("LAW",),
        text=WORD,
        sanctions=sanctions,
        verification=UNCHECKED,
    )
    assert penalty.gravest == Sanction(severity=Severity.GRAVE, text=WORD, fine=fine, persons=persons)
    mild = msgspec.structs.replace(penalty, sanctions=sanctions[2:])
    assert mild.gravest == sanctions[2]


def test_a_change_whose_clauses_are_not_there_changes_nothing():
    change = Change(
        id="c",
        earlier=("A 1",),
        later=("B 1",),
        kind=ChangeKind.KEPT,
        text=WORD,
        verification=UNCHECKED,
    )
    assert carried_over(["A 2"], [change]) == {"A 2"}
    assert carried_over(["A 1", "A 2"], [change]) == {"B 1", "A 2"}


@pytest.mark.parametrize("kinds", [ChangeKind, Severity, OverlayEffect])
def test_every_kind_has_its_words(kinds):
    assert all(kind.text.zh and kind.text.en for kind in kinds)
