from __future__ import annotations

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender import access
from recommender.errors import DatabaseFailed
from service.routes import ROUTES
from service.tokens import REMEMBERED_S
from tests.service.conftest import Bearer

# One request for each view that asks for a token, and what a role that may ask is answered.
REQUESTS = {
    "plan_coverage": ("GET", "/api/v1/plan/coverage", None, 200),
    "plan_homogeneity": ("GET", "/api/v1/plan/homogeneity", None, 200),
    "plan_enrolment": ("GET", "/api/v1/plan/enrolment", None, 200),
    # Nothing is published here to replay a season with.
    "plan_move": (
        "GET",
        "/api/v1/plan/move?college=A&from_trade=B&to_trade=C&places=1&entry_year=2026",
        None,
        503,
    ),
    "plan_best": ("GET", "/api/v1/plan/best?budget=10", None, 503),
    "chain_meeting": ("GET", "/api/v1/meeting?chain=浆纸", None, 404),
    # Nothing is published here to plan by, or to rank with.
    "make_timetable": ("POST", "/api/v1/fairs/F1/timetable", {}, 503),
    "show_result": ("GET", "/api/v1/fairs/F1/result", None, 503),
    "fair_turns": ("GET", "/api/v1/fairs/F1/timetable", None, 404),
    "show_board": ("GET", "/api/v1/fairs/F1/board", None, 404),
    "booth_visitors": ("GET", "/api/v1/fairs/F1/booths/A1/visitors", None, 404),
    "give_slip": ("POST", "/api/v1/fairs/F1/slips", {}, 422),
    "graduate_slip": ("POST", "/api/v1/fairs/F1/graduates/G-1/slip", {}, 422),
    "check_slip_in": ("POST", "/api/v1/fairs/F1/check-ins", {"slip": "S"}, 422),
    "mark_interest": ("POST", "/api/v1/fairs/F1/marks", {"slip": "S", "post_id": "P-1"}, 422),
    "claim_slip": ("POST", "/api/v1/fairs/F1/claims", {"slip": "S", "graduate_id": "G-1"}, 422),
    "close_fair": ("POST", "/api/v1/fairs/F1/close", {}, 422),
    "graduate_ranking": ("GET", "/api/v1/graduates/G-1/ranking", None, 200),
    "profile_ranking": ("POST", "/api/v1/rankings", {"trade": "数控加工"}, 200),
    "code_answer": ("GET", "/api/v1/codes/occupation/6-18-02-04", None, 200),
    "post_graduates": ("GET", "/api/v1/posts/P-1/graduates", None, 200),
    "pair_eligibility": ("GET", "/api/v1/graduates/G-1/posts/P-1/eligibility", None, 200),
    "pair_next_step": ("GET", "/api/v1/graduates/G-1/posts/P-1/next-step", None, 200),
    "graduate_next_steps": ("GET", "/api/v1/graduates/G-1/next-steps", None, 200),
    # Allowed, and then refused for what it says: nothing is stored here.
    "record_outcome": (
        "POST",
        "/api/v1/outcomes",
        {"graduate_id": "G-1", "post_id": "P-1", "stage": "签约", "date": "2026-05-10"},
        422,
    ),
    "hold_place": ("POST", "/api/v1/places/hold", {"graduate_id": "G-1", "post_id": "P-1"}, 422),
    "confirm_place": (
        "POST",
        "/api/v1/places/confirm",
        {"graduate_id": "G-1", "post_id": "P-1"},
        422,
    ),
    "release_place": (
        "POST",
        "/api/v1/places/release",
        {"graduate_id": "G-1", "post_id": "P-1", "reason": "其他"},
        422,
    ),
    "keep_places": (
        "POST",
        "/api/v1/places/batch",
        {"action": "hold", "pairs": [{"graduate_id": "G-1", "post_id": "P-1"}]},
        409,
    ),
    "pending_places": ("GET", "/api/v1/places", None, 200),
    "post_places": ("GET", "/api/v1/places/P-1", None, 404),
    "due_follow_ups": ("GET", "/api/v1/follow-ups", None, 200),
    "record_follow_up": (
        "POST",
        "/api/v1/follow-ups",
        {
            "graduate_id": "G-1",
            "post_id": "P-1",
            "due_days": 30,
            "result": "在岗",
            "date": "2026-05-10",
        },
        422,
    ),
    "year_report": ("GET", "/api/v1/report", None, 200),
    "guidance_now": ("GET", "/api/v1/guidance", None, 200),
    "guidance_edition": ("GET", "/api/v1/guidance/1", None, 404),
    "issue_guidance": ("POST", "/api/v1/guidance", {}, 201),
    "list_trials": ("GET", "/api/v1/trials", None, 200),
    "trial_result": ("GET", "/api/v1/trials/T", None, 404),
    "size_trial": ("POST", "/api/v1/trials/size", {}, 409),  # nobody is there to be drawn
    "start_trial": ("POST", "/api/v1/trials", {"name": "T", "seed": 1}, 409),
    "stop_trial": ("POST", "/api/v1/trials/T/stop", {}, 422),
    "list_rounds": ("GET", "/api/v1/rounds", None, 200),
    "open_round": ("POST", "/api/v1/rounds", {"name": "R", "due_on": "2026-05-01"}, 422),
    "show_round": ("GET", "/api/v1/rounds/R", None, 404),
    "round_template": ("GET", "/api/v1/rounds/R/templates/X", None, 404),
    "take_reply": ("POST", "/api/v1/rounds/R/replies", {"credit_code": "X", "rows": []}, 422),
    "choose_reply": ("POST", "/api/v1/rounds/R/choices", {"post_id": "P-1"}, 422),
    "approve_round": ("POST", "/api/v1/rounds/R/approve", {}, 422),
    "issue_round": ("POST", "/api/v1/rounds/R/issue", {}, 422),
    "untouched_posts": ("GET", "/api/v1/untouched-posts", None, 200),
    "answer_for_posts": (
        "POST",
        "/api/v1/untouched-posts",
        {"post_ids": ["P-1"], "verdict": "keep"},
        422,
    ),
    "post_history": ("GET", "/api/v1/posts/P-1/history", None, 404),
    "enterprise_answers": ("GET", "/api/v1/enterprises/answers", None, 200),
    "pause_enterprise": (
        "POST",
        "/api/v1/enterprises/pause",
        {"credit_code": "X", "reason": "r"},
        422,
    ),
    "lift_enterprise": (
        "POST",
        "/api/v1/enterprises/lift",
        {"credit_code": "X", "reason": "r"},
        409,
    ),
}
_PLAN = {"plan_coverage", "plan_homogeneity", "plan_enrolment", "plan_move", "plan_best"}
_ROUNDS_READ = {
    "list_rounds",
    "show_round",
    "untouched_posts",
    "post_history",
    "enterprise_answers",
}
ALLOWED = {
    "admin": set(REQUESTS),
    "officer": set(REQUESTS),
    "auditor": {
        "guidance_now",
        "guidance_edition",
        "chain_meeting",
        "fair_turns",
        "show_board",
        "booth_visitors",
        "show_result",
        "code_answer",
        "graduate_ranking",
        "post_graduates",
        "pair_eligibility",
        "pair_next_step",
        "graduate_next_steps",
        "profile_ranking",
        "pending_places",
        "post_places",
        "due_follow_ups",
        "year_report",
        "list_trials",
        "trial_result",
        *_ROUNDS_READ,
        *_PLAN,
    },
    "data": {
        "guidance_now",
        "guidance_edition",
        "issue_guidance",
        "record_outcome",
        "record_follow_up",
        "profile_ranking",
        "code_answer",
        "show_board",
    },
    "alliance": {
        "guidance_now",
        "guidance_edition",
        "chain_meeting",
        "fair_turns",
        "show_board",
        "booth_visitors",
        "show_result",
        "code_answer",
        "graduate_ranking",
        "post_graduates",
        "pair_eligibility",
        "pair_next_step",
        "graduate_next_steps",
        "profile_ranking",
        "pending_places",
        "post_places",
        "due_follow_ups",
        "year_report",
        *_ROUNDS_READ,
        *_PLAN,
    },
    "enterprise": {
        "guidance_now",
        "guidance_edition",
        "profile_ranking",
        "code_answer",
        "show_board",
        "booth_visitors",
        "check_slip_in",
        "mark_interest",
        "claim_slip",
    },
    "kiosk": {
        "guidance_now",
        "guidance_edition",
        "profile_ranking",
        "show_board",
        "give_slip",
        "mark_interest",
    },
}


def routes(app: Flask) -> list[tuple[str, str]]:
    return [(rule.rule, rule.endpoint) for rule in app.url_map.iter_rules()]


def test_every_view_of_the_api_says_who_may_ask_it(app: Flask) -> None:
    versioned = {name for rule, name in routes(app) if rule.startswith("/api/v1/") and "." in name}
    asked = {name.partition(".")[2] for name in versioned if ROUTES[name].roles is not None}
    assert {name.partition(".")[2] for name in versioned} == asked == set(REQUESTS)


@pytest.mark.parametrize("view", REQUESTS)
def test_without_a_token_nothing_is_answered(client: FlaskClient, view: str) -> None:
    method, path, body, _ = REQUESTS[view]
    answer = client.open(path, method=method, json=body)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert answer.json is not None
    assert answer.json["type"] == "/problems/no-token"


@pytest.mark.parametrize(
    "header",
    ["Bearer placement_guess", "Bearer", "Bearer ", "Basic b2ZmaWNlcjpwYXNz", "placement_x", ""],
)
def test_a_wrong_token_is_answered_as_none(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/graduates/G-1/ranking", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_token_in_the_address_opens_nothing(client: FlaskClient, bearer: Bearer) -> None:
    secret = bearer("admin")["Authorization"].removeprefix("Bearer ")
    answer = client.get("/api/v1/graduates/G-1/ranking", query_string={"token": secret})
    assert answer.status_code == 401


def test_a_revoked_token_is_turned_away_at_the_next_request(
    client: FlaskClient, bearer: Bearer, sqlite_engine: Engine
) -> None:
    headers = bearer("officer")
    assert client.get("/api/v1/graduates/G-1/ranking", headers=headers).status_code == 200
    access.revoke_token(sqlite_engine, headers["Authorization"].removeprefix("Bearer "))
    assert client.get("/api/v1/graduates/G-1/ranking", headers=headers).status_code == 401


@pytest.mark.parametrize("role", access.ROLES)
@pytest.mark.parametrize("view", REQUESTS)
def test_each_role_may_ask_what_it_needs_and_nothing_else(
    client: FlaskClient, bearer: Bearer, role: str, view: str
) -> None:
    method, path, body, answered = REQUESTS[view]
    answer = client.open(path, method=method, json=body, headers=bearer(role))
    if view in ALLOWED[role]:
        # The graduate is stored nowhere, and so is in no alliance.
        is_of_nobody = role == "alliance" and "/graduates/G-1/" in path
        assert answer.status_code == (404 if is_of_nobody else answered)
    else:
        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["type"] == "/problems/wrong-role"


def test_a_wrong_role_learns_nothing_of_what_is_stored(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer("kiosk")
    known = client.get("/api/v1/graduates/G-1/ranking", headers=headers)
    unknown = client.get("/api/v1/graduates/nobody/ranking", headers=headers)
    assert known.data == unknown.data


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"])
def test_what_is_open_to_everybody_needs_no_token(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


# --- while the database is away ---------------------------------------------------------------

RANKING = "/api/v1/graduates/G-1/ranking"


def away(*_: object) -> None:
    raise DatabaseFailed("no route to host")


def test_a_token_never_seen_opens_nothing_while_the_database_is_away(
    client: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    monkeypatch.setattr(access, "grant_of", away)
    answer = client.get(RANKING, headers=headers)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["type"] == "/problems/no-database"
    assert "route" not in answer.text


def test_a_token_seen_a_moment_ago_still_opens_for_a_quarter_of_an_hour(
    client: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    assert client.get(RANKING, headers=headers).status_code == 200
    monkeypatch.setattr(access, "grant_of", away)
    assert client.get(RANKING, headers=headers).status_code == 200
    later = time.monotonic() + REMEMBERED_S + 1
    monkeypatch.setattr("service.tokens.time.monotonic", lambda: later)
    assert client.get(RANKING, headers=headers).status_code == 503


def test_a_token_that_was_found_revoked_is_forgotten(
    client: FlaskClient, bearer: Bearer, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    assert client.get(RANKING, headers=headers).status_code == 200
    access.revoke_token(sqlite_engine, headers["Authorization"].removeprefix("Bearer "))
    assert client.get(RANKING, headers=headers).status_code == 401
    monkeypatch.setattr(access, "grant_of", away)
    assert client.get(RANKING, headers=headers).status_code == 503


def test_a_role_is_looked_at_also_while_the_database_is_away(
    client: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer("kiosk")
    assert client.get(RANKING, headers=headers).status_code == 403
    monkeypatch.setattr(access, "grant_of", away)
    assert client.get(RANKING, headers=headers).status_code == 403
