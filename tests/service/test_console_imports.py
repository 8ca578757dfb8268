"""Importing at the console: what may not be written is not, what is wrong can be mended there."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from recommender.data import store
from recommender.importing import drafts
from service.parts import parts
from tests.builders import CREDIT_CODE, DAY, make_agreement, make_graduate
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]

OWN, OTHER = "示例技师学院", "另一技师学院"
HEADER = "毕业生编号,院校,专业,届,姓名,期望月薪,同意推荐\n"
POSTS = "岗位编号,发布单位,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,生效日期,截止日期\n"


@pytest.fixture
def app(real_app: Flask) -> Flask:
    return real_app


@pytest.fixture
def home(app: Flask) -> Path:
    with app.app_context():
        return parts().settings.home


def row(graduate_id: str, college: str = OWN, pay: str = "5000", name: str = "张三") -> str:
    return f"{graduate_id},{college},焊接加工,2026,{name},{pay},是\n"


def post(post_id: str, body: str = "某市人社局", people: str = "5") -> str:
    days = "2026-03-01,2026-08-31"
    return f"{post_id},{body},示例公司,{CREDIT_CODE},6-18-02-04,370800,{people},{days}\n"


def send(client: FlaskClient, *texts: str | bytes, name: str = "名册.csv") -> TestResponse:
    files = [
        (io.BytesIO(text if isinstance(text, bytes) else text.encode()), f"{n or ''}{name}")
        for n, text in enumerate(texts)
    ]
    data = {**form(client), "files": files}
    answer = client.post("/console/imports", data=data, content_type="multipart/form-data")
    return client.get("/console/imports") if answer.status_code == 303 else answer


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def stored(engine: Engine, *ids: str) -> list[str]:
    with store.reading(engine) as conn:
        return [one.graduate_id for one in store.load_graduates(conn, ids=ids)]


# --- what is not written ----------------------------------------------------------------------


def test_nothing_chosen_or_too_much_is_refused(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    assert "请先选择文件" in send(client).text
    assert "一次最多上传 10 个文件" in send(client, *["x"] * 11).text


def test_only_the_page_of_uploads_takes_large_ones(client: FlaskClient, welders: Engine) -> None:
    large = "x" * (70 * 1024)
    stranger = client.post("/console/imports", data={"files": (io.BytesIO(large.encode()), "a")})
    assert stranger.status_code == 413
    sign_in(client, welders)
    assert send(client, large).status_code == 200
    data = {**form(client), "key": large}
    assert client.post("/console/imports/confirm", data=data).status_code == 413


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        ("毕业生编号,院校\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"%PDF-1.7", "PDF"),
        ("天气,温度\n晴,20\n".encode(), "表头"),
    ],
)
def test_what_is_no_sheet_is_said_and_not_kept(
    client: FlaskClient, welders: Engine, content: bytes, said: str
) -> None:
    sign_in(client, welders)
    page = send(client, content).text
    assert said in page and "确认写入" not in page


def test_an_officer_imports_for_their_own_college_only(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, scope_kind="college", scope_name=OWN)
    assert f"可导入：{OWN}" in send(client, HEADER + row("N1", OTHER)).text
    assert "您不能导入这种表格" in send(client, POSTS + post("P9")).text
    # G3 is another college's: said to be taken, and not by whom.
    page = send(client, HEADER + row("G3")).text
    assert "这个编号已被使用" in page and OTHER not in page
    # About another's graduate as about nobody.
    steps = "毕业生编号,岗位编号,环节,日期\n{},P1,意向,2026-05-01\n"
    pages = [
        re.sub("csrf_token.*?>", "", send(client, steps.format(who)).text).replace(who, "")
        for who in ("G3", "GX")
    ]
    assert pages[0] == pages[1] and "没有这名毕业生" in pages[0]


def test_an_agreement_of_another_college_is_not_taken_over(
    client: FlaskClient, welders: Engine
) -> None:
    with store.writing(welders) as conn:
        store.save_agreements(conn, [make_agreement(agreement_id="A1", college=OTHER)])
    sign_in(client, welders, scope_kind="college", scope_name=OWN)
    sheet = "协议编号,院校,统一社会信用代码,培养方式,起,止\n"
    page = send(client, f"{sheet}A1,{OWN},{CREDIT_CODE},订单,2026-01-01,2026-12-31\n").text
    assert "这个编号已被使用" in page and OTHER not in page


def test_nobody_finds_what_another_sent(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    send(client, HEADER + row("N1", name="欧阳秘密", pay="x"))
    sign_in(client, welders, role="data")
    assert "欧阳秘密" not in client.get("/console/imports").text
    assert client.get("/console/imports/marked/0").status_code == 404


def test_roles_that_may_not_import_have_no_page(client: FlaskClient, welders: Engine) -> None:
    for role in ("auditor", "kiosk", "enterprise"):
        sign_in(client, welders, role=role)
        assert client.get("/console/imports").status_code == 403


# --- what lies on the disk --------------------------------------------------------------------


def test_an_upload_is_private_drawn_and_wiped(
    client: FlaskClient, welders: Engine, home: Path
) -> None:
    sign_in(client, welders)
    send(client, HEADER + row("N1", pay="x", name="欧阳秘密"), name="欧阳.csv")
    inside = list((home / "imports").rglob("*"))
    assert all(each.stat().st_mode & 0o077 == 0 for each in inside)
    assert not [each for each in inside if "欧阳" in each.name or "some-" in each.name]
    client.post("/console/imports/discard", data=form(client))
    left = [each for each in (home / "imports").rglob("*") if each.is_file()]
    assert not [each for each in left if "欧阳".encode() in each.read_bytes()]


def test_after_an_hour_nothing_is_left(tmp_path: Path) -> None:
    born = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)
    draft = drafts.keep(tmp_path, "wang", [("a.csv", lambda path: path.write_text("x"))], born)
    almost = born + timedelta(minutes=59)
    assert drafts.find(tmp_path, "wang", almost) == draft
    drafts.sweep(tmp_path, born + timedelta(hours=1))
    assert drafts.find(tmp_path, "wang", almost) is None
    assert not draft.folder.exists()


def test_any_page_of_the_console_wipes_what_is_old(
    client: FlaskClient, welders: Engine, home: Path
) -> None:
    born = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
    draft = drafts.keep(home, "gone", [("a.csv", lambda path: path.write_text("x"))], born)
    client.get("/console/sign-in")
    assert not draft.folder.exists()


# --- mending in place -------------------------------------------------------------------------


def test_a_bad_cell_is_marked_mended_and_written_once(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, scope_kind="college", scope_name=OWN)
    page = send(client, HEADER + row("N1") + row("N2", pay="面议") + row("G1")).text
    # Row 3, the sixth column; the good rows are not shown.
    assert 'name="c-0-3-5" value="面议"' in page and "N1" not in page
    assert stored(welders, "N1", "N2") == []
    data = {**form(client), "c-0-3-5": "5500", "o-0-3-5": "面议"}
    assert client.post("/console/imports/rows", data=data).status_code == 303
    page = client.get("/console/imports").text
    assert "N2" in page and "5500" in page
    data = {**form(client), "key": key_of(page)}
    assert client.post("/console/imports/confirm", data=data).status_code == 303
    assert client.post("/console/imports/confirm", data=data).status_code == 303
    assert "已写入：新增 2，变更 1，关闭 0" in client.get("/console/imports").text
    assert stored(welders, "N1", "N2") == ["N1", "N2"]
    with store.reading(welders) as conn:
        assert len(store.load_imports(conn)) == 1


def test_a_row_can_be_left_out(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    page = send(client, HEADER + row("N1") + row("N1", pay="6000")).text
    assert 'name="x-0-3"' in page
    client.post("/console/imports/rows", data={**form(client), "x-0-3": "on"})
    page = client.get("/console/imports").text
    assert "确认写入" in page and "6000" not in page


def test_a_header_that_is_called_otherwise_is_named_on_the_page(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    page = send(client, HEADER.replace("同意推荐", "愿意") + row("N1")).text
    assert 'name="c-0-1-6"' in page
    data = {**form(client), "c-0-1-6": "consent", "o-0-1-6": "愿意"}
    client.post("/console/imports/rows", data=data)
    assert "确认写入" in client.get("/console/imports").text


def test_the_marked_file_says_what_is_wrong_and_comes_back_in(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    send(client, "2026 届名册,,\n" + HEADER + row("N1", pay="面议", name="=1+1"))
    content = client.get("/console/imports/marked/0").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    bad = sheet["F3"]
    assert bad.value == "面议" and bad.fill.bgColor.rgb != "00000000" and bad.comment is not None
    assert sheet["H2"].value == "检查结果" and bad.comment.text in sheet["H3"].value
    assert sheet["E3"].data_type == "s"
    # As it is, it is refused for the same cell; nothing of the marks is read.
    page = send(client, content, name="marked.xlsx").text
    assert 'name="c-0-3-5" value="面议"' in page and "检查结果" not in page


# --- the difference ---------------------------------------------------------------------------


def test_a_change_is_shown_from_what_to_what(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    page = send(client, HEADER + row("G1", pay="5200")).text
    assert re.search("<del>空</del>.*?<ins>5200</ins>", page)


def test_a_name_that_is_stored_is_not_shown_to_who_may_not_see_it(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    page = send(client, HEADER + row("G1", name="欧阳秘密")).text
    client.post("/console/imports/confirm", data={**form(client), "key": key_of(page)})
    assert "欧阳秘密" in send(client, HEADER + row("G1", name="李四")).text
    sign_in(client, welders, role="data")
    page = send(client, HEADER + row("G1", name="李四")).text
    assert "欧阳秘密" not in page and "欧**" in page and "李四" in page


def test_what_changed_since_is_shown_again_and_not_written(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    key = key_of(send(client, HEADER + row("N1") + row("G1", pay="5200")).text)
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G1", wish_pay=4100)])
    client.post("/console/imports/confirm", data={**form(client), "key": key})
    page = client.get("/console/imports").text
    assert "核对之后数据有变化" in page and stored(welders, "N1") == []
    assert re.search("<del>4100</del>.*?<ins>5200</ins>", page)
    client.post("/console/imports/confirm", data={**form(client), "key": key_of(page)})
    assert "已写入：新增 1，变更 1" in client.get("/console/imports").text


def test_a_whole_catalog_that_closes_many_has_to_be_allowed(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, role="data")
    page = send(client, POSTS + post("N1") + post("N2")).text
    client.post("/console/imports/confirm", data={**form(client), "key": key_of(page)})
    send(client, POSTS + post("N1"))
    client.post("/console/imports/options", data={**form(client), "replace": "on"})
    page = client.get("/console/imports").text
    assert "超过三成" in page and 'name="key"' not in page
    allowed = {**form(client), "replace": "on", "allow_mass_closing": "on"}
    client.post("/console/imports/options", data=allowed)
    page = client.get("/console/imports").text
    assert "N2" in page and "关闭" in page
    client.post("/console/imports/confirm", data={**form(client), "key": key_of(page)})
    with store.reading(welders) as conn:
        withdrawn = [p.post_id for p in store.load_posts(conn, day=DAY) if p.withdrawn_on]
    assert withdrawn == ["N2"]


def test_the_same_again_changes_nothing(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    sheet = client.get("/console/imports/sheets/graduates.xlsx").data
    page = send(client, sheet, name="back.xlsx").text
    assert "没有差异" in page and 'name="key"' not in page


# --- what goes out ----------------------------------------------------------------------------


def test_templates_and_sheets_go_out_of_the_kinds_that_are_known(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, scope_kind="college", scope_name=OWN)
    assert client.get("/console/imports/templates/graduates.xlsx").data[:2] == b"PK"
    assert client.get("/console/imports/templates/payroll.xlsx").status_code == 404
    sheet = client.get("/console/imports/sheets/graduates.csv").data.decode("utf-8-sig")
    assert "G1" in sheet and "G3" not in sheet
    sign_in(client, welders, role="data")
    assert client.get("/console/imports/sheets/graduates.csv").status_code == 404
    assert client.get("/console/imports/sheets/demand_catalog.csv").status_code == 200


# --- mapping ----------------------------------------------------------------------------------


def test_a_name_of_own_people_is_decided_on(client: FlaskClient, welders: Engine) -> None:
    with store.writing(welders) as conn:
        store.save_graduates(
            conn,
            [
                make_graduate(graduate_id="N1", trade="焊工技术与应用班"),
                make_graduate(graduate_id="N2", trade="秘密专业", college=OTHER),
            ],
        )
    sign_in(client, welders, scope_kind="college", scope_name=OWN)
    page = client.get("/console/mapping").text
    assert "焊工技术与应用班" in page and "秘密专业" not in page
    refused = {**form(client), "name": "秘密专业", "trade": "焊接加工"}
    assert client.post("/console/mapping/trade", data=refused).status_code == 404
    unknown = {**form(client), "name": "焊工技术与应用班", "trade": "没有"}
    assert client.post("/console/mapping/trade", data=unknown).status_code == 422
    data = {**form(client), "name": "焊工技术与应用班", "trade": "焊接加工"}
    assert client.post("/console/mapping/trade", data=data).status_code == 303
    page = client.get("/console/mapping").text
    assert (
        "已保存" in page and "焊工技术与应用班 → 焊接加工" in page and "由 some-officer 于" in page
    )
    pair = {**form(client), "trade": "焊接加工", "occupation": "焊工", "weight": "0.5"}
    assert client.post("/console/mapping/pair", data=pair).status_code == 403


def test_a_pair_is_decided_by_who_looks_after_all(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    pair = {**form(client), "trade": "焊接加工", "occupation": "焊工", "weight": "2"}
    assert client.post("/console/mapping/pair", data=pair).status_code == 422
    named = {**pair, "occupation": "焊工 6-18-02-04", "weight": "0.5"}
    assert client.post("/console/mapping/pair", data=named).status_code == 303
    assert "焊接加工 → 6-18-02-04 · 0.5" in client.get("/console/mapping").text
