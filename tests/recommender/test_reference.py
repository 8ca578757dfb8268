"""How texts are read as trades, occupations, regions, levels and licences: refusals first."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data import reference
from recommender.data.reference import (
    find_occupation,
    find_trade,
    job_types,
    known_trades,
    licence_name,
    load_reference,
    nearest_trade,
    occupation_name,
    read_level,
    read_region,
    suggest_occupations,
)
from recommender.domain import Pair, SkillLevel, distance_km

WELDER = "6-18-02-04"
ELECTRICIAN = "6-31-01-03"
LATHE_OPERATOR = "6-18-01-01"


# Regions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "370800.0",  # a code read as a float somewhere is malformed, not a guess
        "3708",
        "3708000",
        "370811000000",  # a statistical code of twelve digits
        "-370800",
        "370811任城区",
        "莘",  # one character is no name
        "济宁市奎文区",  # 奎文 is in 潍坊
        "济宁区",
        "东营县",
        "高新区",  # every city has one
        "太白湖新区",
        "朝阳区",  # 朝阳 is a city of 辽宁, this is a district somewhere
        "济宁市任城区ABC",
        "山东省苏州市",
        "济宁或潍坊",
    ],
)
def test_a_text_that_is_no_place_is_not_readable(text: str) -> None:
    reading = read_region(text)
    assert (reading.region, reading.candidates, reading.note) == (None, (), None)


@pytest.mark.parametrize("text", ["市中区", "市中", "山东省市中区"])
def test_a_name_that_two_cities_share_names_both(text: str) -> None:
    reading = read_region(text)
    assert reading.region is None
    assert reading.candidates == ("济南市市中区", "枣庄市市中区")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("370800", "370800"),
        ("３７０８１１", "370811"),
        (" 370811 ", "370811"),
        ("370801", "370800"),  # 市辖区: the city's districts taken together
        ("济宁市", "370800"),
        ("济宁", "370800"),
        ("任城区", "370811"),
        ("任城", "370811"),
        ("济宁市任城区", "370811"),
        ("济宁任城", "370811"),
        ("济宁 任城区", "370811"),
        ("山东省济宁市任城区", "370811"),
        ("山东济宁", "370800"),
        ("济宁市市辖区", "370800"),
        ("济南市市中区", "370103"),
        ("济南市中区", "370103"),
        ("枣庄市中区", "370402"),
        ("东营", "370500"),  # the city, not the county named like it
        ("东营区", "370502"),
        ("泰山区", "370902"),
        ("单县", "371722"),
        ("菏泽单县", "371722"),
        ("平原县", "371426"),
        ("滕州", "370481"),
        ("山东省", "370000"),
        ("山东", "370000"),
    ],
)
def test_codes_and_names_are_read_alike(text: str, code: str) -> None:
    reading = read_region(text)
    assert reading.region is not None
    assert (reading.region.code, reading.candidates, reading.note) == (code, (), None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("370181", "370114"),  # 章丘市 became 章丘区
        ("章丘市", "370114"),
        ("371202", "370116"),
        ("莱芜市", "370116"),
        ("济宁市兖州市", "370812"),
        ("济宁市市中区", "370811"),  # merged into 任城区
        ("苍山县", "371324"),
    ],
)
def test_a_former_code_or_name_is_read_as_what_the_place_is_now(text: str, code: str) -> None:
    region = read_region(text).region
    assert region is not None
    assert region.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("潍坊高新区", "370700"),
        ("潍坊市高新技术产业开发区", "370700"),
        ("日照经济技术开发区", "371100"),
        ("济宁市太白湖新区", "370800"),
        ("山东省济宁高新区", "370800"),
        ("东营港经开区", "370500"),
        ("青岛西海岸新区", "370200"),
        ("烟台保税港区综合保税区", "370600"),
        ("邹城经济开发区", "370883"),  # a county's own zone: the county is nearer
        ("济宁市邹城市经济开发区", "370883"),
    ],
)
def test_a_development_zone_is_read_as_its_city_with_a_note(text: str, code: str) -> None:
    reading = read_region(text)
    assert reading.region is not None
    assert (reading.region.code, reading.note) == (code, "development_zone")


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("320505", "320505", "江苏省320505"),
        ("320000", "320000", "江苏省"),
        ("江苏省", "320000", "江苏省"),
        ("江苏", "320000", "江苏省"),
        ("江苏省苏州市昆山市", "320000", "江苏省"),
        ("苏州", "320000", "江苏省"),
        ("苏州工业园区", "320000", "江苏省"),
        ("北京市朝阳区", "110000", "北京市"),
        ("上海浦东新区", "310000", "上海市"),
        ("内蒙古自治区", "150000", "内蒙古自治区"),
    ],
)
def test_a_place_outside_shandong_is_kept_without_a_point(text: str, code: str, name: str) -> None:
    reading = read_region(text)
    assert reading.region is not None
    assert (reading.region.code, reading.region.full_name) == (code, name)
    assert (reading.region.longitude, reading.note) == (None, "outside_shandong")


def test_an_unknown_code_of_a_known_city_takes_the_citys_point() -> None:
    reading = read_region("370871")
    jining = read_region("370800").region
    assert reading.region is not None and jining is not None
    assert (reading.region.code, reading.note) == ("370871", "unknown_code")
    assert reading.region.city_code == "370800"
    assert distance_km(reading.region, jining) == 0


@pytest.mark.parametrize(("code", "city"), [("379999", "370000"), ("999999", "999999")])
def test_an_unknown_code_of_no_city_is_kept_without_a_point(code: str, city: str) -> None:
    reading = read_region(code)
    assert reading.region is not None
    assert (reading.region.code, reading.region.city_code) == (code, city)
    assert (reading.region.longitude, reading.note) == (None, "unknown_code")


def test_every_region_of_the_table_is_read_from_its_code_and_its_full_name() -> None:
    for code, region in load_reference().regions.items():
        assert read_region(code).region == region
        assert read_region(region.full_name).region == region


def test_no_city_of_another_province_is_written_like_a_place_in_shandong() -> None:
    for row in reference.table("provinces"):
        for city in filter(None, row["cities"].split(";")):
            assert read_region(city).note == "outside_shandong", city


def test_distances_between_cities_are_what_a_map_says() -> None:
    # 济宁 116.587 E 35.415 N, 潍坊 119.162 E 36.707 N. One degree of latitude is 111.195 km;
    # of longitude, at the middle latitude 36.061, 111.195 * cos 36.061 = 89.89 km.
    # sqrt((1.292 * 111.195)^2 + (2.575 * 89.89)^2) = sqrt(143.66^2 + 231.47^2) = 272.4 km.
    jining, weifang = read_region("济宁").region, read_region("潍坊").region
    assert jining is not None and weifang is not None
    assert distance_km(jining, weifang) == pytest.approx(272.4, rel=0.005)


def test_the_province_as_a_whole_is_at_no_distance() -> None:
    shandong, jining = read_region("山东省").region, read_region("济宁").region
    assert shandong is not None and jining is not None
    assert distance_km(shandong, jining) is None


# Levels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "6",
        "-4",
        "4.0",
        "44",
        "无",
        "工",
        "六级",
        "四级/高级工",  # a pair that contradicts itself
        "中级工,高级工",
        "4/高级工",
        "二级/预备技师",  # 预备技师 is read as 高级工, which is 三级
        "高级工班",  # a tier is not a certificate
        "中级工程师",
    ],
)
def test_a_text_that_is_no_level_or_two_is_not_readable(text: str) -> None:
    assert read_level(text) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "中级工",
        "中级",
        "四级",
        "4",
        "４",
        "4级",
        "四级/中级工",
        "四级／中级工",
        "四级中级工",
        "中级工(四级)",
        "中级工（四级）",
        "国家职业资格四级",
        "职业技能等级证书四级",
        "INTERMEDIATE_WORKER",
        "intermediate_worker",
        " 中级工 ",
    ],
)
def test_the_ways_of_writing_an_intermediate_worker_are_alike(text: str) -> None:
    assert read_level(text) == (SkillLevel.INTERMEDIATE_WORKER, None)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("学徒工", SkillLevel.APPRENTICE),
        ("五级", SkillLevel.JUNIOR_WORKER),
        ("5", SkillLevel.JUNIOR_WORKER),
        ("初级", SkillLevel.JUNIOR_WORKER),
        ("高级", SkillLevel.SENIOR_WORKER),
        ("高级工", SkillLevel.SENIOR_WORKER),
        ("三级", SkillLevel.SENIOR_WORKER),
        ("技师", SkillLevel.TECHNICIAN),
        ("二级/技师", SkillLevel.TECHNICIAN),
        ("高级技师", SkillLevel.SENIOR_TECHNICIAN),
        ("1", SkillLevel.SENIOR_TECHNICIAN),
        ("特级技师", SkillLevel.SPECIAL_GRADE_TECHNICIAN),
        ("首席技师", SkillLevel.CHIEF_TECHNICIAN),
    ],
)
def test_a_smaller_certificate_number_is_a_higher_level(text: str, level: SkillLevel) -> None:
    assert read_level(text) == (level, None)


@pytest.mark.parametrize("level", list(SkillLevel))
def test_every_identifier_of_the_glossary_is_read(level: SkillLevel) -> None:
    assert read_level(level.name) == (level, None)
    assert read_level(level.name.lower()) == (level, None)


@pytest.mark.parametrize("text", ["预备技师", "三级/预备技师", "技师（预备）"])
def test_a_preparatory_technician_is_read_as_a_senior_worker_and_said_so(text: str) -> None:
    assert read_level(text) == (SkillLevel.SENIOR_WORKER, "preparatory_technician")


# Occupations -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  ", "钳工", "叉车工", "电", "6-18-02-04"])
def test_an_occupation_that_the_table_does_not_name_exactly_is_not_found(name: str) -> None:
    assert find_occupation(name) is None


def test_a_job_type_of_two_occupations_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # The table holds no such job type today; two occupations are made to share one.
    shared = {"试验工": frozenset({WELDER, ELECTRICIAN})}
    monkeypatch.setattr(reference, "_codes_by_job_type", lambda: shared)
    assert find_occupation("试验工") is None
    assert find_occupation(None, "试验工") is None


@pytest.mark.parametrize(
    ("name", "job_type", "code"),
    [
        ("焊工", None, WELDER),
        (" 焊 工 ", None, WELDER),
        ("电焊工", None, WELDER),  # a job type written in the occupation's column
        (None, "电焊工", WELDER),
        ("", "焊工", WELDER),  # an occupation written in the job type's column
        ("没有的职业", "数控车工", LATHE_OPERATOR),
        ("电工", "数控车工", ELECTRICIAN),  # the occupation's name decides
    ],
)
def test_an_occupation_is_found_by_its_name_or_a_job_type(
    name: str | None, job_type: str | None, code: str
) -> None:
    assert find_occupation(name, job_type) == code


def test_names_and_job_types_of_unknown_codes_are_empty() -> None:
    assert occupation_name("6-18-02-99") is None
    assert occupation_name("6-18-02") is None
    assert job_types("6-18-02-99") == ()


def test_a_known_code_has_its_name_and_job_types() -> None:
    assert occupation_name(WELDER) == "焊工"
    assert "电焊工" in job_types(WELDER)


def test_three_alike_occupations_are_suggested_the_likest_first() -> None:
    assert suggest_occupations("焊工人")[0] == "焊工 6-18-02-04"
    assert suggest_occupations("钳工")[0].split()[0] == "工具钳工"
    assert len(suggest_occupations("xyz")) == 3
    assert suggest_occupations("电焊", n=1) == ("焊工 6-18-02-04",)


# Trades ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "汽修", "数控加工（数控刨工）", "焊工 6-18-02-04"])
def test_a_trade_that_no_table_names_is_not_found(name: str) -> None:
    assert find_trade(name) is None


def test_a_trade_is_found_in_either_width_of_brackets() -> None:
    assert find_trade("数控加工(数控车工)") == "数控加工（数控车工）"
    assert find_trade("数控加工 （数控车工）") == "数控加工（数控车工）"


@pytest.mark.parametrize(
    ("name", "trade"),
    [
        ("数控加工(数控车工)", "数控加工（数控车工）"),
        ("数控车", "数控加工（数控车工）"),
        ("电气自动化", "电气自动化设备安装与维修"),
        ("汽修", "汽车维修"),
        ("汽车机修", "汽车维修"),
        ("幼师", "幼儿教育"),
        ("幼师（高级）", "幼儿教育"),
        ("电子商务专业", "电子商务"),
        ("电子商务（3+2）", "电子商务"),
        ("机电一体化技术班", "机电一体化技术"),
        ("机电一体化技术应用", "机电一体化技术"),
        ("护理学", "护理"),
        ("工业机器人技术应用", "工业机器人技术应用"),  # the ministry's, known as it is
        ("工业机器人应用与维修", "工业机器人应用与维护"),
    ],
)
def test_an_unknown_trade_is_read_as_what_people_mean_by_it(name: str, trade: str) -> None:
    assert nearest_trade(name) == trade


@pytest.mark.parametrize("name", ["", "xyz", "？", "没有这个"])
def test_there_is_always_a_nearest_trade(name: str) -> None:
    assert nearest_trade(name) in known_trades()


def test_known_trades_are_each_listed_once_and_technician_colleges_lead() -> None:
    trades = known_trades()
    assert len(set(trades)) == len(trades)
    assert trades[0] == "电子商务"  # the most planned places in the published plan


# The whole reference ---------------------------------------------------------------------


def test_every_known_trade_has_its_pairs_heaviest_first_then_by_code() -> None:
    pairs = load_reference().pairs
    assert set(pairs) == set(known_trades())
    for trade, leads in pairs.items():
        order = [(-pair.weight, pair.occupation_code) for pair in leads]
        assert order == sorted(order), trade
        assert len({pair.occupation_code for pair in leads}) == len(leads), trade


def test_a_name_of_two_school_systems_keeps_the_colleges_weights_and_adds_the_standards() -> None:
    # 机电一体化技术: knowledge pairs of the colleges, three engineers of the ministry's standard.
    pairs = {p.occupation_code: p for p in load_reference().pairs["机电一体化技术"]}
    assert pairs[ELECTRICIAN] == Pair(ELECTRICIAN, 1.0, "knowledge")
    assert pairs["2-02-07-07"] == Pair("2-02-07-07", 0.8, "standard")
    # 电子商务: the main pair is also named by three standards, so it is no longer only knowledge.
    shop = {p.occupation_code: p for p in load_reference().pairs["电子商务"]}
    assert shop["4-01-06-01"] == Pair("4-01-06-01", 1.0, "standard")


def test_groups_and_occupations_name_every_code_that_a_pair_uses() -> None:
    tables = load_reference()
    assert tables.groups["6-18-02"] and tables.groups["6-18"]
    for leads in tables.pairs.values():
        for pair in leads:
            assert pair.occupation_code in tables.occupations.keys() | tables.groups.keys()


def test_an_unknown_trade_of_the_roster_is_read_as_its_nearest() -> None:
    tables = load_reference(trade_names=["汽修", "电子商务", "数控加工(数控车工)"])
    assert dict(tables.trade_names) == {
        "汽修": "汽车维修",
        "数控加工(数控车工)": "数控加工（数控车工）",
    }
    assert tables.pairs_of("汽修") == tables.pairs["汽车维修"]


def test_an_officers_trade_decides_before_likeness_does() -> None:
    tables = load_reference(trade_map={"汽修": "汽车钣金与涂装"}, trade_names=["汽修"])
    assert tables.trade_of("汽修") == "汽车钣金与涂装"


def test_an_officers_weight_replaces_adds_and_takes_away() -> None:
    plain = load_reference().pairs["焊接加工"]
    assert plain[0].occupation_code == WELDER
    decided = load_reference(
        pair_map={
            ("焊接加工", WELDER): 0.3,
            ("焊接加工", "4-01-06-01"): 0.9,
            ("焊接加工", plain[1].occupation_code): 0,
        }
    ).pairs["焊接加工"]
    assert decided[0] == Pair("4-01-06-01", 0.9, "officer")
    assert Pair(WELDER, 0.3, "officer") in decided
    assert plain[1].occupation_code not in {pair.occupation_code for pair in decided}
    assert len(decided) == len(plain)  # one more, one less


def test_an_officers_weight_holds_for_the_trade_that_a_name_is_read_as() -> None:
    tables = load_reference(
        trade_map={"汽修班": "汽车维修"}, pair_map={("汽修班", WELDER): 0.7}, trade_names=["汽修班"]
    )
    assert Pair(WELDER, 0.7, "officer") in tables.pairs["汽车维修"]
    assert Pair(WELDER, 0.7, "officer") in tables.pairs_of("汽修班")


def test_an_officers_pair_makes_a_colleges_own_trade_stand_for_itself() -> None:
    tables = load_reference(pair_map={("汽修", WELDER): 0.7}, trade_names=["汽修"])
    assert tables.trade_of("汽修") == "汽修"
    assert set(tables.pairs["汽修"]) == {
        *load_reference().pairs["汽车维修"],
        Pair(WELDER, 0.7, "officer"),
    }
    assert Pair(WELDER, 0.7, "officer") not in tables.pairs["汽车维修"]


def test_decisions_do_not_leak_into_the_next_reference() -> None:
    before = load_reference()
    load_reference(pair_map={("焊接加工", WELDER): 0})
    assert load_reference() == before


# Licences --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["厨师证", "健康证", "A", "焊工", "行车", "C1", "无"])
def test_an_unknown_licence_is_kept_as_written(text: str) -> None:
    assert licence_name(f" {text} ") == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("电工证", "低压电工作业"),
        ("低压电工证", "低压电工作业"),
        ("低压电工作业操作证", "低压电工作业"),
        ("特种作业操作证（低压电工）", "低压电工作业"),
        ("特种作业操作证(低压电工作业)", "低压电工作业"),
        ("高压电工证", "高压电工作业"),
        ("焊工证", "熔化焊接与热切割作业"),
        ("高处安装、维护、拆除作业", "高处安装、维护、拆除作业"),
        ("登高证", "登高架设作业"),
        ("叉车证", "叉车司机"),
        ("N1", "叉车司机"),
        ("Ｎ１", "叉车司机"),
        ("n1", "叉车司机"),
        ("叉车司机（N1）", "叉车司机"),
        ("N1叉车司机", "叉车司机"),
        ("特种设备作业人员证 N1", "叉车司机"),
        ("行车证", "起重机司机"),
        ("Q2(限桥式起重机)", "起重机司机"),
        ("锅炉证", "工业锅炉司炉"),
        ("裂解(裂化)工艺作业", "裂解（裂化）工艺作业"),
        ("塔吊证", "建筑起重机械司机"),
    ],
)
def test_a_licence_is_read_through_its_synonyms(text: str, name: str) -> None:
    assert licence_name(text) == name


def test_a_canonical_licence_name_stays_itself() -> None:
    for row in reference.table("licences"):
        assert licence_name(row["name"]) == row["name"]


# Anything at all -------------------------------------------------------------------------

WRITINGS = st.text(max_size=20) | st.text(
    alphabet="济宁潍坊任城市中区县高新开发山东省江苏0123456789四级中高技师工/()（）证Nn",
    max_size=12,
)


@given(WRITINGS)
def test_whatever_is_written_gets_an_answer_and_never_an_error(text: str) -> None:
    reading = read_region(text)
    assert reading.region is None or not reading.candidates
    level, note = read_level(text)
    assert level is not None or note is None
    assert licence_name(text) or not text.strip()
    assert nearest_trade(text) in known_trades()
    code = find_occupation(text)
    assert code is None or occupation_name(code) is not None


# Cost ------------------------------------------------------------------------------------


def test_reading_exact_texts_loads_no_library() -> None:
    script = (
        "import sys; from recommender.data import reference as r;"
        "r.load_reference(trade_names=['汽修', '电子商务']); r.read_region('济宁');"
        "r.find_occupation('焊工'); r.licence_name('叉车证');"
        "sys.exit(any(name in sys.modules for name in ('rapidfuzz', 'pandas', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == 0
