"""A person's rights: consents, corrections, cases, links, erasures; the switch of rankings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OF_PERSON = {
    "consents": (
        "consent_id",
        (
            sa.Column("purpose", sa.Text(), nullable=False),
            sa.Column("given", sa.Boolean(), nullable=False),
            sa.Column("at", sa.Text(), nullable=False),
            sa.Column("text_version", sa.Text(), nullable=False),
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("who", sa.Text(), nullable=False),
        ),
    ),
    "corrections": (
        "correction_id",
        (
            sa.Column("field", sa.Text(), nullable=False),
            sa.Column("old", sa.Text(), nullable=True),
            sa.Column("new", sa.Text(), nullable=True),
            sa.Column("at", sa.Text(), nullable=False),
            sa.Column("who", sa.Text(), nullable=False),
        ),
    ),
}


def upgrade() -> None:
    """Take the step."""
    for name, (key, columns) in _OF_PERSON.items():
        op.create_table(
            name,
            sa.Column(key, sa.Integer(), nullable=False),
            sa.Column("graduate_id", sa.Text(), nullable=False),
            *columns,
            _of_graduate(name),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_graduate_id"), name, ["graduate_id"])
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=True),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        _of_graduate("cases"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_graduate_id"), "cases", ["graduate_id"])
    op.create_table(
        "own_links",
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        _of_graduate("own_links"),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_own_links")),
    )
    op.create_index(op.f("ix_own_links_graduate_id"), "own_links", ["graduate_id"])
    op.create_table(
        "erasures",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_erasures")),
    )
    op.create_table(
        "switches",
        sa.Column("switch_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("switch_id", name=op.f("pk_switches")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("switches")
    op.drop_table("erasures")
    for name in ("own_links", "cases", "corrections", "consents"):
        op.drop_index(op.f(f"ix_{name}_graduate_id"), table_name=name)
        op.drop_table(name)


def _of_graduate(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["graduate_id"], ["graduates.graduate_id"], name=op.f(f"fk_{name}_graduate_id")
    )
