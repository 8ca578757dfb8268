"""The pages of collection rounds, and of posts and enterprises between them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import prefilled, store
from recommender.domain import Post
from recommender.year import edition, rounds
from tests.builders import CREDIT_CODE, DAY, make_member, make_post
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
PAGE = "/console/rounds"
OPEN = {"name": "2026秋", "due_on": "2026-06-30"}


@pytest.fixture
def app(real_app: Flask) -> Flask:
    return real_app


@pytest.fixture
def opened(client: FlaskClient, welders: Engine) -> Iterator[FlaskClient]:
    """Open a round that asks the enterprise of P1 and P2, which contact an officer may see."""
    sign_in(client, welders)
    assert client.post(PAGE, data=form(client) | OPEN).status_code == 303
    yield client


def reply(folder: Path, *posts: Post) -> bytes:
    out = folder / "reply.xlsx"
    prefilled.write(posts, out)
    return out.read_bytes()


def send(client: FlaskClient, content: bytes, name: str = "回复.xlsx") -> str:
    sent = form(client) | {"files": (io.BytesIO(content), name)}
    answer = client.post(f"{PAGE}/2026秋/replies", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def act(client: FlaskClient, what: str, **sent: str) -> str:
    answer = client.post(f"{PAGE}/2026秋/{what}", data=form(client) | sent, follow_redirects=True)
    return answer.text


def headcounts(engine: Engine) -> dict[str, int]:
    with store.reading(engine) as conn:
        return {post.post_id: post.headcount for post in store.load_posts(conn, day=DAY)}


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "due_on": "2026-06-30"}, "NAME"),
        ({"name": "S", "due_on": "soon"}, "不是日期"),
        ({"name": "S", "due_on": "2020-01-01"}, "截止日期已过"),
        ({"name": "S", "due_on": "2026-06-30", "alliance": "没有"}, "没有这个"),
    ],
)
def test_what_is_wrong_with_a_round_is_said_and_none_is_opened(
    client: FlaskClient, welders: Engine, sent: dict[str, str], said: str
) -> None:
    sign_in(client, welders)
    answer = client.post(PAGE, data=form(client) | sent, follow_redirects=True)
    assert "没有写入" in answer.text
    assert said in answer.text
    assert rounds.list_rounds(welders) == []


def test_who_only_reads_sees_a_round_and_changes_none(opened: FlaskClient, welders: Engine) -> None:
    opened.post("/console/sign-out", data=form(opened))
    sign_in(opened, welders, role="auditor")
    assert "尚未回复" in opened.get(f"{PAGE}/2026秋").text
    for path in ("", "/2026秋/replies", "/2026秋/choices", "/2026秋/approve", "/2026秋/issue"):
        assert opened.post(PAGE + path, data=form(opened) | OPEN).status_code == 403
    assert opened.get(f"{PAGE}/2026秋/templates/{CREDIT_CODE}.xlsx").status_code == 403


def test_anothers_round_is_as_one_that_nobody_opened(client: FlaskClient, welders: Engine) -> None:
    with store.writing(welders) as conn:
        store.save_members(
            conn,
            [
                make_member(alliance="甲联盟"),
                make_member(name="乙校", alliance="乙联盟", credit_code=None),
            ],
        )
    rounds.open_round(welders, "甲", day=DAY, due_on=DAY, alliance="甲联盟")
    sign_in(client, welders, role="officer", scope_kind="alliance", scope_name="乙联盟")
    assert "甲" not in client.get(PAGE).text.replace("甲联盟", "")
    for name in ("甲", "无"):
        assert client.get(f"{PAGE}/{name}").status_code == 404
        assert client.post(f"{PAGE}/{name}/approve", data=form(client)).status_code == 422


def test_a_broken_file_is_refused_with_what_is_wrong(opened: FlaskClient) -> None:
    assert "没有写入" in send(opened, b"x", "x.xlsx")
    assert "没有写入" in act(opened, "replies")
    assert "没有写入" in act(opened, "approve")  # nobody has replied
    assert "没有写入" in act(opened, "issue")


# --- a round ----------------------------------------------------------------------------------


def test_a_template_has_the_posts_of_its_enterprise(opened: FlaskClient) -> None:
    answer = opened.get(f"{PAGE}/2026秋/templates/{CREDIT_CODE}.xlsx")
    assert answer.status_code == 200
    cells = [
        cell
        for row in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values
        for cell in row
    ]
    assert {"P1", "P2"} <= set(cells)
    assert opened.get(f"{PAGE}/2026秋/templates/NOBODY.xlsx").status_code == 404


def test_replies_that_contradict_are_decided_and_then_issued(
    opened: FlaskClient, welders: Engine, tmp_path: Path
) -> None:
    with store.reading(welders) as conn:
        posts = {post.post_id: post for post in store.load_posts(conn, day=DAY)}
    one, other = (make_post(post_id="P1", headcount=n) for n in (5, 7))
    told = send(opened, reply(tmp_path, one, posts["P2"]), "甲.xlsx")
    assert "已收回复" in told
    told = send(opened, reply(tmp_path, other, posts["P2"]), "乙.xlsx")
    assert "两份回复不一致" in told
    assert "没有写入" in act(opened, "approve")
    # Side by side: what is stored, and each reply.
    for shown in (str(posts["P1"].headcount), "<mark>5</mark>", "<mark>7</mark>"):
        assert shown in told
    assert "已选" in act(opened, "choices", post_id="P1", chosen="乙.xlsx")
    assert "已审定" in act(opened, "approve")
    assert "已发布" in act(opened, "issue", guidance="1")
    assert headcounts(welders)["P1"] == 7
    assert len(edition.all_editions(welders)) == 1


def test_a_path_in_a_file_name_leads_nowhere(
    opened: FlaskClient, welders: Engine, tmp_path: Path
) -> None:
    send(opened, reply(tmp_path, make_post(post_id="P1")), "../../../tmp/甲.xlsx")
    [taken] = rounds.look(welders, "2026秋", day=DAY).replies
    assert taken.filename == "甲.xlsx"


# --- between rounds ---------------------------------------------------------------------------


def test_posts_untouched_for_long_are_kept_or_taken_back(
    client: FlaskClient, welders: Engine
) -> None:
    with store.writing(welders) as conn:
        long_ago = DAY - timedelta(days=300)
        store.save_posts(conn, [make_post(post_id="OLD", opens_on=date(2025, 1, 1))], day=long_ago)
    sign_in(client, welders)
    where = "/console/upkeep?days=200"
    assert "OLD" in client.get(where).text
    assert "P1" not in client.get(where).text
    sent = form(client) | {"post_id": "OLD", "verdict": "retire"}
    answer = client.post("/console/upkeep/posts", data=sent, follow_redirects=True)
    assert "没有写入" in answer.text  # without a reason
    client.post("/console/upkeep/posts", data=form(client) | {"post_id": "OLD", "verdict": "keep"})
    assert "OLD" not in client.get(where).text
    client.post("/console/upkeep/posts", data=sent | {"reason": "停产"})
    with store.reading(welders) as conn:
        [post] = store.load_posts(conn, day=DAY, post_ids=["OLD"])
    assert post.withdrawn_on == DAY


def test_an_enterprise_is_paused_once_and_lifted(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)

    def ask(kind: str) -> str:
        sent = {"credit_code": CREDIT_CODE, "reason": "不答复", "act": kind}
        answer = client.post(
            "/console/upkeep/enterprises", data=form(client) | sent, follow_redirects=True
        )
        return answer.text

    assert "没有写入" in ask("lift")
    assert "已暂停" in ask("pause")
    assert "没有写入" in ask("pause")
    assert "已恢复" in ask("lift")
