"""Drafts of an assignment, from the run to the ledger, on each kind of database."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import assignments, checker, draft_markets, ledger
from recommender.access import Grant
from recommender.claims import start_of
from recommender.data import store
from recommender.data.placed import read_placed
from recommender.draft_changes import DraftChanges
from recommender.draft_confirming import confirm
from recommender.draft_markets import Markets
from recommender.draft_views import Line
from recommender.drafting import DraftAction
from recommender.drafts import Asked, Drafts
from recommender.errors import (
    AlreadyPlaced,
    DraftChanged,
    DraftRefused,
    Ineligible,
    NoModel,
    NoOpenPlace,
    NotFound,
)
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_post
from tests.service.published import crosswalk, publish

EVERYBODY = Grant(token_id=1, role="admin")
OWN = Grant(token_id=2, role="officer", scope_kind="college", scope_name="示例技师学院")
OTHER = Grant(token_id=3, role="officer", scope_kind="college", scope_name="另一技师学院")
WANG = Clerk(who="user wang", now=start_of(DAY), hold_hours=48)
LI = replace(WANG, who="user li")
ASKED = Asked(class_year=2026)


class Office:
    """Everything that works on drafts, as one process has it."""

    def __init__(self, engine: Engine, models_dir: Path) -> None:
        self.engine = engine
        desk = PlacementDesk(engine, models_dir, today=lambda: DAY)
        self.markets = Markets(desk.artefact, today=lambda: DAY, now=lambda: start_of(DAY))
        self.drafts = Drafts(engine, self.markets)
        self.changes = DraftChanges(engine, self.markets)

    def lines(self, draft_id: str) -> dict[str, Line]:
        found = self.drafts.look(EVERYBODY, draft_id)
        return {line.graduate.graduate_id: line for line in found.page.rows}

    def at(self, draft_id: str) -> dict[str, str]:
        return {
            who: line.named.post.post_id
            for who, line in self.lines(draft_id).items()
            if line.named is not None
        }

    def saw(self, draft_id: str) -> int:
        return self.drafts.look(EVERYBODY, draft_id).number

    def move(self, draft_id: str, who: str, where: str | None) -> None:
        self.changes.move(EVERYBODY, WANG, draft_id, self.saw(draft_id), who, where)

    def confirm(self, draft_id: str, **more: str) -> tuple[list[str], dict[str, type]]:
        answer = confirm(
            self.engine, self.markets, EVERYBODY, WANG, draft_id, self.saw(draft_id), **more
        )
        refused = {who: type(why) for who, _, why in answer.refused}
        return [who for who, _ in answer.done], refused


@pytest.fixture
def hall(engine: Engine) -> Engine:
    """Store four welders, one of another college and one without consent; two posts of one place.

    Everybody who agreed may take either; P3 asks for an hour's ride.
    """
    people = [
        make_graduate(graduate_id="G1"),
        make_graduate(graduate_id="G2"),
        make_graduate(graduate_id="G3", consent=False),
        make_graduate(graduate_id="G4", college="另一技师学院"),
    ]
    posts = [
        make_post(post_id="P1", headcount=1),
        make_post(post_id="P2", headcount=1, region_code="370700"),
        make_post(post_id="P3", required_licence=("高处作业",)),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people)
    return engine


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    publish(folder, crosswalk())
    return folder


@pytest.fixture
def office(hall: Engine, models: Path) -> Office:
    return Office(hall, models)


@pytest.fixture
def begun(office: Office) -> str:
    """Place G1 and G2 of one college at P1 and P2."""
    return office.drafts.open(OWN, WANG, ASKED, placed={"G1": "P1", "G2": "P2"})


# --- refusals ---------------------------------------------------------------------------------


def test_before_anything_is_published_nothing_begins(hall: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoModel):
        Office(hall, tmp_path / "none").drafts.open(EVERYBODY, WANG, ASKED)


def test_nobody_of_a_class_year_or_of_ones_own_people_is_not_found(office: Office) -> None:
    for grant, asked in (
        (EVERYBODY, Asked(class_year=1999)),
        (OWN, Asked(class_year=2026, college="另一技师学院")),
        (EVERYBODY, Asked(class_year=2026, trade="没有的专业")),
    ):
        with pytest.raises(NotFound):
            office.drafts.open(grant, WANG, asked)
    assert office.drafts.mine(EVERYBODY) == []


def test_a_cohort_too_large_for_a_page_is_refused_with_the_command(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_markets, "MOST_PAIRS", 11)  # four people and three posts are 12
    with pytest.raises(DraftRefused) as refusal:
        office.drafts.open(EVERYBODY, WANG, ASKED)
    assert refusal.value.code == "too_large"
    assert refusal.value.facts == ("4", "3", " --class-year 2026")


def test_an_assignment_of_others_or_of_other_posts_is_refused(office: Office) -> None:
    for placed in ({"G4": "P1"}, {"G1": "P9"}):
        with pytest.raises(NotFound):
            office.drafts.open(OWN, WANG, ASKED, placed=placed)
    assert office.drafts.mine(EVERYBODY) == []


def test_a_draft_of_others_is_one_that_nobody_began(office: Office, begun: str) -> None:
    for draft_id, grant in ((begun, OTHER), ("none", OWN)):
        for ask in (
            lambda: office.drafts.look(grant, draft_id),  # noqa: B023
            lambda: office.drafts.options(grant, draft_id, "G1"),  # noqa: B023
            lambda: office.drafts.sheet(grant, draft_id, ".csv"),  # noqa: B023
            lambda: office.drafts.certificate(grant, draft_id),  # noqa: B023
            lambda: office.drafts.since(grant, draft_id, 0),  # noqa: B023
            lambda: office.changes.move(grant, LI, draft_id, 1, "G1", None),  # noqa: B023
            lambda: confirm(office.engine, office.markets, grant, LI, draft_id, 1),  # noqa: B023
        ):
            with pytest.raises(NotFound) as refusal:
                ask()
            assert refusal.value.kind == "draft"
    assert office.drafts.mine(OTHER) == []


def test_a_draft_of_everybody_is_not_for_an_officer_of_one_college(office: Office) -> None:
    draft_id = office.drafts.open(EVERYBODY, WANG, ASKED)
    with pytest.raises(NotFound):
        office.drafts.look(OWN, draft_id)


def test_a_change_on_what_was_changed_meanwhile_is_refused_with_who_did_it(
    office: Office, begun: str, hall: Engine, models: Path
) -> None:
    other = Office(hall, models)  # another worker
    other.changes.move(OWN, LI, begun, 1, "G1", None)
    for change in (
        lambda: office.changes.move(OWN, WANG, begun, 1, "G2", None),
        lambda: office.changes.undo(OWN, WANG, begun, 1, 1),
        lambda: confirm(hall, office.markets, OWN, WANG, begun, 1),
    ):
        with pytest.raises(DraftChanged) as refusal:
            change()
        assert refusal.value.facts == ("1", "user li")
    (unseen,) = office.drafts.since(OWN, begun, 1)
    assert (unseen.action, unseen.graduate_id) == (DraftAction.MOVED, "G1")
    assert office.at(begun) == {"G2": "P2"}


@pytest.mark.parametrize(
    ("who", "where", "why"),
    [
        ("G4", "P1", NotFound),  # of another college, so not of this draft
        ("G1", "P9", NotFound),
        ("G1", "P3", Ineligible),
        ("G3", "P1", Ineligible),
    ],
)
def test_what_no_rule_allows_is_no_move(
    office: Office, begun: str, who: str, where: str, why: type[Exception]
) -> None:
    with pytest.raises(why):
        office.move(begun, who, where)
    assert office.saw(begun) == 1


def test_a_veto_needs_a_reason_and_bars_the_way_back(office: Office, begun: str) -> None:
    with pytest.raises(DraftRefused) as refusal:
        office.changes.veto(OWN, WANG, begun, 1, "G1", "P1", "  ")
    assert refusal.value.code == "no_reason"
    office.changes.veto(OWN, WANG, begun, 1, "G1", "P1", "晕车")
    assert office.at(begun) == {"G2": "P2"}
    with pytest.raises(DraftRefused) as refusal:
        office.move(begun, "G1", "P1")
    assert (refusal.value.code, refusal.value.facts) == ("vetoed_here", ("G1", "P1", "2"))


def test_who_has_no_post_cannot_be_pinned(office: Office, begun: str) -> None:
    with pytest.raises(DraftRefused) as refusal:
        office.changes.pin(OWN, WANG, begun, 1, "G3")
    assert refusal.value.code == "nothing_placed"


def test_what_cannot_be_undone_is_refused(office: Office, begun: str) -> None:
    office.move(begun, "G1", None)
    office.changes.undo(OWN, WANG, begun, 2, 2)
    assert office.confirm(begun, graduate_id="G2") == (["G2"], {})
    for number, code in (
        (9, "no_such_entry"),
        (1, "first_stays"),
        (2, "undone_already"),
        (4, "confirmed_stays"),
    ):
        with pytest.raises(DraftRefused) as refusal:
            office.changes.undo(OWN, WANG, begun, 4, number)
        assert refusal.value.code == code


def test_who_has_a_place_for_good_is_moved_no_more(office: Office, begun: str) -> None:
    ledger.confirm(office.engine, WANG, "G1", "P1")
    for change in (
        lambda: office.move(begun, "G1", "P2"),
        lambda: office.drafts.options(OWN, begun, "G1"),
        lambda: office.changes.pin(OWN, WANG, begun, 1, "G1"),
    ):
        with pytest.raises(AlreadyPlaced):
            change()
    assert office.lines(begun)["G1"].state == "confirmed"


# --- what an officer does ---------------------------------------------------------------------


def test_a_run_places_as_the_command_does(office: Office, models: Path) -> None:
    draft_id = office.drafts.open(EVERYBODY, WANG, ASKED)
    told = assignments.assign(office.engine, models, day=DAY)
    assert office.at(draft_id) == {str(row[0]): str(row[1]) for row in told.rows}
    found = office.drafts.look(EVERYBODY, draft_id)
    assert found.total == pytest.approx(float(str(told.facts["total"])), abs=1e-6)
    assert (found.n_placed, found.most, found.n_graduates) == (2, told.facts["most"], 4)


def test_an_officer_places_own_people_alone(office: Office) -> None:
    draft_id = office.drafts.open(OWN, WANG, ASKED)
    assert set(office.lines(draft_id)) == {"G1", "G2", "G3"}
    assert [kept.draft_id for kept, _ in office.drafts.mine(OWN)] == [draft_id]


def test_another_worker_and_a_restart_see_the_same(
    office: Office, begun: str, hall: Engine, models: Path
) -> None:
    office.move(begun, "G1", None)
    assert Office(hall, models).at(begun) == office.at(begun) == {"G2": "P2"}


def test_options_say_what_a_move_would_break_and_the_move_breaks_it(
    office: Office, begun: str
) -> None:
    options = office.drafts.options(OWN, begun, "G1")
    (only,) = options.options
    assert (only.named.post.post_id, only.left) == ("P2", 0)
    assert [each.code for each in only.moved.broken] == ["overfilled"]
    office.move(begun, "G1", "P2")
    found = office.drafts.look(OWN, begun)
    assert found.total == pytest.approx(only.moved.total)
    broken = {who: [each.code for each in line.broken] for who, line in office.lines(begun).items()}
    assert broken == {"G1": ["overfilled"], "G2": ["overfilled"], "G3": []}
    assert [line.graduate.graduate_id for line in _shown(office, begun, "broken")] == ["G1", "G2"]


def test_a_pin_holds_when_everybody_is_placed_again(office: Office, begun: str) -> None:
    office.changes.pin(OWN, WANG, begun, 1, "G1")
    office.changes.veto(OWN, WANG, begun, 2, "G2", "P2", "太远")
    office.changes.run_again(OWN, WANG, begun, 3)
    # P1 is G1's, and P2 is barred for G2: nothing is left.
    assert office.at(begun) == {"G1": "P1"}
    assert office.lines(begun)["G1"].state == "pinned"
    assert office.lines(begun)["G2"].vetoed == ("P2",)
    office.changes.undo(OWN, WANG, begun, 4, 4)
    office.changes.undo(OWN, WANG, begun, 5, 3)
    assert office.at(begun) == {"G1": "P1", "G2": "P2"}


@pytest.mark.parametrize("moves", [[], [("G1", None)], [("G1", "P2"), ("G2", "P1")]])
def test_the_sum_is_what_the_checker_finds_in_the_certificate(
    office: Office, begun: str, moves: list[tuple[str, str | None]]
) -> None:
    for who, where in moves:
        office.move(begun, who, where)
    document = json.loads(office.drafts.certificate(OWN, begun))
    assert checker.check(document) == []
    assert document["total"] / checker.SCALE == office.drafts.look(OWN, begun).total


def test_a_sheet_is_read_again_as_it_was_written(
    office: Office, begun: str, tmp_path: Path
) -> None:
    office.move(begun, "G2", None)
    for suffix in (".csv", ".xlsx"):
        file = tmp_path / f"a{suffix}"
        file.write_bytes(office.drafts.sheet(OWN, begun, suffix))
        assert read_placed(file) == {"G1": "P1"}
        again = office.drafts.read(OWN, WANG, ASKED, file)
        assert office.at(again) == {"G1": "P1"}
    assert "G2,,,place_left" in office.drafts.sheet(OWN, begun, ".csv").decode()


# --- confirming -------------------------------------------------------------------------------


def test_each_is_confirmed_or_refused_for_themselves(office: Office, begun: str) -> None:
    ledger.confirm(office.engine, WANG, "G4", "P1")  # takes the place that G1 was to have
    assert office.lines(begun)["G1"].broken != ()
    done, refused = office.confirm(begun)
    assert (done, refused) == (["G2"], {"G1": DraftRefused})
    assert office.lines(begun)["G2"].state == "confirmed"
    with store.reading(office.engine) as conn:
        assert {step.graduate_id for step in store.load_outcomes(conn, day=DAY)} == {"G2", "G4"}


def test_who_was_too_late_at_the_ledger_is_told_by_it(
    office: Office, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.draft_confirming.broken_of", lambda draft: {})
    office.move(begun, "G2", "P1")
    done, refused = office.confirm(begun)
    assert (done, refused) == (["G1"], {"G2": NoOpenPlace})


def test_a_long_list_is_confirmed_part_by_part(
    office: Office, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.draft_confirming.MOST_CONFIRMED", 1)
    assert office.confirm(begun) == (["G1"], {})
    assert office.confirm(begun, after="G1") == (["G2"], {})
    assert office.drafts.look(OWN, begun).n_confirmed == 2


def _shown(office: Office, draft_id: str, shown: str) -> tuple[Line, ...]:
    return office.drafts.look(OWN, draft_id, shown=shown).page.rows
