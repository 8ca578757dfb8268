"""What commands print about imports, nights, versions and tokens: as lines, and as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from recommender import wording

if TYPE_CHECKING:
    from recommender.data.store import TokenGrant
    from recommender.errors import RowProblem
    from recommender.intake import ImportSummary, SheetSummary
    from recommender.nightly import NightResult
    from recommender.releases import Version

# Warnings of one kind in one sheet; a terminal is no place for hundreds that say the same.
SHOWN_WARNINGS = 10


def import_lines(summary: ImportSummary, language: str = "zh") -> Iterator[str]:
    """Say what each sheet changed, and what was odd about it."""
    english = language == "en"
    for sheet in summary.sheets:
        yield from _sheet_lines(sheet, language)
    for name in summary.skipped:
        yield f"Passed over {name}" if english else f"已跳过 {name}"
    if not summary.written:
        yield "Dry run: nothing was written." if english else "试运行：未写入任何内容。"
    elif not any(sheet.added + sheet.changed + sheet.closed for sheet in summary.sheets):
        yield (
            "Everything was there already; nothing changed."
            if english
            else "内容与库中一致，没有变化。"
        )


def _sheet_lines(sheet: SheetSummary, language: str) -> Iterator[str]:
    english = language == "en"
    counts = {
        ("新增", "added"): sheet.added,
        ("变更", "changed"): sheet.changed,
        ("未变", "unchanged"): sheet.unchanged,
        ("关闭", "closed"): sheet.closed,
        ("重复", "repeated"): sheet.repeated,
        ("提示", "warnings"): len(sheet.warnings),
    }
    told = (", " if english else "，").join(f"{name[english]} {n}" for name, n in counts.items())
    yield (
        f"{sheet.filename} ({sheet.kind}): {told}"
        if english
        else (f"{sheet.filename}（{sheet.kind}）：{told}")
    )
    shown: Counter[str] = Counter()
    for warning in sheet.warnings:
        shown[warning.code] += 1
        if shown[warning.code] <= SHOWN_WARNINGS:
            yield "  " + wording.row_problem(warning, language)
    n_more = sum(max(0, n - SHOWN_WARNINGS) for n in shown.values())
    if n_more:
        yield (
            f"  {n_more} more of these kinds; --json has all"
            if english
            else f"  同类提示另有 {n_more} 处，--json 列出全部"
        )


def import_json(summary: ImportSummary, language: str = "zh") -> dict[str, Any]:
    """Give the same for machines, with every warning."""
    return {
        "written": summary.written,
        "skipped": list(summary.skipped),
        "sheets": [
            {
                "filename": sheet.filename,
                "kind": sheet.kind,
                "added": sheet.added,
                "changed": sheet.changed,
                "unchanged": sheet.unchanged,
                "closed": sheet.closed,
                "repeated": sheet.repeated,
                "warnings": _problems_json(sheet.warnings, language),
            }
            for sheet in summary.sheets
        ],
    }


def refusal_json(problems: Iterable[RowProblem], language: str = "zh") -> dict[str, Any]:
    """Give the problems of a refused import for machines."""
    return {"written": False, "problems": _problems_json(problems, language)}


def _problems_json(problems: Iterable[RowProblem], language: str) -> list[dict[str, Any]]:
    return [
        {
            "file": problem.filename,
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "code": problem.code,
            "text": wording.row_problem(problem, language),
        }
        for problem in problems
    ]


def night_lines(night: NightResult, language: str = "zh") -> Iterator[str]:
    """Say how the contenders did, what the gate found and how the night ended."""
    english = language == "en"
    if night.contenders:
        yield f"{'Held-out class year' if english else '留出届'} {night.class_year}"
        metrics = list(next(iter(night.contenders.values())))
        yield from aligned(
            ["", *metrics],
            [
                [wording.gate_subject(name, language), *(_metric(of[each]) for each in metrics)]
                for name, of in night.contenders.items()
            ],
        )
    for reason in night.reasons:
        yield f"- {reason['text_en' if english else 'text']}"
    version = "" if night.version is None else f" (v{night.version})"
    yield wording.gate_verdict(night.verdict, night.published or "", language=language) + version


def _metric(measured: Mapping[str, float | None]) -> str:
    value, low, high = (_number(measured.get(part)) for part in ("value", "low", "high"))
    return value if low == "-" else f"{value} [{low}, {high}]"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.4f}"


def versions_json(versions: Iterable[Version]) -> list[dict[str, Any]]:
    """Give the versions for machines, with what their cards say."""
    return [
        {
            "version": each.number,
            "published": each.published,
            "current": each.current,
            "parent": each.parent,
            "facts": dict(each.facts),
            "damaged": each.damaged,
            "made_by_another": each.foreign,
        }
        for each in versions
    ]


def version_lines(versions: Iterable[Version]) -> list[str]:
    """List the versions, the one in use marked."""
    return [f"{'*' if each.current else ' '} v{each.number}  {_held(each)}" for each in versions]


def _held(version: Version) -> str:
    if version.foreign:
        return "由程序的另一版本生成 · made by another version of the program"
    return version.published or "损坏 · damaged"


def tokens_json(tokens: Iterable[TokenGrant]) -> list[dict[str, Any]]:
    """Give the tokens for machines; nobody has their secrets."""
    return [
        {
            "id": each.token_id,
            "role": each.role,
            "scope": f"{each.scope_kind} {each.scope_name}" if each.scope_kind else "",
            "created_on": each.created_on.isoformat(),
            "revoked": each.revoked,
        }
        for each in tokens
    ]


def token_lines(tokens: Iterable[TokenGrant]) -> Iterator[str]:
    """List the tokens."""
    rows = tokens_json(tokens)
    header = ["id", "role", "scope", "created_on", "revoked"]
    return aligned(header, [[str(cell) for cell in row.values()] for row in rows])


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set cells under each other; a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = (
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
