"""How the two sides of a trial compare."""

import itertools

import pytest

from hegui.gateway import compare_sides
from hegui.ledger import Entry, EntryRef
from hegui.screening import Canary

CANARY = Canary(
    name="new", share="0.5", screen="sha256:new", replaces="sha256:old", at="2026-11-26T10:00:00.000Z"
)
SEQ = itertools.count()


def entry(outcome, trial, user=None, time="2026-11-26T11:00:00.000Z"):
    content = {"outcome": outcome, "trial": trial, "user": user}
    return Entry(
        ref=EntryRef(stream="w", seq=next(SEQ)),
        time=time,
        kind="gateway.exchanged",
        actor="a",
        leaf="00",
        content=content,
    )


def test_each_side_is_counted_with_bounds_and_what_no_screen_ended_is_told_apart():
    entries = [
        *(entry("answered", "canary", user) for user in ("a", "b", None)),
        entry("refused", "canary", "a"),
        entry("abandoned", "canary", "a"),
        *(entry("answered", "control", "c") for _ in range(98)),
        entry("stopped", "control", "c"),
        entry("masked", "control", "d"),
        entry("answered", None),
        entry("answered", "shadow"),
    ]

    found = compare_sides(CANARY, entries)

    taken, beside = found.taken, found.beside
    assert (taken.exchanges, taken.others, taken.users, taken.screen) == (4, 1, 2, "sha256:new")
    assert (beside.exchanges, beside.others, beside.users, beside.screen) == (100, 0, 2, "sha256:old")
    assert (taken.refused.count, taken.refused.share) == (1, "0.2500")
    assert float(taken.refused.low) < 0.25 < float(taken.refused.high)
    assert (beside.stopped.count, beside.stopped.low, beside.stopped.high) == (1, "0.0005", "0.0466")
    assert (beside.refused.count, beside.refused.low, beside.refused.high) == (0, "0", "0.0296")


@pytest.mark.parametrize(
    ("until", "counted"), [(None, 2), ("2026-11-26T11:30:00.000Z", 1), ("2026-11-26T10:30:00.000Z", 0)]
)
def test_only_what_happened_while_it_was_running_is_counted(until, counted):
    times = ("09:00", "11:00", "12:00")
    entries = [entry("answered", "canary", time=f"2026-11-26T{time}:00.000Z") for time in times]
    canary = Canary(**{**{f: getattr(CANARY, f) for f in CANARY.__struct_fields__}, "until": until})

    assert compare_sides(canary, entries).taken.exchanges == counted


def test_of_nothing_nothing_is_known():
    nothing = compare_sides(CANARY, [entry("answered", "canary"), erased()]).beside.masked
    assert (nothing.count, nothing.low, nothing.high) == (0, "0", "1")


def erased():
    return Entry(
        ref=EntryRef(stream="w", seq=next(SEQ)),
        time="2026-11-26T11:00:00.000Z",
        kind="gateway.exchanged",
        actor="a",
        leaf="00",
        content=None,
    )
