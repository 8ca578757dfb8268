"""The first schema: posts and their versions, people, steps, decisions and the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("class_year", sa.Integer(), nullable=True),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("level_due", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreements")),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_table(
        "graduates",
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("trade_code", sa.Text(), nullable=True),
        sa.Column("class_name", sa.Text(), nullable=True),
        sa.Column("training_tier", sa.Text(), nullable=True),
        sa.Column("class_year", sa.Integer(), nullable=False),
        sa.Column("skill_level", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.Text(), nullable=False),
        sa.Column("expected_level", sa.Integer(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("licences", sa.Text(), nullable=False),
        sa.Column("awards", sa.Text(), nullable=False),
        sa.Column("grade_band", sa.Integer(), nullable=True),
        sa.Column("home_region", sa.Text(), nullable=True),
        sa.Column("wish_regions", sa.Text(), nullable=False),
        sa.Column("wish_pay", sa.BigInteger(), nullable=True),
        sa.Column("order_class", sa.Text(), nullable=True),
        sa.Column("hired_at_enrolment", sa.Boolean(), nullable=False),
        sa.Column("adult_on", sa.Date(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("graduate_id", name=op.f("pk_graduates")),
    )
    op.create_index(op.f("ix_graduates_class_year"), "graduates", ["class_year"], unique=False)
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("n_graduates", sa.Integer(), nullable=False),
        sa.Column("n_unmapped_trades", sa.Integer(), nullable=False),
        sa.Column("n_posts", sa.Integer(), nullable=False),
        sa.Column("n_unknown_occupations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_table(
        "mappings",
        sa.Column("mapping_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mapping_id", name=op.f("pk_mappings")),
    )
    op.create_table(
        "members",
        sa.Column("alliance", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("industry_chain", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "alliance", "name", "credit_code", "industry_chain", name=op.f("pk_members")
        ),
    )
    op.create_table(
        "nights",
        sa.Column("night_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("night_id", name=op.f("pk_nights")),
    )
    op.create_table(
        "posts",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_posts")),
    )
    op.create_table(
        "revisions",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revisions")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.Column("scope_name", sa.Text(), nullable=True),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_tokens_token_sha256")),
    )
    op.create_table(
        "outcomes",
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("shown_rank", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_outcomes_graduate_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name=op.f("fk_outcomes_post_id")),
        sa.PrimaryKeyConstraint(
            "graduate_id", "post_id", "stage", "date", name=op.f("pk_outcomes")
        ),
    )
    op.create_index("ix_outcomes_post_id", "outcomes", ["post_id"], unique=False)
    op.create_table(
        "personal_details",
        sa.Column("graduate_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("student_no", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["graduate_id"], ["graduates.graduate_id"], name=op.f("fk_personal_details_graduate_id")
        ),
        sa.PrimaryKeyConstraint("graduate_id", name=op.f("pk_personal_details")),
    )
    op.create_table(
        "post_versions",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("issuing_body", sa.Text(), nullable=True),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("occupation_code", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("job_type", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("industry_chain", sa.Text(), nullable=True),
        sa.Column("is_chain_leader", sa.Boolean(), nullable=True),
        sa.Column("min_level", sa.Integer(), nullable=True),
        sa.Column("headcount", sa.BigInteger(), nullable=False),
        sa.Column("training_mode", sa.Text(), nullable=True),
        sa.Column("shortage_level", sa.Text(), nullable=True),
        sa.Column("monthly_pay_min", sa.BigInteger(), nullable=True),
        sa.Column("monthly_pay_max", sa.BigInteger(), nullable=True),
        sa.Column("required_licence", sa.Text(), nullable=False),
        sa.Column("preferred_certificates", sa.Text(), nullable=False),
        sa.Column("accepts_own_certificate", sa.Boolean(), nullable=True),
        sa.Column("adults_only", sa.Boolean(), nullable=True),
        sa.Column("board_and_lodging", sa.Text(), nullable=True),
        sa.Column("shifts", sa.Text(), nullable=True),
        sa.Column("insurance", sa.Text(), nullable=True),
        sa.Column("duties", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.post_id"], name=op.f("fk_post_versions_post_id")
        ),
        sa.PrimaryKeyConstraint("post_id", "changed_on", name=op.f("pk_post_versions")),
    )
    op.create_index(
        op.f("ix_post_versions_issuing_body"), "post_versions", ["issuing_body"], unique=False
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_post_versions_issuing_body"), table_name="post_versions")
    op.drop_table("post_versions")
    op.drop_table("personal_details")
    op.drop_index("ix_outcomes_post_id", table_name="outcomes")
    op.drop_table("outcomes")
    op.drop_table("tokens")
    op.drop_table("revisions")
    op.drop_table("posts")
    op.drop_table("nights")
    op.drop_table("members")
    op.drop_table("mappings")
    op.drop_table("imports")
    op.drop_index(op.f("ix_graduates_class_year"), table_name="graduates")
    op.drop_table("graduates")
    op.drop_table("answers")
    op.drop_table("agreements")
