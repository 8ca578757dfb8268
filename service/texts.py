"""The words of the pages, in Chinese and in English; Chinese where nothing was chosen."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

LANGUAGES = ("zh", "en")
Pair = tuple[str, str]  # the same in each of these languages

_ZH = {
    "html_lang": "zh-CN",
    "brand": "技能岗位推荐",
    "title": "看看适合你的岗位",
    "lead": "选专业、等级和生源地，马上看到还有名额的岗位，以及每个岗位为什么排在这里。",
    "other_language": "English",
    "sample": "示例数据：企业、毕业生与结果均为构造，不对应真实单位和个人。",
    "sample_short": "构造的示例数据",
    "as_of": "数据截至 {day}",
    "form": "你的情况",
    "trade": "专业",
    "trade_hint": "输入几个字即可查找，如「焊接」",
    "level": "技能等级",
    "level_none": "尚未取得 / 不填",
    "home": "生源地",
    "home_hint": "市或县区，如「济宁市」「任城区」",
    "home_pick": "不填",
    "wishes": "更多愿望（可不填）",
    "wish_regions": "想去的城市",
    "wish_pay": "期望月薪（元）",
    "licences": "持有的操作证",
    "licences_hint": "多个用分号隔开，如「焊接与热切割作业」",
    "adult": "已满 18 周岁",
    "order": "排序方式",
    "order_market": "好找也合适（考虑竞争）",
    "order_fit": "只看合适程度",
    "ask": "查看岗位",
    "privacy": "本页不登录、不使用 Cookie，也不保存你填写的内容。",
    "results": "推荐岗位",
    "n_results": "排在前面的 {count} 个，最合适的在最上面",
    "ranked_by": "排序依据：{published}（第 {version} 版）",
    "read_as": "没有查到专业「{asked}」，已按最接近的「{read}」排序。",
    "places": "剩余名额",
    "places_unit": "{count} 个",
    "pay": "月薪",
    "pay_range": "{low}–{high} 元",
    "pay_from": "{low} 元起",
    "pay_to": "最高 {high} 元",
    "pay_none": "面议",
    "hidden": "有的岗位要求操作证或年满 18 周岁，填写后可能看到更多。",
    "min_level": "要求 {level}",
    "closes": "{day} 截止",
    "why": "为什么排在这里",
    "plus": "加分",
    "minus": "减分",
    "places_as_of": "数据库暂时不可用，剩余名额为 {time} 的情况。",
    "places_of_pack": "现场离线服务：岗位与剩余名额为离线包导出时（{time}）的情况。",
    "empty": "目前没有可以申请的岗位",
    "empty_why": "所有岗位都被以下条件排除：",
    "empty_mixed": "没有一个岗位同时满足所有条件。",
    "empty_try": "可以试试填写已有的证书或操作证，或请就业指导老师帮忙。",
    "waiting": "填好信息后，岗位会显示在这里。",
    "step_1": "选专业",
    "step_2": "选等级和生源地",
    "step_3": "看岗位和理由",
    "error": "有一处需要修改",
    "error_trade": "请选择专业。",
    "error_region": "没有找到「{value}」这个地区，请写城市或县区名，如「济宁市任城区」。",
    "error_region_many": "「{value}」不止一处，请选其中之一：{suggestions}",
    "error_field": "「{value}」无法读取，请修改。",
    "not_ready": "系统正在准备",
    "own_title": "我的信息",
    "own_lead": "这是你本人的页面，由学校发给你的链接打开，请勿转发。每次打开都会记录。",
    "own_done": "已办理，立即生效。",
    "own_empty": "请写明内容。",
    "own_consents": "我的同意",
    "own_unsaid": "还没有表示",
    "own_given": "已同意",
    "own_withdrawn": "未同意",
    "own_give": "同意",
    "own_withdraw": "撤回",
    "own_colon": "：",
    "own_list": "为我推荐的岗位和理由",
    "own_no_list": "现在没有个性化推荐：你没有同意、推荐已暂停，或没有适合的岗位。",
    "own_held": "系统里关于我的信息",
    "own_ask": "更正、删除或投诉",
    "own_ask_lead": "学校的工作人员会答复，答复显示在这里。",
    "own_kind": "事项",
    "own_text": "内容",
    "own_send": "提交",
    "ranking_off": "推荐暂停",
    "ranking_off_why": "个性化推荐已暂停，请直接咨询就业指导老师。",
    "not_ready_why": "还没有发布可用的模型，请稍后再来。",
    "problem": "出了点问题",
    "back": "返回首页",
    "foot": "推荐只供参考，签约请与学校就业部门和企业确认。",
}
_EN = {
    "html_lang": "en",
    "brand": "Skilled Placements",
    "title": "Find posts that suit you",
    "lead": "Pick your trade, level and home. You see posts with places left, "
    "and why each stands where it does.",
    "other_language": "中文",
    "sample": "Sample data: enterprises, graduates and outcomes are constructed "
    "and stand for nobody real.",
    "sample_short": "Constructed sample data",
    "as_of": "Data as of {day}",
    "form": "About you",
    "trade": "Trade",
    "trade_hint": "Type a few characters to search, e.g. 焊接",
    "level": "Skill level",
    "level_none": "None yet / not stated",
    "home": "Home",
    "home_hint": "City or county, e.g. 济宁市, 任城区",
    "home_pick": "Not stated",
    "wishes": "More wishes (optional)",
    "wish_regions": "Cities you would like",
    "wish_pay": "Pay you hope for (CNY a month)",
    "licences": "Operating licences held",
    "licences_hint": "Separate several by a semicolon, e.g. 焊接与热切割作业",
    "adult": "I am 18 or older",
    "order": "Order by",
    "order_market": "Suits you and within reach",
    "order_fit": "Suits you, nothing else",
    "ask": "Show posts",
    "privacy": "No sign-in, no cookies; nothing that you enter here is kept.",
    "results": "Posts for you",
    "n_results": "The first {count}, best on top",
    "ranked_by": "Ranked by {published} (version {version})",
    "read_as": "No trade is called “{asked}”; ranked for the nearest, “{read}”.",
    "places": "Places left",
    "places_unit": "{count}",
    "pay": "Pay a month",
    "pay_range": "CNY {low}–{high}",
    "pay_from": "from CNY {low}",
    "pay_to": "up to CNY {high}",
    "pay_none": "to be agreed",
    "hidden": "Some posts ask for a licence or for adults: say what you have to see more.",
    "min_level": "{level} or above",
    "closes": "closes {day}",
    "why": "Why it stands here",
    "plus": "counts for it",
    "minus": "counts against it",
    "places_as_of": "The database is away; places are those of {time}.",
    "places_of_pack": "Served offline in the hall: posts and places are as of the pack, {time}.",
    "empty": "There is no post you can apply for now",
    "empty_why": "Every post is shut out by:",
    "empty_mixed": "No single post meets every condition.",
    "empty_try": "Try adding certificates or licences you hold, or ask a placement officer.",
    "waiting": "Fill in the form and posts appear here.",
    "step_1": "Pick a trade",
    "step_2": "Pick level and home",
    "step_3": "See posts and reasons",
    "error": "One thing to correct",
    "error_trade": "Please pick a trade.",
    "error_region": "No region is called “{value}”. Write a city or county, e.g. 济宁市任城区.",
    "error_region_many": "“{value}” names more than one region. Pick one: {suggestions}",
    "error_field": "“{value}” cannot be read. Please correct it.",
    "not_ready": "Getting ready",
    "own_title": "What is held of me",
    "own_lead": (
        "This is your own page, opened by the link that your college gave you; do not "
        "pass it on. Every opening is logged."
    ),
    "own_done": "Done; it counts from now on.",
    "own_empty": "Say what it is about.",
    "own_consents": "What I agree to",
    "own_unsaid": "Nothing said yet",
    "own_given": "Agreed",
    "own_withdrawn": "Not agreed",
    "own_give": "Agree",
    "own_withdraw": "Withdraw",
    "own_colon": ": ",
    "own_list": "Posts ranked for me, and why",
    "own_no_list": (
        "There is no personal ranking now: you have not agreed, rankings are switched "
        "off, or no post fits."
    ),
    "own_held": "What is held of me",
    "own_ask": "Correct, erase or complain",
    "own_ask_lead": "Staff of your college answer, and the answer is shown here.",
    "own_kind": "What it is",
    "own_text": "In words",
    "own_send": "Send",
    "ranking_off": "Not ranking now",
    "ranking_off_why": "Personal rankings are switched off. Please ask a placement officer.",
    "not_ready_why": "No model is published yet. Please come back later.",
    "problem": "Something went wrong",
    "back": "Back to the start",
    "foot": "A recommendation only: confirm with your college and the enterprise before signing.",
}
TEXTS: Mapping[str, Mapping[str, str]] = {"zh": _ZH, "en": _EN}

PUBLISHED = {
    "model": ("学习模型", "the learned model"),
    "popularity": ("热门程度", "popularity"),
    "popularity_in_trade": ("同专业热门程度", "popularity in the trade"),
    "crosswalk": ("专业与职业对应规则", "the trade-to-occupation rule"),
}
RULES = {
    "consent": ("未同意推荐", "no consent to be recommended"),
    "unplaced": ("已落实岗位", "already holding a place"),
    "open": ("岗位不在开放期内", "no post is open on this day"),
    "places": ("名额已满", "no places left"),
    "level": ("技能等级未达到要求", "the skill level asked for is not reached"),
    "licence": ("缺少所需操作证", "a required licence is missing"),
    "adult": ("岗位要求年满 18 周岁", "the posts ask for adults"),
    "again": ("曾放弃或未被录用", "declined or rejected before"),
    "paused": ("企业已暂停推荐", "the enterprise is paused"),
    "vetoed": ("已被就业工作人员否决", "vetoed by an officer"),
}


def language() -> str:
    """Choose the language: what the address asks for, else what the browser prefers."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES, default="zh") or "zh"


def texts(lang: str) -> Mapping[str, str]:
    """Give the words of a language."""
    return TEXTS[lang]


def pick(pair: tuple[str, str] | None, lang: str, otherwise: str) -> str:
    """Give the Chinese or the English of a pair; another word where there is none."""
    if pair is None:
        return otherwise
    return pair[LANGUAGES.index(lang)]
