"""What an incident is."""

import datetime as dt

import pytest
from msgspec import structs

from hegui.cases.model import (
    Deed,
    DeedKind,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentState,
    OperatorKind,
)

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def deed(kind, hours, exchange=None):
    at = NOON + dt.timedelta(hours=hours)
    return Deed(kind=kind, at=at, by="a", text="t", entry="main/1", exchange=exchange)


@pytest.mark.parametrize("words", [IncidentKind, IncidentLevel, OperatorKind, IncidentState, DeedKind])
def test_every_word_is_said_in_both_languages(words):
    for each in words:
        assert each.text.zh
        assert each.text.en


def test_limits_hold_from_the_larger_incidents_upward():
    assert [level.value for level in IncidentLevel if level.is_reported] == [
        "larger",
        "major",
        "especially_major",
    ]


def test_nothing_more_is_to_be_done_about_what_is_closed_or_was_none():
    assert [state.value for state in IncidentState if state.is_over] == ["closed", "overturned"]


def test_a_thing_is_done_when_it_was_done_for_the_first_time():
    incident = Incident(
        id="i",
        kind=IncidentKind.ILLEGAL_CONTENT,
        title="t",
        found_at=NOON,
        state=IncidentState.OPEN,
        deeds=(deed(DeedKind.REPORTED, 3), deed(DeedKind.NOTED, 1), deed(DeedKind.REPORTED, 2)),
    )
    assert incident.done(DeedKind.REPORTED) == NOON + dt.timedelta(hours=2)
    assert incident.done(DeedKind.REMOVED) is None


def test_what_is_done_about_contents_is_done_when_it_was_done_about_each():
    removed, noted = DeedKind.REMOVED, DeedKind.NOTED
    deeds = (deed(removed, 1, "a"), deed(noted, 2, "b"), deed(removed, 4, "b"), deed(noted, 5, "c"))
    incident = Incident(
        id="i",
        kind=IncidentKind.ILLEGAL_CONTENT,
        title="t",
        found_at=NOON,
        state=IncidentState.OPEN,
        exchanges=("a", "b"),
        deeds=deeds[:3],
    )
    assert incident.done(removed) == NOON + dt.timedelta(hours=4)
    assert incident.done(removed, exchange="a") == NOON + dt.timedelta(hours=1)
    more = structs.replace(incident, exchanges=("a", "b", "c"), deeds=deeds)
    assert more.done(removed) is None
    before = structs.replace(more, deeds=(deed(removed, 0), *deeds))
    assert before.done(removed) is None, "who removed everything knew nothing of what came later"
    after = structs.replace(more, deeds=(*deeds, deed(removed, 6)))
    assert after.done(removed) == NOON + dt.timedelta(hours=6)
