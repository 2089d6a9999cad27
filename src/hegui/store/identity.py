"""Which workspace a database belongs to."""

import sqlalchemy as sa

from hegui.core import Conflict
from hegui.store.database import Database
from hegui.store.schema import metadata

_workspace = sa.Table("workspace", metadata, sa.Column("id", sa.String(32), primary_key=True))


class ForeignDatabase(Conflict):
    """The database already belongs to another workspace; two must not mix their evidence."""

    def __init__(self, url: str, owner: str) -> None:
        """Name the database and the workspace it belongs to."""
        super().__init__(
            zh=f"数据库 {url} 属于另一个工作区（{owner}）；"
            "每个工作区要有自己的数据库，或恢复原来的 workspace.json",
            en=f"database {url} belongs to another workspace ({owner}); give each workspace its own "
            "database, or bring back the original workspace.json",
        )


def claim(database: Database, workspace_id: str) -> None:
    """Make ``database`` that workspace's own, or confirm that it is.

    Raises:
        ForeignDatabase: it belongs to another workspace.
    """
    with database.read() as connection:
        owner = connection.execute(sa.select(_workspace.c.id)).scalar()
    if owner is None:
        with database.write() as connection:
            if not database.is_sqlite:  # which has taken its write lock already
                connection.execute(sa.text("LOCK TABLE workspace IN EXCLUSIVE MODE"))
            owner = connection.execute(sa.select(_workspace.c.id)).scalar()
            if owner is None:
                connection.execute(_workspace.insert().values(id=workspace_id))
                return
    if owner != workspace_id:
        raise ForeignDatabase(database.url, owner)
