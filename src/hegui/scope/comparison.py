"""What changes between two answers: two days, two profiles, or what is and what might be."""

import datetime as dt
from enum import StrEnum

from hegui.core import BilingualText, Record
from hegui.rulebook import Force
from hegui.scope.model import (
    Applicability,
    Judgement,
    OverlayFinding,
    Reason,
    RouteFinding,
    ScopeReport,
)


class ShiftKind(StrEnum):
    """What happened to an obligation between two answers, what weighs most first."""

    BEGINS = "begins"
    ENDS = "ends"
    OPENS = "opens"
    SETTLES = "settles"
    RECITED = "recited"

    @property
    def text(self) -> BilingualText:
        """The change in words."""
        return _SHIFTS[self]


_SHIFTS = {
    ShiftKind.BEGINS: BilingualText(zh="新增适用", en="begins to apply"),
    ShiftKind.ENDS: BilingualText(zh="不再适用", en="no longer applies"),
    ShiftKind.OPENS: BilingualText(zh="变为尚不能确定", en="can no longer be told"),
    ShiftKind.SETTLES: BilingualText(zh="确定为不适用", en="turns out not to apply"),
    ShiftKind.RECITED: BilingualText(zh="仍适用，依据的条款变更", en="applies by other clauses"),
}


class ObligationShift(Record):
    """One obligation that two answers treat differently.

    Attributes:
        before: its judgement in the first answer; ``None`` where nobody had it then.
        after: its judgement in the second; ``None`` likewise.
        clauses: by which it stands after; before, where it is gone.
        clauses_before: by which it stood before, if it did.
        reasons: the facts that decide it, or are open, after; before, where it is gone.
    """

    obligation: str
    text: BilingualText
    kind: ShiftKind
    force: Force
    before: Judgement | None
    after: Judgement | None
    clauses: tuple[str, ...]
    clauses_before: tuple[str, ...]
    reasons: tuple[Reason, ...]


class RouteShift(Record):
    """A procedure before the authorities that two answers treat differently."""

    before: RouteFinding
    after: RouteFinding


class OverlayShift(Record):
    """Special rules that one answer lays over the general ones and the other does not, or may not.

    Attributes:
        overlay: identifier of the special rules.
        clauses: that lay them over the general ones, after; before, where they are gone.
    """

    overlay: str
    text: BilingualText
    before: Judgement
    after: Judgement
    clauses: tuple[str, ...]


class ScopeComparison(Record):
    """Everything that changes from one answer to another.

    Attributes:
        before: the digest of the first profile.
        after: the digest of the second.
        on: the days of the two answers.
        unchanged: how many obligations both answers treat alike.
    """

    name: BilingualText
    before: str
    after: str
    on: tuple[dt.date, dt.date]
    rulebook: str
    shifts: tuple[ObligationShift, ...]
    routes: tuple[RouteShift, ...]
    overlays: tuple[OverlayShift, ...]
    unchanged: int

    def of(self, kind: ShiftKind) -> tuple[ObligationShift, ...]:
        """The changes of one kind."""
        return tuple(shift for shift in self.shifts if shift.kind is kind)


def compare(before: ScopeReport, after: ScopeReport) -> ScopeComparison:
    """What changes from one answer to another, what begins to apply first."""
    old = {item.obligation: item for item in before.applicabilities}
    new = {item.obligation: item for item in after.applicabilities}
    names = dict.fromkeys([*new, *old])
    found = [shift for name in names if (shift := _shift(old.get(name), new.get(name)))]
    return ScopeComparison(
        name=after.name,
        before=before.profile,
        after=after.profile,
        on=(before.on, after.on),
        rulebook=after.rulebook,
        shifts=tuple(sorted(found, key=lambda shift: list(ShiftKind).index(shift.kind))),
        routes=tuple(
            RouteShift(before=was, after=now)
            for was, now in zip(before.routes, after.routes, strict=True)
            if was.judgement is not now.judgement
        ),
        overlays=_overlay_shifts(before.overlays, after.overlays),
        unchanged=len(names) - len(found),
    )


def _overlay_shifts(
    before: tuple[OverlayFinding, ...], after: tuple[OverlayFinding, ...]
) -> tuple[OverlayShift, ...]:
    old, new = ({found.overlay: found for found in side} for side in (before, after))
    return tuple(
        OverlayShift(overlay=name, text=found.text, before=was, after=now, clauses=found.clauses)
        for name, found in (old | new).items()
        if (was := _standing(old.get(name))) is not (now := _standing(new.get(name)))
    )


def _shift(old: Applicability | None, new: Applicability | None) -> ObligationShift | None:
    kind = _kind(old, new)
    item = new or old
    if kind is None or item is None:
        return None
    return ObligationShift(
        obligation=item.obligation,
        text=item.text,
        kind=kind,
        force=item.force,
        before=old.judgement if old else None,
        after=new.judgement if new else None,
        clauses=item.clauses,
        clauses_before=old.clauses if old else (),
        reasons=item.reasons,
    )


def _kind(old: Applicability | None, new: Applicability | None) -> ShiftKind | None:
    """What happened; nothing where an obligation that does not apply appears or disappears."""
    was, now = _standing(old), _standing(new)
    if was is not now:
        return {
            Judgement.APPLIES: ShiftKind.BEGINS,
            Judgement.CANNOT_TELL: ShiftKind.OPENS,
            Judgement.DOES_NOT_APPLY: ShiftKind.ENDS if was is Judgement.APPLIES else ShiftKind.SETTLES,
        }[now]
    recited = old and new and now is Judgement.APPLIES and old.clauses != new.clauses
    return ShiftKind.RECITED if recited else None


def _standing(item: Applicability | OverlayFinding | None) -> Judgement:
    return item.judgement if item else Judgement.DOES_NOT_APPLY
