"""What goes out as a sheet comes back as it was: importing it again changes nothing."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from recommender import intake, outgoing
from recommender.access import Grant
from recommender.afterwards import Destination, DestinationKind, FollowUp, FollowUpResult
from recommender.data import filled, guard, sheets, store
from recommender.data.sheets import KIND_OF, KINDS
from recommender.domain import (
    Award,
    AwardLevel,
    Interest,
    InterestSide,
    OutcomeStage,
    SkillCertificate,
    SkillLevel,
    TrainingResult,
    TrainingTier,
)
from recommender.errors import NotFound, Unreadable
from recommender.fairs import Booth, Registration
from recommender.succession import ChangeKind, CodeChange, CodeTable
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_apprentice,
    make_details,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
    make_programme,
)

# Beyond the BMP: a place name of GB18030-2022, and an emoji.
RARE = "𬭩𠮷👍"
HOSTILE = "=1+1"
STARTED = DAY - timedelta(days=200)

PEOPLE = [
    make_graduate(
        graduate_id="007",
        class_name="=HYPERLINK(A1)",
        certificates=(
            SkillCertificate(occupation_code="6-18-01-01", level=SkillLevel.SENIOR_WORKER),
            SkillCertificate(
                occupation_code="6-18-02-04",
                level=SkillLevel.JUNIOR_WORKER,
                certified_by=OTHER_CREDIT_CODE,
            ),
        ),
        awards=(
            Award(level=AwardLevel.CITY),
            Award(level=AwardLevel.WORLD, occupation_code="6-18-01-01"),
        ),
        licences=("低压电工作业",),
        wish_regions=("370800", "370200"),
        wish_pay=5000,
        training_tier=TrainingTier.SENIOR,
        expected_level=SkillLevel.TECHNICIAN,
        expected_on=date(2026, 7, 1),
        grade_band=2,
        order_class=CREDIT_CODE,
        hired_at_enrolment=True,
    ),
    make_graduate(graduate_id="-1+2", college="另一技师学院", trade=f"@{RARE}", consent=False),
]
DETAILS = [
    make_details(graduate_id="007", name=RARE, student_no="0012", gender="女"),
    make_details(graduate_id="-1+2", name="'=1+1", student_no="+86", gender=None),
]
# Kind of sheet → what is stored of it.
STORED: Mapping[str, list[Any]] = {
    "demand_catalog": [
        make_post(
            post_id="+1|2",
            enterprise=f"{HOSTILE}{RARE}",
            duties='="007"',
            shifts="-两班倒|\\|",
            insurance="'@五险",
            contact="＝全角",
            board_and_lodging="一行\n=2+2",
            preferred_certificates=("@甲", "乙"),
            monthly_pay_min=5000,
            monthly_pay_max=7000,
        ),
        make_post(post_id="P2", headcount=3),
    ],
    "graduates": PEOPLE,
    "outcomes": [
        make_outcome(
            graduate_id="007", post_id="P2", stage=OutcomeStage.STARTED, date=STARTED, shown_rank=3
        ),
        make_outcome(
            graduate_id="-1+2",
            post_id="P2",
            stage=OutcomeStage.INTERNED,
            date=STARTED,
            interned_until=DAY,
            agreed_on=STARTED,
        ),
    ],
    "members": [
        make_member(name="=1", industry_chain=None, staff=120),
        make_member(name="=1", industry_chain="高端装备", staff=120),
        make_member(name="示例技师学院", credit_code=None),
    ],
    "agreements": [
        make_agreement(
            agreement_id="@A",
            floor=0,
            ceiling=9,
            level_due=SkillLevel.SENIOR_WORKER,
            returns_on=DAY,
        ),
        make_agreement(agreement_id="A2"),
    ],
    "apprentices": [
        make_apprentice(apprentice_id="=A"),
        make_apprentice(apprentice_id="B", result=TrainingResult.LEFT, examined_on=DAY),
    ],
    "programmes": [make_programme(trade="-焊接", enrolled=7), make_programme(enrolled=None)],
    "interests": [
        Interest(
            fair_id="=F", graduate_id="007", post_id="P2", side=InterestSide.ENTERPRISE, rank=2
        ),
        Interest(fair_id="=F", graduate_id="007", post_id="P2", side=InterestSide.GRADUATE),
    ],
    "destinations": [
        Destination(
            graduate_id="-1+2",
            kind=DestinationKind.FURTHER_STUDY,
            employer="@大学",
            date=DAY,
            evidence="%1",
        ),
        Destination(graduate_id="-1+2", kind=DestinationKind.ARMY, date=STARTED),
    ],
    "follow_ups": [
        FollowUp(
            graduate_id="007",
            post_id="P2",
            due_days=30,
            result=FollowUpResult.HERE,
            date=STARTED + timedelta(days=31),
        )
    ],
    "fairs": [Booth(fair_id="=F", date=DAY, credit_code=CREDIT_CODE, booth="+A1", slots=4)],
    "registrations": [Registration(fair_id="=F", graduate_id="-1+2")],
    "code_changes": [
        CodeChange(
            table=CodeTable.OCCUPATION,
            kind=ChangeKind.SPLIT,
            old_code="6-18-01-01",
            new_code=code,
            new_name=name,
            weight=weight,
            starts_on=date(2027, 1, 1),
            source="=文件",
        )
        for code, name, weight in (("6-18-01-98", "@新", 0.3), ("6-18-01-99", "新二", 0.7))
    ],
}


def sheet_of(kind: str, folder: Path) -> Path:
    """Write what is constructed of a kind as its sheet."""
    details = {each.graduate_id: each for each in DETAILS}
    rows = [
        filled.cells_of(KIND_OF[kind], each, details.get(getattr(each, "graduate_id", "")))
        for each in STORED[kind]
    ]
    path = folder / f"{kind}.csv"
    filled.write(KIND_OF[kind], rows, path)
    return path


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Engine]:
    """Take in a constructed sheet of every kind, for tests that only read."""
    folder = tmp_path_factory.mktemp("taken")
    engine = store.connect(f"sqlite:///{shutil.copy(migrated_file, folder)}")
    paths = [sheet_of(kind, folder) for kind in KINDS]
    summary = intake.import_files(engine, paths, day=DAY)
    added = {sheet.kind: sheet.added for sheet in summary.sheets}
    assert {kind: added[kind] for kind in KINDS} == {k: len(v) for k, v in STORED.items()}
    yield engine
    engine.dispose()


# --- refusals ---------------------------------------------------------------------------------


def test_an_unknown_kind_or_format_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        outgoing.write_sheet(sqlite_engine, "pins", tmp_path / "a.csv", day=DAY)
    with pytest.raises(Unreadable):
        outgoing.write_sheet(sqlite_engine, "members", tmp_path / "a.pdf", day=DAY)


def test_nobody_gets_a_sheet_of_others_people(taken: Engine) -> None:
    own = Grant(token_id=1, role="officer", scope_kind="college", scope_name="示例技师学院")
    for kind in ("graduates", "outcomes", "destinations", "registrations"):
        sheet = outgoing.sheet_for(taken, own, kind, ".csv", day=DAY).decode("utf-8-sig")
        assert "-1+2" not in sheet
    with pytest.raises(NotFound):
        outgoing.sheet_for(taken, Grant(token_id=1, role="data"), "graduates", ".csv", day=DAY)


def test_who_may_not_see_names_gets_no_column_of_them(taken: Engine) -> None:
    sheets = {
        role: outgoing.sheet_for(
            taken, Grant(token_id=1, role=role), "graduates", ".csv", day=DAY
        ).decode("utf-8-sig")
        for role in ("auditor", "officer")
    }
    assert RARE in sheets["officer"] and "姓名" in sheets["officer"]
    assert "姓名" not in sheets["auditor"] and "0012" not in sheets["auditor"]


# --- nothing changes --------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", outgoing.SUFFIXES)
def test_what_goes_out_comes_back_as_it_was(taken: Engine, tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for kind in KINDS:
        assert outgoing.write_sheet(taken, kind, folder / f"{kind}{suffix}", day=DAY) == len(
            STORED[kind]
        )
    summary = intake.import_files(taken, [folder], day=DAY, dry_run=True)
    told = {sheet.kind: (sheet.added, sheet.changed, sheet.closed) for sheet in summary.sheets}
    assert told == dict.fromkeys(KINDS, (0, 0, 0))
    assert sum(sheet.unchanged for sheet in summary.sheets) == sum(map(len, STORED.values()))


def test_a_post_that_was_taken_back_is_not_offered_again(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    gone = make_post(post_id="P9", withdrawn_on=DAY)
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, [gone], day=DAY)
    assert outgoing.write_sheet(sqlite_engine, "demand_catalog", tmp_path / "a.csv", day=DAY) == 0


_SIGNS = tuple("=+-@%|＝＋－＠")
# Any text that a sheet can hold, and those that a spreadsheet would run.
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=12),
    st.builds(
        "{}{}".format,
        st.text("'=+-@%|\\＝＋－＠\"\t\r\n, 0", min_size=1, max_size=4),
        st.text("=1+|\\\"'x\t\r\n,;𠮷", max_size=6),
    ),
)


@given(texts=st.lists(_TEXTS, min_size=20, max_size=20), suffix=st.sampled_from(outgoing.SUFFIXES))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_harmless_and_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], suffix: str
) -> None:
    first = [_read_once(text) for text in texts]
    rows = [
        {**filled.cells_of(catalog, make_post(post_id=f"P{n}")), "duties": text}
        for n, text in enumerate(first)
    ]
    out = tmp_path_factory.mktemp("any") / f"demand_catalog{suffix}"
    filled.write(catalog, rows, out)
    read = sheets.read_sheet(out)
    assert not read.problems
    assert [parsed.item.duties or "" for parsed in read.items] == first
    if suffix == ".xlsx":
        cells = list(openpyxl.load_workbook(out).worksheets[0].iter_rows())
        assert all(cell.data_type != "f" for row in cells for cell in row)
    else:
        with out.open(encoding="utf-8-sig", newline="") as handle:
            seen = [row["工作内容"] for row in csv.DictReader(handle)]
        # Excel takes a number with its sign for a number, which it is.
        assert all(text[:1] not in _SIGNS or text.strip("-0123456789.,") == "" for text in seen)


def test_every_short_text_of_signs_comes_back_from_its_guard() -> None:
    for length in range(1, 6):
        for signs in product("'=|\\\"0-", repeat=length):
            text = "".join(signs)
            assert guard.unguarded(guard.guarded(text)) == text
            assert guard.guarded(text)[:1] not in "=|-" or text.strip("-0") == ""


catalog = KIND_OF["demand_catalog"]


def _read_once(text: str) -> str:
    """Give a text as an import keeps it: without spaces at its ends."""
    parsed, problems, _ = sheets.parse_row(
        "demand_catalog", {**filled.cells_of(catalog, make_post()), "duties": text}
    )
    return (parsed.item.duties or "") if parsed and not problems else ""


# --- for people who open it -------------------------------------------------------------------


def test_a_workbook_is_made_for_work(taken: Engine, tmp_path: Path) -> None:
    out = tmp_path / "demand_catalog.xlsx"
    outgoing.write_sheet(taken, "demand_catalog", out, day=DAY)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    titles = [str(cell.value).rstrip("*") for cell in sheet[1]]
    row = dict(zip(titles, sheet[2], strict=True))
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:AA3"
    assert sheet.column_dimensions["A"].width >= 12
    # The word list of the level reaches every row that is filled.
    assert any("中级工" in each.formula1 for each in sheet.data_validations.dataValidation)
    assert row["生效日期"].is_date
    assert row["生效日期"].value.date() == STORED["demand_catalog"][0].opens_on
    assert isinstance(row["需求人数"].value, int)
    assert row["企业名称"].data_type == "s" and row["企业名称"].value == f"{HOSTILE}{RARE}"
    assert row["企业名称"].quotePrefix


def test_csv_opens_in_excel_on_a_chinese_windows(taken: Engine, tmp_path: Path) -> None:
    out = tmp_path / "demand_catalog.csv"
    outgoing.write_sheet(taken, "demand_catalog", out, day=DAY)
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == 3
    assert f"'{HOSTILE}{RARE}" in raw.decode("utf-8-sig")
