"""What people say of the documents of a sample."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spotcheck_review",
        sa.Column("sample", sa.Integer, nullable=False),
        sa.Column("lot", sa.String(24), nullable=False),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("review", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sample", "lot", "reviewer", name="pk_spotcheck_review"),
        sa.ForeignKeyConstraint(
            ["sample"], ["spotcheck_sample.number"], name="fk_spotcheck_review_sample_spotcheck_sample"
        ),
    )
