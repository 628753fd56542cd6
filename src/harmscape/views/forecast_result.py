"""What a forecast answers: the past, the months and years to come, areas and measures, and the back-test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence


@dataclass(frozen=True, slots=True)
class PastMonth:
    """A month as recorded; events None where it is missing. learned: whether the forecast learns from it."""

    month: str
    events: int | None
    gap: bool
    learned: bool


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """A month to come: events with their 80 % and 95 % range."""

    month: str
    events: float
    lo_80: int
    hi_80: int
    lo_95: int
    hi_95: int


@dataclass(frozen=True, slots=True)
class YearAhead:
    """Twelve months to come, from `starts` to `ends` (months): events and harm with their ranges.

    tests: how many forecasts so many years ahead could be tested, held_80 how many the 80 % range was right.
    """

    year: int
    starts: str
    ends: str
    events: int
    lo_80: int
    hi_80: int
    lo_95: int
    hi_95: int
    harm: float
    harm_lo: float
    harm_hi: float
    tests: int
    held_80: int


@dataclass(frozen=True, slots=True)
class AreaAhead:
    """An area: the last twelve months, the next, and the last year forecast, with 95 % ranges.

    final is None where one year alone is told. harm: of the next twelve months.
    """

    area_id: str
    name: str
    last_year: int
    next_year: int
    next_lo: int
    next_hi: int
    final: int | None
    final_lo: int | None
    final_hi: int | None
    harm: float


@dataclass(frozen=True, slots=True)
class MeasureAhead:
    """A measure of a sum by itself, over all areas; the figures of an area, and what chose them.

    method is None where nothing could be tested; is_better: whether it beats last year's count.
    """

    id: str
    title: str
    last_year: int | None = None
    next_year: int | None = None
    next_lo: int | None = None
    next_hi: int | None = None
    final: int | None = None
    final_lo: int | None = None
    final_hi: int | None = None
    method: str | None = None
    is_better: bool = False


@dataclass(frozen=True, slots=True)
class MethodScore:
    """How a method did in the back-test: mean CRPS and absolute error (events or points), ranges held."""

    method: str
    title: str
    forecasts: int
    crps: float
    error: float
    held_80: int
    held_95: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class BackTested:
    """A back-test: of what, in which unit (`years` or `months`), every method beside last year's count.

    gain: by what share the chosen method's CRPS is under that of last year's count.
    """

    of: str
    title: str
    unit: str
    chosen: str
    is_better: bool
    gain: float
    methods: tuple[MethodScore, ...]


@dataclass(frozen=True, slots=True)
class WhereArea:
    """An area forecast to have most, and what came."""

    area_id: str
    name: str
    forecast: float
    came: int
    rank_came: int


@dataclass(frozen=True, slots=True)
class Where:
    """The k areas forecast to have most in the last year tested, beside what came and last year's count.

    ties: areas forecast as many as the last of them, itself included.
    """

    starts: str
    ends: str
    k: int
    of: int
    areas: tuple[WhereArea, ...]
    ties: int
    tie_order: str
    hit_rate: float | None
    pai: float | None
    pei: float | None
    rri: float | None
    last_year_hit_rate: float | None
    last_year_pai: float | None
    last_year_pei: float | None


@dataclass(frozen=True, kw_only=True)
class Forecast(Result):
    """What is to come, with the record of having been right. `place` is None for all areas together.

    last_year: events of the last twelve months learned from. back_tests: of the total (or the place's areas),
    of the areas, and of harm; empty where too little is known. unplaced: what comes in no area.
    """

    ROWS: ClassVar[str] = "areas"

    sentence: Sentence
    title: str
    method: str
    place: Mapping[str, str] | None
    history: tuple[PastMonth, ...]
    months: tuple[MonthAhead, ...]
    years: tuple[YearAhead, ...]
    last_year: int | None
    areas: tuple[AreaAhead, ...]
    unplaced: AreaAhead | None
    measures: tuple[MeasureAhead, ...]
    back_tests: tuple[BackTested, ...]
    where: Where | None
    how: tuple[str, ...]
    by: Mapping[str, str]
    measure: Mapping[str, str]
    unit: str
    selection: Mapping[str, str]
