"""Words about collection rounds, posts asked about and paused enterprises: Chinese, English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recommender import wording
from recommender.collection import Pause, PostAction, Round, RoundState
from recommender.domain import Post

if TYPE_CHECKING:
    from recommender.year.answers import Answers
    from recommender.year.merge import Difference
    from recommender.year.rounds import RoundView
    from recommender.year.upkeep import Untouched

STATES: Mapping[RoundState, tuple[str, str]] = {
    RoundState.OPEN: ("征集中", "open"),
    RoundState.APPROVED: ("已审定", "approved"),
    RoundState.ISSUED: ("已发布", "issued"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "files": ("两份回复不一致", "two replies differ"),
    "moved": ("回复与库中均已改动", "reply and catalog both changed it"),
    "changed": ("回复改动", "changed by the reply"),
    "new": ("新增岗位", "new post"),
    "closed": ("回复中已无此岗位，将关闭", "no longer in the reply, will close"),
}
_ACTIONS: Mapping[str, tuple[str, str]] = {
    "version": ("变更", "changed"),
    PostAction.ASKED.value: ("询问是否仍需要", "asked about"),
    PostAction.KEPT.value: ("确认仍需要", "confirmed"),
    PostAction.RETIRED.value: ("撤回", "retired"),
}
# A terminal is no place for hundreds of names.
SHOWN_SILENT = 30
_FIRST = ("登记", "came in")
# Why a post was retired, where the program gives the reason itself.
_REASONS: Mapping[str, tuple[str, str]] = {
    "not_in_reply": ("征集回复中已无此岗位", "the reply to the round no longer has it"),
    "no_answer": ("询问后未答复", "nobody answered whether it is still wanted"),
}


def view_lines(view: RoundView, language: str = "zh") -> Iterator[str]:
    """Say how a round stands: state, replies, who is silent, and every difference."""
    english = language == "en"
    round_, merged = view.round, view.merged
    state = STATES[round_.state][english]
    n_replied = len(view.asked) - len(view.silent)
    yield (
        f"{round_.round_id}: {state}, due {round_.due_on}; {n_replied} of {len(view.asked)} "
        f"enterprises replied in {len(view.replies)} files"
        if english
        else f"{round_.round_id}：{state}，截止 {round_.due_on}；{len(view.asked)} 家企业中 "
        f"{n_replied} 家已回复，共 {len(view.replies)} 份"
    )
    yield (
        f"posts: {len(merged.posts)} new or changed, {len(merged.confirmed)} confirmed, "
        f"{len(merged.closing)} to close"
        if english
        else f"岗位：新增或变更 {len(merged.posts)}，确认不变 {len(merged.confirmed)}，"
        f"将关闭 {len(merged.closing)}"
    )
    for each in merged.differences:
        yield "  " + difference(each, language)
    for one in view.silent[:SHOWN_SILENT]:
        name = f"{one.enterprise} {one.credit_code}"
        yield f"  no reply: {name}" if english else f"  未回复：{name}"
    if (more := len(view.silent) - SHOWN_SILENT) > 0:
        rest = (f"  另有 {more} 家未回复，--json 列出全部", f"  {more} more; --json lists all")
        yield rest[english]
    if merged.undecided:
        ids = ", ".join(merged.undecided)
        yield (
            f"to be decided with `round choose`: {ids}"
            if english
            else f"须用 round choose 决定：{ids}"
        )


def difference(each: Difference, language: str = "zh") -> str:
    """Say one difference: post, field, what is stored and what each reply has."""
    english = language == "en"
    kind = KINDS[each.kind.value][english]
    head = f"{each.post_id} {each.enterprise} {kind}"
    if each.field:
        column = each.field if english else wording.column_name(each.field)
        now = shown(each.field, each.stored)
        said = "; ".join(f"{name}: {shown(each.field, v)}" for name, v in each.replies.items())
        head += f" {column}: {now} → {said}" if english else f" {column}：{now} → {said}"
    if each.chosen is not None:
        stored = "the catalog's" if english else "库中的"
        chosen = each.chosen or stored
        head += f" (chosen: {chosen})" if english else f"（已选：{chosen}）"
    return head


def shown(field: str, value: object) -> str:
    """Say a value of a post; a contact is for officers who open the file."""
    from enum import Enum

    if value is None or value == ():
        return "-"
    if field == "contact":
        return "**"
    if isinstance(value, Enum):
        return wording.label(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(map(str, value)) if isinstance(value, tuple) else str(value)


def round_lines(rounds: Sequence[Round], language: str = "zh") -> Iterator[str]:
    """List rounds."""
    english = language == "en"
    for each in rounds:
        state = STATES[each.state][english]
        yield f"{each.opened_on}  {each.round_id}  {state}  {each.due_on}"
    if not rounds:
        yield "There was no round yet." if english else "还没有征集过。"


def view_json(view: RoundView) -> dict[str, Any]:
    """Give a round for machines."""
    round_, merged = view.round, view.merged
    return {
        **round_json(round_),
        "asked": [{"credit_code": a.credit_code, "enterprise": a.enterprise} for a in view.asked],
        "silent": [{"credit_code": a.credit_code, "enterprise": a.enterprise} for a in view.silent],
        "replies": [
            {
                "filename": each.filename,
                "credit_code": each.credit_code,
                "taken_on": each.taken_on.isoformat(),
                "posts": len(each.posts),
            }
            for each in view.replies
        ],
        "changing": [post.post_id for post in merged.posts],
        "confirmed": list(merged.confirmed),
        "closing": [post.post_id for post in merged.closing],
        "undecided": list(merged.undecided),
        "differences": [
            {
                "post_id": each.post_id,
                "enterprise": each.enterprise,
                "kind": each.kind.value,
                "field": each.field,
                "stored": shown(each.field, each.stored),
                "replies": {n: shown(each.field, v) for n, v in each.replies.items()},
                "chosen": each.chosen,
            }
            for each in merged.differences
        ],
    }


def round_json(round_: Round) -> dict[str, Any]:
    """Give the head of a round for machines."""
    return {
        "round_id": round_.round_id,
        "alliance": round_.alliance,
        "issuing_body": round_.issuing_body,
        "opened_on": round_.opened_on.isoformat(),
        "due_on": round_.due_on.isoformat(),
        "state": round_.state.value,
        "decided_by": round_.decided_by,
        "decided_on": round_.decided_on.isoformat() if round_.decided_on else None,
    }


# --- posts asked about ------------------------------------------------------------------------


def untouched_lines(found: Sequence[Untouched], language: str = "zh") -> Iterator[str]:
    """List posts that nobody touched for long."""
    english = language == "en"
    for each in found:
        asked = each.asked_on or "-"
        yield (
            f"{each.post.post_id} {each.post.enterprise}: touched {each.touched_on}, asked {asked}"
            if english
            else f"{each.post.post_id} {each.post.enterprise}：最后变更或确认 {each.touched_on}，"
            f"询问 {asked}"
        )
    yield f"{len(found)} posts" if english else f"共 {len(found)} 个岗位"


def history_lines(lines: Iterable[Mapping[str, Any]], language: str = "zh") -> Iterator[str]:
    """Tell the history of a post."""
    english = language == "en"
    for line in lines:
        is_first = line["action"] == "version" and not line["changed"]
        what = _FIRST[english] if is_first else _ACTIONS[line["action"]][english]
        if line["action"] == "version":
            names = line["changed"]
            detail = ", ".join(names) if english else "、".join(map(wording.column_name, names))
        else:
            reason = reason_of(line["reason"], language)
            detail = " ".join(each for each in (line["author"], reason) if each)
        yield f"{line['day']}  {what}  {detail}".rstrip()


def reason_of(reason: str | None, language: str = "zh") -> str:
    """Say why a post was retired."""
    words = _REASONS.get(reason or "")
    return words[language == "en"] if words else reason or ""


def retired_lines(posts: Sequence[Post], language: str = "zh") -> Iterator[str]:
    """List posts that were retired."""
    for post in posts:
        yield f"{post.post_id} {post.enterprise}"
    yield f"Retired: {len(posts)}" if language == "en" else f"已撤回 {len(posts)} 个岗位"


# --- answers of enterprises -------------------------------------------------------------------

ANSWER_TITLES: Mapping[str, tuple[str, str]] = {
    "credit_code": ("统一社会信用代码", "Credit code"),
    "enterprise": ("企业名称", "Enterprise"),
    "proposals": ("近一年推荐与意向", "Proposals in a year"),
    "answered": ("已答复", "Answered"),
    "withdrawn": ("学生已放弃", "Withdrawn by graduates"),
    "waiting": ("等候答复", "Still in time"),
    "unanswered": ("未答复", "Unanswered"),
    "since_answer": ("上次答复以来未答复", "Unanswered since the last answer"),
    "median_days": ("答复天数中位数", "Median days to answer"),
    "paused_on": ("暂停日期", "Paused on"),
}


def answer_row(each: Answers) -> tuple[object, ...]:
    """Give the cells of one enterprise, in the order of `ANSWER_TITLES`."""
    values = {name: getattr(each, name) for name in ANSWER_TITLES}
    paused = each.paused_on.isoformat() if each.paused_on else None
    return tuple((values | {"paused_on": paused}).values())


def answers_title(language: str = "zh") -> str:
    """Name the table and its chart."""
    return "Answers to proposals" if language == "en" else "企业对推荐的答复"


def answers_legend(language: str = "zh") -> tuple[str, ...]:
    """Name the parts of each bar."""
    names = ("answered", "unanswered", "waiting", "withdrawn")
    return tuple(ANSWER_TITLES[name][language == "en"] for name in names)


def answer_lines(found: Sequence[Answers], language: str = "zh") -> Iterator[str]:
    """List how enterprises answered."""
    english = language == "en"
    for each in found:
        days = "-" if each.median_days is None else f"{each.median_days:g}"
        paused = ""
        if each.paused_on is not None:
            paused = f", paused {each.paused_on}" if english else f"，{each.paused_on} 起暂停"
        yield (
            f"{each.enterprise} {each.credit_code}: {each.answered} of {each.proposals} answered "
            f"in {days} days, {each.unanswered} not ({each.since_answer} since){paused}"
            if english
            else f"{each.enterprise} {each.credit_code}：{each.proposals} 人次中答复 "
            f"{each.answered}（中位 {days} 天），未答复 {each.unanswered}"
            f"（上次答复以来 {each.since_answer}）{paused}"
        )


def paused_lines(due: Sequence[Answers], *, written: bool, language: str = "zh") -> Iterator[str]:
    """List enterprises that are paused, or would be."""
    english = language == "en"
    for each in due:
        yield f"{each.enterprise} {each.credit_code} ({each.since_answer})"
    if written:
        yield f"Paused: {len(due)}" if english else f"已暂停 {len(due)} 家企业"
    else:
        yield f"Would be paused: {len(due)}" if english else f"应暂停 {len(due)} 家企业，未写入"


def notice(each: Answers, day: str, author: str) -> str:
    """Write the notice to an enterprise that is paused, Chinese above English."""
    return (
        f"{each.enterprise}（{each.credit_code}）：\n\n"
        f"贵单位近一年收到推荐与意向 {each.proposals} 人次，自上次答复以来有 {each.since_answer} "
        f"人次逾期未答复。自 {day} 起，贵单位的岗位暂不向毕业生推荐。请逐一答复（面试、录用"
        f"或未录用）并与就业办联系，恢复后岗位重新参与推荐。岗位本身不关闭，已落实的安置不受影响。\n\n{author}\n\n"
        f"{each.enterprise} ({each.credit_code}):\n\n"
        f"You received {each.proposals} proposals within a year, of which {each.since_answer} "
        f"since your last answer have had none. From {day} on your posts are not recommended. "
        "Please answer each (interviewed, offered or rejected) and write to the placement office, "
        "which lifts the pause. Posts stay open, and nobody placed is affected.\n"
    )


def pause_lines(pauses: Sequence[Pause], language: str = "zh") -> Iterator[str]:
    """List pauses, also those lifted."""
    english = language == "en"
    for each in pauses:
        until = f" – {each.lifted_on} ({each.lifted_because})" if each.lifted_on else ""
        yield f"{each.paused_on}{until}  {each.credit_code}  {each.reason}  {each.author}"
    if not pauses:
        yield "No enterprise was ever paused." if english else "没有暂停过的企业。"
