"""Every route in one table: which roles may ask it, and whether it speaks of people.

What is not here is closed to everybody, and `tests/service/test_tenancy.py` fails until its line
is written. A route that speaks of people answers a bearer about their own people only, and about
anybody else's as about an id that nobody holds (`access.within`, `access.require_within`); the
same test asks every route, by every method and role, and looks for people of others in whatever
comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender import access

_CLERKS = frozenset({"officer", "admin"})
_READERS = _CLERKS | {"auditor", "alliance"}
_RECORDERS = _CLERKS | {"data"}
_OFFICES = _READERS | {"data"}
_IMPORTERS = _RECORDERS
_EVERYBODY = frozenset(access.ROLES)


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Attributes
    ----------
    roles
        Who may ask, by the role of their token, or of their account at the console; None:
        anybody, without one.
    of_people
        Whether an answer may name or describe people who are stored, those within the bearer's
        scope. Of any other route not even an admin learns who is stored.
    """

    roles: frozenset[str] | None
    of_people: bool


_OPEN = Route(None, of_people=False)
_SIGNED_IN = Route(_EVERYBODY, of_people=False)

# Endpoint (blueprint and view) → route. An enterprise sees no graduate: nobody has agreed to be
# shown to it. The kiosk's question names no known person, so any token may ask it.
ROUTES: Mapping[str, Route] = {
    "api.graduate_ranking": Route(_READERS, of_people=True),
    "api.post_graduates": Route(_READERS, of_people=True),
    "api.pair_eligibility": Route(_READERS, of_people=True),
    "api.profile_ranking": Route(_EVERYBODY, of_people=False),
    "api.record_outcome": Route(_RECORDERS, of_people=True),
    "codes.code_answer": Route(_EVERYBODY - {"kiosk"}, of_people=False),
    "places.hold_place": Route(_CLERKS, of_people=True),
    "places.confirm_place": Route(_CLERKS, of_people=True),
    "places.release_place": Route(_CLERKS, of_people=True),
    "places.keep_places": Route(_CLERKS, of_people=True),
    "places.pending_places": Route(_READERS, of_people=True),
    "places.post_places": Route(_READERS, of_people=True),
    "steps.pair_next_step": Route(_READERS, of_people=True),
    "steps.graduate_next_steps": Route(_READERS, of_people=True),
    "rounds.list_rounds": Route(_READERS, of_people=False),
    "rounds.show_round": Route(_READERS, of_people=False),
    "rounds.round_template": Route(_CLERKS, of_people=False),
    "rounds.open_round": Route(_CLERKS, of_people=False),
    "rounds.take_reply": Route(_CLERKS, of_people=False),
    "rounds.choose_reply": Route(_CLERKS, of_people=False),
    "rounds.approve_round": Route(_CLERKS, of_people=False),
    "rounds.issue_round": Route(_CLERKS, of_people=False),
    "rounds.untouched_posts": Route(_READERS, of_people=False),
    "rounds.answer_for_posts": Route(_CLERKS, of_people=False),
    "rounds.post_history": Route(_READERS, of_people=False),
    "rounds.enterprise_answers": Route(_READERS, of_people=False),
    "rounds.pause_enterprise": Route(_CLERKS, of_people=False),
    "rounds.lift_enterprise": Route(_CLERKS, of_people=False),
    "year.due_follow_ups": Route(_READERS, of_people=True),
    "year.record_follow_up": Route(_RECORDERS, of_people=True),
    "year.year_report": Route(_READERS, of_people=True),
    "guidance.guidance_now": Route(_EVERYBODY, of_people=True),
    "guidance.guidance_edition": Route(_EVERYBODY, of_people=True),
    "guidance.issue_guidance": Route(_RECORDERS, of_people=False),
    # Of who answers for everybody only: the numbers are sums over all colleges.
    "trials.list_trials": Route(_CLERKS | {"auditor"}, of_people=False),
    "trials.trial_result": Route(_CLERKS | {"auditor"}, of_people=False),
    "trials.size_trial": Route(_CLERKS, of_people=False),
    "trials.start_trial": Route(_CLERKS, of_people=False),
    "trials.stop_trial": Route(_CLERKS, of_people=False),
    "fairs.make_timetable": Route(_CLERKS, of_people=False),
    "fairs.fair_turns": Route(_READERS, of_people=True),
    "fairs.give_slip": Route(_CLERKS | {"kiosk"}, of_people=False),
    "fairs.graduate_slip": Route(_CLERKS, of_people=True),
    "fairs.check_slip_in": Route(_CLERKS | {"enterprise"}, of_people=False),
    "fairs.mark_interest": Route(_CLERKS | {"enterprise", "kiosk"}, of_people=False),
    # A booth has to know the name, too: an id alone finds nobody.
    "fairs.claim_slip": Route(_CLERKS | {"enterprise"}, of_people=True),
    "fairs.close_fair": Route(_CLERKS, of_people=False),
    "fairs.show_board": Route(_EVERYBODY, of_people=False),
    # Of who was not shown to it, a booth learns what they can do, and not who they are.
    "fairs.booth_visitors": Route(_READERS | {"enterprise"}, of_people=True),
    "fairs.show_result": Route(_READERS, of_people=True),
    # Coverage tells of chains and trades, the others name colleges, too.
    "plan.plan_coverage": Route(_READERS, of_people=False),
    "plan.plan_homogeneity": Route(_READERS, of_people=True),
    "plan.plan_enrolment": Route(_READERS, of_people=True),
    "plan.plan_move": Route(_READERS, of_people=False),
    "plan.plan_best": Route(_READERS, of_people=False),
    "meetings.chain_meeting": Route(_READERS, of_people=True),
    "document": _OPEN,
    "page.ask": _OPEN,
    "page.explain": _OPEN,
    "page.show": _OPEN,
    # By a signed link, which is whose it is; the page logs for itself.
    "own.show": _OPEN,
    "own.act": _OPEN,
    "probes.alive": _OPEN,
    "probes.metrics": _OPEN,
    "probes.ready": _OPEN,
    "static": _OPEN,
    "bootstrap.static": _OPEN,
    "kiosk.open_form": _OPEN,
    "kiosk.open": _OPEN,
    "kiosk.show": Route(frozenset({"kiosk"}), of_people=False),
    "kiosk.press": Route(frozenset({"kiosk"}), of_people=False),
    "kiosk.close_form": Route(frozenset({"kiosk"}), of_people=False),
    "kiosk.close": Route(frozenset({"kiosk"}), of_people=False),
    "console.door.sign_in": _OPEN,
    "console.door.let_in": _OPEN,
    "console.door.start": _SIGNED_IN,
    "console.door.sign_out": _SIGNED_IN,
    "console.door.secret": _SIGNED_IN,
    "console.door.change_secret": _SIGNED_IN,
    "console.today.show": Route(_OFFICES, of_people=False),
    "console.today.duties": Route(_READERS, of_people=True),
    "console.models.show": Route(_OFFICES, of_people=False),
    "console.models.point_to": Route(frozenset({"admin"}), of_people=False),
    "console.find.graduates": Route(_READERS, of_people=True),
    "console.find.graduates_found": Route(_READERS, of_people=True),
    "console.find.graduates_sheet": Route(_READERS, of_people=True),
    "console.graduate.show": Route(_READERS, of_people=True),
    "console.graduate.next_steps": Route(_READERS, of_people=True),
    "console.graduate.hold": Route(_CLERKS, of_people=True),
    "console.graduate.release": Route(_CLERKS, of_people=True),
    "console.graduate.record": Route(_CLERKS, of_people=True),
    "console.graduate.veto": Route(_CLERKS, of_people=True),
    "console.graduate.lift": Route(_CLERKS, of_people=True),
    "console.graduate.void": Route(_CLERKS, of_people=True),
    "console.post.show": Route(_READERS, of_people=True),
    "console.guidance.show": Route(_EVERYBODY, of_people=True),
    "console.guidance.sheet": Route(_EVERYBODY, of_people=True),
    "console.guidance.issue": Route(_RECORDERS, of_people=False),
    "console.meeting.show": Route(_READERS, of_people=True),
    "console.meeting.sheet": Route(_READERS, of_people=True),
    "console.cohort.show": Route(_READERS, of_people=True),
    "console.cohort.show_draft": Route(_READERS, of_people=True),
    "console.cohort.show_found": Route(_READERS, of_people=True),
    "console.cohort.show_options": Route(_READERS, of_people=True),
    "console.cohort.act": Route(_CLERKS, of_people=True),
    "console.cohort.sheet": Route(_READERS, of_people=True),
    "console.paper.find": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.paper.found": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.paper.show": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.paper.check_in": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.paper.claim": Route(_CLERKS | {"enterprise"}, of_people=True),
    "console.paper.codes": Route(_CLERKS, of_people=True),
    "console.paper.make_codes": Route(_CLERKS, of_people=True),
    "console.rounds.show": Route(_READERS, of_people=False),
    "console.rounds.one": Route(_READERS, of_people=False),
    "console.rounds.start": Route(_CLERKS, of_people=False),
    "console.rounds.template": Route(_CLERKS, of_people=False),
    "console.rounds.take": Route(_CLERKS, of_people=False),
    "console.rounds.choose": Route(_CLERKS, of_people=False),
    "console.rounds.approve": Route(_CLERKS, of_people=False),
    "console.rounds.issue": Route(_CLERKS, of_people=False),
    "console.upkeep.show": Route(_READERS, of_people=False),
    "console.upkeep.answer": Route(_CLERKS, of_people=False),
    "console.upkeep.pause": Route(_CLERKS, of_people=False),
    "console.fair.show": Route(_EVERYBODY, of_people=False),
    "console.fair.one": Route(_EVERYBODY, of_people=True),
    "console.fair.put_booth": Route(_CLERKS, of_people=False),
    "console.fair.drop_booth": Route(_CLERKS, of_people=False),
    "console.fair.timetable": Route(_CLERKS, of_people=False),
    "console.fair.slip": Route(_CLERKS, of_people=True),
    "console.fair.check_in": Route(_CLERKS, of_people=False),
    "console.fair.close": Route(_CLERKS, of_people=False),
    "console.fair.result": Route(_READERS, of_people=True),
    "console.fair.result_sheets": Route(_READERS, of_people=True),
    "console.floor.board": Route(_EVERYBODY, of_people=False),
    "console.floor.own": Route(frozenset({"enterprise"}), of_people=False),
    "console.floor.tablet": Route(_READERS | {"enterprise"}, of_people=True),
    "console.floor.check_in": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.floor.mark": Route(_CLERKS | {"enterprise"}, of_people=False),
    "console.floor.claim": Route(_CLERKS | {"enterprise"}, of_people=True),
    "console.find.posts": Route(_OFFICES, of_people=False),
    "console.find.posts_found": Route(_OFFICES, of_people=False),
    "console.find.posts_sheet": Route(_OFFICES, of_people=False),
    # Of those who are stored, a draft shows what it would change: its owner's own people.
    "console.imports.show": Route(_IMPORTERS, of_people=True),
    "console.imports.upload": Route(_IMPORTERS, of_people=False),
    "console.imports.correct": Route(_IMPORTERS, of_people=False),
    "console.imports.choose": Route(_IMPORTERS, of_people=False),
    "console.imports.discard": Route(_IMPORTERS, of_people=False),
    "console.imports.confirm": Route(_IMPORTERS, of_people=False),
    # What was sent, and why it is refused.
    "console.imports.marked": Route(_IMPORTERS, of_people=False),
    "console.imports.template": Route(_OFFICES, of_people=False),
    "console.imports.sheet": Route(_OFFICES, of_people=True),
    "console.mapping.show": Route(_IMPORTERS, of_people=True),
    "console.mapping.map_trade": Route(_IMPORTERS, of_people=False),
    "console.mapping.map_pair": Route(_IMPORTERS, of_people=False),
}


def may_ask(role: str, endpoint: str | None) -> bool:
    """Whether a role may ask a route; one that is in no table is closed."""
    route = ROUTES.get(endpoint or "")
    return route is not None and route.roles is not None and role in route.roles
