"""Asks what docs/api.md shows, and compares the answers and tables with what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recommender import access
from service.problems import KINDS, TYPE_PREFIX
from service.routes import may_ask
from tests.service.conftest import Bearer

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```http\n(.+?)\n```.*?```json\n(.+?)\n```", TEXT, re.S)
# Asked one after the other: a place is confirmed before it is released.
PLACES = [example for example in EXAMPLES if "/places" in example[0]]
# And a fair is planned before it is held.
FAIR = [example for example in EXAMPLES if "/fairs/" in example[0] or "/meeting" in example[0]]
# A round is opened before it is answered, and what was paused is lifted.
ROUNDS = [e for e in EXAMPLES if re.search(r"/rounds|/untouched|/enterprises/|/history", e[0])]
# A trial is started before it is counted.
TRIALS = [example for example in EXAMPLES if "/trials" in example[0]]
SINGLE = [e for e in EXAMPLES if e not in PLACES + FAIR + ROUNDS + TRIALS]


def rows_under(heading: str) -> list[list[str]]:
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def near(value: Any) -> Any:
    """Leave room in the last decimals of every number of an answer."""
    if isinstance(value, float):
        return pytest.approx(value, abs=1e-4)
    if isinstance(value, dict):
        return {key: near(each) for key, each in value.items()}
    return [near(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("asked", "answered"), SINGLE, ids=[asked for asked, _ in SINGLE])
def test_an_example_is_answered_as_it_is_shown(
    real_client: FlaskClient, bearer: Bearer, asked: str, answered: str
) -> None:
    assert ask(real_client, bearer(), asked) == near(json.loads(answered))


@pytest.mark.parametrize("way", [PLACES, ROUNDS, TRIALS], ids=["places", "rounds", "trials"])
def test_the_way_of_a_place_a_round_or_a_trial_is_answered_as_it_is_shown(
    real_client: FlaskClient, bearer: Bearer, way: list[tuple[str, str]]
) -> None:
    headers = bearer()
    assert way
    for asked, answered in way:
        assert ask(real_client, headers, asked) == json.loads(answered)


def test_the_way_of_a_fair_is_answered_as_it_is_shown(
    fair_client: FlaskClient, bearer: Bearer
) -> None:
    headers = bearer()
    assert FAIR
    for asked, answered in FAIR:
        assert ask(fair_client, headers, asked) == near(json.loads(answered))


def ask(client: FlaskClient, bearer: dict[str, str], asked: str) -> Any:
    head, _, body = asked.partition("\n\n")
    first, *headers = head.splitlines()
    method, path = first.split(" ")
    answer = client.open(
        path,
        method=method,
        data=body or None,
        content_type="application/json" if body else None,
        headers=bearer | dict(line.split(": ") for line in headers),
    )
    return answer.json


def test_every_endpoint_has_an_example(app: Flask) -> None:
    shown = {re.sub(r"\b[AFGP]\d\b", "*", asked.split()[1].split("?")[0]) for asked, _ in EXAMPLES}
    shown = {re.sub(r"/codes/\w+/[\d-]+$", "/codes/*/*", path) for path in shown}
    shown = {re.sub(r"/guidance/\d+$", "/guidance/*", path) for path in shown}
    shown = {re.sub(r"/trials/2026", "/trials/*", path) for path in shown}
    shown = {re.sub(r"/rounds/[^/]+", "/rounds/*", path) for path in shown}
    shown = {re.sub(r"/templates/\w+$", "/templates/*", path) for path in shown}
    described = {
        re.sub(r"{\w+}", "*", path)
        for path in app.api_doc["paths"]  # type: ignore[attr-defined]
    }
    assert shown == described - {"/metrics"}


def test_every_kind_of_problem_is_listed_with_its_status() -> None:
    listed = {row[0].strip("`"): int(row[1]) for row in rows_under("Problems")}
    assert listed == {TYPE_PREFIX + slug: kind.status for slug, kind in KINDS.items()}


def test_every_role_is_listed_with_what_it_may_ask(app: Flask) -> None:
    columns = (
        {
            "graduate_ranking",
            "post_graduates",
            "pair_eligibility",
            "pair_next_step",
            "graduate_next_steps",
        },
        {"profile_ranking", "guidance_now", "guidance_edition", "show_board"},
        {"code_answer"},
        {"record_outcome", "record_follow_up", "issue_guidance"},
        {
            "hold_place",
            "confirm_place",
            "release_place",
            "keep_places",
            "make_timetable",
            "graduate_slip",
            "close_fair",
            "open_round",
            "round_template",
            "take_reply",
            "choose_reply",
            "approve_round",
            "issue_round",
            "answer_for_posts",
            "pause_enterprise",
            "lift_enterprise",
            "size_trial",
            "start_trial",
            "stop_trial",
        },
        {
            "post_places",
            "pending_places",
            "due_follow_ups",
            "year_report",
            "chain_meeting",
            "plan_coverage",
            "plan_homogeneity",
            "plan_enrolment",
            "plan_move",
            "plan_best",
            "fair_turns",
            "show_result",
            "list_rounds",
            "show_round",
            "untouched_posts",
            "post_history",
            "enterprise_answers",
        },
        {"list_trials", "trial_result"},
        {"booth_visitors"},
        {"give_slip"},
        {"mark_interest"},
        {"check_slip_in", "claim_slip"},
    )
    listed = {}
    for names, *may in rows_under("Tokens"):
        views = set().union(*(v for v, said in zip(columns, may, strict=True) if said == "yes"))
        listed |= dict.fromkeys(names.split(", "), views)
    asked = {rule.endpoint for rule in app.url_map.iter_rules() if "/api/" in rule.rule}
    assert listed == {
        role: {name.rpartition(".")[2] for name in asked if may_ask(role, name)}
        for role in access.ROLES
    }
