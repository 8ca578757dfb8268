"""Internships: until when they hold a place, and when their three-party agreement was signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("outcomes", sa.Column("interned_until", sa.Date(), nullable=True))
    op.add_column("outcomes", sa.Column("agreed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("outcomes", "agreed_on")
    op.drop_column("outcomes", "interned_until")
