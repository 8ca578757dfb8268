from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recommender import access
from recommender.data import store
from recommender.domain import MemberKind
from recommender.errors import NotFound, Unreadable
from tests.builders import DAY, make_graduate, make_member, make_post

COLLEGE = MemberKind.TECHNICIAN_COLLEGE


def grant(**overrides: object) -> access.Grant:
    return access.Grant(**{"token_id": 1, "role": "officer"} | overrides)


def test_a_role_that_does_not_exist_is_refused(engine: Engine) -> None:
    with pytest.raises(Unreadable) as refusal:
        access.create_token(engine, role="king", day=DAY)
    assert (refusal.value.code, refusal.value.suggestions) == ("unknown_role", access.ROLES)


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("village", "示例村", "unknown_scope"),
        ("college", None, "scope_without_name"),
        ("college", "", "scope_without_name"),
        (None, "示例技师学院", "scope_without_name"),
    ],
)
def test_a_scope_that_says_nothing_is_refused(
    engine: Engine, kind: str | None, name: str | None, code: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        access.create_token(engine, role="officer", day=DAY, scope_kind=kind, scope_name=name)
    assert refusal.value.code == code


def test_an_alliances_role_without_an_alliance_is_refused(colleges: Engine) -> None:
    for scope in ({}, {"scope_kind": "college", "scope_name": "甲技师学院"}):
        with pytest.raises(Unreadable) as refusal:
            access.create_token(colleges, role="alliance", day=DAY, **scope)
        assert refusal.value.code == "role_of_one_alliance"
    assert access.list_tokens(colleges) == []


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("college", "甲技师学校", ("甲技师学院", "乙技师学院", "丙技师学院")),
        ("college", "示例机械有限公司", ()),
        ("alliance", "东联", ("东联盟",)),
        ("enterprise", "示例机械公司", ("示例机械有限公司",)),
    ],
)
def test_a_name_that_nobody_goes_by_is_refused_with_what_is_near(
    colleges: Engine, kind: str, name: str, near: tuple[str, ...]
) -> None:
    with pytest.raises(NotFound) as refusal:
        access.create_token(colleges, role="officer", day=DAY, scope_kind=kind, scope_name=name)
    assert (refusal.value.kind, refusal.value.key) == (kind, name)
    assert refusal.value.suggestions[: len(near)] == near
    assert bool(refusal.value.suggestions) == bool(near)
    assert access.list_tokens(colleges) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("college", "甲技师学院"),  # of the members sheet
        ("college", "丁技师学院"),  # of a roster alone
        ("alliance", "西联盟"),
        ("enterprise", "示例机械有限公司"),  # of the members sheet
        ("enterprise", "示例装备有限公司"),  # of a catalog alone
    ],
)
def test_a_name_is_known_from_whatever_sheet_has_it(colleges: Engine, kind: str, name: str) -> None:
    with store.writing(colleges) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="D", college="丁技师学院")])
        store.save_posts(conn, [make_post(enterprise="示例装备有限公司")], day=DAY)
    access.create_token(colleges, role="officer", day=DAY, scope_kind=kind, scope_name=name)
    assert [each.scope_name for each in access.list_tokens(colleges)] == [name]


def test_a_secret_nobody_made_grants_nothing(engine: Engine) -> None:
    access.create_token(engine, role="officer", day=DAY)
    assert access.grant_of(engine, "placement_guess") is None
    assert access.grant_of(engine, "") is None
    assert access.grant_of(engine, "\ud800") is None


def test_a_secret_grants_its_role_and_scope(colleges: Engine) -> None:
    secret = access.create_token(
        colleges, role="officer", day=DAY, scope_kind="college", scope_name="甲技师学院"
    )
    found = access.grant_of(colleges, secret)
    assert found is not None
    assert (found.role, found.scope_kind, found.scope_name) == ("officer", "college", "甲技师学院")
    assert not found.is_for_all


def test_two_secrets_are_never_alike(engine: Engine) -> None:
    made = {access.create_token(engine, role="kiosk", day=DAY) for _ in range(5)}
    assert len(made) == 5
    # 256 bits in base64 without padding are 43 characters.
    assert {len(secret) for secret in made} == {len(access.PREFIX) + 43}


def test_the_secret_is_stored_nowhere(sqlite_engine: Engine, tmp_path: Path) -> None:
    secret = access.create_token(sqlite_engine, role="admin", day=DAY)
    sqlite_engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("placement.sqlite3*"))
    assert secret.encode() not in stored
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in stored


@pytest.mark.parametrize("by", ["number", "secret"])
def test_a_revoked_token_grants_nothing_at_once(engine: Engine, by: str) -> None:
    secret = access.create_token(engine, role="officer", day=DAY)
    kept = access.create_token(engine, role="officer", day=DAY)
    found = access.grant_of(engine, secret)
    assert found is not None
    access.revoke_token(engine, secret if by == "secret" else str(found.token_id))
    assert access.grant_of(engine, secret) is None
    assert access.grant_of(engine, kept) is not None


def test_a_token_that_does_not_exist_cannot_be_revoked(engine: Engine) -> None:
    with pytest.raises(NotFound) as refusal:
        access.revoke_token(engine, "77")
    assert (refusal.value.kind, refusal.value.key) == ("token", "77")


def test_a_wrong_secret_is_not_repeated_in_the_refusal(engine: Engine) -> None:
    with pytest.raises(NotFound) as refusal:
        access.revoke_token(engine, "placement_mistyped")
    assert "mistyped" not in str(refusal.value)


def test_a_token_is_revoked_once(engine: Engine) -> None:
    secret = access.create_token(engine, role="officer", day=DAY)
    access.revoke_token(engine, secret)
    with pytest.raises(NotFound):
        access.revoke_token(engine, secret)


@pytest.fixture
def colleges(engine: Engine) -> Engine:
    """Store one graduate of each of three colleges; two colleges are of one alliance."""
    graduates = [
        make_graduate(graduate_id="A", college="甲技师学院"),
        make_graduate(graduate_id="B", college="乙技师学院"),
        make_graduate(graduate_id="C", college="丙技师学院"),
    ]
    members = [
        make_member(name="甲技师学院", alliance="东联盟", kind=COLLEGE),
        make_member(name="乙技师学院", alliance="东联盟", kind=COLLEGE),
        make_member(name="丙技师学院", alliance="西联盟", kind=COLLEGE),
        make_member(name="示例机械有限公司", alliance="西联盟"),
    ]
    with store.writing(engine) as conn:
        store.save_graduates(conn, graduates, [])
        store.save_members(conn, members)
    return engine


@pytest.mark.parametrize(
    ("kind", "name", "seen"),
    [
        (None, None, {"A", "B", "C", "nobody"}),
        ("college", "甲技师学院", {"A"}),
        ("alliance", "东联盟", {"A", "B"}),
        ("alliance", "没有的联盟", set()),
        ("enterprise", "示例机械有限公司", set()),
    ],
)
def test_a_scope_covers_its_own_graduates(
    colleges: Engine, kind: str | None, name: str | None, seen: set[str]
) -> None:
    bearer = grant(scope_kind=kind, scope_name=name)
    assert access.within(colleges, bearer, ["A", "B", "C", "nobody"]) == seen


def test_an_alliances_role_that_has_none_sees_nobody(colleges: Engine) -> None:
    # Made before such a token was refused.
    bearer = grant(role="alliance")
    assert access.within(colleges, bearer, ["A", "B", "C"]) == frozenset()
    with pytest.raises(NotFound):
        access.require_within(colleges, bearer, "A")


def test_a_graduate_outside_the_scope_is_as_unknown_as_nobody(colleges: Engine) -> None:
    bearer = grant(scope_kind="college", scope_name="甲技师学院")
    access.require_within(colleges, bearer, "A")
    for other in ("B", "nobody"):
        with pytest.raises(NotFound) as refusal:
            access.require_within(colleges, bearer, other)
        assert (refusal.value.kind, refusal.value.key) == ("graduate", other)
