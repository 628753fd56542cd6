"""The back-tests of a forecast as tables: the total, the areas, harm, and where it would be most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR
from harmscape.forecast.back_test import FLOOR, BackTest, Made
from harmscape.forecast.crps import crps_gamma
from harmscape.forecast.harm import harm_ahead, harm_held
from harmscape.forecast.where import caught
from harmscape.views.context import AreaBook
from harmscape.views.forecast_past import Months
from harmscape.views.forecast_result import BackTested, MethodScore, Where, WhereArea
from harmscape.views.forecast_words import METHOD_TITLES

Floats = NDArray[np.float64]

WORTH_MONTHS = 24
"""The mean weight of an event is that of so many latest months."""
TIE_ORDER = "areas forecast alike: those with fewer events first, so that no figure owes anything to luck"


def tested_table(found: BackTest, of: str, title: str) -> BackTested:
    """Every method of a back-test beside last year's count, the best first."""
    own = sorted((each for each in found.scores if each.unit == found.unit), key=lambda each: each.crps)
    floor = found.score(FLOOR).crps
    return BackTested(
        of=of,
        title=title,
        unit=found.unit,
        chosen=found.chosen,
        is_better=found.is_better,
        gain=1 - found.score(found.chosen).crps / floor if floor else 0.0,
        methods=tuple(
            MethodScore(
                each.method,
                METHOD_TITLES[each.method],
                each.forecasts,
                each.crps,
                each.error,
                each.within_80,
                each.within_95,
                each.method == found.chosen,
            )
            for each in own
        ),
    )


def harm_tested(found: BackTest, past: Months) -> BackTested | None:
    """The harm that the total's forecasts would have said, beside what came; None without any harm."""
    length = YEAR if found.unit == "years" else 1
    scores = [
        score
        for name in dict.fromkeys((found.chosen, FLOOR))
        if (score := _harm_score(found.made[name], past, length, name, is_chosen=name == found.chosen))
    ]
    if not scores:
        return None
    floor = scores[-1].crps
    return BackTested(
        "harm",
        "Harm of all areas together",
        found.unit,
        found.chosen,
        found.is_better and scores[0].crps < floor,
        1 - scores[0].crps / floor if floor else 0.0,
        tuple(scores),
    )


def _harm_score(
    made: Sequence[Made], past: Months, length: int, method: str, *, is_chosen: bool
) -> MethodScore | None:
    harm, mean, variance = [], [], []
    for each in made:
        middle, spread = total_harm(past, each.origin, each.mean, each.variance)
        mean.append(float(middle[0]))
        variance.append(float(spread[0]))
        harm.append(float(np.nansum(past.harm[:, each.starts : each.starts + length])))
    m, v, came = np.array(mean), np.array(variance), np.array(harm)
    if not came.any():
        return None
    return MethodScore(
        method,
        METHOD_TITLES[method],
        len(came),
        float(crps_gamma(m, v, came).mean()),
        float(np.abs(m - came).mean()),
        harm_held(m, v, came, 0.80),
        harm_held(m, v, came, 0.95),
        is_chosen,
    )


def total_harm(past: Months, until: int, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the harm of so many events, at the mean weight of the months before `until`."""
    events, harm, squares = (
        np.array([np.nansum(each[:, max(until - WORTH_MONTHS, 0) : until])])
        for each in (past.events, past.harm, past.squares)
    )
    return harm_ahead(mean, variance, events=events, harm=harm, squares=squares)


def where_tested(found: BackTest, past: Months, book: AreaBook, k: int) -> Where | None:
    """The areas forecast to have most in the last year tested, beside what came; None without one."""
    if found.unit != "years":
        return None
    last = max((each for each in found.made[found.chosen] if each.ahead == 1), key=lambda each: each.origin)
    floor = next(each for each in found.made[FLOOR] if each.ahead == 1 and each.origin == last.origin)
    came = last.came[1:]
    if not came.any():
        return None
    ours, theirs = (caught(each.mean[1:].round(6), came, book.size_km2, k) for each in (last, floor))
    ranks = 1 + (came[None, :] > came[:, None]).sum(axis=1)
    return Where(
        starts=_month(past.months[last.origin]),
        ends=_month(past.months[last.origin + YEAR - 1]),
        k=len(ours.chosen),
        of=len(came),
        areas=tuple(
            WhereArea(
                book.codes[i], book.names[i], round(float(last.mean[i + 1]), 1), int(came[i]), int(ranks[i])
            )
            for i in ours.chosen.tolist()
        ),
        ties=ours.ties,
        tie_order=TIE_ORDER,
        hit_rate=ours.hit_rate,
        pai=ours.pai,
        pei=ours.pei,
        rri=ours.rri,
        last_year_hit_rate=theirs.hit_rate,
        last_year_pai=theirs.pai,
        last_year_pei=theirs.pei,
    )


def _month(month: date) -> str:
    return f"{month:%Y-%m}"
