"""An application on a desk that answers from made-up lines, and one on the real desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender import access
from recommender.data import registered, store
from recommender.domain import MemberKind
from recommender.fairs import Booth, Registration
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from recommender.year import fair_desk, fair_timetable
from service import create_app
from tests.builders import CREDIT_CODE, DAY, make_graduate, make_member, make_post
from tests.service.fake_desk import FakeDesk
from tests.service.published import crosswalk, publish

# What the page of the API shows; drawn from it, no list of three posts is swapped.
REQUEST_ID = "0f3c5a7e9b1d2f4a6c8e0a1b3d5f7092"
Bearer = Callable[..., dict[str, str]]


def settings_for(home: Path, engine: Engine | None = None) -> Settings:
    url = engine.url.render_as_string(hide_password=False) if engine else "sqlite://"
    return Settings(home=home, database_url=url, as_of=DAY, sample=True)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def app(sqlite_engine: Engine, desk: FakeDesk, tmp_path: Path) -> Flask:
    return create_app(
        settings_for(tmp_path, sqlite_engine),
        engine=sqlite_engine,
        desk=desk,
        today=lambda: DAY,
        new_request_id=lambda: REQUEST_ID,
        validate_answers=True,
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def bearer(sqlite_engine: Engine) -> Bearer:
    """Make a token and give the header that carries it; an alliance's is of one that is stored."""

    def make(role: str = "officer", **scope: str) -> dict[str, str]:
        if role in access.OF_ONE_ALLIANCE and not scope:
            member = make_member(name="示例技师学院", kind=MemberKind.TECHNICIAN_COLLEGE)
            with store.writing(sqlite_engine) as conn:
                store.save_members(conn, [member])
            scope = {"scope_kind": "alliance", "scope_name": member.alliance}
        secret = access.create_token(sqlite_engine, role=role, day=DAY, **scope)
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def welders(sqlite_engine: Engine) -> Engine:
    """Store three welders, one of whom has not agreed, and three posts, one of them closed."""
    graduates = [
        make_graduate(graduate_id="G1"),
        make_graduate(graduate_id="G2", consent=False),
        make_graduate(graduate_id="G3", college="另一技师学院", home_region="370700"),
    ]
    posts = [
        make_post(post_id="P1", monthly_pay_min=5000, monthly_pay_max=7000, contact="13800000000"),
        make_post(post_id="P2", region_code="370700", headcount=1),
        make_post(post_id="P3", closes_on=DAY.replace(day=1)),
    ]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, graduates, [])
    return sqlite_engine


@pytest.fixture
def real_app(welders: Engine, tmp_path: Path) -> Flask:
    """Give the application as it is served, on the small world and the plainest rule."""
    settings = settings_for(tmp_path, welders)
    publish(settings.models_dir, crosswalk())
    return create_app(
        settings,
        engine=welders,
        desk=PlacementDesk(welders, settings.models_dir, today=lambda: DAY),
        today=lambda: DAY,
        new_request_id=lambda: REQUEST_ID,
        validate_answers=True,
    )


@pytest.fixture
def fair_client(real_app: Flask, welders: Engine, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Hold a fair of one booth, for which all three are registered; slips have known numbers."""
    numbers = iter(("7K3MQ9TX", "B4XW8RZN", "C5YH2PJD", "D6ZV3QKF"))
    for module in (fair_desk, fair_timetable):
        monkeypatch.setattr(module, "draw_number", lambda: next(numbers))
    booth = Booth(fair_id="F1", date=DAY, credit_code=CREDIT_CODE, booth="A1", slots=4)
    with store.writing(welders) as conn:
        store.save_members(conn, [make_member(industry_chain="高端装备")])
        registered.save_booths(conn, [booth])
        registered.save_registrations(
            conn, [Registration(fair_id="F1", graduate_id=f"G{n}") for n in (1, 2, 3)]
        )
    return real_app.test_client()


@pytest.fixture
def real_client(real_app: Flask) -> FlaskClient:
    return real_app.test_client()
