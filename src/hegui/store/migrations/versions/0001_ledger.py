"""Tables of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_GUARDED = ("ledger_entry", "ledger_head")


def upgrade() -> None:
    """Make the tables, the two streams every ledger has, and the seat-belt."""
    _make_streams()
    _make_entries()
    _make_checkpoints()
    if op.get_bind().dialect.name == "sqlite":
        _forbid_changes_on_sqlite()
    else:
        _forbid_changes_on_postgresql()


def _make_streams() -> None:
    stream = op.create_table(
        "ledger_stream",
        sa.Column("stream_id", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("sm3_frontier", sa.LargeBinary),
        sa.Column("headed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", name="pk_ledger_stream"),
        sqlite_with_rowid=False,
    )
    empty = {"size": 0, "frontier": b"", "sm3_frontier": None, "headed": 0}
    op.bulk_insert(stream, [{"stream_id": "heads", **empty}, {"stream_id": "main", **empty}])
    op.create_table(
        "ledger_node",
        sa.Column("stream_id", sa.String(64), nullable=False),
        sa.Column("level", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "level", "position", name="pk_ledger_node"),
        sqlite_with_rowid=False,
    )


def _make_entries() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("stream_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "seq", name="pk_ledger_entry"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_entry_kind_stream_id_seq", "ledger_entry", ["kind", "stream_id", "seq"])
    op.create_table(
        "ledger_content",
        sa.Column("stream_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "seq", name="pk_ledger_content"),
        sqlite_with_rowid=False,
    )


def _make_checkpoints() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_head"),
    )
    op.create_index("ix_ledger_head_stream_id_position", "ledger_head", ["stream_id", "position"])
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_ledger_checkpoint"),
    )


def _forbid_changes_on_sqlite() -> None:
    # A seat-belt against mistakes, not the proof: whoever owns the file can drop a trigger.
    for table in _GUARDED:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _forbid_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in _GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
