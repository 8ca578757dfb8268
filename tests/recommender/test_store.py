"""The database: what goes in comes out, on the day it held, on both kinds of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from recommender.data import bulk, schema, store
from recommender.domain import Channel, OutcomeStage, SkillLevel, StepReason
from recommender.errors import Busy, DatabaseFailed
from tests.builders import (
    DAY,
    make_agreement,
    make_details,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
)

JANUARY, MARCH, JUNE = date(2026, 1, 10), date(2026, 3, 10), date(2026, 6, 10)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with store.writing(engine) as open_conn:
        yield open_conn


# --- transactions ---------------------------------------------------------------------------


def test_a_reader_that_writes_fails_at_once(engine: Engine) -> None:
    with pytest.raises((DatabaseFailed, sa.exc.DBAPIError)), store.reading(engine) as conn:
        store.save_graduates(conn, [make_graduate()])
    with store.reading(engine) as conn:
        assert store.load_graduates(conn) == []


def test_a_connection_that_was_read_with_can_be_written_with(engine: Engine) -> None:
    with store.reading(engine) as conn:
        store.revision(conn)
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate()])
    with store.reading(engine) as conn:
        assert len(store.load_graduates(conn)) == 1


def test_an_error_undoes_all_of_a_writers_work(engine: Engine) -> None:
    with pytest.raises(ValueError, match="stop"), store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=DAY)
        store.save_graduates(conn, [make_graduate()])
        raise ValueError("stop")
    with store.reading(engine) as conn:
        assert store.load_posts(conn, day=DAY) == []
        assert store.load_graduates(conn) == []


def test_a_reader_sees_one_state_from_beginning_to_end(engine: Engine) -> None:
    with store.reading(engine) as reader:
        assert store.load_graduates(reader) == []
        with store.writing(engine) as writer:
            store.save_graduates(writer, [make_graduate()])
        assert store.load_graduates(reader) == []


def test_a_second_writer_waits_and_then_says_that_it_is_busy(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    engine.dispose()  # connections made from here on wait for 50 ms only
    with store.writing(engine), pytest.raises(Busy), store.writing(engine):
        pass


def test_a_second_writer_goes_on_when_the_first_is_done(engine: Engine) -> None:
    both_begun = Barrier(2)
    seen: list[int] = []

    def count_up() -> None:
        both_begun.wait()
        with store.writing(engine) as conn:
            n = len(store.load_graduates(conn))
            store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}")])
            seen.append(n)

    threads = [Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The second sees what the first wrote: neither read before the other had finished.
    assert sorted(seen) == [0, 1]


def test_a_database_that_is_away_is_said_to_be() -> None:
    engine = store.connect("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(DatabaseFailed), store.reading(engine):
        pass
    engine.dispose()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "placement.sqlite3"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    engine = store.connect(f"sqlite:///{path}")
    with pytest.raises(DatabaseFailed) as failure:
        store.upgrade(engine)
    assert "not a database" in failure.value.why
    engine.dispose()


def test_a_wrong_query_stays_a_programming_mistake(engine: Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError), store.reading(engine) as conn:
        conn.exec_driver_sql("SELECT no_such_column FROM graduates")


def test_sqlite_keeps_what_it_has_acknowledged(sqlite_engine: Engine) -> None:
    with store.reading(sqlite_engine) as conn:
        settings = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    # synchronous 2 is FULL.
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5_000,
    }


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/home/data/placement.sqlite3")
    store.upgrade(engine)
    engine.dispose()
    assert (tmp_path / "home" / "data" / "placement.sqlite3").is_file()


def test_a_full_disk_leaves_what_was_there(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as conn:
        store.save_graduates(conn, [make_graduate()])
        n_pages = conn.exec_driver_sql("PRAGMA page_count").scalar()

    def fill_disk(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={n_pages}")

    sqlite_engine.dispose()
    sa.event.listen(sqlite_engine, "connect", fill_disk)
    more = [make_graduate(graduate_id=f"H{n}") for n in range(5_000)]
    with pytest.raises(DatabaseFailed) as failure, store.writing(sqlite_engine) as conn:
        store.save_graduates(conn, more)
    assert "full" in failure.value.why
    with store.reading(sqlite_engine) as conn:
        assert store.load_graduates(conn) == [make_graduate()]


# --- posts ----------------------------------------------------------------------------------


def test_a_post_is_as_it_was_on_the_day(conn: Connection) -> None:
    store.save_posts(conn, [make_post(headcount=1)], day=JANUARY)
    store.save_posts(conn, [make_post(headcount=5)], day=MARCH)

    def headcount_on(day: date) -> int:
        return store.load_posts(conn, day=day)[0].headcount

    assert headcount_on(date(2026, 3, 9)) == 1
    assert headcount_on(MARCH) == 5
    assert headcount_on(date(2027, 1, 1)) == 5
    # Before it came: as it was first.
    assert headcount_on(date(2020, 1, 1)) == 1


def test_a_second_change_on_one_day_replaces_the_first(conn: Connection) -> None:
    store.save_posts(conn, [make_post(headcount=1)], day=JANUARY)
    store.save_posts(conn, [make_post(headcount=2)], day=JANUARY)
    n_versions = conn.execute(sa.select(sa.func.count()).select_from(schema.post_versions))
    assert n_versions.scalar() == 1
    assert store.load_posts(conn, day=JANUARY)[0].headcount == 2


def test_only_open_posts_are_given_where_asked(conn: Connection) -> None:
    open_post = make_post(post_id="open")
    others = [
        make_post(post_id="later", opens_on=date(2026, 5, 16)),
        make_post(post_id="over", closes_on=date(2026, 5, 14)),
        make_post(post_id="withdrawn", withdrawn_on=DAY),
    ]
    last_day = make_post(post_id="last day", opens_on=DAY, closes_on=DAY)
    store.save_posts(conn, [open_post, *others, last_day], day=JANUARY)
    assert store.load_posts(conn, day=DAY, open_only=True) == [last_day, open_post]


def test_ids_are_ordered_by_code_point_on_every_database(conn: Connection) -> None:
    ids = ["b", "B", "a-1", "a1", "岗2", "岗10", "10", "9"]
    store.save_posts(conn, [make_post(post_id=one) for one in ids], day=DAY)
    assert [post.post_id for post in store.load_posts(conn, day=DAY)] == sorted(ids)
    assert sorted(ids) == ["10", "9", "B", "a-1", "a1", "b", "岗10", "岗2"]


def test_posts_can_be_asked_for_by_id(conn: Connection) -> None:
    store.save_posts(conn, [make_post(post_id=one) for one in "abc"], day=DAY)
    found = store.load_posts(conn, day=DAY, post_ids={"c", "a", "none", "a\x00", "\ud800"})
    assert [post.post_id for post in found] == ["a", "c"]


def test_every_field_of_a_post_is_kept(conn: Connection) -> None:
    post = make_full_post(withdrawn_on=DAY)
    store.save_posts(conn, [post], day=DAY)
    assert store.load_posts(conn, day=DAY) == [post]


# --- graduates ------------------------------------------------------------------------------


def test_every_field_of_a_graduate_is_kept(conn: Connection) -> None:
    graduate = make_full_graduate(hired_at_enrolment=True)
    store.save_graduates(conn, [graduate])
    assert store.load_graduates(conn) == [graduate]


def test_a_graduate_is_replaced_and_the_details_stay(conn: Connection) -> None:
    store.save_graduates(conn, [make_graduate()], [make_details()])
    later = make_graduate(skill_level=SkillLevel.SENIOR_WORKER)
    store.save_graduates(conn, [later])
    assert store.load_graduates(conn) == [later]
    assert store.load_personal(conn, ["G1", "G2"]) == {"G1": make_details()}


def test_graduates_are_given_by_class_year_or_id(conn: Connection) -> None:
    store.save_graduates(
        conn,
        [
            make_graduate(graduate_id="a", class_year=2025),
            make_graduate(graduate_id="b"),
            make_graduate(graduate_id="c"),
        ],
    )

    def ids(**narrowed: object) -> list[str]:
        return [one.graduate_id for one in store.load_graduates(conn, **narrowed)]  # type: ignore[arg-type]

    assert ids() == ["a", "b", "c"]
    assert ids(class_year=2026) == ["b", "c"]
    assert ids(ids=["c", "a"]) == ["a", "c"]
    assert ids(ids=["c", "a"], class_year=2026) == ["c"]
    assert ids(ids=[]) == []


def test_more_ids_than_one_query_holds_are_asked_for(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    store.save_graduates(conn, [make_graduate(graduate_id=one) for one in "edcba"])
    assert [one.graduate_id for one in store.load_graduates(conn, ids="abcdez")] == list("abcde")


# --- outcomes -------------------------------------------------------------------------------


@pytest.fixture
def with_pairs(conn: Connection) -> Connection:
    store.save_graduates(conn, [make_graduate(), make_graduate(graduate_id="G2")])
    store.save_posts(conn, [make_post(), make_post(post_id="P2")], day=JANUARY)
    return conn


def test_a_step_of_nobody_is_refused_by_the_database_itself(conn: Connection) -> None:
    store.save_posts(conn, [make_post()], day=DAY)
    with pytest.raises(sa.exc.IntegrityError), conn.begin_nested():
        store.save_outcomes(conn, [make_outcome(graduate_id="nobody")])


def test_every_field_of_a_step_is_kept(with_pairs: Connection) -> None:
    step = make_outcome(
        recorded_on=date(2026, 5, 12),
        channel=Channel.FAIR,
        shown_rank=3,
        reason=StepReason.FULL,
        interned_until=date(2026, 8, 31),
        agreed_on=date(2026, 5, 9),
    )
    store.save_outcomes(with_pairs, [step])
    assert store.load_outcomes(with_pairs, day=JUNE) == [step]


def test_a_step_does_not_exist_before_it_happened_or_was_recorded(
    with_pairs: Connection,
) -> None:
    late = make_outcome(date=date(2026, 5, 10), recorded_on=date(2026, 6, 2))
    store.save_outcomes(with_pairs, [late])
    assert store.load_outcomes(with_pairs, day=date(2026, 5, 9)) == []
    assert store.load_outcomes(with_pairs, day=date(2026, 6, 1)) == []
    assert store.load_outcomes(with_pairs, day=date(2026, 6, 2)) == [late]


def test_steps_come_by_graduate_post_date_and_stage(with_pairs: Connection) -> None:
    signed = make_outcome()
    cancelled = make_outcome(stage=OutcomeStage.CANCELLED)
    seen = make_outcome(stage=OutcomeStage.INTERVIEWED, date=date(2026, 5, 1))
    elsewhere = make_outcome(post_id="P2", date=date(2026, 4, 1))
    other = make_outcome(graduate_id="G2", date=date(2026, 3, 1))
    store.save_outcomes(with_pairs, [other, elsewhere, cancelled, signed, seen])
    # On one date a signing comes before the cancelling, as the stages are listed.
    assert store.load_outcomes(with_pairs, day=JUNE) == [
        seen,
        signed,
        cancelled,
        elsewhere,
        other,
    ]


def test_steps_are_narrowed_by_stage_graduate_and_post(with_pairs: Connection) -> None:
    signed = make_outcome()
    seen = make_outcome(stage=OutcomeStage.INTERVIEWED)
    elsewhere = make_outcome(post_id="P2")
    other = make_outcome(graduate_id="G2")
    store.save_outcomes(with_pairs, [signed, seen, elsewhere, other])

    def load(**narrowed: object) -> list[object]:
        return list(store.load_outcomes(with_pairs, day=JUNE, **narrowed))  # type: ignore[arg-type]

    assert load(stages=[OutcomeStage.INTERVIEWED]) == [seen]
    assert load(graduate_ids=["G2"]) == [other]
    assert load(post_ids=["P2"]) == [elsewhere]
    assert load(graduate_ids=["G1"], post_ids=["P2"]) == [elsewhere]
    assert load(graduate_ids=[]) == []


def test_a_step_with_other_particulars_replaces_the_stored_one(with_pairs: Connection) -> None:
    assert store.save_outcome(with_pairs, make_outcome()) is True
    assert store.save_outcome(with_pairs, make_outcome()) is False
    changed = make_outcome(reason=StepReason.PAY)
    assert store.save_outcome(with_pairs, changed) is True
    assert store.load_outcomes(with_pairs, day=JUNE) == [changed]


# --- members, agreements, counts ------------------------------------------------------------


def test_a_member_on_two_chains_is_kept_twice_and_replaced_once(conn: Connection) -> None:
    welding = make_member(industry_chain="工程机械")
    chemistry = make_member(industry_chain="高端化工")
    store.save_members(conn, [welding, chemistry])
    moved = make_member(industry_chain="高端化工", region="370700")
    store.save_members(conn, [moved])
    assert store.load_members(conn) == [welding, moved]


def test_an_agreement_is_replaced_by_its_id(conn: Connection) -> None:
    store.save_agreements(conn, [make_agreement(agreement_id="B"), make_agreement()])
    changed = make_agreement(floor=10)
    store.save_agreements(conn, [changed])
    assert store.load_agreements(conn) == [changed, make_agreement(agreement_id="B")]


def test_what_is_stored_is_counted(with_pairs: Connection) -> None:
    store.save_graduates(with_pairs, [make_graduate(graduate_id="G3", class_year=2025)])
    store.save_posts(with_pairs, [make_post(post_id="over", closes_on=date(2026, 5, 1))], day=DAY)
    store.save_outcomes(with_pairs, [make_outcome()])
    assert store.counts(with_pairs, DAY) == {
        "posts": 3,
        "open_posts": 2,
        "open_headcount": 4,
        "graduates": 3,
        "graduates_2025": 1,
        "graduates_2026": 2,
        "outcomes": 1,
        "members": 0,
        "agreements": 0,
        "apprentices": 0,
        "programmes": 0,
        "interests": 0,
        "fairs": 0,
        "registrations": 0,
    }


def test_the_revision_grows_with_what_can_change_an_answer_and_with_nothing_else(
    conn: Connection,
) -> None:
    seen = [store.revision(conn)]
    store.save_graduates(conn, [])
    seen.append(store.revision(conn))
    assert seen == [0, 0]
    writes = [
        lambda: store.save_graduates(conn, [make_graduate()]),
        lambda: store.save_posts(conn, [make_post()], day=DAY),
        lambda: store.save_outcome(conn, make_outcome()),
        lambda: store.save_trade(conn, "电焊", "焊接加工", "王老师", DAY),
        lambda: store.save_pair(conn, "焊接加工", "6-18-02-04", 0.5, "王老师", DAY),
    ]
    for write in writes:
        before = store.revision(conn)
        write()
        assert store.revision(conn) > before
    before = store.revision(conn)
    store.save_outcome(conn, make_outcome())
    store.create_token(conn, "kiosk", None, None, "0" * 64, DAY)
    assert store.revision(conn) == before


# --- decisions, tokens, journal, answers ----------------------------------------------------


def test_the_latest_decision_counts_and_the_earlier_ones_are_kept(conn: Connection) -> None:
    store.save_trade(conn, "电焊", "数控加工", "王老师", JANUARY)
    store.save_trade(conn, "电焊", "焊接加工", "李老师", MARCH)
    store.save_pair(conn, "焊接加工", "6-18-02-04", 1.0, "王老师", JANUARY)
    store.save_pair(conn, "焊接加工", "6-18-02-04", 0.0, "李老师", MARCH)
    assert store.trade_map(conn) == {"电焊": "焊接加工"}
    # 0 takes a pair away, and is not the same as never decided.
    assert store.pair_map(conn) == {("焊接加工", "6-18-02-04"): 0.0}
    decided = store.list_mappings(conn)
    assert [(one.kind, one.target, one.author) for one in decided] == [
        ("trade", "数控加工", "王老师"),
        ("trade", "焊接加工", "李老师"),
        ("pair", "6-18-02-04", "王老师"),
        ("pair", "6-18-02-04", "李老师"),
    ]
    assert decided[1].decided_on == MARCH


def test_the_trades_of_the_roster_are_listed_once(conn: Connection) -> None:
    trades = {"a": "焊接加工", "b": "电焊", "c": "电焊"}
    store.save_graduates(
        conn, [make_graduate(graduate_id=one, trade=trade) for one, trade in trades.items()]
    )
    # By code point: 焊 is U+710A, 电 is U+7535.
    assert store.trade_names(conn) == ["焊接加工", "电焊"]


def test_a_revoked_token_lets_nobody_in(conn: Connection) -> None:
    digest = "ab" * 32
    token_id = store.create_token(conn, "officer", "college", "示例技师学院", digest, DAY)
    grant = store.TokenGrant(
        token_id=token_id,
        role="officer",
        scope_kind="college",
        scope_name="示例技师学院",
        created_on=DAY,
        revoked=False,
    )
    assert store.find_token(conn, digest) == grant
    assert store.find_token(conn, "cd" * 32) is None
    assert store.revoke_token(conn, token_id) is True
    assert store.revoke_token(conn, token_id) is False
    assert store.find_token(conn, digest) is None
    assert [one.revoked for one in store.list_tokens(conn)] == [True]


def test_one_token_cannot_be_kept_twice(conn: Connection) -> None:
    store.create_token(conn, "kiosk", None, None, "ab" * 32, DAY)
    with pytest.raises(sa.exc.IntegrityError), conn.begin_nested():
        store.create_token(conn, "admin", None, None, "ab" * 32, DAY)


def test_the_journal_gives_the_latest_night_first(conn: Connection) -> None:
    def night(day: date, version: int | None) -> store.Night:
        return store.Night(
            day=day,
            started_at=datetime(2026, 5, 15, 18, 30, tzinfo=UTC),
            verdict="published" if version else "refused",
            published="model" if version else None,
            version=version,
            digest="" if version else "目录为空",
            facts={"ndcg@10": 0.25, "reasons": ["少"]},
        )

    nights = [night(JANUARY, 1), night(MARCH, None)]
    for one in nights:
        store.append_night(conn, one)
    assert store.load_nights(conn) == nights[::-1]
    assert store.load_nights(conn, limit=1) == nights[1:]


def test_import_calls_are_kept(conn: Connection) -> None:
    record = store.ImportRecord(
        day=DAY,
        sheets=({"filename": "目录.csv", "kind": "demand_catalog", "added": 2},),
        n_graduates=0,
        n_unmapped_trades=0,
        n_posts=2,
        n_unknown_occupations=1,
    )
    store.append_import(conn, record)
    assert store.load_imports(conn) == [record]


def test_an_error_does_not_repeat_the_values_of_its_query(engine: Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refusal, store.writing(engine) as conn:
        row = {"graduate_id": "nobody", "name": "样例甲", "student_no": "20230001"}
        conn.execute(sa.insert(schema.personal_details), row)
    assert "personal_details" in str(refusal.value)
    assert "样例甲" not in str(refusal.value)
    assert "20230001" not in str(refusal.value)


def test_an_answer_is_remembered_by_its_key(conn: Connection) -> None:
    assert store.remembered(conn, "k") is None
    store.remember(conn, "k", body_sha256="ab", status=201, answer='{"a": 1}', day=DAY)
    assert store.remembered(conn, "k") == ("ab", 201, '{"a": 1}')
