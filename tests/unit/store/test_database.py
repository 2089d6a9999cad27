"""Transactions, on both kinds of database."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from hegui.core import InvalidInput
from hegui.store import Database, DatabaseFault, DatabaseUnavailable, StorageFull, hand_over
from hegui.store import database as database_module


@pytest.fixture
def table(database):
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)"))
    return database


def insert(connection, x, y="") -> None:
    connection.execute(sa.text("INSERT INTO t VALUES (:x, :y)"), {"x": x, "y": y})


def values(database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(sa.text("SELECT x FROM t ORDER BY x")).scalars())


def test_what_is_written_can_be_read(table):
    with table.write() as connection:
        insert(connection, 1)
        insert(connection, 2)
    assert values(table) == [1, 2]


def test_a_transaction_that_fails_writes_nothing(table):
    def write_and_fail():
        with table.write() as connection:
            insert(connection, 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert values(table) == []


def test_a_broken_constraint_is_the_callers_to_know(table):
    with table.write() as connection:
        insert(connection, 1)
    with pytest.raises(sa.exc.IntegrityError), table.write() as connection:
        insert(connection, 1)


def test_a_commit_that_fails_leaves_nothing_to_the_next_writer(table):
    with table.write() as connection:
        owed = "x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED"
        connection.execute(sa.text(f"CREATE TABLE u ({owed})"))
    with pytest.raises(sa.exc.IntegrityError), table.write() as connection:
        connection.execute(sa.text("INSERT INTO u VALUES (1)"))
    with table.write() as connection:
        insert(connection, 1)
        assert connection.execute(sa.text("SELECT count(*) FROM u")).scalar() == 0


def test_a_database_that_was_closed_may_be_written_again(table):
    table.close()
    table.close()
    with table.write() as connection:
        insert(connection, 1)
    assert values(table) == [1]


def hand(connection, *rows):
    """Insert through the driver itself."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([f"({mark}, {mark})"] * len(rows))
    statement = f"INSERT INTO t VALUES {marks}"  # noqa: S608 - marks only
    hand_over(connection, statement, [value for row in rows for value in row])


def test_what_the_driver_itself_is_given_is_written_with_the_rest(table):
    with table.write() as connection:
        insert(connection, 1)
        hand(connection, (2, "two"), (3, "three"))
    assert values(table) == [1, 2, 3]


def test_what_the_driver_refuses_is_said_as_ever_without_what_was_handed_over(table):
    with table.write() as connection:
        insert(connection, 1)
    with pytest.raises(sa.exc.IntegrityError) as refused, table.write() as connection:
        hand(connection, (2, "a secret"), (1, "a secret"))
    assert isinstance(refused.value, DatabaseFault)
    assert "a secret" not in str(refused.value)
    assert values(table) == [1]


def test_a_database_that_fills_up_under_the_driver_is_said(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)"))
        connection.execute(sa.text("PRAGMA max_page_count = 1"))
    with pytest.raises(StorageFull), database.write() as connection:
        hand(connection, (1, "y" * 1_000_000))
    database.close()


def test_a_reader_sees_one_state_from_beginning_to_end(table):
    with table.read() as reading:
        before = reading.execute(sa.text("SELECT count(*) FROM t")).scalar()
        with table.write() as writing:
            insert(writing, 1)
        assert reading.execute(sa.text("SELECT count(*) FROM t")).scalar() == before
    assert values(table) == [1]


def test_a_reader_cannot_write(table):
    refusals = (sa.exc.DBAPIError, DatabaseUnavailable)
    with pytest.raises(refusals, match=r"read-?only"), table.read() as connection:
        insert(connection, 1)
    with table.write() as connection:
        insert(connection, 2)
    assert values(table) == [2]


def test_writers_wait_for_one_another(table):
    def write(x: int) -> None:
        with table.write() as connection:
            present = connection.execute(sa.text("SELECT count(*) FROM t")).scalar()
            insert(connection, x, str(present))

    threads = [threading.Thread(target=write, args=(x,)) for x in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values(table) == list(range(8))


def test_a_full_database_is_said_and_nothing_is_written(table):
    def write_too_much():
        with table.write() as connection:
            insert(connection, 1)
            if table.is_sqlite:
                connection.execute(sa.text("PRAGMA max_page_count = 1"))
                insert(connection, 2, "y" * 1_000_000)
            else:
                full = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
                connection.execute(sa.text(full))

    with pytest.raises(StorageFull, match="no space left, nothing was written"):
        write_too_much()
    assert values(table) == []


def test_the_url_shown_keeps_the_password_to_itself():
    database = Database("postgresql://user:secret@127.0.0.1:1/name")
    assert database.url == "postgresql+psycopg://user:***@127.0.0.1:1/name"
    with pytest.raises(DatabaseUnavailable, match="check that it runs") as caught, database.read():
        pass
    assert "secret" not in str(caught.value)
    assert "secret" not in caught.value.text.zh


def test_the_embedded_database_is_durable_and_holds_foreign_keys(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_database_held_by_somebody_else_for_long_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "a.db"
    database = Database(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseUnavailable, match="database is locked"), database.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    database.close()


def test_a_lock_that_another_process_keeps_for_long_is_given_up(tmp_path, monkeypatch):
    path = tmp_path / "a.db"
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="database is locked"), database.write():
        pass
    other.close()
    database.close()


def test_a_turn_that_does_not_come_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 50)
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    faults = []

    def write():
        try:
            with database.write():
                pass
        except DatabaseUnavailable as error:
            faults.append(str(error))

    with database.write():
        second = threading.Thread(target=write)
        second.start()
        second.join()
    database.close()
    assert len(faults) == 1
    assert "database is locked" in faults[0]


def test_a_lock_that_cannot_be_had_at_all_is_not_waited_for():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("BEGIN")
    assert not database_module._has_begun_to_write(connection)
    connection.close()


def test_a_writer_gets_in_between_the_writes_of_another_process_that_hardly_pauses(tmp_path):
    path = tmp_path / "a.db"
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    written, is_in, holds = 0, threading.Event(), threading.Event()

    def write_again_and_again():
        nonlocal written
        other = sqlite3.connect(path, isolation_level=None, timeout=30)
        while written < 3000 and not is_in.is_set():
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO t VALUES (1)")
            holds.set()
            time.sleep(0.005)
            other.execute("COMMIT")
            written += 1
            time.sleep(0.0005)
        other.close()

    hog = threading.Thread(target=write_again_and_again)
    hog.start()
    holds.wait()
    waits = []
    for _ in range(5):
        before = written
        with database.write():
            waits.append(written - before)
    is_in.set()
    hog.join()
    database.close()
    assert max(waits) < 100, "one who waits asks often, not ever more seldom"


def test_who_waits_to_write_keeps_nobody_from_reading(table):
    with ThreadPoolExecutor(20) as threads:
        with table.write() as connection:
            insert(connection, 1)
            writers = [threads.submit(write_one, table, x) for x in range(2, 22)]
            time.sleep(0.2)  # for as many as can to wait with a connection in hand
            if table.is_sqlite:
                assert values(table) == []
        for writer in writers:
            writer.result()
    assert values(table) == list(range(1, 22))


def write_one(database, x):
    with database.write() as connection:
        insert(connection, x)


def test_that_every_connection_is_taken_is_said(table):
    pool = table._engine.pool
    pool._timeout = 0.01
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(table.read())
        with pytest.raises(DatabaseUnavailable, match="QueuePool limit"), table.read():
            pass


@pytest.mark.parametrize("url", ["", "somewhere", "://", "sqlite+nothing:///a.db"])
def test_a_url_that_is_none_is_refused_with_an_example(url):
    with pytest.raises(InvalidInput, match="for example postgresql://user@host/name"):
        Database(url)


@pytest.mark.parametrize("kind", ["mysql", "oracle", "duckdb"])
def test_a_database_of_another_kind_is_refused(kind):
    with pytest.raises(InvalidInput, match=f"databases of kind {kind} are not supported"):
        Database(f"{kind}://user@host/name")


def test_a_missing_driver_is_said_with_the_cure(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(InvalidInput, match=r"pip install 'hegui\[postgres\]'"):
        Database("postgresql://user@host/name")
