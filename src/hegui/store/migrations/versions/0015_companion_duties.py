"""Up to when what fell due in a use was told."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns: whoever is in a use now is told once more."""
    op.add_column("companion_session", sa.Column("said", sa.String(32)))
    op.add_column("companion_session", sa.Column("told", sa.String(32)))
