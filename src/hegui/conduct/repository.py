"""Tables and queries of the ladder."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from hegui.conduct.model import Appeal, ConductEvent, ConductEventKind
from hegui.core import timestamp
from hegui.store import metadata

positions = sa.Table(
    "conduct_position",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)
events = sa.Table(
    "conduct_event",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("exchange", sa.String(64), nullable=False),
    sa.Index("ix_conduct_event_user_position", "user", "position"),
    sa.Index("ix_conduct_event_exchange", "exchange"),
)
appeals = sa.Table(
    "conduct_appeal",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("exchange", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("granted", sa.Boolean),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", sa.String(32)),
)

_CLOCK = "event"


def append(connection: sa.Connection, event: ConductEvent) -> None:
    """Add to the history.

    The position's row is locked until the transaction ends, so that whoever has read up to a position
    never misses an earlier one that was committed later.
    """
    position = connection.execute(
        positions.update()
        .where(positions.c.name == _CLOCK)
        .values(position=positions.c.position + 1)
        .returning(positions.c.position)
    ).scalar_one()
    row = {
        "position": position,
        "user": event.user,
        "kind": str(event.kind),
        "at": timestamp(event.at),
        "exchange": event.exchange,
    }
    connection.execute(events.insert().values(row))


def after(connection: sa.Connection, position: int) -> tuple[int, list[ConductEvent]]:
    """Everything that was added behind ``position``, oldest first, and the position that is read up to."""
    rows = connection.execute(
        sa.select(events).where(events.c.position > position).order_by(events.c.position)
    ).all()
    return (rows[-1].position if rows else position), [_event(row) for row in rows]


def history(connection: sa.Connection, user: str) -> list[ConductEvent]:
    """One user's history, oldest first."""
    query = sa.select(events).where(events.c.user == user).order_by(events.c.position)
    return [_event(row) for row in connection.execute(query)]


def users(connection: sa.Connection) -> list[str]:
    """Everybody of whom there is a history."""
    return list(connection.execute(sa.select(events.c.user).distinct().order_by(events.c.user)).scalars())


def violation(connection: sa.Connection, exchange: str) -> ConductEvent | None:
    """The violation recorded of an exchange."""
    row = connection.execute(
        sa.select(events).where(
            events.c.exchange == exchange, events.c.kind == str(ConductEventKind.VIOLATION)
        )
    ).first()
    return None if row is None else _event(row)


def erase(connection: sa.Connection, names: Iterable[str]) -> None:
    """Forget users: their history and their appeals."""
    for user in names:
        connection.execute(events.delete().where(events.c.user == user))
        connection.execute(appeals.delete().where(appeals.c.user == user))


def add_appeal(connection: sa.Connection, appeal: Appeal) -> None:
    """Remember an appeal."""
    connection.execute(appeals.insert().values(_appeal_row(appeal)))


def update_appeal(connection: sa.Connection, appeal: Appeal) -> None:
    """Remember what was decided."""
    connection.execute(appeals.update().where(appeals.c.id == appeal.id).values(_appeal_row(appeal)))


def read_appeals(connection: sa.Connection, *, open_only: bool) -> list[Appeal]:
    """Appeals, oldest first."""
    query = sa.select(appeals).order_by(appeals.c.at, appeals.c.id)
    if open_only:
        query = query.where(appeals.c.granted.is_(None))
    return [_appeal(row) for row in connection.execute(query)]


def appeal(connection: sa.Connection, identifier: str) -> Appeal | None:
    """One appeal, its row held until the transaction ends."""
    query = sa.select(appeals).where(appeals.c.id == identifier).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _appeal(row)


def _appeal_row(appeal: Appeal) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(appeal),
        "at": timestamp(appeal.at),
        "decided_at": None if appeal.decided_at is None else timestamp(appeal.decided_at),
    }


def _appeal(row: sa.Row[Any]) -> Appeal:
    return Appeal(
        id=row.id,
        user=row.user,
        exchange=row.exchange,
        text=row.text,
        at=dt.datetime.fromisoformat(row.at),
        granted=row.granted,
        reason=row.reason,
        decided_at=None if row.decided_at is None else dt.datetime.fromisoformat(row.decided_at),
    )


def _event(row: sa.Row[Any]) -> ConductEvent:
    return ConductEvent(
        user=row.user,
        kind=ConductEventKind(row.kind),
        at=dt.datetime.fromisoformat(row.at),
        exchange=row.exchange,
    )
