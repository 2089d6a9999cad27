"""Tables and queries of the cases."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hegui.cases.model import Incident, IncidentState
from hegui.core import timestamp
from hegui.store import metadata

incidents = sa.Table(
    "case_incident",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("found_at", sa.String(32), nullable=False),
    sa.Column("occasion", sa.String(128)),
    sa.Column("incident", sa.Text, nullable=False),
    sa.UniqueConstraint("occasion"),
)


def add(connection: sa.Connection, incident: Incident, *, occasion: str | None = None) -> bool:
    """Keep an incident, unless there is one of the same occasion; whether it was kept."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {**_row(incident), "id": incident.id, "occasion": occasion}
    insert = dialect.insert(incidents).values(row).on_conflict_do_nothing(index_elements=["occasion"])
    return connection.execute(insert.returning(incidents.c.id)).first() is not None


def update(connection: sa.Connection, incident: Incident) -> None:
    """Keep what became of an incident."""
    connection.execute(incidents.update().where(incidents.c.id == incident.id).values(_row(incident)))


def incident(connection: sa.Connection, identifier: str) -> Incident | None:
    """One incident."""
    return _one(connection, _query(identifier))


def held_incident(connection: sa.Connection, identifier: str) -> Incident | None:
    """One incident, its row held until the transaction ends."""
    return _one(connection, _query(identifier).with_for_update())


def read(connection: sa.Connection, states: Collection[IncidentState]) -> list[Incident]:
    """The incidents in one of some states, the latest found first."""
    query = (
        sa.select(incidents.c.incident)
        .where(incidents.c.state.in_([state.value for state in states]))
        .order_by(incidents.c.found_at.desc(), incidents.c.id)
    )
    return [msgspec.json.decode(content, type=Incident) for content in connection.execute(query).scalars()]


def _query(identifier: str) -> sa.Select[tuple[str]]:
    return sa.select(incidents.c.incident).where(incidents.c.id == identifier)


def _one(connection: sa.Connection, query: sa.Select[tuple[str]]) -> Incident | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else msgspec.json.decode(row.incident, type=Incident)


def _row(incident: Incident) -> dict[str, object]:
    return {
        "state": incident.state.value,
        "found_at": timestamp(incident.found_at),
        "incident": msgspec.json.encode(incident).decode(),
    }
