"""Where a hold or a confirmation came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("ledger", sa.Column("channel", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("ledger", "channel")
