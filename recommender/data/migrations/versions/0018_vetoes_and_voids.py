"""Pairs that officers vetoed, and steps that were recorded wrongly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "vetoes",
        sa.Column("veto_id", sa.Integer(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_vetoes_graduate_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_vetoes_post_id")),
        sa.PrimaryKeyConstraint("veto_id", name=op.f("pk_vetoes")),
    )
    op.create_index(op.f("ix_vetoes_graduate_id"), "vetoes", ["graduate_id"])
    op.create_table(
        "voided_steps",
        sa.Column("void_id", sa.Integer(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("shown_rank", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("interned_until", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_voided_steps_graduate_id")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.post_id"], name=op.f("fk_voided_steps_post_id")
        ),
        sa.PrimaryKeyConstraint("void_id", name=op.f("pk_voided_steps")),
    )
    op.create_index(op.f("ix_voided_steps_graduate_id"), "voided_steps", ["graduate_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("voided_steps")
    op.drop_table("vetoes")
