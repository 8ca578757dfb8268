"""What an internship has to be: refused or told where it is recorded, and shown by enterprise."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import Engine

from recommender import access, recording
from recommender.__main__ import program
from recommender.data import store
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import Ineligible
from recommender.matching.internships import CrowdKind, Spell, crowds, forbidden, spells
from recommender.settings import sqlite_url
from tests.builders import (
    CREDIT_CODE,
    DAY,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
    make_reference,
)
from tests.sheets.make_sheets import csv_of, lines

STAGE = OutcomeStage
FIRST, LAST = date(2026, 5, 1), date(2026, 6, 30)
KNOWN = make_reference()


def interned(who: str = "G1", **overrides: Any) -> Outcome:
    values: dict[str, Any] = {
        "graduate_id": who,
        "stage": STAGE.INTERNED,
        "date": FIRST,
        "interned_until": LAST,
        "agreed_on": date(2026, 4, 20),
    }
    return make_outcome(**values | overrides)


# --- what is forbidden ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trade", "occupation", "is_in_trade"),
    [
        ("焊接加工", "6-18-02-04", True),
        ("焊接加工", "6-31-01-03", False),
        ("电气设备安装与维修", "6-31-01-99", True),  # the trade leads to the whole group 6-31-01
        ("电气设备安装与维修", "6-31-02-01", False),
        ("未知专业", "6-31-02-01", True),  # nobody knows where it leads
    ],
)
def test_an_internship_is_in_trade(trade: str, occupation: str, is_in_trade: bool) -> None:
    post = make_post(occupation_code=occupation, occupation="某职业")
    broken = forbidden(make_graduate(trade=trade), post, FIRST, KNOWN)
    assert broken == ([] if is_in_trade else [("trade", (trade, "某职业"))])


@pytest.mark.parametrize(
    ("adult_on", "broken"),
    [
        (FIRST, []),
        (date(2026, 5, 2), [("adult", ("2026-05-02",))]),
        (None, [("adult", ())]),
    ],
)
def test_a_post_for_adults_needs_one_from_the_first_day(
    adult_on: date | None, broken: list[Any]
) -> None:
    graduate = make_graduate(adult_on=adult_on)
    assert forbidden(graduate, make_post(adults_only=True), FIRST, KNOWN) == broken
    assert forbidden(graduate, make_post(), FIRST, KNOWN) == []


def body(**changes: str) -> dict[str, object]:
    return {
        "graduate_id": "G1",
        "post_id": "P1",
        "stage": "实习",
        "date": "2026-05-15",
        "interned_until": "2026-06-30",
        "agreed_on": "2026-05-10",
        **changes,
    }


def record(engine: Engine, key: str | None = None, **changes: str) -> recording.Recorded:
    return recording.record_outcome(engine, body(**changes), day=DAY, idempotency_key=key)


def test_one_that_breaks_a_rule_is_not_recorded_and_the_refusal_names_what(
    engine: Engine,
) -> None:
    with store.writing(engine) as conn:
        nursery = make_post(post_id="P1", occupation_code="4-10-01-03", adults_only=True)
        store.save_posts(conn, [nursery], day=DAY)
        store.save_graduates(conn, [make_graduate(adult_on=None)])
    for _ in range(2):
        with pytest.raises(Ineligible) as refusal:
            record(engine, "once")
        assert refusal.value.rules == (("trade", ("焊接加工", "保育师")), ("adult", ()))
    with store.writing(engine) as conn:
        assert store.load_outcomes(conn, day=DAY) == []
        # An officer decides that the trade leads there; what is left is the birthday.
        store.save_pair(conn, "焊接加工", "4-10-01-03", 0.5, "王老师", DAY)
        store.save_graduates(conn, [make_graduate()])
    assert record(engine, "again").outcome.stage is STAGE.INTERNED


# --- shares -----------------------------------------------------------------------------------


def there(n: int, post_id: str = "P1") -> list[Spell]:
    return spells([interned(f"{post_id}-{i}", post_id=post_id) for i in range(n)])


def seen(some: list[Spell], staff: dict[str, int], *more: Any, day: date = DAY) -> list[Any]:
    posts = {post.post_id: post for post in (make_post(headcount=50), *more)}
    found = crowds(some, posts, staff, day)
    return [(each.kind, each.n_interns, each.n_people) for each in found]


def test_a_tenth_of_the_staff_may_intern_and_no_more() -> None:
    assert seen(there(3), {CREDIT_CODE: 30}) == []
    assert seen(there(3), {CREDIT_CODE: 29}) == [(CrowdKind.STAFF, 3, 29)]
    assert seen(there(3), {}) == []  # nobody states the staff
    # Who interns at two posts of the enterprise is one.
    twice = [*there(3), *spells([interned("P1-0", post_id="P2")])]
    other = make_post(post_id="P2", occupation_code="6-31-01-03", headcount=50)
    assert seen(twice, {CREDIT_CODE: 30}, other) == []


def test_a_fifth_of_like_posts_may_intern_and_no_more() -> None:
    assert seen(there(10), {}) == []
    assert seen(there(11), {}) == [(CrowdKind.LIKE_POSTS, 11, 50)]
    # Another open post for the same work counts, one that is closed or for other work does not.
    like = make_post(post_id="P2", headcount=5)
    assert seen(there(11), {}, like) == []
    closed = make_post(post_id="P2", headcount=5, closes_on=date(2026, 5, 14))
    other = make_post(post_id="P3", headcount=5, occupation_code="6-31-01-03")
    assert seen(there(11), {}, closed, other) == [(CrowdKind.LIKE_POSTS, 11, 50)]
    # One that has an intern counts though it is closed: 12 of 55.
    assert seen([*there(11), *there(1, "P2")], {}, closed) == [(CrowdKind.LIKE_POSTS, 12, 55)]


def test_only_who_interns_at_the_same_time_counts() -> None:
    gone = make_outcome(graduate_id="P1-0", stage=STAGE.LEFT, date=date(2026, 5, 10))
    steps = [interned(f"P1-{i}") for i in range(11)]
    some = spells([*steps, gone])
    assert seen(some, {}, day=date(2026, 5, 9)) == [(CrowdKind.LIKE_POSTS, 11, 50)]
    assert seen(some, {}, day=date(2026, 5, 10)) == []
    assert seen(some, {}, day=date(2026, 7, 1)) == []


def test_a_recorded_one_that_passes_a_share_is_kept_and_told_again_with_its_key(
    engine: Engine,
) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=5)], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=each) for each in ("G1", "G2")])
        store.save_members(conn, [make_member(staff=10)])
    assert record(engine).warnings == ()  # one of ten, and one of five
    second, again = (record(engine, "key", graduate_id="G2", agreed_on="") for _ in range(2))
    assert (second.replayed, again.replayed) == (False, True)
    assert second.warnings == again.warnings
    assert [(each.code, each.facts[1:]) for each in second.warnings] == [
        ("no_three_party_agreement", ()),
        ("interns_above_staff", ("2", "10")),
        ("interns_above_like_posts", ("2", "5")),
    ]


# --- sheets -----------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with an enterprise of ten, a post of ten places and one for a nursery nurse."""
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        nursery = make_post(post_id="P2", occupation_code="4-10-01-03", adults_only=True)
        store.save_posts(conn, [make_post(headcount=10), nursery], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in range(1, 5)])
        store.save_graduates(conn, [make_graduate(graduate_id="G5", adult_on=None)])
        store.save_members(conn, [make_member(staff=10)])
    engine.dispose()
    return tmp_path


def ran(home: Path, *arguments: str) -> str:
    options = ["--home", str(home), "--as-of", DAY.isoformat()]
    answer = CliRunner().invoke(program, [*options, *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_imported_ones_are_history_and_only_told_of(home: Path, tmp_path: Path) -> None:
    rows = [body(graduate_id=f"G{n}", date="2026-05-01") for n in (1, 2, 3)]
    rows += [body(graduate_id="G5", post_id="P2"), body(graduate_id="G1", date="2026-05-01")]
    sheet = tmp_path / "outcomes.csv"
    sheet.write_bytes(csv_of(lines(*rows)))
    told = json.loads(ran(home, "import", str(sheet), "--json", "-"))["sheets"][0]
    assert told["added"] == 4
    texts = {each["code"]: each["text"] for each in told["warnings"]}
    assert "职业「保育师」与专业「焊接加工」不对口" in texts["internship_out_of_trade"]
    assert "第 5 行" in texts["internship_of_a_minor"]
    # Three of ten on 1 May at P1, and four of them on 15 May; P2 has two places, and one intern.
    assert "同期实习 4 人，超过职工人数 10 的 10%" in texts["interns_above_staff"]
    like = [each for each in told["warnings"] if each["code"] == "interns_above_like_posts"]
    assert sorted(each["text"].split("同期")[1].split(" 的")[0] for each in like) == [
        "实习 1 人，超过岗位人数 2",
        "实习 3 人，超过岗位人数 10",
    ]
    # The same rows again are no news.
    again = json.loads(ran(home, "import", str(sheet), "--json", "-"))["sheets"][0]
    assert {each["code"] for each in again["warnings"]} <= {"repeated_row"}


def test_the_command_shows_shares_what_is_odd_and_who_was_placed(
    home: Path, tmp_path: Path
) -> None:
    rows = [body(graduate_id=f"G{n}", date="2026-05-01") for n in (1, 2)]
    rows += [body(graduate_id="G3", date="2026-03-01", interned_until="2026-04-30", agreed_on="")]
    rows += [body(graduate_id="G5", post_id="P2", agreed_on="")]
    signed = {"stage": "签约", "date": "2026-05-02", "interned_until": "", "agreed_on": ""}
    rows += [body(graduate_id="G3", **signed)]
    sheet = tmp_path / "outcomes.csv"
    sheet.write_bytes(csv_of(lines(*rows)))
    ran(home, "import", str(sheet))
    shown = ran(home, "internships").splitlines()
    assert shown == [
        f"{CREDIT_CODE} 示例机械有限公司：在岗实习 3，已结束 1，转签约 1，职工 10",
        f"  企业 {CREDIT_CODE} 同期实习 3 人，超过职工人数 10 的 10%",
        f"  4-10-01-03 企业 {CREDIT_CODE} 在同类岗位同期实习 1 人，超过岗位人数 2 的 20%",
        "G5 → P2：专业不对口、岗位须满18周岁、未填三方协议日期",
        "2026-05-15 在岗实习 3 人次，已结束 1 人次，其中转签约 1 人次",
    ]
    told = json.loads(ran(home, "internships", "--json", "-"))
    [line] = told["enterprises"]
    assert (line["going_on"], line["converted"], line["staff"]) == (3, 1, 10)
    assert [each["kind"] for each in line["above"]] == ["staff", "like_posts"]
    assert told["odd"][0]["codes"] == [
        "internship_out_of_trade",
        "internship_of_a_minor",
        "no_three_party_agreement",
    ]
    english = ran(home, "internships", "--language", "en")
    assert "G5 → P2: out of trade, a minor at a post for adults, no day of the" in english
    assert "3 intern, 1 have interned, 1 of all were placed there" in english
