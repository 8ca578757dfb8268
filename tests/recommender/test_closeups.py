from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recommender import ledger
from recommender.access import Grant
from recommender.claims import start_of
from recommender.closeups import Closeups, Group
from recommender.data import store
from recommender.domain import OutcomeStage, PersonalDetails, SkillLevel, StepReason
from recommender.errors import NotFound
from recommender.model.artefact import Artefact
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_outcome, make_post
from tests.recommender.test_board import stages
from tests.service.published import crosswalk, publish

OFFICER = Grant(token_id=1, role="officer")
OTHER = Grant(token_id=1, role="officer", scope_kind="college", scope_name="另一技师学院")
CLERK = Clerk(who="test", now=start_of(DAY), hold_hours=48)
Look = Callable[[Artefact | None], Closeups]


@pytest.fixture
def look(sqlite_engine: Engine, tmp_path: Path) -> Look:
    """Store welders and four posts; P1 and P2 may be taken, P3 asks for more, P4 a licence."""
    graduates = [
        make_graduate(graduate_id="G1"),
        make_graduate(graduate_id="G2", consent=False),
        make_graduate(graduate_id="G3", college="另一技师学院"),
    ]
    posts = [
        make_post(post_id="P1"),
        make_post(post_id="P2", region_code="370700", occupation_code="4-10-01-03"),
        make_post(post_id="P3", min_level=SkillLevel.TECHNICIAN),
        make_post(post_id="P4", required_licence=("高处作业",), min_level=SkillLevel.TECHNICIAN),
    ]
    steps = [
        make_outcome(post_id="P2", stage=OutcomeStage.INTERVIEWED, date=date(2026, 5, 1)),
        make_outcome(
            post_id="P2",
            stage=OutcomeStage.REJECTED,
            date=date(2026, 5, 3),
            reason=StepReason.FULL,
        ),
        make_outcome(graduate_id="G3", post_id="P2", stage=OutcomeStage.DECLINED),
    ]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, graduates, [PersonalDetails(graduate_id="G1", name="单小丽")])
        store.save_outcomes(conn, steps)

    def make(artefact: Artefact | None) -> Closeups:
        if artefact is not None:
            publish(tmp_path, artefact)
        desk = PlacementDesk(sqlite_engine, tmp_path, today=lambda: DAY)
        return Closeups(sqlite_engine, desk, today=lambda: DAY, now=lambda: start_of(DAY))

    return make


def model() -> Artefact:
    return Artefact(version=0, published="model", scorer=stages(), facts={}, prices={})


def added(group: Group) -> float:
    return group.start + sum(each.contribution for each in group.said) + group.rest


def test_somebody_elses_graduate_is_nobody(look: Look) -> None:
    closeups = look(crosswalk())
    for grant, who in ((OTHER, "G1"), (OFFICER, "nobody"), (OTHER, "nobody")):
        with pytest.raises(NotFound) as refusal:
            closeups.graduate(grant, who)
        assert refusal.value.kind == "graduate"


def test_without_consent_there_is_a_page_and_no_ranking(look: Look) -> None:
    seen = look(crosswalk()).graduate(OFFICER, "G2")
    assert (seen.ranked, seen.suggestions, seen.rule, seen.excluded) == (None, (), (), ())


def test_before_a_model_is_published_there_is_a_page_and_no_ranking(look: Look) -> None:
    closeups = look(None)
    seen = closeups.graduate(OFFICER, "G1")
    assert (seen.ranked, seen.suggestions) == (None, ())
    assert [step.outcome.stage for step in seen.steps] == [
        OutcomeStage.REJECTED,
        OutcomeStage.INTERVIEWED,
    ]
    assert closeups.post(OFFICER, CLERK, "P1").ranked is None


def test_names_are_for_officers_only(look: Look) -> None:
    closeups = look(crosswalk())
    seen = closeups.graduate(OFFICER, "G1")
    assert seen.details is not None
    assert seen.details.name == "单小丽"
    auditor = Grant(token_id=1, role="auditor")
    assert closeups.graduate(auditor, "G1").details is None
    assert closeups.post(auditor, CLERK, "P1").people["G1"][1] == ""
    assert closeups.post(OFFICER, CLERK, "P1").people["G1"][1] == "单小丽"


def test_the_parts_of_each_stage_add_up_and_the_chances_multiply(look: Look) -> None:
    seen = look(model()).graduate(OFFICER, "G1")
    assert seen.knows_chances
    assert {one.line.post.post_id for one in seen.suggestions} == {"P1", "P2"}
    for one in seen.suggestions:
        assert [group.stage for group in one.groups] == ["wants", "hired", "stays"]
        whole = 1.0
        for group in one.groups:
            assert added(group) == pytest.approx(group.total)
            assert len(group.said) <= 3
            assert all(each.code.startswith(f"{group.stage}.") for each in group.said)
            assert group.chance is not None
            whole *= group.chance
        assert whole - one.line.price == pytest.approx(one.line.score, rel=1e-5)


def test_under_a_baseline_no_chance_is_shown(look: Look) -> None:
    seen = look(crosswalk()).graduate(OFFICER, "G1")
    assert not seen.knows_chances
    for one in seen.suggestions:
        (group,) = one.groups
        assert (group.stage, group.chance, group.start) == ("", None, 0.0)
        assert added(group) == pytest.approx(one.line.score + one.line.price, rel=1e-5)
        assert one.rule_rank == one.line.rank  # it is the rule


def test_the_rule_lists_what_may_be_taken_in_its_own_order(look: Look) -> None:
    seen = look(model()).graduate(OFFICER, "G1")
    # G1 is a welder: P1 wants welders, P2 does not; P3 and P4 may not be taken.
    assert [one.post.post_id for one in seen.rule] == ["P1", "P2"]
    rank = {one.line.post.post_id: one.rule_rank for one in seen.suggestions}
    assert rank == {"P1": 1, "P2": 2}


def test_out_of_season_a_graduate_is_shown_without_posts(look: Look, sqlite_engine: Engine) -> None:
    closed = [make_post(post_id=f"P{n}", closes_on=DAY - timedelta(days=1)) for n in range(1, 5)]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, closed, day=DAY)
    seen = look(crosswalk()).graduate(OFFICER, "G1")
    assert seen.ranked is not None
    assert (seen.ranked.ranking, seen.suggestions, seen.rule) == ((), (), ())


def test_what_is_ruled_out_names_the_rule(look: Look) -> None:
    seen = look(crosswalk()).graduate(OFFICER, "G1")
    rules = {one.named.post.post_id: len(one.rules) for one in seen.excluded}
    assert rules == {"P3": 1, "P4": 2}
    assert seen.n_excluded == (("level", 2), ("licence", 1))


def test_a_post_shows_own_people_with_their_answers_and_no_others(look: Look) -> None:
    closeups = look(model())
    seen = closeups.post(OTHER, CLERK, "P2")
    assert seen.ranked is not None
    assert [line.graduate_id for line in seen.ranked.graduates] == []  # G3 declined it
    assert set(seen.people) == {"G3"}
    assert [step.stage for step in seen.steps] == [OutcomeStage.DECLINED]
    whole = closeups.post(OFFICER, CLERK, "P1")
    assert whole.ranked is not None
    assert {line.graduate_id for line in whole.ranked.graduates} == {"G1", "G3"}
    assert all(line.chances is not None for line in whole.ranked.graduates)
    own = closeups.post(OTHER, CLERK, "P1")
    assert own.ranked is not None
    assert [(line.rank, line.graduate_id) for line in own.ranked.graduates] == [(1, "G3")]
    with pytest.raises(NotFound):
        closeups.post(OFFICER, CLERK, "nothing")


def test_what_is_claimed_stands_on_the_page(look: Look, sqlite_engine: Engine) -> None:
    closeups = look(crosswalk())
    ledger.hold(sqlite_engine, CLERK, "G1", "P1")
    ((claim, named),) = closeups.graduate(OFFICER, "G1").claims
    assert claim.expires_at == CLERK.now + timedelta(hours=48)
    assert named.post.post_id == "P1"
