"""Lists that are answered are logged by pseudonym, and the kiosk's alone are explored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender import access, assignments, cohorts, placements
from recommender.data import exposures, store
from recommender.data.pseudonyms import Pseudonyms
from recommender.errors import DatabaseFailed
from recommender.matching.exploration import draw_order
from recommender.placements import PlacementDesk
from recommender.settings import Settings, sqlite_url
from recommender.shown import CitedStep, Record, ShownLine, ShownList
from service import create_app
from service.parts import Parts
from tests.builders import DAY, make_graduate, make_post
from tests.service.conftest import REQUEST_ID, Bearer
from tests.service.fake_desk import LINES, FakeDesk
from tests.service.published import crosswalk, publish
from tests.service.served import serving
from tests.service.test_probes import samples

NAMED = "/api/v1/graduates/G-1/ranking"
PROFILE = "/api/v1/rankings"
WELDER = {"trade": "焊接加工", "home_region": "潍坊市", "wish_pay": 5678, "top": 10}

# Ten lines that differ in everything a swap could mix up.
TEN = tuple(
    replace(
        LINES[0],
        rank=n,
        post=replace(LINES[0].post, post_id=f"P-{n}"),
        open_places=n,
        score=11.0 - n,
        price=n / 8,
        reasons=(replace(LINES[0].reasons[0], text=f"理由{n}"),),
    )
    for n in range(1, 11)
)


def parts_of(app: Flask) -> Parts:
    found: Parts = app.extensions["placement"]
    return found


def logged(app: Flask) -> list[Record]:
    """Wait for the log of an application and read it."""
    parts = parts_of(app)
    parts.exposures.flush()
    folder = exposures.lists_dir(parts.settings.home)
    return [record for day in exposures.read(folder) for record in day.records]


def text_of(app: Flask) -> str:
    parts_of(app).exposures.flush()
    folder = exposures.lists_dir(parts_of(app).settings.home)
    return "".join(path.read_text("ascii") for path in folder.glob("*.jsonl"))


@pytest.fixture
def exploring(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Flask]:
    """Give an application that would explore every list, on a desk of ten posts."""
    url = sqlite_engine.url.render_as_string(hide_password=False)
    yield create_app(
        Settings(home=tmp_path, database_url=url, as_of=DAY, explore_share=1.0),
        engine=sqlite_engine,
        desk=FakeDesk(lines=TEN),  # type: ignore[arg-type]
        today=lambda: DAY,
        new_request_id=lambda: REQUEST_ID,
        validate_answers=True,
    )


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/v1/graduates/G-2/ranking", "/api/v1/graduates/nobody/ranking"]
)
def test_a_list_that_was_refused_was_not_shown(app: Flask, bearer: Bearer, path: str) -> None:
    assert app.test_client().get(path, headers=bearer()).status_code in {403, 404}
    assert logged(app) == []


def test_the_kiosk_may_still_ask_for_no_graduate(app: Flask, bearer: Bearer) -> None:
    assert app.test_client().get(NAMED, headers=bearer("kiosk")).status_code == 403
    assert logged(app) == []


@pytest.mark.parametrize("wrong", ["", "abc", "g" * 32, "A" * 32, "0" * 33, "0" * 32 + "\n"])
def test_a_step_that_names_no_list_is_refused_by_field(
    real_client: FlaskClient, bearer: Bearer, wrong: str
) -> None:
    step = {"graduate_id": "G1", "post_id": "P1", "stage": "意向", "date": "2026-05-14"}
    answer = real_client.post(
        "/api/v1/outcomes", json=step | {"request_id": wrong}, headers=bearer("data")
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert [each["pointer"] for each in answer.json["errors"]] == ["#/request_id"]


def test_where_nothing_can_be_written_the_answer_is_whole_and_the_loss_is_counted(
    exploring: Flask, bearer: Bearer, tmp_path: Path
) -> None:
    (tmp_path / "exposures").touch()  # a file where the folder should be
    client, headers = exploring.test_client(), bearer("kiosk")
    first = client.post(PROFILE, json=WELDER, headers=headers)
    parts_of(exploring).exposures.flush()
    second = client.post(PROFILE, json=WELDER, headers=headers)
    parts_of(exploring).exposures.flush()
    for answer in (first, second):
        assert answer.status_code == 200
        assert answer.json is not None
        assert len(answer.json["ranking"]) == 10
    # Once it is known that nothing is kept, nobody is explored on.
    assert first.json is not None
    assert second.json is not None
    assert (first.json["explored"], second.json["explored"]) == (True, False)
    found = samples(client)
    assert found["placement_lists_total", "failed"] == 2
    assert found["placement_lists_total", "written"] == 0


def test_where_nothing_is_kept_nothing_is_logged_and_nothing_explored(
    sqlite_engine: Engine, tmp_path: Path, bearer: Bearer
) -> None:
    settings = Settings(
        home=tmp_path, database_url="sqlite://", explore_share=1.0, keep_lists_days=0
    )
    app = create_app(
        settings,
        engine=sqlite_engine,
        desk=FakeDesk(lines=TEN),  # type: ignore[arg-type]
        today=lambda: DAY,
    )
    answer = app.test_client().post(PROFILE, json=WELDER, headers=bearer("kiosk"))
    assert answer.json is not None
    assert answer.json["explored"] is False
    assert logged(app) == []
    assert not (tmp_path / "exposures").exists()


# --- who is explored on -----------------------------------------------------------------------


def shown_ids(answer: object) -> list[str]:
    return [line["post_id"] for line in answer.json["ranking"]]  # type: ignore[attr-defined]


def test_the_kiosks_list_swaps_neighbours_below_rank_5_and_each_line_stays_its_own(
    exploring: Flask, bearer: Bearer
) -> None:
    answer = exploring.test_client().post(PROFILE, json=WELDER, headers=bearer("kiosk"))
    assert answer.json is not None
    assert (answer.json["explored"], answer.json["request_id"]) == (True, REQUEST_ID)
    drawn = draw_order(10, REQUEST_ID, 1.0)
    assert drawn.swapped is not None
    assert shown_ids(answer) == [f"P-{place + 1}" for place in drawn.order]
    assert shown_ids(answer)[:5] == ["P-1", "P-2", "P-3", "P-4", "P-5"]
    for rank, line in enumerate(answer.json["ranking"], start=1):
        n = int(line["post_id"].removeprefix("P-"))
        assert line["rank"] == rank
        assert (line["open_places"], line["score"], line["price"]) == (n, 11.0 - n, n / 8)
        assert [reason["text"] for reason in line["reasons"]] == [f"理由{n}"]
    (kept,) = logged(exploring)
    assert isinstance(kept, ShownList)
    # One of four swaps, each as likely; the log says which, and the order as it was shown.
    assert (kept.swapped, kept.share, kept.propensity) == (drawn.swapped, 1.0, 0.25)
    assert [line.post_id for line in kept.lines] == shown_ids(answer)


@pytest.mark.parametrize("role", sorted(set(access.ROLES) - {"kiosk"}))
def test_a_profile_of_any_other_role_is_shown_as_ranked(
    exploring: Flask, bearer: Bearer, role: str
) -> None:
    answer = exploring.test_client().post(PROFILE, json=WELDER, headers=bearer(role))
    assert answer.json is not None
    assert answer.json["explored"] is False
    assert shown_ids(answer) == [f"P-{n}" for n in range(1, 11)]
    (kept,) = logged(exploring)
    assert isinstance(kept, ShownList)
    assert (kept.via, kept.swapped, kept.share, kept.propensity) == (role, None, 0.0, 1.0)


@pytest.mark.parametrize("role", ["officer", "auditor", "admin"])
def test_a_named_graduate_is_shown_as_ranked(exploring: Flask, bearer: Bearer, role: str) -> None:
    answer = exploring.test_client().get(NAMED, headers=bearer(role))
    assert answer.json is not None
    assert answer.json["explored"] is False
    assert shown_ids(answer) == [f"P-{n}" for n in range(1, 11)]


def test_the_page_is_shown_as_ranked_and_logged(exploring: Flask) -> None:
    page = exploring.test_client().post("/", data={"ask": "1", "trade": "焊接加工"})
    assert page.status_code == 200
    (kept,) = logged(exploring)
    assert isinstance(kept, ShownList)
    assert (kept.via, kept.person, kept.swapped) == ("page", None, None)
    assert [line.post_id for line in kept.lines] == [f"P-{n}" for n in range(1, 11)]


def test_neither_cohorts_nor_a_named_graduate_ever_draw_an_order(
    welders: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("explored")

    monkeypatch.setattr("recommender.matching.exploration.draw_order", never)
    monkeypatch.setattr(placements, "draw_order", never)
    publish(tmp_path / "models", crosswalk())
    models = tmp_path / "models"
    assert cohorts.rank_cohort(welders, models, day=DAY, top=10).rows
    assert assignments.assign(welders, models, day=DAY).rows
    desk = PlacementDesk(welders, models, today=lambda: DAY)
    assert desk.rank_posts("G1").ranking
    assert desk.rank_graduates("P1").graduates


# --- what is logged ---------------------------------------------------------------------------


def test_a_list_is_logged_as_it_was_shown_by_pseudonym(
    real_app: Flask, real_client: FlaskClient, bearer: Bearer
) -> None:
    answer = real_client.get("/api/v1/graduates/G1/ranking?ranking=fit", headers=bearer())
    assert answer.status_code == 200
    (kept,) = logged(real_app)
    home = parts_of(real_app).settings.home
    # As docs/api.md shows for G1: the post at home with two places first, then Weifang's one.
    assert kept == ShownList(
        request_id=REQUEST_ID,
        day=DAY,
        via="officer",
        person=Pseudonyms(exposures.keys_dir(home)).known("G1", 2026),
        model=1,
        published="crosswalk",
        order="fit",
        lines=(
            ShownLine(post_id="P1", open_places=2, score=1.5, price=0.0),
            ShownLine(post_id="P2", open_places=1, score=1.0, price=0.0),
        ),
    )
    assert "G1" not in text_of(real_app)


def test_nothing_of_a_profile_is_logged(
    real_app: Flask, real_client: FlaskClient, bearer: Bearer
) -> None:
    real_client.post(PROFILE, json=WELDER, headers=bearer("kiosk"))
    (kept,) = logged(real_app)
    assert isinstance(kept, ShownList)
    assert kept.person is None
    # Every key of a line: what was answered, and nothing that was asked.
    assert set(json.loads(text_of(real_app))) == {
        "arm", "day", "kind", "lines", "model", "order", "person", "places_as_of", "propensity",
        "published", "request_id", "share", "swapped", "via",
    }  # fmt: skip
    for asked in ("焊接", "潍坊", "5678", "370700"):
        assert json.dumps(asked).strip('"') not in text_of(real_app)


def test_a_step_may_name_the_list_that_it_came_from(
    real_app: Flask, real_client: FlaskClient, bearer: Bearer
) -> None:
    step = {"graduate_id": "G1", "post_id": "P1", "stage": "意向", "date": "2026-05-14"}
    headers = bearer("data") | {"Idempotency-Key": "a-1"}
    body = step | {"request_id": REQUEST_ID}
    answers = [real_client.post("/api/v1/outcomes", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert "request_id" not in answers[0].text
    home = parts_of(real_app).settings.home
    assert logged(real_app) == [
        CitedStep(
            request_id=REQUEST_ID,
            day=DAY,
            post_id="P1",
            stage="interested",
            person=Pseudonyms(exposures.keys_dir(home)).known("G1", 2026),
        )
    ]
    assert '"G1"' not in text_of(real_app)


def test_a_step_without_a_list_is_not_logged(
    real_app: Flask, real_client: FlaskClient, bearer: Bearer
) -> None:
    step = {"graduate_id": "G1", "post_id": "P1", "stage": "意向", "date": "2026-05-14"}
    assert real_client.post("/api/v1/outcomes", json=step, headers=bearer()).status_code == 201
    assert logged(real_app) == []


def test_while_the_database_is_away_lists_are_logged_with_the_time_of_their_places(
    real_app: Flask, real_client: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    real_client.get("/api/v1/graduates/G1/ranking", headers=headers)

    def away(_: Engine) -> None:
        raise DatabaseFailed("no route to host")

    monkeypatch.setattr(store, "reading", away)
    monkeypatch.setattr(store, "writing", away)
    answer = real_client.get("/api/v1/graduates/G1/ranking", headers=headers)
    assert answer.status_code == 200
    assert answer.json is not None
    before, after = logged(real_app)
    assert isinstance(before, ShownList)
    assert isinstance(after, ShownList)
    assert before.places_as_of is None
    assert after.places_as_of == answer.json["places_as_of"]


# --- two workers ------------------------------------------------------------------------------


def test_two_workers_log_every_list_they_show_and_what_waits_when_they_stop(
    tmp_path: Path,
) -> None:
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=DAY)
        store.save_graduates(conn, [make_graduate()], [])
    secret = access.create_token(engine, role="officer", day=DAY)
    engine.dispose()
    publish(tmp_path / "models", crosswalk())
    headers = {"Authorization": f"Bearer {secret}"}
    with serving(tmp_path) as served, ThreadPoolExecutor(8) as pool:
        path = "/api/v1/graduates/G1/ranking"
        answers = list(pool.map(lambda _: served.get(path, headers), range(60)))
    assert {status for status, _ in answers} == {200}
    (day,) = exposures.read(exposures.lists_dir(tmp_path))
    assert day.n_damaged == 0
    assert {record.request_id for record in day.records} == {
        json.loads(body)["request_id"] for _, body in answers
    }
    assert len(day.records) == 60
    assert len({record.person for record in day.records}) == 1
