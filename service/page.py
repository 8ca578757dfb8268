"""The page at ``/``: pick trade, level and home, see posts with reasons; stores nothing.

The question is posted, so that nothing of it stands in an address, a history or a log. It
works without a script, without cookies, and asks no other host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.datastructures import MultiDict

from recommender import wording
from recommender.domain import Reason, SkillLevel
from recommender.errors import NoModel, RankingOff, Unreadable
from recommender.placements import PostRanking, RankedPost
from service import showing
from service.parts import parts
from service.problems import KINDS
from service.texts import PUBLISHED, RULES, language, pick, texts

N_POSTS = 10
_FAULTS = {"unknown_region": "error_region", "ambiguous_region": "error_region_many"}
_HALF = 50.0  # a bar starts in the middle of a drawing 100 wide

page = Blueprint("page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a person entered, to be shown again as it was."""

    trade: str = ""
    level: str = ""
    home: str = ""
    wishes: tuple[str, ...] = ()
    pay: str = ""
    licences: str = ""
    is_adult: bool = False
    order: str = "market"

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> Filled:
        """Read a form; what was not sent is empty."""
        return cls(
            trade=form.get("trade", "").strip(),
            level=form.get("level", ""),
            home=form.get("home", "").strip(),
            wishes=tuple(form.getlist("wish")),
            pay=form.get("pay", "").strip(),
            licences=form.get("licences", "").strip(),
            is_adult="adult" in form,
            order="fit" if form.get("order") == "fit" else "market",
        )

    @property
    def has_wishes(self) -> bool:
        """Whether anything below the fold was entered, so that it is shown again."""
        stated = (self.wishes, self.pay, self.licences)
        return any(stated) or self.order != "market"

    def cells(self) -> dict[str, object]:
        """Give what was entered under the roster's column names."""
        stated = {
            "trade": self.trade,
            "skill_level": self.level,
            "home_region": self.home,
            "wish_regions": ";".join(self.wishes),
            "wish_pay": self.pay,
            "licences": self.licences,
            "adult_on": parts().today().isoformat() if self.is_adult else "",
        }
        return {column: value for column, value in stated.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One reason with its bar: from the middle to the right where it counts for the post."""

    text: str
    amount: str
    is_plus: bool
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One post as the page shows it."""

    rank: int
    occupation: str
    enterprise: str
    region: str
    places: str
    pay: str
    level: str
    closes: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A field of the form that has to be corrected."""

    field: str
    text: str


@page.after_request
def forget(response: Response) -> Response:
    """Let no browser or proxy keep what was asked or answered."""
    response.headers["Cache-Control"] = "no-store"
    return response


@page.get("/")
def show() -> str:
    """Show the empty form."""
    return _render(Filled())


@page.post("/")
def ask() -> str:
    """Show the posts for what was entered."""
    filled = Filled.of(request.form)
    if not filled.trade:
        # The language button sends a form that may still be empty.
        empty = Fault(field="trade", text=texts(language())["error_trade"])
        return _render(filled, fault=empty if "ask" in request.form else None)
    ranked = parts().desk.rank_for_profile(filled.cells(), top=N_POSTS, order=filled.order)
    showing.keep(ranked, parts().new_request_id(), via="page")
    return _render(filled, ranked=ranked)


@page.errorhandler(Unreadable)
def correct(refusal: Unreadable) -> tuple[str, int]:
    """Show the form again, saying which field to correct."""
    key = _FAULTS.get(refusal.code, "error_field")
    suggestions = "、".join(refusal.suggestions)
    text = texts(language())[key].format(value=refusal.value, suggestions=suggestions)
    fault = Fault(field=refusal.field, text=text)
    return _render(Filled.of(request.form), fault=fault), 422


@page.errorhandler(NoModel)
def not_ready(refusal: NoModel) -> tuple[str, int]:
    """Say why nothing is ranked, and keep what was entered."""
    is_off = isinstance(refusal, RankingOff)
    return _render(Filled.of(request.form), is_ready=False, is_off=is_off), 503


@page.get("/problems/<slug>")
def explain(slug: str) -> str:
    """Explain a kind of problem: what the `type` of an API error points to."""
    if slug not in KINDS:
        abort(404)
    lang = language()
    return render_template("problem.html", kind=KINDS[slug], slug=slug, t=texts(lang), lang=lang)


def _render(
    filled: Filled,
    *,
    ranked: PostRanking | None = None,
    fault: Fault | None = None,
    is_ready: bool = True,
    is_off: bool = False,
) -> str:
    lang = language()
    t = texts(lang)
    return render_template(
        "index.html",
        t=t,
        lang=lang,
        other="zh" if lang == "en" else "en",
        filled=filled,
        choices=parts().desk.choices(),
        levels=[(level.name, wording.label(level, lang)) for level in SkillLevel],
        is_sample=parts().settings.sample,
        is_asked=request.method == "POST",
        is_ready=is_ready,
        is_off=is_off,
        day=ranked.as_of if ranked else parts().today(),
        ranked=ranked,
        lines=_lines(ranked.ranking, lang, t) if ranked else (),
        published=pick(PUBLISHED.get(ranked.published), lang, ranked.published) if ranked else "",
        excluded=_excluded(ranked.excluded_by, lang) if ranked else (),
        fault=fault,
    )


def _lines(ranking: Sequence[RankedPost], lang: str, t: Mapping[str, str]) -> tuple[Line, ...]:
    amounts = [abs(reason.contribution) for line in ranking for reason in line.reasons]
    longest = max(amounts, default=0.0) or 1.0
    return tuple(
        Line(
            rank=line.rank,
            occupation=line.occupation,
            enterprise=line.post.enterprise,
            region=line.region,
            places=t["places_unit"].format(count=line.open_places),
            pay=_pay(line.post.monthly_pay_min, line.post.monthly_pay_max, t),
            level=_level(line, lang, t),
            closes=t["closes"].format(day=line.post.closes_on.isoformat()),
            bars=tuple(
                _bar(reason, longest, lang)
                for reason in line.reasons
                if round(abs(reason.contribution), 2)  # what rounds to nothing says nothing
            ),
        )
        for line in ranking
    )


def _bar(reason: Reason, longest: float, lang: str) -> Bar:
    width = round(_HALF * abs(reason.contribution) / longest, 1)
    is_plus = reason.contribution > 0
    return Bar(
        text=reason.text_en if lang == "en" else reason.text,
        amount=f"{'+' if is_plus else '−'}{abs(reason.contribution):.2f}",
        is_plus=is_plus,
        x=_HALF if is_plus else _HALF - width,
        width=width,
    )


def _pay(low: int | None, high: int | None, t: Mapping[str, str]) -> str:
    key = {
        (True, True): "pay_range",
        (True, False): "pay_from",
        (False, True): "pay_to",
        (False, False): "pay_none",
    }[low is not None, high is not None]
    return t[key].format(low=f"{low or 0:,}", high=f"{high or 0:,}")


def _level(line: RankedPost, lang: str, t: Mapping[str, str]) -> str:
    if line.post.min_level is None:
        return ""
    return t["min_level"].format(level=wording.label(line.post.min_level, lang))


def _excluded(codes: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(pick(RULES.get(code), lang, code) for code in codes)
