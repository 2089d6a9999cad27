"""Tables of the cases."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_incident",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("found_at", sa.String(32), nullable=False),
        sa.Column("occasion", sa.String(128)),
        sa.Column("incident", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_incident"),
        sa.UniqueConstraint("occasion", name="uq_case_incident_occasion"),
    )
