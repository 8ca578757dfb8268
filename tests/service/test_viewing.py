"""Every answer that speaks of people leaves a line: who looked, by which route, at whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.access import Grant
from recommender.data.person_keys import PersonKeys
from recommender.rights import viewed
from service.routes import ROUTES
from tests.builders import DAY
from tests.service.tenants import (
    A1,
    A2,
    B1,
    FREE,
    HOLDER,
    PLACED,
    STATES,
    Asker,
    Filled,
    Tenants,
    answers,
    fill,
    graduate_id,
    questions,
    tenants,
)

OF_PEOPLE = sorted(name for name, route in ROUTES.items() if route.of_people)
# They count people and show none.
COUNTS = {
    "year.year_report",
    "guidance.guidance_now",
    "guidance.guidance_edition",
    "meetings.chain_meeting",
    "console.today.duties",
    "console.guidance.show",
    "console.guidance.sheet",
    "console.meeting.show",
    "console.meeting.sheet",
    "console.mapping.show",
    "plan.plan_enrolment",
    "plan.plan_homogeneity",
}
# At the fair that has ended nobody is with anybody; of the others a form comes first.
NOBODY_THERE = {
    "fairs.show_result",
    "console.cohort.show",
    "console.paper.codes",
    "console.imports.show",
    "console.fair.result_sheets",
    "console.floor.tablet",  # slips alone, where nobody was shown to the booth
    "console.imports.sheet",  # asked for agreements; of a roster see below
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Filled:
    """Fill one database for the module; each test has a copy."""
    return fill(migrated_file, tmp_path_factory.mktemp("tenants"))


@pytest.fixture
def world(tmp_path: Path, filled: Filled) -> Iterator[Tenants]:
    with tenants(tmp_path, filled) as made:
        yield made


def asker_of(world: Tenants, endpoint: str) -> Asker:
    """Give who may ask and sees everybody, an officer where one may."""
    roles = ROUTES[endpoint].roles or frozenset()
    wanted = "officer" if "officer" in roles else min(roles)
    return next(each for each in world.askers if each.role == wanted and each.scope == "all")


def lines(world: Tenants) -> list[dict[str, object]]:
    found = (world.home / "views").glob("*.jsonl")
    return [json.loads(line) for file in found for line in file.read_text("ascii").splitlines()]


# --- refusals ---------------------------------------------------------------------------------


def test_what_cannot_be_logged_is_not_shown(world: Tenants) -> None:
    (world.home / "views").write_text("in the way", "ascii")
    for endpoint in ("api.graduate_ranking", "console.graduate.show"):
        (question,) = questions(world.app, endpoint, graduate_id(A1, FREE), "P-open")
        answer = world.put(asker_of(world, endpoint), question)
        assert answer.status_code == 503
        assert A1 not in answer.text


def test_who_is_refused_has_not_looked(world: Tenants) -> None:
    (question,) = questions(world.app, "api.graduate_ranking", "G-nobody", "P-open")
    assert world.put(asker_of(world, "api.graduate_ranking"), question).status_code == 404
    assert lines(world) == []


# --- every route ------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", OF_PEOPLE)
def test_every_look_at_people_is_logged(world: Tenants, endpoint: str) -> None:
    asker = asker_of(world, endpoint)
    cases = ((FREE, "P-open"), (HOLDER, "P-few"), (PLACED, "P-few"))
    n_answered = 0
    for state, post_id in cases:
        for question in questions(world.app, endpoint, graduate_id(A1, state), post_id):
            n_answered += world.put(asker, question).status_code in answers(endpoint) | {409}
    found = lines(world)
    assert n_answered
    assert len(found) == n_answered
    login = f"user {asker.role}" if endpoint.startswith("console.") else f"{asker.role} "
    assert all(str(each["who"]).startswith(login.split()[0]) for each in found)
    rules = {str(rule) for rule in world.app.url_map.iter_rules(endpoint)}
    assert {each["route"] for each in found} <= rules
    if endpoint not in COUNTS | NOBODY_THERE:
        keys = PersonKeys(world.home)
        people = {who for each in found for who in each["people"]}  # type: ignore[attr-defined]
        own = {keys.of(graduate_id(mark, each)) for mark in (A1, A2, B1) for each in STATES}
        assert people & own, "say in the view whom it shows: viewing.note"


def test_a_roster_taken_out_names_everybody_in_it(world: Tenants) -> None:
    (question,) = questions(world.app, "console.imports.sheet", graduate_id(A1, FREE), "P-open")
    path = question.path.replace("agreements", "graduates")
    world.put(asker_of(world, "console.imports.sheet"), replace(question, path=path))
    (line,) = lines(world)
    assert line["action"] == "export"
    assert PersonKeys(world.home).of(graduate_id(A1, FREE)) in str(line["people"])


def test_the_log_holds_no_id(world: Tenants) -> None:
    (question,) = questions(world.app, "api.graduate_ranking", graduate_id(A1, FREE), "P-open")
    world.put(asker_of(world, "api.graduate_ranking"), question)
    (line,) = lines(world)
    assert A1 not in json.dumps(line)
    looked = viewed.of_person(world.home, graduate_id(A1, FREE))
    assert [(each.action, each.route) for each in looked] == [
        ("view", "/api/v1/graduates/<path:graduate_id>/ranking")
    ]


def test_a_sheet_is_an_export_and_a_hold_a_change(world: Tenants) -> None:
    for endpoint in ("console.find.graduates_sheet", "places.hold_place"):
        (question,) = questions(world.app, endpoint, graduate_id(A1, FREE), "P-open")
        world.put(asker_of(world, endpoint), question)
    assert [each["action"] for each in lines(world)] == ["export", "change"]


def test_an_auditor_reads_of_their_own_people_only(world: Tenants) -> None:
    (question,) = questions(world.app, "console.find.graduates", graduate_id(A1, FREE), "P-open")
    world.put(asker_of(world, "console.find.graduates"), question)
    of_a = Grant(token_id=1, role="auditor", scope_kind="college", scope_name=f"{A1} college")
    everybody = Grant(token_id=2, role="auditor")
    own = viewed.audit(world.engine, world.home, of_a, day=DAY)
    every = viewed.audit(world.engine, world.home, everybody, day=DAY)
    assert (own.n_lines, every.n_lines) == (1, 1)
    assert own.lines[0].n_people < every.lines[0].n_people
    assert all(A1 in each for each in own.lines[0].people)
    other = viewed.audit(world.engine, world.home, of_a, graduate_id="G-qzB1x-free")
    assert other.lines == ()
