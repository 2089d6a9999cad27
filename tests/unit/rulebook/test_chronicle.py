"""What came into force, ended and changed."""

import datetime as dt

import msgspec
import pytest

from hegui.core import Period
from hegui.rulebook import (
    Book,
    EmptySpan,
    Event,
    Force,
    Rulebook,
    Status,
    Subject,
    Turn,
    events_between,
)

EVE, DAY = dt.date(2023, 12, 31), dt.date(2024, 1, 1)
LONG_AGO, FAR = dt.date(1990, 1, 1), dt.date(2050, 1, 1)


def told(events: tuple[Event, ...]) -> list[tuple[str, str, str]]:
    return [(event.subject.value, event.turn.value, event.id) for event in events]


def test_an_edition_that_takes_the_place_of_another_is_one_change(small_book):
    events = events_between(Rulebook.load(small_book()), EVE, DAY)
    assert told(events) == [
        ("instrument", "changes", "LAW"),
        ("obligation", "begins", "a"),
        ("obligation", "changes", "b"),
        ("parameter", "begins", "limit"),
    ]
    assert (events[0].before, events[0].after) == (("OLD",), ("LAW",))
    assert (events[2].before, events[2].after) == (("OLD 1",), ("LAW 2",))
    assert events[3].after == ("> 0.05 share", "LAW 1")


def test_the_first_day_is_not_told_and_the_last_is(small_book):
    book = Rulebook.load(small_book())
    assert events_between(book, DAY, FAR) == ()
    assert told(events_between(book, LONG_AGO, EVE)) == [
        ("instrument", "begins", "OLD"),
        ("obligation", "begins", "b"),
    ]


def test_what_nothing_follows_ends(small_book):
    folder = small_book("instruments/law.yaml", "supersedes: [OLD]\n", "")
    obligations = folder / "obligations" / "all.yaml"
    shortened = obligations.read_text().replace("until: 2024-01-01", "until: 2023-06-01")
    obligations.write_text(shortened)
    events = events_between(Rulebook.load(folder), LONG_AGO, FAR)
    assert told(events) == [
        ("instrument", "begins", "OLD"),
        ("obligation", "begins", "b"),
        ("obligation", "ends", "b"),
        ("instrument", "begins", "LAW"),
        ("instrument", "ends", "OLD"),
        ("obligation", "begins", "a"),
        ("obligation", "begins", "b"),
        ("parameter", "begins", "limit"),
    ]
    assert events[2].before == ("OLD 1",)


def test_the_last_version_may_end_too(small_book):
    folder = small_book("parameters.yaml", "since: 2024-01-01", "since: 2024-01-01, until: 2025-01-01")
    events = events_between(Rulebook.load(folder), DAY, FAR)
    assert [(e.day, e.subject, e.turn) for e in events] == [
        (dt.date(2025, 1, 1), Subject.PARAMETER, Turn.ENDS)
    ]


def test_clauses_with_days_of_their_own_are_told(small_book):
    own = "same_as: [OLD 1]\n    period: {since: 2024-01-01, until: 2026-01-01}"
    folder = small_book("instruments/law.yaml", "same_as: [OLD 1]", own)
    obligations = folder / "obligations" / "all.yaml"
    obligations.write_text(
        obligations.read_text().replace(
            "unless: [a]\n  period: {since: 2024-01-01}", "period: {since: 2024-01-01, until: 2026-01-01}"
        )
    )
    events = events_between(Rulebook.load(folder), EVE, FAR)
    assert [(e.day, e.turn) for e in events if e.subject is Subject.CLAUSE] == [
        (DAY, Turn.BEGINS),
        (dt.date(2026, 1, 1), Turn.ENDS),
    ]


def test_a_clause_without_end_only_begins(small_book):
    own = "same_as: [OLD 1]\n    period: {since: 2024-01-01}"
    events = events_between(
        Rulebook.load(small_book("instruments/law.yaml", "same_as: [OLD 1]", own)), EVE, FAR
    )
    assert [e.turn for e in events if e.subject is Subject.CLAUSE] == [Turn.BEGINS]


def test_what_is_adopted_but_not_yet_in_force_will_bind(rulebook):
    law = msgspec.structs.replace(
        rulebook.instrument("PIPL"), status=Status.PENDING, period=Period(since=FAR), clauses=()
    )
    (event,) = events_between(Rulebook(Book(instruments=(law,)), digest=""), EVE, FAR)
    assert (event.force, event.text_of_turn.en) == (Force.BINDING, "begins")


def test_days_in_the_wrong_order_are_refused(rulebook):
    with pytest.raises(EmptySpan, match="exchange the two days"):
        events_between(rulebook, DAY, DAY)


def test_the_days_of_the_packaged_book_are_in_order_and_in_words(rulebook):
    events = events_between(rulebook, LONG_AGO, FAR)
    assert [event.day for event in events] == sorted(event.day for event in events)
    assert all(event.text_of_turn.zh and event.subject.text.en for event in events)


def test_between_two_days_as_much_turns_as_between_them_and_any_day_within(rulebook):
    since, middle, until = dt.date(2023, 1, 1), dt.date(2025, 9, 1), dt.date(2026, 11, 22)
    halves = events_between(rulebook, since, middle) + events_between(rulebook, middle, until)
    assert halves == events_between(rulebook, since, until)
