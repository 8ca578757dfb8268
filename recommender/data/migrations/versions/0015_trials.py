"""Trials, and who was drawn for what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "trials",
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("class_year", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("trial", name=op.f("pk_trials")),
    )
    op.create_table(
        "trial_subjects",
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("class_name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("earlier", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"],
            ["graduates.graduate_id"],
            name=op.f("fk_trial_subjects_graduate_id"),
        ),
        sa.ForeignKeyConstraint(["trial"], ["trials.trial"], name=op.f("fk_trial_subjects_trial")),
        sa.PrimaryKeyConstraint("trial", "graduate_id", name=op.f("pk_trial_subjects")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("trial_subjects")
    op.drop_table("trials")
