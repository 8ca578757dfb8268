"""What people read of sheets: a sentence for every code, in both languages."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender import wording
from recommender.data import sheets
from recommender.domain import (
    AwardLevel,
    Channel,
    MemberKind,
    OutcomeStage,
    ShortageLevel,
    SkillLevel,
    StepReason,
    TrainingMode,
    TrainingResult,
    TrainingTier,
)
from recommender.errors import RowProblem

DATA = Path(sheets.__file__).parent
ENUMS = (
    SkillLevel,
    TrainingTier,
    TrainingMode,
    ShortageLevel,
    OutcomeStage,
    Channel,
    StepReason,
    AwardLevel,
    MemberKind,
    TrainingResult,
)


def problem(code: str, **changes: object) -> RowProblem:
    facts: dict[str, object] = {
        "filename": "需求目录.csv",
        "row": 3,
        "column": "headcount",
        "value": "1.5",
        "code": code,
        "kind": "demand_catalog",
        **changes,
    }
    return RowProblem(**facts)  # type: ignore[arg-type] # a test states only what it is about


# Every code has its sentences ------------------------------------------------------------


def codes_of(tree: ast.AST) -> Iterator[str]:
    """Find the codes that a module can report: constants handed to what reports them."""
    reporters = {"Malformed", "Flaw", "whole", "refuse", "warn", "says"}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        words = [word for word in ast.walk(node) if isinstance(word, ast.Constant)]
        if name in reporters:
            words = [arg for arg in node.args if isinstance(arg, ast.Constant)]
        elif not (name == "append" and ast.unparse(node.func) == "notes.append"):
            continue
        yield from (word.value for word in words if isinstance(word.value, str) and word.value)


def reported() -> set[str]:
    found: set[str] = set()
    for path in DATA.glob("*.py"):
        found |= set(codes_of(ast.parse(path.read_text(encoding="utf-8"))))
    columns = {name for names in wording.COLUMNS.values() for name in names}
    return {word for word in found if re.fullmatch(r"[a-z0-9_]+", word)} - columns


def test_every_code_that_the_readers_report_has_its_sentences() -> None:
    codes = reported()
    assert {"missing", "not_a_headcount", "duplicate_in_call", "full_width_id"} <= codes
    assert codes <= wording.ROW_PROBLEMS.keys()


def test_no_sentence_is_left_without_a_code_that_reports_it() -> None:
    others = [
        DATA.parent / f"{name}.py"
        for name in ("intake", "internships", "succession", "year/rounds", "importing/scope")
    ]
    paths = [*DATA.glob("*.py"), *others]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    told_together = {code for code in wording.ROW_PROBLEMS if code.endswith("_rows")} - {
        "no_rows",
        "too_many_rows",
    }
    assert all(code.removesuffix("_rows") in wording.ROW_PROBLEMS for code in told_together)
    silent = {code for code in wording.ROW_PROBLEMS if f'"{code}"' not in source}
    # The id's kind is put in where a step names what is not there.
    assert silent <= told_together | {"unknown_graduate", "unknown_post"}


@pytest.mark.parametrize("code", wording.ROW_PROBLEMS)
def test_a_sentence_is_whole_with_its_facts_and_without_any(code: str) -> None:
    for words in wording.ROW_PROBLEMS[code]:
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(each) if field} for each in words
        ]
        assert fields[0] == fields[1]
        assert bool(words[0]) == bool(words[1])
    for language in ("zh", "en"):
        for facts in ((), ("一", "二", "三")):
            said = wording.row_problem(problem(code, facts=facts), language)
            assert "{" not in said
            assert said[-1] in "。."
            assert "需求目录.csv" in said
            assert "1.5" in said


# How it is said --------------------------------------------------------------------------


def test_a_problem_names_its_place_both_names_of_the_column_and_what_would_be_right() -> None:
    assert wording.row_problem(problem("not_a_headcount")) == (
        "需求目录.csv 第 3 行 需求人数（headcount）「1.5」：不是人数。应为不小于 1 的整数。"
    )
    assert wording.row_problem(problem("not_a_headcount"), "en") == (
        "需求目录.csv, row 3, headcount (需求人数) “1.5”: this is no number of people. "
        "A whole number, 1 or more."
    )


def test_a_problem_of_a_whole_file_has_no_row() -> None:
    whole = problem("empty_file", row=0, column="", value="")
    assert wording.row_problem(whole) == "需求目录.csv：文件是空的。请重新导出后再导入。"


def test_a_problem_of_no_file_begins_with_its_column() -> None:
    bare = problem("not_a_headcount", filename="", row=0)
    assert wording.row_problem(bare).startswith("需求人数（headcount）「1.5」：")


def test_facts_are_listed() -> None:
    several = problem("ambiguous_region", facts=("济南市市中区", "枣庄市市中区"))
    assert "请写明是哪一处：济南市市中区、枣庄市市中区。" in wording.row_problem(several)
    assert "济南市市中区, 枣庄市市中区." in wording.row_problem(several, "en")


def test_a_list_without_members_is_left_out() -> None:
    said = wording.row_problem(problem("missing_column", value=""))
    assert said.endswith("：缺少此列。请补上这一列。")
    said = wording.row_problem(problem("unknown_column", value="备注", column=""), "en")
    assert said.endswith("an unknown column, not read.")


def test_alike_rows_are_counted() -> None:
    alike = problem("preparatory_technician", n_more=126)
    assert "（另有 126 行相同）" in wording.row_problem(alike)
    assert "(126 more rows alike)" in wording.row_problem(alike, "en")


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\u202e", "\u200b", "\n"])
def test_what_a_cell_holds_cannot_play_with_the_terminal(mark: str) -> None:
    said = wording.row_problem(problem("not_a_headcount", value=f"1{mark}5"))
    assert f"「1<U+{ord(mark):04X}>5」" in said


def test_braces_in_a_cell_are_only_braces() -> None:
    said = wording.row_problem(problem("unknown_region", value="{0}", facts=("{all}",)))
    assert "「{0}」" in said
    assert "「{all}」" in said


def test_a_long_value_is_cut() -> None:
    said = wording.row_problem(problem("too_long", value="长" * 5_000, facts=("4000",)))
    assert "长" * 60 + "…" in said
    assert len(said) < 150


@pytest.mark.parametrize(
    ("column", "kind", "name"),
    [
        ("name", "graduates", "姓名"),
        ("name", "members", "名称"),
        ("mode", "", "培养方式"),
        ("nonsense", "", "nonsense"),
    ],
)
def test_a_column_is_named_as_in_its_sheet(column: str, kind: str, name: str) -> None:
    assert wording.column_name(column, kind) == name


# Words of the domain ---------------------------------------------------------------------


@pytest.mark.parametrize("enum", ENUMS)
def test_every_member_has_its_own_word_in_both_languages(enum: type) -> None:
    for language in ("zh", "en"):
        words = [wording.label(member, language) for member in enum]  # type: ignore[var-annotated,attr-defined] # any enumeration
        assert len(set(words)) == len(words)
        assert all(words)


def test_equal_members_of_two_enumerations_keep_their_own_words() -> None:
    # SkillLevel.APPRENTICE == AwardLevel.CITY == 1.
    assert wording.label(SkillLevel.APPRENTICE) == "学徒工"
    assert wording.label(AwardLevel.CITY) == "市级"
    assert wording.label(AwardLevel.WORLD, "en") == "world"
