"""Migrations, on both kinds of database."""

import importlib
import subprocess
import sys
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import hegui
from hegui.store import Database, SchemaTooNew, metadata, migrate
from hegui.store.migrate import HEAD

for _path in sorted(Path(hegui.__file__).parent.glob("*/repository.py")):
    importlib.import_module(f"hegui.{_path.parent.name}.repository")  # which puts its tables on the metadata


@pytest.fixture
def empty(empty_database_url):
    database = Database(empty_database_url)
    yield database
    database.close()


def tables(database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names())


def description(database) -> dict[str, object]:
    """Everything the database knows of its tables, but for the migrations' own."""
    with database.read() as connection:
        inspector = sa.inspect(connection)
        return {
            table: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"])
                    for c in inspector.get_columns(table)
                ],
                "primary key": inspector.get_pk_constraint(table),
                "foreign keys": by_name(inspector.get_foreign_keys(table)),
                "unique": by_name(inspector.get_unique_constraints(table)),
                "checks": by_name(inspector.get_check_constraints(table)),
                "indexes": by_name(inspector.get_indexes(table)),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def by_name(constraints):
    return sorted(constraints, key=lambda constraint: str(constraint["name"]))


def test_the_newest_migration_is_the_head():
    config = Config()
    config.set_main_option("script_location", "hegui:store/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_alembic_sees_no_difference_between_migrations_and_repositories(database):
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_make_exactly_what_the_repositories_declare(empty):
    migrate(empty)
    migrated = description(empty)
    with empty.write() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert description(empty) == migrated


def test_an_empty_database_is_brought_to_the_head_and_a_second_time_changes_nothing(empty):
    migrate(empty)
    made = tables(empty)
    migrate(empty)
    assert tables(empty) == made == {*metadata.tables, "alembic_version"}


def test_a_migration_that_is_interrupted_leaves_nothing(empty, monkeypatch):
    upgrade = alembic.command.upgrade

    def interrupted(*args):
        upgrade(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(alembic.command, "upgrade", interrupted)
    with pytest.raises(KeyboardInterrupt):
        migrate(empty)
    assert tables(empty) == set()
    monkeypatch.undo()
    migrate(empty)
    assert "alembic_version" in tables(empty)


def test_a_database_of_a_newer_hegui_is_left_alone(database):
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=f"has schema 9999, newer than {HEAD} known here; upgrade Hegui"):
        migrate(database)


def test_several_processes_may_migrate_at_once(empty_database_url):
    code = "import sys; from hegui.store import Database, migrate; migrate(Database(sys.argv[1]))"
    others = [subprocess.Popen([sys.executable, "-c", code, empty_database_url]) for _ in range(3)]
    assert [other.wait() for other in others] == [0, 0, 0]
    database = Database(empty_database_url)
    assert tables(database) == {*metadata.tables, "alembic_version"}
    database.close()
