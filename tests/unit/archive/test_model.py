"""What is kept of a conversation."""

import datetime as dt

import msgspec
import pytest

from hegui.archive import RetentionPolicy

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_what_is_kept_long_enough_is_older_than_so_many_days():
    assert RetentionPolicy(days=30).oldest(NOON) == dt.datetime(2026, 10, 23, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize("declared", [{}, {"days": 0}, {"days": 1, "content": True}])
def test_how_long_has_to_be_said(declared):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(declared, RetentionPolicy)
