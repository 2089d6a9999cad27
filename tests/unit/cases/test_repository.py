"""How incidents are kept."""

import datetime as dt

from msgspec import structs

from hegui.cases import repository
from hegui.cases.model import Incident, IncidentKind, IncidentState

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
ONE = Incident(
    id="one", kind=IncidentKind.ILLEGAL_CONTENT, title="一", found_at=NOON, state=IncidentState.OPEN
)
TWO = structs.replace(ONE, id="two", found_at=NOON + dt.timedelta(hours=1))


def test_incidents_are_read_the_latest_found_first_by_their_state(database):
    with database.write() as connection:
        assert repository.add(connection, ONE)
        assert repository.add(connection, TWO)
        assert repository.read(connection, list(IncidentState)) == [TWO, ONE]
        over = structs.replace(TWO, state=IncidentState.CLOSED)
        repository.update(connection, over)
        assert repository.read(connection, [IncidentState.OPEN]) == [ONE]
        assert repository.held_incident(connection, "two") == over
    with database.read() as connection:
        assert repository.incident(connection, "two") == over
        assert repository.incident(connection, "three") is None


def test_of_one_occasion_the_first_is_kept(database):
    with database.write() as connection:
        assert repository.add(connection, ONE, occasion="o")
        assert not repository.add(connection, TWO, occasion="o")
        assert repository.read(connection, list(IncidentState)) == [ONE]
