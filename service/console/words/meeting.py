"""Words of the page of supply-demand meetings."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

WORDS: Mapping[str, Pair] = {
    "meeting": ("供需对接", "Meetings"),
    "meeting_title": ("产业链供需对接会", "Supply-demand meeting of a chain"),
    "meeting_lead": (
        "选一条产业链，看哪家企业应同哪所院校的哪个班谈、谈多少人，并取得协议草案。",
        "Choose a chain: which enterprise should talk to which class about how many people, with "
        "drafts of the agreements.",
    ),
    "meeting_choose": ("选择产业链", "Choose a chain"),
    "meeting_no_chain": (
        "岗位和成员单位都没有注明产业链；导入后在此选择。",
        "Neither posts nor members name a chain; once they do, choose it here.",
    ),
    "meeting_show": ("准备", "Prepare"),
    "meeting_all": ("也列出不建议的班级", "Also classes without a suggestion"),
    "meeting_sum": (
        "{firms} 家企业缺 {places} 人；建议对接 {drafts} 组，仍缺 {gap} 人",
        "{firms} enterprises lack {places} people; {drafts} pairings suggested, {gap} places "
        "nobody covers",
    ),
    "meeting_pairings": ("对接表", "Pairing table"),
    "meeting_drafts": ("协议草案（可直接导入）", "Draft agreements (import as they are)"),
    "meeting_own": (
        "只含本单位所辖院校的班级。",
        "With the classes of your own colleges only.",
    ),
    "meeting_class": ("院校 · 专业", "College · trade"),
    "meeting_tier": ("培养层次", "Tier"),
    "meeting_seekers": ("待安置", "Seekers"),
    "meeting_weighted": ("折算到本职业", "For this occupation"),
    "meeting_at_level": ("其中达级", "Of these at the level"),
    "meeting_size": ("建议人数", "Suggested"),
    "meeting_line": ("缺 {places} 人", "lacks {places}"),
    "meeting_gap": ("{gap} 人无人可补", "{gap} nobody covers"),
    "meeting_covered": ("可全部补上", "all covered"),
    "meeting_level": ("最低 {level}", "at least {level}"),
    "meeting_nobody": ("没有班级通向此职业", "No class leads there"),
    "meeting_elsewhere": (
        "通向此职业的 {n} 个班都用于别处",
        "{n} classes lead there, all of them needed elsewhere",
    ),
    "meeting_reckoning": ("正在准备对接表……", "Preparing the pairings …"),
    "meeting_n_lines": ("{n} 项用工缺口", "{n} shortages"),
    "meeting_nothing": ("这条产业链当前没有空缺名额。", "This chain has no open places now."),
}
