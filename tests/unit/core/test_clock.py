"""Instants and legal days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import CHINA, legal_day, system_clock, timestamp

instants = st.datetimes(dt.datetime(1992, 1, 2), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - the strategy wants naive bounds


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (dt.datetime(2026, 11, 22, 15, 59, 59, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
        (dt.datetime(2026, 11, 22, 16, 0, 0, tzinfo=dt.UTC), dt.date(2026, 11, 23)),
        (dt.datetime(2026, 11, 23, 0, 0, 0, tzinfo=CHINA), dt.date(2026, 11, 23)),
    ],
)
def test_a_legal_day_begins_at_midnight_in_china(instant, day):
    assert legal_day(instant) == day


@given(instants)
def test_the_fixed_offset_agrees_with_the_time_zone_database(instant):
    assert legal_day(instant) == instant.astimezone(ZoneInfo("Asia/Shanghai")).date()


@given(instants)
def test_a_timestamp_says_the_instant_to_the_millisecond_and_in_utc(instant):
    text = timestamp(instant.astimezone(CHINA))
    assert text.endswith("Z")
    assert dt.timedelta() <= instant - dt.datetime.fromisoformat(text) < dt.timedelta(milliseconds=1)


def test_a_timestamp_keeps_its_milliseconds_when_they_are_zero():
    assert timestamp(dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)) == "2026-11-22T04:00:00.000Z"


def test_the_system_clock_shows_the_present_in_utc():
    before = dt.datetime.now(dt.UTC)
    assert before <= system_clock() <= dt.datetime.now(dt.UTC)
    assert system_clock().tzinfo is dt.UTC
