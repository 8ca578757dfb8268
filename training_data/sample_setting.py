"""Where the sample happens: trades, occupations, colleges, counties, chains, and their names.

Trades, occupations, counties, licences and chains are real and come from the reference
tables; colleges and enterprises are constructed and say so in their names, except
山东化工技师学院, a public college that the setting names. Which trades and occupations
belong together is a choice of this file; a test holds the codes to the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data import reference
from recommender.domain import Region, distance_km
from recommender.evaluation.world_parts import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A field of work: what its enterprises are called, its trades and core occupations."""

    business: str
    work: tuple[str, ...]
    trades: tuple[str, ...]
    occupations: tuple[str, ...]


# Three trades and eight occupations each. The first three families share occupations, as
# metal, electrical and vehicle work do.
FAMILIES = (
    Family(
        business="机械制造",
        work=("机加工", "金属加工", "零件加工"),
        trades=("数控加工（数控车工）", "模具制造", "焊接加工"),
        occupations=(
            "6-18-01-01", "6-18-01-02", "6-18-01-07", "6-18-04-01",
            "6-18-02-04", "6-31-03-05", "6-20-01-01", "6-20-03-01",
        ),
    ),
    Family(
        business="机电设备",
        work=("设备维护", "机电维修", "自动化产线"),
        trades=("电气自动化设备安装与维修", "工业机器人应用与维护", "机电一体化技术"),
        occupations=(
            "6-31-01-03", "6-29-03-02", "6-31-07-03", "6-31-07-01",
            "6-31-01-10", "6-31-03-05", "6-20-01-01", "6-20-03-01",
        ),
    ),
    Family(
        business="汽车零部件",
        work=("汽车装配", "汽车检修", "整车调试"),
        trades=("汽车维修", "新能源汽车检测与维修", "智能网联汽车技术应用"),
        occupations=(
            "4-12-01-01", "4-08-05-05", "6-22-02-01", "4-12-01-03",
            "6-31-07-05", "6-18-03-03", "6-31-01-03", "6-31-03-05",
        ),
    ),
    Family(
        business="化工材料",
        work=("化工生产", "装置操作", "制药化验"),
        trades=("化工工艺", "化工分析与检验", "药物制剂"),
        occupations=(
            "6-11-01-03", "6-11-01-02", "6-31-03-01", "6-12-03-00",
            "4-08-05-04", "6-31-03-05", "6-31-01-04", "6-11-01-04",
        ),
    ),
    Family(
        business="信息技术",
        work=("网络运营", "信息服务", "线上销售"),
        trades=("电子商务", "数字媒体技术应用", "计算机网络应用"),
        occupations=(
            "4-01-06-01", "4-01-06-02", "4-04-04-01", "4-04-04-02",
            "4-13-01-05", "4-08-08-08", "4-07-02-03", "4-12-02-01",
        ),
    ),
    Family(
        business="建筑工程",
        work=("现场施工", "工程施工", "装修"),
        trades=("建筑施工", "建筑装饰", "工程造价"),
        occupations=(
            "6-29-01-01", "6-29-01-04", "6-29-01-03", "6-29-04-01",
            "4-08-08-23", "4-08-03-04", "6-29-01-05", "4-08-08-07",
        ),
    ),
    Family(
        business="餐饮酒店",
        work=("餐饮服务", "酒店服务", "后厨"),
        trades=("烹饪（中式烹调）", "酒店管理", "烹饪（中西式面点）"),
        occupations=(
            "4-03-02-01", "4-03-02-02", "4-03-02-04", "4-03-02-05",
            "4-03-01-01", "4-03-01-02", "4-03-02-06", "4-07-02-03",
        ),
    ),
    Family(
        business="康养服务",
        work=("护理照护", "照料服务", "托育照料"),
        trades=("护理", "幼儿教育", "老年服务与管理"),
        occupations=(
            "4-14-01-02", "4-14-01-01", "4-14-01-03", "4-10-01-05",
            "4-10-01-03", "4-10-01-01", "4-10-01-06", "4-14-02-05",
        ),
    ),
)  # fmt: skip
NEW_TRADE = "智能网联汽车技术应用"  # taught from the held-out class year on
# A share under this is raised to it, so that every trade is seen in some class year.
SMALLEST_TRADE_SHARE = 1.5

LICENCES = {
    "低压电工作业": "6-31-01-03",
    "熔化焊接与热切割作业": "6-18-02-04",
    "登高架设作业": "6-29-01-05",
    "制冷与空调设备运行操作作业": "6-11-01-04",
    "化工自动化控制仪表作业": "6-31-01-04",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alliance:
    """A city's alliance: its weight among enterprises and how many members of each kind.

    `members` counts 技工院校, 职业学校, 行业组织, 政府部门 and, last, 企业.
    """

    city: str
    name: str
    weight: float
    colleges: tuple[str, ...]
    members: tuple[int, int, int, int, int]
    chains: tuple[str, ...]  # one for each family


ALLIANCES = (
    Alliance(
        city="370800",
        name="济宁",
        weight=0.25,
        colleges=("济宁样本技师学院", "济宁样本工业技工学校", "济宁样本服务技工学校"),
        members=(3, 12, 6, 4, 192),  # 217
        chains=("高端装备", "高端装备", "新能源", "高端化工", "新一代信息技术", "", "", "医药"),
    ),
    Alliance(
        city="370700",
        name="潍坊",
        weight=0.27,
        colleges=("潍坊样本技师学院", "潍坊样本工业技工学校", "潍坊样本商贸技工学校"),
        members=(3, 12, 6, 4, 194),  # 219
        chains=(
            "工业母机", "动力装备", "汽车制造", "高端化工", "新一代信息技术", "", "食品加工", "",
        ),
    ),
    Alliance(
        city="371100",
        name="日照",
        weight=0.14,
        colleges=("日照样本职业技术学校", "日照样本港城职业学校"),
        members=(0, 10, 0, 0, 69),  # 69 enterprises and 10 vocational schools
        # Four of the twelve chains are named in public; the other eight names are constructed.
        chains=(
            "钢铁", "浆纸", "汽车整车及零部件", "化工(样本)", "新一代信息技术服务",
            "建筑(样本)", "旅游餐饮(样本)", "康养(样本)",
        ),
    ),
    Alliance(
        city="370400",
        name="枣庄",
        weight=0.15,
        colleges=("山东化工技师学院", "枣庄样本技师学院"),
        members=(2, 9, 5, 3, 124),  # 143
        chains=("高端装备", "高端装备", "新能源", "高端化工", "新一代信息技术", "", "", "新医药"),
    ),
    Alliance(
        city="371500",
        name="聊城",
        weight=0.13,
        colleges=("聊城样本技师学院", "聊城样本工业技工学校"),
        members=(2, 8, 4, 3, 83),  # 100: no count is published, this one is constructed
        chains=("临清轴承", "高唐装备制造", "新能源汽车", "绿色化工", "", "", "农副产品加工", ""),
    ),
)  # fmt: skip
RIZHAO_CHAINS = (
    *(chain for chain in ALLIANCES[2].chains),
    "食品(样本)", "纺织(样本)", "物流(样本)", "新材料(样本)",
)  # fmt: skip
NEIGHBOURS = {"370112": 0.03, "370211": 0.03}  # 济南历城, 青岛黄岛
CHEMICAL_COLLEGE = "山东化工技师学院"

TRADES = tuple(
    sorted((trade for family in FAMILIES for trade in family.trades), key=NEW_TRADE.__eq__)
)
OCCUPATIONS = tuple(dict.fromkeys(code for family in FAMILIES for code in family.occupations))
COLLEGES = tuple(college for alliance in ALLIANCES for college in alliance.colleges)
COLLEGE_CITY = tuple(a.city for a in ALLIANCES for _ in a.colleges)


def counties() -> tuple[Region, ...]:
    """List the counties of the five cities and two of their neighbours'."""
    regions = reference.load_reference().regions
    cities = {alliance.city for alliance in ALLIANCES}
    inside = [r for r in regions.values() if r.city_code in cities and r.code != r.city_code]
    return (*sorted(inside, key=lambda r: r.code), *(regions[code] for code in NEIGHBOURS))


def trade_shares() -> dict[str, float]:
    """Give each trade's share of places in percent, from the published programme plans.

    A trade outside the published top 25 has its number of places over their total.
    """
    prefix = "专业计划人数占比-"
    shares = {
        row["figure"].removeprefix(prefix): float(row["value"])
        for row in reference.table("statistics")
        if row["figure"].startswith(prefix)
    }
    total = 32_196  # places in the plans of the 20 technician institutes
    for row in reference.table("trades"):
        if row["trade"] in TRADES and row["sample_places"]:
            shares.setdefault(row["trade"], 100 * int(row["sample_places"]) / total)
    return {trade: max(shares.get(trade, 0.0), SMALLEST_TRADE_SHARE) for trade in TRADES}


def level_shares() -> tuple[float, float, float]:
    """Give the shares of intermediate, senior and technician tiers, from the same plans.

    Preparatory technicians are senior workers here: the contract reads 预备技师 as 高级工.
    """
    prefix = "计划人数占比-"
    shares = {
        row["figure"].removeprefix(prefix): float(row["value"]) / 100
        for row in reference.table("statistics")
        if row["figure"].startswith(prefix)
    }
    lowest, highest = shares["中级"], shares["技师"]
    return lowest, 1.0 - lowest - highest, highest


def make_setting(seed: int) -> Setting:
    """Put the setting into the arrays that a world is made from."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(99, 0))))
    places = counties()
    weights = _town_weights(places)
    pairs = reference.load_reference()
    family_of = {t: number for number, f in enumerate(FAMILIES) for t in f.trades}
    shares = np.array(list(trade_shares().values()))
    core = np.array([[code in f.occupations for code in OCCUPATIONS] for f in FAMILIES])
    own = np.zeros((len(TRADES), len(OCCUPATIONS)), dtype=bool)
    for number, trade in enumerate(TRADES):
        taught = {pair.occupation_code for pair in pairs.pairs_of(trade)}
        own[number] = [code in taught for code in OCCUPATIONS]
    offers = rng.random((len(COLLEGES), len(TRADES))) < 0.45
    chemical = COLLEGES.index(CHEMICAL_COLLEGE)
    offers[chemical, [TRADES.index(trade) for trade in FAMILIES[3].trades]] = True
    unoffered = np.flatnonzero(~offers.any(axis=0))
    offers[rng.integers(0, len(COLLEGES), len(unoffered)), unoffered] = True
    return Setting(
        distance_km=np.array([[distance_km(a, b) or 0.0 for b in places] for a in places]),
        area=_areas(places),
        town_weights=weights,
        home_weights=_home_weights(places, weights),
        major_family=np.array([family_of[trade] for trade in TRADES], dtype=np.int32),
        major_weights=shares / shares.sum(),
        core=core,
        own=own,
        offers=offers,
    )


def _areas(places: Sequence[Region]) -> NDArray[np.int32]:
    """Give each county its city: "here" is one's own city."""
    cities = sorted({place.city_code for place in places})
    return np.array([cities.index(place.city_code) for place in places], dtype=np.int32)


def _town_weights(places: Sequence[Region]) -> NDArray[np.float64]:
    """Weigh counties within their city by rank, as World A weighs towns."""
    weights = np.zeros(len(places))
    for alliance in ALLIANCES:
        inside = [n for n, place in enumerate(places) if place.city_code == alliance.city]
        rank = np.arange(1, len(inside) + 1) ** -0.9
        weights[inside] = alliance.weight * rank / rank.sum()
    for code, weight in NEIGHBOURS.items():
        weights[[place.code for place in places].index(code)] = weight
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _home_weights(places: Sequence[Region], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let four of five graduates come from their college's city."""
    city = np.array([place.city_code for place in places])
    local = (city[None, :] == np.array(COLLEGE_CITY)[:, None]) * weights
    shares: NDArray[np.float64] = local / local.sum(axis=1, keepdims=True)
    return 0.8 * shares + 0.2 * weights


ORGANISATION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# No division has this code, so no registered body can hold a number made with it.
UNASSIGNED_DIVISION = "379999"


def credit_code(number: int) -> str:
    """Make a well-formed credit code that belongs to nobody.

    Organisation part with its check character by GB 11714 (weights 3 7 9 10 5 8 4 2,
    modulo 11), the whole by GB 32100-2015 (weights 3^i modulo 31, base 31).
    """
    body = f"YB{number:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * ORGANISATION_LETTERS.index(c) for w, c in zip(weights, body, strict=True))
    check = "0123456789X0"[(11 - total % 11) % 11]
    code = f"91{UNASSIGNED_DIVISION}{body}{check}"
    return code + check_character(code)


def check_character(code: str) -> str:
    """Compute the last character of a credit code from its first seventeen (GB 32100-2015)."""
    total = sum(CREDIT_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return CREDIT_LETTERS[(31 - total % 31) % 31]
