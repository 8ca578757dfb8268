"""What the command prints of internships: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from recommender import contract_words
from recommender.matching.internships import CrowdKind

if TYPE_CHECKING:
    from recommender.internships import EnterpriseInterns, InternshipReview
    from recommender.matching.internships import Crowd

_ODD = {
    "internship_out_of_trade": ("专业不对口", "out of trade"),
    "internship_of_a_minor": ("岗位须满18周岁", "a minor at a post for adults"),
    "no_three_party_agreement": ("未填三方协议日期", "no day of the three-party agreement"),
}


def review_lines(found: InternshipReview, language: str = "zh") -> Iterator[str]:
    """Say how internships stand, enterprise by enterprise, and what is odd."""
    english = language == "en"
    for line in found.lines:
        yield _line(line, english=english)
        for crowd in line.crowds:
            yield "  " + _crowd(crowd, language)
    for graduate_id, post_id, codes in found.odd:
        what = (", " if english else "、").join(_ODD[code][english] for code in codes)
        yield (
            f"{graduate_id} → {post_id}: {what}"
            if english
            else f"{graduate_id} → {post_id}：{what}"
        )
    n = {name: sum(line.counts[name] for line in found.lines) for name in _NAMES}
    yield (
        f"{found.day}: {n['going_on']} intern, {n['over']} have interned, "
        f"{n['converted']} of all were placed there"
        if english
        else f"{found.day} 在岗实习 {n['going_on']} 人次，已结束 {n['over']} 人次，"
        f"其中转签约 {n['converted']} 人次"
    )


_NAMES = ("going_on", "over", "converted")


def _line(line: EnterpriseInterns, *, english: bool) -> str:
    going_on, over, converted = (line.counts[name] for name in _NAMES)
    staff = "-" if line.staff is None else line.staff
    if english:
        return (
            f"{line.credit_code} {line.enterprise}: {going_on} intern, {over} have interned, "
            f"{converted} placed, staff {staff}"
        )
    return (
        f"{line.credit_code} {line.enterprise}：在岗实习 {going_on}，已结束 {over}，"
        f"转签约 {converted}，职工 {staff}"
    )


def _crowd(crowd: Crowd, language: str) -> str:
    code = "interns_above_staff" if crowd.kind is CrowdKind.STAFF else "interns_above_like_posts"
    said = contract_words.ROW_PROBLEMS[code][0][language == "en"]
    where = f"{crowd.occupation_code} " if crowd.occupation_code else ""
    return where + said.format(crowd.credit_code, crowd.n_interns, crowd.n_people)


def review_json(found: InternshipReview) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "as_of": found.day.isoformat(),
        "enterprises": [
            {
                "credit_code": line.credit_code,
                "enterprise": line.enterprise,
                **line.counts,
                "staff": line.staff,
                "above": [
                    {
                        "kind": crowd.kind.value,
                        "occupation_code": crowd.occupation_code or None,
                        "interns": crowd.n_interns,
                        "people": crowd.n_people,
                    }
                    for crowd in line.crowds
                ],
            }
            for line in found.lines
        ],
        "odd": [
            {"graduate_id": graduate_id, "post_id": post_id, "codes": list(codes)}
            for graduate_id, post_id, codes in found.odd
        ],
    }
