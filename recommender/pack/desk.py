"""Answers profiles from a pack, as the server did; of people it knows nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import Engine

from recommender import placements
from recommender.errors import DatabaseFailed
from recommender.matching.market import CONGESTION
from recommender.pack.hall import Hall
from recommender.placements import PlacementDesk, PostRanking, Readiness


def no_engine() -> Engine:
    """Give an engine that refuses to be opened: nothing that a hall answers may need one."""

    def refuse() -> NoReturn:
        raise DatabaseFailed("a pack is served without a database")

    return sa.create_engine("sqlite://", creator=refuse)


class PackDesk(PlacementDesk):
    """The part of a desk that a kiosk asks; anything else says that there is no database."""

    def __init__(self, hall: Hall) -> None:
        day = hall.pack.contents.day
        super().__init__(no_engine(), Path(), today=lambda: day)
        self._hall = hall

    def rank_for_profile(
        self,
        profile: Mapping[str, object],
        *,
        top: int = 10,
        order: str = "market",
        congestion: float = CONGESTION,
        among: Collection[str] | None = None,
    ) -> PostRanking:
        """Rank the posts for a profile with places as of the pack; see `PlacementDesk`.

        Raises
        ------
        Unreadable
            If a field cannot be read.
        PackRefused
            Before and after the pack's time.
        """
        self._hall.require_open()
        held = self._hall.pack.contents
        asked: dict[str, Any] = {
            "top": top,
            "order": order,
            "congestion": congestion,
            "among": among,
        }
        ranked = placements.rank_profile(held.artefact, held.market, profile, **asked)
        return replace(ranked, places_as_of=held.as_of.isoformat(timespec="seconds"))

    def readiness(self) -> Readiness:
        """Say that rankings are answered; a pack needs no database."""
        return Readiness(ready=True, database="ok", model=self._model())

    def version(self) -> int:
        """Give the version of the model in the pack."""
        return self._hall.pack.contents.artefact.version

    def _model(self) -> str:
        artefact = self._hall.pack.contents.artefact
        return f"v{artefact.version} ({artefact.published})"
