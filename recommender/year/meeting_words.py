"""A meeting as tables for people, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any

from recommender.data import reference as tables
from recommender.data.export import Table
from recommender.domain import Agreement
from recommender.wording import COLUMNS, label
from recommender.year.meeting import Meeting, Pairing, drafts

_TITLES: Mapping[str, tuple[str, str]] = {
    "enterprise": ("企业名称", "Enterprise"),
    "credit_code": ("统一社会信用代码", "Credit code"),
    "occupation_code": ("职业编码", "Occupation code"),
    "occupation": ("职业", "Occupation"),
    "level": ("最低技能等级", "Level asked for"),
    "open_places": ("剩余名额", "Open places"),
    "college": ("院校", "College"),
    "trade": ("专业", "Trade"),
    "training_tier": ("培养层次", "Training tier"),
    "class_year": ("届", "Class year"),
    "seekers": ("待安置人数", "Seekers"),
    "weighted": ("折算人数", "Seekers for this occupation"),
    "at_level": ("其中达级人数", "of these at the level"),
    "size": ("建议人数", "Suggested size"),
    "gap": ("缺口", "Places nobody covers"),
}
_GAP = ("缺口", "gap")


def pairing_table(meeting: Meeting, language: str = "zh") -> Table:
    """Say who should talk to whom about what: one row for each enterprise's line and class."""
    english = language == "en"
    return Table(
        columns=tuple(_TITLES),
        rows=[tuple(_facts(each, language).values()) for each in meeting.pairings],
        titles={name: words[english] for name, words in _TITLES.items()},
        title=f"{meeting.chain}供需对接"[:31] if not english else "Meeting",
        notes=_notes(meeting, english=english),
    )


def _facts(each: Pairing, language: str) -> dict[str, Any]:
    line, classes = each.shortage, each.classes
    return {
        "enterprise": line.enterprise,
        "credit_code": line.credit_code,
        "occupation_code": line.occupation_code,
        "occupation": line.occupation,
        "level": label(line.level, language) if line.level else None,
        "open_places": line.places,
        "college": classes.college,
        "trade": classes.trade,
        "training_tier": label(classes.tier, language) if classes.tier else None,
        "class_year": classes.class_year,
        "seekers": classes.n_seekers,
        "weighted": round(each.weighted, 2),
        "at_level": round(each.at_level, 2),
        "size": each.size,
        "gap": line.gap,
    }


def _notes(meeting: Meeting, *, english: bool) -> tuple[str, ...]:
    published = [row for row in tables.table("industry_chains") if row["chain"] == meeting.chain]
    found = [f"{row['place']}（{row['tier']}，{row['year']}）{row['source']}" for row in published]
    if english:
        return (
            f"As of {meeting.day}; chain {meeting.chain}.",
            "Open places: of posts open on the day, less what agreements reserve.",
            "Seekers for this occupation: seekers of the class, split over the occupations of "
            "their trade by weight.",
            "Suggested sizes leave as few places open as can be; gap: places of the enterprise's "
            "line that no class covers.",
            *(f"Published: {each}" for each in found),
        )
    return (
        f"截至 {meeting.day}；产业链：{meeting.chain}。",
        "剩余名额：当日开放岗位的剩余名额，已扣除协议预留。",
        "折算人数：该班级待安置者按专业与职业的对应权重分摊到本职业的人数。",
        "建议人数合计使空缺最少；缺口：企业该职业仍无班级对接的名额。",
        *(f"公开资料：{each}" for each in found),
    )


def drafts_table(meeting: Meeting) -> Table:
    """Give the drafts as an agreements sheet, which imports as it is; `gap` is for people."""
    names = tuple(field.name for field in fields(Agreement))
    columns = tuple(name for name in COLUMNS["agreements"] if name in names)
    return Table(
        columns=(*columns, _GAP[1]),
        rows=[
            (*(_cell(getattr(draft, name)) for name in columns), gap)
            for draft, gap in drafts(meeting)
        ],
        titles={**COLUMNS["agreements"], _GAP[1]: _GAP[0]},
        title="校企协议",
    )


def _cell(value: object) -> object:
    if isinstance(value, Enum):
        return label(value)
    return value.isoformat() if isinstance(value, date) else value


def meeting_lines(meeting: Meeting, language: str = "zh") -> Iterator[str]:
    """Say how much is short, and how much of it could be agreed on."""
    n_firms = len({line.credit_code for line in meeting.shortages})
    places = sum(line.places for line in meeting.shortages)
    gap = sum(line.gap for line in meeting.shortages)
    n_drafts = len(meeting.drafted)
    if language == "en":
        yield f"{meeting.chain}: {n_firms} enterprises lack {places} people"
        yield f"{len(meeting.pairings)} pairings, {n_drafts} drafts; {gap} places nobody covers"
    else:
        yield f"{meeting.chain}：{n_firms} 家企业缺 {places} 人"
        yield f"对接 {len(meeting.pairings)} 组，协议草案 {n_drafts} 份，仍缺 {gap} 人"


def meeting_json(meeting: Meeting) -> dict[str, Any]:
    """Give a meeting for machines: words as identifiers."""
    table, sheet = pairing_table(meeting), drafts_table(meeting)
    return {
        "chain": meeting.chain,
        "as_of": meeting.day.isoformat(),
        "pairings": [
            dict(zip(table.columns, row, strict=True))
            | {
                "level": each.shortage.level.name if each.shortage.level else None,
                "training_tier": each.classes.tier,
            }
            for each, row in zip(meeting.pairings, table.rows, strict=True)
        ],
        "agreements": [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows],
    }
