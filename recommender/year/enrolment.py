"""Enrolment (招生计划) beside order classes and other agreements, before a class opens.

docs/planner.md says which agreement belongs to which programme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from recommender.data import programmes as plans
from recommender.data import store
from recommender.domain import (
    Agreement,
    Reference,
    TrainingMode,
    TrainingTier,
    class_year_of,
)
from recommender.matching.reserved import is_member, promised_places
from recommender.programmes import Programme
from recommender.year.suppression import show


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLine:
    """A programme whose students have not entered yet.

    Attributes
    ----------
    places, coming
        Planned; those who come, taken ones where that is known, else the plan. None where the
        reader may not know so small a count.
    promised
        Places that agreements promise its class: those of an agreement for several programmes
        in proportion to who comes.
    agreements
        Their ids; empty where the class has none.
    """

    college: str
    trade: str
    training_tier: TrainingTier
    entry_year: int
    class_year: int
    places: int
    coming: int | None
    promised: float
    agreements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClass:
    """An agreement for a class that has not entered yet.

    Attributes
    ----------
    promised
        Its ceiling, else its floor; 0 where it names neither.
    programmes
        How many programmes it may be filled from.
    coming
        Students of these; None where the reader may not know so small a count.
    """

    agreement_id: str
    college: str
    credit_code: str
    enterprise: str | None
    mode: TrainingMode
    trade: str | None
    class_year: int | None
    promised: int
    programmes: int
    coming: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Programmes that open, order classes beside them, and agreements that have no programme."""

    day: date
    entry_year: int | None
    suppressed: bool
    programmes: tuple[ProgrammeLine, ...]
    order_classes: tuple[OrderClass, ...]
    without_programme: tuple[OrderClass, ...]


def enrolment(
    engine: Engine,
    *,
    day: date,
    entry_year: int | None = None,
    colleges: Collection[str] | None = None,
    exact: bool = True,
) -> Enrolment:
    """Lay programmes whose students enter from the next September on beside agreements.

    Parameters
    ----------
    entry_year
        Only those who enter in this year; None for all that have not entered.
    colleges
        Whose; None for all.
    exact
        Whether the reader may know small counts of students.
    """
    with store.reading(engine) as conn:
        planned = plans.load_programmes(conn, day=day)
        known = store.load_reference(conn, day=day)
        graduates = store.load_graduates(conn)
        posts = store.load_posts(conn, day=day)
    first = class_year_of(day)  # the year of the next September
    ours = [each for each in planned if colleges is None or each.college in colleges]
    opening = [
        each
        for each in ours
        if (each.entry_year >= first if entry_year is None else each.entry_year == entry_year)
    ]
    terms = [
        each
        for each in sorted(known.agreements, key=lambda one: one.agreement_id)
        if each.mode is not TrainingMode.DIRECT and (colleges is None or each.college in colleges)
    ]
    served = {
        each.agreement_id: [one for one in opening if belongs(one, each, known)] for each in terms
    }
    names = {post.credit_code: post.enterprise for post in posts}
    later = [each for each in graduates if each.class_year > first]
    return Enrolment(
        day=day,
        entry_year=entry_year,
        suppressed=not exact,
        programmes=tuple(_programme(each, terms, served, exact=exact) for each in opening),
        order_classes=tuple(
            _order_class(each, served[each.agreement_id], names, exact=exact)
            for each in terms
            if served[each.agreement_id]
        ),
        without_programme=tuple(
            _order_class(each, (), names, exact=exact)
            for each in terms
            if _is_of_later_class(each, day)
            and not any(belongs(one, each, known) for one in ours)
            and not any(is_member(one, each, known) for one in later)
        ),
    )


def belongs(programme: Programme, agreement: Agreement, known: Reference) -> bool:
    """Say whether an agreement may be filled from a programme.

    They are of one college, and of one trade and class year where the agreement names them; one
    that names no class year is filled from the classes that graduate while it runs.
    """
    if programme.college != agreement.college:
        return False
    if agreement.trade is not None:
        own, asked = (
            {trade for trade, _ in known.trades_of(name)}
            for name in (programme.trade, agreement.trade)
        )
        if not own & asked:
            return False
    if agreement.class_year is not None:
        return agreement.class_year == programme.class_year
    first, last = class_year_of(agreement.starts_on), class_year_of(agreement.ends_on)
    return first <= programme.class_year <= last


def _is_of_later_class(agreement: Agreement, day: date) -> bool:
    """Whether an agreement names a class that graduates after the one being placed."""
    return agreement.class_year is not None and agreement.class_year > class_year_of(day)


def _programme(
    one: Programme,
    terms: Sequence[Agreement],
    served: Mapping[str, Sequence[Programme]],
    *,
    exact: bool,
) -> ProgrammeLine:
    own = [each for each in terms if one in served[each.agreement_id]]
    promised = 0.0
    for each in own:
        of = sum(other.coming for other in served[each.agreement_id])
        promised += promised_places(each) * (one.coming / of if of else 0.0)
    return ProgrammeLine(
        college=one.college,
        trade=one.trade,
        training_tier=one.training_tier,
        entry_year=one.entry_year,
        class_year=one.class_year,
        places=one.places,
        coming=one.coming if exact else show(one.coming),
        promised=promised,
        agreements=tuple(each.agreement_id for each in own),
    )


def _order_class(
    one: Agreement, programmes: Sequence[Programme], names: Mapping[str, str], *, exact: bool
) -> OrderClass:
    n_coming = sum(each.coming for each in programmes)
    return OrderClass(
        agreement_id=one.agreement_id,
        college=one.college,
        credit_code=one.credit_code,
        enterprise=names.get(one.credit_code),
        mode=one.mode,
        trade=one.trade,
        class_year=one.class_year,
        promised=promised_places(one),
        programmes=len(programmes),
        coming=n_coming if exact else show(n_coming),
    )
