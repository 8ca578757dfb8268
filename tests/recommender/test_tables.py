"""The committed reference tables hold what they promise, and the kept script makes them again."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from recommender.data.reference import TABLES, table
from recommender.data.tables import make_tables
from recommender.domain import SkillLevel

ROOT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("PLACEMENT_FACTS") or "no facts named")
MADE = sorted(name.removesuffix(".csv") for name in make_tables.TABLES)
BY_HAND = ["application_routes", "former_regions", "licences", "provinces", "trade_synonyms"]

OCCUPATION_CODE = re.compile(r"[1-8]-\d\d-\d\d-\d\d")


# What must not be there ------------------------------------------------------------------


def test_the_folder_holds_the_made_and_the_handwritten_tables_and_no_others() -> None:
    assert sorted(path.stem for path in TABLES.glob("*.csv")) == sorted(MADE + BY_HAND)


def test_all_tables_together_stay_below_a_megabyte_and_a_half() -> None:
    assert sum(path.stat().st_size for path in TABLES.glob("*.csv")) < 1.5 * 2**20


@pytest.mark.parametrize("name", MADE + BY_HAND)
def test_no_table_holds_a_path_of_a_machine_or_an_odd_character(name: str) -> None:
    raw = (TABLES / f"{name}.csv").read_bytes()
    text = raw.decode("utf-8")
    assert not re.search(r"(^|[\s,\"(=:])(/(work|tmp|home|root)/|[A-Za-z]:\\|file:)", text)
    assert "\r" not in text and "\0" not in text and not text.startswith("\ufeff")
    assert text.endswith("\n")


@pytest.mark.parametrize("name", MADE + BY_HAND)
def test_every_row_says_its_source(name: str) -> None:
    assert table(name)
    for row in table(name):
        assert None not in row, "more cells than columns"
        assert None not in row.values(), "fewer cells than columns"
        assert re.match(r"https?://|github:|pypi:|npm:|knowledge$|\S", row["source"]), row


@pytest.mark.parametrize("name", MADE + BY_HAND)
def test_knowledge_is_marked_as_knowledge(name: str) -> None:
    for row in table(name):
        if row["source"] == "knowledge":
            assert row["basis"].startswith("knowledge"), row


def test_no_figure_of_trust_c_is_kept() -> None:
    assert {row["trust"] for row in table("statistics")} == {"A", "B"}


@pytest.mark.parametrize("name", MADE)
def test_no_reprint_without_an_origin_is_kept(name: str) -> None:
    for row in table(name):
        assert make_tables.has_origin(row), row


def test_neither_the_rank_list_of_a_spam_page_nor_one_of_an_unknown_platform_is_kept() -> None:
    kept = {(row["period"], row["kind"]) for row in table("shortage_rankings")}
    assert ("2022Q4", "top10") not in kept
    assert not any(period.startswith("2025") for period, _ in kept)


def test_no_pair_points_to_a_code_that_the_occupations_do_not_hold() -> None:
    occupations = {row["code"] for row in table("occupations")}
    groups = {row["minor_code"] for row in table("occupations")}
    for row in table("trade_occupation"):
        assert row["granularity"] in {"detail", "minor"}
        held = occupations if row["granularity"] == "detail" else groups
        assert row["occupation_code"] in held, row


# What must be there ----------------------------------------------------------------------


def test_occupation_codes_are_well_formed_unique_and_inside_their_groups() -> None:
    codes = [row["code"] for row in table("occupations")]
    assert len(codes) == len(set(codes)) == 1609
    for row in table("occupations"):
        assert OCCUPATION_CODE.fullmatch(row["code"])
        assert row["minor_code"] == row["code"][:7]
        assert row["middle_code"] == row["code"][:4]
        assert row["major_code"] == row["code"][0]
        assert row["name"] and row["minor_name"] and row["middle_name"] and row["major_name"]


def test_occupation_names_are_unique_so_that_a_name_gives_one_code() -> None:
    names = Counter(row["name"] for row in table("occupations"))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_counts_of_the_large_groups_are_those_of_the_source() -> None:
    # The facts' page: 489 of group 2, 36 of 3, 359 of 4, 54 of 5, 671 of 6; 1, 7, 8 missing.
    counts = Counter(row["major_code"] for row in table("occupations"))
    assert counts == {"2": 489, "3": 36, "4": 359, "5": 54, "6": 671}


def test_trades_are_unique_within_a_school_system_and_know_their_tiers() -> None:
    rows = table("trades")
    assert len({(row["system"], row["trade"]) for row in rows}) == len(rows)
    tiers = {"intermediate", "senior", "preparatory_technician", "technician"}
    for row in rows:
        assert set(filter(None, row["training_tiers"].split(";"))) <= tiers
        if row["system"] == "technician_college":
            assert row["code"] == "", "no code of the national catalogue was found"
        else:
            assert re.fullmatch(r"\d{6}|", row["code"])
    assert sum(bool(row["training_tiers"]) for row in rows) == 205


def test_a_pair_of_one_trade_and_system_stands_once_per_basis() -> None:
    keys = [
        (row["trade"], row["system"], row["occupation_code"], row["basis"])
        for row in table("trade_occupation")
    ]
    assert len(keys) == len(set(keys))


def test_pairs_weigh_what_the_page_says() -> None:
    allowed = {
        ("knowledge", "detail"): {1.0, 0.5},
        ("standard", "detail"): {0.8},
        ("standard", "minor"): {0.4},
    }
    for row in table("trade_occupation"):
        assert float(row["weight"]) in allowed[row["basis"], row["granularity"]]
        assert row["certainty"] in {"high", "medium", "low"}
    assert Counter(row["basis"] for row in table("trade_occupation"))["knowledge"] == 660


def test_every_pair_belongs_to_a_listed_trade() -> None:
    listed = {(row["system"], row["trade"]) for row in table("trades")}
    names = {name for _, name in listed}
    for row in table("trade_occupation"):
        assert (row["system"], row["trade"]) in listed or row["system"] == "vocational"
        assert row["trade"] in names


def test_regions_are_sixteen_cities_and_their_counties_each_with_a_point_in_shandong() -> None:
    rows = table("regions")
    assert Counter(row["level"] for row in rows) == {"county": 136, "city": 16, "province": 1}
    cities = {row["code"]: row for row in rows if row["level"] == "city"}
    for row in rows:
        assert re.fullmatch(r"37\d{4}", row["code"])
        # Shandong lies between 114.3 and 122.8 degrees east, 34.3 and 38.5 degrees north.
        assert 114.3 < float(row["longitude"]) < 122.8
        assert 34.3 < float(row["latitude"]) < 38.5
        if row["level"] == "county":
            assert row["city_code"] == f"{row['code'][:4]}00"
            assert row["city_name"] == cities[row["city_code"]]["name"]


def test_the_eight_newer_districts_take_their_citys_point() -> None:
    rows = {row["code"]: row for row in table("regions")}
    borrowed = [row for row in rows.values() if row["point_of"] == "city"]
    assert sorted(row["name"][:2] for row in borrowed) == sorted(
        ["章丘", "济阳", "莱芜", "钢城", "即墨", "蓬莱", "茌平", "邹平"]
    )
    for row in borrowed:
        city = rows[row["city_code"]]
        assert (row["longitude"], row["latitude"]) == (city["longitude"], city["latitude"])


def test_former_regions_lead_to_present_ones_and_bear_no_present_name_of_the_same_code() -> None:
    now = {row["code"]: row["name"] for row in table("regions")}
    for row in table("former_regions"):
        assert row["now_code"] in now
        assert now.get(row["code"]) != row["name"]


def test_the_ways_to_apply_are_the_clauses_of_the_levels_table() -> None:
    clauses: dict[str, list[str]] = {}
    for row in table("application_routes"):
        clauses.setdefault(row["level"], []).append(row["clause"])
    stated = {row["identifier"]: row for row in table("levels") if row["kind"] == "application"}
    assert {level: ";或".join(each) for level, each in clauses.items()} == {
        level: row["text"] for level, row in stated.items()
    }
    for row in table("application_routes"):
        assert row["source"] == stated[row["level"]]["source"]
        # What a clause asks for in years stands in its column, and nowhere else.
        assert re.findall(r"(\d)年", row["clause"]) == list(row["years_of_work"])
        assert row["graduated"] == "no" or "毕业" in row["clause"]


def test_levels_agree_with_the_domain_and_certificates_run_the_other_way() -> None:
    scale = [row for row in table("levels") if row["kind"] == "scale"]
    assert [(int(row["value"]), row["identifier"]) for row in scale] == [
        (level.value, level.name) for level in SkillLevel
    ]
    for row in table("levels"):
        assert SkillLevel[row["identifier"]] == int(row["value"])
        if row["certificate_number"]:
            certified = SkillLevel.from_certificate(int(row["certificate_number"]))
            assert certified == int(row["value"])
    assert all(row["trap"] for row in table("levels"))


def test_a_preparatory_technicians_tier_reads_as_a_senior_worker() -> None:
    tiers = {row["name"]: row["identifier"] for row in table("levels") if row["kind"] == "tier"}
    assert tiers == {
        "中级": "INTERMEDIATE_WORKER",
        "高级": "SENIOR_WORKER",
        "预备技师": "SENIOR_WORKER",
        "技师": "TECHNICIAN",
    }


def test_shortage_rankings_rank_one_to_ten_and_use_known_codes() -> None:
    codes = {row["code"] for row in table("occupations")}
    tops: dict[str, list[int]] = {}
    for row in table("shortage_rankings"):
        assert row["occupation_code"] in codes | {""}, row
        if row["kind"] == "top10":
            tops.setdefault(row["period"], []).append(int(row["rank"]))
    assert all(sorted(ranks) == list(range(1, 11)) for ranks in tops.values())
    assert len(tops) == 11  # thirteen quarters less 2021Q1 (no origin) and 2022Q4 (spam page)


def test_a_licence_synonym_means_one_licence_only() -> None:
    meanings: dict[str, set[str]] = {}
    for row in table("licences"):
        for writing in [row["name"], *row["synonyms"].split(";")]:
            meanings.setdefault(writing.strip().upper(), set()).add(row["name"])
        if len(row["code"]) > 1:
            meanings.setdefault(row["code"], set()).add(row["name"])
    assert {text: names for text, names in meanings.items() if len(names) != 1} == {}
    assert "" not in meanings


def test_licence_names_and_codes_are_unique() -> None:
    names = [row["name"] for row in table("licences")]
    codes = [row["code"] for row in table("licences") if row["code"]]
    assert len(set(names)) == len(names)
    assert len(set(codes)) == len(codes)


def test_a_trade_synonym_means_one_known_trade_and_is_none_itself() -> None:
    known = {row["trade"] for row in table("trades")}
    synonyms = [row["synonym"] for row in table("trade_synonyms")]
    assert len(set(synonyms)) == len(synonyms)
    assert not known & set(synonyms)
    assert {row["trade"] for row in table("trade_synonyms")} <= known


def test_the_page_beside_the_tables_gives_every_table_and_its_number_of_rows() -> None:
    page = (TABLES / "README.md").read_text(encoding="utf-8")
    for name in MADE + BY_HAND:
        assert re.search(rf"\| `{name}\.csv` \| {len(table(name)):,} \|", page), name


# Making them again -----------------------------------------------------------------------


@pytest.mark.skipif(not FACTS.is_dir(), reason="the folder of public facts is not here")
def test_the_kept_script_makes_the_committed_tables_byte_for_byte(tmp_path: Path) -> None:
    make_tables.make_tables(FACTS, tmp_path)
    for name in make_tables.TABLES:
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes(), name


def write_facts(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def make_occupation(code: str, name: str) -> dict[str, str]:
    return {
        "code": code,
        "name": name,
        "major_code": code[0],
        "major_name": "大类",
        "mid_code": code[:4],
        "mid_name": "中类",
        "minor_code": code[:7],
        "minor_name": "小类",
        "digital": "0",
        "green": "0",
        "work_types": "",
        "edition": "2022",
        "osta_name_code_match": "yes",
        "standard_year": "",
        "standard_lowest_level": "",
        "standard_highest_level": "",
        "source": "github:someone/somewhere:file.json",
        "note": "",
    }


def make_pair(code: str, **overrides: str) -> dict[str, str]:
    return {
        "major_system": "中职",
        "major_code": "660101",
        "major_name": "焊接",
        "occupation_code": code,
        "occupation_name": "焊工",
        "granularity": "detail",
        "relation": "standard",
        "suggested_weight": "",
        "source": "github:someone/somewhere:file.json",
        "note": "",
    } | overrides


def pairs_made_of(folder: Path, *pairs: dict[str, str]) -> list[dict[str, str]]:
    write_facts(folder, "occupations.csv", [make_occupation("6-18-02-04", "焊工")])
    write_facts(folder, "major_occupation.csv", list(pairs))
    return make_tables.trade_occupations(folder)


@pytest.mark.parametrize(
    ("code", "granularity"),
    [("4-99-00", "unknown"), ("6-18-99", "minor"), ("6-19-01", "minor")],
)
def test_a_pair_whose_code_is_in_no_table_is_left_out(
    tmp_path: Path, code: str, granularity: str
) -> None:
    assert pairs_made_of(tmp_path, make_pair(code, granularity=granularity)) == []


@pytest.mark.parametrize(
    ("overrides", "weight", "basis", "certainty"),
    [
        ({}, "0.8", "standard", "high"),
        ({"relation": "national_standard"}, "0.8", "standard", "medium"),
        ({"source": "knowledge", "relation": "primary"}, "1.0", "knowledge", "medium"),
        ({"source": "knowledge", "relation": "secondary"}, "0.5", "knowledge", "low"),
    ],
)
def test_a_pair_weighs_by_who_said_it(
    tmp_path: Path, overrides: dict[str, str], weight: str, basis: str, certainty: str
) -> None:
    (row,) = pairs_made_of(tmp_path, make_pair("6-18-02-04", **overrides))
    assert (row["weight"], row["basis"], row["certainty"]) == (weight, basis, certainty)


def test_a_minor_group_keeps_its_code_and_weighs_less(tmp_path: Path) -> None:
    (row,) = pairs_made_of(tmp_path, make_pair("6-18-02", granularity="minor"))
    assert (row["occupation_code"], row["weight"]) == ("6-18-02", "0.4")


def test_a_knowledge_pair_that_a_standard_also_names_is_surer(tmp_path: Path) -> None:
    rows = pairs_made_of(
        tmp_path,
        make_pair("6-18-02-04"),
        make_pair("6-18-02-04", major_system="技工院校", source="knowledge", relation="primary"),
    )
    assert [(row["basis"], row["certainty"]) for row in rows] == [
        ("knowledge", "high"),
        ("standard", "high"),
    ]


def test_figures_of_trust_c_and_pages_without_an_origin_are_left_out(tmp_path: Path) -> None:
    figure = {
        "figure": "在校生",
        "value": "45",
        "unit": "万人",
        "year": "2023",
        "place": "山东省",
        "population": "技工院校",
        "source": "http://sd.people.com.cn/x.html",
        "trust": "A",
        "note": "",
    }
    write_facts(
        tmp_path,
        "statistics.csv",
        [
            figure,
            figure | {"trust": "C"},
            figure | {"source": "http://0757fc.com/news/News_View.asp?NewsID=24188"},
            figure | {"source": "见shortage_rankings.csv同期来源", "year": "2022Q4"},
        ],
    )
    assert [row["source"] for row in make_tables.statistics(tmp_path)] == [figure["source"]]


def test_a_county_without_a_point_takes_its_citys(tmp_path: Path) -> None:
    city = {
        "adcode": "370100",
        "name": "济南市",
        "level": "city",
        "parent_adcode": "370000",
        "lng": "117.12",
        "lat": "36.65",
        "cross_checked": "yes",
        "source": "pypi:somewhere",
        "note": "",
    }
    county = {"adcode": "370114", "name": "章丘区", "level": "county", "parent_adcode": "370100"}
    write_facts(tmp_path, "regions.csv", [city, city | county | {"lng": "", "lat": ""}])
    made = make_tables.regions(tmp_path)
    assert [(r["longitude"], r["latitude"], r["point_of"], r["city_name"]) for r in made] == [
        ("117.12", "36.65", "own", "济南市"),
        ("117.12", "36.65", "city", "济南市"),
    ]


def test_the_command_names_each_table_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_tables, "TABLES", {"one.csv": lambda _: [{"a": "1", "b": "逗,号"}]})
    assert make_tables.main([str(tmp_path), "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "one.csv: 1\n"
    assert (tmp_path / "one.csv").read_bytes() == 'a,b\n1,"逗,号"\n'.encode()
