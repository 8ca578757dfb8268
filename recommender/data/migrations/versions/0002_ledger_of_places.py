"""The ledger of places: who has a claim on which, and how it came and went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "claims",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("n_places", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "number BETWEEN 1 AND n_places", name=op.f("ck_claims_within_headcount")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (number IS NULL)", name=op.f("ck_claims_place_unless_waiting")
        ),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_claims_graduate_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_claims_post_id")),
        sa.PrimaryKeyConstraint("post_id", "graduate_id", name=op.f("pk_claims")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_claims_post_id")),
    )
    op.create_index(op.f("ix_claims_expires_at"), "claims", ["expires_at"], unique=False)
    op.create_index("ix_claims_graduate_id", "claims", ["graduate_id"], unique=False)
    op.create_index(
        "uq_claims_confirmed",
        "claims",
        ["graduate_id"],
        unique=True,
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_table(
        "ledger",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_ledger_graduate_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_ledger_post_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_post_id"), "ledger", ["post_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_ledger_post_id"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_index("uq_claims_confirmed", table_name="claims")
    op.drop_index("ix_claims_graduate_id", table_name="claims")
    op.drop_index(op.f("ix_claims_expires_at"), table_name="claims")
    op.drop_table("claims")
