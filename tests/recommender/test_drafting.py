"""What the entries of a draft come to."""

from __future__ import annotations

from datetime import UTC, datetime

from recommender.drafting import DraftAction, DraftEntry, decided

AT = datetime(2026, 5, 15, tzinfo=UTC)


def entries(*told: tuple[object, ...]) -> list[DraftEntry]:
    """Make entries of (action, graduate, post or number that is undone, reason)."""
    made = []
    for number, (action, *about) in enumerate(told, start=1):
        facts: dict[str, object] = {}
        if action is DraftAction.ASSIGNED:
            facts["placed"] = about[0]
        elif action is DraftAction.UNDONE:
            facts["undoes"] = about[0]
        else:
            facts |= dict(zip(("graduate_id", "post_id", "reason"), about, strict=False))
        made.append(DraftEntry(number=number, at=AT, who="w", action=action, **facts))  # type: ignore[arg-type]
    return made


RUN = (DraftAction.ASSIGNED, {"G1": "P1", "G2": "P2"})


def test_nothing_comes_of_no_entries() -> None:
    assert decided([]).placed == {}


def test_a_move_takes_from_one_post_to_another_or_to_none() -> None:
    now = decided(entries(RUN, (DraftAction.MOVED, "G1", "P3"), (DraftAction.MOVED, "G2", None)))
    assert (now.placed, now.moved) == ({"G1": "P3"}, {"G1", "G2"})


def test_a_veto_takes_away_the_post_and_the_pin() -> None:
    told = entries(RUN, (DraftAction.PINNED, "G1", "P1"), (DraftAction.VETOED, "G1", "P1", "far"))
    now = decided(told)
    assert (now.placed, now.fixed) == ({"G2": "P2"}, {})
    assert now.barred == {("G1", "P1"): "far"}


def test_what_is_undone_is_as_if_it_had_not_been_and_stays_among_the_entries() -> None:
    told = entries(RUN, (DraftAction.VETOED, "G1", "P1", "far"), (DraftAction.UNDONE, 2))
    now = decided(told)
    assert (now.placed, now.barred) == ({"G1": "P1", "G2": "P2"}, {})
    assert now.standing == {1, 3}


def test_an_undoing_can_be_undone() -> None:
    told = entries(
        RUN,
        (DraftAction.MOVED, "G1", "P3"),
        (DraftAction.UNDONE, 2),
        (DraftAction.UNDONE, 3),
    )
    now = decided(told)
    assert (now.placed["G1"], now.standing) == ("P3", {1, 2, 4})


def test_undoing_an_earlier_move_leaves_a_later_one() -> None:
    told = entries(
        RUN,
        (DraftAction.MOVED, "G1", "P3"),
        (DraftAction.MOVED, "G1", "P4"),
        (DraftAction.UNDONE, 2),
    )
    assert decided(told).placed["G1"] == "P4"


def test_another_run_keeps_pins_and_vetoes_and_forgets_moves() -> None:
    told = entries(
        RUN,
        (DraftAction.PINNED, "G2", "P2"),
        (DraftAction.VETOED, "G1", "P1", "far"),
        (DraftAction.MOVED, "G1", "P4"),
        (DraftAction.ASSIGNED, {"G1": "P3", "G2": "P2"}),
    )
    now = decided(told)
    assert now.placed == {"G1": "P3", "G2": "P2"}
    assert (now.fixed, set(now.barred), now.moved) == ({"G2": "P2"}, {("G1", "P1")}, set())
