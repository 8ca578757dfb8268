"""What the planner finds, as tables and lines for people, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from recommender.data.export import Table
from recommender.wording import label
from recommender.year.best_moves import Best
from recommender.year.coverage import Chain, Coverage, Wanted
from recommender.year.enrolment import Enrolment, OrderClass
from recommender.year.moves import Moved
from recommender.year.profiles import Homogeneity

Words = tuple[str, str]

_TITLES: Mapping[str, Words] = {
    "chain": ("产业链", "Chain"),
    "occupation_code": ("职业编码", "Occupation code"),
    "occupation": ("职业", "Occupation"),
    "places": ("剩余名额", "Open places"),
    "trades": ("对应专业（权重）", "Trades on offer (share)"),
    "college": ("院校", "College"),
    "other": ("另一院校", "Other college"),
    "similarity": ("相似度", "Similarity"),
    "trade": ("专业", "Trade"),
    "colleges": ("开设院校数", "Colleges that open it"),
    "in_trade": ("对口就业率", "In-trade rate"),
    "filled": ("计划完成率", "Plan filled"),
    "is_rare": ("很少对口", "Rarely in the trade"),
    "training_tier": ("培养层次", "Training tier"),
    "entry_year": ("入学年份", "Entry year"),
    "class_year": ("届", "Class year"),
    "planned": ("计划人数", "Planned"),
    "coming": ("新生人数", "Incoming"),
    "promised": ("订单名额", "Places promised"),
    "agreements": ("协议", "Agreements"),
    "agreement_id": ("协议编号", "Agreement"),
    "enterprise": ("企业", "Enterprise"),
    "mode": ("培养方式", "Way of training"),
    "programmes": ("对应计划数", "Programmes"),
}
_ANY: Words = ("不限", "any")
_NO_CHAIN: Words = ("未注明产业链", "no chain stated")
_NOBODY: Words = ("无", "none")
_YES: Words = ("是", "yes")
_HIDDEN: Words = (
    "1 至 9 人不显示，其余人数取整到十，比例取整到 5%。",
    "Counts of 1 to 9 are hidden, others rounded to tens; shares are in steps of 5 %.",
)


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: Words,
    notes: Iterable[Words],
    language: str,
    **more: str,
) -> Table:
    english = language == "en"
    titles = {name: words[english] for name, words in _TITLES.items() if name in columns} | more
    return Table(
        columns=tuple(columns),
        rows=[tuple(row) for row in rows],
        titles=titles,
        title=title[english],
        notes=tuple(note[english] for note in notes),
    )


# --- coverage ---------------------------------------------------------------------------------


def coverage_table(found: Coverage, language: str = "zh") -> Table:
    """Give one row for each chain and occupation that it wants."""
    years = [f"people_{year}" for year in found.class_years]
    unit = "people {}" if language == "en" else "{} 届人数"
    return _table(
        ("chain", "occupation_code", "occupation", "places", *years, "trades"),
        [
            _wanted_row(chain, each, found.class_years, language)
            for chain in found.chains
            for each in chain.wanted
        ],
        ("产业链覆盖", "Chain coverage"),
        coverage_notes(found),
        language,
        **{f"people_{year}": unit.format(year) for year in found.class_years},
    )


def _wanted_row(
    chain: Chain, each: Wanted, years: Sequence[int], language: str
) -> tuple[object, ...]:
    return (
        chain_name(chain.chain, language),
        each.occupation_code,
        each.occupation,
        _round(each.places),
        *(_round(each.people[year]) for year in years),
        "；".join(f"{one.trade} {one.share:.2f}" for one in each.trades)
        or _NOBODY[language == "en"],
    )


def chain_name(chain: str, language: str) -> str:
    """Name a chain; posts that stand on none have a name, too."""
    return chain or _NO_CHAIN[language == "en"]


def coverage_notes(found: Coverage) -> Iterator[Words]:
    """Say how coverage is counted."""
    yield (
        f"截至 {found.day}。剩余名额含协议预留；各届人数按专业与职业的权重分摊，"
        "同一职业再按名额分摊到各产业链；尚无名册的届按招生计划计。",
        f"As of {found.day}. Open places include reserved ones; people are split over the "
        "occupations of their trade by weight, and over chains by places; a class year without a "
        "roster counts as planned.",
    )
    if found.suppressed:
        yield _HIDDEN


def coverage_json(found: Coverage) -> dict[str, Any]:
    """Give coverage for machines."""
    return {
        "as_of": found.day.isoformat(),
        "class_years": list(found.class_years),
        "suppressed": found.suppressed,
        "chains": [
            {
                "chain": chain.chain,
                "posts": chain.posts,
                "enterprises": chain.enterprises,
                "places": _round(chain.places),
                "people": _by_year(chain.people),
                "uncovered": _round(chain.uncovered),
                "occupations": [_wanted_json(each) for each in chain.wanted],
            }
            for chain in found.chains
        ],
    }


def _wanted_json(each: Wanted) -> dict[str, Any]:
    return {
        "occupation_code": each.occupation_code,
        "occupation": each.occupation,
        "places": _round(each.places),
        "people": _by_year(each.people),
        "trades": [{**asdict(one), "share": round(one.share, 4)} for one in each.trades],
    }


def _by_year(people: Mapping[int, float | None]) -> dict[str, float | None]:
    return {str(year): _round(n) for year, n in people.items()}


def _round(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(float(value), digits)


# --- homogeneity ------------------------------------------------------------------------------


def pairs_table(found: Homogeneity, language: str = "zh") -> Table:
    """Give one row for each pair of colleges, the most alike first."""
    return _table(
        ("college", "other", "similarity"),
        [(each.college, each.other, f"{each.similarity:.2f}") for each in found.pairs],
        ("专业同质化", "Homogeneity"),
        _homogeneity_notes(found),
        language,
    )


def _homogeneity_notes(found: Homogeneity) -> Iterator[Words]:
    yield (
        "相似度 = 1 − ½ Σ|各专业人数占比之差|：1 为占比相同，0 为无共同专业。",
        "Similarity = 1 − ½ Σ |difference of shares|: 1 is the same shares, 0 no trade in common.",
    )
    if found.suppressed:
        yield _HIDDEN


def opened_table(found: Homogeneity, language: str = "zh") -> Table:
    """Give one row for each trade that most colleges open."""
    return _table(
        ("trade", "colleges", "in_trade", "filled", "is_rare"),
        [
            (
                each.trade,
                each.colleges,
                _share(each.in_trade),
                _share(each.filled),
                _YES[language == "en"] if each.is_rare else "",
            )
            for each in found.trades
        ],
        ("多数院校开设的专业", "Trades that most open"),
        [
            (
                "对口就业率：近三届已就业且可判断者中对口的比例；低于 30% 为很少对口。",
                "In-trade rate: of those of the last three class years at work of whom it is "
                "known; below 30 % is rare.",
            )
        ],
        language,
    )


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.0%}"


def homogeneity_json(found: Homogeneity) -> dict[str, Any]:
    """Give homogeneity for machines."""
    return {
        "as_of": found.day.isoformat(),
        "suppressed": found.suppressed,
        "colleges": found.colleges,
        "mean_similarity": _round(found.mean, 4),
        "pairs": [{**asdict(one), "similarity": round(one.similarity, 4)} for one in found.pairs],
        "trades": [
            {**asdict(one), "in_trade": _round(one.in_trade, 4), "filled": _round(one.filled, 4)}
            for one in found.trades
        ],
    }


# --- enrolment --------------------------------------------------------------------------------


def programmes_table(found: Enrolment, language: str = "zh") -> Table:
    """Give one row for each programme whose students have not entered."""
    return _table(
        (
            "college", "trade", "training_tier", "entry_year", "class_year", "planned", "coming",
            "promised", "agreements",
        ),
        [
            (
                each.college,
                each.trade,
                label(each.training_tier, language),
                each.entry_year,
                each.class_year,
                each.places,
                each.coming,
                _round(each.promised, 1),
                "；".join(each.agreements) or _NOBODY[language == "en"],
            )
            for each in found.programmes
        ],
        ("招生计划与订单班", "Enrolment"),
        [_HIDDEN] if found.suppressed else [],
        language,
    )  # fmt: skip


def orders_table(
    found: Enrolment, language: str = "zh", *, without_programme: bool = False
) -> Table:
    """Give one row for each agreement that has a programme, or for each that has none."""
    chosen = found.without_programme if without_programme else found.order_classes
    return _table(
        (
            "agreement_id", "college", "enterprise", "mode", "trade", "class_year", "promised",
            "programmes", "coming",
        ),
        [_order_row(each, language) for each in chosen],
        ("无招生计划的协议", "No programme") if without_programme else ("订单班", "Order classes"),
        [],
        language,
    )  # fmt: skip


def _order_row(each: OrderClass, language: str) -> tuple[object, ...]:
    english = language == "en"
    return (
        each.agreement_id,
        each.college,
        each.enterprise or each.credit_code,
        label(each.mode, language),
        each.trade or _ANY[english],
        each.class_year or _ANY[english],
        each.promised,
        each.programmes,
        each.coming,
    )


def enrolment_json(found: Enrolment) -> dict[str, Any]:
    """Give enrolment for machines."""
    return {
        "as_of": found.day.isoformat(),
        "entry_year": found.entry_year,
        "suppressed": found.suppressed,
        "programmes": [
            {
                **asdict(each),
                "agreements": list(each.agreements),
                "promised": _round(each.promised, 2),
            }
            for each in found.programmes
        ],
        "order_classes": [asdict(each) for each in found.order_classes],
        "without_programme": [asdict(each) for each in found.without_programme],
    }


# --- moves ------------------------------------------------------------------------------------


def move_json(found: Moved) -> dict[str, Any]:
    """Give what a move would lead to for machines."""
    move = found.move
    return {
        "as_of": found.day.isoformat(),
        "model": found.version,
        "college": move.college,
        "from_trade": move.from_trade,
        "to_trade": move.to_trade,
        "places": move.places,
        "entry_year": move.entry_year,
        "class_year": found.class_year,
        "replayed_year": found.replayed_year,
        "years_ahead": found.years_ahead,
        "stays": {name: round(value, 2) for name, value in asdict(found.stays).items()},
        "own": round(found.own, 2),
        "without": round(found.without, 1),
        "basis": found.basis.value,
        "drift": round(found.drift, 3),
    }


def best_json(found: Best) -> dict[str, Any]:
    """Give the best moves for machines."""
    return {
        "as_of": found.day.isoformat(),
        "model": found.version,
        "budget": found.budget,
        "entry_year": found.entry_year,
        "gain": round(found.gain, 2),
        "without": round(found.without, 1),
        "considered": found.considered,
        "moves": [
            {
                "college": move.college,
                "from_trade": move.from_trade,
                "to_trade": move.to_trade,
                "places": move.places,
                "gain": round(gain, 2),
            }
            for move, gain in zip(found.moves, found.gains, strict=True)
        ],
    }


BASES: Mapping[str, Words] = {
    "college": ("按本校该专业毕业生", "by the college's own graduates of the trade"),
    "elsewhere": ("按他校该专业毕业生", "by other colleges' graduates of the trade"),
    "trade": (
        "尚无该专业毕业生，按本校毕业生",
        "nobody has graduated from it: by the college's own",
    ),
}
