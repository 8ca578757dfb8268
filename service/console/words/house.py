"""Words of today's page and of the models' page."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

WORDS: Mapping[str, Pair] = {
    # Today
    "today": ("今日", "Today"),
    "today_title": ("今日要办", "Today"),
    "new_posts": ("新岗位", "New posts"),
    "closed_posts": ("已结束的岗位", "Posts that ended"),
    "filling_posts": ("快满的岗位", "Posts filling up"),
    "since": ("自昨日起", "since yesterday"),
    "none_of_these": ("没有。", "None."),
    "all_of_them": ("全部 {n} 个", "All {n}"),
    "left_of": ("剩 {left} / {all}", "{left} of {all} left"),
    "night": ("昨夜训练", "The night"),
    "no_night": ("还没有训练过。", "There was no night yet."),
    "verdict_published": ("已发布学习模型", "the learned model was published"),
    "verdict_baseline": ("已改用基线规则", "a baseline was published instead"),
    "verdict_refused": ("未通过门槛，未发布", "refused; nothing was published"),
    "verdict_held": ("留待人工确认", "held for a person"),
    "verdict_failed": ("训练失败", "the night failed"),
    "see_models": ("查看模型", "See the models"),
    "import": ("最近导入", "Last import"),
    "no_import": ("还没有导入过。", "Nothing was imported yet."),
    "import_rows": ("{n} 行有变化", "{n} rows changed"),
    "import_unmapped": (
        "其中 {n} 行的专业或职业未能识别",
        "{n} with a trade or occupation unknown",
    ),
    "in_danger": ("有风险的协议", "Agreements in danger"),
    "will_lack": ("到期缺 {low}–{high} 人", "lacks {low}–{high} people when due"),
    "follow_ups": ("待回访", "Follow-ups due"),
    "after_days": ("到岗 {days} 天：{n} 人", "{days} days after starting: {n}"),
    # Models
    "models": ("模型", "Models"),
    "models_title": ("模型版本", "Model versions"),
    "version": ("版本", "Version"),
    "holds": ("内容", "Holds"),
    "learned_until": ("数据截至", "Data until"),
    "judged_on": ("评估届", "Judged on"),
    "in_use": ("使用中", "in use"),
    "damaged": ("已损坏", "damaged"),
    "foreign": ("由另一版程序产生", "made by another version of the program"),
    "use_this": ("改用此版", "Use this one"),
    "pointed": (
        "已改用；各进程半秒内生效。",
        "Done; every process answers from it within half a second.",
    ),
    "contenders": ("参评方案", "Contenders"),
    "contenders_lead": (
        "{day} 夜间训练，在留出的 {year} 届上比较；点为估计值，横线为 95% 区间。",
        "Night of {day}, compared on the held-out class of {year}; a dot is the estimate, a line "
        "its 95 % interval.",
    ),
    "contender": ("方案", "Contender"),
    "metric_ndcg@10": ("前 10 位排序质量", "NDCG at 10"),
    "metric_recall@10": ("前 10 位命中率", "Recall at 10"),
    "metric_coverage": ("岗位覆盖率", "Coverage of posts"),
    "contender_model": ("学习模型", "The model"),
    "contender_factorization": ("矩阵分解", "Factorization"),
    "contender_popularity": ("热门岗位", "Popularity"),
    "contender_popularity_in_trade": ("本专业热门", "Popularity in trade"),
    "contender_crosswalk": ("专业对口规则", "Crosswalk rule"),
    "nights": ("训练记录", "Nights"),
    "no_versions": (
        "还没有任何版本；请先运行 retrain。",
        "No version yet; run the command retrain.",
    ),
}
