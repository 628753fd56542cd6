"""The figures of a forecast: months, years and areas as whole numbers that add up, with their ranges."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR, Ahead, limits, sums
from harmscape.forecast.back_test import BackTest, score
from harmscape.forecast.demand import Demand
from harmscape.forecast.harm import harm_ahead, harm_limits
from harmscape.forecast.reconcile import rounded
from harmscape.forecast.seasonal_naive import seasonal_naive
from harmscape.model.period import month_start
from harmscape.views.context import AreaBook
from harmscape.views.forecast_past import Months
from harmscape.views.forecast_result import AreaAhead, MonthAhead, PastMonth, YearAhead
from harmscape.views.forecast_tested import WORTH_MONTHS, total_harm

Floats = NDArray[np.float64]

_LIKE_ALL = 30.0
"""Events at the weight of all areas that an area's own are mixed with: few events say little of it."""


def history_of(past: Months, place: int | None) -> tuple[PastMonth, ...]:
    """The months as recorded, of all areas or of one row."""
    recorded = past.recorded.sum(axis=0) if place is None else past.recorded[place]
    return tuple(
        PastMonth(name(month), None if np.isnan(count) else int(count), bool(np.isnan(count)), bool(learned))
        for month, count, learned in zip(past.months, recorded, np.isfinite(past.events[0]), strict=True)
    )


def months_ahead(past: Months, found: Demand, place: int | None) -> tuple[MonthAhead, ...]:
    """Every month to come with its ranges."""
    ahead, row = _shown(found, place)
    mean, variance = ahead.mean[row], ahead.variance[row]
    ranges = [each.astype(int).tolist() for inside in (0.80, 0.95) for each in limits(mean, variance, inside)]
    return tuple(
        MonthAhead(
            name(month_start(past.months[-1], h + 1)), round(float(mean[h]), 1), *(r[h] for r in ranges)
        )
        for h in range(len(mean))
    )


def years_ahead(past: Months, found: Demand, place: int | None) -> tuple[YearAhead, ...]:
    """Each year to come; that of an area as it stands in the table of areas."""
    ahead, row = _shown(found, place)
    tested = found.whole_tested if place is None else found.parts_tested
    made = []
    for year in range(_years(found)):
        span = slice(year * YEAR, (year + 1) * YEAR)
        mean, variance = (each[row : row + 1] for each in sums(ahead, span))
        (lo_80, hi_80), (lo_95, hi_95) = (
            [int(each[0]) for each in limits(mean, variance, inside)] for inside in (0.80, 0.95)
        )
        harm, spread = (each[row : row + 1] for each in _harm(past, found, span, place))
        harm_lo, harm_hi = (round(float(each[0]), 1) for each in harm_limits(harm, spread, 0.95))
        tests, held = _tests_of(tested, year + 1)
        made.append(
            YearAhead(
                year + 1,
                name(month_start(past.months[-1], 1 + year * YEAR)),
                name(month_start(past.months[-1], (year + 1) * YEAR)),
                _events(found, span)[place] if place is not None else round(float(mean[0])),
                lo_80,
                hi_80,
                lo_95,
                hi_95,
                round(float(harm[0]), 1),
                harm_lo,
                harm_hi,
                tests,
                held,
            )
        )
    return tuple(made)


def areas_ahead(past: Months, found: Demand, book: AreaBook) -> list[AreaAhead]:
    """Every area, UNPLACED first; their whole numbers add up to those of the years."""
    next_year, final = slice(0, YEAR), slice((_years(found) - 1) * YEAR, _years(found) * YEAR)
    several = _years(found) > 1
    last = last_year_of(past)
    events, later = _events(found, next_year), _events(found, final)
    lo, hi = (each.astype(int).tolist() for each in limits(*sums(found.parts, next_year), 0.95))
    later_lo, later_hi = (each.astype(int).tolist() for each in limits(*sums(found.parts, final), 0.95))
    harm = _harm(past, found, next_year, 0)[0]
    return [
        AreaAhead(
            code,
            title,
            last[i],
            events[i],
            lo[i],
            hi[i],
            later[i] if several else None,
            later_lo[i] if several else None,
            later_hi[i] if several else None,
            round(float(harm[i]), 1),
        )
        for i, (code, title) in enumerate(
            zip(("UNPLACED", *book.codes), ("In no area", *book.names), strict=True)
        )
    ]


def last_year_of(past: Months) -> list[int]:
    """Events of the last twelve months by row; a missing month counts as the same one of the year before."""
    return [round(float(each)) for each in seasonal_naive(past.events, YEAR).mean.sum(axis=1)]


def furthest_tested(tested: BackTest | None) -> int:
    """How many years ahead a forecast could be tested."""
    if tested is None or tested.unit != "years":
        return 0
    return max(each.ahead for each in tested.made[tested.chosen])


def name(month: date) -> str:
    return f"{month:%Y-%m}"


def _shown(found: Demand, place: int | None) -> tuple[Ahead, int]:
    return (found.whole, 0) if place is None else (found.parts, place)


def _years(found: Demand) -> int:
    return int(found.whole.mean.shape[1]) // YEAR


def _events(found: Demand, span: slice) -> list[int]:
    """Whole numbers by row that add up to the whole number of the total."""
    return rounded(found.parts.mean[:, span].sum(axis=1), round(float(found.whole.mean[:, span].sum())))


def _harm(past: Months, found: Demand, span: slice, place: int | None) -> tuple[Floats, Floats]:
    """Mean and variance of harm: of the total, (1,), or of every row, (p,), which add up to the total's."""
    mean, variance = total_harm(past, len(past.months), *sums(found.whole, span))
    if place is None:
        return mean, variance
    events, harm, squares = (
        np.nansum(each[:, -WORTH_MONTHS:], axis=1) for each in (past.events, past.harm, past.squares)
    )
    all_events = max(float(events.sum()), 1.0)
    own = harm_ahead(
        *sums(found.parts, span),
        events=events + _LIKE_ALL,
        harm=harm + _LIKE_ALL * float(harm.sum()) / all_events,
        squares=squares + _LIKE_ALL * float(squares.sum()) / all_events,
    )
    together = float(own[0].sum())
    ratio = float(mean[0]) / together if together else 1.0
    return own[0] * ratio, own[1] * ratio**2


def _tests_of(tested: BackTest | None, year: int) -> tuple[int, int]:
    """How many forecasts of so many years ahead were tested, and how many their 80 % range held."""
    if tested is None or tested.unit != "years":
        return 0, 0
    made = [each for each in tested.made[tested.chosen] if each.ahead == year]
    if not made:
        return 0, 0
    found = score(tested.chosen, "years", made)
    return found.forecasts, found.within_80
