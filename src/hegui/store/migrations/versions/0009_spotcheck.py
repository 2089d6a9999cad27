"""Tables of spot checks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "spotcheck_sample",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_spotcheck_sample"),
    )
    op.create_table(
        "spotcheck_item",
        sa.Column("sample", sa.Integer, nullable=False),
        sa.Column("lot", sa.String(24), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sample", "lot", name="pk_spotcheck_item"),
        sa.ForeignKeyConstraint(
            ["sample"], ["spotcheck_sample.number"], name="fk_spotcheck_item_sample_spotcheck_sample"
        ),
    )
