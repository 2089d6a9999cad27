"""Tables and queries of the archive."""

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hegui.archive.model import Withdrawal
from hegui.core import timestamp
from hegui.store import metadata

_PAGE = 200

keys = sa.Table(
    "archive_key",
    metadata,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
items = sa.Table(
    "archive_item",
    metadata,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_archive_item_user", "user"),
    sa.Index("ix_archive_item_at", "at"),
)
withdrawals = sa.Table(
    "archive_withdrawal",
    metadata,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
)


def offer_key(connection: sa.Connection, user: str, sealed: bytes) -> bytes:
    """The user's key: the one that is there, or else the one that is offered."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(keys)
    connection.execute(insert.values(user=user, sealed=sealed).on_conflict_do_nothing())
    found = key_of(connection, user)
    assert found is not None  # noqa: S101 - it was just put there, in this transaction
    return found


def key_of(connection: sa.Connection, user: str) -> bytes | None:
    """The user's key, sealed."""
    return connection.execute(sa.select(keys.c.sealed).where(keys.c.user == user)).scalar_one_or_none()


def add(connection: sa.Connection, user: str, exchange: str, at: dt.datetime, sealed: bytes) -> None:
    """Keep one exchange."""
    connection.execute(items.insert().values(exchange=exchange, user=user, at=timestamp(at), sealed=sealed))


def of_user(connection: sa.Connection, user: str) -> list[tuple[str, bytes]]:
    """A user's exchanges and what is sealed of them, oldest first."""
    query = sa.select(items.c.exchange, items.c.sealed).where(items.c.user == user)
    return [(row.exchange, row.sealed) for row in connection.execute(query.order_by(items.c.at))]


def one(connection: sa.Connection, exchange: str) -> tuple[str, bytes, bytes] | None:
    """Whose an exchange is, their key, and what it sealed of the exchange."""
    row = connection.execute(
        sa.select(items.c.user, keys.c.sealed.label("key"), items.c.sealed)
        .join(keys, keys.c.user == items.c.user)
        .where(items.c.exchange == exchange)
    ).one_or_none()
    return None if row is None else (row.user, row.key, row.sealed)


def withdraw(connection: sa.Connection, withdrawal: Withdrawal) -> bool:
    """Remember that an answer is withdrawn; whether it was not before."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(withdrawals)
    row = {"exchange": withdrawal.exchange, "at": timestamp(withdrawal.at)}
    added = insert.values(row).on_conflict_do_nothing().returning(withdrawals.c.exchange)
    return connection.execute(added).first() is not None


def restore(connection: sa.Connection, exchange: str) -> bool:
    """Forget that an answer was withdrawn; whether it was."""
    return connection.execute(withdrawals.delete().where(withdrawals.c.exchange == exchange)).rowcount > 0


def withdrawn(connection: sa.Connection) -> list[Withdrawal]:
    """What is withdrawn, the oldest first."""
    query = sa.select(withdrawals).order_by(withdrawals.c.at, withdrawals.c.exchange)
    return [
        Withdrawal(exchange=row.exchange, at=dt.datetime.fromisoformat(row.at))
        for row in connection.execute(query)
    ]


def is_withdrawn(connection: sa.Connection, exchange: str) -> bool:
    """Whether an answer is withdrawn."""
    query = sa.select(withdrawals.c.exchange).where(withdrawals.c.exchange == exchange)
    return connection.execute(query).first() is not None


class KeptRow(NamedTuple):
    """One exchange as it is stored, with its user's key."""

    at: str
    exchange: str
    user: str
    key: bytes
    sealed: bytes


def page(connection: sa.Connection, *, after: tuple[str, str]) -> list[KeptRow]:
    """The next exchanges that ended after a moment, or in it and stand behind a name there."""
    query = (
        sa.select(items.c.at, items.c.exchange, items.c.user, keys.c.sealed.label("key"), items.c.sealed)
        .join(keys, keys.c.user == items.c.user)
        .where(sa.tuple_(items.c.at, items.c.exchange) > sa.tuple_(*map(sa.literal, after)))
        .order_by(items.c.at, items.c.exchange)
        .limit(_PAGE)
    )
    return [KeptRow(*row) for row in connection.execute(query)]


def count(connection: sa.Connection, *, since: str = "") -> tuple[int, int, str | None]:
    """How many exchanges of how many users are kept, and when the oldest of them ended."""
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.count(items.c.user.distinct()), sa.func.min(items.c.at)).where(
            items.c.at >= since
        )
    ).one()
    return row[0], row[1], row[2]


def erase_user(connection: sa.Connection, user: str) -> int:
    """Erase a user's key and what it sealed; how many exchanges that were."""
    connection.execute(keys.delete().where(keys.c.user == user))
    return connection.execute(items.delete().where(items.c.user == user)).rowcount


def erase_before(connection: sa.Connection, moment: dt.datetime) -> int:
    """Erase what ended before a moment, and keys that seal nothing more; how many exchanges that were."""
    gone = connection.execute(items.delete().where(items.c.at < timestamp(moment))).rowcount
    connection.execute(keys.delete().where(keys.c.user.not_in(sa.select(items.c.user))))
    return gone
