"""A trial from its size to its result: who is drawn, what they are shown, what it found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from recommender import access
from recommender.__main__ import program
from recommender.cohorts import rank_cohort
from recommender.data import store, trials
from recommender.domain import Graduate, MemberKind
from recommender.errors import NotFound, TrialRefused
from recommender.evaluation.baselines import POPULARITY, popularity, weight_table
from recommender.model.artefact import Artefact, point_to, write_version
from recommender.next_steps import Ask as StepAsk
from recommender.placements import PlacementDesk
from recommender.settings import sqlite_url
from recommender.trials import Arm, Subject
from recommender.year import trial as use
from recommender.year.trial import Ask
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
)

# Four cities, a college each, two classes of three each.
CITIES = {"370400": "枣庄", "370700": "潍坊", "370800": "济宁", "371100": "日照"}
ASK = Ask(class_year=2026, shares=(0.0, 0.5))


def people(class_year: int = 2026) -> list[Graduate]:
    return [
        make_graduate(
            graduate_id=f"{class_year}-{city}-{n}",
            class_year=class_year,
            college=f"{name}技师学院",
            class_name=f"{n // 3}班",
            home_region=city,
        )
        for city, name in CITIES.items()
        for n in range(6)
    ]


@pytest.fixture
def cities(sqlite_engine: Engine) -> Engine:
    with store.writing(sqlite_engine) as conn:
        store.save_graduates(conn, people())
        store.save_posts(conn, [make_post(headcount=50)], day=DAY)
    return sqlite_engine


def begin(engine: Engine, name: str = "T", ask: Ask = ASK, **options: int) -> list[Subject]:
    use.start(engine, name, ask, day=DAY, author="王老师", anyway=True, seed=options.get("seed", 1))
    with store.reading(engine) as conn:
        return trials.load_subjects(conn, name)


# Refusals -----------------------------------------------------------------------------------


def test_nobody_to_draw_is_refused(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as conn:
        store.save_graduates(
            conn,
            [
                make_graduate(graduate_id="G1", consent=False),
                make_graduate(graduate_id="G2", hired_at_enrolment=True),
                make_graduate(graduate_id="G3", college="无处技师学院", home_region=None),
            ],
        )
    with pytest.raises(TrialRefused) as refusal:
        use.plan(sqlite_engine, ASK, day=DAY)
    assert refusal.value.code == "nobody"


def test_a_trial_that_is_too_small_starts_only_where_somebody_insists(cities: Engine) -> None:
    with pytest.raises(TrialRefused) as refusal:
        use.start(cities, "T", ASK, day=DAY, seed=1, author="王老师")
    assert refusal.value.code == "too_small"
    assert use.all_trials(cities) == []
    assert len(begin(cities)) == 24


def test_a_second_trial_beside_the_first_is_refused(cities: Engine) -> None:
    begin(cities)
    for name, code in (("T", "named_already"), ("U", "runs_already")):
        with pytest.raises(TrialRefused) as refusal:
            begin(cities, name)
        assert refusal.value.code == code
    use.stop(cities, "T", day=DAY + timedelta(days=1))
    with pytest.raises(TrialRefused):
        use.stop(cities, "T", day=DAY + timedelta(days=2))
    with pytest.raises(NotFound):
        use.stop(cities, "V", day=DAY)


def test_a_last_day_that_is_over_is_refused(cities: Engine) -> None:
    with pytest.raises(TrialRefused) as refusal:
        begin(cities, ask=Ask(class_year=2026, ends_on=DAY - timedelta(days=1)))
    assert refusal.value.code == "ends_before"


# Drawing ------------------------------------------------------------------------------------


def test_whole_classes_are_drawn_within_cities_of_different_shares(cities: Engine) -> None:
    drawn = begin(cities)
    by_class = {(each.city, each.class_name): set[Arm]() for each in drawn}
    for each in drawn:
        by_class[each.city, each.class_name].add(each.arm)
    assert all(len(arms) == 1 for arms in by_class.values())
    shares = {each.city: each.share for each in drawn}
    assert sorted(shares.values()) == [0.0, 0.0, 0.5, 0.5]
    for city, share in shares.items():
        n_with = sum(by_class[city, name] == {Arm.WITH} for name in ("0班", "1班"))
        assert n_with == 2 * share


def test_the_seed_alone_decides(cities: Engine) -> None:
    first = begin(cities, seed=3)
    shares = (0.0, 0.5)
    assert use.draw(first, shares, 3) == first
    assert any(use.draw(first, shares, seed) != first for seed in range(4, 9))
    (kept,) = use.all_trials(cities)
    assert (kept.seed, kept.shares, kept.ends_on) == (3, shares, date(2026, 8, 31))


def test_who_is_placed_already_or_elsewhere_is_not_drawn(cities: Engine) -> None:
    placed = people()[0].graduate_id
    with store.writing(cities) as conn:
        store.save_outcome(conn, make_outcome(graduate_id=placed))
    drawn = begin(cities)
    assert len(drawn) == 23
    assert placed not in {each.graduate_id for each in drawn}


def test_a_college_is_where_the_members_sheet_says(cities: Engine) -> None:
    member = make_member(
        name="枣庄技师学院", kind=MemberKind.TECHNICIAN_COLLEGE, region="371100", credit_code=None
    )
    with store.writing(cities) as conn:
        store.save_members(conn, [member])
    found = use.plan(cities, ASK, day=DAY)
    assert (found.n_people, found.n_classes, found.n_cities) == (24, 8, 3)


def test_earlier_class_years_say_how_people_differ(cities: Engine) -> None:
    assert use.plan(cities, ASK, day=DAY).is_assumed
    with store.writing(cities) as conn:
        store.save_graduates(conn, people(2025))
        for each in people(2025):  # the first class of every college is placed, the second not
            if each.class_name == "0班":
                store.save_outcome(
                    conn, make_outcome(graduate_id=each.graduate_id, date=date(2025, 6, 1))
                )
    found = use.plan(cities, ASK, day=DAY)
    # Classmates do not differ: what there is lies between classes. Each city's rate is a half.
    assert (found.is_assumed, found.variation.rate, found.variation.alike) == (False, 0.5, 1.0)
    assert {each.earlier for each in begin(cities)} == {0.5}
    # A class of three counts as one person.
    assert found.variation.design_effect == pytest.approx(3.0)


# Showing ------------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path, cities: Engine) -> Path:
    """Publish popularity, under which everybody likes best the post at an enterprise far away."""
    with store.writing(cities) as conn:
        posts = [
            make_post(post_id="NEAR", headcount=30),
            make_post(
                post_id="FAR",
                region_code="370300",
                occupation_code="6-31-01-03",
                credit_code=OTHER_CREDIT_CODE,
                headcount=30,
            ),
        ]
        store.save_posts(conn, posts, day=DAY)
    starts = {
        ("焊接加工", OTHER_CREDIT_CODE, "6-31-01-03"): 9.0,
        ("焊接加工", CREDIT_CODE, "6-18-02-04"): 1.0,
    }
    draft = Artefact(
        version=0,
        published=POPULARITY,
        scorer=weight_table(popularity(starts)),
        facts={},
        prices={},
    )
    point_to(tmp_path / "models", write_version(tmp_path / "models", draft, "card"))
    return tmp_path / "models"


def test_a_class_without_is_shown_the_plain_rule_and_one_with_the_published_order(
    cities: Engine, models: Path
) -> None:
    days = [DAY]
    desk = PlacementDesk(cities, models, today=lambda: days[0])
    by_arm = {each.arm: each for each in begin(cities)}
    # Popularity knows no trade; the crosswalk rule knows that a welder is no electrician.
    expected = {Arm.WITH: (POPULARITY, "market", "FAR"), Arm.WITHOUT: ("crosswalk", "fit", "NEAR")}
    for arm, each in by_arm.items():
        ranked = desk.rank_posts(each.graduate_id)
        first = next(
            line.post.post_id for line in ranked.ranking if line.post.post_id in {"NEAR", "FAR"}
        )
        assert (ranked.published, ranked.order, first, ranked.arm) == (*expected[arm], arm)
        seen = desk.look(each.graduate_id).ranked
        assert seen is not None
        assert [line.post for line in seen.ranking] == [line.post for line in ranked.ranking]
        steps = desk.next_steps(each.graduate_id, StepAsk(top=1, order="market", congestion=1.0))
        assert steps.ask.order == expected[arm][1]
    # A kiosk knows nobody, so that it shows nobody more than a class without.
    assert desk.rank_for_profile({"trade": "焊接加工"}).published == "crosswalk"
    # Whoever joins a class is shown what the class is.
    without = by_arm[Arm.WITHOUT]
    late = make_graduate(graduate_id="L", college=without.college, class_name=without.class_name)
    with store.writing(cities) as conn:
        store.save_graduates(conn, [late])
        store.grow(conn, n_written=1)
    assert desk.rank_posts("L").published == "crosswalk"
    # And from the day that it is stopped everybody has lists again.
    days[0] = DAY + timedelta(days=1)
    use.stop(cities, "T", day=days[0])
    assert desk.rank_posts(without.graduate_id).published == POPULARITY
    assert desk.rank_posts(without.graduate_id).arm is None


def test_a_batch_and_the_list_of_a_post_keep_to_the_draw(cities: Engine, models: Path) -> None:
    drawn = {each.graduate_id: each.arm for each in begin(cities)}
    table = rank_cohort(cities, models, day=DAY, top=3)
    firsts = {row[0]: row[1] for row in table.rows if row[2] == 1 and row[0] in drawn}
    assert set(firsts) == set(drawn)
    for graduate_id, arm in drawn.items():
        assert (firsts[graduate_id] == "FAR") == (arm is Arm.WITH)
    ranked = PlacementDesk(cities, models, today=lambda: DAY).rank_graduates("FAR", top=24)
    # To a class with, FAR is the best of three; to one without, the last.
    shares = {each.graduate_id: each.score for each in ranked.graduates}
    assert {round(shares[one], 3) for one, arm in drawn.items() if arm is Arm.WITH} == {1.0}
    assert {round(shares[one], 3) for one, arm in drawn.items() if arm is Arm.WITHOUT} == {0.333}


# Result -------------------------------------------------------------------------------------


def test_an_effect_is_told_only_once_the_trial_is_over(cities: Engine) -> None:
    begin(cities)
    assert use.result(cities, "T", day=DAY).effects == ()
    early = use.result(cities, "T", day=DAY, early=True)
    assert (early.is_over, len(early.effects)) == (False, 4)
    with pytest.raises(NotFound):
        use.result(cities, "nothing", day=DAY)


def test_everybody_counts_as_drawn_up_to_the_last_day(cities: Engine) -> None:
    drawn = begin(cities)
    # Placed: with lists everybody; beside them one of three; in cities without, two of three.
    seen: dict[tuple[float, Arm, str, str], int] = {}
    for each in drawn:
        key = (each.share, each.arm, each.city, each.class_name)
        nth = seen[key] = seen.get(key, 0) + 1
        n_placed = {(0.5, Arm.WITH): 3, (0.5, Arm.WITHOUT): 1, (0.0, Arm.WITHOUT): 2}
        late = nth > n_placed[each.share, each.arm]
        with store.writing(cities) as conn:  # who is placed after the last day is not counted
            on = date(2026, 9, 1) if late else date(2026, 6, 1)
            store.save_outcome(conn, make_outcome(graduate_id=each.graduate_id, date=on))
            moved = make_graduate(
                graduate_id=each.graduate_id, college=each.college, class_name="9班"
            )
            store.save_graduates(conn, [moved])
    found = use.result(cities, "T", day=date(2026, 9, 1))
    assert found.is_over
    assert {(each.share, each.arm): (each.people, each.placed) for each in found.cells} == {
        (0.0, Arm.WITHOUT): (12, 8),
        (0.5, Arm.WITH): (6, 6),
        (0.5, Arm.WITHOUT): (6, 2),
    }
    values = {each.kind.value: each.value for each in found.effects}
    assert values == {
        "direct": pytest.approx(1 - 1 / 3),
        "crowding": pytest.approx(1 / 3 - 2 / 3),
        "total": pytest.approx(1 - 2 / 3),
        "overall": pytest.approx(8 / 12 - 8 / 12),
    }


# Commands -----------------------------------------------------------------------------------

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        store.save_graduates(conn, people())
    engine.dispose()
    options = ["--home", str(tmp_path), "--as-of", DAY.isoformat(), "--language", "en"]
    return lambda *arguments: CliRunner().invoke(
        program, [*options, "trial", *arguments], env={"LOGNAME": "王老师"}
    )


@pytest.mark.parametrize("shares", ["a", "0,2", "0", "1", ""])
def test_shares_that_are_none_are_wrong_usage(run: Run, shares: str) -> None:
    assert run("size", "--shares", shares).exit_code == 2


def test_the_commands_say_the_size_first_and_keep_the_draw(run: Run) -> None:
    said = run("size")
    assert said.exit_code == 0
    assert "24 people in 8 classes of 4 cities" in said.output
    assert "too small" in said.output
    refused = run("start", "T", "--seed", "4")
    assert refused.exit_code == 1
    assert "24 people in 8 classes" in refused.output
    assert "--anyway" in refused.output
    assert run("list").output == ""
    begun = run("start", "T", "--seed", "4", "--anyway", "--json", "-")
    assert begun.exit_code == 0
    told = json.loads(begun.output)
    assert (told["seed"], told["plan"]["suffices"]) == (4, False)
    assert "seed 4" in run("list").output
    shown = json.loads(run("result", "T", "--json", "-").output)
    assert sum(each["people"] for each in shown["arms"]) == 24
    assert shown["effects"] == []
    assert run("stop", "T").exit_code == 0
    assert run("stop", "T").exit_code == 1
    assert run("result", "nothing").exit_code == 2


def test_a_draw_is_made_up_where_no_seed_is_stated_and_is_told(run: Run) -> None:
    begun = json.loads(run("start", "T", "--anyway", "--json", "-").output)
    assert begun["seed"] >= 0
    assert len(run("result", "T", "--early").output.splitlines()) > 6
