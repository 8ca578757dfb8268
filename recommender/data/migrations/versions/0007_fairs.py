"""Fairs: booths, who registered, the timetable, slips, check-ins and marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "fairs",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("booth", sa.Text(), nullable=True),
        sa.Column("slots", sa.BigInteger(), nullable=True),
        sa.Column("slot_capacity", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("fair_id", "credit_code", name=op.f("pk_fairs")),
    )
    op.create_table(
        "registrations",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        _graduate("registrations"),
        sa.PrimaryKeyConstraint("fair_id", "graduate_id", name=op.f("pk_registrations")),
    )
    op.create_table(
        "turns",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        _graduate("turns"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_turns_post_id")),
        sa.PrimaryKeyConstraint("fair_id", "graduate_id", "credit_code", name=op.f("pk_turns")),
        sa.UniqueConstraint("fair_id", "graduate_id", "slot", name=op.f("uq_turns_fair_id")),
    )
    op.create_table(
        "slips",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        _graduate("slips"),
        sa.PrimaryKeyConstraint("fair_id", "slip", name=op.f("pk_slips")),
        sa.UniqueConstraint("fair_id", "graduate_id", name=op.f("uq_slips_fair_id")),
    )
    op.create_table(
        "check_ins",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        _slip("check_ins"),
        sa.PrimaryKeyConstraint("fair_id", "slip", "place", name=op.f("pk_check_ins")),
    )
    op.create_table(
        "marks",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        _slip("marks"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_marks_post_id")),
        sa.PrimaryKeyConstraint("fair_id", "slip", "post_id", "side", name=op.f("pk_marks")),
    )
    op.create_table(
        "fair_closings",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fair_id", name=op.f("pk_fair_closings")),
    )


def downgrade() -> None:
    """Go back."""
    for name in ("fair_closings", "marks", "check_ins", "slips", "turns", "registrations", "fairs"):
        op.drop_table(name)


def _graduate(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_graduate_id")
    return sa.ForeignKeyConstraint(["graduate_id"], ["graduates.graduate_id"], name=name)


def _slip(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_fair_id")
    return sa.ForeignKeyConstraint(["fair_id", "slip"], ["slips.fair_id", "slips.slip"], name=name)
