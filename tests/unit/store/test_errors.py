"""What the disk and the database can refuse."""

import errno

import pytest

from hegui.store import DatabaseUnavailable, is_full


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EIO, ""), False),
        (ValueError("database or disk is full"), False),
    ],
)
def test_only_a_lack_of_room_is_called_full(error, full):
    assert is_full(error) is full


def test_an_unavailable_database_is_named_with_its_reason_in_both_languages():
    error = DatabaseUnavailable("postgresql://host/name", "refused")
    for text in (error.text.zh, error.text.en):
        assert "postgresql://host/name" in text
        assert "refused" in text
