"""Tables of what guardians see."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "admission_minor_day",
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("paid", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("user", "day", name="pk_admission_minor_day"),
    )
    op.create_table(
        "admission_minor_alert",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("told", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_admission_minor_alert"),
        sa.UniqueConstraint("user", "kind", "day", name="uq_admission_minor_alert_user_kind_day"),
    )
