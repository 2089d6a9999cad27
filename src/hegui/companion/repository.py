"""Tables and queries of companions: uses under way, contacts to be made."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hegui.companion.model import CompanionSession, Contact, CrisisKind
from hegui.core import timestamp
from hegui.store import metadata

sessions = sa.Table(
    "companion_session",
    metadata,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("since", sa.String(32), nullable=False),
    sa.Column("last", sa.String(32), nullable=False),
    sa.Column("said", sa.String(32)),
    sa.Column("told", sa.String(32)),
)
contacts = sa.Table(
    "companion_contact",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("exchange", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("closed_at", sa.String(32)),
    sa.Index("ix_companion_contact_user", "user"),
)


def session_of(connection: sa.Connection, user: str) -> CompanionSession | None:
    """A user's use; the row is held until the transaction ends."""
    query = sa.select(sessions).where(sessions.c.user == user).with_for_update()
    row: sa.Row[Any] | None = connection.execute(query).one_or_none()
    if row is None:
        return None
    return CompanionSession(
        since=dt.datetime.fromisoformat(row.since),
        last=dt.datetime.fromisoformat(row.last),
        said=_moment(row.said),
        told=_moment(row.told),
    )


def keep_session(connection: sa.Connection, user: str, session: CompanionSession) -> None:
    """Remember a user's use; of two replicas that meet a user at once, the later one is believed."""
    row = {
        "since": timestamp(session.since),
        "last": timestamp(session.last),
        "said": _written(session.said),
        "told": _written(session.told),
    }
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(sessions)
    connection.execute(
        insert.values(user=user, **row).on_conflict_do_update(index_elements=["user"], set_=row)
    )


def end_session(connection: sa.Connection, user: str) -> None:
    """Forget a user's use."""
    connection.execute(sessions.delete().where(sessions.c.user == user))


def forget_sessions(connection: sa.Connection, *, before: dt.datetime) -> int:
    """Forget uses that were seen last before ``before``; how many."""
    return connection.execute(sessions.delete().where(sessions.c.last < timestamp(before))).rowcount


def open_contact(connection: sa.Connection, user: str, kind: CrisisKind) -> Contact | None:
    """The open contact about a user and a kind of crisis."""
    query = sa.select(contacts).where(
        contacts.c.user == user, contacts.c.kind == str(kind), contacts.c.closed_at.is_(None)
    )
    row = connection.execute(query).first()
    return None if row is None else _contact(row)


def add_contact(connection: sa.Connection, contact: Contact) -> None:
    """Remember a contact to be made."""
    connection.execute(contacts.insert().values(**_row(contact)))


def update_contact(connection: sa.Connection, contact: Contact) -> None:
    """Remember what came of one."""
    connection.execute(contacts.update().where(contacts.c.id == contact.id).values(**_row(contact)))


def contact(connection: sa.Connection, identifier: str) -> Contact | None:
    """One contact, its row held until the transaction ends."""
    query = sa.select(contacts).where(contacts.c.id == identifier).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _contact(row)


def read_contacts(connection: sa.Connection, *, open_only: bool) -> list[Contact]:
    """Contacts, oldest first."""
    query = sa.select(contacts).order_by(contacts.c.at, contacts.c.id)
    if open_only:
        query = query.where(contacts.c.closed_at.is_(None))
    return [_contact(row) for row in connection.execute(query)]


def forget_contacts(connection: sa.Connection, *, before: dt.datetime) -> int:
    """Erase contacts that were closed before ``before``; how many."""
    return connection.execute(contacts.delete().where(contacts.c.closed_at < timestamp(before))).rowcount


def _row(contact: Contact) -> dict[str, object]:
    return {
        "id": contact.id,
        "user": contact.user,
        "tenant": contact.tenant,
        "kind": str(contact.kind),
        "exchange": contact.exchange,
        "at": timestamp(contact.at),
        "outcome": contact.outcome,
        "closed_at": _written(contact.closed_at),
    }


def _contact(row: sa.Row[Any]) -> Contact:
    return Contact(
        id=row.id,
        user=row.user,
        tenant=row.tenant,
        kind=CrisisKind(row.kind),
        exchange=row.exchange,
        at=dt.datetime.fromisoformat(row.at),
        outcome=row.outcome,
        closed_at=_moment(row.closed_at),
    )


def _written(moment: dt.datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _moment(written: str | None) -> dt.datetime | None:
    return None if written is None else dt.datetime.fromisoformat(written)
