"""Words of the guidance catalog's page."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

_CITIES: Mapping[str, Pair] = {
    "city_370100": ("济南", "Jinan"),
    "city_370200": ("青岛", "Qingdao"),
    "city_370300": ("淄博", "Zibo"),
    "city_370400": ("枣庄", "Zaozhuang"),
    "city_370500": ("东营", "Dongying"),
    "city_370600": ("烟台", "Yantai"),
    "city_370700": ("潍坊", "Weifang"),
    "city_370800": ("济宁", "Jining"),
    "city_370900": ("泰安", "Tai’an"),
    "city_371000": ("威海", "Weihai"),
    "city_371100": ("日照", "Rizhao"),
    "city_371300": ("临沂", "Linyi"),
    "city_371400": ("德州", "Dezhou"),
    "city_371500": ("聊城", "Liaocheng"),
    "city_371600": ("滨州", "Binzhou"),
    "city_371700": ("菏泽", "Heze"),
}

WORDS: Mapping[str, Pair] = {
    **_CITIES,
    "guidance": ("需求目录", "Guidance"),
    "guidance_title": ("技能培训需求指导目录", "Guidance: which skills are short where"),
    "guidance_lead": (
        "各职业在各市有多少岗位名额、多少人待安置、还缺多少人，以及建议怎样培养。",
        "For each occupation and city: open places, seekers, how many people are short, and how "
        "they could be trained.",
    ),
    "guidance_reckoning": ("正在汇总当前数据……", "Counting what is known now …"),
    "guidance_show": ("显示", "Show"),
    "guidance_source": ("版本", "Edition"),
    "guidance_now": ("当前状态", "As it is now"),
    "guidance_edition": ("第 {n} 版（{day}）", "Edition {n} ({day})"),
    "guidance_order": ("排序", "Order"),
    "guidance_order_short": ("缺口从大到小", "Most short first"),
    "guidance_order_ratio": ("求人倍率从高到低", "Most openings per seeker first"),
    "guidance_order_code": ("职业编码", "Occupation code"),
    "guidance_only_short": ("只看确定短缺", "Surely short only"),
    "guidance_rows": ("{n} 行（职业 × 城市）", "{n} rows (occupation × city)"),
    "guidance_sum": (
        "名额 {places}，待安置 {seekers}，求人倍率 {ratio}",
        "{places} places, {seekers} seekers, {ratio} openings per seeker",
    ),
    "guidance_year": ("{year} 届", "Class of {year}"),
    "guidance_own": (
        "待安置人数只含本单位所辖院校；名额为全部企业的名额。",
        "Seekers are those of your own colleges; places are everybody's.",
    ),
    "guidance_hidden": (
        "* 为 1 至 9 人，或为保护此类数值而隐去；其余人数取整到十。",
        "* hides a count of 1 to 9, or one that would give such a count away; others are rounded "
        "to tens.",
    ),
    "guidance_download": ("下载", "Download"),
    "guidance_nothing": ("没有符合条件的职业和城市。", "No occupation and city fits."),
    # The grid
    "guidance_grid": ("各市求人倍率", "Openings per seeker, by city"),
    "guidance_grid_lead": (
        "每个方块是一个市，按大致方位排列，不是地图；点选即筛选。",
        "Each tile is a city, placed about as it lies; it is no map. Press one to filter.",
    ),
    "guidance_rough_note": (
        "带 * 的合计：隐去人数的行不计入待安置和倍率。",
        "A sum with *: rows that hide their seekers are left out of seekers and ratio.",
    ),
    "guidance_all_hidden": ("人数隐去", "hidden"),
    "guidance_tile": ("名额 {places} · 待安置 {seekers}", "{places} places · {seekers} seekers"),
    "guidance_elsewhere": ("省外或城市不明", "Elsewhere, or city not known"),
    "guidance_step_0": ("无数据", "no data"),
    "guidance_step_1": ("人远多于岗", "far more seekers"),
    "guidance_step_2": ("人多于岗", "more seekers"),
    "guidance_step_3": ("大致平衡", "about even"),
    "guidance_step_4": ("岗多于人", "more openings"),
    "guidance_step_5": ("岗远多于人", "far more openings"),
    "guidance_nobody": ("无人待安置", "nobody seeks"),
    # The trend
    "guidance_trend": ("历版求人倍率", "Openings per seeker, edition by edition"),
    "guidance_even": ("1 = 一人一岗", "1 = one opening for each"),
    "guidance_no_trend": (
        "还没有发布过版本；发布后可看历版变化。",
        "No edition was issued yet; what changes is seen from the first one on.",
    ),
    "guidance_chart": (
        "求人倍率折线图，{n} 版；数值见下表",
        "Line chart of openings per seeker over {n} editions; its numbers are in the table below",
    ),
    "guidance_numbers": ("历版数值", "Editions in numbers"),
    "guidance_places": ("名额", "Places"),
    "guidance_seekers": ("待安置", "Seekers"),
    "guidance_ratio": ("求人倍率", "Per seeker"),
    "guidance_day": ("日期", "Day"),
    "guidance_author": ("发布人", "Issued by"),
    # The table
    "guidance_table": ("职业与城市", "Occupations and cities"),
    "guidance_enterprises": ("企业", "Firms"),
    "guidance_short_now": ("本届缺口（区间）", "Short now (interval)"),
    "guidance_short_later": ("下届缺口（区间）", "Short next year (interval)"),
    "guidance_mode": ("建议培养方式", "Way of training"),
    "guidance_teachers": ("可培养的院校专业", "Who teaches it"),
    "guidance_from_to": ("{low} 至 {high}", "{low} to {high}"),
    "guidance_since": ("较上版 {n}", "{n} since the last edition"),
    # Issuing
    "guidance_issue": ("发布第 {n} 版", "Issue edition {n}"),
    "guidance_issue_lead": (
        "把当前状态固定为新的一版：小数值先隐去，编号递增，发布后不能更改或撤回。",
        "Keeps the present state as the next edition. Small counts are hidden first; an edition "
        "is never changed or taken back.",
    ),
    "guidance_sure": ("我已核对当前状态", "I have looked through the present state"),
    "guidance_issue_now": ("确认发布", "Issue it"),
    "guidance_issued": ("已发布。", "Issued."),
    "guidance_not_sure": (
        "没有发布：请先勾选“我已核对当前状态”。",
        "Not issued: first say that you have looked through the present state.",
    ),
}
