"""Interests: who wants whom at a fair, and in which order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "interests",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_interests_graduate_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_interests_post_id")),
        sa.PrimaryKeyConstraint(
            "fair_id", "graduate_id", "post_id", "side", name=op.f("pk_interests")
        ),
    )
    op.create_index("ix_interests_post_id", "interests", ["post_id"], unique=False)
    op.create_index("ix_interests_graduate_id", "interests", ["graduate_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_interests_graduate_id", table_name="interests")
    op.drop_index("ix_interests_post_id", table_name="interests")
    op.drop_table("interests")
