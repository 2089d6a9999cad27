"""What changes between two answers."""

import datetime as dt

import pytest

from hegui.core import BilingualText
from hegui.rulebook import Force, Modal, OverlayEffect
from hegui.scope.comparison import ShiftKind, compare
from hegui.scope.model import Applicability, Judgement, OverlayFinding, Reason, ScopeReport
from hegui.scope.route import filing_routes

WORD = BilingualText(zh="词", en="word")
A, N, X = Judgement.APPLIES, Judgement.DOES_NOT_APPLY, Judgement.CANNOT_TELL


def item(name: str, judgement: Judgement, clause: str = "LAW 1") -> Applicability:
    return Applicability(
        obligation=name,
        text=WORD,
        clauses=(clause,),
        modal=Modal.SHALL,
        force=Force.BINDING,
        judgement=judgement,
        reasons=(Reason(fact="open", value=None),),
        prevailed_by=(),
        verified=True,
    )


def overlay(name: str, judgement: Judgement, clause: str = "LAW 2") -> OverlayFinding:
    return OverlayFinding(
        overlay=name,
        text=WORD,
        effect=OverlayEffect.PREVAILS,
        judgement=judgement,
        clauses=(clause,),
        over=(),
        by=(),
        reasons=(),
    )


def report(
    *items: Applicability, on: dt.date = dt.date(2026, 1, 1), overlays: tuple[OverlayFinding, ...] = ()
) -> ScopeReport:
    return ScopeReport(
        name=WORD,
        provider=WORD,
        on=on,
        profile="sha256:p",
        rulebook="sha256:r",
        applicabilities=items,
        routes=filing_routes(items),
        overlays=overlays,
        open_questions=(),
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (N, A, ShiftKind.BEGINS),
        (X, A, ShiftKind.BEGINS),
        (None, A, ShiftKind.BEGINS),
        (A, N, ShiftKind.ENDS),
        (A, None, ShiftKind.ENDS),
        (N, X, ShiftKind.OPENS),
        (A, X, ShiftKind.OPENS),
        (None, X, ShiftKind.OPENS),
        (X, N, ShiftKind.SETTLES),
        (X, None, ShiftKind.SETTLES),
        (A, A, None),
        (N, N, None),
        (X, X, None),
        (N, None, None),
        (None, N, None),
    ],
)
def test_every_pair_of_judgements_is_a_shift_or_none(before, after, kind):
    found = compare(
        report(*(item("one", j) for j in [before] if j)), report(*(item("one", j) for j in [after] if j))
    )
    assert [shift.kind for shift in found.shifts] == ([kind] if kind else [])
    assert found.unchanged == (kind is None)
    for shift in found.shifts:
        assert (shift.before, shift.after, shift.clauses) == (before, after, ("LAW 1",))
        assert found.of(kind) == (shift,)


def test_an_obligation_that_moves_to_another_clause_is_recited():
    found = compare(report(item("one", A, "OLD 7")), report(item("one", A, "LAW 9")))
    (shift,) = found.of(ShiftKind.RECITED)
    assert (shift.clauses_before, shift.clauses) == (("OLD 7",), ("LAW 9",))
    assert not compare(report(item("one", X, "OLD 7")), report(item("one", X, "LAW 9"))).shifts


def test_what_begins_comes_before_what_ends():
    found = compare(report(item("one", A), item("two", N)), report(item("one", N), item("two", A)))
    assert [shift.obligation for shift in found.shifts] == ["two", "one"]


def test_a_procedure_that_becomes_necessary_is_named():
    found = compare(report(item("practice.llm-filing", N)), report(item("practice.llm-filing", A)))
    (shift,) = found.routes
    assert (shift.before.judgement, shift.after.judgement) == (N, A)
    assert found.on == (dt.date(2026, 1, 1), dt.date(2026, 1, 1))


@pytest.mark.parametrize("kind", ShiftKind)
def test_a_shift_has_both_languages(kind):
    assert kind.text.zh != kind.text.en


def test_special_rules_that_come_go_or_open_are_told_and_the_others_are_not():
    found = compare(
        report(overlays=(overlay("stays", A), overlay("opens", A), overlay("goes", A, "OLD 3"))),
        report(overlays=(overlay("stays", A), overlay("opens", X), overlay("new", A), overlay("idle", N))),
    )
    assert {shift.overlay: (shift.before, shift.after, shift.clauses) for shift in found.overlays} == {
        "opens": (A, X, ("LAW 2",)),
        "goes": (A, N, ("OLD 3",)),
        "new": (N, A, ("LAW 2",)),
    }
