"""Databases."""

import sqlalchemy as sa

from hegui.store import Database


def test_what_is_written_can_be_read(database: Database):
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT x FROM t")).scalar() == 1
