"""People belong to a college in an alliance; nobody else learns of them, whatever is asked.

Every route of the application, by every method, role and scope, about one's own people and about
others'. A new route needs its line in `service/routes.py`, and where it takes a body or parts of
its own in the address, one in `tests/service/tenants.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from recommender import access
from recommender.data import store
from recommender.domain import Graduate, Outcome, OutcomeStage
from service.routes import ROUTES
from tests.builders import DAY, make_graduate, make_outcome
from tests.service.tenants import (
    A1,
    A2,
    B1,
    FREE,
    HOLDER,
    INTERN,
    NOBODY,
    NOTHING,
    PLACED,
    SILENT,
    WAITER,
    Asker,
    Filled,
    Question,
    Tenants,
    answers,
    fill,
    graduate_id,
    leaked,
    own_methods,
    questions,
    shown,
    tenants,
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OF_PEOPLE = sorted(name for name, route in ROUTES.items() if route.of_people)
# What is asked about whose graduate; askers take turns, and between them ask all of it.
CASES = (
    (FREE, "P-open"),
    (HOLDER, "P-few"),
    (PLACED, "P-few"),
    (FREE, "P-kept"),
    (WAITER, "P-few"),
    (SILENT, "P-shut"),
    (PLACED, NOTHING),
    (INTERN, "P-open"),
)
IMPORTED = store.ImportRecord(
    day=DAY, sheets=(), n_graduates=9, n_unmapped_trades=0, n_posts=0, n_unknown_occupations=0
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Filled:
    """Fill one database for the module; each test has a copy."""
    return fill(migrated_file, tmp_path_factory.mktemp("tenants"))


@pytest.fixture
def world(tmp_path: Path, filled: Filled) -> Iterator[Tenants]:
    with tenants(tmp_path, filled) as made:
        yield made


@pytest.fixture(scope="module")
def read_world(tmp_path_factory: pytest.TempPathFactory, filled: Filled) -> Iterator[Tenants]:
    """Serve one copy to all tests whose writes are refused."""
    with tenants(tmp_path_factory.mktemp("read"), filled) as made:
        yield made


def asked(
    world: Tenants, endpoint: str, turn: int, marks: Collection[str], own: Collection[str] = ()
) -> list[Question]:
    """Give a question for each college, three for one's own, one where nobody is asked about."""
    cases = [
        (graduate_id(mark, state), post_id)
        for place, mark in enumerate(marks)
        for more in range(3 if mark in own else 1)
        for state, post_id in [CASES[(turn + 3 * more + place) % len(CASES)]]
    ]
    return list(
        dict.fromkeys(each for case in cases for each in questions(world.app, endpoint, *case))
    )


def look(world: Tenants, asker: Asker, endpoint: str, question: Question) -> int:
    """Ask, and find nobody in the answer whom the asker may not see; give the status."""
    answer = world.put(asker, question)
    told = question.told(answer)
    found = leaked(told, asker.may_read(endpoint))
    assert not found, f"{asker} asked {question}, and read of {found}: {told}"
    return answer.status_code


def one_by_one(world: Tenants) -> list[tuple[int, Asker]]:
    """Give every role: in a college of each alliance, for everybody, and where it belongs.

    An officer has every scope; the fuzz asks as everybody.
    """
    scopes = {f"{A1} college", f"{B1} college", "all"}
    roles = {None, "alliance", "enterprise", "officer"}
    some = [each for each in world.askers if each.scope in scopes or each.role in roles]
    return list(enumerate(some))


def officer_of(world: Tenants, mark: str) -> Asker:
    wanted = ("officer", f"{mark} college")
    return next(asker for asker in world.askers if (asker.role, asker.scope) == wanted)


# --- the table --------------------------------------------------------------------------------


def test_every_route_says_who_may_ask_and_whether_it_speaks_of_people(read_world: Tenants) -> None:
    served = {rule.endpoint for rule in read_world.app.url_map.iter_rules()}
    assert served - set(ROUTES) == set(), "add these to ROUTES in service/routes.py"
    assert set(ROUTES) - served == set(), "nothing answers these: take them out of ROUTES"


@pytest.mark.parametrize("endpoint", ROUTES)
def test_each_role_reads_of_its_own_people_only(
    request: pytest.FixtureRequest, read_world: Tenants, endpoint: str
) -> None:
    rules = read_world.app.url_map.iter_rules(endpoint)
    writes = any(own_methods(rule) != {"GET"} for rule in rules)
    world: Tenants = request.getfixturevalue("world") if writes else read_world
    answered, reached = set(), set()
    for turn, asker in one_by_one(world):
        put = asked(world, endpoint, turn, (A1, A2, B1), asker.sees)
        if not asker.may_ask(endpoint):
            status = look(world, asker, endpoint, put[0])
            # A page that needs somebody to sign in may send them there.
            assert status in {302, 303, 401, 403}, f"{asker} asked {endpoint} and got {status}"
            continue
        statuses = {look(world, asker, endpoint, question) for question in put}
        assert max(statuses) < 500, (str(asker), endpoint, statuses)
        answered |= statuses & answers(endpoint)
        # What a write finds done already is a conflict, to the next as to the first.
        reached |= {asker.role} if statuses & {*answers(endpoint), 409} else set()
    assert answered, f"{endpoint} was never answered: tests/service/tenants.py asks it wrongly"
    assert reached == (ROUTES[endpoint].roles or {asker.role for asker in world.askers})
    assert leaked(world.told(), frozenset()) == set()


@pytest.mark.parametrize("endpoint", ROUTES)
def test_no_other_method_tells_anything(read_world: Tenants, endpoint: str) -> None:
    one_of_each_role = {asker.role: asker for asker in reversed(read_world.askers)}.values()
    for rule in read_world.app.url_map.iter_rules(endpoint):
        (question, *_) = questions(read_world.app, endpoint, graduate_id(B1, HOLDER), "P-few")
        for method in METHODS - own_methods(rule):
            for asker in one_of_each_role:
                answer = read_world.put(asker, replace(question, method=method))
                assert answer.status_code < 500, (str(asker), method, endpoint)
                assert leaked(shown(answer), asker.sees) == set(), (str(asker), method, endpoint)
    assert leaked(read_world.told(), frozenset()) == set()


# --- somebody else's graduate is nobody -------------------------------------------------------


def told_apart(world: Tenants, asker: Asker, endpoint: str, mark: str, turn: int) -> bool:
    """Whether somebody else's graduate is answered otherwise than an id that nobody holds."""
    state, post_id = CASES[turn % len(CASES)]
    other, nobody = (
        questions(world.app, endpoint, who, post_id) for who in (graduate_id(mark, state), NOBODY)
    )
    if other == nobody:
        return False  # it asks about a post
    pairs = zip(other, nobody, strict=True)
    told = [each.told(world.put(asker, each)) for pair in pairs for each in pair]
    return told[::2] != told[1::2]


@pytest.mark.parametrize("endpoint", OF_PEOPLE)
def test_anothers_graduate_is_answered_as_nobody_is(read_world: Tenants, endpoint: str) -> None:
    for turn, asker in one_by_one(read_world):
        others = sorted({A1, A2, B1} - asker.sees)
        if others:
            mark = others[turn % len(others)]
            assert not told_apart(read_world, asker, endpoint, mark, turn), (str(asker), mark)


def test_a_key_of_another_bearer_brings_nothing_back(world: Tenants) -> None:
    theirs, ours = (officer_of(world, mark) for mark in (B1, A1))

    def hold(asker: Asker, who: str) -> TestResponse:
        (question,) = questions(world.app, "places.hold_place", who, "P-open")
        return world.put(asker, question, **{"Idempotency-Key": "k-1"})

    assert hold(theirs, graduate_id(B1, FREE)).status_code == 201
    assert shown(hold(ours, graduate_id(B1, FREE))) == shown(hold(ours, NOBODY))
    assert hold(ours, graduate_id(A1, FREE)).status_code == 201


# --- neither their number ---------------------------------------------------------------------


def read_all(world: Tenants) -> dict[tuple[str, str], str]:
    """Read what an officer and an alliance of A can read of their own people and of posts."""
    # One counts requests, one the lists that reading shows, the others never change.
    unlike = {"probes.metrics", "year.year_report", "document", "static", "bootstrap.static"}
    cases = [(graduate_id(A1, state), post_id) for state, post_id in CASES[::2]]
    put = dict.fromkeys(
        question
        for endpoint in sorted(set(ROUTES) - unlike)
        for case in cases
        for question in questions(world.app, endpoint, *case)
        if question.method == "GET"
    )
    readers = [
        next(asker for asker in world.askers if asker.role == role and A1 in asker.sees)
        for role in ("officer", "alliance")
    ]
    return {
        (asker.scope, str(question)): shown(world.put(asker, question))
        for asker in readers
        for question in put
    }


def more_people(n_people: int) -> tuple[list[Graduate], list[Outcome]]:
    """Give people of alliance B with a past and a wish, none of which takes a place asked about."""
    ids = [f"G-{B1}-{n}" for n in range(n_people)]
    people = [
        make_graduate(graduate_id=each, college=f"{B1} college", class_year=2025 + n % 2)
        for n, each in enumerate(ids)
    ]
    stage = OutcomeStage
    past = [
        make_outcome(graduate_id=each, post_id="P-past", stage=step, date=DAY - timedelta(days=ago))
        for each in ids[::2]
        for step, ago in ((stage.SIGNED, 300), (stage.STARTED, 290), (stage.LEFT, 200))
    ]
    wishes = [
        make_outcome(graduate_id=each, post_id="P-open", stage=stage.INTERESTED) for each in ids
    ]
    return people, past + wishes


def test_more_people_elsewhere_change_nothing_that_is_read(world: Tenants) -> None:
    read_all(world)  # lists that are shown are logged, and a report counts them
    world.told()
    before = read_all(world)
    people, steps = more_people(9)
    with store.writing(world.engine) as conn:
        store.save_graduates(conn, people)
        store.save_outcomes(conn, steps)
        store.append_import(conn, IMPORTED)  # so that everybody is read again
    assert read_all(world) == before


# --- the proof can fail -----------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", OF_PEOPLE)
def test_without_scopes_the_proof_finds_who_is_told(
    world: Tenants, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "within", lambda engine, grant, ids: frozenset(ids))
    monkeypatch.setattr(access, "colleges", lambda engine, grant: None)
    asker = officer_of(world, A1)
    put = [each for turn in range(len(CASES)) for each in asked(world, endpoint, turn, [B1])]
    named = any(leaked(each.told(world.put(asker, each)), asker.sees) for each in put)
    assert named or any(told_apart(world, asker, endpoint, B1, turn) for turn in range(len(CASES)))
