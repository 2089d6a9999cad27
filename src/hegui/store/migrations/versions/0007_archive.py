"""Tables of the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "archive_key",
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("user", name="pk_archive_key"),
    )
    op.create_table(
        "archive_item",
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("exchange", name="pk_archive_item"),
    )
    op.create_index("ix_archive_item_user", "archive_item", ["user"])
    op.create_index("ix_archive_item_at", "archive_item", ["at"])
