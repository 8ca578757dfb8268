"""A hall served from a pack: the kiosk's questions, the page, and no database anywhere."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.errors import DatabaseFailed
from recommender.pack.desk import PackDesk
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from service import create_app
from service.pack_app import create_pack_app
from tests.recommender.pack import halls
from tests.recommender.pack.conftest import Packed
from tests.recommender.pack.conftest import packed as packed  # a fixture
from tests.recommender.pack.halls import STARTS, Hands, hall_of

AS_OF = "2026-05-19T19:00:00+08:00"
RANKINGS = "/api/v1/rankings"


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def client(packed: Packed, tmp_path: Path, hands: Hands) -> Iterator[FlaskClient]:
    """Give a hall whose home folder does not exist, and stays so."""
    home = tmp_path / "laptop"
    hall, journal = hall_of(packed.pack, tmp_path / "hall.journal", hands)
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'none.sqlite3'}")
    with journal:
        yield create_pack_app(settings, hall, now=hands).test_client()
    assert not home.exists()


@pytest.fixture
def kiosk(packed: Packed) -> dict[str, str]:
    return {"Authorization": f"Bearer {packed.token}"}


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "x"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", RANKINGS),
        ("POST", "/api/v1/fairs/F1/slips"),
        ("POST", "/api/v1/fairs/F1/marks"),
        ("GET", "/api/v1/fairs/F1/board"),
    ],
)
def test_without_a_kiosks_token_nothing_is_answered(
    client: FlaskClient, sent: dict[str, str], method: str, path: str
) -> None:
    answer = client.open(path, method=method, json={"trade": "焊接加工"}, headers=sent)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/no-token")


def test_a_revoked_token_is_not_in_the_next_pack(packed: Packed) -> None:
    tokens = packed.pack.contents.tokens
    assert len(tokens) == 1
    assert packed.token not in tokens


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/graduates/CANARY-G1/ranking",
        "/api/v1/posts/P01/graduates",
        "/api/v1/places",
        "/api/v1/fairs/F1/booths/A1/visitors",
        "/api/v1/fairs/F1/result",
        "/console/",
        "/console/sign-in",
        "/api/v1/openapi.json",
    ],
)
def test_what_needs_the_database_is_not_there(
    client: FlaskClient, kiosk: dict[str, str], path: str
) -> None:
    assert client.get(path, headers=kiosk).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"slip": "ABCD", "post_id": "P01"}, 422),
        ({"slip": "ABCDEFGH", "post_id": "P00"}, 422),
        ({"slip": "ABCDEFGH", "post_id": "P01", "side": "enterprise"}, 403),
        ({"slip": "ABCDEFGH", "post_id": "P01", "who": "me"}, 422),
    ],
)
def test_marks_that_cannot_be(
    client: FlaskClient, kiosk: dict[str, str], body: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/v1/fairs/F1/marks", json=body, headers=kiosk)
    assert answer.status_code == status


def test_another_fair_is_unknown(client: FlaskClient, kiosk: dict[str, str]) -> None:
    assert client.get("/api/v1/fairs/F2/board", headers=kiosk).status_code == 404
    assert client.post("/api/v1/fairs/F2/slips", json={}, headers=kiosk).status_code == 422


def test_after_its_end_the_api_and_the_page_say_that_the_pack_is_over(
    client: FlaskClient, kiosk: dict[str, str], hands: Hands
) -> None:
    hands.at = STARTS + timedelta(hours=4)
    answer = client.post(RANKINGS, json={"trade": "焊接加工"}, headers=kiosk)
    assert (answer.status_code, answer.json["type"]) == (410, "/problems/pack-refused")
    assert "expired at 2026-05-20 13:00" in answer.json["errors"][0]["detail_en"]
    assert client.post("/api/v1/fairs/F1/slips", json={}, headers=kiosk).status_code == 410
    shown = client.post("/?lang=zh", data={"trade": "焊接加工", "ask": "1"})
    assert shown.status_code == 410
    assert "离线包已于 2026-05-20 13:00 过期" in shown.text


# --- what is answered -------------------------------------------------------------------------


def test_a_kiosk_has_the_servers_list_and_hears_of_when_the_places_are(
    packed: Packed, client: FlaskClient, kiosk: dict[str, str], tmp_path: Path
) -> None:
    profile = {"trade": "焊接加工", "skill_level": "三级", "home_region": "济宁市", "top": 10}
    here = client.post(RANKINGS, json=profile, headers=kiosk)
    there = server(packed.engine, packed.home).post(RANKINGS, json=profile, headers=kiosk)
    assert (here.status_code, there.status_code) == (200, 200)
    assert here.json["ranking"] == there.json["ranking"]
    assert len(here.json["ranking"]) == 10
    assert (here.json["places_as_of"], there.json["places_as_of"]) == (AS_OF, None)
    assert here.json["explored"] is False
    assert here.json.keys() == there.json.keys()


def server(engine: Engine, home: Path) -> FlaskClient:
    """Give the server as it was when the pack was made, on the day of the fair."""
    settings = Settings(
        home=home, database_url=str(engine.url), as_of=halls.FAIR, explore_share=0.0
    )

    def now() -> Any:
        return halls.EVENING

    desk = PlacementDesk(engine, home / "models", today=lambda: halls.FAIR, now=now)
    app = create_app(settings, engine=engine, desk=desk, today=lambda: halls.FAIR, now=now)
    return app.test_client()


def test_slip_mark_and_board_answer_in_the_servers_shapes(
    client: FlaskClient, kiosk: dict[str, str]
) -> None:
    slip = client.post("/api/v1/fairs/F1/slips", json={}, headers=kiosk)
    assert (slip.status_code, set(slip.json)) == (
        201,
        {"fair_id", "slip", "issued_at", "claimed_at"},
    )
    sent = {"slip": slip.json["slip"].lower(), "post_id": "P01", "rank": 1}
    keyed = kiosk | {"Idempotency-Key": "k1"}
    marks = [client.post("/api/v1/fairs/F1/marks", json=sent, headers=keyed) for _ in range(2)]
    assert [mark.status_code for mark in marks] == [201, 201]
    assert marks[0].json == marks[1].json
    other = client.post("/api/v1/fairs/F1/marks", json={**sent, "rank": 2}, headers=keyed)
    assert (other.status_code, other.json["type"]) == (422, "/problems/other-body")
    board = client.get("/api/v1/fairs/F1/board", headers=kiosk).json
    assert board["places_as_of"] == AS_OF
    wanting = {
        post["post_id"]: post["wanting"] for booth in board["booths"] for post in booth["posts"]
    }
    assert {name for name, n in wanting.items() if n} == {"P01"}


@pytest.mark.parametrize(
    "path", ["/", "/?lang=en", "/healthz", "/readyz", "/metrics", "/nowhere", "/static/style.css"]
)
def test_every_answer_says_of_when_the_places_are(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.headers["Placement-Places-As-Of"] == AS_OF


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("POST", "/"), ("GET", "/problems/busy"), ("GET", "/none")]
)
def test_every_page_says_of_when_the_places_are(
    client: FlaskClient, method: str, path: str
) -> None:
    asked = {"trade": "焊接加工", "ask": "1"}
    for language, said in (("zh", "现场离线服务"), ("en", "Served offline in the hall")):
        shown = client.open(f"{path}?lang={language}", method=method, data=asked).text
        assert len(re.findall(f"{said}.*2026-05-19 19:00", shown)) == 1
        assert "数据库暂时不可用" not in shown


def test_the_page_lists_posts_for_who_has_no_token(client: FlaskClient) -> None:
    shown = client.post("/", data={"trade": "焊接加工", "level": "SENIOR_WORKER", "ask": "1"})
    assert shown.status_code == 200
    assert "示例企业" in shown.text


def test_a_hall_is_ready_without_a_database_and_asks_no_host(
    client: FlaskClient, kiosk: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a hall asked another host")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert client.get("/readyz").json == {"ready": True, "database": "ok", "model": "v1 (model)"}
    assert client.post(RANKINGS, json={"trade": "数控加工"}, headers=kiosk).status_code == 200
    assert client.post("/", data={"trade": "数控加工", "ask": "1"}).status_code == 200


def test_a_page_that_needs_the_database_by_mistake_says_so(packed: Packed, tmp_path: Path) -> None:
    hall, journal = hall_of(packed.pack, tmp_path / "hall.journal", Hands())
    with journal, pytest.raises(DatabaseFailed):
        PackDesk(hall).eligibility("CANARY-G1", "P01")


def test_nothing_of_a_profile_is_kept(
    client: FlaskClient, kiosk: dict[str, str], tmp_path: Path
) -> None:
    profile = {"trade": "焊接加工", "home_region": "济宁市", "wish_pay": 4321}
    client.post(RANKINGS, json=profile, headers=kiosk)
    kept = (tmp_path / "hall.journal").read_bytes()
    assert not any(word.encode() in kept for word in ("焊接", "济宁", "4321"))
    assert json.loads(kept.splitlines()[0].rpartition(b" ")[0])["kind"] == "opened"
