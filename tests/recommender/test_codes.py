"""Codes and the names that stand for them."""

from __future__ import annotations

import pytest

from recommender.data import cells, codes
from recommender.domain import Award, AwardLevel, SkillCertificate, SkillLevel
from recommender.errors import Malformed

# 91350100M000100Y43 is the worked example of GB 32100-2015.
STANDARD = "91350100M000100Y43"


def noted(read: cells.Read, raw: object) -> tuple[object, list[cells.Note]]:
    notes: list[cells.Note] = []
    return read(raw, notes), notes


def refusal(read: cells.Read, raw: object) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Malformed) as refused:
        read(raw, [])
    return refused.value.code, refused.value.facts


@pytest.mark.parametrize("raw", [STANDARD[:-1], STANDARD + "0", "9135010-M000100Y43", "统一"])
def test_a_credit_code_of_another_form_is_refused(raw: str) -> None:
    assert refusal(codes.credit_code, raw) == ("not_a_credit_code", ())


def test_a_credit_code_that_was_a_number_is_refused() -> None:
    assert refusal(codes.credit_code, 913501000001000043.0) == ("id_as_number", ())
    assert refusal(codes.credit_code, "9.135E+17") == ("id_in_scientific_notation", ())


def test_the_check_character_of_the_standards_example() -> None:
    assert codes.check_character(STANDARD) == "3"
    assert noted(codes.credit_code, STANDARD) == (STANDARD, [])


@pytest.mark.parametrize("raw", [STANDARD.lower(), f" {STANDARD} ", "９１350100Ｍ000100Y43"])
def test_a_credit_code_is_written_in_one_way(raw: str) -> None:
    assert codes.credit_code(raw, []) == STANDARD


def test_a_wrong_check_character_is_noted_with_the_right_one() -> None:
    assert noted(codes.credit_code, STANDARD[:-1] + "4")[1] == [("credit_code_check", ("3",))]


def test_a_letter_that_no_credit_code_has_leaves_the_check_open() -> None:
    assert noted(codes.credit_code, "91350100MO00100Y43")[1] == [("credit_code_check", ("?",))]


@pytest.mark.parametrize("raw", ["6-18-01", "61801 01", "6-18-01-1", "X-18-01-01", "车工", 61801])
def test_an_occupation_code_of_another_form_is_refused(raw: object) -> None:
    assert refusal(codes.occupation_code, raw) == ("not_an_occupation_code", ())


@pytest.mark.parametrize("raw", ["6-18-01-01", "６－１８－０１－０１", "6–18–01–01"])
def test_an_occupation_code_is_written_in_one_way(raw: str) -> None:
    assert noted(codes.occupation_code, raw) == ("6-18-01-01", [])


def test_a_well_formed_code_that_nobody_knows_is_kept_and_noted() -> None:
    assert noted(codes.occupation_code, "6-99-99-99") == (
        "6-99-99-99",
        [("occupation_unknown", ("6-99-99-99",))],
    )


@pytest.mark.parametrize("raw", ["七级", "6", "0", "熟练工", "四级/高级工", 3.5])
def test_what_is_no_level_is_refused(raw: object) -> None:
    assert refusal(codes.level, raw) == ("not_a_level", ())


@pytest.mark.parametrize(
    "raw", ["中级工", "中级", "四级", "4", 4, 4.0, "四级/中级工", "intermediate_worker"]
)
def test_the_writings_of_a_level_are_alike(raw: object) -> None:
    assert noted(codes.level, raw) == (SkillLevel.INTERMEDIATE_WORKER, [])


def test_a_preparatory_technician_is_read_as_a_senior_worker_and_noted() -> None:
    assert noted(codes.level, "预备技师") == (
        SkillLevel.SENIOR_WORKER,
        [("preparatory_technician", ())],
    )


def test_a_place_with_several_meanings_is_refused_with_all_of_them() -> None:
    assert refusal(codes.region, "市中区") == (
        "ambiguous_region",
        ("济南市市中区", "枣庄市市中区"),
    )


@pytest.mark.parametrize("raw", ["亚特兰蒂斯", "3708", "370811000000"])
def test_a_place_that_cannot_be_read_is_refused(raw: str) -> None:
    assert refusal(codes.region, raw) == ("unknown_region", (raw,))


@pytest.mark.parametrize("raw", ["370811", 370811.0, "任城区", "济宁市任城区", "济宁任城"])
def test_a_place_is_read_by_its_code_and_its_names(raw: object) -> None:
    assert noted(codes.region, raw) == ("370811", [])


@pytest.mark.parametrize(
    ("raw", "code", "note"),
    [
        ("济宁高新区", "370800", "development_zone"),
        ("南京市", "320000", "outside_shandong"),
        ("370899", "370899", "region_code_unknown"),
    ],
)
def test_a_place_that_is_only_nearly_known_is_kept_and_noted(
    raw: str, code: str, note: str
) -> None:
    read, notes = noted(codes.region, raw)
    assert read == code
    assert [(kind, facts[0]) for kind, facts in notes] == [(note, raw)]


def test_a_colleges_own_trade_is_kept_and_its_nearest_noted() -> None:
    trade, notes = noted(codes.trade, "电商运营与推广")
    assert trade == "电商运营与推广"
    assert notes == [("unknown_trade", ("电子商务",))]


def test_a_known_trade_needs_no_note() -> None:
    assert noted(codes.trade, "电子商务") == ("电子商务", [])


def test_a_licence_is_read_by_its_synonyms_and_an_unknown_one_noted() -> None:
    assert noted(codes.licence, "低压电工证") == ("低压电工作业", [])
    assert noted(codes.licence, "飞行执照") == (
        "飞行执照",
        [("unknown_licence", ("飞行执照",))],
    )


@pytest.mark.parametrize("raw", ["焊工", "6-18-01-01", "6-18-01:四级", "6-18-01-01:七级"])
def test_a_malformed_certificate_is_refused_by_its_own_text(raw: str) -> None:
    assert refusal(codes.certificate, raw) == ("not_a_certificate", (raw,))


def test_a_certificate_of_a_malformed_enterprise_is_refused() -> None:
    assert refusal(codes.certificate, "6-18-01-01:四级:9135")[0] == "not_a_certificate"


@pytest.mark.parametrize(
    ("raw", "certified_by"),
    [
        ("6-18-01-01:四级", None),
        ("6-18-01-01：4：", None),
        (f"6-18-01-01:中级工:{STANDARD}", STANDARD),
    ],
)
def test_a_certificate_is_an_occupation_a_level_and_who_certified(
    raw: str, certified_by: str | None
) -> None:
    assert codes.certificate(raw, []) == SkillCertificate(
        occupation_code="6-18-01-01",
        level=SkillLevel.INTERMEDIATE_WORKER,
        certified_by=certified_by,
    )


@pytest.mark.parametrize("raw", ["校级", "1", "市级:车工", ":6-18-01-01"])
def test_a_malformed_award_is_refused_by_its_own_text(raw: str) -> None:
    assert refusal(codes.award, raw) == ("not_an_award", (raw,))


def test_an_award_may_name_its_occupation() -> None:
    assert codes.award("省级", []) == Award(level=AwardLevel.PROVINCE)
    assert codes.award("世界级：6-18-01-01", []) == Award(
        level=AwardLevel.WORLD, occupation_code="6-18-01-01"
    )
