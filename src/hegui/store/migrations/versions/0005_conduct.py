"""Tables of the ladder."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    position = op.create_table(
        "conduct_position",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_conduct_position"),
    )
    op.bulk_insert(position, [{"name": "event", "position": 0}])
    op.create_table(
        "conduct_event",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_conduct_event"),
    )
    op.create_index("ix_conduct_event_user_position", "conduct_event", ["user", "position"])
    op.create_index("ix_conduct_event_exchange", "conduct_event", ["exchange"])
    op.create_table(
        "conduct_appeal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("granted", sa.Boolean),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_conduct_appeal"),
    )
