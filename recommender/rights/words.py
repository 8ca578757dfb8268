"""Words of a person's rights, Chinese and English: purposes, wordings, tables, cases, actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from recommender.persons import CaseKind, CaseState, ConsentSource, Purpose

if TYPE_CHECKING:
    from recommender.persons import Case, OwnLink, Switch
    from recommender.rights.consents import Consents
    from recommender.rights.erasure import Erasure
    from recommender.rights.held import Held

Words = tuple[str, str]

PURPOSES: Mapping[Purpose, Words] = {
    Purpose.RANKING: ("个性化推荐", "Personal ranking"),
    Purpose.PASSING: ("向企业提供", "Passing to enterprises"),
    Purpose.TRAINING: ("用于模型训练", "Training"),
}
# Version → purpose → what somebody agrees to. A changed wording gets a new version.
CONSENT_TEXTS: Mapping[str, Mapping[Purpose, Words]] = {
    "1": {
        Purpose.RANKING: (
            "同意系统按我的专业、等级、证书和意向为我排列岗位。不同意不影响就业工作人员为我推荐。",
            "The system may rank posts for me by my trade, level, certificates and wishes. "
            "Without it officers recommend me all the same.",
        ),
        Purpose.PASSING: (
            "同意在我出示签条的双选会展位，把我的姓名、院校和专业提供给该企业。",
            "At a booth of a fair where my slip is shown, that enterprise may learn my name, "
            "college and trade.",
        ),
        Purpose.TRAINING: (
            "同意用我的就业经过改进推荐模型。模型中没有我的姓名、学号和编号。",
            "What became of me may improve the model, which holds neither name, number nor id.",
        ),
    }
}
SOURCES: Mapping[ConsentSource, Words] = {
    ConsentSource.SHEET: ("名册", "roster"),
    ConsentSource.OFFICER: ("工作人员", "officer"),
    ConsentSource.LINK: ("本人链接", "own link"),
}
KINDS: Mapping[CaseKind, Words] = {
    CaseKind.COMPLAINT: ("投诉", "complaint"),
    CaseKind.CORRECTION: ("更正请求", "request to correct"),
    CaseKind.ERASURE: ("删除请求", "request to erase"),
}
STATES: Mapping[CaseState, Words] = {
    CaseState.OPEN: ("处理中", "open"),
    CaseState.UPHELD: ("已支持", "upheld"),
    CaseState.REJECTED: ("未支持", "rejected"),
}
ACTIONS: Mapping[str, Words] = {
    "view": ("查看", "view"),
    "export": ("导出", "export"),
    "print": ("打印", "print"),
    "change": ("办理", "change"),
}
TABLES: Mapping[str, Words] = {
    "graduates": ("名册", "roster"),
    "personal_details": ("姓名与学号", "name and number"),
    "outcomes": ("就业结果", "outcomes"),
    "destinations": ("毕业去向", "destinations"),
    "follow_ups": ("回访", "follow-ups"),
    "claims": ("占用名额", "claims"),
    "ledger": ("名额台账", "ledger of places"),
    "interests": ("意向", "interests"),
    "registrations": ("双选会报名", "registrations"),
    "turns": ("双选会时间表", "turns at fairs"),
    "slips": ("签条", "slips"),
    "check_ins": ("签到", "check-ins"),
    "marks": ("意向标记", "marks"),
    "consents": ("同意记录", "consents"),
    "corrections": ("更正记录", "corrections"),
    "cases": ("投诉与请求", "cases"),
    "own_links": ("本人链接", "own links"),
    "lists": ("展示过的榜单", "lists shown"),
    "views": ("查看记录", "who looked"),
}


def consent_lines(consents: Consents, language: str = "zh") -> Iterator[str]:
    """Say what somebody agrees to, a line for each purpose."""
    english = language == "en"
    for purpose, said in consents.now.items():
        name = PURPOSES[purpose][english]
        if said is None:
            yield f"{name}: nothing said" if english else f"{name}：未表示"
            continue
        answer = (("是", "否"), ("yes", "no"))[english][not said.given]
        when = said.at.date().isoformat() if said.at else "—"
        source = SOURCES[said.source][english]
        yield (
            f"{name}: {answer} ({when}, {source}, text {said.text_version})"
            if english
            else f"{name}：{answer}（{when}，{source}，文本 {said.text_version}）"
        )


def held_lines(held: Held, language: str = "zh") -> Iterator[str]:
    """Say how much is held of somebody, table by table, and what they agree to."""
    english = language == "en"
    for name, rows in held.tables.items():
        called = TABLES.get(name, (name, name))[english]
        yield f"{called}: {len(rows)} row(s)" if english else f"{called}：{len(rows)} 行"
    yield from consent_lines(held.consents, language)


def erasure_lines(done: Erasure, language: str = "zh") -> Iterator[str]:
    """Say what an erasure did."""
    english = language == "en"
    if not done.n_rows:
        yield f"Erased on {done.day} already." if english else f"已于 {done.day} 删除。"
        return
    yield "Erased; outcomes survive as counts." if english else "已删除；就业结果只留计数。"
    if done.keeps_place:
        yield (
            "The confirmed place stays taken, by nobody who is known."
            if english
            else "已落实的名额仍被占用，但不再知道是谁。"
        )
    if done.released:
        posts = "、".join(done.released) if not english else ", ".join(done.released)
        yield f"Given up: {posts}" if english else f"已放弃的预留与排队：{posts}"
    yield (
        "Files written before, such as lists and exports, are not known here: delete them too."
        if english
        else "此前导出的文件（榜单、表格）不在系统内，请一并删除。"
    )


def case_lines(cases: list[Case], language: str = "zh") -> Iterator[str]:
    """List cases: number, kind, state, day; then what is said and answered."""
    english = language == "en"
    if not cases:
        yield "There is no case." if english else "没有投诉或请求。"
    for case in cases:
        opened = case.opened_at.date().isoformat()
        yield f"{case.number}  {KINDS[case.kind][english]}  {STATES[case.state][english]}  {opened}"
        if case.text:
            yield f"  {case.text}"
        if case.answer:
            yield f"  → {case.answer}"


def link_lines(links: list[OwnLink], language: str = "zh") -> Iterator[str]:
    """List links by their ids, which open nothing."""
    english = language == "en"
    if not links:
        yield "There is no link." if english else "没有本人链接。"
    for link in links:
        until = link.expires_at.date().isoformat()
        state = ("已撤销", "revoked")[english] if link.revoked else until
        yield f"{link.link_id}  {link.made_at.date().isoformat()} → {state}  {link.made_by}"


def switch_lines(turns: list[Switch], language: str = "zh") -> Iterator[str]:
    """Say whether personal rankings are given, then every turn: when, by whom and why."""
    english = language == "en"
    is_on = all(each.is_on for each in turns[:1])
    state = (("已关闭", "off"), ("开启", "on"))[is_on][english]
    yield f"Personal rankings: {state}" if english else f"个性化推荐：{state}"
    for each in turns:
        turned = (("关闭", "off"), ("开启", "on"))[each.is_on][english]
        yield f"  {each.at.date().isoformat()}  {turned}  {each.who}: {each.why}"
