"""What a veto or a voiding refuses: Chinese first, English beside. `failures` takes it up."""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

REFUSALS: Mapping[str, Words] = {
    "no_reason": ("请写明理由。", "Say why."),
    "vetoed_already": (
        "{0} 与岗位 {1} 已被否决：{2}。",
        "{0} at post {1} is vetoed already: {2}.",
    ),
    "not_vetoed": ("{0} 与岗位 {1} 没有被否决。", "{0} at post {1} is not vetoed."),
    "confirmed": (
        "{0} 已在岗位 {1} 落实；先释放名额，再否决。",
        "{0} has a place at post {1}; release it before the pair is vetoed.",
    ),
    "voided_already": (
        "{0} 在岗位 {1} 的这一步（{2}）已经作废。",
        "This step of {0} at post {1} ({2}) is void already.",
    ),
    "claim_rests": (
        "{0} 在岗位 {1} 的已确认名额以这一步为依据；先释放该名额，再作废。",
        "The confirmed place of {0} at post {1} rests on this step; release it first.",
    ),
    "place_taken": (
        "岗位 {0} 的名额已确认给他人，以这一步为依据，不能作废。",
        "A place of post {0} was confirmed for somebody else because of this step.",
    ),
}
