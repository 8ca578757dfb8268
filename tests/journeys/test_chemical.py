"""The chemical technician college's winners: a certificate that a competition gave opens a post."""

from __future__ import annotations

import csv
from pathlib import Path

from recommender.data import reference
from recommender.evaluation.baselines import CROSSWALK, crosswalk, weight_table
from recommender.model.artefact import Artefact, point_to, write_version
from tests.builders import CREDIT_CODE
from tests.journeys.office import Office

CATALOG = (
    "岗位编号,发布单位,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,最低技能等级,"
    "生效日期,截止日期"
)
ROSTER = "毕业生编号,院校,专业,届,技能等级,证书,竞赛获奖,生源地,同意推荐"
OPEN = "2026-04-01,2026-06-30"


def learner(number: int, certificates: str = "", awards: str = "") -> str:
    return f"C{number},示例化工技师学院,化工工艺,2026,高级工,{certificates},{awards},济宁市,是"


def publish_the_plain_rule(office: Office) -> None:
    """Publish what needs no training: trade → occupation, home and wishes."""
    models = office.folder / "home" / "models"
    scorer = weight_table(crosswalk(reference.load_reference()))
    draft = Artefact(version=0, published=CROSSWALK, scorer=scorer, facts={}, prices={})
    point_to(models, write_version(models, draft, "card"))


def lists(office: Office) -> dict[str, set[str]]:
    """Rank everybody; give the posts of each list."""
    path = office.folder / "lists.csv"
    office.run("rank", "--class-year", "2026", "--out", path)
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8-sig") as handle:
        for row in csv.DictReader(handle):
            found.setdefault(row["graduate_id"], set()).add(row["post_id"])
    return found


def test_winners_reach_a_post_for_technicians(tmp_path: Path) -> None:
    office = Office(tmp_path, "2026-05-15")
    # Six senior workers; one post asks for a senior worker, one for a technician.
    office.run(
        "import",
        office.sheet(
            "catalog",
            CATALOG,
            f"SENIOR,示例产教联盟,示例化工有限公司,{CREDIT_CODE},6-11-01-03,济宁市,6,高级工,{OPEN}",
            f"EXPERT,示例产教联盟,示例化工有限公司,{CREDIT_CODE},6-11-01-03,济宁市,1,技师,{OPEN}",
        ),
        office.sheet("roster", ROSTER, *(learner(n) for n in range(1, 7))),
    )
    publish_the_plain_rule(office)
    assert lists(office) == {f"C{n}": {"SENIOR"} for n in range(1, 7)}

    # C1 wins at the national competition and C2 in the province; both are given the technician's
    # certificate of the occupation. C3 wins in the city, which gives none.
    certificate = "6-11-01-03:技师"
    office.run(
        "import",
        office.sheet(
            "roster",
            ROSTER,
            learner(1, certificate, "国家级:6-11-01-03"),
            learner(2, certificate, "省级:6-11-01-03"),
            learner(3, "", "市级:6-11-01-03"),
            *(learner(n) for n in range(4, 7)),
        ),
    )
    both = {"SENIOR", "EXPERT"}
    assert lists(office) == {
        "C1": both, "C2": both, **{f"C{n}": {"SENIOR"} for n in range(3, 7)},
    }  # fmt: skip

    # The one place for a technician is taken once; the other winner is told so.
    office.run("places", "confirm", "C1", "EXPERT")
    office.run("places", "confirm", "C2", "EXPERT", code=1)
    assert lists(office) == {f"C{n}": {"SENIOR"} for n in range(2, 7)}
