from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import fair_desk as kept
from recommender.data import store
from recommender.domain import InterestSide, MemberKind, PersonalDetails
from recommender.places import Clerk
from recommender.year import fair_codes, fair_desk
from service.parts import parts
from tests.builders import DAY, make_graduate, make_member
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]


@pytest.fixture
def slip(fair_client: FlaskClient, welders: Engine) -> str:
    """Give a walk-in's slip with a mark."""
    with fair_client.application.app_context():
        clerk = Clerk(who="kiosk 1", now=parts().now(), hold_hours=1)
    number = fair_desk.issue(welders, clerk, "F1").slip
    fair_desk.mark(welders, clerk, "F1", number, "P1")
    return number


def post(client: FlaskClient, path: str, **sent: str) -> int:
    return client.post(path, data={**form(client), **sent}).status_code


def codes(client: FlaskClient, **sent: str) -> str:
    return client.post("/console/roster-codes", data={**form(client), **sent}).text


# --- slips --------------------------------------------------------------------------------------


def test_a_number_that_nobody_has_is_refused(fair_client: FlaskClient, welders: Engine) -> None:
    sign_in(fair_client, welders)
    assert fair_client.get("/console/slips/AAAA2222").status_code == 404
    assert post(fair_client, "/console/slips", number="AAAA 2222") == 404


@pytest.mark.parametrize("role", ["alliance", "data", "auditor", "kiosk"])
def test_a_slip_is_for_officers_and_booths(
    fair_client: FlaskClient, welders: Engine, slip: str, role: str
) -> None:
    scope = {}
    if role == "alliance":
        member = make_member(name="示例技师学院", kind=MemberKind.TECHNICIAN_COLLEGE)
        with store.writing(welders) as conn:
            store.save_members(conn, [member])
        scope = {"scope_kind": "alliance", "scope_name": member.alliance}
    sign_in(fair_client, welders, role, **scope)
    assert fair_client.get(f"/console/slips/{slip}").status_code == 403


def test_the_slip_of_somebody_else_is_unknown(
    fair_client: FlaskClient, welders: Engine, slip: str
) -> None:
    with fair_client.application.app_context():
        clerk = Clerk(who="officer", now=parts().now(), hold_hours=1)
    fair_desk.claim(welders, clerk, "F1", slip, "G3")  # of 另一技师学院
    college = {"scope_kind": "college", "scope_name": "示例技师学院"}
    sign_in(fair_client, welders, **college)
    assert fair_client.get(f"/console/slips/{slip}").status_code == 404


def test_an_officer_opens_checks_in_and_claims_a_slip(
    fair_client: FlaskClient, welders: Engine, slip: str
) -> None:
    sign_in(fair_client, welders)
    page = fair_client.get(f"/console/slips/{slip.lower()}").text
    assert "还没有认领" in page
    assert "A1" in page
    assert "<svg" in page
    assert post(fair_client, f"/console/slips/{slip}/check-in") == 303
    assert post(fair_client, f"/console/slips/{slip}/claim", graduate_id="G-none") == 409
    assert post(fair_client, f"/console/slips/{slip}/claim", graduate_id="G1") == 303
    page = fair_client.get(f"/console/slips/{slip}").text
    assert "入口" in page
    assert "已认领" in page


def test_a_booth_opens_what_is_its_own_and_reads_no_name(
    fair_client: FlaskClient, welders: Engine, slip: str
) -> None:
    enterprise = {"scope_kind": "enterprise", "scope_name": make_member().name}
    sign_in(fair_client, welders, "enterprise", **enterprise)
    page = fair_client.get(f"/console/slips/{slip}")
    assert page.status_code == 200
    assert post(fair_client, f"/console/slips/{slip}/check-in") == 303
    with store.reading(welders) as conn:
        (shown,) = kept.load_check_ins(conn, "F1", slip)
        marks = kept.load_marks(conn, "F1", slip)
    assert shown.place == make_member().credit_code
    assert [made.side for made in marks] == [InterestSide.GRADUATE]
    assert post(fair_client, f"/console/slips/{slip}/claim", graduate_id="G1", name="不是") == 409


def test_a_booth_knows_nothing_of_a_slip_that_did_not_mark_it(
    fair_client: FlaskClient, welders: Engine
) -> None:
    with fair_client.application.app_context():
        clerk = Clerk(who="kiosk 1", now=parts().now(), hold_hours=1)
    number = fair_desk.issue(welders, clerk, "F1").slip
    enterprise = {"scope_kind": "enterprise", "scope_name": make_member().name}
    sign_in(fair_client, welders, "enterprise", **enterprise)
    assert fair_client.get(f"/console/slips/{number}").status_code == 404


# --- codes --------------------------------------------------------------------------------------


def test_codes_are_of_own_people_who_consent(fair_client: FlaskClient, welders: Engine) -> None:
    named = PersonalDetails(graduate_id="G1", name="单小丽")
    with store.writing(welders) as conn:
        people = [make_graduate(graduate_id="G1"), make_graduate(graduate_id="G2", consent=False)]
        store.save_graduates(conn, people, [named])
    college = make_graduate().college
    sign_in(fair_client, welders, scope_kind="college", scope_name="另一技师学院")
    asked = {"fair": "F1", "college": college, "class_name": make_graduate().class_name or ""}
    page = codes(fair_client, **asked)
    assert "<li>" not in page
    fair_client.post("/console/sign-out", data=form(fair_client))
    sign_in(fair_client, welders, "admin")
    page = codes(fair_client, **asked)
    assert "单小丽" in page
    assert len(re.findall(r'class="qr"', page)) == 1
    key = fair_client.application.secret_key
    assert isinstance(key, bytes)
    code = fair_codes.code_of(key, "F1", DAY, "G1")
    with fair_client.application.app_context():
        assert parts().kiosk.scanned(key, "F1", code).trade == make_graduate().trade


def test_codes_are_for_a_fair_that_is_known_and_open(
    fair_client: FlaskClient, welders: Engine
) -> None:
    sign_in(fair_client, welders)
    assert post(fair_client, "/console/roster-codes", fair="F9") == 422
    with fair_client.application.app_context():
        clerk = Clerk(who="officer", now=parts().now(), hold_hours=1)
    fair_desk.close(welders, clerk, "F1")
    assert post(fair_client, "/console/roster-codes", fair="F1") == 409
