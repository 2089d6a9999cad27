"""Minors' mode."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.admission import Age, Guardian, MinorNumbers, MinorPolicy, MinorUse
from hegui.admission.minors import (
    CLOSED_FROM,
    CLOSED_UNTIL,
    FROM_SIXTEEN,
    UNDER_SIXTEEN,
    seen,
    until_tomorrow,
)
from hegui.core import CHINA

DAY = dt.date(2026, 11, 22)


def at(hour, minute=0, second=0, *, day=22):
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=CHINA)


@pytest.fixture
def numbers(rulebook):
    return MinorNumbers.of(MinorPolicy(), rulebook, on=DAY)


def test_what_is_not_declared_comes_from_the_rulebook(numbers, rulebook):
    value = {name: int(rulebook.parameter(name, on=DAY).value) for name in (UNDER_SIXTEEN, FROM_SIXTEEN)}
    assert numbers.minutes == {
        Age.UNDER_FOURTEEN: value[UNDER_SIXTEEN],
        Age.UNDER_SIXTEEN: value[UNDER_SIXTEEN],
        Age.FROM_SIXTEEN: value[FROM_SIXTEEN],
    }
    assert numbers.closed_from.hour == rulebook.parameter(CLOSED_FROM, on=DAY).value
    assert numbers.closed_until.hour == rulebook.parameter(CLOSED_UNTIL, on=DAY).value


def test_the_operator_may_declare_other_numbers(rulebook):
    policy = MinorPolicy(
        minutes_under_sixteen=10,
        minutes_from_sixteen=20,
        closed_from="21:30",
        closed_until="07:15",
        reminder_minutes=5,
    )
    numbers = MinorNumbers.of(policy, rulebook, on=DAY)
    assert numbers.minutes == {
        Age.UNDER_FOURTEEN: 10, Age.UNDER_SIXTEEN: 10, Age.FROM_SIXTEEN: 20,
    }  # fmt: skip
    assert (numbers.closed_from, numbers.closed_until) == (dt.time(21, 30), dt.time(7, 15))
    assert numbers.reminder_minutes == 5


def test_a_guardian_may_set_other_numbers(numbers):
    guardian = Guardian(minutes_per_day=15, closed_from="20:00", closed_until="08:00")
    own = numbers.for_guardian(guardian)
    assert set(own.minutes.values()) == {15}
    assert (own.closed_from.hour, own.closed_until.hour) == (20, 8)
    assert numbers.for_guardian(None) == numbers.for_guardian(Guardian()) == numbers


@pytest.mark.parametrize(
    ("hour", "minute", "hours"),
    [(21, 59, 0), (22, 0, 8), (23, 30, 6.5), (0, 0, 6), (5, 59, 1 / 60), (6, 0, 0), (12, 0, 0)],
)
def test_at_night_the_service_is_closed_until_morning(numbers, hour, minute, hours):
    assert numbers.opens_in(at(hour, minute)) == pytest.approx(hours * 3600)


def test_hours_within_a_day_can_be_closed_too(numbers):
    school = numbers._replace(closed_from=dt.time(8), closed_until=dt.time(16))
    assert school.opens_in(at(9)) == 7 * 3600
    assert school.opens_in(at(16)) == school.opens_in(at(7)) == 0


@given(
    st.times(),
    st.times(),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)),
)
def test_when_it_is_said_to_open_it_is_open(begin, end, later):
    numbers, now = MinorNumbers({}, begin, end, 30, 5), at(0) + later
    wait = numbers.opens_in(now)
    assert 0 <= wait <= 24 * 3600
    assert numbers.opens_in(now + dt.timedelta(seconds=wait)) == 0


def test_use_is_counted_with_pauses_for_reading_and_no_others():
    use = None
    for minute in (0, 2, 5, 30, 31):
        use = seen(use, at(8, minute), pause_minutes=5)
    assert use == MinorUse(day=DAY, seconds=(1 + 5 + 1 + 1) * 60, since=at(8, 30), last=at(8, 31))
    assert use.minutes == 8


def test_use_across_midnight_belongs_to_both_days():
    use = seen(None, at(23, 58), pause_minutes=5)
    use = seen(use, at(0, 1, day=23), pause_minutes=5)
    assert use == MinorUse(day=dt.date(2026, 11, 23), seconds=60, since=at(23, 58), last=at(0, 1, day=23))


def test_a_clock_that_is_set_back_adds_nothing():
    use = seen(None, at(8, 10), pause_minutes=5)
    assert seen(use, at(8, 5), pause_minutes=5) == use


@given(st.lists(st.integers(0, 900), max_size=30))
def test_no_more_is_counted_than_there_was_but_for_a_minute_a_beginning(pauses):
    now = at(8)
    use = seen(None, now, pause_minutes=5)
    beginnings = 1
    for pause in pauses:
        now += dt.timedelta(seconds=pause)
        beginnings += pause > 300
        use = seen(use, now, pause_minutes=5)
    within = sum(pause for pause in pauses if pause <= 300)
    assert use.seconds == within + 60 * beginnings


def test_a_reminder_falls_due_once_an_interval():
    use, due = None, []
    for minute in range(0, 100, 4):
        before, use = use, seen(use, at(8) + dt.timedelta(minutes=minute), pause_minutes=5)
        if use.earns_reminder(before, every_minutes=30):
            due.append(minute)
    assert due == [32, 60, 92]


def test_after_a_rest_the_interval_begins_anew():
    use = seen(None, at(8), pause_minutes=5)
    later = seen(use, at(9), pause_minutes=5)
    assert not later.earns_reminder(use, every_minutes=30)
    assert not use.earns_reminder(None, every_minutes=30)


def test_tomorrow_begins_at_midnight_in_china():
    assert until_tomorrow(at(23, 59)) == 60
