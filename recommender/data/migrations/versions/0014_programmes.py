"""Programmes: whom colleges mean to enrol."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "programmes",
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("training_tier", sa.Text(), nullable=False),
        sa.Column("entry_year", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("enrolled", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "college",
            "trade",
            "training_tier",
            "entry_year",
            "changed_on",
            name=op.f("pk_programmes"),
        ),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("programmes")
