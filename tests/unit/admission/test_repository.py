"""Tables of admission."""

import datetime as dt

from hegui.admission import ClientKey, MinorUse, repository

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def test_keys_are_read_as_they_were_kept_oldest_first(database):
    later = ClientKey(id="a", tenant="t", digest="2", created=NOON, expires=NOON)
    earlier = ClientKey(id="b", tenant="t", digest="1", created=NOON - dt.timedelta(1))
    with database.write() as connection:
        repository.add_key(connection, later)
        repository.add_key(connection, earlier)
        repository.revoke_key(connection, "b", NOON)
    with database.read() as connection:
        first, second = repository.read_keys(connection)
    assert (first.id, first.revoked, second) == ("b", NOON, later)


def test_of_two_that_keep_a_users_time_at_once_the_later_is_believed(database):
    use = MinorUse(day=NOON.date(), seconds=60, since=NOON, last=NOON)
    for seconds in (60, 90):
        with database.write() as connection:
            repository.keep_use(
                connection, "u", MinorUse(day=use.day, seconds=seconds, since=NOON, last=NOON)
            )
    with database.write() as connection:
        assert repository.use_of(connection, "u").seconds == 90
