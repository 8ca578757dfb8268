"""Where those outside the catalog went, and who was asked afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "destinations",
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("occupation_code", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"],
            ["graduates.graduate_id"],
            name=op.f("fk_destinations_graduate_id"),
        ),
        sa.PrimaryKeyConstraint("graduate_id", "date", name=op.f("pk_destinations")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"],
            ["graduates.graduate_id"],
            name=op.f("fk_follow_ups_graduate_id"),
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_follow_ups_post_id")),
        sa.PrimaryKeyConstraint("graduate_id", "post_id", "due_days", name=op.f("pk_follow_ups")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("follow_ups")
    op.drop_table("destinations")
