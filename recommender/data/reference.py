"""Trades, occupations, regions, levels and licences, and how what people write is read as them.

Everything comes from the CSV files in `tables/`, read once per process. A text is read exactly
or not at all; only a trade has a nearest one, because a college's own trade name must never
stop its graduates.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from recommender.domain import ApplicationRoute, Pair, Reference, Region, SkillLevel

TABLES = Path(__file__).parent / "tables"

PROVINCE = "370000"
PROVINCE_NAMES = ("山东省", "山东")


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """Read one reference table, e.g. ``occupations``: its rows by column name, unchanged."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(MappingProxyType(row) for row in csv.DictReader(file))


@cache
def tables_digest() -> str:
    """Give the SHA-256 over every table, names and contents, by which two programs compare."""
    digest = sha256()
    for path in sorted(TABLES.glob("*.csv")):
        digest.update(f"{path.name} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _plain(text: str) -> str:
    """Fold full-width and half-width writing together and drop white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def load_reference(
    *,
    trade_map: Mapping[str, str] | None = None,
    pair_map: Mapping[tuple[str, str], float] | None = None,
    trade_names: Iterable[str] = (),
) -> Reference:
    """Put the tables together with the officers' decisions.

    Parameters
    ----------
    trade_map
        A trade as a college writes it → the known trade an officer reads it as.
    pair_map
        (trade, occupation code) → weight, an officer's; 0 takes the pair away. For a trade
        that nobody knows it adds to the pairs of its nearest one, and the trade then stands
        for itself.
    trade_names
        Trades as the roster writes them; an unknown one is read as its nearest known trade.
    """
    read_as = {
        name: find_trade(trade) or nearest_trade(trade) for name, trade in (trade_map or {}).items()
    }
    pairs = dict(_pairs())
    for (name, code), weight in sorted((pair_map or {}).items()):
        trade = read_as.get(name) or find_trade(name) or name
        before = pairs[trade] if trade in pairs else pairs[nearest_trade(trade)]
        pairs[trade] = _decide(before, code, weight)
    for name in trade_names:
        if name not in pairs and name not in read_as:
            read_as[name] = nearest_trade(name)
    # Copies of its own: it travels to other processes, which a read-only view cannot.
    return Reference(
        pairs=pairs,
        trade_names=read_as,
        occupations=dict(_occupation_names()),
        groups=dict(_group_names()),
        regions=dict(_regions()),
    )


def _decide(pairs: tuple[Pair, ...], code: str, weight: float) -> tuple[Pair, ...]:
    others = [pair for pair in pairs if pair.occupation_code != code]
    decided = [Pair(code, weight, "officer")] if weight > 0 else []
    return _heaviest_first(others + decided)


def _heaviest_first(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=lambda pair: (-pair.weight, pair.occupation_code)))


@cache
def _pairs() -> Mapping[str, tuple[Pair, ...]]:
    """Merge the pairs of one trade name over all school systems: the heaviest weight holds.

    A pair that a standard names is `standard`, also where knowledge gave the larger weight.
    """
    merged: dict[str, dict[str, Pair]] = {name: {} for name in known_trades()}
    for row in table("trade_occupation"):
        pair = Pair(row["occupation_code"], float(row["weight"]), row["basis"])
        known = merged[row["trade"]].get(pair.occupation_code, pair)
        merged[row["trade"]][pair.occupation_code] = Pair(
            pair.occupation_code,
            max(pair.weight, known.weight),
            "standard" if "standard" in (pair.basis, known.basis) else pair.basis,
        )
    return MappingProxyType({name: _heaviest_first(by.values()) for name, by in merged.items()})


# Trades ------------------------------------------------------------------------------------


@cache
def known_trades() -> tuple[str, ...]:
    """List every trade name once: technician colleges' first, the most taught ones leading."""
    return tuple(dict.fromkeys(row["trade"] for row in table("trades")))


@cache
def trade_classes() -> Mapping[str, str]:
    """Map the technician colleges' trades to their classes (机械类), the most taught ones leading.

    "" stands for a trade of no class.
    """
    rows = (row for row in table("trades") if row["system"] == "technician_college")
    return MappingProxyType({row["trade"]: row["category"] for row in rows})


@cache
def _trades_by_writing() -> Mapping[str, str]:
    return {_plain(name): name for name in known_trades()}


@cache
def _trades_by_synonym() -> Mapping[str, str]:
    return {_plain(row["synonym"]): row["trade"] for row in table("trade_synonyms")}


def find_trade(name: str) -> str | None:
    """Find a known trade by its name, in full-width or half-width writing; None if unknown."""
    return _trades_by_writing().get(_plain(name))


@lru_cache(maxsize=4096)
@cache
def _trades_by_code() -> Mapping[str, str]:
    return {row["code"]: row["trade"] for row in table("trades") if row["code"]}


def trade_by_code(code: str) -> str | None:
    """Find a known trade by its code of six digits; None where no table gives it one."""
    return _trades_by_code().get(_plain(code))


def nearest_trade(name: str) -> str:
    """Name the known trade that a name most likely means; there is always an answer.

    A customary short name decides before likeness does; of equally like trades the more
    taught one is taken.
    """
    for writing in _trade_writings(name):
        known = _trades_by_writing().get(writing) or _trades_by_synonym().get(writing)
        if known:
            return known
    from rapidfuzz import fuzz  # only an unknown name pays for it
    from rapidfuzz.distance import JaroWinkler

    wanted = _trade_core(name)

    def likeness(trade: str) -> float:
        core = _trade_core(trade)
        return fuzz.ratio(wanted, core) / 100 + JaroWinkler.similarity(wanted, core)

    return max(known_trades(), key=likeness)


def near_trades(name: str, n: int = 5) -> tuple[str, ...]:
    """Name the known trades that a name may mean, the likeliest first."""
    from rapidfuzz import fuzz, process  # only an unknown name pays for it

    wanted = _trade_core(name)
    alike = process.extract(
        wanted, {each: _trade_core(each) for each in known_trades()}, scorer=fuzz.WRatio, limit=n
    )
    return tuple(dict.fromkeys((nearest_trade(name), *(each for *_, each in alike))))[:n]


def _trade_writings(name: str) -> Iterator[str]:
    """Write a trade name plainer step by step: without 专业, then without its brackets."""
    plain = _plain(name)
    yield plain
    yield plain.removesuffix("专业")
    bare = re.sub(r"[(\[【].*?[)\]】]", "", plain)
    yield bare
    yield re.sub(r"(专业|方向|班)$", "", bare)


@lru_cache(maxsize=4096)
def _trade_core(name: str) -> str:
    """Leave out the words that half of all trade names share."""
    return re.sub(r"专业|技术|应用|[与和及()]", "", _plain(name))


# Occupations -------------------------------------------------------------------------------


@cache
def _occupation_names() -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["name"] for row in table("occupations")})


@cache
def _group_names() -> Mapping[str, str]:
    minor = {row["minor_code"]: row["minor_name"] for row in table("occupations")}
    middle = {row["middle_code"]: row["middle_name"] for row in table("occupations")}
    return MappingProxyType(minor | middle)


@cache
def _job_types() -> Mapping[str, tuple[str, ...]]:
    return {
        row["code"]: tuple(job for job in row["job_types"].split("|") if job)
        for row in table("occupations")
    }


@cache
def _codes_by_occupation() -> Mapping[str, str]:
    return {_plain(name): code for code, name in _occupation_names().items()}


@cache
def _codes_by_job_type() -> Mapping[str, frozenset[str]]:
    codes: dict[str, frozenset[str]] = {}
    for code, jobs in _job_types().items():
        for job in jobs:
            codes[_plain(job)] = codes.get(_plain(job), frozenset()) | {code}
    return codes


def occupation_name(code: str) -> str | None:
    """Name an occupation; None if the table does not hold the code."""
    return _occupation_names().get(code)


def job_types(code: str) -> tuple[str, ...]:
    """List the job types of an occupation; empty if there are none or it is unknown."""
    return _job_types().get(code, ())


def find_occupation(name: str | None, job_type: str | None = None) -> str | None:
    """Find a code by an exact occupation name, else by an exact job type.

    A name may itself be a job type. None if nothing fits, or if a job type belongs to
    several occupations.
    """
    by_name = _codes_by_occupation().get(_plain(name or ""))
    if by_name:
        return by_name
    for text in (name, job_type):
        codes = _codes_by_job_type().get(_plain(text or ""), frozenset())
        if len(codes) == 1:
            return next(iter(codes))
    return _codes_by_occupation().get(_plain(job_type or ""))


def suggest_occupations(name: str, n: int = 3) -> tuple[str, ...]:
    """Suggest the `n` most alike occupations as ``焊工 6-18-02-04``, the likest first.

    A job type stands for its occupation, and counts a little less than a name.
    """
    from rapidfuzz import fuzz  # only a refused row pays for it

    wanted = _plain(name)

    def likeness(writing: str) -> float:
        return fuzz.ratio(wanted, writing) + fuzz.partial_ratio(wanted, writing)

    likest = {code: likeness(writing) for writing, code in _codes_by_occupation().items()}
    for writing, codes in _codes_by_job_type().items():
        for code in codes:
            likest[code] = max(likest[code], 0.9 * likeness(writing))
    ordered = sorted(likest, key=lambda code: (-likest[code], code))
    return tuple(f"{_occupation_names()[code]} {code}" for code in ordered[:n])


# Regions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegionReading:
    """What a text says about a place.

    Attributes
    ----------
    region
        None if the text is ambiguous (then there are candidates) or not readable.
    candidates
        City and county of each place it could be.
    note
        ``development_zone`` (read as its city), ``outside_shandong`` (kept without a point),
        ``unknown_code`` (well-formed, in no table) or None.
    """

    region: Region | None
    candidates: tuple[str, ...] = ()
    note: str | None = None


UNREADABLE = RegionReading(None)

_ZONE = re.compile(
    r"[\u4e00-\u9fff]{0,14}"
    r"(高新|经开|开发区|高新区|经开区|经济区|新区|保税区|综保区|园区|工业园|产业园|科技园"
    r"|示范区|试验区|度假区|风景区|起步区|先行区|滨海区|峡山区)"
)
_OUTSIDE_REST = re.compile(r"[\u4e00-\u9fff]{1,14}[市区县旗州盟镇]")


@cache
def _regions() -> Mapping[str, Region]:
    """Map codes to regions; the province itself has no point, so no distance either."""
    return MappingProxyType(
        {
            row["code"]: Region(
                row["code"],
                row["name"],
                row["city_code"],
                row["city_name"],
                None if row["code"] == PROVINCE else float(row["longitude"]),
                None if row["code"] == PROVINCE else float(row["latitude"]),
            )
            for row in table("regions")
        }
    )


@cache
def _former_codes() -> Mapping[str, str]:
    return {row["code"]: row["now_code"] for row in table("former_regions")}


@cache
def _cities() -> tuple[Region, ...]:
    return tuple(
        region
        for region in _regions().values()
        if region.code == region.city_code and region.code != PROVINCE
    )


@cache
def _counties_by_writing() -> Mapping[str, tuple[Region, ...]]:
    """Map a county's name, with and without its suffix, to the counties that it may mean.

    A former name leads to what the place is now, where no place bears the name today in
    the same city.
    """
    found: dict[str, list[Region]] = {}
    for region in _regions().values():
        if region.code != region.city_code:
            for writing in _writings(region.name):
                found.setdefault(writing, []).append(region)
    for row in table("former_regions"):
        now = _regions()[row["now_code"]]
        if row["name"] not in found:
            for writing in _writings(row["name"]):
                found.setdefault(writing, []).append(now)
    return {writing: tuple(dict.fromkeys(regions)) for writing, regions in found.items()}


def _writings(name: str) -> Iterator[str]:
    """Write a county's name in full and, where two characters are left, without its suffix."""
    yield name
    if len(name) > 2:
        yield name[:-1]


@lru_cache(maxsize=4096)
def read_region(text: str) -> RegionReading:
    """Read a GB/T 2260 code or the name of a city, a county, or a city and its county.

    A former code or name (``370181``, 章丘市) is read as the place that it is now.
    """
    plain = _plain(text)
    if re.fullmatch(r"[0-9]{6}", plain):
        return _read_region_code(plain)
    if plain in PROVINCE_NAMES:
        return RegionReading(_regions()[PROVINCE])
    name = plain
    for province in PROVINCE_NAMES:
        if plain.startswith(province):
            name = plain.removeprefix(province)
            break
    reading = _read_shandong(name)
    if reading == UNREADABLE and name == plain:
        return _read_outside(plain)
    return reading


def _read_region_code(code: str) -> RegionReading:
    regions = _regions()
    known = regions.get(_former_codes().get(code, code))
    if known is None and code[2:4] != "00" and code.endswith("01"):
        known = regions.get(f"{code[:4]}00")  # 市辖区, a city's districts taken together
    if known is not None:
        return RegionReading(known)
    city = regions.get(f"{code[:4]}00")
    if city is not None:
        point = (city.longitude, city.latitude)
        return RegionReading(
            Region(code, code, city.city_code, city.city_name, *point), (), "unknown_code"
        )
    province_code = f"{code[:2]}0000"
    if province_code == PROVINCE:
        return RegionReading(Region(code, code, PROVINCE, PROVINCE_NAMES[0]), (), "unknown_code")
    province = _provinces().get(province_code)
    if province is None:
        return RegionReading(Region(code, code, code, code), (), "unknown_code")
    name = province if code == province_code else code
    return RegionReading(Region(code, name, province_code, province), (), "outside_shandong")


def _read_shandong(name: str) -> RegionReading:
    for city in _cities():
        if name in (city.name, city.name[:-1]):
            return RegionReading(city)
    counties = _counties_by_writing().get(name, ())
    exact = tuple(county for county in counties if county.name == name) or counties
    if exact:
        return _one_of(exact)
    for city in _cities():
        for head in (city.name, city.name[:-1]):
            if name.startswith(head):
                reading = _read_inside(city, name.removeprefix(head))
                if reading != UNREADABLE:
                    return reading
    return _read_county_zone(name, None)


def _one_of(counties: tuple[Region, ...]) -> RegionReading:
    if len(counties) == 1:
        return RegionReading(counties[0])
    return RegionReading(None, tuple(county.full_name for county in counties))


def _read_inside(city: Region, rest: str) -> RegionReading:
    """Read what follows a city's name: a county of it, or a zone."""
    if rest == "市辖区":
        return RegionReading(city)
    inside = [c for c in _counties_by_writing().get(rest, ()) if c.city_code == city.code]
    former = [
        _regions()[row["now_code"]]
        for row in table("former_regions")
        if row["name"] == rest and row["code"].startswith(city.code[:4])
    ]
    counties = inside or former
    if counties:
        return _one_of(tuple(counties))
    reading = _read_county_zone(rest, city)
    if reading == UNREADABLE and _ZONE.fullmatch(rest):
        return RegionReading(city, (), "development_zone")
    return reading


def _read_county_zone(name: str, city: Region | None) -> RegionReading:
    """Read a county's own zone (邹城经济开发区) as the county, with a note."""
    for cut in range(len(name) - 1, 1, -1):
        counties = [
            county
            for county in _counties_by_writing().get(name[:cut], ())
            if city is None or county.city_code == city.code
        ]
        if counties and _ZONE.fullmatch(name[cut:]):
            reading = _one_of(tuple(counties))
            return RegionReading(reading.region, reading.candidates, "development_zone")
    return UNREADABLE


@cache
def _provinces() -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in table("provinces")}


def _read_outside(name: str) -> RegionReading:
    """Read another province, or a well-known city of it, as the province."""
    for row in table("provinces"):
        shorts = [row["short_name"], *(city for city in row["cities"].split(";") if city)]
        heads = [row["name"], *(f"{short}市" for short in shorts), *shorts]
        if name in heads or any(
            name.startswith(head) and _OUTSIDE_REST.fullmatch(name.removeprefix(head))
            for head in heads
        ):
            region = Region(row["code"], row["name"], row["code"], row["name"])
            return RegionReading(region, (), "outside_shandong")
    return UNREADABLE


# Levels ------------------------------------------------------------------------------------

_PREPARATORY = ("预备技师", "技师(预备)", "PREPARATORY_TECHNICIAN")
_LEVEL_PREFIX = re.compile(r"国家职业资格证?书?|职业资格证?书?|职业技能等级证?书?")


@cache
def _level_words() -> Mapping[str, SkillLevel]:
    words = dict.fromkeys(_PREPARATORY, SkillLevel.SENIOR_WORKER)
    words |= {level.name: level for level in SkillLevel}
    for row in table("levels"):
        if row["kind"] == "scale":
            words[row["name"]] = SkillLevel(int(row["value"]))
            if row["certificate"]:
                level = SkillLevel.from_certificate(int(row["certificate_number"]))
                words |= {row["certificate"]: level, f"{row['certificate_number']}级": level}
    short = ("初级", "中级", "高级")
    return words | {word: words[f"{word}工"] for word in short} | {"学徒": words["学徒工"]}


@cache
def _level_pattern() -> re.Pattern[str]:
    longest_first = sorted(_level_words(), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first))


def read_level(text: str) -> tuple[SkillLevel | None, str | None]:
    """Read a skill level as certificates, sheets and people write it.

    ``中级工``, ``中级``, ``四级``, ``4``, ``四级/中级工`` and ``INTERMEDIATE_WORKER`` are alike. A
    certificate's number falls as skill rises. Two words that disagree are not readable.

    Returns
    -------
    tuple of level and note
        (None, None) if not readable; the note is ``preparatory_technician`` where 预备技师
        was read as 高级工.
    """
    plain = _LEVEL_PREFIX.sub("", _plain(text)).upper()
    if re.fullmatch(r"[1-5]", plain):
        return SkillLevel.from_certificate(int(plain)), None
    words = _level_pattern().findall(plain)
    rest = _level_pattern().sub("", plain)
    levels = {_level_words()[word] for word in words}
    if len(levels) != 1 or not re.fullmatch(r"[/、,;()·\-]*", rest):
        return None, None
    note = "preparatory_technician" if any(word in _PREPARATORY for word in words) else None
    return levels.pop(), note


@cache
def application_routes() -> tuple[ApplicationRoute, ...]:
    """List the ways to apply for a level that a roster can show: by graduating.

    Years of work, an apprenticeship, a degree or a certificate of 预备技师 stand in no roster.
    """
    return tuple(
        ApplicationRoute(
            level=SkillLevel[row["level"]],
            held=SkillLevel[row["held"]] if row["held"] else None,
            colleges=tuple(word for word in row["colleges"].split(";") if word),
            clause=row["clause"],
        )
        for row in table("application_routes")
        if row["graduated"] == "yes" and not row["years_of_work"] and not row["also"]
    )


# Licences ----------------------------------------------------------------------------------


@cache
def _licences_by_writing() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in table("licences"):
        name, code = row["name"], row["code"]
        writings = [name, *row["synonyms"].split(";")]
        if code:
            writings += [f"{name}{code}", f"{name}({code})", f"{code}{name}"]
        if len(code) == 2:  # a lone A, P, T or F may be anything
            writings.append(code)
        found |= {_plain(writing).upper(): name for writing in writings if writing}
    return found


_LICENCE_BODY = re.compile(
    r"(?:特种作业操作证|特种作业操作资格证|特种设备作业人员证|特种设备安全管理和作业人员证"
    r"|特种作业证|特种设备作业证)[:/\-]?\(?(.+?)\)?"
)


def licence_name(text: str) -> str:
    """Give a licence its canonical name; a text that no table knows is kept, stripped.

    What a licence is limited to (限桥式起重机) is not told apart.
    """
    plain = re.sub(r"\(限[^)]*\)", "", _plain(text).upper())
    body = _LICENCE_BODY.fullmatch(plain)
    for writing in (plain, body.group(1)) if body else (plain,):
        for tail in ("", "操作资格证", "操作证", "资格证", "证书", "证"):
            known = _licences_by_writing().get(writing.removesuffix(tail))
            if known:
                return known
    return text.strip()
