"""Drafts: assignments that officers change by hand, and every entry made in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("class_year", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("colleges", sa.Text(), nullable=True),
        sa.Column("trade", sa.Text(), nullable=True),
        sa.Column("class_name", sa.Text(), nullable=True),
        sa.Column("order_class", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "draft_entries",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("placed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.draft_id"], name=op.f("fk_draft_entries_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_draft_entries_graduate_id")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.post_id"], name=op.f("fk_draft_entries_post_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_draft_entries")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("draft_entries")
    op.drop_table("drafts")
