"""The desk answers one question at a time, from the model in memory and the database now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import intake
from recommender.data import store
from recommender.domain import OutcomeStage
from recommender.errors import DatabaseFailed, NoConsent, NoModel, NotFound, Unreadable
from recommender.placements import PlacementDesk, PostRanking
from tests.builders import DAY, SmallWorld, make_graduate, make_outcome, publish_crosswalk


@pytest.fixture
def desk(stored_world: Engine, models_dir: Path) -> PlacementDesk:
    return PlacementDesk(stored_world, models_dir, today=lambda: DAY)


def posts(ranking: PostRanking) -> list[str]:
    return [line.post.post_id for line in ranking.ranking]


# Refusals ----------------------------------------------------------------------------------


def test_nothing_is_answered_before_a_version_is_published(
    stored_world: Engine, tmp_path: Path
) -> None:
    empty = PlacementDesk(stored_world, tmp_path / "none", today=lambda: DAY)
    with pytest.raises(NoModel):
        empty.rank_posts("G6")
    assert empty.version() is None
    assert not empty.readiness().ready


def test_a_graduate_or_post_that_nobody_stored_is_not_found(desk: PlacementDesk) -> None:
    for ask in (
        lambda: desk.rank_posts("nobody"),
        lambda: desk.rank_graduates("nothing"),
        lambda: desk.eligibility("nobody", "P1"),
        lambda: desk.eligibility("G6", "nothing"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_who_did_not_consent_is_not_ranked(desk: PlacementDesk) -> None:
    with pytest.raises(NoConsent):
        desk.rank_posts("G5")


@pytest.mark.parametrize(
    ("field", "value"),
    [("home_region", "市中区"), ("skill_level", "大师"), ("wish_pay", "很多")],
)
def test_a_profile_field_that_cannot_be_read_is_named(
    desk: PlacementDesk, field: str, value: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        desk.rank_for_profile({"trade": "焊接加工", field: value})
    assert (refusal.value.field, refusal.value.value) == (field, value)


def test_who_has_a_place_is_told_which_rule_shuts_every_post_out(desk: PlacementDesk) -> None:
    ranking = desk.rank_posts("G1")
    assert (posts(ranking), ranking.excluded_by) == ([], ("unplaced",))


# Answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("graduate_id", "expected"),
    # G6 is a welder of Jining and a minor: pair 1 and home half, then the nursery's post for
    # neither. G8 is a nurse of Weifang. See `make_small_world` for who may take what.
    [("G6", [("P1", 1.5), ("P5", 0.0)]), ("G8", [("P5", 1.5)])],
)
def test_posts_are_ranked_by_fit_within_the_rules(
    desk: PlacementDesk, graduate_id: str, expected: list[tuple[str, float]]
) -> None:
    ranking = desk.rank_posts(graduate_id, order="fit")
    found = [(line.post.post_id, pytest.approx(line.score)) for line in ranking.ranking]
    assert found[: len(expected)] == expected
    assert (ranking.model, ranking.published, ranking.as_of) == (1, "crosswalk", DAY)


def test_the_list_is_cut_to_the_length_asked_for(desk: PlacementDesk) -> None:
    assert posts(desk.rank_posts("G6", top=1, order="fit")) == ["P1"]


def test_a_line_loses_as_much_of_its_price_as_is_asked(desk: PlacementDesk) -> None:
    by_fit, none, half, whole = (
        {line.post.post_id: line for line in ranked.ranking}
        for ranked in (
            desk.rank_posts("G6", order="fit"),
            *(desk.rank_posts("G6", congestion=c) for c in (0, 0.5, 1)),
        )
    )
    assert {post: line.score for post, line in none.items()} == {
        post: line.score for post, line in by_fit.items()
    }
    # P1 has one place for three who may take it.
    assert none["P1"].price == 0 < whole["P1"].price
    assert half["P1"].price == pytest.approx(whole["P1"].price / 2)
    for lines in (half, whole):
        for post, line in lines.items():
            assert line.score == pytest.approx(by_fit[post].score - line.price)
    assert desk.rank_posts("G6", congestion=0.5).congestion == 0.5
    assert desk.rank_posts("G6", order="fit", congestion=0.5).congestion == 0


@pytest.mark.parametrize("order", ["market", "fit"])
def test_reasons_add_up_to_the_score(desk: PlacementDesk, order: str) -> None:
    for line in desk.rank_posts("G6", order=order).ranking:
        # So few parts that none was left out.
        assert sum(r.contribution for r in line.reasons) == pytest.approx(line.score, abs=1e-4)


def test_a_profile_is_ranked_and_its_unknown_trade_is_read_as_the_nearest(
    desk: PlacementDesk,
) -> None:
    profile = {"trade": "焊接加工", "skill_level": "中级工", "home_region": "济宁市任城区"}
    known = desk.rank_for_profile(profile, order="fit")
    assert (posts(known)[0], known.read_as) == ("P1", None)
    unknown = desk.rank_for_profile(profile | {"trade": "焊接加工技术"}, order="fit")
    assert (posts(unknown)[0], unknown.read_as) == ("P1", "焊接加工")


def test_an_old_trade_is_read_as_the_one_that_follows_it_at_once(
    desk: PlacementDesk, stored_world: Engine, tmp_path: Path
) -> None:
    profile = {"trade": "焊接加工", "skill_level": "中级工", "home_region": "济宁市任城区"}
    before = desk.rank_for_profile(profile, order="fit")
    sheet = tmp_path / "变更.csv"
    sheet.write_text(
        "代码表,变更方式,旧代码,新代码,起始日期,依据\n"
        "专业,更名,焊接加工,智能焊接,2026-05-01,示例文件\n",
        encoding="utf-8",
    )
    intake.import_files(stored_world, [sheet], day=DAY)
    for trade, read_as in (("焊接加工", "智能焊接"), ("智能焊接", None)):
        after = desk.rank_for_profile(profile | {"trade": trade}, order="fit")
        assert (posts(after), after.read_as) == (posts(before), read_as)


def test_graduates_of_a_post_are_ranked_by_percentile_among_their_own_posts(
    desk: PlacementDesk,
) -> None:
    # P1 is the best of both posts for G6, and shares the last place for G8 with P4.
    found = {g.graduate_id: g.score for g in desk.rank_graduates("P1").graduates}
    assert next(iter(found)) == "G6"
    assert found["G6"] == 1.0
    assert set(found) == {"G6", "G7", "G8"}


def test_a_full_or_closed_post_has_nobody_to_offer(desk: PlacementDesk) -> None:
    assert desk.rank_graduates("P2").graduates == ()


def test_every_rule_is_answered_with_what_would_make_it_hold(desk: PlacementDesk) -> None:
    answers = {answer.code: answer for answer in desk.eligibility("G6", "P4")}
    assert list(answers) == [
        "consent", "unplaced", "open", "places", "level", "licence", "adult", "again",
        "paused", "vetoed",
    ]  # fmt: skip
    assert [code for code, answer in answers.items() if not answer.holds] == ["adult"]
    assert answers["adult"].needs == "2026-07-01"
    assert "18" in answers["adult"].text


def test_choices_offer_known_trades_levels_and_the_sixteen_cities(desk: PlacementDesk) -> None:
    choices = desk.choices()
    assert "焊接加工" in choices.trades
    assert ("SENIOR_WORKER", "高级工") in choices.levels
    assert ("370800", "济宁市") in choices.cities
    assert len(choices.cities) == 16


# What changes between two questions ----------------------------------------------------------


def test_a_step_recorded_meanwhile_takes_the_place_at_the_next_question(
    desk: PlacementDesk, stored_world: Engine
) -> None:
    assert "P1" in posts(desk.rank_posts("G8"))
    with store.writing(stored_world) as conn:
        store.save_outcome(conn, make_outcome(graduate_id="G6", post_id="P1", date=DAY))
    assert "P1" not in posts(desk.rank_posts("G8"))
    assert desk.rank_posts("G6").excluded_by == ("unplaced",)
    assert "G6" not in {g.graduate_id for g in desk.rank_graduates("P5").graduates}


def test_consent_withdrawn_holds_at_the_next_question(
    desk: PlacementDesk, stored_world: Engine
) -> None:
    desk.rank_posts("G8")
    with store.writing(stored_world) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G8", consent=False)])
    with pytest.raises(NoConsent):
        desk.rank_posts("G8")


def test_a_new_version_is_seen_and_named(
    desk: PlacementDesk, models_dir: Path, small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.placements.POINTER_PAUSE_S", 0.0)
    assert desk.rank_posts("G6").model == 1
    publish_crosswalk(models_dir, small_world)
    assert (desk.rank_posts("G6").model, desk.version()) == (2, 2)


def test_a_broken_new_version_leaves_the_old_one_answering(
    desk: PlacementDesk, models_dir: Path, small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.placements.POINTER_PAUSE_S", 0.0)
    assert desk.rank_posts("G6").model == 1
    broken = models_dir / f"v{publish_crosswalk(models_dir, small_world)}" / "weights.npy"
    broken.write_bytes(broken.read_bytes()[:-1] + b"\xff")
    assert desk.rank_posts("G6").model == 1
    assert desk.readiness().ready


def test_a_process_that_starts_with_a_broken_version_goes_back_to_the_last_good_one(
    stored_world: Engine, models_dir: Path, small_world: SmallWorld
) -> None:
    (models_dir / f"v{publish_crosswalk(models_dir, small_world)}" / "weights.npy").unlink()
    fresh = PlacementDesk(stored_world, models_dir, today=lambda: DAY)
    assert fresh.rank_posts("G6").model == 1


def test_a_new_day_closes_what_has_run_out(stored_world: Engine, models_dir: Path) -> None:
    today = [DAY]
    desk = PlacementDesk(stored_world, models_dir, today=lambda: today[0])
    assert posts(desk.rank_posts("G8"))
    today[0] = date(2026, 7, 1)
    assert desk.rank_posts("G8").excluded_by == ("open",)


def test_while_the_database_is_away_the_last_snapshot_answers_and_says_so(
    desk: PlacementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.rank_posts("G6")
    assert before.places_as_of is None

    def gone(engine: Engine) -> None:
        raise DatabaseFailed("gone")

    monkeypatch.setattr(store, "reading", gone)
    after = desk.rank_posts("G6")
    assert posts(after) == posts(before)
    assert after.places_as_of is not None
    assert desk.readiness().ready
    with pytest.raises(NotFound):
        desk.rank_posts("nobody")


def test_without_a_snapshot_a_database_that_is_away_is_an_error(
    desk: PlacementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(engine: Engine) -> None:
        raise DatabaseFailed("gone")

    monkeypatch.setattr(store, "reading", gone)
    with pytest.raises(DatabaseFailed):
        desk.rank_posts("G6")
    assert not desk.readiness().ready


def test_a_step_of_tomorrow_does_not_exist_today(desk: PlacementDesk, stored_world: Engine) -> None:
    with store.writing(stored_world) as conn:
        tomorrow = make_outcome(graduate_id="G6", stage=OutcomeStage.SIGNED, date=date(2026, 5, 16))
        store.save_outcome(conn, tomorrow)
    assert posts(desk.rank_posts("G6"))
