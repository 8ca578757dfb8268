from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import Busy, NotFound, PackRefused, ReplayMismatch
from recommender.pack import journal as journals
from recommender.pack.hall import is_number, with_check
from recommender.pack.journal import Journal
from recommender.pack.opened import Pack
from recommender.year.fair_desk import LETTERS
from tests.recommender.pack import halls
from tests.recommender.pack.conftest import Packed
from tests.recommender.pack.halls import STARTS, Hands, draws, hall_of

HOUR = timedelta(hours=1)
WALK_IN = "ABCDEFGH"
NINE = with_check(WALK_IN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f1.pack.journal"


def code(refused: pytest.ExceptionInfo[PackRefused]) -> str:
    return refused.value.code


def filled(pack: Pack, path: Path) -> bytes:
    """Write a journal: two slips and three marks, the last a change of rank."""
    hands = Hands()
    hall, journal = hall_of(pack, path, hands, draw=draws(WALK_IN, "22223333"))
    with journal:
        number = hall.issue().slip
        hall.issue()
        for minutes, post, rank in ((1, "P01", None), (2, "P02", 1), (3, "P01", 2)):
            hands.at = STARTS + timedelta(minutes=minutes)
            hall.mark(number, post, rank=rank)
    return path.read_bytes()


# --- what is refused --------------------------------------------------------------------------


def test_after_its_end_a_hall_marks_nothing_and_says_why(pack: Pack, path: Path) -> None:
    hands = Hands()
    hall, journal = hall_of(pack, path, hands)
    with journal:
        hands.at = STARTS + 4 * HOUR
        for ask in (hall.issue, hall.require_open, lambda: hall.mark(NINE, "P01")):
            with pytest.raises(PackRefused) as refused:
                ask()
            assert code(refused) == "expired"


def test_a_clock_set_back_after_the_end_does_not_revive_the_pack(pack: Pack, path: Path) -> None:
    hands = Hands()
    hall, journal = hall_of(pack, path, hands)
    with journal, pytest.raises(PackRefused):
        hands.at = STARTS + 4 * HOUR
        hall.require_open()
    hands.at = STARTS + HOUR
    with pytest.raises(PackRefused) as refused:
        hall_of(pack, path, hands)
    assert code(refused) == "clock_back"


@pytest.mark.parametrize("slip", ["ABCDEFG", "ABCDEFGHJ", "ABCDEFG0", "", NINE[:8] + "Z"])
def test_a_number_that_no_slip_has_is_unknown(pack: Pack, path: Path, slip: str) -> None:
    hall, journal = hall_of(pack, path, Hands())
    with journal, pytest.raises(NotFound) as refused:
        hall.mark(slip, "P01")
    assert refused.value.kind == "slip"


@pytest.mark.parametrize("post_id", ["P00", "P99", ""])
def test_a_post_without_a_booth_is_not_marked(pack: Pack, path: Path, post_id: str) -> None:
    hall, journal = hall_of(pack, path, Hands())
    with journal, pytest.raises(NotFound) as refused:
        hall.mark(NINE, post_id)
    assert refused.value.kind == "post_at_fair"


def test_a_second_process_is_refused_the_journal(pack: Pack, path: Path) -> None:
    _, journal = hall_of(pack, path, Hands())
    with journal, pytest.raises(Busy):
        Journal(path, pack, STARTS)
    Journal(path, pack, STARTS).close()


def test_a_changed_line_is_refused_by_its_number(packed: Packed, pack: Pack, path: Path) -> None:
    content = filled(pack, path)
    lines = content.splitlines(keepends=True)
    assert len(lines) == 6
    third = lines[2].replace(b"P01", b"P02").replace(b"22223333", b"22223334")
    for changed in (
        [*lines[:2], third, *lines[3:]],
        [*lines[:2], *lines[3:]],  # left out
        [*lines[:3], lines[2], *lines[3:]],  # put in twice
        [*lines[:2], lines[3], lines[2], *lines[4:]],  # the other way round
    ):
        with pytest.raises(PackRefused) as refused:
            journals.read(b"".join(changed), [packed.made.key])
        assert (code(refused), refused.value.facts[0]) in {
            ("journal_tampered", "3"),
            ("journal_tampered", "4"),
        }


def test_any_byte_of_a_journal_changed_is_refused(packed: Packed, pack: Pack, path: Path) -> None:
    content = filled(pack, path)
    for place in range(0, len(content) - 1, 29):
        changed = bytearray(content)
        changed[place] ^= 0x02
        with pytest.raises(PackRefused):
            journals.read(bytes(changed), [packed.made.key])


@pytest.mark.parametrize(
    "content", [b"", b"nothing\n", b"{} 00\n", b"\xff\n", b'{"manifest":1} 0\n']
)
def test_what_is_no_journal_is_refused(packed: Packed, content: bytes) -> None:
    with pytest.raises(PackRefused) as refused:
        journals.read(content, [packed.made.key])
    assert code(refused) == "journal_not_one"


def test_the_journal_of_a_server_that_nobody_knows_is_refused(pack: Pack, path: Path) -> None:
    content = filled(pack, path)
    with pytest.raises(PackRefused) as refused:
        journals.read(content, ["0" * 64])
    assert code(refused) == "journal_unknown_key"


def test_the_journal_of_another_pack_is_not_gone_on_with(
    packed: Packed, pack: Pack, path: Path
) -> None:
    filled(pack, path)
    other = halls.made(packed.engine, packed.home, now=halls.EVENING + HOUR)
    with pytest.raises(PackRefused) as refused:
        Journal(path, halls.opened(other.content, packed.home), STARTS + HOUR)
    assert code(refused) == "journal_of_another"


def test_a_key_used_for_something_else_is_refused(pack: Pack, path: Path) -> None:
    hall, journal = hall_of(pack, path, Hands())
    with journal:
        hall.issue(key="k")
        with pytest.raises(ReplayMismatch):
            hall.mark(NINE, "P01", key="k")


# --- numbers ----------------------------------------------------------------------------------


@given(st.text(LETTERS, min_size=8, max_size=8), st.integers(0, 8), st.integers(1, 31))
def test_one_wrong_letter_is_noticed(number: str, place: int, step: int) -> None:
    right = with_check(number)
    letter = LETTERS[(LETTERS.index(right[place]) + step) % 32]
    assert is_number(right)
    assert not is_number(right[:place] + letter + right[place + 1 :])


def test_the_ninth_letter_is_the_sum_by_odd_weights() -> None:
    # 2 is 0, 3 is 1, 4 is 2: 1·1 + 3·2 = 7, and the letter of 7 is 9.
    assert with_check("34222222") == "342222229"


def test_a_number_of_the_hall_is_never_one_of_the_server(pack: Pack, path: Path) -> None:
    hall, journal = hall_of(pack, path, Hands())
    with journal:
        numbers = {hall.issue().slip for _ in range(20)}
    assert len(numbers) == 20
    assert {len(number) for number in numbers} == {9}  # the server's have eight


def test_a_number_drawn_twice_is_given_once(pack: Pack, path: Path) -> None:
    draw = draws(WALK_IN, WALK_IN, WALK_IN, "22223333")
    hall, journal = hall_of(pack, path, Hands(), draw=draw)
    with journal:
        assert hall.issue().slip != hall.issue().slip


# --- what is kept -----------------------------------------------------------------------------


def test_the_board_shows_places_of_the_pack_and_marks_of_the_hall(pack: Pack, path: Path) -> None:
    filled(pack, path)
    hall, journal = hall_of(pack, path, Hands(STARTS + HOUR))
    with journal:
        board = hall.board()
    shown = {line.post.post_id: line for booth in board.booths for line in booth.posts}
    # Booths A1 to A3: five posts each, P01, P09, P17 … of the first.
    assert len(shown) == 15
    assert {name: line.n_wanting for name, line in shown.items() if line.n_wanting} == {
        "P01": 1,
        "P02": 1,
    }
    assert (shown["P01"].open_places, shown["P02"].open_places) == (2, 2)
    assert board.n_unclaimed == 2


def test_a_hall_goes_on_where_it_stopped(pack: Pack, path: Path) -> None:
    before = filled(pack, path)
    hall, journal = hall_of(pack, path, Hands(STARTS + HOUR), draw=draws(WALK_IN, "44445555"))
    with journal:
        assert hall.issue().slip == with_check("44445555")  # WALK_IN was given already
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == before.count(b"\n") + 1


def test_a_question_is_noted_once_a_minute(pack: Pack, path: Path) -> None:
    hands = Hands()
    hall, journal = hall_of(pack, path, hands)
    with journal:
        for seconds in (10, 59, 60, 90, 119, 120):
            hands.at = STARTS + timedelta(seconds=seconds)
            hall.require_open()
    assert path.read_bytes().count(b"\n") == 1 + 2  # opened at 0 s, seen at 60 s and at 120 s


def test_an_answer_lost_on_the_way_is_given_again_after_a_restart(pack: Pack, path: Path) -> None:
    hall, journal = hall_of(pack, path, Hands())
    with journal:
        slip, mark = hall.issue(key="a"), hall.mark(NINE, "P01", rank=1, key="b")
    hall, journal = hall_of(pack, path, Hands())
    size = path.stat().st_size
    with journal:
        assert (hall.issue(key="a"), hall.mark(NINE, "P01", rank=1, key="b")) == (slip, mark)
    assert path.stat().st_size == size


def test_half_a_line_that_a_power_cut_left_is_cut_off(pack: Pack, path: Path) -> None:
    whole = filled(pack, path)
    path.write_bytes(whole + b'{"n":7,"kind":"mar')
    _, journal = hall_of(pack, path, Hands(STARTS + HOUR))
    journal.close()
    assert path.read_bytes() == whole


def test_a_journal_that_broke_off_in_its_first_line_is_begun_again(pack: Pack, path: Path) -> None:
    whole = filled(pack, path)
    path.write_bytes(whole[:100])
    _, journal = hall_of(pack, path, Hands())
    with journal:
        assert path.read_bytes() != whole[:100]
        assert path.read_bytes().count(b"\n") == 1


_KILLED = """
import sys
from pathlib import Path
from recommender.pack.journal import Journal
from recommender.pack.hall import Hall
from tests.recommender.pack import halls
pack = halls.opened(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]))
hall = Hall(pack, Journal(Path(sys.argv[3]), pack, halls.STARTS), halls.Hands())
while True:
    print(hall.issue().slip, flush=True)
"""


def test_what_was_answered_before_a_kill_is_in_the_journal(
    packed: Packed, pack: Pack, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "f1.pack"
    file.write_bytes(packed.made.content)
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(file), str(packed.home), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(25)]
        os.kill(process.pid, signal.SIGKILL)
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
    known = journals.read(path.read_bytes(), [packed.made.key])
    kept = [entry.facts["is"]["slip"] for entry in known.entries if entry.kind == journals.SLIP]
    assert kept[: len(told)] == told
    assert len(kept) <= len(told) + 1  # one may have been on disk, and not told yet


def test_a_journal_holds_no_profile_and_no_name(pack: Pack, path: Path) -> None:
    filled(pack, path)
    said = [json.loads(line.rpartition(b" ")[0]) for line in path.read_bytes().splitlines()]
    assert set().union(*said) == {
        *("n", "kind", "at", "before"),
        *("manifest", "signature"),  # of the pack
        "is",
    }
