"""Tables for people: the guidance catalog, where everything stands, what the nights did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from recommender import places, wording
from recommender.data import apprentices, store
from recommender.data import reference as tables
from recommender.data.export import Table
from recommender.domain import (
    DECIDING,
    Graduate,
    Member,
    Outcome,
    OutcomeStage,
    Post,
    Reference,
    ShortageLevel,
    SkillLevel,
    class_year_of,
)
from recommender.matching.apprenticeships import bringing_levels, count_states
from recommender.matching.eligibility import Standing, open_places
from recommender.matching.internships import internships
from recommender.model.artefact import current_version, read_manifest
from recommender.persons import is_erased

RETAINED_AFTER = timedelta(days=180)  # 留任 is recorded so long after 到岗

# Supply is told in the levels that catalogs ask for; None collects what is not stated.
LEVEL_GROUPS: Mapping[str, frozenset[SkillLevel | None]] = {
    "supply_junior": frozenset({SkillLevel.APPRENTICE, SkillLevel.JUNIOR_WORKER}),
    "supply_intermediate": frozenset({SkillLevel.INTERMEDIATE_WORKER}),
    "supply_senior": frozenset({SkillLevel.SENIOR_WORKER}),
    "supply_technician": frozenset(SkillLevel) - {SkillLevel(value) for value in range(1, 5)},
    "supply_unstated": frozenset({None}),
}
_SHORTAGE_ORDER = (ShortageLevel.ORDINARY, ShortageLevel.SHORT, ShortageLevel.VERY_SHORT)

_TITLES: Mapping[str, tuple[str, str]] = {
    "occupation_code": ("职业编码", "Occupation code"),
    "occupation": ("职业", "Occupation"),
    "city_code": ("城市代码", "City code"),
    "city": ("城市", "City"),
    "demand": ("剩余名额", "Open places"),
    "supply": ("待安置毕业生", "Graduates seeking"),
    "ratio": ("求人倍率", "Openings per seeker"),
    "posts": ("岗位数", "Posts"),
    "enterprises": ("企业数", "Enterprises"),
    "shortage_level": ("紧缺程度", "Shortage level"),
    "monthly_pay_min": ("月薪下限", "Lowest monthly pay"),
    "monthly_pay_max": ("月薪上限", "Highest monthly pay"),
    "supply_junior": ("其中初级工及以下", "of these junior workers or lower"),
    "supply_intermediate": ("其中中级工", "of these intermediate workers"),
    "supply_senior": ("其中高级工", "of these senior workers"),
    "supply_technician": ("其中技师及以上", "of these technicians or higher"),
    "supply_unstated": ("其中等级未说明", "of these level not stated"),
    "apprentices_junior": ("另有学徒：初级工及以下", "Apprentices besides: junior or lower"),
    "apprentices_intermediate": ("另有学徒：中级工", "Apprentices besides: intermediate"),
    "apprentices_senior": ("另有学徒：高级工", "Apprentices besides: senior"),
    "apprentices_technician": ("另有学徒：技师及以上", "Apprentices besides: technician or higher"),
}


@dataclass(slots=True)
class _Cell:
    """What is counted for one occupation in one city."""

    demand: float = 0
    n_posts: float = 0
    enterprises: set[str] = field(default_factory=set)
    pay: list[int] = field(default_factory=list)
    shortage: set[ShortageLevel] = field(default_factory=set)
    supply: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LEVEL_GROUPS, 0.0))
    apprentices: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LEVEL_GROUPS, 0.0))


# --- the guidance catalog ---------------------------------------------------------------------


def guidance(engine: Engine, *, day: date, language: str = "zh") -> Table:
    """Count demand and supply by occupation and city on a day.

    Demand is the open places of posts open on the day. Supply is the class year now being
    placed, less who is placed, whether or not they consent to a personal ranking: each seeker
    counts as 1, split over the occupations of the trade by their weights and over the cities
    of home and wishes in equal parts. What cannot be told stands in a row without a code.
    Apprentices whose training ends in the class year stand beside it, by target level, in the
    city of their enterprise: they seek nothing.

    Returns
    -------
    Table
        One row for each occupation and city with any; ordered by their codes. `ratio` is
        demand over supply, None where nobody seeks.
    """
    year = class_year_of(day)
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day, open_only=True)
        graduates = store.load_graduates(conn, class_year=year)
        now = places.standing_on(conn, posts, day)
        known = store.load_reference(conn, day=day)
        learners = bringing_levels(apprentices.load_apprentices(conn, day=day), day, year)
        members = store.load_members(conn)
    cells: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
    for post in posts:
        city = city_of(post.region_code, known)
        for code, part in known.occupations_of(post.occupation_code):
            _count_post(cells[code, city], post, part, now)
    for graduate in graduates:
        gone = graduate.hired_at_enrolment or is_erased(graduate.graduate_id)
        if not gone and graduate.graduate_id not in now.placed_at:
            _count_seeker(cells, graduate, known)
    regions = enterprise_regions(posts, members)
    for learner in learners:
        region = regions.get(learner.credit_code)
        city = city_of(region, known) if region else ""
        for code, part in known.occupations_of(learner.occupation_code):
            cells[code, city].apprentices[level_group(learner.target_level)] += part
    names = occupation_names(posts, known)
    english = language == "en"
    return Table(
        columns=tuple(_TITLES),
        rows=[_row(key, cells[key], names, known, language) for key in sorted(cells, key=by_codes)],
        titles={name: words[english] for name, words in _TITLES.items()},
        title="Training-demand guidance" if english else "职业技能培训需求指导目录",
        notes=_guidance_notes(day, year, english=english),
    )


def _count_post(cell: _Cell, post: Post, part: float, now: Standing) -> None:
    cell.demand += open_places(post, now, reserved_too=True) * part
    cell.n_posts += part
    cell.enterprises.add(post.credit_code)
    cell.pay += [pay for pay in (post.monthly_pay_min, post.monthly_pay_max) if pay is not None]
    if post.shortage_level is not None:
        cell.shortage.add(post.shortage_level)


def _count_seeker(
    cells: dict[tuple[str, str], _Cell], graduate: Graduate, known: Reference
) -> None:
    group = level_group(level_held(graduate))
    cities = sought_cities(graduate, known)
    for code, share in occupation_shares(graduate.trade, known).items():
        for city in cities:
            cells[code, city].supply[group] += share / len(cities)


def enterprise_regions(posts: Iterable[Post], members: Iterable[Member]) -> dict[str, str]:
    """Say where each enterprise is: as a member, else where its post is."""
    regions = {post.credit_code: post.region_code for post in posts}
    return regions | {each.credit_code: each.region for each in members if each.credit_code}


def level_group(level: SkillLevel | None) -> str:
    """Name the group of levels, one of `LEVEL_GROUPS`, that a level belongs to."""
    return next(name for name, levels in LEVEL_GROUPS.items() if level in levels)


def occupation_shares(trade: str, known: Reference) -> dict[str, float]:
    """Split one seeker over the occupations of a trade: shares that add up to 1.

    A trade that leads nowhere known goes whole to the code "".
    """
    pairs = known.pairs_of(trade)
    total = sum(pair.share for pair in pairs)
    if total <= 0:
        return {"": 1.0}
    return {pair.occupation_code: pair.share / total for pair in pairs if pair.share}


def sought_cities(graduate: Graduate, known: Reference) -> tuple[str, ...]:
    """List the cities where a graduate seeks, home and wishes alike; ("",) if none is known."""
    regions = (graduate.home_region, *graduate.wish_regions)
    cities = {city_of(region, known) for region in regions if region}
    return tuple(sorted(cities)) or ("",)


def level_held(graduate: Graduate) -> SkillLevel | None:
    """Give the highest level held; None where none is stated."""
    # What an enterprise certified itself counts at some posts only, and in no city's supply.
    held = [each.level for each in graduate.certificates if each.certified_by is None]
    if graduate.skill_level is not None:
        held.append(graduate.skill_level)
    return max(held, default=None)


def city_of(region: str, known: Reference) -> str:
    """Give the city of a region; outside Shandong its province counts as one."""
    city = known.city_of(region)
    if city is None:
        read = tables.read_region(region).region
        city = read.city_code if read else ""
    return city


def occupation_names(posts: Iterable[Post], known: Reference) -> dict[str, str]:
    """Name occupations; one that the table lacks has the name that a post gives it."""
    given = {post.occupation_code: post.occupation for post in posts if post.occupation}
    return given | dict(known.occupations)


def _row(
    key: tuple[str, str], cell: _Cell, names: Mapping[str, str], known: Reference, language: str
) -> tuple[object, ...]:
    code, city = key
    supply = sum(cell.supply.values())
    scarcest = max(cell.shortage, key=_SHORTAGE_ORDER.index, default=None)
    unknown = "not known" if language == "en" else "未对应"
    values: dict[str, object] = {
        "occupation_code": code,
        "occupation": names.get(code, unknown),
        "city_code": city,
        "city": city_name(city, known) or unknown,
        "demand": _count(cell.demand),
        "supply": round(supply, 2),
        "ratio": round(cell.demand / supply, 2) if supply > 0 else None,
        "posts": _count(cell.n_posts),
        "enterprises": len(cell.enterprises),
        "shortage_level": wording.label(scarcest, language) if scarcest else None,
        "monthly_pay_min": min(cell.pay, default=None),
        "monthly_pay_max": max(cell.pay, default=None),
        **{name: round(amount, 2) for name, amount in cell.supply.items()},
        **{_beside(name): _count(cell.apprentices[name]) for name in LEVEL_GROUPS},
    }
    return tuple(values[name] for name in _TITLES)


def _count(amount: float) -> float:
    """Give a count as the whole number that it is, unless a code has been split."""
    return int(amount) if amount == int(amount) else round(amount, 2)


def _beside(group: str) -> str:
    return group.replace("supply", "apprentices")


def city_name(city: str, known: Reference) -> str | None:
    """Name a city, or a province outside Shandong, by its code."""
    if city in known.regions:
        return known.regions[city].name
    region = tables.read_region(city).region if city else None
    return region.full_name if region else None


def by_codes(key: tuple[str, str]) -> tuple[bool, str, bool, str]:
    """Order by codes, what has none at the end."""
    code, city = key
    return (not code, code, not city, city)


def _guidance_notes(day: date, year: int, *, english: bool) -> tuple[str, ...]:
    if english:
        return (
            f"As of {day.isoformat()}; supply: class year {year}.",
            "Open places: headcount of the posts open on the day, less confirmed places.",
            "Graduates seeking: not yet placed, with or without consent to a personal ranking; "
            "each counts as 1, split over the occupations of the trade by weight and over the "
            "cities of home and wishes in equal parts.",
            "Apprentices are employed already: they take no open place and do not seek; besides "
            "stand those who finish this class year, by target level, where their enterprise is.",
            "Small numbers are not suppressed in this edition: for use inside the alliance only.",
        )
    return (
        f"截至 {day.isoformat()}；供给为 {year} 届。",
        "剩余名额：当日开放岗位的需求人数减去已落实人数。",
        "待安置毕业生：尚未落实者，不论是否同意推荐；每人计 1，按专业与职业的对应权重分摊到各职业，"
        "再平均分摊到生源地和意向地区所在城市。",
        "学徒（招工即招生）已受雇，不占剩余名额，不计入待安置；本届结业者按目标等级另列，计在企业所在城市。",
        "本版未对小数值作隐藏处理，仅限联盟内部使用。",
    )


# --- where everything stands ------------------------------------------------------------------


def status(engine: Engine, models_dir: Path, *, day: date) -> dict[str, Any]:
    """Tell what is imported, open, published, due and decided, as plain facts."""
    with store.reading(engine) as conn:
        counts = store.counts(conn, day)
        posts = store.load_posts(conn, day=day, open_only=True)
        steps = store.load_outcomes(conn, day=day, stages=DECIDING)
        now = places.standing_on(conn, posts, day)
        roster = store.load_graduates(conn)
        decisions = store.list_mappings(conn)
        nights = store.load_nights(conn, limit=1)
        imports = store.load_imports(conn, limit=1)
        known = store.load_reference(conn, day=day)
        learners = apprentices.load_apprentices(conn, day=day)
    year = class_year_of(day)
    return {
        "as_of": day.isoformat(),
        "class_year": year,
        "imported": counts,
        "last_import": imports[0].day.isoformat() if imports else None,
        "open": {
            "posts": len(posts),
            "places": sum(open_places(post, now, reserved_too=True) for post in posts),
        },
        "published": _in_use(models_dir),
        "last_night": night_facts(nights[0]) if nights else None,
        "due": {
            "retained": len(due_retentions(steps, day)),
            "retrain": not nights or nights[0].day < day,
        },
        "internships": internships(steps, day),
        "hired_at_enrolment": sum(
            each.hired_at_enrolment for each in roster if each.class_year == year
        ),
        "apprentices": count_states(learners, day),
        "decisions": [
            {
                "kind": each.kind,
                "name": each.name,
                "target": each.target,
                "weight": each.weight,
                "author": each.author,
                "decided_on": each.decided_on.isoformat(),
            }
            for each in decisions
        ],
        "unmapped_trades": _unmapped(roster, known, {d.name for d in decisions}),
    }


def due_retentions(steps: Iterable[Outcome], day: date) -> list[tuple[str, str]]:
    """List the pairs whose 180th day at work has come, with neither 留任 nor 离职 recorded."""
    started: dict[tuple[str, str], date] = {}
    answered: dict[tuple[str, str], date] = {}
    for step in steps:
        pair = (step.graduate_id, step.post_id)
        if step.stage is OutcomeStage.STARTED:
            started[pair] = max(step.date, started.get(pair, step.date))
        elif step.stage in {OutcomeStage.RETAINED, OutcomeStage.LEFT}:
            answered[pair] = max(step.date, answered.get(pair, step.date))
    return sorted(
        pair
        for pair, since in started.items()
        if since + RETAINED_AFTER <= day and answered.get(pair, date.min) < since
    )


def _unmapped(
    roster: Iterable[Graduate], known: Reference, decided: set[str]
) -> list[dict[str, Any]]:
    """List the trade names that nobody decided on and that are read as their nearest trade."""
    sizes: dict[str, int] = defaultdict(int)
    for graduate in roster:
        sizes[graduate.trade] += 1
    return [
        {"name": name, "read_as": known.trade_of(name), "graduates": sizes[name]}
        for name in sorted(sizes)
        if name not in decided and tables.find_trade(name) is None
    ]


def status_lines(now: Mapping[str, Any], language: str = "zh") -> Iterator[str]:
    """Say the facts of `status` as lines."""
    imported, published, due = now["imported"], now["published"], now["due"]
    interns = now["internships"]
    years = {
        name.removeprefix("graduates_"): n
        for name, n in imported.items()
        if name.startswith("graduates_")
    }
    by_year = ", ".join(f"{year}: {n}" for year, n in years.items())
    version = f"v{published['version']} ({published['published']})" if published else "-"
    night = night_line(now["last_night"]) if now["last_night"] else "-"
    facts: list[tuple[str, str, object]] = [
        ("日期", "As of", now["as_of"]),
        ("届", "Class year", now["class_year"]),
        ("毕业生", "Graduates", f"{imported['graduates']}" + (f" ({by_year})" if years else "")),
        ("岗位", "Posts", imported["posts"]),
        ("环节记录", "Outcome steps", imported["outcomes"]),
        ("成员单位", "Members", imported["members"]),
        ("校企协议", "Agreements", imported["agreements"]),
        ("意向", "Interests", imported["interests"]),
        ("双选会展位", "Booths of fairs", imported["fairs"]),
        ("招生计划", "Programmes", imported["programmes"]),
        ("双选会报名", "Registrations", imported["registrations"]),
        ("最近导入", "Last import", now["last_import"] or "-"),
        ("开放岗位", "Open posts", now["open"]["posts"]),
        ("剩余名额", "Open places", now["open"]["places"]),
        ("当前版本", "In use", version),
        ("最近一夜", "Last night", night),
        ("实习在岗", "Interns", interns["going_on"]),
        ("实习转签约", "Interns placed after", interns["converted"]),
        ("招生即招工（本届）", "Hired at enrolment", now["hired_at_enrolment"]),
        ("在培学徒", "Apprentices in training", now["apprentices"]["in_training"]),
        ("学徒合格", "Apprentices passed", now["apprentices"]["passed"]),
        ("待登记留任", "Retention due", due["retained"]),
        ("今日待训练", "Retrain due", _yes(due["retrain"], language)),
    ]
    english = language == "en"
    for chinese, in_english, value in facts:
        yield f"{in_english if english else chinese}: {value}"
    for each in now["decisions"]:
        weight = "" if each["weight"] is None else f" ({each['weight']:g})"
        made = f"{each['name']} → {each['target']}{weight}, {each['author']} {each['decided_on']}"
        yield f"{'Decided' if english else '已确认'}: {made}"
    for each in now["unmapped_trades"]:
        read = f"{each['name']} → {each['read_as']} ({each['graduates']})"
        yield f"{'Not decided' if english else '待确认专业'}: {read}"


def _yes(is_so: bool, language: str) -> str:  # noqa: FBT001 - the word for the flag itself
    return ("yes" if is_so else "no") if language == "en" else ("是" if is_so else "否")


def _in_use(models_dir: Path) -> dict[str, Any] | None:
    version = current_version(models_dir)
    if version is None:
        return None
    return {"version": version, "published": read_manifest(models_dir, version)["published"]}


# --- the journal ------------------------------------------------------------------------------


def journal(engine: Engine, *, limit: int | None = None) -> list[dict[str, Any]]:
    """List the nights as plain facts, the latest last."""
    with store.reading(engine) as conn:
        nights: Sequence[store.Night] = store.load_nights(conn, limit)
    return [night_facts(night) for night in reversed(nights)]


def night_facts(night: store.Night) -> dict[str, Any]:
    """Give a night as JSON can hold it."""
    return {
        "day": night.day.isoformat(),
        "started_at": night.started_at.isoformat(timespec="seconds"),
        "verdict": night.verdict,
        "published": night.published,
        "version": night.version,
        "digest": night.digest,
        "facts": dict(night.facts),
    }


def night_line(night: Mapping[str, Any]) -> str:
    """Say a night in one line, its digest at the end."""
    version = f"v{night['version']}" if night["version"] else "-"
    digest = " ".join(str(night["digest"]).split())
    return f"{night['day']}  {night['verdict']}  {night['published'] or '-'}  {version}  {digest}"
