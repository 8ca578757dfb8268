from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.engine import Engine

from recommender.__main__ import program
from recommender.data import fair_desk as kept
from recommender.data import interested, schema, store
from recommender.domain import InterestSide, OutcomeStage
from recommender.errors import FairClosed, PackRefused
from recommender.fairs import Slip
from recommender.pack import hand_in as use_case
from recommender.pack import keys
from recommender.pack.hand_in import HandedIn, Left
from recommender.year import fair_desk
from tests.recommender.pack import halls
from tests.recommender.pack.conftest import Packed
from tests.recommender.pack.halls import CODES, STARTS, Hands, draws, hall_of
from tests.recommender.pack.test_hall import NINE, WALK_IN

HOUR = timedelta(hours=1)
UNKNOWN = "ZZZZ2222"  # eight letters: of the server, which never gave it out


@pytest.fixture
def journal(stored_fair: Packed, tmp_path: Path) -> bytes:
    """Give a journal of 09:00 to 09:03: a walk-in, who marks P01 and P02, and a wrong number."""
    return written(stored_fair, tmp_path / "one.journal")


def written(packed: Packed, path: Path, *marks: tuple[str, str]) -> bytes:
    hands = Hands()
    hall, opened = hall_of(packed.pack, path, hands, draw=draws(WALK_IN))
    with opened:
        hall.issue()
        for n, (slip, post) in enumerate(
            marks or ((NINE, "P01"), (NINE, "P02"), (UNKNOWN, "P01")), start=1
        ):
            hands.at = STARTS + timedelta(minutes=n)
            hall.mark(slip, post, rank=n)
    return path.read_bytes()


def take(packed: Packed, content: bytes) -> HandedIn:
    trusted = keys.own_keys(packed.home)
    return use_case.hand_in(packed.engine, halls.clerk(), content, trusted)


def everything(engine: Engine) -> dict[str, list[Any]]:
    with store.reading(engine) as conn:
        return {
            name: [tuple(row) for row in conn.execute(sa.select(table))]
            for name, table in schema.metadata.tables.items()
        }


# --- what is refused --------------------------------------------------------------------------


def test_a_journal_of_a_closed_fair_is_refused(stored_fair: Packed, journal: bytes) -> None:
    fair_desk.close(stored_fair.engine, halls.clerk(), "F1")
    before = everything(stored_fair.engine)
    with pytest.raises(FairClosed):
        take(stored_fair, journal)
    assert everything(stored_fair.engine) == before


def test_a_changed_journal_is_refused_whole(stored_fair: Packed, journal: bytes) -> None:
    before = everything(stored_fair.engine)
    with pytest.raises(PackRefused) as refused:
        take(stored_fair, journal.replace(b'"rank":2', b'"rank":1'))
    assert (refused.value.code, refused.value.facts) == ("journal_tampered", ("4",))
    assert everything(stored_fair.engine) == before


def test_a_journal_of_another_servers_pack_is_refused(
    stored_fair: Packed, journal: bytes, tmp_path: Path
) -> None:
    with pytest.raises(PackRefused) as refused:
        use_case.hand_in(stored_fair.engine, halls.clerk(), journal, keys.own_keys(tmp_path))
    assert refused.value.code == "journal_unknown_key"


# --- what is taken ----------------------------------------------------------------------------


def test_slips_and_marks_come_home_and_the_wrong_number_is_named(
    stored_fair: Packed, journal: bytes
) -> None:
    done = take(stored_fair, journal)
    assert (done.n_slips, done.n_marks, done.n_known) == (1, 2, 0)
    # The first line opens the journal, the second is the slip.
    assert done.left == (Left(line=5, code="unknown_slip", slip=UNKNOWN, post_id="P01"),)
    with store.reading(stored_fair.engine) as conn:
        (slip,) = kept.load_slips(conn, "F1")
        marks = kept.load_marks(conn, "F1")
    assert slip == Slip(fair_id="F1", slip=NINE, issued_at=STARTS)
    assert [(made.post_id, made.rank, made.side) for made in marks] == [
        ("P01", 1, InterestSide.GRADUATE),
        ("P02", 2, InterestSide.GRADUATE),
    ]
    assert {made.who for made in marks} == {f"pack {stored_fair.made.pack_id}"}
    assert marks[0].at == STARTS + timedelta(minutes=1)


def test_handing_in_twice_changes_nothing(stored_fair: Packed, journal: bytes) -> None:
    take(stored_fair, journal)
    before = everything(stored_fair.engine)
    again = take(stored_fair, journal)
    assert (again.n_slips, again.n_marks, again.n_known) == (0, 0, 3)
    assert everything(stored_fair.engine) == before


def test_a_longer_journal_adds_what_is_new(stored_fair: Packed, tmp_path: Path) -> None:
    whole = written(stored_fair, tmp_path / "whole.journal")
    half = b"".join(whole.splitlines(keepends=True)[:3])
    assert (take(stored_fair, half).n_slips, take(stored_fair, whole).n_marks) == (1, 1)


def test_what_was_changed_on_the_server_later_stays(stored_fair: Packed, journal: bytes) -> None:
    take(stored_fair, journal)
    fair_desk.mark(stored_fair.engine, halls.clerk(5), "F1", NINE, "P01", rank=9)
    assert take(stored_fair, journal).n_known == 3
    with store.reading(stored_fair.engine) as conn:
        ranks = {made.post_id: made.rank for made in kept.load_marks(conn, "F1")}
    assert ranks == {"P01": 9, "P02": 2}


def test_a_mark_by_a_graduates_own_slip_is_their_wish(stored_fair: Packed, tmp_path: Path) -> None:
    own = fair_desk.issue(
        stored_fair.engine,
        halls.clerk(-24),
        "F1",
        graduate_id="CANARY-G1",
        draw=lambda: "KKKK3333",
    )
    done = take(stored_fair, written(stored_fair, tmp_path / "own", (own.slip, "P01")))
    assert (done.n_marks, done.left) == (1, ())
    with store.reading(stored_fair.engine) as conn:
        (wish,) = interested.load_interests(conn)
        steps = store.load_outcomes(conn, day=halls.FAIR, stages=[OutcomeStage.INTERESTED])
    assert (wish.graduate_id, wish.post_id, wish.rank) == ("CANARY-G1", "P01", 1)
    assert [(step.graduate_id, step.date) for step in steps] == [("CANARY-G1", halls.FAIR)]


def test_a_post_taken_back_meanwhile_is_named(stored_fair: Packed, journal: bytes) -> None:
    with store.writing(stored_fair.engine) as conn:
        (post,) = store.load_posts(conn, day=halls.FAIR, post_ids=["P02"])
        gone = [type(post)(**{**_fields(post), "withdrawn_on": halls.FAIR})]
        store.save_posts(conn, gone, day=halls.FAIR)
    done = take(stored_fair, journal)
    assert [(each.line, each.code) for each in done.left] == [
        (4, "unknown_post"),
        (5, "unknown_slip"),
    ]


def _fields(post: Any) -> dict[str, Any]:
    return {name: getattr(post, name) for name in type(post).__dataclass_fields__}


def test_two_laptops_with_the_same_number_are_not_mixed_up(
    stored_fair: Packed, tmp_path: Path
) -> None:
    first = written(stored_fair, tmp_path / "first")
    hands = Hands(STARTS + HOUR)
    hall, opened = hall_of(stored_fair.pack, tmp_path / "second", hands, draw=draws(WALK_IN))
    with opened:
        hall.mark(hall.issue().slip, "P09")
    take(stored_fair, first)
    done = take(stored_fair, (tmp_path / "second").read_bytes())
    assert [(each.code, each.post_id) for each in done.left] == [
        ("slip_clash", None),
        ("slip_clash", "P09"),
    ]


def test_a_journal_comes_home_after_the_key_was_changed(
    stored_fair: Packed, journal: bytes
) -> None:
    keys.new_signing_key(stored_fair.home)
    assert take(stored_fair, journal).n_marks == 2


# --- as a person drives it --------------------------------------------------------------------


def run(home: Path, *arguments: str) -> Result:
    options = ["--home", str(home), "--as-of", halls.FAIR.isoformat(), "--language", "en"]
    return CliRunner().invoke(program, [*options, *arguments])


def test_the_commands_make_check_and_hand_in(stored_fair: Packed, tmp_path: Path) -> None:
    home, file = stored_fair.home, tmp_path / "f1.pack"
    made = run(
        home, "pack", "F1", "--out", str(file), "--starts", "00:00", "--hours", "24", "--json"
    )
    assert made.exit_code == 0, made.output
    told = json.loads(made.output)
    assert (told["fair_id"], told["posts"], told["booths"]) == ("F1", 40, 3)
    assert told["bytes"] == file.stat().st_size
    key = run(home, "pack", "key").output.strip()
    assert (key, told["key"]) == (stored_fair.made.key, stored_fair.made.key)
    assert run(home, "pack", "check", str(file), "--key", key).exit_code == 0
    for arguments, said in (
        (("--key", "0" * 64), "another key"),
        ((), "--key"),
        (("--key", "zz"), "64 hexadecimal"),
    ):
        for command in (("pack", "check", str(file)), ("serve", "--pack", str(file))):
            refused = run(home, *command, *arguments)
            assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    broken = tmp_path / "broken.pack"
    broken.write_bytes(file.read_bytes()[:-1] + b"!")
    refused = run(home, "serve", "--pack", str(broken), "--key", key)
    assert (refused.exit_code, "changed or damaged" in refused.output) == (1, True)


def test_handing_in_is_said_line_by_line(
    stored_fair: Packed, journal: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "home.journal"
    file.write_bytes(journal)
    done = run(stored_fair.home, "pack", "hand-in", str(file))
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        "Fair F1: took in 1 slips and 2 marks; 0 were here already",
        f"  line 5, {UNKNOWN} → P01: nobody gave out this slip at the fair: "
        "it was written down wrongly; left out",
    ]
    again = run(stored_fair.home, "fair", "hand-in", str(file), "--json")
    assert json.loads(again.output)["known"] == 3
    file.write_bytes(journal.replace(b'"rank":2', b'"rank":1'))
    refused = run(stored_fair.home, "fair", "hand-in", str(file))
    assert (refused.exit_code, "Line 4" in refused.output) == (1, True)
    assert CODES[1] not in refused.output


@pytest.mark.parametrize(
    "command",
    [
        ("pack", "hand-in", "none.journal"),
        ("fair", "hand-in", "none.journal"),
        ("pack", "check", "none.pack", "--key", "0" * 64),
        ("serve", "--pack", "none.pack", "--key", "0" * 64),
    ],
)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    refused = run(tmp_path, *command)
    assert refused.exit_code == 2
    assert command[2] in refused.output
