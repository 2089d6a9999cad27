"""Tables of the archive."""

import datetime as dt

from hegui.archive import repository

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_the_first_key_offered_is_the_one(database):
    with database.write() as connection:
        assert repository.offer_key(connection, "u", b"1") == b"1"
        assert repository.offer_key(connection, "u", b"2") == b"1"
        assert repository.key_of(connection, "v") is None


def test_a_key_that_seals_nothing_more_goes_with_the_last_it_sealed(database):
    with database.write() as connection:
        for user, days in (("u", 0), ("v", 2), ("u", 3)):
            repository.offer_key(connection, user, b"k")
            repository.add(connection, user, f"{user}{days}", NOON - dt.timedelta(days), b"s")
        assert repository.count(connection) == (3, 2, "2026-11-19T04:00:00.000Z")
        assert repository.erase_before(connection, NOON - dt.timedelta(1)) == 2
        assert repository.key_of(connection, "v") is None
        assert repository.of_user(connection, "u") == [("u0", b"s")]
        assert repository.erase_user(connection, "u") == 1
        assert repository.count(connection) == (0, 0, None)
