import re
from pathlib import Path

import pytest

from recommender import errors, failures, round_problems
from recommender.errors import (
    ImportRefused,
    InvalidValue,
    MassClosing,
    NotFound,
    RowProblem,
    Unreadable,
)


def leaves(kind: type[Exception]) -> set[type[Exception]]:
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind}


# `Malformed` becomes a row's problem before anybody sees it.
SAID_ELSEWHERE = {
    ImportRefused,
    NotFound,
    Unreadable,
    errors.BatchRefused,
    errors.Ineligible,
    errors.Malformed,
    errors.NoOpenPlace,
    errors.FloorsConflict,
    errors.PinsConflict,
    errors.PackRefused,
    errors.PlanRefused,
    errors.RoundRefused,
    errors.TrialRefused,
    errors.DraftChanged,
    errors.DecisionRefused,
}


def test_every_error_has_a_sentence() -> None:
    said = set(failures._SENTENCES)
    assert {
        kind.__name__ for kind in leaves(errors.PlacementError) - said - SAID_ELSEWHERE
    } == set()


def test_every_problem_of_a_refused_import_has_a_line_and_the_last_counts_them() -> None:
    problem = RowProblem(
        filename="a.csv", row=3, column="headcount", value="0", code="not_a_headcount"
    )
    lines = failures.sentences(ImportRefused([problem, problem]))
    assert len(lines) == 3
    assert "a.csv" in lines[0]
    assert lines[-1] == "已拒绝：共 2 处问题，未写入任何内容。"


def test_a_mass_closing_says_how_many_of_how_many_and_what_to_do() -> None:
    (line,) = failures.sentences(MassClosing("示例联盟", 4, 10), "en")
    assert "4 of its 10" in line
    assert "--allow-mass-closing" in line


def test_too_many_fixed_at_a_post_are_told_by_name() -> None:
    (line,) = failures.sentences(errors.PinsConflict("P1", 1, ["G1", "G2"]))
    assert line == "已拒绝：岗位 P1 剩余 1 个名额，却固定了 2 人：G1、G2。"


def test_an_unknown_id_is_told_with_what_is_near() -> None:
    (line,) = failures.sentences(NotFound("trade", "焊工班", ("焊接加工",)))
    assert line == "没有这个专业：焊工班。是否指：焊接加工？"
    (line,) = failures.sentences(NotFound("token", ""), "en")
    assert line == "There is no such token."


def test_whatever_may_be_unknown_has_a_word() -> None:
    package = Path(failures.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    kinds = set(re.findall(r"NotFound\(\s*\"(\w+)\"", text))
    assert {"graduate", "path"} <= kinds
    assert kinds <= set(failures._THINGS)


def test_an_argument_is_told_with_what_is_possible() -> None:
    (line,) = failures.sentences(Unreadable("out", "a.doc", "unknown_suffix", (".csv",)), "en")
    assert line == "out = a.doc: files of this kind are not written (possible: .csv)."


def test_a_code_without_words_is_still_told() -> None:
    assert "new_code" in failures.sentences(Unreadable("f", "v", "new_code"))[0]


def test_the_system_is_quoted_where_a_file_fails() -> None:
    (line,) = failures.sentences(OSError(28, "No space left on device", "/x/out.csv"), "en")
    assert line == "A file could not be read or written: No space left on device (/x/out.csv)."


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unexpected_failure_names_its_kind_and_no_value(language: str) -> None:
    (line,) = failures.sentences(KeyError("张三"), language)
    assert "KeyError" in line
    assert "张三" not in line


def test_a_value_that_cannot_be_is_named_with_its_place() -> None:
    (line,) = failures.sentences(InvalidValue("post", "P1", "headcount", 0))
    assert "P1" in line
    assert "headcount = 0" in line


@pytest.mark.parametrize(
    "refusal", [errors.NeverShown(400, 0.25), errors.TooFewEffective(400, 20.0, 0.2)]
)
def test_a_log_that_says_too_little_is_no_reason_to_explore_more(
    refusal: errors.PlacementError,
) -> None:
    assert "请勿为此调大" in failures.sentences(refusal)[0]
    (line,) = failures.sentences(refusal, "en")
    assert "do not widen it" in line
    assert "400 lists" in line


@pytest.mark.parametrize("code", round_problems.REFUSALS)
def test_a_refusal_of_a_round_names_what_it_is_about(code: str) -> None:
    for language in ("zh", "en"):
        (said,) = failures.sentences(errors.RoundRefused(code, "2026秋", "P1", "P2"), language)
        assert "2026秋" in said
        assert ("P1" in said) == (code == "round_undecided")
