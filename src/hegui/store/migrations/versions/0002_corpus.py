"""Tables of the corpus."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "corpus_source",
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("registration", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corpus_source"),
    )
    op.create_table(
        "corpus_scan",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String(63), nullable=False),
        sa.Column("scanned", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corpus_scan"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["corpus_source.id"], name="fk_corpus_scan_source_id_corpus_source"
        ),
    )
    op.create_index("ix_corpus_scan_source_id", "corpus_scan", ["source_id"])
