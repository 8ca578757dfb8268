"""What is done at a fair: slips, check-ins, marks, claims, the closing, and who sees whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import fair_desk as kept
from recommender.data import store
from recommender.domain import Channel, Interest, InterestSide, OutcomeStage
from recommender.errors import FairClosed, NotFound, ReplayMismatch, SlipTaken
from recommender.fairs import DOOR, Turn
from recommender.year import fair_board, fair_desk
from tests.builders import CREDIT_CODE, OTHER_CREDIT_CODE, make_outcome
from tests.recommender.year.fairs import (
    FAIR,
    NOON,
    THIRD_CREDIT_CODE,
    clerk,
    hold_fair,
    interests,
    n_rows,
    steps,
)

ENTERPRISE = InterestSide.ENTERPRISE


@pytest.fixture
def fair(engine: Engine) -> Engine:
    hold_fair(engine)
    return engine


def slip_for(engine: Engine, graduate_id: str | None = None) -> str:
    return fair_desk.issue(engine, clerk(), "F1", graduate_id=graduate_id).slip


def send(engine: Engine, graduate_id: str, credit_code: str, slot: int = 1) -> None:
    """Put one line into the timetable."""
    post = "P1" if credit_code == CREDIT_CODE else "P2"
    turn = Turn(
        fair_id="F1",
        graduate_id=graduate_id,
        credit_code=credit_code,
        slot=slot,
        post_id=post,
        chance=0.5,
    )
    with store.writing(engine) as conn:
        kept.replace_turns(conn, "F1", [turn])


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda e, s: fair_desk.issue(e, clerk(), "F9"), "fair"),
        (lambda e, s: fair_desk.issue(e, clerk(), "F1", graduate_id="G9"), "graduate"),
        (lambda e, s: fair_desk.check_in(e, clerk(), "F9", s), "fair"),
        (lambda e, s: fair_desk.check_in(e, clerk(), "F1", "AAAAAAAA"), "slip"),
        (lambda e, s: fair_desk.check_in(e, clerk(), "F1", s, booth="A9"), "booth"),
        (lambda e, s: fair_desk.mark(e, clerk(), "F1", "AAAAAAAA", "P1"), "slip"),
        (lambda e, s: fair_desk.mark(e, clerk(), "F1", s, "P9"), "post_at_fair"),
        (lambda e, s: fair_desk.mark(e, clerk(), "F1", s, "ELSEWHERE"), "post_at_fair"),
        (lambda e, s: fair_desk.claim(e, clerk(), "F1", "AAAAAAAA", "G3"), "slip"),
        (lambda e, s: fair_desk.claim(e, clerk(), "F1", s, "G9"), "graduate"),
        (lambda e, s: fair_desk.close(e, clerk(), "F9"), "fair"),
        (lambda e, s: fair_board.board(e, clerk(), "F9"), "fair"),
        (lambda e, s: fair_board.visitors(e, "F1", "A9"), "booth"),
    ],
)
def test_what_nobody_knows_is_named_and_nothing_is_written(
    fair: Engine, ask: Any, kind: str
) -> None:
    slip = slip_for(fair)
    before = n_rows(fair)
    with pytest.raises(NotFound) as refusal:
        ask(fair, slip)
    assert refusal.value.kind == kind
    assert n_rows(fair) == before


def test_nobody_checks_in_or_marks_once_the_doors_are_shut(fair: Engine) -> None:
    slip = slip_for(fair)
    closing = fair_desk.close(fair, clerk(), "F1")
    for ask in (
        lambda: fair_desk.issue(fair, clerk(), "F1"),
        lambda: fair_desk.check_in(fair, clerk(), "F1", slip),
        lambda: fair_desk.mark(fair, clerk(), "F1", slip, "P1"),
    ):
        with pytest.raises(FairClosed):
            ask()
    assert n_rows(fair) == (1, 0, 0, 0)
    # A second closing changes nothing; a slip may still be claimed in the evening.
    assert fair_desk.close(fair, clerk(60), "F1") == closing
    assert fair_desk.claim(fair, clerk(), "F1", slip, "G3").graduate_id == "G3"


def test_a_slip_has_one_bearer_and_a_bearer_one_slip(fair: Engine) -> None:
    own, free = slip_for(fair, "G1"), slip_for(fair)
    fair_desk.check_in(fair, clerk(), "F1", own)
    for slip, who in ((own, "G2"), (free, "G1")):
        with pytest.raises(SlipTaken):
            fair_desk.claim(fair, clerk(), "F1", slip, who)
    fair_desk.claim(fair, clerk(), "F1", free, "G3")
    with pytest.raises(SlipTaken):
        fair_desk.claim(fair, clerk(), "F1", free, "G4")


def test_a_slip_left_at_home_gives_way_to_the_one_that_is_carried(fair: Engine) -> None:
    left, carried = slip_for(fair, "G1"), slip_for(fair)
    fair_desk.mark(fair, clerk(), "F1", carried, "P1")
    assert fair_desk.claim(fair, clerk(), "F1", carried, "G1").slip == carried
    assert slip_for(fair, "G1") == carried
    with pytest.raises(NotFound):
        fair_desk.check_in(fair, clerk(), "F1", left)


def test_a_key_that_stood_for_another_request_is_refused(fair: Engine) -> None:
    slip = slip_for(fair)
    fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=1, key="k")
    with pytest.raises(ReplayMismatch):
        fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=2, key="k")
    with pytest.raises(ReplayMismatch):
        fair_desk.check_in(fair, clerk(), "F1", slip, key="k")


def test_an_enterprise_has_its_own_booth_and_people_only(fair: Engine) -> None:
    # G2 is sent to A1; the walk-in marks A2; the stranger does neither.
    send(fair, "G2", CREDIT_CODE)
    sent, marking, stranger = slip_for(fair, "G2"), slip_for(fair), slip_for(fair)
    fair_desk.mark(fair, clerk(), "F1", marking, "P2")

    def refused(kind: str, ask: Any) -> None:
        with pytest.raises(NotFound) as refusal:
            ask()
        assert refusal.value.kind == kind

    one = {"own": CREDIT_CODE}
    refused("booth", lambda: fair_desk.check_in(fair, clerk(), "F1", sent, **one))
    refused("booth", lambda: fair_desk.check_in(fair, clerk(), "F1", sent, booth="A2", **one))
    for slip in (marking, stranger):
        refused(
            "slip", lambda s=slip: fair_desk.check_in(fair, clerk(), "F1", s, booth="A1", **one)
        )
        refused("slip", lambda s=slip: fair_desk.mark(fair, clerk(), "F1", s, "P1", **one))
    refused("post_at_fair", lambda: fair_desk.mark(fair, clerk(), "F1", sent, "P2", **one))
    # A slip is claimed by a booth only after it was shown there.
    other = {"own": OTHER_CREDIT_CODE}

    def claim(who: str, name: str | None) -> Any:
        return fair_desk.claim(fair, clerk(), "F1", marking, who, name=name, **other)

    refused("slip", lambda: claim("G1", "样例甲"))
    fair_desk.check_in(fair, clerk(), "F1", marking, booth="A2", **other)
    # And by who knows the name: an id alone finds nobody, whether or not somebody has it.
    for who, name in (("G1", None), ("G1", "样例乙"), ("G3", None), ("G9", "样例甲")):
        refused("graduate", lambda w=who, n=name: claim(w, n))
    assert claim("G1", "样例甲").graduate_id == "G1"
    # Nor does it tell whose it is by now.
    for who in ("G1", "G9"):
        refused("graduate", lambda w=who: claim(w, "样例乙"))


@pytest.mark.parametrize("enterprise", ["示例装备有限公司", OTHER_CREDIT_CODE])
def test_an_enterprise_finds_its_booth_by_name_or_code(fair: Engine, enterprise: str) -> None:
    assert fair_board.own_booth(fair, "F1", enterprise).booth == "A2"
    for stranger in ("别家公司", THIRD_CREDIT_CODE, "", None):
        with pytest.raises(NotFound):
            fair_board.own_booth(fair, "F1", stranger)


# --- slips and check-ins ----------------------------------------------------------------------


def test_a_slip_names_nobody_and_a_graduate_has_one(fair: Engine) -> None:
    anonymous = fair_desk.issue(fair, clerk(), "F1", draw=lambda: "ABCD2345")
    assert (anonymous.slip, anonymous.graduate_id, anonymous.issued_at) == ("ABCD2345", None, NOON)
    first, again = slip_for(fair, "G1"), slip_for(fair, "G1")
    assert first == again
    assert len(first) == 8
    # At another fair the number is nobody's.
    with pytest.raises(NotFound):
        fair_desk.check_in(fair, clerk(), "F2", first)


def test_the_first_showing_at_each_place_counts(fair: Engine) -> None:
    slip = slip_for(fair, "G1")
    door = fair_desk.check_in(fair, clerk(), "F1", slip)
    assert (door.place, door.at) == (DOOR, NOON)
    assert fair_desk.check_in(fair, clerk(9), "F1", slip) == door
    # As somebody types it; at a booth by its sign.
    typed = f"{slip[:4].lower()}-{slip[4:]} "
    assert fair_desk.check_in(fair, clerk(9), "F1", typed, booth="A2").place == OTHER_CREDIT_CODE
    assert n_rows(fair)[1] == 2


def test_the_same_key_gives_the_same_answer_and_writes_nothing(fair: Engine) -> None:
    first = fair_desk.issue(fair, clerk(), "F1", key="a")
    assert fair_desk.issue(fair, clerk(5), "F1", key="a") == first
    slip = first.slip
    marked = fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=3, key="b")
    fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=1)
    assert fair_desk.mark(fair, clerk(5), "F1", slip, "P1", rank=3, key="b") == marked
    shown = fair_desk.check_in(fair, clerk(), "F1", slip, key="c")
    claimed = fair_desk.claim(fair, clerk(), "F1", slip, "G3", key="d")
    fair_desk.close(fair, clerk(), "F1")
    # Also after the doors are shut.
    assert fair_desk.check_in(fair, clerk(5), "F1", slip, key="c") == shown
    assert fair_desk.claim(fair, clerk(5), "F1", slip, "G3", key="d") == claimed
    assert n_rows(fair) == (1, 1, 1, 1)
    assert [each.rank for each in interests(fair)] == [1]


# --- marks become interests -------------------------------------------------------------------


def test_marks_of_a_walk_in_are_nobody_s_until_the_slip_is_claimed(fair: Engine) -> None:
    slip = slip_for(fair)
    fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=2)
    fair_desk.mark(fair, clerk(), "F1", slip, "P2", rank=1)
    fair_desk.mark(fair, clerk(), "F1", slip, "P1", side=ENTERPRISE, rank=4)
    assert (interests(fair), steps(fair)) == ([], [])
    claimed = fair_desk.claim(fair, clerk(90, who="officer 7"), "F1", slip, "G3")
    assert (claimed.claimed_by, claimed.graduate_id) == ("officer 7", "G3")
    at = {"fair_id": "F1", "graduate_id": "G3"}
    assert interests(fair) == [
        Interest(post_id="P1", side=ENTERPRISE, rank=4, **at),
        Interest(post_id="P1", side=InterestSide.GRADUATE, rank=2, **at),
        Interest(post_id="P2", side=InterestSide.GRADUATE, rank=1, **at),
    ]
    # What the enterprise wants is no step of the graduate.
    assert [(each.graduate_id, each.post_id, each.stage, each.channel) for each in steps(fair)] == [
        ("G3", "P1", OutcomeStage.INTERESTED, Channel.FAIR),
        ("G3", "P2", OutcomeStage.INTERESTED, Channel.FAIR),
    ]
    assert {each.date for each in steps(fair)} == {FAIR}


def test_a_known_slip_s_mark_is_an_interest_at_once_and_one_step(fair: Engine) -> None:
    slip = slip_for(fair, "G1")
    fair_desk.mark(fair, clerk(), "F1", slip, "P1")
    fair_desk.mark(fair, clerk(), "F1", slip, "P1", rank=1)
    assert [each.rank for each in interests(fair)] == [1]
    assert len(steps(fair)) == 1


def test_a_step_that_is_known_already_stays(fair: Engine) -> None:
    known = make_outcome(
        stage=OutcomeStage.INTERESTED, date=FAIR, channel=Channel.OFFICE, shown_rank=2
    )
    with store.writing(fair) as conn:
        store.save_outcome(conn, known)
    fair_desk.mark(fair, clerk(), "F1", slip_for(fair, "G1"), "P1")
    assert steps(fair) == [known]


def test_a_mark_after_midnight_in_utc_is_of_the_day_in_shandong(fair: Engine) -> None:
    # 17:00 UTC on the 20th is the 21st in Shandong.
    fair_desk.mark(fair, clerk(13 * 60), "F1", slip_for(fair, "G1"), "P1")
    assert [each.date for each in steps(fair)] == [date(2026, 5, 21)]


# --- the board, and whom a booth meets --------------------------------------------------------


def test_the_board_counts_places_marks_and_who_came(fair: Engine) -> None:
    send(fair, "G1", CREDIT_CODE)
    one, two = slip_for(fair, "G1"), slip_for(fair)
    fair_desk.check_in(fair, clerk(), "F1", one, booth="A1")
    fair_desk.check_in(fair, clerk(), "F1", one)
    fair_desk.mark(fair, clerk(), "F1", one, "P1")
    fair_desk.mark(fair, clerk(), "F1", two, "P1")
    fair_desk.mark(fair, clerk(), "F1", two, "P1", side=ENTERPRISE)
    with store.writing(fair) as conn:
        store.save_outcome(conn, make_outcome(graduate_id="G4", post_id="P2"))
    shown = fair_board.board(fair, clerk(), "F1")
    assert (shown.n_registered, shown.n_came, shown.n_unclaimed) == (3, 1, 1)
    lines = {line.booth.sign: line for line in shown.booths}
    assert (lines["A1"].n_sent, lines["A1"].n_here) == (1, 1)
    told = {
        post.post.post_id: (post.open_places, post.n_wanting, post.n_wanted, post.n_mutual)
        for line in shown.booths
        for post in line.posts
    }
    # P2's only place was signed for.
    assert told == {"P1": (1, 2, 1, 1), "P2": (0, 0, 0, 0), "SENIOR": (2, 0, 0, 0)}


def test_a_booth_learns_a_name_once_the_slip_is_shown_there(fair: Engine) -> None:
    send(fair, "G1", CREDIT_CODE, slot=2)
    slip_for(fair, "G2")
    walk_in, slip = slip_for(fair), slip_for(fair, "G1")
    fair_desk.mark(fair, clerk(), "F1", walk_in, "P1")
    fair_desk.check_in(fair, clerk(), "F1", slip)
    fair_desk.check_in(fair, clerk(), "F1", slip, booth="A2")

    def seen(*, for_booth: bool) -> list[tuple[Any, ...]]:
        booth, found = fair_board.visitors(fair, "F1", "A1", for_booth=for_booth)
        assert booth.credit_code == CREDIT_CODE
        return [
            (one.slot, one.graduate_id, one.college, one.name, one.slip, one.marked)
            for one in found
        ]

    # The booth does not even learn whom the timetable sends; an officer does.
    unknown = (None, None, None, None, None, ("P1",))
    assert seen(for_booth=True) == [(2, None, None, None, None, ()), unknown]
    assert seen(for_booth=False) == [(2, "G1", "示例技师学院", None, None, ()), unknown]
    fair_desk.check_in(fair, clerk(), "F1", slip, booth="A1")
    for asker in (True, False):
        assert seen(for_booth=asker)[0] == (2, "G1", "示例技师学院", "样例甲", slip, ())
