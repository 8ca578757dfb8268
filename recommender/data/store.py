"""The database: domain objects in and out of the tables, on SQLite or PostgreSQL.

A transaction is opened by a use case, with `reading` or `writing`, and nowhere lower. Both
databases have one writer at a time: what a writer has read stays true until it is done.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from recommender.data import bulk, pinyin, recoded, reference, rows, schema
from recommender.domain import (
    DECIDING,
    Agreement,
    Graduate,
    Member,
    Outcome,
    OutcomeStage,
    PersonalDetails,
    Post,
    Reference,
)
from recommender.errors import Busy, DatabaseFailed
from recommender.succession import CodeChange, with_changes

BUSY_TIMEOUT_MS = 5_000
_WRITES = "placement_writes"


def connect(url: str) -> Engine:
    """Make an engine for an SQLite file (its folder is made) or for ``postgresql+psycopg``.

    SQLite answers only what has reached the disk: WAL with ``synchronous=FULL``. An error does
    not repeat the values of its query: they may be somebody's.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions late and of the wrong kind; `_begin_sqlite` does.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # SQLite does not wait here. Who holds the new file is switching it, for everybody.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise


def _begin_sqlite(conn: Connection) -> None:
    writes = conn.get_execution_options().get(_WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database and cannot write.

    Raises
    ------
    Busy, DatabaseFailed
        If the database is locked for too long, or cannot be reached or read.
    """
    with _told_plainly(), engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            with conn.begin():
                conn.exec_driver_sql("PRAGMA query_only=ON")
                try:
                    yield conn
                finally:
                    conn.exec_driver_sql("PRAGMA query_only=OFF")
        else:
            conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with conn.begin():
                yield conn


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction as the only writer; it is kept whole, or not at all on any error.

    Raises
    ------
    Busy, DatabaseFailed
        If another writer does not finish in time, or the database cannot be written.
    """
    with _told_plainly(), engine.connect() as conn:
        conn.execution_options(**{_WRITES: True})
        with conn.begin():
            if engine.dialect.name == "postgresql":
                _wait_for_turn(conn)
            yield conn


def _wait_for_turn(conn: Connection) -> None:
    """Give PostgreSQL what ``BEGIN IMMEDIATE`` gives SQLite: one writer at a time."""
    conn.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
    conn.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtext('placement'), hashtext(current_schema()))"
    )


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn what a driver says of locks, disks and lines into the project's errors."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy("no connection came free") from error
    except DBAPIError as error:
        if _is_lock(error):
            raise Busy("another writer holds the database") from error
        if _is_outside(error):
            raise DatabaseFailed(str(error.orig).strip().split("\n", 1)[0]) from error
        raise


def _is_lock(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) == sqlite3.SQLITE_BUSY
    # lock_not_available, serialization_failure, deadlock_detected
    return getattr(error.orig, "sqlstate", None) in {"55P03", "40001", "40P01"}


def _is_outside(error: DBAPIError) -> bool:
    """Tell a failing disk, line or server from a query that is itself wrong."""
    if isinstance(error.orig, sqlite3.Error) and _sqlite_code(error.orig) == sqlite3.SQLITE_ERROR:
        return False
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def _sqlite_code(error: sqlite3.Error) -> int:
    """Give the kind of an error: the low byte; the rest says more about it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest schema; only looks at one row when they are there.

    Two processes may start at once: the second waits, and finds nothing left to do.

    Raises
    ------
    DatabaseFailed
        If a newer version of the program made the tables.
    """
    with reading(engine) as conn:
        if _schema_version(conn) == schema.HEAD:
            return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    with writing(engine) as conn:
        config.attributes["connection"] = conn
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseFailed(
                f"its tables are not of this program's versions: {error}"
            ) from error


def _schema_version(conn: Connection) -> str | None:
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    version: str | None = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return version


# --- what the sheets bring ------------------------------------------------------------------


def load_posts(
    conn: Connection,
    *,
    day: date,
    open_only: bool = False,
    post_ids: Collection[str] | None = None,
    credit_codes: Collection[str] | None = None,
) -> list[Post]:
    """Load posts as they were on a day, ordered by id.

    The version that held on the day counts: the last one not later than it. A post that came
    later is given as it was first, so that a catalog imported after its season still answers
    for it. `credit_codes` narrows to the posts of enterprises named.
    """
    version = schema.post_versions
    held = sa.case((version.c.changed_on <= day, version.c.changed_on))
    held_on = sa.func.coalesce(sa.func.max(held), sa.func.min(version.c.changed_on))
    chosen = (
        sa.select(version.c.post_id, held_on.label("held_on")).group_by(version.c.post_id)
    ).subquery()
    query = sa.select(version).join(
        chosen,
        (version.c.post_id == chosen.c.post_id) & (version.c.changed_on == chosen.c.held_on),
    )
    if credit_codes is not None:
        found = bulk.found(conn, query, version.c.credit_code, credit_codes)
    else:
        found = bulk.found(conn, query, version.c.post_id, post_ids)
    posts = [rows.to_post(row._asdict()) for row in found]
    return sorted(
        (post for post in posts if post.is_open(day) or not open_only),
        key=lambda post: post.post_id,
    )


def load_graduates(
    conn: Connection, *, class_year: int | None = None, ids: Collection[str] | None = None
) -> list[Graduate]:
    """Load graduates, ordered by id: all, those of a class year, or those named."""
    table = schema.graduates
    query = sa.select(table)
    if class_year is not None:
        query = query.where(table.c.class_year == class_year)
    found = bulk.found(conn, query, table.c.graduate_id, ids)
    graduates = [rows.to_graduate(row._asdict()) for row in found]
    return sorted(graduates, key=lambda graduate: graduate.graduate_id)


def load_personal(conn: Connection, ids: Collection[str]) -> dict[str, PersonalDetails]:
    """Load the personal details of the graduates named, by id; for officers only."""
    table = schema.personal_details
    query = _columns(table, PersonalDetails)
    found = bulk.found(conn, query, table.c.graduate_id, ids)
    return {row.graduate_id: PersonalDetails(**row._asdict()) for row in found}


def load_outcomes(
    conn: Connection,
    *,
    day: date,
    stages: Collection[OutcomeStage] | None = None,
    graduate_ids: Collection[str] | None = None,
    post_ids: Collection[str] | None = None,
) -> list[Outcome]:
    """Load the steps that had happened and were recorded by the end of a day.

    They come ordered by graduate, post, date and stage; stages of one date in the order of
    `OutcomeStage`.
    """
    table = schema.outcomes
    query = sa.select(table).where(table.c.date <= day, table.c.recorded_on <= day)
    if stages is not None:
        query = query.where(table.c.stage.in_([stage.value for stage in stages]))
    if graduate_ids is not None:
        found = bulk.found(conn, query, table.c.graduate_id, graduate_ids)
    else:
        found = bulk.found(conn, query, table.c.post_id, post_ids)
    steps = [rows.to_outcome(*row) for row in found]
    if graduate_ids is not None and post_ids is not None:
        steps = [step for step in steps if step.post_id in post_ids]
    return sorted(steps, key=_step_order)


_STAGE_ORDER = {stage: place for place, stage in enumerate(OutcomeStage)}


def _step_order(step: Outcome) -> tuple[str, str, date, int]:
    return (step.graduate_id, step.post_id, step.date, _STAGE_ORDER[step.stage])


def load_deciding(
    conn: Connection, *, day: date, post_ids: Collection[str], graduate_ids: Collection[str]
) -> list[Outcome]:
    """Load the steps known by a day that decide who may take what.

    They are those at the posts named and those of the graduates named, and of whoever interned
    there: an intern who is placed elsewhere holds no place. One that is several of these comes
    more than once, which changes no standing.
    """
    at_posts = load_outcomes(conn, day=day, stages=DECIDING, post_ids=post_ids)
    interned = {each.graduate_id for each in at_posts if each.stage is OutcomeStage.INTERNED}
    people = {*graduate_ids, *interned}
    return at_posts + load_outcomes(conn, day=day, stages=DECIDING, graduate_ids=people)


def load_members(conn: Connection) -> list[Member]:
    """Load the members of all alliances, ordered by alliance and name."""
    found = conn.execute(sa.select(schema.members))
    return sorted((rows.to_member(row._asdict()) for row in found), key=rows.member_key)


def load_agreements(conn: Connection) -> list[Agreement]:
    """Load all agreements, ordered by id."""
    found = conn.execute(sa.select(schema.agreements))
    agreements = [rows.to_agreement(row._asdict()) for row in found]
    return sorted(agreements, key=lambda agreement: agreement.agreement_id)


def save_posts(conn: Connection, posts: Collection[Post], *, day: date) -> None:
    """Keep posts as their versions from a day on; a second change that day replaces the first."""
    ids = [post.post_id for post in posts]
    here = bulk.present(conn, schema.posts.c.post_id, ids)
    bulk.insert(conn, schema.posts, [{"post_id": one} for one in ids if one not in here])
    version = schema.post_versions
    for some in bulk.chunks(here):
        same_day = (version.c.changed_on == day) & version.c.post_id.in_(some)
        conn.execute(sa.delete(version).where(same_day))
    bulk.insert(conn, version, [rows.to_row(post) | {"changed_on": day} for post in posts])
    grow(conn, n_written=len(posts))


def save_graduates(
    conn: Connection, graduates: Collection[Graduate], details: Collection[PersonalDetails] = ()
) -> None:
    """Keep graduates, and personal details apart from them, in place of what was there."""
    bulk.put(conn, schema.graduates, [rows.to_row(graduate) for graduate in graduates])
    personal = [rows.to_row(one) | {"name_keys": pinyin.keys(one.name or "")} for one in details]
    bulk.put(conn, schema.personal_details, personal)
    grow(conn, n_written=len(graduates))


def save_outcomes(
    conn: Connection, added: Collection[Outcome], changed: Collection[Outcome] = ()
) -> None:
    """Keep steps that are new, and steps that are stored with other particulars."""
    bulk.insert(conn, schema.outcomes, [rows.to_row(step) for step in added])
    bulk.update(conn, schema.outcomes, [rows.to_row(step) for step in changed])
    grow(conn, n_written=len(added) + len(changed))


def save_outcome(conn: Connection, outcome: Outcome) -> bool:
    """Keep one step; False where the equal row was there already."""
    stored = load_outcomes(
        conn,
        day=date.max,
        stages=[outcome.stage],
        graduate_ids=[outcome.graduate_id],
        post_ids=[outcome.post_id],
    )
    same_key = [step for step in stored if step.date == outcome.date]
    if same_key == [outcome]:
        return False
    save_outcomes(conn, *(((), [outcome]) if same_key else ([outcome], ())))
    return True


def save_members(conn: Connection, members: Collection[Member]) -> None:
    """Keep members in place of rows with the same alliance, name, credit code and chain."""
    bulk.replace(conn, schema.members, [rows.member_row(member) for member in members])
    grow(conn, n_written=len(members))


def save_agreements(conn: Connection, agreements: Collection[Agreement]) -> None:
    """Keep agreements in place of those with the same id."""
    bulk.replace(conn, schema.agreements, [rows.to_row(agreement) for agreement in agreements])
    grow(conn, n_written=len(agreements))


def counts(conn: Connection, day: date) -> dict[str, int]:
    """Count what is stored: posts, those open on the day, graduates of each class year."""
    posts = load_posts(conn, day=day)
    year = schema.graduates.c.class_year
    by_year = conn.execute(sa.select(year, sa.func.count()).group_by(year).order_by(year)).all()
    return {
        "posts": len(posts),
        "open_posts": sum(post.is_open(day) for post in posts),
        "open_headcount": sum(post.headcount for post in posts if post.is_open(day)),
        "graduates": sum(n for _, n in by_year),
        **{f"graduates_{class_year}": n for class_year, n in by_year},
        "outcomes": _size(conn, schema.outcomes),
        "members": _size(conn, schema.members),
        "agreements": _size(conn, schema.agreements),
        "apprentices": _n_apprentices(conn),
        "programmes": _n_programmes(conn),
        "interests": _size(conn, schema.interests),
        "fairs": _size(conn, schema.fairs),
        "registrations": _size(conn, schema.registrations),
    }


def _n_apprentices(conn: Connection) -> int:
    one = schema.apprentices.c.apprentice_id
    return conn.execute(sa.select(sa.func.count(one.distinct()))).scalar_one()


def _n_programmes(conn: Connection) -> int:
    table = schema.programmes
    one = (table.c.college, table.c.trade, table.c.training_tier, table.c.entry_year)
    return _size(conn, sa.select(*one).distinct().subquery())


def _size(conn: Connection, table: sa.FromClause) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


# The rows of `revisions`.
_EVERY_WRITE, _PEOPLE = 1, 2


def revision(conn: Connection) -> int:
    """Give a number that grows with every write that can change an answer."""
    return _revision(conn, _EVERY_WRITE)


def sheets_revision(conn: Connection) -> int:
    """Give a number that grows with every import, decision and change of a person.

    Single steps leave it as it is.
    """
    newest = (schema.imports.c.import_id, schema.mappings.c.mapping_id)
    read = sum(conn.execute(sa.select(sa.func.max(each))).scalar() or 0 for each in newest)
    return read + _revision(conn, _PEOPLE)


def _revision(conn: Connection, which: int) -> int:
    table = schema.revisions
    query = sa.select(table.c.value).where(table.c.revision_id == which)
    return conn.execute(query).scalar() or 0


def grow(conn: Connection, *, n_written: int) -> None:
    """Tell whoever keeps what they read that something was written, where anything was."""
    if n_written:
        _grow(conn, _EVERY_WRITE)


def grow_people(conn: Connection) -> None:
    """Tell whoever keeps people in memory that one of them is not as they were."""
    _grow(conn, _EVERY_WRITE)
    _grow(conn, _PEOPLE)


def _grow(conn: Connection, which: int) -> None:
    table = schema.revisions
    grown = sa.update(table).where(table.c.revision_id == which).values(value=table.c.value + 1)
    if not conn.execute(grown).rowcount:
        conn.execute(sa.insert(table), {"revision_id": which, "value": 1})


# --- officers' decisions on names -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an officer decided: a trade's known name, or how far a trade leads to an occupation.

    Attributes
    ----------
    kind
        ``trade`` or ``pair``.
    target
        The known trade, or the occupation code.
    weight
        Of a pair, 0 to 1; 0 takes the pair away. None for a trade.
    """

    kind: str
    name: str
    target: str
    weight: float | None
    author: str
    decided_on: date


def save_trade(conn: Connection, name: str, trade: str, author: str, day: date) -> None:
    """Keep the decision that a trade as written is a known trade."""
    _decide(conn, kind="trade", name=name, target=trade, weight=None, author=author, day=day)


def save_pair(
    conn: Connection, trade: str, occupation_code: str, weight: float, author: str, day: date
) -> None:
    """Keep the decision how far a trade leads to an occupation."""
    _decide(
        conn, kind="pair", name=trade, target=occupation_code, weight=weight, author=author, day=day
    )


def _decide(conn: Connection, *, day: date, **facts: str | float | None) -> None:
    conn.execute(sa.insert(schema.mappings), facts | {"decided_on": day})
    grow(conn, n_written=1)


def list_mappings(conn: Connection) -> list[Decision]:
    """List every decision, the earliest first."""
    found = conn.execute(_columns(schema.mappings, Decision).order_by(schema.mappings.c.mapping_id))
    return [Decision(**row._asdict()) for row in found]


def trade_map(conn: Connection) -> dict[str, str]:
    """Give the known trade of each name that an officer decided on; the latest counts."""
    return {made.name: made.target for made in list_mappings(conn) if made.kind == "trade"}


def pair_map(conn: Connection) -> dict[tuple[str, str], float]:
    """Give the weight of each pair of trade and occupation code that an officer decided on."""
    return {
        (made.name, made.target): made.weight
        for made in list_mappings(conn)
        if made.weight is not None
    }


def trade_names(conn: Connection) -> list[str]:
    """List the trades of the roster as they are written there."""
    return sorted(conn.execute(sa.select(schema.graduates.c.trade).distinct()).scalars())


def load_reference(
    conn: Connection,
    *,
    day: date | None = None,
    changes: Sequence[CodeChange] | None = None,
) -> Reference:
    """Load the public tables, with officers' decisions, the roster's trades and agreements.

    Codes read as on the day; None counts every change of them, whatever its day. `changes`
    are those to read by where they are not those stored.
    """
    codes = recoded.load_changes(conn) if changes is None else changes
    tables = reference.load_reference(
        trade_map=trade_map(conn),
        pair_map=pair_map(conn),
        trade_names=set(trade_names(conn)) - recoded.named_trades(codes),
    )
    agreed = replace(tables, agreements=tuple(load_agreements(conn)))
    return with_changes(agreed, codes, day)


# --- tokens ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """Who a token lets in; the token itself is stored nowhere, only its SHA-256.

    Attributes
    ----------
    scope_kind
        ``college``, ``alliance`` or ``enterprise``; None where the role holds for all.
    """

    token_id: int
    role: str
    scope_kind: str | None
    scope_name: str | None
    created_on: date
    revoked: bool


def create_token(
    conn: Connection,
    role: str,
    scope_kind: str | None,
    scope_name: str | None,
    token_sha256: str,
    day: date,
) -> int:
    """Keep a token by its SHA-256 and give its id."""
    row = {
        "role": role,
        "scope_kind": scope_kind,
        "scope_name": scope_name,
        "token_sha256": token_sha256,
        "created_on": day,
        "revoked": False,
    }
    added = conn.execute(sa.insert(schema.tokens).returning(schema.tokens.c.token_id), row)
    return int(added.scalar_one())


def find_token(conn: Connection, token_sha256: str) -> TokenGrant | None:
    """Find what a token grants; None for one that is unknown or revoked."""
    table = schema.tokens
    held = (table.c.token_sha256 == token_sha256) & sa.not_(table.c.revoked)
    row = conn.execute(_columns(table, TokenGrant).where(held)).one_or_none()
    return None if row is None else TokenGrant(**row._asdict())


def token_digests(conn: Connection, *, role: str) -> frozenset[str]:
    """Give the SHA-256 of every token of a role that still holds."""
    table = schema.tokens
    held = (table.c.role == role) & sa.not_(table.c.revoked)
    return frozenset(conn.execute(sa.select(table.c.token_sha256).where(held)).scalars())


def list_tokens(conn: Connection) -> list[TokenGrant]:
    """List every token, also revoked ones, by id."""
    found = conn.execute(_columns(schema.tokens, TokenGrant).order_by(schema.tokens.c.token_id))
    return [TokenGrant(**row._asdict()) for row in found]


def revoke_token(conn: Connection, token_id: int) -> bool:
    """Take a token back; False where there is none that still holds."""
    table = schema.tokens
    held = (table.c.token_id == token_id) & sa.not_(table.c.revoked)
    return conn.execute(sa.update(table).where(held).values(revoked=True)).rowcount > 0


# --- the journal, imports and answers already given -----------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One nightly run.

    Attributes
    ----------
    started_at
        With its zone.
    published
        Name of the contender that answers since; None where nothing does.
    digest
        What went wrong, in sentences; "" where nothing did.
    facts
        Anything JSON can hold: counts, metrics, reasons.
    """

    day: date
    started_at: datetime
    verdict: str
    published: str | None
    version: int | None
    digest: str
    facts: Mapping[str, Any]


def append_night(conn: Connection, night: Night) -> None:
    """Add a line to the journal; lines are never changed."""
    row = {field.name: getattr(night, field.name) for field in fields(night)}
    row["started_at"] = night.started_at.isoformat()
    row["facts"] = json.dumps(night.facts, ensure_ascii=False)
    conn.execute(sa.insert(schema.nights), row)


def load_nights(conn: Connection, limit: int | None = None) -> list[Night]:
    """Load the journal, the latest night first; only so many where a limit is given."""
    query = _columns(schema.nights, Night).order_by(schema.nights.c.night_id.desc())
    nights = []
    for row in conn.execute(query.limit(limit)):
        read = {
            "started_at": datetime.fromisoformat(row.started_at),
            "facts": json.loads(row.facts),
        }
        nights.append(Night(**row._asdict() | read))
    return nights


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import call, as `status` tells it and the gate compares it.

    Attributes
    ----------
    sheets
        For each sheet its filename, kind and counts.
    n_graduates, n_posts
        Rows of the call.
    n_unmapped_trades
        Of these graduates, those whose trade is neither known nor mapped by an officer.
    n_unknown_occupations
        Of these posts, those whose occupation code is not in the table.
    """

    day: date
    sheets: tuple[Mapping[str, Any], ...]
    n_graduates: int
    n_unmapped_trades: int
    n_posts: int
    n_unknown_occupations: int


def append_import(conn: Connection, record: ImportRecord) -> None:
    """Keep that files were imported, and what they held."""
    row = {field.name: getattr(record, field.name) for field in fields(record)}
    row["sheets"] = json.dumps(record.sheets, ensure_ascii=False)
    conn.execute(sa.insert(schema.imports), row)


def load_imports(conn: Connection, limit: int | None = None) -> list[ImportRecord]:
    """Load the import calls, the latest first; only so many where a limit is given."""
    query = _columns(schema.imports, ImportRecord).order_by(schema.imports.c.import_id.desc())
    return [
        ImportRecord(**row._asdict() | {"sheets": tuple(json.loads(row.sheets))})
        for row in conn.execute(query.limit(limit))
    ]


def remembered(conn: Connection, key: str) -> tuple[str, int, str] | None:
    """Give SHA-256 of the body, status and answer (JSON) of a key used before."""
    table = schema.answers
    query = sa.select(table.c.body_sha256, table.c.status, table.c.answer)
    row = conn.execute(query.where(table.c.key == key)).one_or_none()
    return None if row is None else (row.body_sha256, row.status, row.answer)


def remember(
    conn: Connection, key: str, *, body_sha256: str, status: int, answer: str, day: date
) -> None:
    """Keep the answer given under a key."""
    row = {"key": key, "body_sha256": body_sha256, "status": status, "answer": answer, "day": day}
    conn.execute(sa.insert(schema.answers), row)


def forget_answers(conn: Connection, before: date) -> int:
    """Delete the answers given before a day, with their keys; give their number."""
    table = schema.answers
    return conn.execute(sa.delete(table).where(table.c.day < before)).rowcount


def _columns(table: sa.Table, kind: type) -> sa.Select[*tuple[Any, ...]]:
    """Select those columns of a table that are fields of a kind of record."""
    return sa.select(*[table.c[field.name] for field in fields(kind)])
