"""A graduate's own page: opened by their link alone, for themselves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from recommender.claims import start_of
from recommender.persons import Purpose
from recommender.rights import cases, consents, links, viewed
from tests.builders import DAY
from tests.service.tenants import A1, FREE, Filled, Tenants, fill, graduate_id, leaked, tenants

WHO = graduate_id(A1, FREE)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Filled:
    """Fill one database for the module; each test has a copy."""
    return fill(migrated_file, tmp_path_factory.mktemp("tenants"))


@pytest.fixture
def world(tmp_path: Path, filled: Filled) -> Iterator[Tenants]:
    with tenants(tmp_path, filled) as made:
        yield made


def link(world: Tenants, *, days_ago: int = 0) -> str:
    at = start_of(DAY) - timedelta(days=days_ago)
    return links.make(world.engine, world.home, WHO, days=14, at=at, who="officer")


@pytest.mark.parametrize("spoil", ["over", "revoked", "signature", "other", "number"])
def test_a_link_that_is_over_taken_back_or_made_up_opens_nothing(
    world: Tenants, spoil: str
) -> None:
    token = link(world, days_ago=14 if spoil == "over" else 0)
    if spoil == "revoked":
        links.revoke(world.engine, WHO)
    if spoil == "signature":
        token = token[:-1] + ("0" if token[-1] != "0" else "1")
    if spoil == "other":
        token = "0" * 32 + token[32:]
    if spoil == "number":
        token = token[:32]  # what the database has of it
    answer = world.client.get(f"/own/{token}")
    assert answer.status_code == 404
    assert leaked(answer.text, frozenset()) == set()


def test_a_later_link_ends_the_one_before(world: Tenants) -> None:
    first, second = link(world), link(world)
    assert world.client.get(f"/own/{first}").status_code == 404
    assert world.client.get(f"/own/{second}").status_code == 200


def test_a_line_that_could_be_read_along_opens_nothing(world: Tenants) -> None:
    answer = world.client.get(f"/own/{link(world)}", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 403
    assert A1 not in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_one_person_and_nobody_else(world: Tenants, lang: str) -> None:
    token = link(world)
    assert WHO not in token
    answer = world.client.get(f"/own/{token}?lang={lang}")
    assert answer.status_code == 200
    assert WHO in answer.text
    assert leaked(answer.text, frozenset({A1, "qzAx"})) == set()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    looked = viewed.of_person(world.home, WHO)
    assert [(each.who, each.route) for each in looked] == [("self", "/own/<token>")]


def test_a_consent_withdrawn_there_counts_at_once(world: Tenants) -> None:
    token = link(world)
    sent = {"act": "withdraw", "purpose": "ranking"}
    assert world.client.post(f"/own/{token}", data=sent).status_code == 303
    said = consents.read(world.engine, WHO).now[Purpose.RANKING]
    assert said is not None
    assert (said.given, said.who) == (False, "self")
    assert "现在没有个性化推荐" in world.client.get(f"/own/{token}?lang=zh").text


def test_a_complaint_opens_a_case_and_its_answer_is_shown(world: Tenants) -> None:
    token = link(world)
    assert world.client.post(f"/own/{token}", data={"act": "complaint"}).status_code == 422
    sent = {"act": "complaint", "text": "排序不对"}
    assert world.client.post(f"/own/{token}", data=sent).status_code == 303
    (case,) = cases.list_cases(world.engine, graduate_id=WHO)
    cases.close_case(
        world.engine, case.number, "upheld", "已改正等级", at=start_of(DAY), who="officer"
    )
    page = world.client.get(f"/own/{token}").text
    assert "排序不对" in page
    assert "已改正等级" in page
