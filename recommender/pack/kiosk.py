"""The kiosk of a hall: the server's own pages, answered from a pack and written into its journal.

What a kiosk shows beside the ranking travels in the pack as it would be shown: counts of the
class year before rounded and with small ones left out, trades and cities in order, uncounted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from recommender import kiosk
from recommender.claims import start_of
from recommender.data.kiosk import Applied, AppliedThen
from recommender.domain import SkillLevel
from recommender.errors import NotFound, Unreadable
from recommender.kiosk import Answers, AtFair, FairShown, Kiosk, SlipShown
from recommender.pack.desk import PackDesk, no_engine
from recommender.pack.hall import Hall
from recommender.places import Clerk
from recommender.year.fair_desk import read_number


def shown(known: AtFair) -> dict[str, Any]:
    """Give what a kiosk at a fair shows beside the ranking, as it shows it."""
    last_year = {
        post.post_id: kiosk.last_year_of(known.last_year, post) for post in known.posts.values()
    }
    return {
        "trades": [name for name, _ in known.trades.most_common()],
        "homes": [code for code, _ in known.homes.most_common()],
        "last_year": {
            post_id: [then.n_applied, then.level, then.at_enterprise]
            for post_id, then in last_year.items()
            if then is not None
        },
    }


class PackKiosk(Kiosk):
    """Answers the kiosks of a hall; of rosters it knows nobody."""

    def __init__(self, hall: Hall, desk: PackDesk) -> None:
        day = hall.pack.contents.day
        super().__init__(no_engine(), desk, today=lambda: day, now=lambda: start_of(day))
        self._hall = hall
        self._fair = _at_fair(hall)

    def fairs(self) -> tuple[FairShown, ...]:
        """List the one fair of the pack."""
        return (self.fair(self._hall.pack.contents.fair_id),)

    def scanned(self, key: bytes, fair_id: str, typed: str) -> Answers:
        """Refuse every code of a roster: whose it is, the server alone knows.

        Raises
        ------
        Unreadable
        """
        raise Unreadable("code", "", "no_code")

    def mark(self, clerk: Clerk, fair_id: str, post_id: str, *, slip: str | None, key: str) -> str:
        """Mark in the journal that somebody wants a post; give the number of their slip.

        Raises
        ------
        NotFound
            If no slip can have the number, or no booth has the post.
        PackRefused
            Out of the pack's time.
        """
        self._at(fair_id)
        number = slip or self._hall.issue(key=key).slip
        return self._hall.mark(number, post_id).slip

    def slip(self, fair_id: str, number: str) -> SlipShown:
        """Show a slip with what was marked on it here.

        Raises
        ------
        NotFound
            If no slip can have the number.
        """
        known, number = self._at(fair_id), read_number(number)
        free = self._hall.free_places()
        cards = tuple(
            kiosk.card_of(known, known.posts[post_id], free[post_id], "")
            for post_id in self._hall.marked_on(number)
        )
        return SlipShown(fair_id=fair_id, number=number, day=known.found.day, cards=cards)

    def _at(self, fair_id: str) -> AtFair:
        self._hall.require_open()
        if fair_id != self._fair.found.fair_id:
            raise NotFound("fair", fair_id)
        return self._fair


def _at_fair(hall: Hall) -> AtFair:
    held = hall.pack.contents
    found = hall.fair()
    return AtFair(
        revision=0,
        today=held.day,
        found=found,
        posts=hall.posts,
        signs={booth.credit_code: booth.sign for booth in found.booths},
        reference=held.market.reference,
        last_year=_applied(hall, held.kiosk["last_year"]),
        trades=_in_order(held.kiosk["trades"]),
        homes=_in_order(held.kiosk["homes"]),
    )


def _in_order(names: Sequence[str]) -> Counter[str]:
    """Make counts that put names in their order, and say nothing else."""
    return Counter({name: n for n, name in enumerate(reversed(names), start=1)})


def _applied(hall: Hall, told: Mapping[str, Sequence[Any]]) -> AppliedThen:
    """Make counts that show again what was shown."""
    then = AppliedThen()
    for post_id, (n_applied, level, at_enterprise) in told.items():
        post = hall.posts[post_id]
        hired = Counter({SkillLevel(level): n_applied}) if level is not None else Counter()
        counts = Applied(n_applied=n_applied, hired=Counter(hired))
        if at_enterprise:
            then.at_enterprise[post.credit_code, post.occupation_code] = counts
        else:
            then.in_occupation[post.occupation_code] = counts
    return then
