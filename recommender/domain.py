"""The things the program is about; pure data: no files, no SQL, no arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt

from recommender.errors import InvalidValue

# `Outcome` has a field named as the sheet names it, `date`, which hides the type inside it.
Day = date


class SkillLevel(IntEnum):
    """Vocational skill level; a larger value is a higher skill.

    Certificates number five of the eight the other way round (5 is the lowest, 1 the
    highest). `from_certificate` is the only place that knows it.

    Source: 人社部发〔2022〕14号, the eight-level skilled-worker scale.
    """

    APPRENTICE = 1
    JUNIOR_WORKER = 2
    INTERMEDIATE_WORKER = 3
    SENIOR_WORKER = 4
    TECHNICIAN = 5
    SENIOR_TECHNICIAN = 6
    SPECIAL_GRADE_TECHNICIAN = 7
    CHIEF_TECHNICIAN = 8

    @classmethod
    def from_certificate(cls, number: int) -> SkillLevel:
        """Read a certificate's number, 1 (highest) to 5 (lowest).

        Raises
        ------
        InvalidValue
            If the number is outside 1 to 5.
        """
        if not 1 <= number <= 5:
            raise InvalidValue("certificate", "", "level", number)
        return cls(7 - number)


class TrainingTier(StrEnum):
    """Programme enrolled in; not a certificate held."""

    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    PREPARATORY_TECHNICIAN = "preparatory_technician"


class TrainingMode(StrEnum):
    """How an enterprise takes people; a mode alone reserves nothing."""

    DIRECT = "direct"
    ORDER = "order"
    DIRECTED = "directed"
    POST_SPECIFIC = "post_specific"
    APPRENTICESHIP = "apprenticeship"


class ShortageLevel(StrEnum):
    """How scarce the catalog's issuing body calls an occupation."""

    ORDINARY = "ordinary"
    SHORT = "short"
    VERY_SHORT = "very_short"


class OutcomeStage(StrEnum):
    """One step of one graduate with one post."""

    RECOMMENDED = "recommended"
    INTERESTED = "interested"
    DECLINED = "declined"
    INTERVIEWED = "interviewed"
    REJECTED = "rejected"
    OFFERED = "offered"
    SIGNED = "signed"
    CANCELLED = "cancelled"
    INTERNED = "interned"
    STARTED = "started"
    RETAINED = "retained"
    LEFT = "left"


# Steps that take a place, and steps that give it back.
CONFIRMING = frozenset({OutcomeStage.SIGNED, OutcomeStage.STARTED, OutcomeStage.RETAINED})
ENDING = frozenset({OutcomeStage.CANCELLED, OutcomeStage.LEFT})
# All that decide who may take what; the other steps only teach the model.
DECIDING = (
    CONFIRMING | ENDING | {OutcomeStage.DECLINED, OutcomeStage.REJECTED, OutcomeStage.INTERNED}
)


class Channel(StrEnum):
    """Where a step came from."""

    OFFICE = "office"
    FAIR = "fair"
    KIOSK = "kiosk"
    SELF = "self"


class StepReason(StrEnum):
    """Why a step went as it did; FULL says nothing about merit."""

    FULL = "full"
    SKILL = "skill"
    PAY = "pay"
    DISTANCE = "distance"
    SHIFTS = "shifts"
    HEALTH = "health"
    OTHER = "other"


class AwardLevel(IntEnum):
    """Level of a skills competition; a larger value is a wider competition."""

    CITY = 1
    PROVINCE = 2
    NATION = 3
    WORLD = 4


class MemberKind(StrEnum):
    """What kind of body belongs to an alliance."""

    TECHNICIAN_COLLEGE = "technician_college"
    VOCATIONAL_SCHOOL = "vocational_school"
    ENTERPRISE = "enterprise"
    INDUSTRY_BODY = "industry_body"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillCertificate:
    """A skill-level certificate.

    Attributes
    ----------
    occupation_code
        Occupation of the national classification, 2022 edition.
    certified_by
        Credit code of the enterprise that certified the skill itself; None for a public one.
    """

    occupation_code: str
    level: SkillLevel
    certified_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """A place won in a skills competition, for an occupation where stated."""

    level: AwardLevel
    occupation_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graduate:
    """One graduate as matching needs them; names and numbers stay in `PersonalDetails`.

    Attributes
    ----------
    trade
        As the college writes it; `Reference.trade_of` reads it.
    class_year
        Year of graduation.
    skill_level
        Highest certificate held; None if not stated.
    grade_band
        1 (best) to 5; a feature, never a rule.
    home_region, wish_regions
        Six-digit GB/T 2260 codes.
    wish_pay
        CNY per month before tax.
    adult_on
        Day of the eighteenth birthday; None if not stated.
    """

    graduate_id: str
    college: str
    trade: str
    class_year: int
    consent: bool
    trade_code: str | None = None
    class_name: str | None = None
    training_tier: TrainingTier | None = None
    skill_level: SkillLevel | None = None
    certificates: tuple[SkillCertificate, ...] = ()
    expected_level: SkillLevel | None = None
    expected_on: date | None = None
    licences: tuple[str, ...] = ()
    awards: tuple[Award, ...] = ()
    grade_band: int | None = None
    home_region: str | None = None
    wish_regions: tuple[str, ...] = ()
    wish_pay: int | None = None
    order_class: str | None = None
    hired_at_enrolment: bool = False
    adult_on: date | None = None

    def __post_init__(self) -> None:
        if not 1990 <= self.class_year <= 2100:
            raise InvalidValue("graduate", self.graduate_id, "class_year", self.class_year)
        if self.grade_band is not None and not 1 <= self.grade_band <= 5:
            raise InvalidValue("graduate", self.graduate_id, "grade_band", self.grade_band)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDetails:
    """What officers alone may see of a graduate; kept apart from everything else."""

    graduate_id: str
    name: str | None = None
    student_no: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One line of a demand catalog: people wanted by one enterprise for one occupation.

    Attributes
    ----------
    headcount
        People wanted; at least 1.
    region_code
        Six-digit GB/T 2260 code of the place of work.
    monthly_pay_min, monthly_pay_max
        CNY per month before tax; None if not stated.
    opens_on, closes_on
        First and last day open, both inclusive.
    withdrawn_on
        First day on which the issuing body's whole catalog no longer held it; None while
        it does.
    """

    post_id: str
    enterprise: str
    credit_code: str
    occupation_code: str
    region_code: str
    headcount: int
    opens_on: date
    closes_on: date
    issuing_body: str | None = None
    occupation: str | None = None
    job_type: str | None = None
    industry_chain: str | None = None
    is_chain_leader: bool | None = None
    min_level: SkillLevel | None = None
    training_mode: TrainingMode | None = None
    shortage_level: ShortageLevel | None = None
    monthly_pay_min: int | None = None
    monthly_pay_max: int | None = None
    required_licence: tuple[str, ...] = ()
    preferred_certificates: tuple[str, ...] = ()
    accepts_own_certificate: bool | None = None
    adults_only: bool | None = None
    board_and_lodging: str | None = None
    shifts: str | None = None
    insurance: str | None = None
    duties: str | None = None
    contact: str | None = None
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        if self.headcount < 1:
            raise InvalidValue("post", self.post_id, "headcount", self.headcount)
        if self.closes_on < self.opens_on:
            raise InvalidValue("post", self.post_id, "closes_on", self.closes_on)

    def is_open(self, day: date) -> bool:
        """Whether the post is open on a day; places left are another question."""
        return self.opens_on <= day <= self.closes_on and (
            self.withdrawn_on is None or day < self.withdrawn_on
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One step of one graduate with one post; what the model learns from.

    Attributes
    ----------
    recorded_on
        When it became known; never before anybody could act on it.
    shown_rank
        Place in the list shown, from 1; None if not stated. Never a feature.
    interned_until
        Last day of an internship, which holds a place until then; None if not stated, and
        for any other step.
    agreed_on
        Day on which college, enterprise and student signed its three-party agreement.
    """

    graduate_id: str
    post_id: str
    stage: OutcomeStage
    date: Day
    recorded_on: Day
    channel: Channel | None = None
    shown_rank: int | None = None
    reason: StepReason | None = None
    interned_until: Day | None = None
    agreed_on: Day | None = None

    def known_by(self, day: Day) -> bool:
        """Whether the step had happened and was recorded by the end of the day."""
        return self.date <= day and self.recorded_on <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One body of an alliance.

    Attributes
    ----------
    staff
        People whom an enterprise employs, at least 1; None if not stated.
    """

    name: str
    kind: MemberKind
    region: str
    alliance: str
    credit_code: str | None = None
    industry_chain: str | None = None
    staff: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A college and an enterprise agreed to train people for places.

    Attributes
    ----------
    floor, ceiling
        Fewest and most people; None if not stated.
    returns_on
        Day on which reserved places go back to everybody; `ends_on` where not stated.
    """

    agreement_id: str
    college: str
    credit_code: str
    mode: TrainingMode
    starts_on: date
    ends_on: date
    trade: str | None = None
    post_id: str | None = None
    region: str | None = None
    class_year: int | None = None
    floor: int | None = None
    ceiling: int | None = None
    level_due: SkillLevel | None = None
    returns_on: date | None = None


class TrainingResult(StrEnum):
    """How an apprenticeship ended: LEFT is without an examination."""

    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apprentice:
    """An employee enrolled at a college (招工即招生), for a level of an occupation.

    Who is a graduate and hired at enrolment (招生即招工) is none: see `Graduate`.

    Attributes
    ----------
    starts_on, ends_on
        First and last day of training, both inclusive.
    result
        None while nothing is known.
    contract_on, examined_on
        Days of the labour contract and of the examination; None if not stated.
    """

    apprentice_id: str
    credit_code: str
    college: str
    occupation_code: str
    starts_on: date
    ends_on: date
    target_level: SkillLevel
    result: TrainingResult | None = None
    contract_on: date | None = None
    examined_on: date | None = None


class InterestSide(StrEnum):
    """Who of a pair is interested."""

    GRADUATE = "graduate"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One side of a graduate and a post is interested in the other, as stated for a fair.

    Attributes
    ----------
    rank
        From 1, the most wanted: among that graduate's posts, or among that post's graduates;
        equal ranks are liked alike. None is interested, and no more said.
    """

    fair_id: str
    graduate_id: str
    post_id: str
    side: InterestSide
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A province, city or county of the administrative division (GB/T 2260).

    Attributes
    ----------
    longitude, latitude
        Degrees; a county without its own point has its city's. None outside Shandong.
    """

    code: str
    name: str
    city_code: str
    city_name: str
    longitude: float | None = None
    latitude: float | None = None

    @property
    def full_name(self) -> str:
        """City and county, as a person says it."""
        return self.name if self.code == self.city_code else f"{self.city_name}{self.name}"


EARTH_RADIUS_KM = 6371.0088


def distance_km(a: Region, b: Region) -> float | None:
    """Great-circle distance between two regions' points, km; None where a point is unknown.

    Haversine formula on the mean Earth radius (IUGG 1980).
    """
    if a.longitude is None or a.latitude is None or b.longitude is None or b.latitude is None:
        return None
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = radians(b.longitude - a.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))


@dataclass(frozen=True, slots=True)
class Pair:
    """A trade leads to an occupation.

    Attributes
    ----------
    weight
        0 to 1; how directly the trade trains for the occupation.
    basis
        ``standard``, ``knowledge`` (unverified) or ``officer``.
    mass
        What the pair counts where one person is split over occupations; None is `weight`. It
        differs where codes have changed.
    """

    occupation_code: str
    weight: float
    basis: str
    mass: float | None = None

    @property
    def share(self) -> float:
        """What the pair counts where one person is split over occupations."""
        return self.weight if self.mass is None else self.mass


@dataclass(frozen=True, slots=True)
class Reference:
    """The public tables as matching needs them, with officers' decisions applied.

    Attributes
    ----------
    pairs
        Known trade → the occupations it leads to, heaviest first.
    trade_names
        A trade as a college writes it → the known trade it is read as.
    occupations
        Occupation code → name.
    groups
        Code of a minor (``6-18-01``) or middle (``6-18``) group → name.
    regions
        GB/T 2260 code → region.
    agreements
        Between colleges and enterprises; whatever day they hold.
    occupation_heirs, trade_heirs
        Code or trade that has changed → those that it counts as, each with its part; parts
        sum to 1. `succession.with_changes` works them out.
    """

    pairs: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)
    trade_names: Mapping[str, str] = field(default_factory=dict)
    occupations: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    occupation_heirs: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    trade_heirs: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)

    def trade_of(self, name: str) -> str:
        """Read a trade as written; a name nobody mapped stands for itself.

        One that has been split counts as the largest part of it.
        """
        return _largest(self.trades_of(name))

    def trades_of(self, name: str) -> tuple[tuple[str, float], ...]:
        """List the trades that a trade, as written, counts as, with parts that sum to 1."""
        known = self.trade_names.get(name, name)
        return self.trade_heirs.get(known, ((known, 1.0),))

    def recoded_trades(self) -> frozenset[str]:
        """Name every trade that has changed, and every one that follows one."""
        now = {trade for parts in self.trade_heirs.values() for trade, _ in parts}
        return frozenset(now | set(self.trade_heirs))

    def occupation_of(self, code: str) -> str:
        """Give the code that an occupation counts as; the largest part of one that was split."""
        return _largest(self.occupations_of(code))

    def occupations_of(self, code: str) -> tuple[tuple[str, float], ...]:
        """List the codes that an occupation counts as, with parts that sum to 1."""
        return self.occupation_heirs.get(code, ((code, 1.0),))

    def pairs_of(self, trade: str) -> tuple[Pair, ...]:
        """List the occupations that a trade, as written, leads to; empty if unknown."""
        return self.pairs.get(self.trade_names.get(trade, trade), ())

    def leads_to(self, trade: str, occupation_code: str) -> bool | None:
        """Say whether a trade, as written, leads to an occupation, or to a group that it is in.

        None where nobody knows what the trade leads to.
        """
        related = {pair.occupation_code for pair in self.pairs_of(trade)}
        own = {
            each
            for code, _ in self.occupations_of(occupation_code)
            for each in (code, minor_group(code), middle_group(code))
        }
        return not related.isdisjoint(own) if related else None

    def city_of(self, code: str | None) -> str | None:
        """Give the city's code of a region; None where the region is unknown."""
        region = self.regions.get(code) if code else None
        return region.city_code if region else None


def _largest(parts: tuple[tuple[str, float], ...]) -> str:
    return min(parts, key=lambda part: (-part[1], part[0]))[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRoute:
    """One way to apply for a skill level, as far as a roster can show it.

    Attributes
    ----------
    held
        Level that has to be held already; None where none is asked.
    colleges
        Words of which a college's name has to hold one; empty where any college will do.
    clause
        The condition as the table of levels words it.
    """

    level: SkillLevel
    held: SkillLevel | None
    colleges: tuple[str, ...]
    clause: str


def minor_group(occupation_code: str) -> str:
    """Cut an occupation code to its minor group: ``6-18-01-01`` → ``6-18-01``."""
    return occupation_code[:7]


def middle_group(occupation_code: str) -> str:
    """Cut an occupation code to its middle group: ``6-18-01-01`` → ``6-18``."""
    return occupation_code[:4]


def class_year_of(day: date) -> int:
    """Give the class year that is being placed on a day: the next one from 1 September."""
    return day.year + (day.month >= 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One exact part of a score.

    Attributes
    ----------
    code
        Stable word for the kind of reason, e.g. ``trade_occupation`` or ``price``.
    text, text_en
        A sentence without identifiers or feature names, in Chinese and in English.
    contribution
        What it adds to the score; all of a post's contributions add up to its score.
    """

    code: str
    text: str
    text_en: str
    contribution: float
