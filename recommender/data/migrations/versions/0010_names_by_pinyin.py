"""Names by their pinyin and initials, so that an officer finds them without typing Chinese."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from recommender.data import pinyin

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step, for the names that are there already too."""
    op.add_column("personal_details", sa.Column("name_keys", sa.Text(), nullable=True))
    table = sa.table("personal_details", sa.column("name"), sa.column("name_keys"))
    conn = op.get_bind()
    names = conn.execute(sa.select(table.c.name).where(table.c.name.is_not(None)).distinct())
    keys = [{"called": name, "new": pinyin.keys(name)} for name in names.scalars()]
    if keys:
        update = sa.update(table).where(table.c.name == sa.bindparam("called"))
        conn.execute(update.values(name_keys=sa.bindparam("new")), keys)


def downgrade() -> None:
    """Go back."""
    op.drop_column("personal_details", "name_keys")
