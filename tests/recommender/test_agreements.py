"""``agreements show`` and ``check``: what is reserved, what will lack, what conflicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recommender import access
from recommender.__main__ import program
from recommender.data import apprentices, store
from recommender.domain import OutcomeStage, SkillLevel, TrainingMode, TrainingResult
from recommender.settings import sqlite_url
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_apprentice,
    make_graduate,
    make_outcome,
    make_post,
)

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with a post of three places, and an order class of four, one of them placed."""
    engine = access.open_database(sqlite_url(tmp_path))
    members = [
        make_graduate(graduate_id="M1", order_class=CREDIT_CODE),
        make_graduate(
            graduate_id="M2", order_class=CREDIT_CODE, skill_level=SkillLevel.SENIOR_WORKER
        ),
        make_graduate(graduate_id="M3", order_class=CREDIT_CODE),
        make_graduate(graduate_id="M4", order_class=CREDIT_CODE),
    ]
    earlier = [
        make_graduate(graduate_id="E1", class_year=2025, skill_level=SkillLevel.SENIOR_WORKER),
        make_graduate(graduate_id="E2", class_year=2025),
    ]
    posts = [
        make_post(headcount=3),
        make_post(post_id="Q", credit_code=OTHER_CREDIT_CODE),
    ]
    steps = [
        make_outcome(graduate_id="M1", stage=OutcomeStage.SIGNED, date=DAY),
        make_outcome(graduate_id="M4", post_id="Q", stage=OutcomeStage.SIGNED, date=DAY),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [*members, *earlier])
        store.save_outcomes(conn, steps)
    engine.dispose()
    return tmp_path


@pytest.fixture
def agree(home: Path) -> Callable[..., None]:
    def keep(*terms: dict[str, Any]) -> None:
        engine = access.open_database(sqlite_url(home))
        with store.writing(engine) as conn:
            store.save_agreements(conn, [make_agreement(**each) for each in terms])
        engine.dispose()

    return keep


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        options = ["--home", str(home), "--as-of", DAY.isoformat()]
        return CliRunner().invoke(program, [*options, "agreements", *arguments])

    return invoke


def told(run: Run, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", "-").stdout)
    return found


# --- refusals ---------------------------------------------------------------------------------


def test_what_cannot_all_be_kept_is_named_and_exits_1(run: Run, agree: Callable[..., None]) -> None:
    # M1 fills one of A1's two; the second and A2's two would need three of two free places.
    agree(
        {"agreement_id": "A1", "floor": 2},
        {"agreement_id": "A2", "floor": 2, "post_id": "P1", "college": "另一技师学院"},
        {"agreement_id": "A3", "ceiling": 1, "credit_code": OTHER_CREDIT_CODE},
    )
    answer = run("check")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "A1、A2 不能同时履行：至少需 3 个名额，只有 2 个",
        "A2 不能同时履行：至少需 2 名学员，只有 0 名",
    ]
    found = told(run, "check")
    assert (found["can_be_kept"], found["conflicts"][0]) == (
        False,
        {"kind": "places", "agreements": ["A1", "A2"], "needed": 3, "there": 2},
    )
    english = run("check", "--language", "en").stdout
    assert "A1, A2 cannot all be kept: at least 3 places are needed, 2 are there" in english


def test_what_is_only_not_reserved_in_full_exits_0(run: Run, agree: Callable[..., None]) -> None:
    agree({"agreement_id": "A1", "floor": 1, "ceiling": 9})
    answer = run("check")
    # Ceiling 9 less M1 and M4, who are placed; two places are free.
    assert (answer.exit_code, answer.stdout) == (
        0,
        "A1 不能足额预留：共约定 7 个名额，只有 2 个\n",
    )


def test_without_agreements_there_is_nothing_to_keep(run: Run, agree: Callable[..., None]) -> None:
    agree({"agreement_id": "OLD", "ceiling": 9, "ends_on": date(2026, 5, 15)})
    assert (run("check").exit_code, run("check").stdout) == (0, "0 份协议均可履行。\n")
    assert run("show").stdout == "2026-05-15 有 0 份协议预留名额，另有 1 份不预留\n"


# --- what is shown ----------------------------------------------------------------------------


def test_an_agreement_shows_members_places_and_what_will_lack(
    run: Run, agree: Callable[..., None]
) -> None:
    agree({"agreement_id": "A1", "ceiling": 3, "level_due": SkillLevel.SENIOR_WORKER})
    [line] = told(run, "show")["agreements"]
    # M1 and M4 are served, so one place of three is kept. M2 has the level; M1 and M3 have it
    # with a chance of 1/2, as E1 and E2 show, and M4 is elsewhere: 3 - 1 - 2 x 1/2 = 1.
    assert (line["members"], line["placed"], line["promised"]) == (4, 1, 3)
    assert (line["reserved"], line["returns_on"]) == ({"P1": 1}, "2026-06-30")
    assert line["shortfall"] == {
        "expected": 1.0,
        "low": 0,
        "high": 2,
        "n_members": 3,
        "n_ready": 1,
        "n_earlier": 2,
    }
    lines = run("show").stdout.splitlines()
    assert lines == [
        "A1 示例技师学院 – 示例机械有限公司（订单）：约定 3 人，学员 4 人，已落实 1 人，"
        "2026-06-30 起释放",
        "  P1：预留 1",
        "  达级缺口 1.0 人（90%：0 至 2）；3 人中 1 人已达级，依据往届 2 人",
        "2026-05-15 有 1 份协议预留名额，另有 0 份不预留",
    ]
    english = run("show", "--language", "en").stdout
    assert "3 promised, 4 members, 1 there, places return on 2026-06-30" in english
    assert "short of the level due: 1.0 (90 %: 0 to 2)" in english


def test_an_apprenticeship_shows_who_was_hired_first_and_who_was_enrolled_first(
    run: Run, home: Path, agree: Callable[..., None]
) -> None:
    apprenticeship = {"mode": TrainingMode.APPRENTICESHIP, "ceiling": 2}
    agree(
        {"agreement_id": "A1", **apprenticeship},
        {"agreement_id": "A2", "ceiling": 1},
        # Its trade does not lead to what the apprentices learn.
        {"agreement_id": "A3", "trade": "幼儿教育", **apprenticeship},
    )
    learners = [
        make_apprentice(),
        make_apprentice(apprentice_id="X2", result=TrainingResult.PASSED),
        make_apprentice(apprentice_id="X3", college="另一技师学院"),
        make_apprentice(apprentice_id="X4", credit_code=OTHER_CREDIT_CODE),
        make_apprentice(apprentice_id="X5", ends_on=date(2025, 8, 31), starts_on=date(2024, 9, 1)),
    ]
    engine = access.open_database(sqlite_url(home))
    with store.writing(engine) as conn:
        apprentices.save_apprentices(conn, learners, day=DAY)
        hired = make_graduate(graduate_id="M3", order_class=CREDIT_CODE, hired_at_enrolment=True)
        store.save_graduates(conn, [hired])
    engine.dispose()
    of = {line["agreement_id"]: line for line in told(run, "show")["agreements"]}
    found = {
        name: (line["hired_at_enrolment"], sum(line["apprentices"].values()))
        for name, line in of.items()
    }
    assert found == {"A1": (1, 2), "A2": (1, 0), "A3": (1, 0)}
    # M1 and M3 are served, M4 is elsewhere: the apprentices take none of what is left of A1.
    shown = run("show").stdout
    assert "  招生即招工 1 人\n  招工即招生（学徒）2 人：在培 1，评价合格 1\n" in shown
    english = run("show", "--language", "en").stdout
    assert "2 employees enrolled as apprentices: 1 in training, 1 passed" in english
