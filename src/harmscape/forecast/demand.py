"""The demand to come of one measure: the force and its areas, by the methods that did best when tested.

Answers "how much is to come, here and in four years?". The force's total and its areas are each forecast by
the method that their own back-test chose; the areas then add up to the force. Where nothing can be tested,
with up to 24 known months, only last year's count is told, one year ahead; with fewer than 12 months nothing
is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR, Ahead
from harmscape.forecast.back_test import FLOOR, METHODS, BackTest, back_test_parts, back_test_whole
from harmscape.forecast.reconcile import to_the_whole

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Demand:
    """The force, (1, H), its areas, (p, H), and the back-test of each; None where none could be made."""

    whole: Ahead
    parts: Ahead
    whole_tested: BackTest | None
    parts_tested: BackTest | None


def demand(counts: Floats, calendar: Ints, years: int) -> Demand | None:
    """Forecast areas and their sum; None with fewer than 12 known months or no area.

    counts: events by area, shape (p, m), NaN in a month that is missing (for all areas). calendar: month of
    the year, 1 to 12, shape (m,). years: how many to come; one alone where nothing can be tested.

    >>> calendar = np.tile(np.arange(1, 13), 4)
    >>> found = demand(np.full((2, 48), 20.0), calendar, 4)
    >>> found.whole.mean.shape, bool(np.allclose(found.parts.mean.sum(axis=0), found.whole.mean))
    ((1, 48), True)
    """
    known = int(np.isfinite(counts[0]).sum()) if len(counts) else 0
    if known < YEAR:
        return None
    total = counts.sum(axis=0, keepdims=True)
    whole_tested = back_test_whole(total, calendar)
    months = YEAR * (years if whole_tested else 1)
    whole_by = whole_tested.chosen if whole_tested else FLOOR
    parts_tested = back_test_parts(counts, calendar, whole_by)
    parts_by = parts_tested.chosen if parts_tested else FLOOR
    whole = METHODS[whole_by](total, calendar, months, None)
    parts = to_the_whole(METHODS[parts_by](counts, calendar, months, whole), whole)
    return Demand(whole, parts, whole_tested, parts_tested)
