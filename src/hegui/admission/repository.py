"""Tables and queries of admission: keys of clients, minors' time of use."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hegui.admission.minors import MinorUse
from hegui.admission.model import AlertKind, ClientKey, GuardianAlert, MinorDay, TokenRevocation
from hegui.core import timestamp
from hegui.store import metadata

keys = sa.Table(
    "admission_key",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False, unique=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("expires", sa.String(32)),
    sa.Column("revoked", sa.String(32)),
)
token_revocations = sa.Table(
    "admission_token_revocation",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("until", sa.String(32), nullable=False),
)
minor_use = sa.Table(
    "admission_minor_use",
    metadata,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("since", sa.String(32), nullable=False),
    sa.Column("last", sa.String(32), nullable=False),
)
minor_days = sa.Table(
    "admission_minor_day",
    metadata,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("paid", sa.Integer, nullable=False),
)
minor_alerts = sa.Table(
    "admission_minor_alert",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("told", sa.String(32)),
    sa.UniqueConstraint("user", "kind", "day"),
)


def add_key(connection: sa.Connection, key: ClientKey) -> None:
    """Remember a key."""
    connection.execute(
        keys.insert().values(
            id=key.id,
            tenant=key.tenant,
            digest=key.digest,
            created=timestamp(key.created),
            expires=None if key.expires is None else timestamp(key.expires),
            revoked=None,
        )
    )


def revoke_key(connection: sa.Connection, identifier: str, at: dt.datetime) -> None:
    """Remember that a key is good no more."""
    connection.execute(keys.update().where(keys.c.id == identifier).values(revoked=timestamp(at)))


def read_keys(connection: sa.Connection) -> list[ClientKey]:
    """Every key, oldest first."""
    rows = connection.execute(sa.select(keys).order_by(keys.c.created, keys.c.id))
    return [
        ClientKey(
            id=row.id,
            tenant=row.tenant,
            digest=row.digest,
            created=dt.datetime.fromisoformat(row.created),
            expires=_instant(row.expires),
            revoked=_instant(row.revoked),
        )
        for row in rows
    ]


def keep_revocation(connection: sa.Connection, revocation: TokenRevocation) -> None:
    """Remember that tokens are good no more; a later revocation of the same covers an earlier one."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(token_revocations)
    until = {"until": timestamp(revocation.until)}
    connection.execute(
        insert.values(tenant=revocation.tenant, user=revocation.user, **until).on_conflict_do_update(
            index_elements=["tenant", "user"], set_=until
        )
    )


def read_revocations(connection: sa.Connection) -> list[TokenRevocation]:
    """Every revocation of tokens that may still be presented."""
    return [
        TokenRevocation(tenant=row.tenant, user=row.user, until=dt.datetime.fromisoformat(row.until))
        for row in connection.execute(sa.select(token_revocations))
    ]


def forget_revocations(connection: sa.Connection, before: dt.datetime) -> int:
    """Forget revocations of tokens that have expired since; how many."""
    old = token_revocations.c.until < timestamp(before)
    return connection.execute(token_revocations.delete().where(old)).rowcount


def use_of(connection: sa.Connection, user: str) -> MinorUse | None:
    """What is known of a minor's use; the row is held until the transaction ends."""
    query = sa.select(minor_use).where(minor_use.c.user == user).with_for_update()
    row: sa.Row[Any] | None = connection.execute(query).one_or_none()
    if row is None:
        return None
    return MinorUse(
        day=dt.date.fromisoformat(row.day),
        seconds=row.seconds,
        since=dt.datetime.fromisoformat(row.since),
        last=dt.datetime.fromisoformat(row.last),
    )


def keep_use(connection: sa.Connection, user: str, use: MinorUse) -> None:
    """Remember a minor's use; of two replicas that meet a user at once, the later one is believed."""
    row = {
        "day": use.day.isoformat(),
        "seconds": use.seconds,
        "since": timestamp(use.since),
        "last": timestamp(use.last),
    }
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(minor_use)
    connection.execute(
        insert.values(user=user, **row).on_conflict_do_update(index_elements=["user"], set_=row)
    )


def add_to_day(connection: sa.Connection, user: str, day: dt.date, *, seconds: int, paid: int) -> None:
    """Count one request more of a day on which a minor has used the service for so long."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(minor_days)
    row = {"user": user, "day": day.isoformat(), "seconds": seconds, "requests": 1, "paid": paid}
    counted = {
        "seconds": seconds,
        "requests": minor_days.c.requests + 1,
        "paid": minor_days.c.paid + paid,
    }
    connection.execute(
        insert.values(**row).on_conflict_do_update(index_elements=["user", "day"], set_=counted)
    )


def days_of(connection: sa.Connection, user: str) -> list[MinorDay]:
    """A minor's days, the latest first."""
    query = sa.select(minor_days).where(minor_days.c.user == user).order_by(minor_days.c.day.desc())
    return [
        MinorDay(
            day=dt.date.fromisoformat(row.day), seconds=row.seconds, requests=row.requests, paid=row.paid
        )
        for row in connection.execute(query)
    ]


def add_alert(connection: sa.Connection, alert: GuardianAlert, *, day: dt.date) -> bool:
    """Remember an alert, unless there is one of its kind of that day; whether it is new."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(minor_alerts)
    row = {
        "id": alert.id,
        "user": alert.user,
        "tenant": alert.tenant,
        "kind": str(alert.kind),
        "day": day.isoformat(),
        "at": timestamp(alert.at),
        "told": None,
    }
    added = insert.values(**row).on_conflict_do_nothing().returning(minor_alerts.c.id)
    return connection.execute(added).first() is not None


def alert(connection: sa.Connection, identifier: str) -> GuardianAlert | None:
    """One alert, its row held until the transaction ends."""
    query = sa.select(minor_alerts).where(minor_alerts.c.id == identifier).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _alert(row)


def update_alert(connection: sa.Connection, alert: GuardianAlert) -> None:
    """Remember that the guardian was told."""
    told = None if alert.told is None else timestamp(alert.told)
    connection.execute(minor_alerts.update().where(minor_alerts.c.id == alert.id).values(told=told))


def read_alerts(connection: sa.Connection, *, open_only: bool) -> list[GuardianAlert]:
    """Alerts, oldest first."""
    query = sa.select(minor_alerts).order_by(minor_alerts.c.at, minor_alerts.c.id)
    if open_only:
        query = query.where(minor_alerts.c.told.is_(None))
    return [_alert(row) for row in connection.execute(query)]


def _alert(row: sa.Row[Any]) -> GuardianAlert:
    return GuardianAlert(
        id=row.id,
        user=row.user,
        tenant=row.tenant,
        kind=AlertKind(row.kind),
        at=dt.datetime.fromisoformat(row.at),
        told=_instant(row.told),
    )


def forget_use(connection: sa.Connection, before: dt.date, *, overview: dt.date) -> int:
    """Erase what is known of use before a day, and what guardians see of days before ``overview``."""
    return sum(
        connection.execute(table.delete().where(table.c.day < day.isoformat())).rowcount
        for table, day in ((minor_use, before), (minor_days, overview), (minor_alerts, overview))
    )


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
