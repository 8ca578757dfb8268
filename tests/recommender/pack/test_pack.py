from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from recommender.data import reference as tables
from recommender.errors import FairClosed, NotFound, PackRefused
from recommender.pack import box, contents, keys, proof
from recommender.pack.make import make
from recommender.pack.opened import HallClock, Pack
from recommender.placements import PlacementDesk, rank_profile
from recommender.year import fair_desk
from tests.recommender.pack import halls
from tests.recommender.pack.conftest import Packed

MINUTE = timedelta(minutes=1)


def refusal(content: bytes, packed: Packed, now: object = halls.STARTS) -> str:
    with pytest.raises(PackRefused) as refused:
        halls.opened(content, packed.home, now)  # type: ignore[arg-type]  # a moment
    return refused.value.code


def resealed(packed: Packed, members: dict[str, bytes], **facts: object) -> bytes:
    """Seal other members or facts with the server's own key, as if it had made them."""
    key = keys.signing_key(packed.home)
    was = box.unseal(packed.made.content, keys.public_of(key))
    return box.seal({**was.manifest, **facts}, {**was.members, **members}, key)


# --- what is refused --------------------------------------------------------------------------


def test_a_byte_changed_anywhere_is_refused(packed: Packed) -> None:
    content = packed.made.content
    drawn = np.random.default_rng(20).choice(len(content), 200, replace=False)
    head = len(b"PLACEMENT-PACK 1\n") + 64 + 8
    for place in [*range(head), *map(int, drawn)]:
        for flip in (0x01, 0x80):
            changed = bytearray(content)
            changed[place] ^= flip
            refusal(bytes(changed), packed)


def test_a_byte_changed_in_any_member_names_it(packed: Packed) -> None:
    content = packed.made.content
    sealed = box.unseal(content, packed.made.key)
    for name, member in sealed.members.items():
        start = content.rindex(member)
        changed = bytearray(content)
        changed[start + len(member) // 2] ^= 0x10
        with pytest.raises(PackRefused) as refused:
            halls.opened(bytes(changed), packed.home)
        assert refused.value.code == "tampered"
        assert refused.value.facts[0] in {
            other for other, same in sealed.members.items() if same == member
        }, name


@pytest.mark.parametrize("kept", [0, 5, 16, 17, 80, 89, 500, -1, -1000])
def test_a_pack_cut_short_is_refused(packed: Packed, kept: int) -> None:
    assert refusal(packed.made.content[:kept], packed) in {"cut_short", "tampered"}


def test_a_byte_too_many_is_refused(packed: Packed) -> None:
    assert refusal(packed.made.content + b"\0", packed) == "tampered"


def test_what_is_no_pack_is_refused(packed: Packed) -> None:
    assert refusal(b"PK\x03\x04 a zip file", packed) == "not_a_pack"


def test_another_format_is_said_with_both_numbers(packed: Packed) -> None:
    with pytest.raises(PackRefused) as refused:
        halls.opened(packed.made.content.replace(b"PACK 1\n", b"PACK 2\n", 1), packed.home)
    assert (refused.value.code, *refused.value.facts) == ("other_format", "2", "1")


def test_a_pack_of_another_server_is_refused(packed: Packed, tmp_path: object) -> None:
    key = keys.of_seed(b"\7" * 32)
    was = box.unseal(packed.made.content, packed.made.key)
    assert refusal(box.seal(was.manifest, was.members, key), packed) == "other_key"


def test_a_key_that_the_pack_names_is_never_trusted(packed: Packed) -> None:
    # The forger signs, and names the server's key: neither key fits both.
    key = keys.of_seed(b"\7" * 32)
    was = box.unseal(packed.made.content, packed.made.key)
    forged = box.seal(was.manifest, was.members, key)
    named = forged.replace(keys.public_of(key).encode(), packed.made.key.encode())
    assert refusal(named, packed) == "tampered"


def test_a_pack_holds_from_an_hour_before_the_start_for_four_hours(packed: Packed) -> None:
    content, opens = packed.made.content, halls.STARTS - timedelta(hours=1)
    ends = halls.STARTS + timedelta(hours=4)
    assert refusal(content, packed, opens - MINUTE) == "not_yet"
    assert refusal(content, packed, ends) == "expired"
    for now in (opens, ends - MINUTE):
        halls.opened(content, packed.home, now)


def test_other_tables_of_the_program_are_refused(
    packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "tables_digest", lambda: "0" * 64)
    assert refusal(packed.made.content, packed) == "other_tables"


def test_a_program_that_ranks_otherwise_is_refused(packed: Packed) -> None:
    sealed = box.unseal(packed.made.content, packed.made.key)
    told = json.loads(sealed.members["proof.json"])
    first = next(each for each in told if len(each["ranking"]) > 1)
    first["ranking"].reverse()
    content = resealed(packed, {"proof.json": box.to_json(told)})
    assert refusal(content, packed) == "other_answers"


def test_a_journal_key_that_is_not_the_manifests_is_refused(packed: Packed) -> None:
    assert refusal(resealed(packed, {"journal.key": b"\1" * 32}), packed) == "tampered"


def test_no_pack_of_an_unknown_closed_or_past_fair(packed: Packed, tmp_path: object) -> None:
    where = packed.engine, packed.home / "models", packed.home
    with pytest.raises(NotFound):
        make(*where, "F9", now=halls.EVENING)
    with pytest.raises(PackRefused) as over:
        make(*where, "F1", now=halls.STARTS + timedelta(days=1))
    assert over.value.code == "fair_over"
    with pytest.raises(PackRefused) as late:
        make(*where, "F1", now=halls.STARTS + timedelta(hours=5))
    assert late.value.code == "ends_first"


def test_no_pack_of_a_closed_fair(stored_fair: Packed) -> None:
    fair_desk.close(stored_fair.engine, halls.clerk(-20), "F1")
    with pytest.raises(FairClosed):
        halls.made(stored_fair.engine, stored_fair.home)


@pytest.mark.parametrize("written", ["", "7a", "g" * 64, "/nowhere/key.pub"])
def test_what_is_no_public_key_is_refused(written: str) -> None:
    with pytest.raises(PackRefused) as refused:
        keys.read_public(written)
    assert refused.value.code == "not_a_key"


# --- keys -------------------------------------------------------------------------------------


def test_the_private_key_is_the_owners_alone(packed: Packed) -> None:
    file = packed.home / "packs" / "signing.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    try:
        with pytest.raises(PackRefused) as refused:
            keys.signing_key(packed.home)
        assert refused.value.code == "loose_key"
    finally:
        file.chmod(0o600)


def test_a_public_key_is_read_from_its_file_too(packed: Packed) -> None:
    file = packed.home / "packs" / "signing.pub"
    assert keys.read_public(str(file)) == keys.read_public(packed.made.key.upper())


def test_another_key_opens_no_earlier_pack_and_stays_known_for_journals(
    stored_fair: Packed,
) -> None:
    before = stored_fair.made.key
    after = keys.public_of(keys.new_signing_key(stored_fair.home))
    assert refusal(stored_fair.made.content, stored_fair) == "other_key"
    assert keys.own_keys(stored_fair.home) == (after, before)


# --- what a pack is ---------------------------------------------------------------------------


def test_the_same_places_and_times_make_the_same_bytes(packed: Packed) -> None:
    assert halls.made(packed.engine, packed.home).content == packed.made.content


def test_nothing_personal_is_in_a_pack(packed: Packed) -> None:
    found = [name for name in halls.CANARIES if name.encode() in packed.made.content]
    assert found == []
    assert packed.token.encode() not in packed.made.content
    # The search finds what is there: the posts' enterprises are.
    assert "示例企业3".encode() in packed.made.content


def profiles() -> list[dict[str, object]]:
    """Give 50 people: five trades, three levels, four homes, adults and not."""
    trades = ("焊接加工", "数控加工", "电气设备安装与维修", "幼儿教育", "没有这个专业")
    levels, homes = ("五级", "四级", "三级"), ("济宁市", "潍坊市", "370811", "青岛市")
    return [
        {"trade": trade, "skill_level": level, "home_region": home}
        | ({"adult_on": "2000-01-01"} if n % 2 else {"wish_regions": "370700", "wish_pay": "5000"})
        for n, (trade, level, home) in enumerate(product(trades, levels, homes))
    ][:50]


def test_a_hall_gives_the_same_top_ten_as_the_server(packed: Packed, pack: Pack) -> None:
    desk = PlacementDesk(
        packed.engine,
        packed.home / "models",
        today=lambda: halls.FAIR,
        now=lambda: halls.EVENING,
    )
    held, lists = pack.contents, set()
    for profile in profiles():
        there, here = (
            desk.rank_for_profile(profile),
            rank_profile(held.artefact, held.market, profile),
        )
        assert [replace(line, post=replace(line.post, contact=None)) for line in there.ranking] == (
            list(here.ranking)
        )
        assert replace(there, ranking=()) == replace(here, ranking=())
        lists.add(tuple(line.post.post_id for line in here.ranking))
    assert len(lists) > 20  # they are not all alike
    assert max(map(len, lists)) == 10


def test_of_places_a_pack_knows_counts_and_not_whose(packed: Packed, pack: Pack) -> None:
    free = {
        post.post_id: post.headcount - pack.contents.market.standing.confirmed[post.post_id]
        for post in pack.contents.market.posts
    }
    # P02 has 3 places, of which one is held; P05 has 3, of which one is signed.
    assert (free["P02"], free["P05"]) == (2, 2)
    # P01 and P09 of the agreement's enterprise have 2 and 1 places, all three reserved.
    assert (free["P01"], free["P09"]) == (0, 0)
    at = {post.post_id: n for n, post in enumerate(pack.contents.market.posts)}
    wanted = pack.contents.wanted
    assert [wanted[at[name]] for name in ("P01", "P02", "P05", "P09")] == [2, 2, 2, 1]


def test_the_proof_asks_different_people(pack: Pack) -> None:
    asked = proof.questions()
    assert len(asked) == proof.N_QUESTIONS
    assert len({json.dumps(each) for each in asked}) == proof.N_QUESTIONS
    assert sum(bool(each["ranking"]) for each in pack.contents.proof) >= proof.N_QUESTIONS // 2


def test_what_officers_decided_travels_with_the_pack(pack: Pack) -> None:
    plain = tables.load_reference()
    decided = contents._reference(
        {
            "pairs": {"焊接加工": [["6-31-01-03", 0.5, "officer", None]]},
            "trade_names": {"焊接": "焊接加工"},
            "occupations": {"6-99-99-99": "新工"},
            "occupation_heirs": {"6-18-02-04": [["6-99-99-99", 1.0]]},
            "trade_heirs": {},
        }
    )
    again = contents._reference(json.loads(box.to_json(contents._decisions(decided))))
    assert again == decided
    assert decided.pairs["焊接加工"] != plain.pairs["焊接加工"]


# --- the clock --------------------------------------------------------------------------------


def test_a_clock_set_back_does_not_make_the_hall_younger() -> None:
    hands, steady = halls.Hands(), iter([0.0, 600.0, 1200.0, 1300.0])
    clock = HallClock(hands, lambda: next(steady))
    hands.at = halls.STARTS - timedelta(hours=3)
    assert clock() == halls.STARTS + timedelta(minutes=10)
    hands.at = halls.STARTS + timedelta(hours=9)
    assert clock() == hands.at
