"""Make the sample sheets again: `python training_data/make_sample.py --out DIR --seed N`.

The world is `recommender/evaluation/world.py`; this script only says where it happens
(`sample_setting.py`) and writes what the system would see of it as the contract's sheets.
With `--truth FILE` it also writes what the world knows, which only evaluation may read.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs by its path

from recommender.domain import Region
from recommender.evaluation import world as w
from recommender.evaluation import world_config as wc
from recommender.evaluation import world_parts as wp
from training_data import sample_setting as place

SEED = 2026
FIRST_CLASS_YEAR = 2021
SEASON_OF_TODAY = 5  # class year 2026: posts are open, nothing has happened yet
HELD_OUT_SEASON = 4
KNOWN_BY = date(2026, 5, 10)  # nothing is recorded later than this
LISTS_LOGGED = 0.015  # share of graduates whose lists are kept as 推荐 rows
WISH_NOTED = 0.35  # share of answered applications whose 意向 has a row of its own
REASON_GIVEN_FULL = 0.45
REASON_GIVEN_UNFIT = 0.30

LEVEL_WORDS = {3: "中级工", 4: "高级工", 5: "技师"}
CERTIFICATE_NUMBERS = {3: 4, 4: 3, 5: 2}  # the number falls as skill rises
# As plain numbers: an enumeration's members are slow to look up for every row.
ACCEPTED, UNFIT, TURNED_DOWN = (
    int(fate) for fate in (wp.Fate.ACCEPTED, wp.Fate.UNFIT, wp.Fate.TURNED_DOWN)
)
CHANNELS = ("就业办", "双选会", "就业办", "一体机", "就业办")  # by round

# Sizes, tiers and rules of the sample; what differs from World A's defaults in strength was
# tuned so that the moments stay inside their targets (training_data/README.md says how).
CONFIG = wc.WorldConfig(
    n_seasons=6,
    n_graduates=1_200,
    n_posts=350,
    n_enterprises=130,
    test_season=HELD_OUT_SEASON,
    class_size=(40, 50),
    level_shares=place.level_shares(),
    min_level_shares=(0.45, 0.33, 0.22, 0.0),
    licence_skills=tuple(place.OCCUPATIONS.index(code) for code in place.LICENCES.values()),
    licence_required=0.5,
    licence_held=0.7,
    adults_only=0.2,
    minors=0.5,
)


def sample_world(seed: int, scale: float = 1.0, kind: wc.Kind = wc.Kind.MARKET) -> w.World:
    """Build the world behind the sample of a seed, scale and kind."""
    sized = replace(
        CONFIG,
        n_graduates=max(20, round(CONFIG.n_graduates * scale)),
        n_posts=max(10, round(CONFIG.n_posts * scale)),
        n_enterprises=max(8, round(CONFIG.n_enterprises * scale)),
    )
    return w.build_world(seed, wc.sanity_config(kind, sized), place.make_setting(seed))


def write_sample(
    out: Path,
    seed: int = SEED,
    scale: float = 1.0,
    *,
    kind: wc.Kind = wc.Kind.MARKET,
    truth: Path | None = None,
) -> None:
    """Write the five sheets into a folder, and the truth into a file where asked for."""
    world = sample_world(seed, scale, kind)
    write_sheets(world, out)
    if truth is not None:
        write_truth(world, truth)


def write_sheets(world: w.World, out: Path) -> None:
    """Write the five sheets of a world into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, header, rows in _Sheets(world).all():
        _write(out / f"{name}.csv", header, rows)


def write_replicate(world: w.World, people: wp.People, path: Path) -> None:
    """Write the roster of a replicate cohort of the last season; its ids are those of that year."""
    season = replace(world.seasons[SEASON_OF_TODAY], people=people)
    _write(path, ROSTER, _Sheets(world).graduates_of(season))


def write_truth(world: w.World, path: Path) -> None:
    """Write ids, chances and propensities; arrays are (n_graduates, n_posts) a class year."""
    arrays: dict[str, NDArray[np.generic]] = {
        "seed": np.array(world.seed),
        "kind": np.array(world.config.kind.value),
        "scale": np.array(world.config.n_posts / CONFIG.n_posts),
    }
    for season in world.seasons:
        year = FIRST_CLASS_YEAR + season.number
        truth = world.truth(season.number)
        arrays[f"graduate_ids_{year}"] = np.array(graduate_ids(season))
        arrays[f"post_ids_{year}"] = np.array(post_ids(season))
        arrays[f"retained_{year}"] = truth.retained
        for name in ("want", "offer", "stay"):
            arrays[f"{name}_{year}"] = getattr(truth, name).astype(np.float16)
        arrays[f"merit_{year}"] = w.merit(world, truth).astype(np.float16)
        arrays[f"eligible_{year}"] = truth.eligible
        if w.observe(world, season.number).has_propensity:
            shown = season.shown
            for name in ("graduate", "post", "round", "position", "propensity"):
                arrays[f"shown_{name}_{year}"] = getattr(shown, name)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def graduate_ids(season: wp.Season) -> list[str]:
    """Give the graduates of a class year their ids."""
    year = FIRST_CLASS_YEAR + season.number
    width = max(4, len(str(len(season.people))))
    return [f"{year % 100}G{n:0{width}d}" for n in range(1, len(season.people) + 1)]


def post_ids(season: wp.Season) -> list[str]:
    """Give the posts of a class year their ids."""
    year = FIRST_CLASS_YEAR + season.number
    width = max(3, len(str(len(season.posts))))
    return [f"{year % 100}P{n:0{width}d}" for n in range(1, len(season.posts) + 1)]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """Days of one season's posts as numbers; `date.fromordinal` reads them."""

    opens: NDArray[np.int64]
    closes: NDArray[np.int64]


class _Sheets:
    """The five sheets of one world."""

    def __init__(self, world: w.World) -> None:
        self.world = world
        self.counties = place.counties()
        self.names = _enterprise_names(world, self.counties)
        self.days = [self._post_days(season) for season in world.seasons]
        self.agreements = self._signed()

    def all(self) -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
        """Give each sheet's name, header and rows."""
        yield "demand_catalog", CATALOG, self.catalog()
        yield "graduates", ROSTER, self.roster()
        yield "outcomes", OUTCOMES, self.outcomes()
        yield "members", MEMBERS, self.members()
        yield "agreements", AGREEMENTS, self.agreement_rows()

    def _dice(self, what: int, season: int = 0) -> np.random.Generator:
        sequence = np.random.SeedSequence(self.world.seed, spawn_key=(98, what, season))
        return np.random.Generator(np.random.PCG64(sequence))

    # Posts

    def _post_days(self, season: wp.Season) -> _Days:
        """Open from November to March, close from late June to August.

        In the class year of today one post in twenty has closed before, and as many open
        later, so that a served sample shows both.
        """
        rng = self._dice(0, season.number)
        year, n = FIRST_CLASS_YEAR + season.number, len(season.posts)
        opens = date(year - 1, 11, 1).toordinal() + rng.integers(0, 135, n)
        closes = date(year, 6, 26).toordinal() + rng.integers(0, 67, n)
        if season.number == SEASON_OF_TODAY:
            luck = rng.random(n)
            early, late = luck < 0.05, luck > 0.95
            closes[early] = date(year, 4, 15).toordinal() + rng.integers(0, 30, int(early.sum()))
            opens[late] = date(year, 5, 16).toordinal() + rng.integers(0, 15, int(late.sum()))
        return _Days(opens=opens, closes=closes)

    def catalog(self) -> Iterator[Row]:
        """Write every post of every season."""
        for season in self.world.seasons:
            yield from self._posts_of(season)

    def _posts_of(self, season: wp.Season) -> Iterator[Row]:
        posts, firms, days = season.posts, season.enterprises, self.days[season.number]
        rng = self._dice(1, season.number)
        n = len(posts)
        pay = np.exp(posts.log_wage.astype(np.float64))
        spread = rng.uniform(0.05, 0.15, n)
        low = (np.round(pay * (1 - spread) / 100) * 100).astype(int)
        high = (np.round(pay * (1 + spread) / 100) * 100).astype(int)
        shortage = _shortages(season)
        modes = rng.choice(5, n, p=(0.72, 0.08, 0.06, 0.06, 0.08))
        luck = rng.random((n, 4))
        choice = rng.integers(0, 1 << 30, (n, 5))
        licences = tuple(place.LICENCES)
        codes = np.array(place.OCCUPATIONS)
        leading = np.quantile(firms.log_size, 0.95)
        for j, post_id in enumerate(post_ids(season)):
            slot = posts.enterprise[j]
            firm = self.names[int(firms.id[slot])]
            county = self.counties[posts.town[j]]
            level = int(posts.min_level[j])
            family = place.FAMILIES[posts.family[j]]
            yield (
                post_id,
                firm.issuer,
                firm.name,
                firm.credit_code,
                place.OCCUPATIONS[posts.label_skill[j]],
                county.code,
                firm.chain,
                ("是" if firms.log_size[slot] >= leading else "") if firm.chain else "",
                LEVEL_WORDS.get(level, ""),
                int(posts.headcount[j]),
                ("直接就业", "订单", "定向", "定岗", "学徒制")[modes[j]],
                shortage[j],
                int(low[j]),
                int(max(high[j], low[j])),
                licences[posts.licence[j]] if posts.licence[j] >= 0 else "",
                ";".join(codes[posts.required[j]]) if luck[j, 0] < 0.9 else "",
                "是" if luck[j, 1] < 0.1 else "",
                "是" if posts.adults_only[j] else "",
                ("包食宿", "包住", "有工作餐", "")[choice[j, 0] % 4],
                ("长白班", "两班倒", "三班倒", "")[choice[j, 1] % 4],
                "五险一金" if luck[j, 2] < 0.6 else "五险",
                f"{('从事', '负责', '参与')[choice[j, 2] % 3]}{family.work[choice[j, 3] % 3]}",
                date.fromordinal(int(days.opens[j])),
                date.fromordinal(int(days.closes[j])),
            )

    # Graduates

    def roster(self) -> Iterator[Row]:
        """Write every graduate of every season."""
        for season in self.world.seasons:
            yield from self.graduates_of(season)

    def graduates_of(self, season: wp.Season) -> Iterator[Row]:
        """Write the graduates of one season."""
        people = season.people
        rng = self._dice(2, season.number)
        year, n = FIRST_CLASS_YEAR + season.number, len(people)
        wages = np.exp(self.world.structure.base_log_wage[people.family] + season.trend)
        wish_pay = (np.round(wages * np.exp(rng.normal(0.02, 0.1, n)) / 100) * 100).astype(int)
        luck = rng.random((n, 5))
        days = rng.integers(0, 1 << 30, n)
        # Hired at enrolment: a tenth of those who never applied, or of everybody a few where
        # nothing has happened yet.
        idle = np.ones(n, dtype=bool)
        if season.number != SEASON_OF_TODAY:
            idle[season.applications.graduate] = False
            idle &= ~self._lists_kept(season)
        hired = 0.015 if season.number == SEASON_OF_TODAY else 0.1
        orders = self._order_classes(season)
        licences = tuple(place.LICENCES)
        tiers = rng.random(int(people.class_no.max()) + 1)
        preparatory = (people.level == 5) | ((people.level == 4) & (tiers[people.class_no] < 0.31))
        for i, graduate_id in enumerate(graduate_ids(season)):
            level = int(people.level[i])
            trade = place.TRADES[people.major[i]]
            home = self.counties[people.home[i]]
            minor = bool(people.minor[i])
            birthday = (
                date(year, 7, 1) + timedelta(days=int(days[i] % 184))
                if minor
                else date(year, 3, 1) - timedelta(days=int(days[i] % (300 if level == 3 else 1000)))
            )
            yield (
                graduate_id,
                place.COLLEGES[people.school[i]],
                "汽修" if trade == "汽车维修" and people.school[i] == 3 else trade,
                f"{people.class_no[i] + 1}班",
                "预备技师班" if preparatory[i] else ("中级工班" if level == 3 else "高级工班"),
                year,
                LEVEL_WORDS[level],
                _certificates(people, i),
                ";".join(licences[k] for k in np.flatnonzero(people.licences[i])),
                _award(people, i, luck[i, 0]),
                int(people.grade_band[i]) or "",
                home.code,
                self._wishes(people, i, luck[i, 1], int(days[i])),
                int(wish_pay[i]) if luck[i, 2] < 0.6 else "",
                orders.get(int(people.class_no[i]), ""),
                "是" if idle[i] and luck[i, 3] < hired else "",
                "女" if people.female[i] else "男",
                birthday,
                "否" if luck[i, 4] < 0.03 else "是",
            )

    def _wishes(self, people: wp.People, i: int, luck: float, number: int) -> str:
        """Wish for home where home matters most; else often nothing, or another city too."""
        home: str = self.counties[people.home[i]].city_code
        if luck < (0.2 if people.latent_class[i] == 1 else 0.45):
            return ""
        if people.latent_class[i] == 1 or luck < 0.7:
            return home
        other = place.ALLIANCES[number % len(place.ALLIANCES)].city
        return home if other == home else f"{home};{other}"

    def _order_classes(self, season: wp.Season) -> dict[int, str]:
        """Give one class in ten to an enterprise that its college has an order agreement with."""
        rng = self._dice(3, season.number)
        people = season.people
        chosen: dict[int, str] = {}
        classes, first = np.unique(people.class_no, return_index=True)
        for number, i in zip(classes, first, strict=True):
            school = int(people.school[i])
            partners = [
                firm
                for (college, firm), signed in self.agreements.items()
                if college == school
                and signed.mode == "订单"
                and signed.first <= season.number <= signed.last
            ]
            if rng.random() < 0.12 and partners:
                chosen[int(number)] = self.names[partners[rng.integers(len(partners))]].credit_code
        return chosen

    # Outcomes

    def outcomes(self) -> Iterator[Row]:
        """Write what was recorded of the seasons before today's."""
        for season in self.world.seasons[:SEASON_OF_TODAY]:
            rows = [*self._shown_rows(season), *self._application_rows(season)]
            rows.sort(key=lambda row: row[:2])
            yield from rows

    def _lists_kept(self, season: wp.Season) -> NDArray[np.bool_]:
        """Choose the graduates whose lists are on record."""
        return self._dice(4, season.number).random(len(season.people)) < LISTS_LOGGED

    def _shown_rows(self, season: wp.Season) -> Iterator[Row]:
        kept = self._lists_kept(season)
        shown, people, posts = season.shown, graduate_ids(season), post_ids(season)
        days = _round_days(season)
        for k in np.flatnonzero(kept[shown.graduate]):
            yield (
                people[shown.graduate[k]], posts[shown.post[k]], "推荐",
                date.fromordinal(int(days[shown.round[k]])), CHANNELS[shown.round[k]],
                int(shown.position[k]), "", "",
            )  # fmt: skip

    def _application_rows(self, season: wp.Season) -> Iterator[Row]:
        """Write each application and what is known of its course, step by step."""
        done, log = season.applications, w.observe(self.world, season.number)
        rng = self._dice(5, season.number)
        n = len(done.post)
        people, posts = graduate_ids(season), post_ids(season)
        applied = _round_days(season)[done.round] + rng.integers(0, 4, n)
        answered = applied + 4 + rng.integers(0, 8, n)
        luck = rng.random((n, 4))
        for k in np.flatnonzero(log.logged).tolist():
            who, listed = people[done.graduate[k]], done.position[k] > 0
            # Channel and place in the list stand on the first row of an application.
            source: Row = ("自主", "")
            if listed:
                source = (CHANNELS[done.round[k]], int(done.position[k]))
            if not log.reported[k] or luck[k, 3] < WISH_NOTED:
                wished = date.fromordinal(int(applied[k]))
                yield (who, posts[done.post[k]], "意向", wished, *source, "", "")
                source = ("", "")
            if not log.reported[k]:
                continue
            steps = self._steps(season, log, k, int(answered[k]), luck[k])
            for step, day, reason, delay, limit in steps:
                known = min(day + delay, max(limit, day))
                if known > KNOWN_BY.toordinal():
                    continue
                row = (
                    who, posts[log.post[k]], step, date.fromordinal(day), *source, reason,
                    date.fromordinal(known) if known > day else "",
                )  # fmt: skip
                source = ("", "")
                yield row
                if log.duplicated[k]:
                    yield row

    def _steps(
        self, season: wp.Season, log: w.Log, k: int, day: int, luck: NDArray[np.float64]
    ) -> Iterator[tuple[str, int, str, int, int]]:
        """Give step, day, reason, delay and the last day of recording of one application."""
        done = season.applications
        fate = int(done.fate[k])
        delay = int(log.delay_days[k])
        end = date(FIRST_CLASS_YEAR + season.number, 8, 31).toordinal()
        if fate == UNFIT:
            yield "未录用", day, "技能不符" if luck[0] < REASON_GIVEN_UNFIT else "", delay, end
        elif fate == TURNED_DOWN:
            yield "录用", day, "", delay, end
            if luck[0] < 0.5:
                yield "放弃", day + 3, self._refusal(season, k, luck[1]), delay, end
        elif fate != ACCEPTED:
            yield "未录用", day, "名额已满" if luck[0] < REASON_GIVEN_FULL else "", delay, end
        else:
            yield from self._placement(season, log, k, day, luck, end)

    def _placement(
        self,
        season: wp.Season,
        log: w.Log,
        k: int,
        day: int,
        luck: NDArray[np.float64],
        end: int,
    ) -> Iterator[tuple[str, int, str, int, int]]:
        done = season.applications
        delay = int(log.delay_days[k])
        signed = day + int(luck[0] * 6)
        yield "签约", signed, "", delay, end
        if not done.stayed[k] and luck[1] < 0.06:
            yield "解约", signed + 5, "", delay, end
            return
        closes = int(self.days[season.number].closes[done.post[k]])
        earliest = max(signed + 3, date(FIRST_CLASS_YEAR + season.number, 6, 15).toordinal())
        started = min(earliest + int(luck[2] * max(1, closes - earliest)), closes)
        yield "到岗", started, "", delay, end
        later = int(log.stay_delay_days[k])
        never = KNOWN_BY.toordinal() + 10_000
        if log.stay[k] == 1:
            yield "留任", started + 180, "", later, never
        elif log.stay[k] == 0:
            yield "离职", started + 10 + int(luck[1] * 169), "", later, never

    def _refusal(self, season: wp.Season, k: int, luck: float) -> str:
        """Name what spoke most against an offer, for half of those who say."""
        if luck < 0.5:
            return ""
        people, posts = season.people, season.posts
        i, j = season.applications.graduate[k], season.applications.post[k]
        if self.world.setting.distance_km[people.home[i], posts.town[j]] > 60:
            return "距离"
        expected = self.world.structure.base_log_wage[people.family[i]] + season.trend
        return "薪资" if posts.log_wage[j] < expected else "其他"

    # Alliances

    def members(self) -> Iterator[Row]:
        """Write every member of the five alliances; enterprises with posts come first."""
        number = 900_000
        for alliance in place.ALLIANCES:
            kinds = ("技工院校", "职业学校", "行业组织", "政府部门", "企业")
            own = [firm for firm in self.names.values() if firm.alliance == alliance.name]
            for kind, wanted in zip(kinds, alliance.members, strict=True):
                for n in range(wanted):
                    number += 1
                    yield self._member(alliance, kind, n, own, number)

    def _member(
        self, alliance: place.Alliance, kind: str, n: int, own: list[Firm], number: int
    ) -> Row:
        label = f"{alliance.name}技工教育联盟"
        chain = ""
        code = place.credit_code(number)
        if kind == "企业" and n < len(own):
            firm = own[n]
            return (firm.name, kind, firm.credit_code, firm.region, label, firm.chain)
        if kind == "企业":
            family = place.FAMILIES[n % len(place.FAMILIES)]
            name = f"{alliance.name}构造{family.business}{n + 1:03d}成员有限公司(样本)"
            chain = alliance.chains[n % len(place.FAMILIES)]
        elif kind == "技工院校" or (kind == "职业学校" and alliance.members[0] == 0):
            name, code = _college_name(alliance, kind, n), ""
        elif kind == "职业学校":
            name, code = f"{alliance.name}样本职业学校{n + 1:02d}", ""
        elif kind == "行业组织":
            name, code = f"{alliance.name}构造行业协会{n + 1:02d}(样本)", ""
        else:
            name, code = f"{alliance.name}构造主管部门{n + 1:02d}(样本)", ""
        if alliance.city == "371100":
            chain = place.RIZHAO_CHAINS[n % len(place.RIZHAO_CHAINS)]
        return (name, kind, code, alliance.city, label, chain)

    def _signed(self) -> dict[tuple[int, int], _Signed]:
        """Find each agreement's first and last season."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for season in self.world.seasons:
            for school, slot in zip(*np.nonzero(season.enterprises.agreement), strict=True):
                key = (int(school), int(season.enterprises.id[slot]))
                first, _ = found.get(key, (season.number, season.number))
                found[key] = (first, season.number)
        rng = self._dice(6)
        modes = rng.choice(4, len(found), p=(0.45, 0.25, 0.15, 0.15))
        return {
            key: _Signed(first=first, last=last, mode=("订单", "定向", "定岗", "学徒制")[mode])
            for (key, (first, last)), mode in zip(sorted(found.items()), modes, strict=True)
        }

    def agreement_rows(self) -> Iterator[Row]:
        """Write every agreement; none reserves a place, for no post is named in it."""
        last = len(self.world.seasons) - 1
        for n, ((school, firm), signed) in enumerate(self.agreements.items(), start=1):
            until = FIRST_CLASS_YEAR + signed.last + (1 if signed.last == last else 0)
            yield (
                f"A{n:04d}",
                place.COLLEGES[school],
                self.names[firm].credit_code,
                signed.mode,
                date(FIRST_CLASS_YEAR + signed.first - 1, 9, 1),
                date(until, 8, 31),
            )


CATALOG = (
    "岗位编号", "发布单位", "企业名称", "统一社会信用代码", "职业编码", "工作地点", "产业链",
    "链主企业", "最低技能等级", "需求人数", "培养方式", "紧缺程度", "月薪下限", "月薪上限",
    "所需操作证", "优先证书", "认可企业自主认定", "须满18周岁", "食宿", "班制", "五险一金",
    "工作内容", "生效日期", "截止日期",
)  # fmt: skip
ROSTER = (
    "毕业生编号", "院校", "专业", "班级", "培养层次", "届", "技能等级", "证书", "操作证",
    "竞赛获奖", "成绩等第", "生源地", "意向地区", "期望月薪", "订单班企业", "招生即招工", "性别",
    "满18周岁日期", "同意推荐",
)  # fmt: skip
OUTCOMES = (
    "毕业生编号", "岗位编号", "环节", "日期", "渠道", "展示位次", "原因", "登记日期",
)  # fmt: skip
MEMBERS = ("名称", "类别", "统一社会信用代码", "地区", "联盟", "产业链")
AGREEMENTS = ("协议编号", "院校", "统一社会信用代码", "培养方式", "起", "止")


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A constructed enterprise as the sheets name it."""

    name: str
    credit_code: str
    issuer: str
    alliance: str
    region: str
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    first: int
    last: int
    mode: str


def _enterprise_names(world: w.World, counties: Sequence[Region]) -> dict[int, Firm]:
    """Name every enterprise that ever lived; its city gives its alliance and issuing body."""
    by_city = {alliance.city: alliance for alliance in place.ALLIANCES}
    named: dict[int, Firm] = {}
    for season in world.seasons:
        firms = season.enterprises
        for slot, number in enumerate(firms.id.tolist()):
            if number in named:
                continue
            county = counties[firms.town[slot]]
            family = int(firms.family[slot])
            alliance = by_city.get(county.city_code)
            city = county.city_name.removesuffix("市")
            business = place.FAMILIES[family].business
            named[number] = Firm(
                name=f"{city}构造{business}{number + 1:03d}有限公司(样本)",
                credit_code=place.credit_code(number + 1),
                issuer=f"{city}市岗位目录(样本)",
                alliance=alliance.name if alliance else "",
                region=county.code,
                chain=alliance.chains[family] if alliance else "",
            )
    return named


def _college_name(alliance: place.Alliance, kind: str, n: int) -> str:
    if n < len(alliance.colleges):
        return alliance.colleges[n]
    return f"{alliance.name}样本{kind}{n + 1:02d}"


def _shortages(season: wp.Season) -> list[str]:
    """Say how scarce each post's occupation is: openings over graduates of its field."""
    posts, people = season.posts, season.people
    openings = np.bincount(posts.label, weights=posts.headcount, minlength=len(place.FAMILIES))
    supply = np.bincount(people.family, minlength=len(place.FAMILIES))
    ratio = (openings / np.maximum(supply, 1))[posts.label]
    return ["特别紧缺" if r >= 2.0 else "紧缺" if r >= 1.2 else "一般" for r in ratio]


def _round_days(season: wp.Season) -> NDArray[np.int64]:
    """First day of each round: five of them, from 20 March, seventeen days apart."""
    first = date(FIRST_CLASS_YEAR + season.number, 3, 20).toordinal()
    return first + 17 * np.arange(len(CHANNELS), dtype=np.int64)


def _certificates(people: wp.People, i: int) -> str:
    number = CERTIFICATE_NUMBERS[int(people.level[i])]
    held = np.flatnonzero(people.certificates[i])
    return ";".join(f"{place.OCCUPATIONS[s]}:{number}" for s in held)


def _award(people: wp.People, i: int, luck: float) -> str:
    if people.ability[i] < 1.2 or luck > 0.15:
        return ""
    best = place.OCCUPATIONS[int(people.skills[i].argmax())]
    level = "市级" if luck > 0.04 else "省级" if luck > 0.01 else "国家级"
    return f"{level}:{best}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the sheets")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is about 1,200 a class year")
    parser.add_argument("--kind", choices=[kind.value for kind in wc.Kind], default="a")
    parser.add_argument("--truth", type=Path, help="also write what the world knows (.npz)")
    chosen = parser.parse_args(arguments)
    write_sample(
        chosen.out, chosen.seed, chosen.scale, kind=wc.Kind(chosen.kind), truth=chosen.truth
    )


if __name__ == "__main__":
    main()
