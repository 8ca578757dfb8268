"""Builds the reference tables from a folder of public facts: codes, names, relations, figures.

Run as ``python recommender/data/tables/make_tables.py FACTS_FOLDER``. The same facts give the
same bytes. What the facts themselves distrust is left out here, in one place, so that nobody
has to remember it later: trust C, codes that are in no table, lists without a known origin.
`licences.csv`, `provinces.csv`, `former_regions.csv` and `trade_synonyms.csv` are written by
hand and are not touched.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

Row = Mapping[str, str]

SYSTEMS = {
    "技工院校": "technician_college",
    "中职": "secondary_vocational",
    "高职专科": "higher_vocational",
    "职业本科": "vocational_bachelor",
    "中职/高职": "vocational",
    "中职/高职/本科": "vocational",
}

TIERS = {
    "中级": "intermediate",
    "高级": "senior",
    "预备技师": "preparatory_technician",
    "技师": "technician",
}

# How directly a trade trains for an occupation. A standard lists what a trade may lead to
# without an order, so it weighs a little less than a pair somebody called the main one; a
# standard that names a whole minor group means only some of its occupations.
PRIMARY_WEIGHT = 1.0
STANDARD_WEIGHT = 0.8
SECONDARY_WEIGHT = 0.5
GROUP_WEIGHT = 0.4

# Pages that copy a text and do not say whose, as far as the facts record it.
NO_ORIGIN = (
    "http://0757fc.com/",
    "http://acecorban.com/",
    "http://ahjyfb.com/",
    "http://hr2s.com/",
    "http://jincai05.com/",
    "http://jizihe.com/page/2018/0913/",
    "http://m.sz816.com/",
    "http://mallikadua.com/",
    "http://woyao998.com/",
    "http://zgkjsz.com/",
    "转载改写稿(网址未知)",
)

LEVELS = {
    "学徒工": "APPRENTICE",
    "初级工": "JUNIOR_WORKER",
    "中级工": "INTERMEDIATE_WORKER",
    "高级工": "SENIOR_WORKER",
    "技师": "TECHNICIAN",
    "高级技师": "SENIOR_TECHNICIAN",
    "特级技师": "SPECIAL_GRADE_TECHNICIAN",
    "首席技师": "CHIEF_TECHNICIAN",
}

CERTIFICATES = {"五级": 5, "四级": 4, "三级": 3, "二级": 2, "一级": 1}

# The level that a graduate of a tier is read to hold at most.
TIER_LEVELS = {"中级": "中级工", "高级": "高级工", "预备技师": "高级工", "技师": "技师"}

LEVEL_TRAPS = {
    "学徒工": "没有级别编号",
    "初级工": "编号是五级:编号越小技能越高,数值越大技能越高",
    "中级工": "编号是四级,数值是 3;只比较数值,不比较编号",
    "高级工": "编号是三级,数值是 4;预备技师按高级工读取并提示",
    "技师": "编号是二级;预备技师不是技师",
    "高级技师": "编号是一级;与高级工不同",
    "特级技师": "没有级别编号;在高级技师之上,由企业评聘",
    "首席技师": "没有级别编号;最高一级,由企业评聘",
}

TIER_TRAPS = {
    "预备技师": "培养层次不是证书;文件旁注对应二级(knowledge),本程序按高级工读取",
}


def read_facts(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one file of the facts; every cell is stripped."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [
            {key: (value or "").strip() for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def has_origin(row: Row) -> bool:
    """Whether the page that a row was read on says whose text it is."""
    return not row["source"].startswith(NO_ORIGIN)


def occupations(folder: Path) -> list[dict[str, str]]:
    """List every occupation with its hierarchy and job types."""
    rows = [
        {
            "code": fact["code"],
            "name": fact["name"],
            "minor_code": fact["minor_code"],
            "minor_name": fact["minor_name"],
            "middle_code": fact["mid_code"],
            "middle_name": fact["mid_name"],
            "major_code": fact["major_code"],
            "major_name": fact["major_name"],
            "job_types": fact["work_types"],
            "digital": fact["digital"],
            "green": fact["green"],
            "edition": fact["edition"],
            "name_checked": fact["osta_name_code_match"],
            "standard_year": fact["standard_year"],
            "lowest_certificate": fact["standard_lowest_level"],
            "highest_certificate": fact["standard_highest_level"],
            "source": fact["source"],
            "note": fact["note"],
        }
        for fact in read_facts(folder, "occupations.csv")
    ]
    return sorted(rows, key=lambda row: row["code"])


def trades(folder: Path) -> list[dict[str, str]]:
    """List trades: those of technician colleges by planned places, then the ministry's by code.

    A trade that only a national skill standard names has neither code nor tiers.
    """
    rows = [
        {
            "trade": fact["name"],
            "system": SYSTEMS[fact["major_system"]],
            "code": fact["code"],
            "category": fact["category"],
            "category_basis": fact["category_basis"],
            "training_tiers": ";".join(
                TIERS[tier] for tier in fact["training_levels"].split("|") if tier
            ),
            "intake_and_years": fact["intake_and_years"],
            "sample_programmes": fact["sample_programs"],
            "sample_places": fact["sample_places"],
            "source": fact["source"],
            "note": fact["note"],
        }
        for fact in read_facts(folder, "majors.csv")
    ]
    known = {row["trade"] for row in rows}
    for fact in read_facts(folder, "major_occupation.csv"):
        if fact["major_name"] in known:
            continue
        known.add(fact["major_name"])
        rows.append(
            dict.fromkeys(rows[0], "")
            | {
                "trade": fact["major_name"],
                "system": SYSTEMS[fact["major_system"]],
                "source": fact["source"],
                "note": "只见于国家职业技能标准的专业注释",
            }
        )
    return sorted(rows, key=_trade_order)


def _trade_order(row: Row) -> tuple[int, int, str, str]:
    systems = list(dict.fromkeys(SYSTEMS.values()))
    return (
        systems.index(row["system"]),
        -int(row["sample_places"] or 0),
        row["code"],
        row["trade"],
    )


def trade_occupations(folder: Path) -> list[dict[str, str]]:
    """List trade → occupation pairs with a weight, its basis and how sure it is.

    Pairs whose code is in no table (`unknown`) are left out, and so are the standards'
    "others of a middle group", which name no occupation that a post could have.
    """
    groups = {row["minor_code"] for row in read_facts(folder, "occupations.csv")}
    facts = [
        fact
        for fact in read_facts(folder, "major_occupation.csv")
        if fact["granularity"] == "detail"
        or (fact["granularity"] == "minor" and fact["occupation_code"] in groups)
    ]
    stated = {
        (fact["major_name"], fact["occupation_code"])
        for fact in facts
        if fact["source"] != "knowledge"
    }
    rows = []
    for fact in facts:
        weight, certainty = _weigh(fact, stated)
        rows.append(
            {
                "trade": fact["major_name"],
                "system": SYSTEMS[fact["major_system"]],
                "occupation_code": fact["occupation_code"],
                "occupation": fact["occupation_name"],
                "granularity": fact["granularity"],
                "weight": f"{weight:.1f}",
                "basis": "knowledge" if fact["source"] == "knowledge" else "standard",
                "certainty": certainty,
                "source": fact["source"],
                "note": "未核实" if fact["source"] == "knowledge" else fact["note"],
            }
        )
    systems = list(dict.fromkeys(SYSTEMS.values()))
    return sorted(
        rows,
        key=lambda row: (
            systems.index(row["system"]),
            row["trade"],
            -float(row["weight"]),
            row["occupation_code"],
            row["basis"],
        ),
    )


def _weigh(fact: Row, stated: set[tuple[str, str]]) -> tuple[float, str]:
    """Weigh one pair and say how sure it is: high, medium or low."""
    if fact["source"] != "knowledge":
        if fact["granularity"] == "minor":
            return GROUP_WEIGHT, "medium"
        return STANDARD_WEIGHT, "high" if fact["relation"] == "standard" else "medium"
    confirmed = (fact["major_name"], fact["occupation_code"]) in stated
    if fact["relation"] == "primary":
        return PRIMARY_WEIGHT, "high" if confirmed else "medium"
    return SECONDARY_WEIGHT, "medium" if confirmed else "low"


def regions(folder: Path) -> list[dict[str, str]]:
    """List the province, its cities and counties with a point each.

    The newer districts have no point of their own in the source and take their city's.
    """
    facts = read_facts(folder, "regions.csv")
    by_code = {fact["adcode"]: fact for fact in facts}
    rows = []
    for fact in facts:
        city = by_code[fact["parent_adcode"]] if fact["level"] == "county" else fact
        point = fact if fact["lng"] else city
        rows.append(
            {
                "code": fact["adcode"],
                "name": fact["name"],
                "level": fact["level"],
                "city_code": city["adcode"],
                "city_name": city["name"],
                "longitude": point["lng"],
                "latitude": point["lat"],
                "point_of": "own" if point is fact else "city",
                "source": fact["source"],
                "note": fact["note"],
            }
        )
    return sorted(rows, key=lambda row: row["code"])


def levels(folder: Path) -> list[dict[str, str]]:
    """List the eight levels, what each asks of an applicant, and the level of each tier."""
    makers: dict[str, Callable[[Row], dict[str, str]]] = {
        "新八级工": _scale_row,
        "申报条件": _application_row,
        "培养层次": _tier_row,
    }
    return [
        makers[fact["system"]](fact)
        for fact in read_facts(folder, "levels.csv")
        if fact["system"] in makers
    ]


def _level_row(kind: str, level: str, fact: Row) -> dict[str, str]:
    values = list(LEVELS)
    certificates = dict(zip(values[1:6], CERTIFICATES.items(), strict=True))
    written, number = certificates.get(level, ("", ""))
    return {
        "kind": kind,
        "value": str(values.index(level) + 1),
        "identifier": LEVELS[level],
        "name": fact["name"],
        "certificate": written,
        "certificate_number": str(number),
        "text": fact["requirement"],
        "trap": "",
        "basis": "published",
        "source": fact["source"],
    }


def _scale_row(fact: Row) -> dict[str, str]:
    return _level_row("scale", fact["name"], fact) | {"trap": LEVEL_TRAPS[fact["name"]]}


def _application_row(fact: Row) -> dict[str, str]:
    return _level_row("application", fact["name"], fact) | {
        "trap": "2018 版标准的条件;以后的标准放宽,使用前须核对"
    }


def _tier_row(fact: Row) -> dict[str, str]:
    return _level_row("tier", TIER_LEVELS[fact["name"]], fact) | {
        "trap": TIER_TRAPS.get(fact["name"], "培养层次不是已取得的证书"),
        "basis": "knowledge (level); published (intake and years)",
    }


def shortage_rankings(folder: Path) -> list[dict[str, str]]:
    """List the national quarterly rankings whose origin is named; 2022Q4's ten are not."""
    return [
        {
            "period": fact["period"],
            "kind": fact["kind"],
            "rank": fact["rank"],
            "occupation": fact["occupation"],
            "occupation_code": fact["code_2022"],
            "code_basis": fact["code_basis"],
            "source": fact["source"],
            "note": fact["note"],
        }
        for fact in read_facts(folder, "shortage_rankings.csv")
        if fact["scope"] == "全国"
        and has_origin(fact)
        and (fact["period"], fact["kind"]) != ("2022Q4", "top10")
    ]


def industry_chains(folder: Path) -> list[dict[str, str]]:
    """List industry chains as the press and the offices name them."""
    return [
        {
            "place": fact["place"],
            "tier": fact["tier"],
            "chain": fact["chain"],
            "year": fact["year"],
            "enterprises": fact["enterprises"],
            "basis": "inferred" if "推定" in fact["note"] else "published",
            "source": fact["source"],
            "note": fact["note"],
        }
        for fact in read_facts(folder, "industry_chains.csv")
        if has_origin(fact)
    ]


def statistics(folder: Path) -> list[dict[str, str]]:
    """List published figures of trust A and B whose origin is named."""
    return [
        {
            key: fact[key]
            for key in (
                "figure", "value", "unit", "year", "place", "population", "trust", "source", "note",
            )
        }
        for fact in read_facts(folder, "statistics.csv")
        if fact["trust"] in {"A", "B"} and has_origin(fact) and not _rests_on_dropped(fact)
    ]  # fmt: skip


def _rests_on_dropped(fact: Row) -> bool:
    return fact["source"].startswith("见shortage_rankings.csv") and fact["year"] == "2022Q4"


TABLES: Mapping[str, Callable[[Path], list[dict[str, str]]]] = {
    "occupations.csv": occupations,
    "trades.csv": trades,
    "trade_occupation.csv": trade_occupations,
    "regions.csv": regions,
    "levels.csv": levels,
    "shortage_rankings.csv": shortage_rankings,
    "industry_chains.csv": industry_chains,
    "statistics.csv": statistics,
}


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as UTF-8 CSV with LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_tables(facts: Path, out: Path) -> dict[str, int]:
    """Build every table; give the number of rows of each."""
    counts = {}
    for name, make in TABLES.items():
        rows = make(facts)
        write_table(out / name, rows)
        counts[name] = len(rows)
    return counts


def main(arguments: Iterable[str] | None = None) -> int:
    """Build the tables beside this file, or in ``--out``."""
    parser = argparse.ArgumentParser(description="Build the reference tables from public facts.")
    parser.add_argument("facts", type=Path, help="folder with occupations.csv, majors.csv, …")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(None if arguments is None else list(arguments))
    for name, n_rows in make_tables(options.facts, options.out).items():
        sys.stdout.write(f"{name}: {n_rows}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
