"""Why something was refused or has failed, as sentences for a terminal, Chinese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommender import (
    decision_problems,
    draft_problems,
    errors,
    pack_problems,
    phrases,
    plan_problems,
    round_problems,
    trial_problems,
    wording,
)

# Errors that say one thing: a sentence with the facts that the error carries.
_SENTENCES: Mapping[type[errors.PlacementError], tuple[str, str]] = {
    errors.MassClosing: (
        "已拒绝：{issuing_body}的目录将关闭其 {n_open} 个在招岗位中的 {n_closing} 个，超过三成；"
        "确认无误请加 --allow-mass-closing。",
        "Refused: the catalog of {issuing_body} would close {n_closing} of its {n_open} open "
        "posts, more than 30 %; if that is meant, add --allow-mass-closing.",
    ),
    errors.PreviewChanged: (
        "核对之后数据有变化，未写入任何内容；请重新核对。",
        "Something changed since the difference was shown; nothing was written. Look again.",
    ),
    errors.AlreadyPlaced: (
        "毕业生 {graduate_id} 已落实岗位。",
        "Graduate {graduate_id} already holds a place.",
    ),
    errors.AlreadyClaimed: (
        "毕业生 {graduate_id} 在岗位 {post_id} 已有预留名额或已在排队。",
        "Graduate {graduate_id} has a place held at post {post_id}, or stands in its line.",
    ),
    errors.HoldExpired: (
        "毕业生 {graduate_id} 在岗位 {post_id} 的预留已过期，名额已给他人。",
        "The place held for graduate {graduate_id} at post {post_id} ran out and is taken.",
    ),
    errors.NothingClaimed: (
        "毕业生 {graduate_id} 在岗位 {post_id} 没有可释放的名额。",
        "Graduate {graduate_id} has nothing at post {post_id} that could be released.",
    ),
    errors.SignInRefused: (
        "登录名或密码不对。",
        "The login or the secret is wrong.",
    ),
    errors.SignInSlowed: (
        "多次登录失败，请 {wait_s} 秒后再试。",
        "Too many sign-ins failed; try again in {wait_s} s.",
    ),
    errors.LoginTaken: (
        "登录名 {login} 已被使用。",
        "Somebody signs in as {login} already.",
    ),
    errors.FairClosed: (
        "双选会 {fair_id} 已结束，不再签到或登记意向。",
        "The fair {fair_id} is closed: nobody checks in or marks any more.",
    ),
    errors.FairOpen: (
        "双选会 {fair_id} 尚未结束；先运行 fair close。",
        "The fair {fair_id} is open still; run fair close first.",
    ),
    errors.FairBegun: (
        "双选会 {fair_id} 已有人签到，时间表不再改动。",
        "Somebody has come to the fair {fair_id} already, so its timetable stays.",
    ),
    errors.SlipTaken: (
        "签条 {slip} 已属于别人，或毕业生 {graduate_id} 在本场已用过另一张签条。",
        "The slip {slip} is somebody else's, or graduate {graduate_id} used another at this fair.",
    ),
    errors.ReplayMismatch: (
        "同一请求编号曾用于不同内容。",
        "This key was used before, with another body.",
    ),
    errors.TooFewLists: (
        "已拒绝：够日子的一体机榜单只有 {n_lists} 份，至少要 {n_needed} 份才能估算。",
        "Refused: {n_lists} list(s) of the kiosk are old enough; an estimate needs {n_needed}.",
    ),
    errors.NeverShown: (
        "已拒绝：这种排法有 {share:.1%} 从未展示过（共 {n_lists} 份榜单），日志对它一无所知。"
        "试探比例很小，多数排法都会如此；请勿为此调大。",
        "Refused: {share:.1%} of what this way would show was never shown (of {n_lists} lists), "
        "so the log knows nothing of it. So little is explored that most ways end here; "
        "do not widen it for that.",
    ),
    errors.TooFewEffective: (
        "已拒绝：{n_lists} 份榜单的有效样本只有 {effective_n:.1f} 份，不足 {limit:.0%}。"
        "试探比例很小，多数排法都会如此；请勿为此调大。",
        "Refused: {n_lists} lists are worth {effective_n:.1f} for this way, under {limit:.0%}. "
        "So little is explored that most ways end here; do not widen it for that.",
    ),
    errors.InvalidValue: (
        "值不可用：{kind} {key}：{field} = {value}。",
        "This value cannot be: {kind} {key}: {field} = {value}.",
    ),
    errors.NoConsent: (
        "毕业生 {graduate_id} 未同意推荐，不作个人排序。",
        "Graduate {graduate_id} has not agreed to a personal ranking.",
    ),
    errors.RankingOff: (
        "个性化推荐已关闭；请查看 ranking show。",
        "Personal rankings are switched off; see ranking show.",
    ),
    errors.NoModel: (
        "尚未发布任何模型；请先运行 retrain。",
        "No model is published yet; run retrain first.",
    ),
    errors.AnotherSchema: (
        "该版本由程序的另一版本生成，未损坏，但此版本不能读；请运行 retrain 重新生成。",
        "Another version of the program made this version of the model. It is not damaged, but "
        "cannot be read; run retrain to make one.",
    ),
    errors.CorruptArtefact: (
        "已发布的模型不可用（{path}：{why}）；请运行 retrain，或用 rollback 回退到其他版本。",
        "The published version cannot be used ({path}: {why}); run retrain, or rollback to "
        "another version.",
    ),
    errors.DatabaseFailed: ("数据库出错：{why}。", "The database failed: {why}."),
    errors.CannotListen: (
        "无法在 {host}:{port} 提供服务：{why}。",
        "Nothing can be served at {host}:{port}: {why}.",
    ),
    errors.PortTaken: (
        "地址 {host}:{port} 已被另一个进程占用；可用 --port 换一个端口。",
        "Another process already serves at {host}:{port}; choose another --port.",
    ),
    errors.Busy: (
        "系统忙：另一个进程正在写入或训练，请稍后再试。",
        "Busy: another process is writing or training; try again later.",
    ),
    errors.Held: (
        "版本 {version} 留待人工确认；核对后用 release {version} 放行。",
        "Version {version} is held for a person; release {version} lets it go.",
    ),
}

# What a `NotFound` was about.
_THINGS = {
    "draft": ("方案", "draft of an assignment"),
    "step": ("就业结果", "step"),
    "graduate": ("毕业生", "graduate"),
    "post": ("岗位", "post"),
    "post_on_offer": ("在招岗位", "post on offer"),
    "graduate_of_cohort": ("本次分配的毕业生", "graduate of those to be placed"),
    "class_name": ("班级", "class"),
    "order_class": ("订单班企业", "enterprise of an order class"),
    "version": ("版本", "version"),
    "edition": ("指导目录版次", "guidance edition"),
    "earlier_version": ("可回退的更早版本", "earlier version to go back to"),
    "class_year": ("届", "class year"),
    "judged_class_year": (
        "可供评估的届（须已有就业结果，且之前另有一届可学）",
        "class year to judge on (with outcomes, and with an earlier one to learn from)",
    ),
    "tuned_class_year": (
        "可供调参的届（所评估的届之前至少须有两届）",
        "class year with two others before it, one to learn from and one to tune on",
    ),
    "contender": ("有设置可调的方法", "contender with settings"),
    "library": (
        "程序库（请按 requirements.txt 安装）",
        "library (install what requirements.txt lists)",
    ),
    "trade": ("专业", "trade"),
    "occupation": ("职业", "occupation"),
    "fair": ("双选会", "fair"),
    "booth": ("展位", "booth"),
    "slip": ("签条", "slip"),
    "post_at_fair": ("双选会上的岗位", "post at the fair"),
    "chain": ("产业链", "industry chain"),
    "token": ("令牌", "token"),
    "college": ("院校（见名册或成员单位表）", "college (of a roster or the members sheet)"),
    "alliance": ("联盟（见成员单位表）", "alliance (of the members sheet)"),
    "enterprise": (
        "企业（见需求目录或成员单位表）",
        "enterprise (of a catalog or the members sheet)",
    ),
    "code_table": ("代码表", "table of codes"),
    "user": ("用户", "user"),
    "case": ("处理中的投诉或请求", "open case"),
    "round": ("征集", "collection round"),
    "trial": ("试验", "trial"),
    "reply": ("回复文件", "reply"),
    "sheet": ("表格类型", "kind of sheet"),
    "path": ("文件或文件夹", "file or folder"),
}

# What is wrong with an argument, by the code of `Unreadable`.
_UNREADABLE = {
    "missing": ("未填写", "it must not be empty"),
    "unknown_word": ("没有这个词", "there is no such word"),
    "unknown_suffix": ("不支持这种文件类型", "files of this kind are not written"),
    "no_such_folder": ("文件夹不存在", "there is no such folder"),
    "is_no_folder": ("这是文件，应为文件夹", "this is a file, a folder is expected"),
    "due_before_today": ("截止日期已过", "the day is over already"),
    "is_a_folder": ("这是文件夹，应为文件", "this is a folder, a file is expected"),
    "too_many_rows": ("行数超出此格式的上限", "this format cannot hold so many rows"),
    "no_truth": ("不是真值文件，或其中没有这一届", "no truth of this class year is in it"),
    "another_world": (
        "编号与库中不符，是另一个世界的真值",
        "this id of the database is not in it: it is the truth of another world",
    ),
    "not_a_journal": (
        "不是调参记录或已损坏；请移开后重新运行",
        "no record of a search, or a broken one; move it away and run again",
    ),
    "not_a_certificate": ("不是分配证书", "it is no certificate of an assignment"),
    "not_a_date": ("不是日期，应如 2026-06-30", "no day; write it as 2026-06-30"),
    "out_of_range": ("超出范围", "it is out of range"),
    "booth_taken": ("此展位是别的企业的", "this booth is another enterprise's"),
    "not_a_weight": ("权重应为 0 到 1 的数", "a weight is a number from 0 to 1"),
    "unknown_role": ("没有这个角色", "there is no such role"),
    "unknown_scope": ("没有这种范围", "there is no such scope"),
    "scope_without_name": ("范围缺少名称", "the scope needs a name"),
    "role_of_one_alliance": (
        "此角色只管一个联盟，请用 --alliance 指明",
        "this role is for one alliance; name it with --alliance",
    ),
    "weak_secret": ("密码至少 10 个字符", "a secret has at least 10 characters"),
    "not_a_login": (
        "登录名为 2 到 64 个字母、数字、汉字或 . _ - @",
        "a login is 2 to 64 letters, digits or . _ - @",
    ),
    "no_sheets": ("其中没有可导入的表格", "it holds no sheet"),
    "unknown_target": ("没有这种排法", "there is no such way of ordering"),
    "unknown_purpose": ("没有这种同意事项", "nobody is asked to agree to this"),
    "not_correctable": ("此项不能更正", "this is not corrected in this way"),
    "unknown_state": ("没有这种状态", "there is no such state"),
    "not_a_version": ("版本应为数字，如 3 或 v3", "a version is a number, such as 3 or v3"),
}


def sentences(error: Exception, language: str = "zh") -> tuple[str, ...]:
    """Say why something was refused or failed, a line for each thing that is wrong."""
    english = language == "en"
    if isinstance(error, errors.Refused) and (lines := _listed(error, language)):
        return lines
    match error:
        case errors.PinsConflict() | errors.FloorsConflict():
            return (_conflict(error)[english],)
        case errors.NotFound():
            return (_not_found(error)[english],)
        case errors.Unreadable():
            return (_unreadable(error)[english],)
        case OSError():
            what = f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
            pair = (f"读写文件失败：{what}。", f"A file could not be read or written: {what}.")
            return (pair[english],)
    for kind, templates in _SENTENCES.items():
        if isinstance(error, kind):
            return (templates[english].format(**vars(error)),)
    name = type(error).__name__
    return ((f"意外失败（{name}）。", f"Failed unexpectedly ({name}).")[english],)


# Refusals that carry a code and its facts: who has the words of each.
_Coded = (
    errors.DecisionRefused
    | errors.DraftRefused
    | errors.PackRefused
    | errors.PlanRefused
    | errors.RoundRefused
    | errors.TrialRefused
)
# Each code has its sentence, with the facts in it; some say their facts in another way.
_OF_CODE: Mapping[type[errors.Refused], Mapping[str, tuple[str, str]]] = {
    errors.DecisionRefused: decision_problems.REFUSALS,
    errors.DraftRefused: draft_problems.REFUSALS,
    errors.PackRefused: pack_problems.REFUSALS,
    errors.PlanRefused: plan_problems.REFUSALS,
}
_OTHERWISE: Mapping[type[errors.Refused], Callable[[str, tuple[str, ...]], tuple[str, str]]] = {
    errors.RoundRefused: round_problems.refusal,
    errors.TrialRefused: trial_problems.refusal,
}


def _coded(error: _Coded) -> tuple[str, str]:
    for kind, refusal in _OTHERWISE.items():
        if isinstance(error, kind):
            return refusal(error.code, error.facts)
    sentences = next(said for kind, said in _OF_CODE.items() if isinstance(error, kind))
    chinese, english = sentences[error.code]
    return chinese.format(*error.facts), english.format(*error.facts)


def _listed(error: errors.Refused, language: str) -> tuple[str, ...]:
    """Say what has a code, or takes several lines; empty for what has a sentence of its own."""
    if isinstance(error, _Coded):
        return (_coded(error)[language == "en"],)
    match error:
        case errors.ImportRefused():
            problems = tuple(wording.row_problem(each, language) for each in error.problems)
            return (*problems, _total(len(problems))[language == "en"])
        case errors.Ineligible():
            return _ineligible(error, language)
        case errors.BatchRefused():
            return _batch(error, language)
        case errors.NoOpenPlace():
            return _no_open_place(error, language)
    return ()


def _ineligible(error: errors.Ineligible, language: str) -> tuple[str, ...]:
    pair = (
        f"毕业生 {error.graduate_id} 不符合岗位 {error.post_id} 的硬性条件：",
        f"Rules forbid graduate {error.graduate_id} the post {error.post_id}:",
    )
    rules = [
        f"- {code}: {phrases.rule(code, holds=False, needs=needs, language=language)}"
        for code, needs in error.rules
    ]
    return (pair[language == "en"], *rules)


def _batch(error: errors.BatchRefused, language: str) -> tuple[str, ...]:
    english = language == "en"
    lines = []
    for number, graduate_id, post_id, why in error.rows:
        first, *more = sentences(why, language)
        pair = f"{graduate_id} → {post_id}"
        row = f"Row {number} {pair}: " if english else f"第 {number} 行 {pair}："
        lines += [row + first, *more]
    n = len(error.rows)
    total = (
        f"已拒绝：{n} 行不能办理，未写入任何内容。",
        f"Refused: {n} row(s) cannot be kept; nothing was written.",
    )
    return (*lines, total[english])


def _no_open_place(error: errors.NoOpenPlace, language: str) -> tuple[str, ...]:
    pair = (
        f"岗位 {error.post_id} 已无剩余名额。",
        f"Post {error.post_id} has no open place left.",
    )
    reserved = [f"- {phrases.reserved_by(*each, language)}" for each in error.agreements]
    return (pair[language == "en"], *reserved)


def _conflict(error: errors.PinsConflict | errors.FloorsConflict) -> tuple[str, str]:
    if isinstance(error, errors.FloorsConflict):
        return _floors(error)
    post_id, n_places, people = error.post_id, error.n_places, error.graduate_ids
    return (
        f"已拒绝：岗位 {post_id} 剩余 {n_places} 个名额，却固定了 {len(people)} 人："
        f"{'、'.join(people)}。",
        f"Refused: {len(people)} are fixed at post {post_id}, which has {n_places} open: "
        f"{', '.join(people)}.",
    )


def _floors(error: errors.FloorsConflict) -> tuple[str, str]:
    ids = error.agreement_ids
    if len(ids) == 1:
        return (
            f"已拒绝：协议 {ids[0]} 的最少人数无法满足。请核对人数与名额，或改用 --floors whole。",
            f"Refused: the floor of agreement {ids[0]} cannot be kept. Check people and places, or "
            "use --floors whole.",
        )
    return (
        f"已拒绝：协议 {'、'.join(ids)} 的最少人数无法同时满足，去掉其中任意一项即可。"
        "请核对人数与名额，或改用 --floors whole。",
        f"Refused: the floors of agreements {', '.join(ids)} cannot all be kept; without any one "
        "of them they can. Check people and places, or use --floors whole.",
    )


def _total(n_problems: int) -> tuple[str, str]:
    return (
        f"已拒绝：共 {n_problems} 处问题，未写入任何内容。",
        f"Refused: {n_problems} problem(s); nothing was written.",
    )


def _not_found(error: errors.NotFound) -> tuple[str, str]:
    chinese, english = _THINGS.get(error.kind, (error.kind, error.kind))
    if error.suggestions:
        near = f"是否指：{'、'.join(error.suggestions)}？"
        near_en = f" Did you mean {', '.join(error.suggestions)}?"
    else:
        near = near_en = ""
    if not error.key:
        return (f"没有{chinese}。{near}", f"There is no such {english}.{near_en}")
    return (f"没有这个{chinese}：{error.key}。{near}", f"Unknown {english}: {error.key}.{near_en}")


def _unreadable(error: errors.Unreadable) -> tuple[str, str]:
    chinese, english = _UNREADABLE.get(error.code, (error.code, error.code))
    if error.suggestions:
        near = f"（可用：{'、'.join(error.suggestions)}）"
        near_en = f" (possible: {', '.join(error.suggestions)})"
    else:
        near = near_en = ""
    return (
        f"{error.field} = {error.value}：{chinese}{near}。",
        f"{error.field} = {error.value}: {english}{near_en}.",
    )
