"""Sentences about apprentices and internships, from codes and facts, Chinese and English.

`wording.ROW_PROBLEMS` takes them in; the layout of a sentence is said there.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

ROW_PROBLEMS: Mapping[str, tuple[Words, Words]] = {
    "no_labour_contract": (
        ("学徒未填劳动合同日期", "an apprentice without the day of the labour contract"),
        ("招工即招生须先签劳动合同，请补填", "who is hired first has one: state its day"),
    ),
    "examined_before_start": (
        ("评价日期早于培养起始日期 {0}", "the examination is before the start, {0}"),
        ("请核对日期", "check the dates"),
    ),
    "id_of_other_enterprise": (
        ("该编号已属于企业 {0}", "enterprise {0} holds this id"),
        ("请改用未占用的编号", "choose another id"),
    ),
}
