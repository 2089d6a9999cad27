"""Periods."""

import datetime as dt

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hegui.core import Period

days = st.dates(dt.date(2020, 1, 1), dt.date(2020, 3, 1))


@st.composite
def periods(draw):
    since = draw(days)
    until = draw(st.none() | days)
    assume(until is None or until > since)
    return Period(since=since, until=until)


def test_a_period_contains_its_first_day_and_not_the_day_it_ends_on():
    period = Period(since=dt.date(2023, 8, 15), until=dt.date(2025, 11, 1))
    assert not period.contains(dt.date(2023, 8, 14))
    assert period.contains(dt.date(2023, 8, 15))
    assert period.contains(dt.date(2025, 10, 31))
    assert not period.contains(dt.date(2025, 11, 1))


@pytest.mark.parametrize("until", [dt.date(2025, 11, 1), dt.date(2025, 10, 31)])
def test_a_period_without_a_day_is_refused(until):
    with pytest.raises(ValueError, match=r"ends on .* but begins on 2025-11-01"):
        Period(since=dt.date(2025, 11, 1), until=until)


def test_a_period_read_from_a_file_is_held_to_the_same():
    with pytest.raises(msgspec.ValidationError, match="period ends on"):
        msgspec.convert({"since": "2025-11-01", "until": "2025-01-01"}, Period)


@given(periods(), periods())
def test_two_periods_overlap_exactly_where_a_day_lies_in_both(first, second):
    shared = any(
        first.contains(day) and second.contains(day)
        for day in (dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(62))
    )
    assert first.overlaps(second) == shared
    assert second.overlaps(first) == shared
