from __future__ import annotations

import io
import random
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import Engine

from recommender.access import Grant
from recommender.claims import SHANDONG, start_of
from recommender.data import finding as kept
from recommender.data import store
from recommender.domain import OutcomeStage, PersonalDetails, SkillLevel
from recommender.finding import Asked, Finder
from recommender.ledger import hold
from recommender.matching.eligibility import standing
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_outcome, make_post

NOON = start_of(DAY) + timedelta(hours=12)
OFFICER = Grant(token_id=1, role="officer")


@pytest.fixture
def finder(engine: Engine) -> Finder:
    graduates = [
        make_graduate(graduate_id="G1", trade="焊接加工", class_name="1班", home_region="370811"),
        make_graduate(graduate_id="G2", trade="数控加工", class_name="2班", home_region="370700"),
        make_graduate(graduate_id="G3", college="另一技师学院", consent=False),
        make_graduate(graduate_id="G4", class_year=2025, hired_at_enrolment=True),
    ]
    details = [
        PersonalDetails(graduate_id="G1", name="单小丽", student_no="S100%"),
        PersonalDetails(graduate_id="G2", name="王明", student_no="S1009"),
        PersonalDetails(graduate_id="G3", name="单小丽", student_no="X1"),
    ]
    posts = [
        make_post(
            post_id="P1", enterprise="济宁示例机械有限公司", headcount=2, industry_chain="装备"
        ),
        make_post(post_id="P2", region_code="370700", headcount=1, min_level=SkillLevel.TECHNICIAN),
        make_post(post_id="P3", closes_on=DAY - timedelta(days=1)),
        make_post(post_id="P4", opens_on=DAY + timedelta(days=1)),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, graduates, details)
        signed = make_outcome(graduate_id="G2", post_id="P2", stage=OutcomeStage.SIGNED)
        store.save_outcomes(conn, [signed])
    return Finder(engine, today=lambda: DAY, now=lambda: NOON)


def ids(finder: Finder, grant: Grant = OFFICER, **asked: object) -> list[str]:
    return [row.graduate.graduate_id for row in finder.graduates(grant, Asked(**asked)).rows]


def post_ids(finder: Finder, **asked: object) -> list[str]:
    return [row.post.post_id for row in finder.posts(Asked(**asked)).rows]


def test_nobody_of_another_college_is_found_by_whatever_is_asked(finder: Finder) -> None:
    own = Grant(token_id=1, role="officer", scope_kind="college", scope_name="另一技师学院")
    assert ids(finder, own) == ["G3"]
    assert ids(finder, own, text="单小丽") == ["G3"]
    assert ids(finder, own, text="王明") == []
    assert ids(finder, own, college="示例技师学院") == []
    choices = finder.choices(own)
    assert choices.colleges == ("另一技师学院",)
    assert choices.class_names == ()


def test_who_may_see_no_name_finds_nobody_by_one(finder: Finder) -> None:
    auditor = Grant(token_id=1, role="auditor")
    for text in ("单小丽", "S1009", "wangming"):
        assert ids(finder, auditor, text=text) == []
    (found, *_) = finder.graduates(auditor, Asked()).rows
    assert found.details is None
    sheet = openpyxl.load_workbook(io.BytesIO(finder.graduates_sheet(auditor, Asked(), "zh")))
    assert "王明" not in str(list(sheet.active.values))


@pytest.mark.parametrize("text", ["%", "_", "\\", "'; drop table graduates", "\x00", "\ud800"])
def test_signs_of_a_query_are_text(finder: Finder, text: str) -> None:
    assert ids(finder, text=text) == []
    assert post_ids(finder, text=text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("单小丽", ["G1", "G3"]),
        ("小丽", ["G1", "G3"]),
        ("shanxiaoli", ["G1", "G3"]),
        ("SXL", ["G1", "G3"]),
        ("danxiao", ["G1", "G3"]),
        ("xiaoli", []),  # a key is found from its beginning, else two letters find everybody
        ("S100", ["G1", "G2"]),
        ("s100%", ["G1"]),
        ("g2", ["G2"]),
        ("2班", ["G2"]),
        ("数控", ["G2"]),
        ("skjg", ["G2"]),
        ("单小丽 1班", ["G1"]),
        ("单小丽 王明", []),
    ],
)
def test_people_are_found_by_what_is_typed(finder: Finder, text: str, found: list[str]) -> None:
    assert ids(finder, text=text) == found


def test_people_are_found_by_what_is_picked(finder: Finder) -> None:
    assert ids(finder, class_year=2025) == ["G4"]
    assert ids(finder, trade="数控加工") == ["G2"]
    assert ids(finder, class_name="1班") == ["G1"]
    assert ids(finder, city="370800", trade="焊接加工", class_name="1班") == ["G1"]
    assert ids(finder, city="370700") == ["G2"]
    assert ids(finder, level=SkillLevel.CHIEF_TECHNICIAN) == []


def test_people_are_found_by_how_they_stand(finder: Finder, engine: Engine) -> None:
    clerk = Clerk(who="test", now=NOON.astimezone(SHANDONG), hold_hours=1)
    hold(engine, clerk, "G1", "P1")
    assert ids(finder, status="placed") == ["G2", "G4"]
    assert ids(finder, status="held") == ["G1"]
    assert ids(finder, status="withheld") == ["G3"]
    assert ids(finder, status="seeking") == []
    later = Finder(engine, today=lambda: DAY, now=lambda: NOON + timedelta(hours=2))
    assert ids(later, status="seeking") == ["G1"]
    told = {row.graduate.graduate_id: row.status for row in later.graduates(OFFICER, Asked()).rows}
    assert told == {"G1": "seeking", "G2": "placed", "G3": "withheld", "G4": "placed"}


def test_posts_are_found_by_what_is_typed_and_picked(finder: Finder) -> None:
    assert post_ids(finder) == ["P1", "P2", "P3", "P4"]
    assert post_ids(finder, text="济宁示例") == ["P1"]
    assert post_ids(finder, text="jnsljx") == ["P1"]
    assert post_ids(finder, text="p2") == ["P2"]
    assert post_ids(finder, chain="装备") == ["P1"]
    assert post_ids(finder, city="370700") == ["P2"]
    assert post_ids(finder, level=SkillLevel.TECHNICIAN) == ["P2"]


def test_posts_are_found_by_how_they_stand_as_soon_as_it_changes(
    finder: Finder, engine: Engine
) -> None:
    told = {row.post.post_id: (row.status, row.open_places) for row in finder.posts(Asked()).rows}
    assert told == {"P1": ("open", 2), "P2": ("full", 0), "P3": ("closed", 2), "P4": ("ahead", 2)}
    clerk = Clerk(who="test", now=NOON, hold_hours=1)
    hold(engine, clerk, "G1", "P1")
    (found,) = finder.posts(Asked(text="P1")).rows
    assert found.open_places == 1


def test_what_was_found_comes_page_by_page(finder: Finder) -> None:
    second = finder.graduates(OFFICER, Asked(), 2, n_rows=3)
    assert (second.total, second.number, second.n_pages) == (4, 2, 2)
    assert [row.graduate.graduate_id for row in second.rows] == ["G4"]
    beyond = finder.graduates(OFFICER, Asked(), 9, n_rows=3)
    assert (beyond.number, len(beyond.rows)) == (2, 1)
    assert finder.posts(Asked(), 9, n_rows=3).number == 2
    nobody = finder.graduates(OFFICER, Asked(text="nobody"))
    assert (nobody.total, nobody.number, nobody.n_pages) == (0, 1, 1)


def test_a_sheet_holds_the_same_with_ids_as_text(finder: Finder) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(finder.graduates_sheet(OFFICER, Asked(text="王明"), "zh"))
    )
    header, row = book.active.values
    assert header[:3] == ("毕业生编号", "姓名", "学号")
    assert row[:3] == ("G2", "王明", "S1009")
    posts = openpyxl.load_workbook(io.BytesIO(finder.posts_sheet(Asked(text="P1"), "en")))
    header, row = posts.active.values
    assert (header[0], row[0], row[6]) == ("post_id", "P1", 2)


def test_who_is_placed_is_what_the_rules_say(engine: Engine) -> None:
    """The query and `standing` agree on steps in any order, of every stage."""
    chance = random.Random(7)  # noqa: S311 — steps for a test
    people = [f"G{n}" for n in range(12)]
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(post_id=f"P{n}") for n in range(3)], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=one) for one in people])
        steps = {}
        for _ in range(150):
            one, post = chance.choice(people), f"P{chance.randrange(3)}"
            stage = chance.choice(list(OutcomeStage))
            on = DAY + timedelta(days=chance.randint(-4, 2))
            known = on + timedelta(days=chance.randint(0, 2))
            steps[one, post, stage, on] = make_outcome(
                graduate_id=one, post_id=post, stage=stage, date=on, recorded_on=known
            )
        store.save_outcomes(conn, list(steps.values()))
    with store.reading(engine) as conn:
        status = kept.statuses(conn, people, DAY, NOON)
    by_rule = standing(steps.values(), {}, DAY).placed_at
    assert {one for one, told in status.items() if told == "placed"} == set(by_rule)
    assert 2 <= len(by_rule) <= 10
