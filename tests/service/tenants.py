"""Two alliances in one database, everything private marked, and everybody who may ask.

Whatever a college has for itself (names, numbers, ids, notes, its own trade) holds its mark, and
no mark stands anywhere else: one look tells whose people an answer speaks of.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from recommender import access, ledger
from recommender.claims import start_of
from recommender.data import accounts, drafted, fair_desk, interested, programmes, registered, store
from recommender.domain import Interest, InterestSide, MemberKind, Outcome, OutcomeStage
from recommender.drafting import DraftAction, DraftEntry, KeptDraft
from recommender.fairs import Booth, Registration, Turn
from recommender.importing import drafts, scope
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from recommender.settings import Settings
from recommender.year import edition, rounds, trial
from recommender.year import fair_desk as desk
from service import create_app, logs
from service.kiosk import gate
from service.parts import parts
from service.routes import ROUTES
from tests.builders import (
    CREDIT_CODE,
    DAY,
    make_agreement,
    make_details,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
    make_programme,
)
from tests.service.published import crosswalk, publish

# Letters that stand in no word of any answer. Alliance A has two colleges, alliance B has one.
A1, A2, B1 = "qzA1x", "qzA2x", "qzB1x"
IN_A, IN_B = "qzAx", "qzBx"
ALLIANCE_OF = {A1: IN_A, A2: IN_A, B1: IN_B}
MARKS = frozenset({A1, A2, B1, IN_A, IN_B})

ENTERPRISE = "示例机械有限公司"
NOBODY, NOTHING = "G-nobody-1", "P-nothing"
# What each graduate of a college has: nothing, a hold, a place, a turn, an internship, no consent.
STATES = ("free", "holder", "placed", "waiter", "intern", "silent")
FREE, HOLDER, PLACED, WAITER, INTERN, SILENT = STATES
# P-open takes everybody, P-few is full, and of P-kept one place is a college's of alliance B.
POSTS = ("P-open", "P-few", "P-kept", "P-shut", NOTHING)

FAIR, ENDED, SLIP = "F-1", "F-2", "ABCD2345"

# How a route is asked, other than by the ids in its address: body, form, query, headers; `parts`
# for other parts of its address, `answers` where neither 200 nor 201 is what it answers, `echoes`
# where it shows again what was typed. `{graduate_id}` and `{post_id}` are filled in. A route that
# takes a body or parts of its own needs a line, or nothing but refusals would be looked at.
QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "fairs.make_timetable": {"parts": {"fair_id": FAIR}, "json": {"booths": 2}},
    "fairs.fair_turns": {"parts": {"fair_id": FAIR}},
    "fairs.give_slip": {"parts": {"fair_id": FAIR}, "json": {}},
    "fairs.graduate_slip": {"parts": {"fair_id": FAIR}, "json": {}},
    "fairs.check_slip_in": {"parts": {"fair_id": FAIR}, "json": {"slip": SLIP}},
    "fairs.mark_interest": {
        "parts": {"fair_id": FAIR},
        "json": {"slip": SLIP, "post_id": "{post_id}"},
    },
    "fairs.claim_slip": {
        "parts": {"fair_id": FAIR},
        "json": {"slip": SLIP, "graduate_id": "{graduate_id}", "name": "somebody"},
        "answers": {201, 422},  # a booth finds nobody who was not shown to it
    },
    "fairs.close_fair": {"parts": {"fair_id": FAIR}, "json": {}},
    "fairs.show_board": {"parts": {"fair_id": FAIR}},
    "fairs.booth_visitors": {"parts": {"fair_id": FAIR, "booth": "A1"}},
    "fairs.show_result": {"parts": {"fair_id": ENDED}},
    "meetings.chain_meeting": {"query_string": {"chain": "高端装备"}},
    "api.profile_ranking": {"json": {"trade": "焊接加工", "home_region": "370811", "top": 100}},
    "api.graduate_ranking": {"query_string": {"top": 100}},
    "api.post_graduates": {"query_string": {"top": 100}},
    "api.record_outcome": {
        "json": {
            "graduate_id": "{graduate_id}",
            "post_id": "{post_id}",
            "stage": "意向",
            "date": "2026-05-14",
        }
    },
    "codes.code_answer": {"parts": {"table": "trade", "code": "焊接加工"}},
    "places.hold_place": {
        "json": {"graduate_id": "{graduate_id}", "post_id": "{post_id}", "wait": True}
    },
    "places.confirm_place": {"json": {"graduate_id": "{graduate_id}", "post_id": "{post_id}"}},
    "places.release_place": {
        "json": {"graduate_id": "{graduate_id}", "post_id": "{post_id}", "reason": "其他"}
    },
    "places.keep_places": {
        "json": {
            "action": "hold",
            "pairs": [{"graduate_id": "{graduate_id}", "post_id": "{post_id}"}],
            "wait": True,
        }
    },
    "bootstrap.static": {"parts": {"filename": "css/bootstrap.min.css"}},
    "console.find.graduates": {"query_string": {"all": "1"}},
    "console.find.graduates_found": {"data": {"text": "{graduate_id}"}, "echoes": True},
    "console.find.graduates_sheet": {"data": {"text": "{graduate_id}"}},
    "console.guidance.show": {"query_string": {"whole": "1"}},
    "console.guidance.sheet": {"parts": {"suffix": "csv"}},
    "console.guidance.issue": {"data": {"sure": "1", "after": "1"}, "answers": {303}},
    "console.meeting.show": {"query_string": {"chain": "高端装备", "all": "1", "whole": "1"}},
    "console.meeting.sheet": {
        "parts": {"name": "pairings", "suffix": "csv"},
        "query_string": {"chain": "高端装备"},
    },
    "console.rounds.start": {"data": {"name": "S", "due_on": "2026-06-30"}, "answers": {303}},
    "console.rounds.one": {"parts": {"round_id": "R"}},
    "console.rounds.template": {"parts": {"round_id": "R", "credit_code": CREDIT_CODE}},
    "console.rounds.take": {"parts": {"round_id": "R"}, "data": {}, "answers": {303}},
    "console.rounds.choose": {
        "parts": {"round_id": "R"},
        "data": {"post_id": "{post_id}"},
        "answers": {303},
    },
    "console.rounds.approve": {"parts": {"round_id": "R"}, "data": {}, "answers": {303}},
    "console.rounds.issue": {"parts": {"round_id": "R"}, "data": {}, "answers": {303}},
    "console.upkeep.answer": {
        "data": {"post_id": "P-open", "verdict": "keep"},
        "answers": {303},
    },
    "console.upkeep.pause": {
        "data": {"credit_code": CREDIT_CODE, "reason": "r"},
        "answers": {303},
    },
    "console.fair.one": {"parts": {"fair_id": FAIR}},
    "console.fair.put_booth": {
        "data": {"fair_id": "F-3", "credit_code": CREDIT_CODE, "date": "2026-06-01"},
        "answers": {303},
    },
    "console.fair.drop_booth": {
        "parts": {"fair_id": FAIR},
        "data": {"credit_code": CREDIT_CODE},
        "answers": {303, 422},  # the first takes the only booth, and the fair with it
    },
    "console.fair.timetable": {"parts": {"fair_id": FAIR}, "data": {}, "answers": {303}},
    "console.fair.slip": {
        "parts": {"fair_id": FAIR},
        "data": {"graduate_id": "{graduate_id}"},
        "answers": {303},
    },
    "console.fair.check_in": {
        "parts": {"fair_id": FAIR},
        "data": {"slip": SLIP},
        "answers": {303},
    },
    "console.fair.close": {"parts": {"fair_id": FAIR}, "data": {"sure": "1"}, "answers": {303}},
    "console.fair.result": {"parts": {"fair_id": ENDED}, "query_string": {"whole": "1"}},
    "console.fair.result_sheets": {"parts": {"fair_id": ENDED}},
    "console.floor.board": {"parts": {"fair_id": FAIR}},
    "console.floor.own": {"parts": {"fair_id": FAIR}, "answers": {303}},
    "console.floor.tablet": {"parts": {"fair_id": FAIR, "booth": "A1"}},
    "console.floor.check_in": {
        "parts": {"fair_id": FAIR, "booth": "A1"},
        "data": {"slip": SLIP},
        "answers": {303},
    },
    "console.floor.mark": {
        "parts": {"fair_id": FAIR, "booth": "A1"},
        "data": {"slip": SLIP, "post_id": "{post_id}"},
        "answers": {303},
    },
    "console.floor.claim": {
        "parts": {"fair_id": FAIR, "booth": "A1"},
        "data": {"slip": SLIP, "graduate_id": "{graduate_id}", "name": "somebody"},
        "answers": {303, 422},  # a booth finds nobody who was not shown to it
    },
    "console.find.posts_found": {"data": {}},
    "console.find.posts_sheet": {"data": {}},
    "console.models.point_to": {"parts": {"version": 1}, "data": {}, "answers": {303}},
    "console.graduate.hold": {
        "data": {"post_id": "{post_id}", "wait": "1"},
        "answers": {303, 409},
    },
    "console.graduate.release": {
        "data": {"post_id": "{post_id}", "reason": "other"},
        "answers": {303, 409},
    },
    "console.graduate.record": {
        "data": {"post_id": "{post_id}", "stage": "interested", "date": "2026-05-14"},
        "answers": {303},
    },
    "console.graduate.veto": {"data": {"post_id": "P-open", "why": "w"}, "answers": {303, 409}},
    # Nothing is vetoed, and nobody has this step: refused as it should be.
    "console.graduate.lift": {"data": {"post_id": "P-open", "why": "w"}, "answers": {409}},
    "console.graduate.void": {
        "data": {"post_id": "P-kept", "stage": "declined", "date": "2026-05-01", "why": "w"},
        "answers": {303, 409},
    },
    "console.cohort.show": {"data": {"class_year": "2026"}, "answers": {200, 303}},
    "console.cohort.show_found": {"data": {"text": "{graduate_id}"}, "echoes": True},
    "console.cohort.act": {
        "parts": {"act": "move"},
        "data": {"saw": "1", "graduate_id": "{graduate_id}"},
        "answers": {303},
    },
    "console.cohort.sheet": {"parts": {"kind": "csv"}},
    "console.imports.upload": {"data": {}, "answers": {303}},
    "console.imports.correct": {"data": {"c-0-2-1": "{graduate_id}"}, "answers": {303}},
    "console.imports.choose": {"data": {"replace": "on"}, "answers": {303}},
    "console.imports.confirm": {"data": {"key": "0"}, "answers": {303}},
    "console.imports.discard": {"data": {}, "answers": {303}},
    "console.imports.marked": {"parts": {"number": 0}},
    "console.imports.template": {"parts": {"kind": "members"}},
    # Who reads nothing of people gets no sheet of theirs.
    "console.imports.sheet": {
        "parts": {"kind": "agreements", "ending": "csv"},
        "answers": {200, 404},
    },
    "console.mapping.map_trade": {
        "data": {"name": f"焊接加工（{A1}）", "trade": "焊接加工"},
        "answers": {303, 404},
    },
    "console.mapping.map_pair": {
        "data": {"trade": "焊接加工", "occupation": "6-18-02-04", "weight": "1"},
        "answers": {303, 403},
    },
    # R of every enterprise is under way.
    "rounds.open_round": {"json": {"name": "S", "due_on": "2026-06-30"}, "answers": {409}},
    "rounds.show_round": {"parts": {"round_id": "R"}},
    "rounds.round_template": {"parts": {"round_id": "R", "credit_code": CREDIT_CODE}},
    "rounds.take_reply": {
        "parts": {"round_id": "R"},
        "json": {"credit_code": CREDIT_CODE, "rows": []},
    },
    # Nobody has replied, nothing is approved and nobody paused: refused as it should be.
    "rounds.choose_reply": {
        "parts": {"round_id": "R"},
        "json": {"post_id": "{post_id}"},
        "answers": {422},
    },
    "rounds.approve_round": {"parts": {"round_id": "R"}, "json": {}, "answers": {409}},
    "rounds.issue_round": {"parts": {"round_id": "R"}, "json": {}, "answers": {409}},
    "rounds.answer_for_posts": {"json": {"post_ids": ["P-open"], "verdict": "keep"}},
    "rounds.pause_enterprise": {"json": {"credit_code": CREDIT_CODE, "reason": "r"}},
    "rounds.lift_enterprise": {
        "json": {"credit_code": CREDIT_CODE, "reason": "r"},
        "answers": {409},
    },
    "trials.size_trial": {"json": {}},
    "trials.start_trial": {
        "json": {"name": "T", "seed": 1, "anyway": True},
        "answers": {409},  # there is a T, which is over
    },
    "trials.trial_result": {"parts": {"trial": "T"}},
    "trials.stop_trial": {"parts": {"trial": "T"}, "json": {}, "answers": {409}},
    "plan.plan_move": {
        "query_string": {
            "college": f"{A1} college",
            "from_trade": "焊接加工",
            "to_trade": "幼儿教育",
            "places": 1,
            "entry_year": 2026,
        },
        "answers": {404, 409},  # the plainest rule knows no chances
    },
    "plan.plan_best": {"query_string": {"budget": 1}, "answers": {409}},
    "guidance.guidance_edition": {"parts": {"edition": 1}},
    "guidance.issue_guidance": {"json": {}},
    "year.year_report": {"query_string": {"class_year": 2026}},
    "year.record_follow_up": {
        "json": {
            "graduate_id": "{graduate_id}",
            "post_id": "{post_id}",
            "due_days": 30,
            "result": "未联系上",
            "date": "2026-05-14",
        }
    },
    "console.paper.found": {"data": {"number": SLIP}},
    "console.paper.show": {"parts": {"slip": SLIP}},
    "console.paper.check_in": {"parts": {"slip": SLIP}, "data": {}, "answers": {303}},
    "console.paper.claim": {
        "parts": {"slip": SLIP},
        "data": {"graduate_id": "{graduate_id}", "name": "somebody"},
        "answers": {303, 409, 422},  # a booth finds nobody who was not shown to it
    },
    "console.paper.make_codes": {
        "data": {"fair": FAIR, "college": f"{B1} college", "class_name": f"{B1} class"}
    },
    "kiosk.open_form": {"answers": {200, 302}},
    "kiosk.open": {"data": {"token": "-", "fair": FAIR}, "answers": {401}},
    "kiosk.press": {
        "data": {
            "trade": "焊接加工",
            "level": "SENIOR_WORKER",
            "home": "370811",
            "do": "wish:any",
        }
    },
    "kiosk.close": {"data": {}, "answers": {303}},
    "console.door.start": {"answers": {302}},
    "console.door.let_in": {"data": {"login": "nobody", "secret": "-"}, "answers": {401, 429}},
    "console.door.change_secret": {"data": {"new": "-"}, "answers": {422}},
    "console.door.sign_out": {"data": {}, "answers": {302}},
    "own.show": {"parts": {"token": "0" * 64}, "answers": {404}},
    "own.act": {"parts": {"token": "0" * 64}, "data": {"act": "withdraw"}, "answers": {404}},
    "page.ask": {"data": {"ask": "1", "trade": "焊接加工"}},
    "page.explain": {"parts": {"slug": "not-found"}},
    "static": {"parts": {"filename": "style.css"}},
}


_SENT = {"json", "data", "query_string", "headers"}


def graduate_id(mark: str, state: str) -> str:
    return f"G-{mark}-{state}"


def draft_id(graduate_id: str) -> str:
    """Name the draft of somebody's college, without a mark: it stands in addresses."""
    mark = next((mark for mark in ALLIANCE_OF if mark in graduate_id), "nobody")
    return hashlib.sha256(mark.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, with the marks of the people whom they may see."""

    role: str | None
    scope: str
    headers: Mapping[str, str]
    sees: frozenset[str]
    sign_in: str = ""
    login: str = ""

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} of {self.scope}"

    def may_ask(self, endpoint: str) -> bool:
        route = ROUTES[endpoint]
        return route.roles is None or self.role in route.roles

    def may_read(self, endpoint: str) -> frozenset[str]:
        if ROUTES[endpoint].of_people:
            return self.sees
        # The bar of the console says whose people the one who is signed in looks after.
        own = {mark for mark in MARKS if endpoint.startswith("console.") and mark in self.scope}
        return frozenset(own)


@dataclass
class Tenants:
    """The application over both alliances, and everybody who may ask it."""

    app: Flask
    engine: Engine
    home: Path
    askers: list[Asker]
    log: io.StringIO
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)

    def put(self, asker: Asker, question: Question, **more: str) -> TestResponse:
        """Put a question as somebody, with more headers where there are some."""
        headers = {**asker.headers, **more}
        if question.path.startswith("/console") and asker.sign_in:
            headers["Cookie"] = self._cookie(asker.sign_in)
        if question.path.startswith("/kiosk") and asker.headers:
            headers["Cookie"] = self._kiosk_cookie(asker.headers["Authorization"])
        return self.client.open(
            question.path,
            method=question.method,
            headers=headers,
            buffered=True,
            **question.sent,
        )

    def _cookie(self, sign_in: str) -> str:
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        carried = {"_user_id": sign_in, "_fresh": False, "csrf_token": "0" * 40}
        return f"placement_console={signer.dumps(carried)}"

    def _kiosk_cookie(self, bearer: str) -> str:
        with self.app.test_request_context("/kiosk"):
            signed = gate._signer().dumps([bearer.removeprefix("Bearer "), FAIR])
        return f"{gate.COOKIE}={signed}"

    def told(self) -> str:
        """Give whatever is written down beside the answers: log, metrics, lists shown."""
        with self.app.app_context():
            parts().exposures.flush()
        lists = "".join(
            path.read_text("ascii") for path in sorted(self.home.glob("exposures/*.jsonl"))
        )
        return self.log.getvalue() + self.client.get("/metrics").text + lists


def shown(answer: TestResponse) -> str:
    """Give everything that a client receives, but the time of day, and how long the text is."""
    aside = {"Date", "Content-Length"}
    headers = [f"{name}: {value}" for name, value in answer.headers if name not in aside]
    body = answer.get_data()
    body = b"\n".join(_unpacked(body))
    # A form's token says when it was made, and its key is drawn.
    made = r'(name="(?:csrf_token|key)" value=)"[^"]+"'
    text = re.sub(made, r"\1", body.decode(errors="replace"))
    return "\n".join([answer.status, *headers, text])


def _unpacked(body: bytes) -> Iterator[bytes]:
    """Give what a workbook holds, or an archive of them, without when it was made."""
    if not body.startswith(b"PK"):
        yield body
        return
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for name in packed.namelist():
            if not name.startswith("docProps"):
                yield from _unpacked(packed.read(name))


def leaked(text: str, allowed: frozenset[str]) -> set[str]:
    """Find marks of people whom an answer may not speak of."""
    return {mark for mark in MARKS - allowed if mark.lower() in text.lower()}


# --- the two alliances ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with both alliances, to be copied, and who may ask about it."""

    path: Path
    askers: list[Asker]


def fill(migrated_file: Path, folder: Path) -> Filled:
    """Store three colleges with people in every state, before posts that all of them share."""
    path = folder / "filled.sqlite3"
    shutil.copyfile(migrated_file, path)
    engine = store.connect(f"sqlite:///{path}")
    _store_sheets(engine)
    _take_places(engine)
    edition.issue(engine, day=DAY, author="officer 99")
    _hold_fairs(engine)
    _begin_drafts(engine)
    over = DAY - timedelta(days=2)
    trial.start(
        engine, "T", trial.Ask(class_year=2026), day=over, seed=1, author="officer 99", anyway=True
    )
    trial.stop(engine, "T", day=over)
    rounds.open_round(engine, "R", day=DAY, due_on=DAY + timedelta(days=14))
    askers = _make_askers(engine)
    engine.dispose()
    return Filled(path, askers)


def _store_sheets(engine: Engine) -> None:
    posts = [
        make_post(post_id="P-open", headcount=50, industry_chain="高端装备"),
        make_post(post_id="P-few", headcount=6),
        make_post(post_id="P-kept", headcount=3),
        make_post(post_id="P-shut", closes_on=DAY - timedelta(days=5)),
        make_post(
            post_id="P-past", opens_on=DAY - timedelta(days=400), closes_on=DAY - timedelta(days=9)
        ),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_members(
            conn,
            [
                make_member(
                    name=f"{mark} college",
                    alliance=f"{alliance} alliance",
                    kind=MemberKind.TECHNICIAN_COLLEGE,
                    credit_code=None,
                )
                for mark, alliance in ALLIANCE_OF.items()
            ],
        )
        for mark in ALLIANCE_OF:
            store.save_graduates(
                conn,
                [_graduate(mark, state) for state in STATES],
                [_details(mark, state) for state in STATES],
            )
            store.save_outcomes(conn, _steps(mark))
        kept = make_agreement(
            agreement_id="A-1",  # a fact of the post, and no mark of anybody
            college=f"{B1} college",
            trade="焊接加工",
            class_year=2026,
            post_id="P-kept",
            ceiling=2,
        )
        store.save_agreements(conn, [kept])
        plans = [make_programme(college=f"{mark} college", entry_year=2026) for mark in ALLIANCE_OF]
        programmes.save_programmes(conn, plans, day=DAY)


def _hold_fairs(engine: Engine) -> None:
    """Send one of each college to the booth of a fair, where a walk-in marked; end another."""
    clerk = Clerk(who="officer 99", now=start_of(DAY), hold_hours=48)
    people = [graduate_id(mark, FREE) for mark in ALLIANCE_OF]
    at = {"credit_code": CREDIT_CODE, "date": DAY, "booth": "A1"}
    with store.writing(engine) as conn:
        registered.save_booths(conn, [Booth(fair_id=each, **at) for each in (FAIR, ENDED)])
        registered.save_registrations(
            conn, [Registration(fair_id=FAIR, graduate_id=who) for who in people]
        )
        sent = {"credit_code": CREDIT_CODE, "post_id": "P-open", "chance": 0.5}
        turns = [Turn(fair_id=FAIR, graduate_id=who, slot=1, **sent) for who in people]
        fair_desk.replace_turns(conn, FAIR, turns)
        wishes = [
            Interest(fair_id=ENDED, graduate_id=who, post_id="P-open", side=side)
            for who in people
            for side in InterestSide
        ]
        interested.save_interests(conn, wishes)
    desk.issue(engine, clerk, FAIR, draw=lambda: SLIP)
    desk.mark(engine, clerk, FAIR, SLIP, "P-open")
    desk.close(engine, clerk, ENDED)


def _begin_drafts(engine: Engine) -> None:
    """Begin an assignment in each college."""
    with store.writing(engine) as conn:
        for mark in ALLIANCE_OF:
            who = graduate_id(mark, FREE)
            kept = KeptDraft(
                draft_id=draft_id(who),
                made_at=start_of(DAY),
                made_by="user wang",
                class_year=2026,
                way="best",
                colleges=(f"{mark} college",),
            )
            first = DraftEntry(
                number=1,
                at=start_of(DAY),
                who="user wang",
                action=DraftAction.ASSIGNED,
                placed={who: "P-open"},
            )
            drafted.add_draft(conn, kept)
            drafted.append(conn, kept.draft_id, [first])


def _take_places(engine: Engine) -> None:
    clerk = Clerk(who="officer 99", now=start_of(DAY), hold_hours=48)
    for mark in ALLIANCE_OF:
        placed, holder = graduate_id(mark, PLACED), graduate_id(mark, HOLDER)
        ledger.confirm(engine, clerk, placed, "P-few", note=f"{mark} note")
        with store.writing(engine) as conn:
            started = make_outcome(
                graduate_id=placed,
                post_id="P-few",
                stage=OutcomeStage.STARTED,
                date=DAY - timedelta(days=35),
            )
            store.save_outcomes(conn, [started])
        ledger.hold(engine, clerk, holder, "P-few", note=f"{mark} note")
    for mark in reversed(ALLIANCE_OF):
        waiter = graduate_id(mark, WAITER)
        ledger.hold(engine, clerk, waiter, "P-few", wait=True, note=f"{mark} note")


def _graduate(mark: str, state: str) -> Any:
    return make_graduate(
        graduate_id=graduate_id(mark, state),
        college=f"{mark} college",
        class_name=f"{mark} class",
        trade=f"焊接加工（{mark}）",
        consent=state != SILENT,
        order_class=CREDIT_CODE if mark == B1 else None,
    )


def _steps(mark: str) -> list[Outcome]:
    stage = OutcomeStage
    return [
        make_outcome(graduate_id=graduate_id(mark, FREE), post_id="P-kept", stage=stage.DECLINED),
        make_outcome(
            graduate_id=graduate_id(mark, INTERN),
            post_id="P-open",
            stage=stage.INTERNED,
            interned_until=DAY + timedelta(days=30),
        ),
    ]


def _details(mark: str, state: str) -> Any:
    return make_details(
        graduate_id=graduate_id(mark, state), name=f"{mark} name", student_no=f"{mark} 001"
    )


def _make_askers(engine: Engine) -> list[Asker]:
    """Make a token for every role and every scope that it can have."""
    scopes: list[tuple[str | None, str | None, frozenset[str]]] = [
        ("college", f"{A1} college", frozenset({A1, IN_A})),
        ("college", f"{B1} college", frozenset({B1, IN_B})),
        ("alliance", f"{IN_A} alliance", frozenset({A1, A2, IN_A})),
        ("alliance", f"{IN_B} alliance", frozenset({B1, IN_B})),
        ("enterprise", ENTERPRISE, frozenset()),
        (None, None, MARKS),
    ]
    askers = [Asker(None, "nothing", {}, frozenset())]
    for role in access.ROLES:
        for kind, name, sees in scopes:
            if role in access.OF_ONE_ALLIANCE and kind != "alliance":
                continue
            secret = access.create_token(
                engine, role=role, day=DAY, scope_kind=kind, scope_name=name
            )
            headers = {"Authorization": f"Bearer {secret}"}
            login, sign_in = _sign_in(engine, role, kind, name)
            askers.append(Asker(role, name or "all", headers, sees, sign_in, login))
    return askers


def _sign_in(engine: Engine, role: str, kind: str | None, name: str | None) -> tuple[str, str]:
    """Sign somebody in at the console past its door, which has tests of its own."""
    with store.writing(engine) as conn:
        login = f"{role} {len(accounts.list_users(conn))}"
        user_id = accounts.add_user(
            conn,
            login=login,
            role=role,
            scope_kind=kind,
            scope_name=name,
            secret_hash="",
            must_change=False,
            created_on=DAY,
            revoked=False,
        )
        secret = f"sign-in-{user_id}"
        digest = hashlib.sha256(secret.encode()).hexdigest()
        accounts.begin(conn, digest, user_id, start_of(DAY))
    return login, secret


@contextmanager
def tenants(folder: Path, filled: Filled) -> Iterator[Tenants]:
    """Serve a copy of a filled database, with its log caught and left as it was found."""
    path = folder / "placement.sqlite3"
    shutil.copyfile(filled.path, path)
    engine = store.connect(f"sqlite:///{path}")
    settings = Settings(home=folder, database_url=f"sqlite:///{path}", as_of=DAY)
    # Prices are published: solved for a cohort at hand, they are everybody's doing.
    prices = dict.fromkeys(POSTS, (0.0, 0.0))
    publish(settings.models_dir, replace(crosswalk(), prices=prices))
    app = create_app(
        settings,
        engine=engine,
        desk=PlacementDesk(engine, settings.models_dir, today=lambda: DAY),
        today=lambda: DAY,
        new_request_id=lambda: "0" * 32,
    )
    app.config["WTF_CSRF_METHODS"] = []  # forged forms are another test's
    _send_sheets(folder, filled.askers)
    root = logging.getLogger()
    handlers, level, log = root.handlers[:], root.level, io.StringIO()
    structured = structlog.get_config()
    logs.configure(log)
    try:
        yield Tenants(app, engine, folder, filled.askers, log)
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.configure(**structured)
        engine.dispose()


def _send_sheets(home: Path, askers: Iterable[Asker]) -> None:
    """Let everybody have sent an agreement whose id a college of alliance B holds."""
    for asker in askers:
        if asker.role not in scope.IMPORTERS:
            continue
        college = asker.scope if asker.scope.endswith(" college") else "示例技师学院"
        sheet = (
            "协议编号,院校,统一社会信用代码,培养方式,起,止\n"
            f"A-1,{college},{CREDIT_CODE},订单,2026-01-01,2026-12-31\n"
        )
        files = [("a.csv", partial(Path.write_text, data=sheet, encoding="utf-8"))]
        drafts.keep(home, asker.login, files, start_of(DAY))


# --- how a route is asked ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One request, without who sends it; `typed` where the answer shows it again."""

    method: str
    path: str
    sent: Mapping[str, Any]
    typed: str = ""

    def __hash__(self) -> int:
        return hash(str(self))

    def told(self, answer: TestResponse) -> str:
        """Give what the answer shows, with what was typed and is shown again as nobody's id."""
        text = shown(answer)
        for typed in {self.typed, self.typed.strip()} - {""}:
            text = text.replace(str(escape(typed)), NOBODY).replace(typed, NOBODY)
        return text


def questions(app: Flask, endpoint: str, graduate_id: str, post_id: str) -> list[Question]:
    """Ask a route about a graduate and a post: at every address of its own, by its own methods."""
    line, asked = QUESTIONS.get(endpoint, {}), []
    values = {
        "graduate_id": graduate_id,
        "post_id": post_id,
        "draft_id": draft_id(graduate_id),
    }
    for rule in app.url_map.iter_rules(endpoint):
        given = {**values, **line.get("parts", {})}
        missing = set(rule.arguments) - set(given)
        methods = own_methods(rule)
        assert not missing and (endpoint in QUESTIONS or methods <= {"GET", "DELETE"}), (
            f"say in QUESTIONS of tests/service/tenants.py how {endpoint} is asked:"
            f" {', '.join(sorted(missing)) or 'its body'}"
        )
        _, path = rule.build({name: given[name] for name in rule.arguments}) or ("", "")
        sent = {name: _filled(line[name], values) for name in _SENT & line.keys()}
        typed = graduate_id if line.get("echoes") else ""
        asked += [Question(method, path, sent, typed) for method in sorted(methods)]
    return asked


def answers(endpoint: str) -> set[int]:
    """Give the statuses with which a route answers what it is asked for."""
    return set(QUESTIONS.get(endpoint, {}).get("answers", {200, 201}))


def own_methods(rule: Rule) -> set[str]:
    """Give the methods that a route was made for."""
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        for name, value in values.items():
            part = part.replace(f"{{{name}}}", value)
        return part
    if isinstance(part, Mapping):
        return {name: _filled(each, values) for name, each in part.items()}
    return [_filled(each, values) for each in part] if isinstance(part, list) else part
