"""Tables of the evaluation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("bank", sa.Text, nullable=False),
        sa.Column("bank_digest", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("decoding", sa.Text, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("completed", sa.Text),
        sa.Column("report_digest", sa.Text),
        sa.Column("entry", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_run"),
    )
    op.create_table(
        "evaluation_answer",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("finish_reason", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("latency_ms", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        sa.PrimaryKeyConstraint("run_id", "question_id", name="pk_evaluation_answer"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["evaluation_run.id"], name="fk_evaluation_answer_run_id_evaluation_run"
        ),
    )
