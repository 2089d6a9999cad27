"""What needs looking at."""

import datetime as dt

import msgspec

from hegui.core import Period
from hegui.rulebook import Book, Rulebook, Status, watch_list

DAY = dt.date(2026, 11, 22)


def test_reviews_older_than_the_threshold_and_missing_ones_are_counted(small_book):
    book = Rulebook.load(small_book())
    (law, old) = watch_list(book, on=dt.date(2026, 1, 31), review_days=29).reviews
    # The law itself, two clauses, a parameter and a penalty: two were reviewed on 1 January, three never.
    assert (law.instrument, law.statements, law.overdue, law.never) == ("LAW", 5, 2, 3)
    assert law.oldest == dt.date(2026, 1, 1)
    assert (old.overdue, old.never, old.oldest) == (0, 2, None)


def test_a_review_is_not_overdue_on_the_last_day(small_book):
    law = watch_list(Rulebook.load(small_book()), on=dt.date(2026, 1, 31), review_days=30).reviews[0]
    assert law.overdue == 0


def test_an_instrument_reviewed_in_time_is_not_on_the_list(rulebook):
    day = msgspec.structs.replace(rulebook.instrument("PIPL"), clauses=()).verification.on
    law = msgspec.structs.replace(rulebook.instrument("PIPL"), clauses=())
    assert watch_list(Rulebook(Book(instruments=(law,)), digest=""), on=day).reviews == ()


def test_what_turns_within_the_horizon_is_told(small_book):
    book = Rulebook.load(small_book())
    eve = dt.date(2023, 12, 31)
    assert {event.id for event in watch_list(book, on=eve, horizon_days=1).ahead} == {
        "LAW",
        "a",
        "b",
        "limit",
    }
    earlier = eve - dt.timedelta(days=1)
    assert watch_list(book, on=earlier, horizon_days=1).ahead == ()


def test_drafts_are_pending_while_they_stand(rulebook):
    def pending(day):
        return {item.instrument for item in watch_list(rulebook, on=day).pending}

    assert "IM-DRAFT" in pending(dt.date(2023, 5, 1))
    assert "IM-DRAFT" not in pending(dt.date(2023, 4, 10))
    assert "IM-DRAFT" not in pending(DAY)


def test_what_is_not_yet_in_force_is_pending_until_its_day(rulebook):
    law = msgspec.structs.replace(
        rulebook.instrument("PIPL"),
        status=Status.PENDING,
        period=Period(since=dt.date(2027, 1, 1)),
        clauses=(),
    )
    book = Rulebook(Book(instruments=(law,)), digest="")
    assert [item.instrument for item in watch_list(book, on=DAY).pending] == ["PIPL"]
    assert watch_list(book, on=dt.date(2027, 1, 1)).pending == ()
