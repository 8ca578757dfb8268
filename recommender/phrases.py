"""Sentences that explain: why a post stands where it does, and what a rule says.

They name what is meant, never an identifier or a feature, in Chinese and in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.domain import SkillLevel
from recommender.wording import label

ZH, EN = "zh", "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFacts:
    """What the sentences about one graduate and one post name.

    A name is "" where none is known: the sentence then does without, and shows no code.

    Attributes
    ----------
    wish_pay, pay
        CNY per month; None if not stated.
    applicants, places
        People expected to queue for the post, and its open places.
    """

    trade: str
    level: SkillLevel | None
    college: str
    home: str
    wish: tuple[str, ...]
    wish_pay: int | None
    occupation: str
    enterprise: str
    place: str
    pay: tuple[int | None, int | None]
    applicants: float
    places: int


def reason(code: str, helps: bool, facts: ReasonFacts, language: str = ZH) -> str:  # noqa: FBT001 - a sign, not a mode
    """Say one part of a score.

    Parameters
    ----------
    code
        ``price``, or an aspect of the graduate and one of the post, ``trade_occupation``,
        behind a stage of the road where it speaks of one, ``wants.home_place``.
    helps
        Whether the part raises the post, or the chance of its stage.

    Raises
    ------
    KeyError
        If the code names no known aspects.
    """
    if code == "price":
        return _price(facts, language)
    stage, _, code = code.rpartition(".")
    graduate, post = _sides(code, facts, language)
    if stage:
        sentence = _STAGE_PATTERNS[language, stage, helps].format(what=_both(code, graduate, post))
    else:
        pattern = _PATTERNS[language, "pair" if graduate else "everybody", helps]
        sentence = pattern.format(graduate=graduate, post=post)
    return sentence[0].upper() + sentence[1:]


def aspects(code: str, facts: ReasonFacts, language: str = ZH) -> str:
    """Name what a part of a score is about, for where it is plain what it does."""
    if code == "price":
        return _price(facts, language)
    code = code.rpartition(".")[2]
    words = _both(code, *_sides(code, facts, language))
    return words[:1].upper() + words[1:]


def _sides(code: str, facts: ReasonFacts, language: str) -> tuple[str, str]:
    """Name the graduate's side of a part and the post's."""
    graduate_words = _graduate_aspects(facts, language)
    begins = [aspect for aspect in graduate_words if code.startswith(f"{aspect}_")]
    left = max(begins, key=len, default="")
    return graduate_words[left], _post_aspects(facts, language)[code.removeprefix(f"{left}_")]


def _both(code: str, graduate: str, post: str) -> str:
    # What is one side's alone is not said of "all posts".
    sides = (graduate, "" if code.endswith("_any") else post)
    return " / ".join(each for each in sides if each)


_PATTERNS: Mapping[tuple[str, str, bool], str] = {
    (ZH, "pair", True): "{graduate}与{post}相合，排名上升",
    (ZH, "pair", False): "{graduate}与{post}不太相合，排名下降",
    (ZH, "everybody", True): "{post}对各类毕业生都较合适，排名上升",
    (ZH, "everybody", False): "{post}对各类毕业生都不太合适，排名下降",
    (EN, "pair", True): "{graduate} goes well with {post}, so the post moves up",
    (EN, "pair", False): "{graduate} goes less well with {post}, so the post moves down",
    (EN, "everybody", True): "{post} suits graduates of every kind, so the post moves up",
    (EN, "everybody", False): "{post} suits few graduates of any kind, so the post moves down",
}

_STAGE_PATTERNS: Mapping[tuple[str, str, bool], str] = {
    (ZH, "wants", True): "{what}：本人更可能愿意去",
    (ZH, "wants", False): "{what}：本人不太可能愿意去",
    (ZH, "hired", True): "{what}：更可能被录用",
    (ZH, "hired", False): "{what}：不太可能被录用",
    (ZH, "stays", True): "{what}：入职后更可能留下",
    (ZH, "stays", False): "{what}：入职后不太可能留下",
    (EN, "wants", True): "{what}: more likely to be wanted",
    (EN, "wants", False): "{what}: less likely to be wanted",
    (EN, "hired", True): "{what}: more likely to be hired",
    (EN, "hired", False): "{what}: less likely to be hired",
    (EN, "stays", True): "{what}: more likely to stay",
    (EN, "stays", False): "{what}: less likely to stay",
}


def _price(facts: ReasonFacts, language: str) -> str:
    people = max(1, round(facts.applicants))
    # So many are expected; more may come, so that a short queue has its price as well.
    short = people <= facts.places
    if language == EN:
        queue = f"{people} {'person queues' if people == 1 else 'people queue'}"
        places = f"{facts.places} {'place' if facts.places == 1 else 'places'}"
        more = " and more may come" if short else ""
        return f"About {queue} for {places}{more}, so the post moves down"
    more = "，也可能更多" if short else ""
    return f"预计约 {people} 人竞争 {facts.places} 个名额{more}，排名下降"


def _graduate_aspects(facts: ReasonFacts, language: str) -> dict[str, str]:
    """Name each side of the graduate; "" where it is everybody's."""
    level = label(facts.level, language) if facts.level is not None else ""
    wish_pay = facts.wish_pay is not None
    if language == EN:
        return {
            "any": "",
            "trade": f"the trade {facts.trade}".strip(),
            "level": f"the skill level {level}" if level else "the training tier",
            "certificates": "the record of certificates, licences and awards",
            "college": f"the college {facts.college}".strip(),
            "grade": "the grade band",
            "wish_pay": "the pay wished for" + (f" ({facts.wish_pay} CNY)" if wish_pay else ""),
            "order_class": "the order class",
            "history": "where similar graduates went",
            "home": f"the home {facts.home}".strip(),
            "wish": f"the wish for {', '.join(facts.wish) or 'a place'}",
        }
    return {
        "any": "",
        "trade": "专业" + _quoted(facts.trade),
        "level": f"技能等级“{level}”" if level else "培养层次",
        "certificates": "证书、操作证与获奖",
        "college": "院校" + _quoted(facts.college),
        "grade": "成绩等第",
        "wish_pay": "期望月薪" + (f" {facts.wish_pay} 元" if wish_pay else ""),
        "order_class": "订单班",
        "history": "往届相似毕业生的去向",
        "home": f"生源地{facts.home}",
        "wish": f"意向地区{'、'.join(facts.wish)}",
    }


def _post_aspects(facts: ReasonFacts, language: str) -> dict[str, str]:
    stated = [str(pay) for pay in dict.fromkeys(facts.pay) if pay is not None]
    pay = "–".join(stated)
    if language == EN:
        return {
            "any": "the list of posts",
            "occupation": f"the occupation {facts.occupation}".strip(),
            "enterprise": f"the enterprise {facts.enterprise}".strip(),
            "place": f"the place of work {facts.place}".strip(),
            "pay": "the pay" + (f" of {pay} CNY a month" if pay else ""),
            "requirement": "what the post requires",
            "terms": "the way of training and the shortage",
            "record": "whom the enterprise took in earlier years",
        }
    return {
        "any": "各岗位",
        "occupation": "职业" + _quoted(facts.occupation),
        "enterprise": "企业" + _quoted(facts.enterprise),
        "place": f"工作地点{facts.place}",
        "pay": "月薪" + (f" {pay} 元" if pay else ""),
        "requirement": "岗位要求",
        "terms": "培养方式与紧缺程度",
        "record": "企业往年录用情况",
    }


def _quoted(name: str) -> str:
    return f"“{name}”" if name else ""


# Rule → holds, fails; {needs} is what would make it hold, where anything would.
_RULES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("consent", ZH): ("本人同意推荐", "本人未同意推荐"),
    ("consent", EN): ("the graduate agreed to be ranked", "the graduate has not agreed"),
    ("unplaced", ZH): ("尚未落实岗位", "已落实岗位，须先解约"),
    ("unplaced", EN): ("holds no place yet", "already holds a place, to be given up first"),
    ("open", ZH): ("岗位在招聘期内", "岗位不在招聘期内"),
    ("open", EN): ("the post is open", "the post is not open"),
    ("places", ZH): ("岗位尚有名额", "岗位名额已满"),
    ("places", EN): ("the post has an open place", "every place of the post is taken"),
    ("level", ZH): ("技能等级达到要求", "技能等级未达到要求"),
    ("level", EN): ("the skill level is reached", "the skill level is not reached"),
    ("licence", ZH): ("所需操作证齐全", "缺少所需操作证"),
    ("licence", EN): ("every licence required is held", "a licence required is missing"),
    ("adult", ZH): ("符合年龄要求", "岗位须满 18 周岁"),
    ("adult", EN): ("old enough for the post", "the post is for adults"),
    # Of internships alone.
    ("trade", ZH): ("实习岗位与专业对口", "实习岗位与专业不对口"),
    ("trade", EN): ("the internship is in trade", "the internship is out of trade"),
    ("again", ZH): ("未曾放弃或被拒", "曾放弃该岗位，或因故未被录用"),
    ("again", EN): ("was not declined or refused before", "was declined or refused before"),
    ("paused", ZH): ("企业未被暂停推荐", "企业长期未答复推荐，已暂停"),
    ("paused", EN): (
        "the enterprise is not paused",
        "the enterprise is paused for want of answers",
    ),
    ("vetoed", ZH): ("未被就业工作人员否决", "就业工作人员已否决，解除前不推荐"),
    ("vetoed", EN): ("not vetoed by an officer", "vetoed by an officer, until it is lifted"),
}
_NEEDS: Mapping[tuple[str, str], str] = {
    ("open", ZH): "；{needs} 起可报名",
    ("open", EN): "; opens on {needs}",
    ("places", ZH): "：余下的为订单班预留，{needs} 起释放",
    ("places", EN): ": what is left is reserved for order classes until {needs}",
    ("level", ZH): "；须达到{needs}",
    ("level", EN): "; needs {needs}",
    ("licence", ZH): "：{needs}",
    ("licence", EN): ": {needs}",
    ("trade", ZH): "：{needs}；确属对口请用 map pair 确认",
    ("trade", EN): ": {needs}; if it is in trade, decide so with map pair",
    ("adult", ZH): "；{needs} 满 18 周岁",
    ("adult", EN): "; is one on {needs}",
}


def rule(code: str, holds: bool, needs: Sequence[str], language: str = ZH) -> str:  # noqa: FBT001 - an answer, not a mode
    """Say whether a rule holds, and what would make it hold.

    Raises
    ------
    KeyError
        If there is no such rule.
    """
    yes, no = _RULES[code, language]
    if holds:
        return yes
    if not needs:
        return no
    named = [label(SkillLevel[each], language) for each in needs] if code == "level" else needs
    return no + _NEEDS[code, language].format(needs=("、" if language == ZH else ", ").join(named))


def reserved_by(agreement_id: str, returns_on: str, language: str = ZH) -> str:
    """Say that an agreement keeps what is left of a post, and until when."""
    if language == EN:
        return f"what is left is reserved by agreement {agreement_id} until {returns_on}"
    return f"余下的名额由协议 {agreement_id} 预留，{returns_on} 起释放"
