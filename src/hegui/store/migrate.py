"""Bringing a database to the present schema."""

import sqlalchemy as sa
from sqlalchemy import text

from hegui.core import Conflict
from hegui.store.database import Database

HEAD = "0015"
"""The newest migration in ``migrations/versions``; a test keeps the two equal."""

_LOCK_KEY = 0x4865677569  # "Hegui" in ASCII: one advisory lock for migrations on PostgreSQL


class SchemaTooNew(Conflict):
    """The database was written by a newer Hegui."""

    def __init__(self, found: str) -> None:
        """Name the schema found and the newest one known."""
        super().__init__(
            zh=f"数据库结构版本 {found} 比本程序认识的 {HEAD} 新；请升级 Hegui",
            en=f"the database has schema {found}, newer than {HEAD} known here; upgrade Hegui",
        )


def migrate(database: Database) -> None:
    """Bring ``database`` to :data:`HEAD`. Safe when several processes try at once.

    Raises:
        SchemaTooNew: a newer Hegui has been here.
    """
    with database.read() as connection:
        if _current(connection) == HEAD:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        current = _current(connection)
        if current == HEAD:
            return
        if current is not None and current > HEAD:
            raise SchemaTooNew(current)
        _upgrade(connection)


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _upgrade(connection: sa.Connection) -> None:
    # Alembic costs a tenth of a second to import, and only a new or old workspace needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "hegui:store/migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
