"""A PostgreSQL server for tests."""

import psycopg
import pytest

from simulators import postgres


def test_a_throwaway_database_is_empty_and_gone_afterwards(postgres_server):
    with postgres.throwaway_database(postgres_server) as url, psycopg.connect(url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_server_that_was_named_and_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.setenv("HEGUI_TEST_POSTGRES", "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(psycopg.OperationalError), postgres.server():
        pass


def test_a_server_that_was_named_is_taken(monkeypatch, postgres_server):
    monkeypatch.setenv("HEGUI_TEST_POSTGRES", postgres_server)
    with postgres.server() as url:
        assert url == postgres_server
