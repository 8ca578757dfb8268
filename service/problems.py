"""Every kind of problem that a client can meet, and how it is said (RFC 9457).

`title` is the same on every occasion; `zh` and `en` take the facts of the occasion. A kind's
name is the end of its `type`, which stays as it is once it was answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from service.payloads import FieldProblem, Problem

TYPE_PREFIX = "/problems/"
PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of problem."""

    status: int
    title: str
    zh: str
    en: str


KINDS = {
    "bad-request": Kind(
        status=400,
        title="The request cannot be read",
        zh="请求无法读取。",
        en="The request cannot be read.",
    ),
    "broken-json": Kind(
        status=400,
        title="The body is not JSON",
        zh="请求正文不是有效的 JSON。",
        en="The body is not valid JSON.",
    ),
    "no-token": Kind(
        status=401,
        title="A valid token is needed",
        zh="请在 Authorization 头中给出有效令牌：Bearer 令牌。",
        en="Send a valid token in the Authorization header: Bearer TOKEN.",
    ),
    "wrong-role": Kind(
        status=403,
        title="The role of the token may not ask this",
        zh="该令牌的角色无权提出此请求。",
        en="The role of this token may not ask this.",
    ),
    "no-consent": Kind(
        status=403,
        title="The graduate has not agreed to a personal ranking",
        zh="该毕业生未同意推荐，不作个人排序。",
        en="The graduate has not agreed to be recommended, so there is no personal ranking.",
    ),
    "not-found": Kind(
        status=404,
        title="Nobody knows this id or address",
        zh="没有找到所问的编号或地址。",
        en="Nobody knows this id or address.",
    ),
    "method-not-allowed": Kind(
        status=405,
        title="The address does not take this method",
        zh="该地址不接受此方法，可用方法见 Allow。",
        en="The address does not take this method; Allow names those it takes.",
    ),
    "no-open-place": Kind(
        status=409,
        title="The post has no open place",
        zh="该岗位已无剩余名额，未登记。",
        en="The post has no open place left, so nothing was recorded.",
    ),
    "already-placed": Kind(
        status=409,
        title="The graduate already holds a place",
        zh="该毕业生已落实岗位，未登记。",
        en="The graduate already holds a place, so nothing was recorded.",
    ),
    "round-refused": Kind(
        status=409,
        title="The round or the pause does not allow this as it stands",
        zh="征集或暂停的现状不允许此操作，详见 errors。",
        en="The round or the pause does not allow this as it stands; errors says why.",
    ),
    "plan-refused": Kind(
        status=409,
        title="The move of places cannot be, or cannot be replayed",
        zh="名额调整不成立，或无法模拟，详见 errors。",
        en="The move of places cannot be, or cannot be replayed; errors says why.",
    ),
    "trial-refused": Kind(
        status=409,
        title="The trial does not start, or does not allow this as it stands",
        zh="试验不能开始，或其现状不允许此操作，详见 errors。",
        en="The trial does not start, or does not allow this as it stands; errors says why.",
    ),
    "decision-refused": Kind(
        status=409,
        title="The pair or the step does not allow this as it stands",
        zh="该组合或该步骤的现状不允许此操作，详见 errors。",
        en="The pair or the step does not allow this as it stands; errors says why.",
    ),
    "draft-refused": Kind(
        status=409,
        title="The draft does not allow this as it stands",
        zh="方案的现状不允许此操作，详见 errors。",
        en="The draft does not allow this as it stands; errors says why.",
    ),
    "already-claimed": Kind(
        status=409,
        title="The graduate has a claim at the post",
        zh="该毕业生在该岗位已有预留名额或已在排队。",
        en="A place at the post is held for the graduate already, or they stand in its line.",
    ),
    "hold-expired": Kind(
        status=409,
        title="The hold ran out",
        zh="预留已过期，名额已给他人。",
        en="The hold ran out, and the place is taken.",
    ),
    "nothing-claimed": Kind(
        status=409,
        title="There is nothing to release",
        zh="该毕业生在该岗位没有名额、预留或排队可释放。",
        en="The graduate has neither a place, a hold nor a turn at the post.",
    ),
    "batch-refused": Kind(
        status=409,
        title="Some of several requests cannot be kept",
        zh="有 {count} 项不能办理，全部未登记，详见 errors。",
        en="Not possible: {count} of these; errors names them. Nothing was recorded.",
    ),
    "fair-closed": Kind(
        status=409,
        title="The fair is closed",
        zh="双选会已结束，不再签到或登记意向。",
        en="The fair is closed: nobody checks in or marks any more.",
    ),
    "fair-open": Kind(
        status=409,
        title="The fair is open still",
        zh="双选会尚未结束，还没有结果。",
        en="The fair is open still, so it has no result yet.",
    ),
    "fair-begun": Kind(
        status=409,
        title="The fair has begun",
        zh="已有人签到，时间表不再改动。",
        en="Somebody has come already, so the timetable stays.",
    ),
    "slip-taken": Kind(
        status=409,
        title="The slip is taken",
        zh="签条已属于别人，或该毕业生在本场已用过另一张签条。",
        en="The slip is somebody else's, or the graduate used another at this fair.",
    ),
    "ineligible": Kind(
        status=409,
        title="A rule forbids the post",
        zh="不符合 {count} 项硬性条件，未登记，详见 errors。",
        en="Rules that forbid the post: {count}; errors names them. Nothing was recorded.",
    ),
    "too-large": Kind(
        status=413,
        title="The body is too large",
        zh="请求正文过大。",
        en="The body is too large.",
    ),
    "not-json": Kind(
        status=415,
        title="The body must be JSON",
        zh="请求正文的类型应为 application/json。",
        en="The body must be sent as application/json.",
    ),
    "unreadable": Kind(
        status=422,
        title="A field cannot be read",
        zh="有 {count} 处无法读取，详见 errors。",
        en="Not readable: {count} field(s); errors names them.",
    ),
    "other-body": Kind(
        status=422,
        title="The idempotency key was used with another body",
        zh="此 Idempotency-Key 曾用于不同的正文。",
        en="This Idempotency-Key was used before, with another body.",
    ),
    "failed": Kind(
        status=500,
        title="The service failed",
        zh="服务出现意外错误，详情已记入日志。",
        en="The service failed unexpectedly; the details are in its log.",
    ),
    "pack-refused": Kind(
        status=410,
        title="The pack of the fair does not hold now",
        zh="本场双选会的离线包不在有效期内，不再给出推荐，也不再登记意向。",
        en="The pack of this fair holds no more, or not yet: it ranks nothing and keeps no mark.",
    ),
    "busy": Kind(
        status=503,
        title="Something else holds the lock",
        zh="系统忙，请稍后再试。",
        en="The system is busy; try again shortly.",
    ),
    "no-database": Kind(
        status=503,
        title="The database is away",
        zh="数据库暂时不可用，请稍后再试。",
        en="The database is away; try again shortly.",
    ),
    "not-logged": Kind(
        status=503,
        title="What is seen of people cannot be logged",
        zh="查看记录暂时写不进去，因此不显示个人信息，请联系管理员。",
        en="The log of who looked cannot be written, so nothing of people is shown.",
    ),
    "ranking-off": Kind(
        status=503,
        title="Personal rankings are switched off",
        zh="个性化推荐已关闭，暂不排序。",
        en="Personal rankings are switched off, so nothing is ranked.",
    ),
    "no-model": Kind(
        status=503,
        title="No model is published yet",
        zh="尚未发布任何模型，暂时无法排序。",
        en="No model is published yet, so nothing can be ranked.",
    ),
    "unusable-model": Kind(
        status=503,
        title="The published model cannot be used",
        zh="已发布的模型由程序的另一版本生成，或已损坏，暂时无法使用；请管理员运行 retrain。",
        en="The published model was made by another version of the program, or is damaged, so it "
        "cannot be used; whoever runs this system has to run retrain.",
    ),
}

# What is wrong with the shape of one field, by pydantic's error type; what a field means is
# said as the import says it.
FIELDS: dict[str, tuple[str, str]] = {
    "missing": ("必填。", "Required."),
    "extra_forbidden": ("没有这个字段。", "There is no such field."),
    "model_type": ("正文应为 JSON 对象。", "A JSON object is expected."),
    "string_type": ("应为文字。", "Text is expected."),
    "string_too_short": ("不能为空。", "It must not be empty."),
    "string_too_long": ("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("含有控制字符。", "It holds control characters."),
    "string_unicode": ("不是有效的文字。", "It is not valid text."),
    "int_type": ("应为整数。", "A whole number is expected."),
    "int_parsing": ("应为整数。", "A whole number is expected."),
    "int_parsing_size": ("数字过大。", "The number is too large."),
    "int_from_float": ("应为整数。", "A whole number is expected."),
    "greater_than_equal": ("应不小于 {ge}。", "It must be {ge} or more."),
    "less_than_equal": ("应不大于 {le}。", "It must be {le} or less."),
    "literal_error": ("应为 {expected}。", "It must be {expected}."),
    "bool_type": ("应为 true 或 false。", "true or false is expected."),
    "list_type": ("应为列表。", "A list is expected."),
    "too_long": ("最多 {max_length} 项。", "At most {max_length} entries."),
    "date_type": ("应为日期，如 2008-05-15。", "A date such as 2008-05-15 is expected."),
    "date_from_datetime_parsing": (
        "应为日期，如 2008-05-15。",
        "A date such as 2008-05-15 is expected.",
    ),
    "not_found": ("没有这个编号。", "Nobody knows this id."),
}
_UNREADABLE = ("无法读取。", "It cannot be read.")


def field_sentences(code: str, **facts: object) -> tuple[str, str]:
    """Say what is wrong with a field, in Chinese and in English."""
    zh, en = FIELDS.get(code, _UNREADABLE)
    words = {name: str(fact) for name, fact in facts.items()}
    # pydantic joins the words to choose from in English.
    return zh.format(**words | {"expected": words.get("expected", "").replace(" or ", " 或 ")}), (
        en.format(**words)
    )


def problem(
    slug: str,
    *,
    fields: Sequence[FieldProblem] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> Response:
    """Answer a problem of a kind, with what is wrong field by field."""
    kind = KINDS[slug]
    body = Problem(
        type=TYPE_PREFIX + slug,
        title=kind.title,
        status=kind.status,
        detail=kind.zh.format(count=len(fields)),
        detail_en=kind.en.format(count=len(fields)),
        errors=list(fields),
    )
    response = Response(body.model_dump_json(), kind.status, mimetype=PROBLEM_JSON)
    response.headers.extend(headers)
    return response
