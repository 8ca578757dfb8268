"""Counting, learning from, estimating from and forgetting the lists that were shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from recommender import lists_shown
from recommender.data import day_files, exposures, store
from recommender.data.pseudonyms import Pseudonyms
from recommender.domain import OutcomeStage
from recommender.errors import NeverShown, TooFewEffective, TooFewLists, Unreadable
from recommender.lists_shown import Tidied
from recommender.matching.exploration import draw_order
from recommender.shown import CitedStep, Record, ShownLine, ShownList
from tests.builders import DAY, make_graduate
from tests.recommender.test_exposures import make_list, records

OLD = DAY - timedelta(days=30)


def write(home: Path, kept: Sequence[Record]) -> None:
    exposures.append(exposures.lists_dir(home), kept)


def person(home: Path, graduate_id: str, class_year: int = 2026) -> str:
    return Pseudonyms(exposures.keys_dir(home)).make(graduate_id, class_year)


def ten_posts(fits: Sequence[float] = (), prices: Sequence[float] = ()) -> tuple[ShownLine, ...]:
    """Give posts P1 to P10 with fits 10 to 1 unless stated, and no price unless stated."""
    fits, prices = fits or range(10, 0, -1), prices or (0.0,) * 10
    return tuple(
        ShownLine(post_id=f"P{n}", open_places=1, score=fit - price, price=price)
        for n, (fit, price) in enumerate(zip(fits, prices, strict=True), start=1)
    )


def kiosk_list(n: int, *, swapped: int | None = None, share: float = 0.05) -> ShownList:
    """Give a list of ten posts on the last day old enough, as ranked or with one swap."""
    lines = list(ten_posts())
    if swapped is not None:
        lines[swapped - 1], lines[swapped] = lines[swapped], lines[swapped - 1]
    return make_list(
        request_id=f"{n:032x}",
        day=OLD,
        via="kiosk",
        lines=tuple(lines),
        share=share,
        swapped=swapped,
        propensity=(1 - share) if swapped is None else share / 4,
    )


def wanted(shown: ShownList, **overrides: object) -> CitedStep:
    values = {
        "request_id": shown.request_id,
        "day": shown.day,
        "post_id": "P3",
        "stage": "interested",
    }
    return CitedStep(**values | overrides)  # type: ignore[arg-type]


# --- refusals ---------------------------------------------------------------------------------


def test_a_target_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="best")
    assert refusal.value.suggestions == ("ranked", "swapped", "fit")


def test_too_few_lists_where_others_are_too_young_or_not_the_kiosks(tmp_path: Path) -> None:
    lists = [kiosk_list(n) for n in range(199)]
    young = make_list(via="kiosk", day=OLD + timedelta(days=1))
    write(tmp_path, [*lists, young, make_list(via="officer", day=OLD)])
    with pytest.raises(TooFewLists) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="ranked")
    assert (refusal.value.n_lists, refusal.value.n_needed) == (199, 200)


def test_lists_that_never_varied_say_nothing_of_a_swap(tmp_path: Path) -> None:
    write(tmp_path, [kiosk_list(n, share=0.0) for n in range(200)])
    with pytest.raises(NeverShown) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="swapped")
    assert refusal.value.share == 1.0


def test_with_so_little_exploration_always_swapping_is_refused(tmp_path: Path) -> None:
    # 20 of 400 lists explored, five at each of four places: 20 lists of equal weight, 5 %.
    explored = [kiosk_list(n, swapped=6 + n % 4) for n in range(20)]
    write(tmp_path, explored + [kiosk_list(n) for n in range(20, 400)])
    with pytest.raises(TooFewEffective) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="swapped")
    assert refusal.value.effective_n == pytest.approx(20.0)


@pytest.mark.parametrize("upper", [1, 5])
def test_an_order_that_moves_the_first_five_was_never_shown(tmp_path: Path, upper: int) -> None:
    # By fit the post at `upper` + 1 stands one higher; its price of 2 put it below.
    fits = [10.0 - n for n in range(10)]
    fits[upper - 1], fits[upper] = fits[upper], fits[upper - 1]
    prices = [0.0] * 10
    prices[upper] = 2.0
    shown = make_list(via="kiosk", day=OLD, share=0.05, lines=ten_posts(fits, prices))
    write(tmp_path, [shown] * 200)
    with pytest.raises(NeverShown) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="fit")
    assert refusal.value.share == 1.0


def test_two_swaps_at_once_were_never_shown(tmp_path: Path) -> None:
    fits = (10.0, 9.0, 8.0, 7.0, 6.0, 4.0, 5.0, 2.0, 3.0, 1.0)
    shown = make_list(via="kiosk", day=OLD, share=0.05, lines=ten_posts(fits))
    write(tmp_path, [shown] * 200)
    with pytest.raises(NeverShown):
        lists_shown.estimate(tmp_path, day=DAY, target="fit")


# --- estimates --------------------------------------------------------------------------------


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    """Log 400 lists of which 20 show a swap; 95 as ranked and 10 with a swap were answered."""
    swapped = [kiosk_list(n, swapped=6 + n % 4) for n in range(20)]
    ranked = [kiosk_list(n) for n in range(20, 400)]
    steps = [wanted(one) for one in [*swapped[:10], *ranked[:95]]]
    write(tmp_path, [*swapped, *ranked, *steps])
    return tmp_path


def test_lists_as_ranked_by_hand(answered: Path) -> None:
    made = lists_shown.estimate(answered, day=DAY, target="ranked")
    # 380 lists weigh 1 ÷ 0.95 and 20 nothing.
    assert made.n_choices == 400
    assert made.effective_n == pytest.approx(380.0)
    assert made.shown.value == pytest.approx(105 / 400)
    assert made.ips.value == pytest.approx(95 / 0.95 / 400)
    assert made.snips.value == pytest.approx(95 / 380)
    # The weights add up to 400, so the model behind it changes nothing but the noise of halves.
    assert made.doubly_robust.value == pytest.approx(0.25, abs=0.01)
    # A binomial of 380 at a quarter: √(0.25 × 0.75 ÷ 380) = 0.0222.
    assert made.snips.standard_error == pytest.approx(math.sqrt(0.1875 / 380), rel=0.01)


def test_by_fit_without_prices_is_as_ranked_also_where_a_swap_was_shown(answered: Path) -> None:
    by_fit = lists_shown.estimate(answered, day=DAY, target="fit")
    assert by_fit == lists_shown.estimate(answered, day=DAY, target="ranked")


def test_by_fit_may_be_one_of_the_swaps(tmp_path: Path) -> None:
    # By fit ranks 7 and 8 change places, which one list in eighty shows: five of 400.
    fits = (10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 3.0, 4.0, 2.0, 1.0)
    prices = (0.0,) * 7 + (1.5,) + (0.0,) * 2
    ranked = ten_posts(fits, prices)
    shown = (*ranked[:6], ranked[7], ranked[6], *ranked[8:])
    base = {"via": "kiosk", "day": OLD, "share": 0.05}
    lists = [make_list(lines=ranked, **base)] * 395
    write(tmp_path, [*lists, *[make_list(lines=shown, swapped=7, **base)] * 5])
    with pytest.raises(TooFewEffective) as refusal:
        lists_shown.estimate(tmp_path, day=DAY, target="fit")
    assert refusal.value.effective_n == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("overrides", "counts"),
    [
        ({}, True),
        ({"stage": "signed"}, True),
        ({"day": OLD + timedelta(days=30)}, True),
        ({"day": OLD + timedelta(days=31)}, False),
        ({"day": OLD - timedelta(days=1)}, False),
        ({"stage": "declined"}, False),
        ({"post_id": "P11"}, False),
        ({"request_id": "f" * 32}, False),
    ],
)
def test_what_counts_as_an_answer(
    tmp_path: Path, overrides: dict[str, object], counts: bool
) -> None:
    lists = [kiosk_list(n) for n in range(200)]
    write(tmp_path, [*lists, wanted(lists[0], **overrides)])
    made = lists_shown.estimate(tmp_path, day=DAY + timedelta(days=9), target="ranked")
    assert made.shown.value == (1 / 200 if counts else 0.0)


def test_lists_of_every_length_stand_side_by_side(tmp_path: Path) -> None:
    short = make_list(via="kiosk", day=OLD, lines=ten_posts()[:4], share=0.05)
    empty = make_list(via="kiosk", day=OLD, lines=(), share=0.05)
    write(tmp_path, [short] * 100 + [empty] * 100 + [kiosk_list(n) for n in range(100)])
    made = lists_shown.estimate(tmp_path, day=DAY, target="ranked")
    # 200 lists of one order weigh 1, 100 weigh 1 ÷ 0.95: 305.26² ÷ (200 + 110.80) = 299.8.
    assert made.effective_n == pytest.approx(299.8, abs=0.05)


def test_what_is_drawn_in_earnest_is_estimated_right(tmp_path: Path) -> None:
    """Hold the whole way, from drawing to estimating, against a known truth.

    A list as ranked is answered in one of four, a swapped one never: the truth of `ranked` is
    0.25. Half of the lists show a swap, so that the difference shows; the log earns 0.125.
    """
    kept: list[Record] = []
    for n in range(2000):
        drawn = draw_order(10, f"{n:032x}", 0.5)
        shown = kiosk_list(n, swapped=drawn.swapped, share=0.5)
        kept.append(shown)
        if drawn.swapped is None and n % 4 == 0:
            kept.append(wanted(shown))
    write(tmp_path, kept)
    made = lists_shown.estimate(tmp_path, day=DAY, target="ranked")
    # w² r has the mean 2 × 0.25, so IPS errs by √((0.5 − 0.0625) ÷ 2,000) = 0.0148.
    assert made.ips.standard_error == pytest.approx(0.0148, rel=0.1)
    for estimate in (made.ips, made.snips, made.doubly_robust):
        assert abs(estimate.value - 0.25) < 4 * 0.0148
    assert made.shown.high < 0.2


def test_what_a_list_earned_says_nothing_of_what_is_expected_of_it() -> None:
    lists = [kiosk_list(n) for n in range(50)]
    before = lists_shown._expected(lists, np.zeros(50))
    for own in range(50):
        after = lists_shown._expected(lists, np.eye(50)[own])
        assert after[own] == before[own] == 0.0
        # The other half expects one in as many as there are of this half, 1/40 at least.
        assert after.max() > 1 / 40


# --- learning ---------------------------------------------------------------------------------


def test_lists_of_graduates_become_steps_with_their_rank(
    stored_world: Engine, tmp_path: Path
) -> None:
    lines = tuple(
        ShownLine(post_id=post_id, open_places=1, score=0.0, price=0.0)
        for post_id in ("P4", "gone", "P1")
    )
    g7, g5 = person(tmp_path, "G7"), person(tmp_path, "G5")
    write(
        tmp_path,
        [
            make_list(person=g7, lines=lines[2:]),  # here P1 stands first
            make_list(person=g7, lines=lines),  # and third later that day
            make_list(person=g5, lines=lines),  # does not consent
            make_list(person="0" * 32, lines=lines),  # not of this roster
            make_list(lines=lines),  # of nobody
            make_list(person=g7, lines=lines, day=DAY + timedelta(days=1)),  # not yet
        ],
    )
    found = lists_shown.shown_steps(stored_world, tmp_path, day=DAY)
    assert [(each.step.graduate_id, each.step.post_id, each.step.shown_rank) for each in found] == [
        ("G7", "P1", 1),
        ("G7", "P4", 1),
    ]
    assert {each.propensity for each in found} == {1.0}
    assert {each.step.stage for each in found} == {OutcomeStage.RECOMMENDED}
    assert {(each.step.date, each.step.recorded_on) for each in found} == {(DAY, DAY)}


def test_a_year_without_its_key_teaches_nothing(stored_world: Engine, tmp_path: Path) -> None:
    write(tmp_path, [make_list(person=person(tmp_path, "G7"))])
    assert len(lists_shown.shown_steps(stored_world, tmp_path, day=DAY)) == 1
    Pseudonyms(exposures.keys_dir(tmp_path)).destroy(2026)
    assert lists_shown.shown_steps(stored_world, tmp_path, day=DAY) == []


def test_a_list_of_autumn_is_joined_by_the_key_of_its_own_class_year(
    stored_world: Engine, tmp_path: Path
) -> None:
    autumn = date(2025, 8, 31)  # of class year 2025 still
    write(tmp_path, [make_list(day=autumn, person=person(tmp_path, "G7", 2025))])
    write(tmp_path, [make_list(day=autumn, person=person(tmp_path, "G8", 2026))])
    found = lists_shown.shown_steps(stored_world, tmp_path, day=DAY)
    assert [each.step.graduate_id for each in found] == ["G7"]


# --- forgetting -------------------------------------------------------------------------------


def test_a_person_is_forgotten_in_every_year_and_without_the_roster(tmp_path: Path) -> None:
    both = [
        make_list(person=person(tmp_path, "G7")),
        make_list(person=person(tmp_path, "G7", 2025), day=date(2025, 5, 15)),
        wanted(make_list(), person=person(tmp_path, "G7")),
    ]
    other = make_list(person=person(tmp_path, "G8"))
    write(tmp_path, [*both, other])
    assert lists_shown.forget(tmp_path, "nobody") == 0
    assert lists_shown.forget(tmp_path, "G7") == 3
    assert records(exposures.lists_dir(tmp_path)) == [other]


def test_where_nothing_was_logged_nobody_is_forgotten(tmp_path: Path) -> None:
    assert lists_shown.forget(tmp_path, "G7") == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("keep_days", "kept"), [(3, (13, 14, 15)), (1, (15,)), (0, ())])
def test_a_log_keeps_so_many_days_today_included(
    stored_world: Engine, tmp_path: Path, keep_days: int, kept: tuple[int, ...]
) -> None:
    write(tmp_path, [make_list(day=date(2026, 5, day)) for day in range(10, 16)])
    gone = lists_shown.tidy(stored_world, tmp_path, day=DAY, keep_days=keep_days)
    assert gone == Tidied(n_days=6 - len(kept))
    assert [each.day for each in day_files.days(exposures.lists_dir(tmp_path))] == list(kept)


def test_lists_of_who_no_longer_agrees_go_in_the_night(
    stored_world: Engine, tmp_path: Path
) -> None:
    kept = [make_list(), make_list(person=person(tmp_path, "G8"))]
    write(tmp_path, [*kept, make_list(person=person(tmp_path, "G7"))])
    assert lists_shown.tidy(stored_world, tmp_path, day=DAY, keep_days=600) == Tidied()
    with store.writing(stored_world) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G7", consent=False)])
    gone = lists_shown.tidy(stored_world, tmp_path, day=DAY, keep_days=600)
    assert gone == Tidied(n_lines=1)
    assert records(exposures.lists_dir(tmp_path)) == kept


def test_a_key_goes_with_the_last_list_of_its_year(stored_world: Engine, tmp_path: Path) -> None:
    old = make_list(day=date(2024, 5, 15), person=person(tmp_path, "G1", 2024))
    write(tmp_path, [old, make_list(day=date(2025, 5, 15), person=person(tmp_path, "G1", 2025))])
    person(tmp_path, "G7", 2026)
    gone = lists_shown.tidy(stored_world, tmp_path, day=DAY, keep_days=600)
    assert gone == Tidied(n_days=1, n_keys=1)
    assert Pseudonyms(exposures.keys_dir(tmp_path)).years() == [2025, 2026]


def test_a_disk_that_fails_does_not_stop_the_night(
    stored_world: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [make_list(day=date(2020, 1, 1))])

    def fails(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(day_files, "drop_before", fails)
    assert lists_shown.tidy(stored_world, tmp_path, day=DAY, keep_days=1) == Tidied()


def test_where_nothing_was_logged_there_is_nothing_to_tidy(
    stored_world: Engine, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert lists_shown.tidy(stored_world, home, day=DAY, keep_days=1) == Tidied()
    assert not home.exists()


def test_lists_are_counted_by_who_asked_and_by_version(tmp_path: Path) -> None:
    write(
        tmp_path,
        [
            make_list(person="ab", day=OLD),
            make_list(via="page", model=4),
            kiosk_list(1, swapped=7),
            wanted(kiosk_list(1)),
        ],
    )
    path = exposures.lists_dir(tmp_path) / "2026-05-15.jsonl"
    path.write_bytes(path.read_bytes() + b"{")
    counts = lists_shown.count_lists(tmp_path)
    assert (counts.n_lists, counts.n_named, counts.n_explored, counts.n_steps) == (3, 1, 1, 1)
    assert (counts.n_damaged, counts.first_day, counts.last_day) == (1, OLD, DAY)
    assert counts.by_via == {"kiosk": 1, "officer": 1, "page": 1}
    assert counts.by_model == {3: 2, 4: 1}
