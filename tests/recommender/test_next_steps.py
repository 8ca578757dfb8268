"""Next steps from the database: refusals, answers by hand, and claims done for real."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from recommender.__main__ import program
from recommender.data import store
from recommender.domain import Graduate, SkillLevel
from recommender.errors import NoConsent, NoModel, NotFound
from recommender.model.artefact import Artefact, point_to, write_version
from recommender.next_steps import Ask, SaidChange, Step
from recommender.placements import PlacementDesk
from recommender.settings import sqlite_url
from tests.builders import DAY, SmallWorld, make_small_world, publish_crosswalk
from tests.recommender.changeable_world import ChangeableWorld, make_changeable_world

ASK = Ask(top=10, order="market", congestion=1.0)
BEST = Ask(top=1, order="fit", congestion=1.0)
LICENCE = "低压电工作业"


@pytest.fixture
def desk(stored_world: Engine, models_dir: Path) -> PlacementDesk:
    return PlacementDesk(stored_world, models_dir, today=lambda: DAY)


def said(step: Step) -> list[tuple[str, str, date]] | None:
    if step.changes is None:
        return None
    return [(change.kind, change.value, change.on) for change in step.changes]


# --- refusals ---------------------------------------------------------------------------------


def test_nothing_is_told_before_a_version_is_published(
    stored_world: Engine, tmp_path: Path
) -> None:
    empty = PlacementDesk(stored_world, tmp_path / "none", today=lambda: DAY)
    with pytest.raises(NoModel):
        empty.next_step("G6", "P1", ASK)


def test_a_graduate_or_post_that_nobody_stored_is_not_found(desk: PlacementDesk) -> None:
    for ask in (
        lambda: desk.next_step("nobody", "P1", ASK),
        lambda: desk.next_step("G6", "nothing", ASK),
        lambda: desk.next_steps("nobody", ASK),
    ):
        with pytest.raises(NotFound):
            ask()


def test_who_did_not_consent_has_no_list(desk: PlacementDesk) -> None:
    with pytest.raises(NoConsent):
        desk.next_steps("G5", ASK)
    found = desk.next_step("G5", "P5", ASK)
    assert [(rule.code, rule.can_change) for rule in found.failing] == [
        ("consent", False),
        ("unplaced", False),
    ]
    assert said(found.to_take) is said(found.to_list) is None


# --- by hand; see the small world -------------------------------------------------------------


@pytest.mark.parametrize(
    ("graduate_id", "post_id", "failing", "to_take"),
    [
        # G7 declined P3.
        ("G7", "P3", {"again": False}, None),
        # P2 is full, and the next level of G8, who states none, is one below what it asks for.
        ("G8", "P2", {"places": False, "level": False}, None),
        # Level enough for P2 can be had, a place there cannot.
        ("G6", "P2", {"places": False, "level": True}, None),
        # G6 is an adult on 1 July, a day after P4 closes; so is the licence of P3 too late.
        ("G6", "P4", {"adult": True}, None),
        ("G6", "P3", {"licence": True}, None),
        ("G8", "P3", {"licence": True}, [("licence", LICENCE, DAY)]),
        ("G8", "P4", {}, []),
    ],
)
def test_each_failing_rule_is_told_and_what_mends_them_together(
    desk: PlacementDesk,
    graduate_id: str,
    post_id: str,
    failing: dict[str, bool],
    to_take: list[tuple[str, str, date]] | None,
) -> None:
    found = desk.next_step(graduate_id, post_id, ASK)
    assert {rule.code: rule.can_change for rule in found.failing} == failing
    assert said(found.to_take) == to_take


def test_a_licence_brings_a_post_into_the_list(desk: PlacementDesk) -> None:
    # G8 is a nurse of Weifang: P5 scores 1.5 by fit, everything else 0 (see the small world).
    # With the licence there are four posts, and P3 is one of them.
    found = desk.next_step("G8", "P3", replace(ASK, order="fit"))
    assert said(found.to_list) == [("licence", LICENCE, DAY)]
    assert found.to_list.rank in {2, 3, 4}
    assert said(desk.next_step("G8", "P3", BEST).to_list) is None
    listed = desk.next_steps("G8", replace(ASK, order="fit"))
    assert (listed.n_posts, listed.shut_out) == (5, {"places": 1, "level": 1, "licence": 1})
    assert [(each.post.post_id, said(each.step)) for each in listed.steps] == [
        ("P3", [("licence", LICENCE, DAY)])
    ]
    assert listed.steps[0].step.rank == found.to_list.rank


def test_what_is_so_already_needs_nothing(desk: PlacementDesk) -> None:
    found = desk.next_step("G8", "P5", BEST)
    assert (said(found.to_list), found.to_list.rank, found.to_list.on) == ([], 1, DAY)
    assert found.failing == ()


# --- done for real ----------------------------------------------------------------------------


class Doing:
    """Really changes a graduate in the database, asks on the day, and puts them back."""

    def __init__(self, engine: Engine, models_dir: Path) -> None:
        self._engine, self._models = engine, models_dir

    def desk(self, day: date = DAY) -> PlacementDesk:
        return PlacementDesk(self._engine, self._models, today=lambda: day)

    def holds(
        self, graduate: Graduate, post_id: str, changes: Sequence[SaidChange], ask: Ask | None
    ) -> bool:
        """Whether the post can be taken, or is in the list asked for, once changes are made."""
        values: dict[str, object] = {}
        for change in changes:
            if change.kind == "level":
                values["skill_level"] = SkillLevel[change.value]
            if change.kind == "licence":
                held = values.get("licences", graduate.licences)
                values["licences"] = (*held, change.value)  # type: ignore[misc]
            if change.kind == "region":
                values["wish_regions"] = (*graduate.wish_regions, change.value)
        self._save(replace(graduate, **values))  # type: ignore[arg-type]
        try:
            desk = self.desk(max([DAY, *(change.on for change in changes)]))
            if ask is None:
                rules = desk.eligibility(graduate.graduate_id, post_id)
                return all(rule.holds for rule in rules)
            ranked = desk.rank_posts(
                graduate.graduate_id, top=ask.top, order=ask.order, congestion=ask.congestion
            )
            return post_id in {line.post.post_id for line in ranked.ranking}
        finally:
            self._save(graduate)

    def is_smallest(
        self, graduate: Graduate, post_id: str, changes: Sequence[SaidChange], ask: Ask | None
    ) -> bool:
        """Whether the changes do, and no part of them does."""
        parts = (part for n in range(len(changes)) for part in combinations(changes, n))
        return self.holds(graduate, post_id, changes, ask) and not any(
            self.holds(graduate, post_id, part, ask) for part in parts
        )

    def _save(self, graduate: Graduate) -> None:
        with store.writing(self._engine) as conn:
            store.save_graduates(conn, [graduate])


@pytest.fixture(scope="module")
def changeable() -> ChangeableWorld:
    return make_changeable_world(8, 24, 24)


@pytest.fixture
def doing(sqlite_engine: Engine, tmp_path: Path, changeable: ChangeableWorld) -> Doing:
    """Store the world, under a rule whose prices are solved for whoever is there."""
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, changeable.posts, day=DAY)
        store.save_graduates(conn, changeable.graduates)
        store.save_outcomes(conn, changeable.outcomes)
        store.save_agreements(conn, changeable.agreements)
    models = tmp_path / "models"
    draft = Artefact(
        version=0, published="crosswalk", scorer=changeable.scorer, facts={}, prices={}
    )
    point_to(models, write_version(models, draft, "card"))
    return Doing(sqlite_engine, models)


def test_a_claim_of_a_pair_is_so_once_it_is_done(doing: Doing, changeable: ChangeableWorld) -> None:
    desk, ask = doing.desk(), replace(ASK, top=5)
    n_taken, n_listed = 0, 0
    pairs = [(g, p) for g in changeable.graduates for p in changeable.posts]
    for graduate, post in pairs[::19]:
        found = desk.next_step(graduate.graduate_id, post.post_id, ask)
        if found.to_take.changes:
            n_taken += 1
            assert doing.is_smallest(graduate, post.post_id, found.to_take.changes, None)
        if found.to_list.changes:
            n_listed += 1
            assert doing.is_smallest(graduate, post.post_id, found.to_list.changes, ask)
    assert min(n_taken, n_listed) >= 3


def test_a_claim_of_a_list_is_so_once_it_is_done(doing: Doing, changeable: ChangeableWorld) -> None:
    desk, ask = doing.desk(), replace(ASK, top=5)
    n_steps = 0
    for graduate in [each for each in changeable.graduates if each.consent][:8]:
        for each in desk.next_steps(graduate.graduate_id, ask).steps:
            assert each.step.changes
            assert doing.is_smallest(graduate, each.post.post_id, each.step.changes, ask)
            n_steps += 1
    assert n_steps >= 10


# --- the command ------------------------------------------------------------------------------

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    world: SmallWorld = make_small_world()
    engine = store.connect(sqlite_url(tmp_path))
    store.upgrade(engine)
    with store.writing(engine) as conn:
        store.save_posts(conn, world.posts, day=DAY)
        store.save_graduates(conn, world.graduates)
        store.save_outcomes(conn, world.outcomes)
    engine.dispose()
    publish_crosswalk(tmp_path / "models", world)

    def invoke(*arguments: str) -> Result:
        options = ["--home", str(tmp_path), "--as-of", DAY.isoformat()]
        return CliRunner().invoke(program, [*options, "next-step", *arguments])

    yield invoke


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nobody",), 2, "没有这个毕业生：nobody"),
        (("G8", "nothing"), 2, "没有这个岗位：nothing"),
        (("G5",), 1, "未同意推荐"),
        (("G8", "P3", "--top", "0"), 2, "--top"),
        (("G8", "P3", "--congestion", "nan"), 2, "--congestion"),
        ((), 2, "GRADUATE"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, words in result.output) == (code, True), result.output


def test_the_command_tells_a_pair(run: Run) -> None:
    result = run("G8", "P3")
    assert result.exit_code == 0
    assert "取得操作证“低压电工作业”：即可申请该岗位，最早 2026-05-15" in result.output
    document = json.loads(run("G8", "P3", "--json", "-").stdout)
    assert document["to_take"]["changes"][0]["value"] == LICENCE
    assert [rule["code"] for rule in document["failing"]] == ["licence"]
    refused = run("G7", "P3", "--language", "en").output
    assert "nothing that the graduate could change" in refused


def test_the_command_tells_a_list(run: Run) -> None:
    result = run("G8")
    assert result.exit_code == 0
    assert "缺少所需操作证：5 个开放岗位中的 1 个" in result.output
    document = json.loads(run("G8", "--json", "-").stdout)
    assert [each["post_id"] for each in document["steps"]] == ["P3"]
    assert document["shut_out"] == {"places": 1, "level": 1, "licence": 1}
    assert "没有可以改变的条件" in run("G1").output
