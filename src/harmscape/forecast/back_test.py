"""Was it right before? Every method asked again at earlier dates, knowing only what was known then.

Answers "why should I believe this?". At up to twelve earlier months (rolling origin) each method forecasts
what has come since: the total of each whole year, or the months where not even one year lies behind a date.
Scored are the CRPS, how often the 80 % and 95 % range held what came, and the mean absolute error. Areas are
scored as they are shown, scaled to the force's forecast of the same date.

Of the two methods that carry no trend on, last year's count and the Gamma-Poisson rates, the one with the
less mean CRPS stands. A trend is shown only where its CRPS is less by a fifth: five years hold some three
years that do not overlap, a level that wanders or stepped once often looks like a trend in them, and a trend
believed wrongly costs most in the fourth year, which is tested least.

The dates overlap, so 21 forecasts are not 21 independent ones; and the method is chosen by the same figures
that are shown for it, which flatters it a little where several are nearly as good.

Sources: Tashman 2000, International Journal of Forecasting 16:437 (rolling origin); Gneiting and Raftery
2007, Journal of the American Statistical Association 102:359 (CRPS); Armstrong, Green and Graefe 2015,
Journal of Business Research 68:1717 (conservative where trends are uncertain). The fifth is ours, from
simulation: docs/explanation/forecast.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR, Ahead, sums
from harmscape.forecast.crps import cdf_counts, crps_counts
from harmscape.forecast.damped import damped
from harmscape.forecast.gamma_poisson import gamma_poisson
from harmscape.forecast.reconcile import to_the_whole
from harmscape.forecast.seasonal_naive import seasonal_naive

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Method = Callable[[Floats, Ints, int, Ahead | None], Ahead]

FLOOR = "last_year"
METHODS: Mapping[str, Method] = {
    FLOOR: lambda counts, _calendar, months, _whole: seasonal_naive(counts, months),
    "damped": lambda counts, calendar, months, _whole: damped(counts, calendar, months),
    "damped_percent": lambda counts, calendar, months, _whole: damped(counts, calendar, months, in_logs=True),
    "gamma_poisson": gamma_poisson,
}

LEVEL_ALONE = (FLOOR, "gamma_poisson")
"""The methods that carry no trend on."""
TREND_GAINS = 0.2
"""By how much of their CRPS a trend must be better than those to be believed."""
FEWEST = 24
"""Known months before a method learns a season, and so before anything but last year's count is tried."""
ENOUGH_FOR_LOGS = 10
"""Events a month from which logarithms of counts behave; of areas, that of the middle one."""
MOST_YEARS, _MOST_ORIGINS, _FEWEST_ORIGINS, _AREAS_AT_ALL_ORIGINS = 4, 12, 4, 500


@dataclass(frozen=True, slots=True)
class Score:
    """How a method did: forecasts made, mean CRPS and absolute error in events, how many its ranges held."""

    method: str
    unit: str
    forecasts: int
    crps: float
    error: float
    within_80: int
    within_95: int


@dataclass(frozen=True, slots=True)
class Made:
    """Forecasts once made of one year or month: mean, variance and what came, each shape (p,).

    origin: how many months were known then. starts: the first month meant, ahead: which year or month it is
    after the origin, from 1.
    """

    origin: int
    starts: int
    ahead: int
    mean: Floats
    variance: Floats
    came: Floats


@dataclass(frozen=True, slots=True)
class BackTest:
    """The method chosen for some series, the unit (`years` or `months`) it was chosen by, and every score.

    made: for each method the forecasts behind its scores in that unit.
    """

    chosen: str
    unit: str
    scores: tuple[Score, ...]
    made: Mapping[str, tuple[Made, ...]]

    def score(self, method: str, unit: str | None = None) -> Score:
        """The score of a method in a unit, that of the choice unless said."""
        return next(s for s in self.scores if s.method == method and s.unit == (unit or self.unit))

    @property
    def is_better(self) -> bool:
        """Whether a method beats last year's count."""
        return self.chosen != FLOOR


def back_test_whole(total: Floats, calendar: Ints) -> BackTest | None:
    """Test every method on the sum of all areas, shape (1, m), by years and by months; None if too short."""
    at = origins(total, 1)
    if not at:
        return None
    made: dict[str, dict[str, list[Made]]] = {}
    for name in methods_for(total):
        made[name] = {"years": [], "months": []}
        for origin in at:
            ahead = METHODS[name](total[:, :origin], calendar[:origin], _reach(total, origin), None)
            made[name]["years"] += _years(ahead, total, origin)
            made[name]["months"] += _months(ahead, total, origin)
    return _chosen(made)


def back_test_parts(counts: Floats, calendar: Ints, whole: str) -> BackTest | None:
    """Test every method on areas, (p, m), scaled to what `whole` forecast of their sum; None if too short.

    By years, or by months where no whole year can be tested.
    """
    at = origins(counts, len(counts))
    if not at:
        return None
    total = counts.sum(axis=0, keepdims=True)
    made: dict[str, dict[str, list[Made]]] = {}
    for origin in at:
        months = _reach(counts, origin)
        before, known = calendar[:origin], counts[:, :origin]
        all_of_it = METHODS[whole](total[:, :origin], before, months, None)
        for name in methods_for(counts):
            ahead = to_the_whole(METHODS[name](known, before, months, all_of_it), all_of_it)
            kept = made.setdefault(name, {"years": [], "months": []})
            kept["years"] += _years(ahead, counts, origin)
            if at[0] + YEAR > counts.shape[1]:
                kept["months"] += _months(ahead, counts, origin)
    return _chosen(made)


def methods_for(counts: Floats) -> list[str]:
    """The methods that these series are long and busy enough for, the floor first."""
    known = np.isfinite(counts[0])
    if known.sum() < FEWEST:
        return [FLOOR]
    busy = float(np.median(counts[:, known].mean(axis=1))) >= ENOUGH_FOR_LOGS
    return [name for name in METHODS if busy or name != "damped_percent"]


def origins(counts: Floats, areas: int) -> list[int]:
    """How many months each test knows: two years or more, and so that a whole year follows if it can.

    >>> origins(np.ones((1, 60)), 1)
    [24, 26, 28, 31, 33, 35, 37, 39, 41, 44, 46, 48]
    >>> origins(np.ones((1, 28)), 1), origins(np.ones((1, 24)), 1)
    ([24, 25, 26, 27], [])
    """
    known = np.isfinite(counts[0])
    enough = np.flatnonzero(np.cumsum(known) >= FEWEST)
    if not len(enough):
        return []
    first, m = int(enough[0]) + 1, len(known)
    last = max(m - YEAR, first) if m - YEAR >= first else m - 1
    if last < first:
        return []
    most = int(
        np.clip(_MOST_ORIGINS * _AREAS_AT_ALL_ORIGINS // max(areas, 1), _FEWEST_ORIGINS, _MOST_ORIGINS)
    )
    spaced = np.linspace(first, last, min(most, last - first + 1))
    return [int(each) for each in np.unique(np.round(spaced)) if known[int(each) :].any()]


def _reach(counts: Floats, origin: int) -> int:
    return int(min(counts.shape[1] - origin, MOST_YEARS * YEAR))


def _years(ahead: Ahead, counts: Floats, origin: int) -> list[Made]:
    """Each whole year after an origin, of the months in it that are known."""
    return [
        made
        for year in range(ahead.mean.shape[1] // YEAR)
        if (made := _made(ahead, counts, origin, slice(year * YEAR, (year + 1) * YEAR), year + 1))
    ]


def _months(ahead: Ahead, counts: Floats, origin: int) -> list[Made]:
    """Each month of the first year after an origin."""
    return [
        made
        for month in range(min(ahead.mean.shape[1], YEAR))
        if (made := _made(ahead, counts, origin, slice(month, month + 1), month + 1))
    ]


def _made(ahead: Ahead, counts: Floats, origin: int, months: slice, number: int) -> Made | None:
    came = counts[:, origin : origin + ahead.mean.shape[1]]
    known = np.isfinite(came[0])
    if not known[months].any():
        return None
    mean, variance = sums(ahead, months, known)
    return Made(origin, origin + months.start, number, mean, variance, np.nansum(came[:, months], axis=1))


def _chosen(made: Mapping[str, Mapping[str, list[Made]]]) -> BackTest:
    unit = "years" if made[FLOOR]["years"] else "months"
    scores = [
        score(name, each, kept[each])
        for name, kept in made.items()
        for each in ("years", "months")
        if kept[each]
    ]
    return BackTest(
        best_of({each.method: each.crps for each in scores if each.unit == unit}),
        unit,
        tuple(scores),
        {name: tuple(kept[unit]) for name, kept in made.items()},
    )


def best_of(crps: Mapping[str, float]) -> str:
    """The method to show, by the mean CRPS of each: a trend only where it gains enough."""
    level, trend = (
        min((name for name in crps if (name in LEVEL_ALONE) == alone), key=crps.__getitem__, default=FLOOR)
        for alone in (True, False)
    )
    return trend if crps[trend] < (1 - TREND_GAINS) * crps[level] else level


def score(method: str, unit: str, made: Sequence[Made]) -> Score:
    """The score of forecasts once made, all series and dates together; `made` is not empty."""
    mean, variance, came = (
        np.concatenate([getattr(each, part) for each in made]) for part in ("mean", "variance", "came")
    )
    at_most, fewer = cdf_counts(mean, variance, came), cdf_counts(mean, variance, came - 1)
    held = partial(_held, at_most, fewer)
    return Score(
        method,
        unit,
        len(came),
        float(crps_counts(mean, variance, came).mean()),
        float(np.abs(mean - came).mean()),
        held(0.80),
        held(0.95),
    )


def _held(at_most: Floats, fewer: Floats, inside: float) -> int:
    """How many lay in their range: at or above its lower limit and at or below its upper one."""
    tail = (1 - inside) / 2
    return int(np.count_nonzero((at_most >= tail) & (fewer < 1 - tail)))
