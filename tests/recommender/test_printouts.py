from datetime import date
from typing import Any

import pytest

from recommender import printouts
from recommender.data.store import TokenGrant
from recommender.errors import RowProblem
from recommender.intake import ImportSummary, SheetSummary
from recommender.nightly import NightResult
from recommender.releases import Version


def warning(row: int, code: str = "credit_code_check") -> RowProblem:
    return RowProblem(filename="a.csv", row=row, column="", value="", code=code)


def summary(*sheets: SheetSummary, **facts: Any) -> ImportSummary:
    return ImportSummary(**{"sheets": sheets, "skipped": (), "written": True} | facts)


def night(**facts: Any) -> NightResult:
    values: dict[str, Any] = {
        "verdict": "published",
        "published": "model",
        "version": 3,
        "class_year": 2025,
        "reasons": [],
        "contenders": {},
        "digest": "",
    }
    return NightResult(**values | facts)


def test_an_import_that_changed_nothing_says_so() -> None:
    same = SheetSummary(filename="a.csv", kind="graduates", unchanged=5)
    assert list(printouts.import_lines(summary(same))) == [
        "a.csv（graduates）：新增 0，变更 0，未变 5，关闭 0，重复 0，提示 0",
        "内容与库中一致，没有变化。",
    ]


def test_a_dry_run_says_that_nothing_was_written_and_what_was_passed_over() -> None:
    new = SheetSummary(filename="a.csv", kind="members", added=2)
    lines = list(printouts.import_lines(summary(new, skipped=("~$a.xlsx",), written=False), "en"))
    assert lines == [
        "a.csv (members): added 2, changed 0, unchanged 0, closed 0, repeated 0, warnings 0",
        "Passed over ~$a.xlsx",
        "Dry run: nothing was written.",
    ]


def test_warnings_of_one_kind_are_cut_after_ten_and_the_others_are_not() -> None:
    warnings = (*(warning(row) for row in range(2, 15)), warning(20, "unknown_column"))
    sheet = SheetSummary(filename="a.csv", kind="outcomes", added=1, warnings=warnings)
    lines = list(printouts.import_lines(summary(sheet)))
    # One line of counts, ten of thirteen alike, the other one, and what is left out.
    assert len(lines) == 1 + 10 + 1 + 1
    assert "另有 3 处" in lines[-1]
    assert len(printouts.import_json(summary(sheet))["sheets"][0]["warnings"]) == 14


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_for_machines_has_a_sentence_for_each_problem(language: str) -> None:
    told = printouts.refusal_json([warning(2)], language)
    assert told["written"] is False
    assert told["problems"][0]["text"]


def test_a_night_without_contenders_has_its_verdict_only() -> None:
    (line,) = printouts.night_lines(night(verdict="refused", published=None, version=None))
    assert "None" not in line
    assert "(v" not in line


def test_a_night_tells_contenders_with_intervals_and_unknowns_as_a_dash() -> None:
    contenders = {
        "model": {
            "ndcg@10": {"value": 0.4, "low": 0.35, "high": 0.45},
            "gini": {"value": None, "low": None, "high": None},
        }
    }
    lines = list(printouts.night_lines(night(contenders=contenders), "en"))
    assert lines[0] == "Held-out class year 2025"
    assert lines[1].split() == ["ndcg@10", "gini"]
    assert "0.4000 [0.3500, 0.4500]" in lines[2]
    assert lines[2].endswith("-")
    assert lines[-1].endswith("(v3)")


def test_columns_line_up_although_chinese_is_wide() -> None:
    assert list(printouts.aligned(["", "n"], [["模型", "1"], ["ab", "2"]])) == [
        "      n",
        "模型  1",
        "ab    2",
    ]


def test_tokens_are_listed_without_a_secret() -> None:
    grant = TokenGrant(
        token_id=1,
        role="kiosk",
        scope_kind="college",
        scope_name="甲校",
        created_on=date(2026, 5, 1),
        revoked=False,
    )
    assert printouts.tokens_json([grant]) == [
        {
            "id": 1,
            "role": "kiosk",
            "scope": "college 甲校",
            "created_on": "2026-05-01",
            "revoked": False,
        }
    ]
    assert len(list(printouts.token_lines([grant]))) == 2


def test_a_version_that_another_program_made_is_not_called_damaged() -> None:
    listed = [Version(number=1, current=True, foreign=True)]
    assert printouts.version_lines(listed) == [
        "* v1  由程序的另一版本生成 · made by another version of the program"
    ]
    (told,) = printouts.versions_json(listed)
    assert (told["damaged"], told["made_by_another"]) == (False, True)


def test_a_damaged_version_is_listed_as_damaged() -> None:
    listed = [
        Version(number=1, current=True, published="crosswalk"),
        Version(number=2, current=False, damaged=True),
    ]
    assert printouts.version_lines(listed) == ["* v1  crosswalk", "  v2  损坏 · damaged"]
    assert [each["damaged"] for each in printouts.versions_json(listed)] == [False, True]
