"""Days that people name on the command line."""

import click
import pytest

from hegui.cli.day import ChinaDay


def test_a_day_begins_when_it_begins_in_china():
    assert ChinaDay().convert("2026-11-26", None, None).isoformat() == "2026-11-26T00:00:00+08:00"


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31"])
def test_a_year_that_nobody_means_is_refused_with_those_that_are_taken(day):
    with pytest.raises(click.BadParameter, match=rf"{day}.*1970.*2999"):
        ChinaDay().convert(day, None, None)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", ""])
def test_what_is_no_day_is_refused(day):
    with pytest.raises(click.BadParameter):
        ChinaDay().convert(day, None, None)
