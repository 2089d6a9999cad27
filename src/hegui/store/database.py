"""The database: SQLite in the workspace by default, PostgreSQL by URL, one schema on both."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hegui.core import InvalidInput
from hegui.store.errors import DatabaseUnavailable, StorageFull, is_full

Connection = sa.Connection
"""An open transaction, as services hand it from the database to their repository."""

_BUSY_TIMEOUT_MS = 30_000
_ASK_AGAIN_MS = 10
"""A writer asks for the lock of an embedded database anew so often: SQLite itself asks ever more seldom, and
somebody who begins just now would get it before whoever has waited for seconds."""
_WRITES = "hegui_writes"
_KINDS = ("sqlite", "postgresql")


class UnsupportedDatabase(InvalidInput):
    """A database of a kind that Hegui's evidence has not been tried on."""

    def __init__(self, kind: str) -> None:
        """Name the kind that was asked for."""
        super().__init__(
            zh=f"不支持 {kind} 数据库；请使用 sqlite 或 postgresql",
            en=f"databases of kind {kind} are not supported; use sqlite or postgresql",
        )
        self.kind = kind


class Database:
    """Transactions over one database.

    The service of a room opens the transaction and nobody else commits. Only repositories are handed
    the connection.
    """

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is connected until the first transaction.

        Args:
            url: a SQLAlchemy URL, ``sqlite:////path/file.db`` or ``postgresql://user@host/name``.

        Raises:
            InvalidInput: the URL is malformed or of another kind, or its driver is not installed.
        """
        try:
            parsed = sa.make_url(url)
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            if parsed.get_backend_name() not in _KINDS:
                raise UnsupportedDatabase(parsed.get_backend_name())
            self._engine = sa.create_engine(parsed)
        except sa.exc.ArgumentError as error:
            raise InvalidInput(
                zh=f"无法理解的数据库地址：{url!r}；例如 postgresql://user@host/name",
                en=f"database URL not understood: {url!r}; for example postgresql://user@host/name",
            ) from error
        except ModuleNotFoundError as error:
            raise InvalidInput(
                zh=f"缺少 {error.name}；请运行 pip install 'hegui[postgres]'",
                en=f"{error.name} is not installed; run pip install 'hegui[postgres]'",
            ) from error
        self._turn = threading.Lock()
        """Of an embedded database: one writer of this process waits for the others, the rest for their turn,
        without a connection in hand."""
        self._kept: sa.Connection | None = None
        """What writers of an embedded database hand on to one another: one from the pool costs more than
        a small write, and one that has just written knows the pages that are written next."""
        self.url = parsed.render_as_string(hide_password=True)
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, and sees the same state from its first statement to its last.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        with self._translated(), self._engine.connect() as connection:
            reading = connection
            if not self.is_sqlite:
                reading = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with reading.begin():
                yield reading

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes: all of it is committed at the end, or nothing.

        On SQLite the write lock is taken at once, so that two processes queue up instead of failing
        half-way. Whoever writes waits for nobody of their own process who writes, too.

        Raises:
            StorageFull: the disk is full.
            DatabaseUnavailable: the database cannot be reached, or stays locked.
        """
        begun = self._in_turn() if self.is_sqlite else self._engine.begin()
        with self._translated(), begun as connection:
            yield connection

    def close(self) -> None:
        """Release every connection."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
        self._engine.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[sa.Connection]:
        """A transaction that writes, once nobody else of this process does."""
        if not self._turn.acquire(timeout=_BUSY_TIMEOUT_MS / 1000):
            raise DatabaseUnavailable(self.url, "database is locked")
        try:
            connection, self._kept = self._kept or self._writing(), None
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                connection.close()  # a transaction whose commit failed may still be open in it
                raise
            self._kept = connection
        finally:
            self._turn.release()

    def _writing(self) -> sa.Connection:
        """A connection that may write, and so never goes back to the pool, where readers take theirs."""
        connection = self._engine.connect().execution_options(**{_WRITES: True})
        connection.detach()
        driver = _driver(connection)
        driver.execute("PRAGMA query_only=OFF")
        driver.execute(f"PRAGMA busy_timeout={min(_ASK_AGAIN_MS, _BUSY_TIMEOUT_MS)}")
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if is_full(error):
                raise StorageFull(self.url) from error
            if isinstance(error, OperationalError):
                raise DatabaseUnavailable(self.url, str(error.orig).strip()) from error
            raise
        except PoolTimeout as error:
            raise DatabaseUnavailable(self.url, str(error)) from error


def hand_over(connection: Connection, statement: str, values: Sequence[object]) -> None:
    """Have the driver itself run a statement that returns nothing.

    What SQLAlchemy does around a statement costs more than the statement, where it is written as the driver
    wants it and nothing is to be read back.

    Args:
        connection: the open transaction.
        statement: with the driver's own marks for values.
        values: one for each mark.

    Raises:
        DatabaseFault: what the driver refuses, as SQLAlchemy says it; without the values.
    """
    dialect = connection.dialect
    driver = dialect.loaded_dbapi
    try:
        _driver(connection).execute(statement, values)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=dialect) from error


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - both drivers' connections execute statements
    """The driver's own connection."""
    return connection.connection.dbapi_connection


def _prepare_sqlite(dbapi_connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions on its own: see _begin_sqlite.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN")
    elif not _has_begun_to_write(_driver(connection)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _has_begun_to_write(connection: sqlite3.Connection) -> bool:
    """Wait for the lock; whether it was had. Where it was not, the next statement says why."""
    until = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while time.monotonic() < until:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        else:
            return True
    return False
