"""Who is shown what while a trial runs: the published order, or the plain rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from recommender.data import trials
from recommender.domain import Graduate
from recommender.evaluation.baselines import CROSSWALK, crosswalk, weight_table
from recommender.matching.market import Market, open_market
from recommender.model.artefact import Artefact
from recommender.trials import Arm, Trial

# A person of whom nothing is stored: at a kiosk or on the page.
_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """What everybody was drawn for in the trial that runs.

    Attributes
    ----------
    by_id, by_class
        Graduate, and college and class, to what was drawn; whoever joins a class later is
        shown what the class is.
    """

    trial: Trial
    by_id: Mapping[str, Arm]
    by_class: Mapping[tuple[str, str], Arm]

    def of(self, graduate: Graduate) -> Arm | None:
        """Say what a graduate was drawn for; None for who is not in the trial.

        Who is described only is shown the plain rule, since anybody of a class without could
        describe themselves.
        """
        if graduate.graduate_id == _NOBODY:
            return Arm.WITHOUT
        if graduate.class_year != self.trial.class_year:
            return None
        found = self.by_id.get(graduate.graduate_id)
        return found or self.by_class.get((graduate.college, class_of(graduate)))


def class_of(graduate: Graduate) -> str:
    """Name the class that is drawn as a whole; the trade where the roster names none."""
    return graduate.class_name or graduate.trade


def read_arms(conn: Connection, day: date) -> Arms | None:
    """Read the trial that runs on a day; None where none does."""
    running = [trial for trial in trials.load_trials(conn) if trial.runs(day)]
    if not running:
        return None
    subjects = trials.load_subjects(conn, running[-1].name)
    return Arms(
        trial=running[-1],
        by_id={each.graduate_id: each.arm for each in subjects},
        by_class={(each.college, each.class_name): each.arm for each in subjects},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What classes without lists are ranked by: the crosswalk rule, at no price."""

    artefact: Artefact
    market: Market

    def after(self, market: Market) -> Plain:
        """Give the same beside a market after further steps."""
        return replace(self, market=self.market.after(market.standing))


def plain_of(artefact: Artefact, market: Market) -> Plain:
    """Lay the same cohort and posts side by side under the plain rule."""
    free = {post.post_id: (0.0, 0.0) for post in market.posts}
    scorer = weight_table(crosswalk(market.reference))
    return Plain(
        artefact=replace(artefact, published=CROSSWALK, scorer=scorer, prices=free),
        market=open_market(
            scorer,
            market.graduates,
            market.posts,
            market.standing,
            market.reference,
            market.day,
            published=free,
        ),
    )
