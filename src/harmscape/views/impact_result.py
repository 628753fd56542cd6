"""What an impact answers: its sentences, its figures, and all that they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from harmscape.views.impact_figure import Figure
from harmscape.views.impact_ground import Elsewhere
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence


@dataclass(frozen=True, slots=True)
class MonthPair:
    """A month of the treated areas beside what their controls let expect, with its 95 % band.

    side: `before`, `after`, or `neither` for a month that the start cuts; events None: a gap.
    """

    month: date
    side: str
    used: bool
    events: int | None
    expected: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class PeriodRatio:
    """One period of the event study: its first month, and the ratio to the period just before the start."""

    month: date
    ratio: float
    lo: float
    hi: float | None
    reference: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring about the operation: its width in metres where it was drawn so, or the bordering areas."""

    name: str
    metres_from: float | None
    metres_to: float | None
    areas: tuple[str, ...]
    before: int
    after: int
    change: Figure


@dataclass(frozen=True, slots=True)
class Control:
    """An area offered as control: how unlike the treated it is in each respect, and whether it was chosen.

    0 cannot be told from alike, 1 is as far as areas usually lie apart; None where too few events tell.
    """

    area_id: str
    name: str
    chosen: bool
    vetoed: str | None
    events_a_month: float
    level: float | None
    trend: float | None
    season: float | None
    mix: float | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another choice a fair critic would try. kind: what was chosen otherwise; of: `events` or `points`."""

    kind: str
    name: str
    of: str
    estimate: float
    lo: float
    hi: float
    turns: bool


@dataclass(frozen=True, slots=True)
class WatchedMonth:
    """What somebody who looked every month would have seen by then; the range holds at every look at once."""

    month: date
    ratio: float | None
    lo: float
    hi: float | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class Anyway:
    """Regression to the mean: events of the treated areas in the year before the start, in a mean earlier
    year, and those that the year after would bring with nothing done, with 95 % limits."""

    last: float
    past: float
    expected_next: float
    lo: float
    hi: float


@dataclass(frozen=True, kw_only=True)
class Impact(Result):
    """Did it work? The answer in a sentence, and what it rests on."""

    ROWS: ClassVar[str] = "methods"

    operation: Mapping[str, Any]
    measure: Mapping[str, str]
    sentence: Sentence
    displacement: str
    harm: str
    methods: tuple[Figure, ...]
    harm_figure: Figure
    harm_by_kind: tuple[Mapping[str, object], ...]
    together: Figure | None
    observed: int
    expected: float | None
    windows: Mapping[str, object]
    months: tuple[MonthPair, ...]
    fit: float | None
    study: tuple[PeriodRatio, ...]
    drift_p: float | None
    rings: tuple[Ring, ...]
    treated: tuple[str, ...]
    controls: tuple[Control, ...]
    likeness: str
    elsewhere: tuple[Elsewhere, ...]
    others: tuple[Other, ...]
    robustness: str
    power: str
    watch: tuple[WatchedMonth, ...]
    anyway: Anyway | None
    by: Mapping[str, str]
    selection: Mapping[str, str]
