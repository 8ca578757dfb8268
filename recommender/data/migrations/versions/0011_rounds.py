"""Collection rounds, the history of posts beside their versions, and paused enterprises."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "rounds",
        _text("round_id"),
        _text("alliance", nullable=True),
        _text("issuing_body"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("state"),
        _text("decided_by", nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_rounds")),
    )
    op.create_table(
        "round_asked",
        _text("round_id"),
        _text("credit_code"),
        _text("enterprise"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.round_id"], name=op.f("fk_round_asked_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "credit_code", name=op.f("pk_round_asked")),
    )
    op.create_table(
        "replies",
        _text("round_id"),
        _text("filename"),
        _text("credit_code"),
        sa.Column("taken_on", sa.Date(), nullable=False),
        _text("wanted"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.round_id"], name=op.f("fk_replies_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "filename", name=op.f("pk_replies")),
    )
    op.create_table(
        "choices",
        _text("round_id"),
        _text("post_id"),
        _text("filename"),
        _text("author"),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.round_id"], name=op.f("fk_choices_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "post_id", name=op.f("pk_choices")),
    )
    op.create_table(
        "post_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        _text("post_id"),
        sa.Column("day", sa.Date(), nullable=False),
        _text("action"),
        _text("reason", nullable=True),
        _text("author"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.post_id"], name=op.f("fk_post_events_post_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_post_events")),
    )
    op.create_index(op.f("ix_post_events_post_id"), "post_events", ["post_id"], unique=False)
    op.create_table(
        "pauses",
        sa.Column("pause_id", sa.Integer(), nullable=False),
        _text("credit_code"),
        sa.Column("paused_on", sa.Date(), nullable=False),
        _text("reason"),
        _text("author"),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        _text("lifted_by", nullable=True),
        _text("lifted_because", nullable=True),
        sa.PrimaryKeyConstraint("pause_id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_credit_code"), "pauses", ["credit_code"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_pauses_credit_code"), table_name="pauses")
    op.drop_table("pauses")
    op.drop_index(op.f("ix_post_events_post_id"), table_name="post_events")
    for table in ("post_events", "choices", "replies", "round_asked", "rounds"):
        op.drop_table(table)
