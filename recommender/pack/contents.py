"""What a pack holds, as members of a `box`, and back: posts, places, prices, arrays, rules.

Nothing of a person: no graduate, no steps, no contact of an enterprise. Of places it holds
counts, never who has them. JSON and ``.npy`` without objects: nothing in it is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data import reference as tables
from recommender.data import rows
from recommender.domain import Pair, Post, Reference
from recommender.errors import CorruptArtefact, PackRefused
from recommender.fairs import Booth
from recommender.matching.board import open_board
from recommender.matching.eligibility import Standing, open_places
from recommender.matching.market import Market
from recommender.matching.prices import Prices
from recommender.model.artefact import Artefact, kind_of_scorer, scorer_of
from recommender.pack.box import Box, to_json

_MODEL = "model/"
_DAYS = frozenset({"opens_on", "closes_on", "withdrawn_on", "date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the hall is answered from.

    Attributes
    ----------
    market
        Every post open on the day of the fair, at the fair or not, without any graduate.
    wanted : int32 array of shape (n_posts,)
        Open places, also those that agreements reserve: what the board shows.
    kiosk
        What a kiosk shows beside the ranking: see `shown`.
    tokens
        SHA-256 of the kiosks' tokens, which let their bearers ask here, too.
    journal_seed
        32 bytes: of the key that signs the journal.
    proof
        Questions with the server's answers, to be answered alike; see `proof`.
    """

    fair_id: str
    day: date
    as_of: datetime
    booths: tuple[Booth, ...]
    artefact: Artefact
    market: Market
    wanted: NDArray[np.int32]
    kiosk: Mapping[str, Any]
    tokens: frozenset[str]
    journal_seed: bytes
    proof: Sequence[Mapping[str, Any]] = ()


def members_of(contents: Contents) -> dict[str, bytes]:
    """Write everything but the manifest: name → content."""
    market, scorer = contents.market, contents.artefact.scorer
    free = [open_places(post, market.standing) for post in market.posts]
    arrays: dict[str, NDArray[Any]] = {
        f"{_MODEL}{name}.npy": array for name, array in scorer.arrays().items()
    }
    arrays["prices.npy"] = np.stack([market.prices.price, market.prices.applicants])
    counts = [market.capacities, np.array(free, dtype=np.int32), contents.wanted]
    arrays["places.npy"] = np.stack(counts).astype(np.int32)
    texts = {
        "booths.json": [_row(booth) for booth in contents.booths],
        "posts.json": [_row(replace(post, contact=None)) for post in market.posts],
        "rules.json": _decisions(market.reference)
        | {"paused": sorted(_paused(market)), "is_share": market.prices.is_share},
        "kiosk.json": dict(contents.kiosk),
        "tokens.json": sorted(contents.tokens),
        "proof.json": list(contents.proof),
        f"{_MODEL}features.json": scorer.vocabulary(),
    }
    return (
        {name: to_json(value) for name, value in texts.items()}
        | {name: _saved(array) for name, array in arrays.items()}
        | {"journal.key": contents.journal_seed}
    )


def facts_of(contents: Contents) -> dict[str, Any]:
    """Say in the manifest what the members are about."""
    return {
        "fair": contents.fair_id,
        "day": contents.day.isoformat(),
        "as_of": contents.as_of.isoformat(timespec="seconds"),
        "model": {
            "version": contents.artefact.version,
            "published": contents.artefact.published,
            "kind": kind_of_scorer(contents.artefact.scorer),
        },
        "tables": tables.tables_digest(),
    }


def read(box: Box) -> Contents:
    """Read what `members_of` and `facts_of` wrote.

    Raises
    ------
    PackRefused
        If the program has other tables, or cannot make the scorer again.
    """
    facts, members = box.manifest, box.members
    if facts["tables"] != tables.tables_digest():
        raise PackRefused("other_tables")
    rules = json.loads(members["rules.json"])
    posts = tuple(rows.to_post(_with_days(row)) for row in json.loads(members["posts.json"]))
    arrays = {
        name.removeprefix(_MODEL).removesuffix(".npy"): _loaded(content)
        for name, content in members.items()
        if name.endswith(".npy")
    }
    prices, places = arrays.pop("prices"), arrays.pop("places")
    try:
        names = json.loads(members[f"{_MODEL}features.json"])
        scorer = scorer_of(facts["model"]["kind"], names, arrays)
    except CorruptArtefact as error:
        raise PackRefused("other_format", error.why, "Placement") from error
    day, reference = date.fromisoformat(facts["day"]), _reference(rules)
    n_posts = len(posts)
    return Contents(
        fair_id=facts["fair"],
        day=day,
        as_of=datetime.fromisoformat(facts["as_of"]),
        booths=tuple(Booth(**_with_days(row)) for row in json.loads(members["booths.json"])),
        artefact=Artefact(
            version=facts["model"]["version"],
            published=facts["model"]["published"],
            scorer=scorer,
            facts={},
            prices={},
        ),
        market=Market(
            day=day,
            reference=reference,
            graduates=(),
            posts=posts,
            standing=Standing(
                confirmed=_taken(posts, places[1]), paused=frozenset(rules["paused"])
            ),
            board=open_board(scorer, posts, reference, day),
            capacities=places[0],
            eligible=np.zeros((0, n_posts), dtype=np.bool_),
            scores=np.zeros((0, n_posts), dtype=np.float32),
            prices=Prices(prices[0], prices[1], rules["is_share"]),
        ),
        wanted=places[2],
        kiosk=json.loads(members["kiosk.json"]),
        tokens=frozenset(json.loads(members["tokens.json"])),
        journal_seed=members["journal.key"],
        proof=json.loads(members["proof.json"]),
    )


def _taken(posts: Sequence[Post], free: NDArray[np.int32]) -> dict[str, int]:
    """Count as taken what nobody in particular can have: confirmed, held or reserved."""
    return {post.post_id: post.headcount - int(n) for post, n in zip(posts, free, strict=True)}


def _paused(market: Market) -> frozenset[str]:
    return market.standing.paused & {post.credit_code for post in market.posts}


# --- officers' decisions on the tables ----------------------------------------------------------


def _decisions(reference: Reference) -> dict[str, Any]:
    """Give what the database adds to the tables of the program; agreements name nobody's posts."""
    plain = tables.load_reference()
    return {
        "pairs": {
            trade: [[getattr(pair, each.name) for each in fields(Pair)] for pair in pairs]
            for trade, pairs in reference.pairs.items()
            if plain.pairs.get(trade) != pairs
        },
        "trade_names": dict(reference.trade_names),
        "occupations": {
            code: name
            for code, name in reference.occupations.items()
            if plain.occupations.get(code) != name
        },
        "occupation_heirs": dict(reference.occupation_heirs),
        "trade_heirs": dict(reference.trade_heirs),
    }


def _reference(rules: Mapping[str, Any]) -> Reference:
    plain = tables.load_reference()
    pairs = {trade: tuple(Pair(*pair) for pair in pairs) for trade, pairs in rules["pairs"].items()}
    return replace(
        plain,
        pairs={**plain.pairs, **pairs},
        trade_names=rules["trade_names"],
        occupations={**plain.occupations, **rules["occupations"]},
        occupation_heirs=_heirs(rules["occupation_heirs"]),
        trade_heirs=_heirs(rules["trade_heirs"]),
    )


def _heirs(written: Mapping[str, Any]) -> dict[str, tuple[tuple[str, float], ...]]:
    return {old: tuple((new, part) for new, part in parts) for old, parts in written.items()}


# --- rows and arrays ----------------------------------------------------------------------------


def _row(item: Post | Booth) -> dict[str, Any]:
    plain = rows.to_row(item)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in plain.items()
        if value is not None
    }


def _with_days(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = Post if "post_id" in row else Booth
    return {each.name: None for each in fields(kind)} | {
        name: date.fromisoformat(value) if name in _DAYS else value for name, value in row.items()
    }


def _saved(array: NDArray[Any]) -> bytes:
    file = BytesIO()
    np.save(file, np.ascontiguousarray(array), allow_pickle=False)
    return file.getvalue()


def _loaded(content: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.load(BytesIO(content), allow_pickle=False)
    return array
