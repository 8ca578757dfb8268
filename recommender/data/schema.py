"""The tables of the database; `docs/data-dictionary.md` says what each column holds.

Rules kept here: ids are text; lists are JSON text; enumerations are stored as the glossary's
identifiers, levels as their number; numbers of a sheet have 64 bits. A change here comes with
a migration of the same content, which a test compares.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# The newest migration, so that a start need not load Alembic to see that nothing is due.
HEAD = "0018"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# One row for each post ever issued: what outcomes point to, whatever version held then.
posts = Table(
    "posts",
    metadata,
    Column("post_id", Text, primary_key=True),
)

post_versions = Table(
    "post_versions",
    metadata,
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("changed_on", Date, primary_key=True),
    Column("issuing_body", Text, index=True),
    Column("enterprise", Text, nullable=False),
    Column("credit_code", Text, nullable=False),
    Column("occupation_code", Text, nullable=False),
    Column("occupation", Text),
    Column("job_type", Text),
    Column("region_code", Text, nullable=False),
    Column("industry_chain", Text),
    Column("is_chain_leader", Boolean),
    Column("min_level", Integer),
    Column("headcount", BigInteger, nullable=False),
    Column("training_mode", Text),
    Column("shortage_level", Text),
    Column("monthly_pay_min", BigInteger),
    Column("monthly_pay_max", BigInteger),
    Column("required_licence", Text, nullable=False),
    Column("preferred_certificates", Text, nullable=False),
    Column("accepts_own_certificate", Boolean),
    Column("adults_only", Boolean),
    Column("board_and_lodging", Text),
    Column("shifts", Text),
    Column("insurance", Text),
    Column("duties", Text),
    Column("contact", Text),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("withdrawn_on", Date),
)

graduates = Table(
    "graduates",
    metadata,
    Column("graduate_id", Text, primary_key=True),
    Column("college", Text, nullable=False),
    Column("trade", Text, nullable=False),
    Column("trade_code", Text),
    Column("class_name", Text),
    Column("training_tier", Text),
    Column("class_year", Integer, nullable=False, index=True),
    Column("skill_level", Integer),
    Column("certificates", Text, nullable=False),
    Column("expected_level", Integer),
    Column("expected_on", Date),
    Column("licences", Text, nullable=False),
    Column("awards", Text, nullable=False),
    Column("grade_band", Integer),
    Column("home_region", Text),
    Column("wish_regions", Text, nullable=False),
    Column("wish_pay", BigInteger),
    Column("order_class", Text),
    Column("hired_at_enrolment", Boolean, nullable=False),
    Column("adult_on", Date),
    Column("consent", Boolean, nullable=False),
)

# Apart from everything else: no query for matching or training ever joins it.
personal_details = Table(
    "personal_details",
    metadata,
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("name", Text),
    Column("student_no", Text),
    Column("gender", Text),
    Column("name_keys", Text),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("recorded_on", Date, nullable=False),
    Column("channel", Text),
    Column("shown_rank", BigInteger),
    Column("reason", Text),
    Column("interned_until", Date),
    Column("agreed_on", Date),
    Index("ix_outcomes_post_id", "post_id"),
)

# A body may stand on several chains, and two bodies may share a name: so much makes the key.
members = Table(
    "members",
    metadata,
    Column("alliance", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("credit_code", Text, primary_key=True),
    Column("industry_chain", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("staff", BigInteger),
)

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", Text, primary_key=True),
    Column("college", Text, nullable=False),
    Column("credit_code", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("trade", Text),
    Column("post_id", Text),
    Column("region", Text),
    Column("class_year", Integer),
    Column("floor", BigInteger),
    Column("ceiling", BigInteger),
    Column("level_due", Integer),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("returns_on", Date),
)

# One row for each record of an apprentice: what held from a day on.
apprentices = Table(
    "apprentices",
    metadata,
    Column("apprentice_id", Text, primary_key=True),
    Column("changed_on", Date, primary_key=True),
    Column("credit_code", Text, nullable=False),
    Column("college", Text, nullable=False),
    Column("occupation_code", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("target_level", Integer, nullable=False),
    Column("result", Text),
    Column("contract_on", Date),
    Column("examined_on", Date),
)

# One row for each record of a programme: what held from a day on.
programmes = Table(
    "programmes",
    metadata,
    Column("college", Text, primary_key=True),
    Column("trade", Text, primary_key=True),
    Column("training_tier", Text, primary_key=True),
    Column("entry_year", Integer, primary_key=True),
    Column("changed_on", Date, primary_key=True),
    Column("years", Integer, nullable=False),
    Column("places", BigInteger, nullable=False),
    Column("enrolled", BigInteger),
)

# What each side of a pair stated for a fair.
interests = Table(
    "interests",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("rank", BigInteger),
    Index("ix_interests_post_id", "post_id"),
    Index("ix_interests_graduate_id", "graduate_id"),
)

# Where those outside the catalog went; the latest of a graduate counts.
destinations = Table(
    "destinations",
    metadata,
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("employer", Text),
    Column("occupation_code", Text),
    Column("date", Date, primary_key=True),
    Column("evidence", Text),
)

# Who was asked, so many days after 到岗, whether they are still there.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("due_days", Integer, primary_key=True),
    Column("result", Text, nullable=False),
    Column("date", Date, nullable=False),
    Column("left_on", Date),
)

# One row for each enterprise at each fair (双选会).
fairs = Table(
    "fairs",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("credit_code", Text, primary_key=True),
    Column("date", Date, nullable=False),
    Column("booth", Text),
    Column("slots", BigInteger),
    Column("slot_capacity", BigInteger),
)

registrations = Table(
    "registrations",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
)

# The timetable of a fair: the database refuses somebody twice in one round.
turns = Table(
    "turns",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("credit_code", Text, primary_key=True),
    Column("slot", Integer, nullable=False),
    Column("post_id", Text, ForeignKey("posts.post_id"), nullable=False),
    Column("chance", Float, nullable=False),
    UniqueConstraint("fair_id", "graduate_id", "slot"),
)

# Who carries a slip stays unknown until it is claimed, and has one slip at a fair.
slips = Table(
    "slips",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("slip", Text, primary_key=True),
    Column("issued_at", Text, nullable=False),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id")),
    Column("claimed_at", Text),
    Column("claimed_by", Text),
    UniqueConstraint("fair_id", "graduate_id"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("slip", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    ForeignKeyConstraint(["fair_id", "slip"], ["slips.fair_id", "slips.slip"]),
)

marks = Table(
    "marks",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("slip", Text, primary_key=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("rank", BigInteger),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    ForeignKeyConstraint(["fair_id", "slip"], ["slips.fair_id", "slips.slip"]),
)

fair_closings = Table(
    "fair_closings",
    metadata,
    Column("fair_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
)

# Editions of the guidance catalog: rows are added, never changed; each digest covers the last.
editions = Table(
    "editions",
    metadata,
    Column("edition", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("author", Text, nullable=False),
    Column("class_year", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", Text, nullable=False),
)

# Officers' decisions, kept as history; the latest of each name counts.
mappings = Table(
    "mappings",
    metadata,
    Column("mapping_id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("weight", Float),
    Column("author", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
)

# Every row of one old code stands or falls with the others; "" where nothing follows it.
code_changes = Table(
    "code_changes",
    metadata,
    Column("table", Text, primary_key=True),
    Column("old_code", Text, primary_key=True),
    Column("new_code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("new_name", Text),
    Column("weight", Float, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("source", Text, nullable=False),
)

# Times that enterprises are asked what they need, whom they ask, and what came back.
rounds = Table(
    "rounds",
    metadata,
    Column("round_id", Text, primary_key=True),
    Column("alliance", Text),
    Column("issuing_body", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
)

round_asked = Table(
    "round_asked",
    metadata,
    Column("round_id", Text, ForeignKey("rounds.round_id"), primary_key=True),
    Column("credit_code", Text, primary_key=True),
    Column("enterprise", Text, nullable=False),
)

replies = Table(
    "replies",
    metadata,
    Column("round_id", Text, ForeignKey("rounds.round_id"), primary_key=True),
    Column("filename", Text, primary_key=True),
    Column("credit_code", Text, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("wanted", Text, nullable=False),
)

choices = Table(
    "choices",
    metadata,
    Column("round_id", Text, ForeignKey("rounds.round_id"), primary_key=True),
    Column("post_id", Text, primary_key=True),
    Column("filename", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
)

# What happened to posts beside their versions: rows are added, never changed.
post_events = Table(
    "post_events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    Column("author", Text, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("pause_id", Integer, primary_key=True),
    Column("credit_code", Text, nullable=False, index=True),
    Column("paused_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("lifted_on", Date),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("sheets", Text, nullable=False),
    Column("n_graduates", Integer, nullable=False),
    Column("n_unmapped_trades", Integer, nullable=False),
    Column("n_posts", Integer, nullable=False),
    Column("n_unknown_occupations", Integer, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("scope_kind", Text),
    Column("scope_name", Text),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("created_on", Date, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

nights = Table(
    "nights",
    metadata,
    Column("night_id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("published", Text),
    Column("version", Integer),
    Column("digest", Text, nullable=False),
    Column("facts", Text, nullable=False),
)

# Answers already given under an Idempotency-Key.
answers = Table(
    "answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body_sha256", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("day", Date, nullable=False),
)

# Who has a claim on a place now. A place of a post has a number up to the headcount and one
# holder, and nobody confirms two: the database refuses both, whatever a writer has overlooked.
claims = Table(
    "claims",
    metadata,
    Column("post_id", Text, ForeignKey("posts.post_id"), primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("number", BigInteger),
    Column("n_places", BigInteger, nullable=False),
    Column("since", Text, nullable=False),
    Column("expires_at", Text, index=True),
    Column("offered", Boolean, nullable=False),
    UniqueConstraint("post_id", "number"),
    CheckConstraint("number BETWEEN 1 AND n_places", name="within_headcount"),
    CheckConstraint("(state = 'waiting') = (number IS NULL)", name="place_unless_waiting"),
    Index("ix_claims_graduate_id", "graduate_id"),
    Index(
        "uq_claims_confirmed",
        "graduate_id",
        unique=True,
        sqlite_where=text("state = 'confirmed'"),
        postgresql_where=text("state = 'confirmed'"),
    ),
)

# How every claim came and went: rows are added, never changed.
ledger = Table(
    "ledger",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("post_id", Text, ForeignKey("posts.post_id"), nullable=False, index=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False),
    Column("who", Text, nullable=False),
    Column("expires_at", Text),
    Column("reason", Text),
    Column("note", Text),
    Column("channel", Text),
)

# Assignments that officers change by hand, and every entry made in them, which never changes.
drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("class_year", Integer, nullable=False),
    Column("way", Text, nullable=False),
    Column("colleges", Text),
    Column("trade", Text),
    Column("class_name", Text),
    Column("order_class", Text),
)

draft_entries = Table(
    "draft_entries",
    metadata,
    Column("draft_id", Text, ForeignKey("drafts.draft_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id")),
    Column("post_id", Text, ForeignKey("posts.post_id")),
    Column("reason", Text),
    Column("undoes", Integer),
    Column("placed", Text),
)

# Pairs that officers vetoed, and lifted again: rows are added, the latest of a pair counts.
vetoes = Table(
    "vetoes",
    metadata,
    Column("veto_id", Integer, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False, index=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
)

# Steps that were recorded wrongly: they stay as history here, and count nowhere.
voided_steps = Table(
    "voided_steps",
    metadata,
    Column("void_id", Integer, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False, index=True),
    Column("post_id", Text, ForeignKey("posts.post_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("date", Date, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("channel", Text),
    Column("shown_rank", BigInteger),
    Column("reason", Text),
    Column("interned_until", Date),
    Column("agreed_on", Date),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
)

# People who sign in at the console. Their secret is kept as its argon2id hash only.
users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("scope_kind", Text),
    Column("scope_name", Text),
    Column("secret_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

# Who is signed in: a row is taken away at signing out, so that its cookie opens nothing.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("secret_sha256", Text, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("began_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)

# By the SHA-256 of what was given as a login: people type a secret there by mistake.
failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("login_sha256", Text, primary_key=True),
    Column("n_failed", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)

# Trials, and who was drawn for what: of a trial only `stopped_on` is ever written again.
trials = Table(
    "trials",
    metadata,
    Column("trial", Text, primary_key=True),
    Column("class_year", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("shares", Text, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("stopped_on", Date),
    Column("author", Text, nullable=False),
    Column("plan", Text, nullable=False),
)

trial_subjects = Table(
    "trial_subjects",
    metadata,
    Column("trial", Text, ForeignKey("trials.trial"), primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), primary_key=True),
    Column("college", Text, nullable=False),
    Column("class_name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("share", Float, nullable=False),
    Column("arm", Text, nullable=False),
    Column("earlier", Float),
)

# What people agreed to, and what they withdrew: rows are added, the latest of a purpose counts.
consents = Table(
    "consents",
    metadata,
    Column("consent_id", Integer, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", Text, nullable=False),
    Column("text_version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("who", Text, nullable=False),
)

# What was corrected of a person, with what stood there before.
corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", Integer, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
)

# Complaints and requests; of an erased person the number, the kind and the days stay.
cases = Table(
    "cases",
    metadata,
    Column("case_id", Integer, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), index=True),
    Column("college", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("closed_at", Text),
    Column("closed_by", Text),
)

# Links by which people look after their own; a link opens with its signature only.
own_links = Table(
    "own_links",
    metadata,
    Column("link_id", Text, primary_key=True),
    Column("graduate_id", Text, ForeignKey("graduates.graduate_id"), nullable=False, index=True),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

# Who was erased, as a keyed hash of their id: so that no sheet brings them back.
erasures = Table(
    "erasures",
    metadata,
    Column("person", Text, primary_key=True),
    Column("day", Date, nullable=False),
)

# Whether personal rankings are given: rows are added, the latest counts.
switches = Table(
    "switches",
    metadata,
    Column("switch_id", Integer, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)

# Rows: a number that grows with every write that can change an answer (1), and one for every
# change of a person between two imports (2).
revisions = Table(
    "revisions",
    metadata,
    Column("revision_id", Integer, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
