"""Areas that add up to the force: its figure stands, and each area keeps its share of what all were forecast.

Answers "do the sectors add up to your total?": to the last digit. The way is top-down by forecast
proportions: the force's months are forecast from the force's own counts, where season and trend are told best
and where the back-test of the headline was made; the areas' forecasts are then scaled, month by month, to
that sum. Adding up the areas instead (bottom-up) would add up the noise of forty small series; a weighing of
both (MinT) would give a headline that no back-test of the force's own counts had seen.

Sources: Athanasopoulos, Ahmed and Hyndman 2009, International Journal of Forecasting 25:146 (forecast
proportions); Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice, 3rd edition, section
11.2. Rounding: the method of the largest remainder (Hamilton)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import Ahead

Floats = NDArray[np.float64]


def to_the_whole(parts: Ahead, whole: Ahead) -> Ahead:
    """Parts, shape (p, H), scaled so that each month's sum is that of the whole, shape (1, H).

    Where no part expects anything, all have an equal share.

    >>> one = Ahead(np.array([[30.0], [10.0]]), np.array([[30.0], [10.0]]), np.zeros((2, 1)))
    >>> to_the_whole(one, Ahead(np.array([[60.0]]), np.array([[60.0]]), np.zeros((1, 1)))).mean.tolist()
    [[45.0], [15.0]]
    """
    together = parts.mean.sum(axis=0)
    even = np.where(together > 0, 0.0, whole.mean[0] / max(len(parts.mean), 1))
    ratio = np.where(together > 0, whole.mean[0] / np.where(together > 0, together, 1.0), 1.0)
    found = parts.scaled(ratio)
    return Ahead(found.mean + even, found.own + even, found.level)


def rounded(parts: Floats, whole: int) -> list[int]:
    """Whole numbers near the parts that add up to the whole: the largest remainders are rounded up first.

    Raises ValueError if the whole is further than the number of parts from their sum.

    >>> rounded(np.array([1.4, 2.4, 3.2]), 7)  # 1 + 2 + 3 leaves 1; .4 and .4: the first of two equals
    [2, 2, 3]
    """
    down = np.floor(parts)
    left = whole - int(down.sum())
    if not 0 <= left <= len(parts):
        raise ValueError("the parts do not add up to the whole")
    order = np.argsort(-(parts - down), kind="stable")
    down[order[:left]] += 1
    return [int(each) for each in down]
