import datetime as dt

import pytest

from hegui.conduct import repository
from hegui.conduct.model import Appeal, ConductEvent, ConductEventKind
from hegui.store import Database

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


def violation(user, exchange):
    return ConductEvent(user=user, kind=ConductEventKind.VIOLATION, at=NOON, exchange=exchange)


def test_events_come_back_in_the_order_they_were_added_from_any_position(database):
    added = [violation("a", "e1"), violation("b", "e2"), violation("a", "e3")]
    for event in added:
        with database.write() as connection:
            repository.append(connection, event)
    with database.read() as connection:
        assert repository.after(connection, 0) == (3, added)
        assert repository.after(connection, 2) == (3, added[2:])
        assert repository.after(connection, 3) == (3, [])
        assert repository.history(connection, "a") == [added[0], added[2]]
        assert repository.users(connection) == ["a", "b"]
        assert repository.violation(connection, "e2") == added[1]
        assert repository.violation(connection, "e9") is None


def test_a_rolled_back_event_leaves_no_gap_to_wait_for(database):
    def broken():
        with database.write() as connection:
            repository.append(connection, violation("a", "e1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with database.write() as connection:
        repository.append(connection, violation("a", "e2"))
    with database.read() as connection:
        assert repository.after(connection, 0)[0] == 1


def test_an_appeal_comes_back_as_it_went_in_and_goes_with_its_user(database):
    made = Appeal(id="x", user="a", exchange="", text="不服", at=NOON)
    decided = Appeal(
        id="x", user="a", exchange="", text="不服", at=NOON, granted=False, reason="no", decided_at=NOON
    )
    with database.write() as connection:
        repository.add_appeal(connection, made)
        assert repository.appeal(connection, "x") == made
        assert repository.appeal(connection, "y") is None
        assert repository.read_appeals(connection, open_only=True) == [made]
        repository.update_appeal(connection, decided)
        assert repository.read_appeals(connection, open_only=True) == []
        assert repository.read_appeals(connection, open_only=False) == [decided]
        repository.erase(connection, ["a"])
        assert repository.read_appeals(connection, open_only=False) == []
