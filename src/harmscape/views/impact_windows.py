"""The months of an impact: before, after, and those in neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from harmscape.model.errors import SelectionError
from harmscape.model.operation import Operation
from harmscape.model.period import Period, month_start, parse_end, window_before
from harmscape.views.question import Question

BEFORE_MONTHS = 36
"""How far back the months before are read, for likeness, season and trend, unless a window is said."""


@dataclass(frozen=True)
class Windows:
    """The months told of: `span` in whole months, the day on which those before end, and the first day of
    those after.

    A month that the start cuts is neither before nor after.
    """

    span: Period
    before_ends: date
    after_starts: date

    def before(self, months: tuple[date, ...]) -> NDArray[np.bool_]:
        return np.array([month < self.before_ends for month in months])

    def after(self, months: tuple[date, ...]) -> NDArray[np.bool_]:
        return np.array([month >= self.after_starts for month in months])

    def relative(self, months: tuple[date, ...]) -> NDArray[np.int64]:
        """Months from the start, 0 the first after. months: without one that is cut."""
        first = months.index(self.after_starts)
        return np.arange(len(months)) - first


def windows_of(question: Question, operation: Operation, *, window: str | None, to: str | None) -> Windows:
    """The months to compare. window: how long before the end to begin; to: the last day or month to use.

    Raises SelectionError where no whole month before or after the start is at hand.
    """
    reach = question.complete_to()
    if reach is None:
        raise SelectionError("no events of this measure are loaded, so nothing can be said of the operation")
    first = max(min(extent.months) for extent in question.counted_extents)
    ends = month_start(reach + timedelta(days=1))
    if to is not None:
        ends = min(ends, month_start(parse_end(to)))
    if operation.ends is not None:
        ends = min(ends, month_start(operation.ends))
    before_ends = month_start(operation.starts)
    after_starts = before_ends if operation.starts.day == 1 else month_start(before_ends, 1)
    if ends <= after_starts:
        raise SelectionError(
            f"{operation.title} began on {operation.starts}, and no whole month after that is at hand: the"
            f" data reach {reach}. It is too early to tell; ask again when a month has passed"
        )
    starts = month_start(before_ends, -BEFORE_MONTHS)
    if window is not None:
        starts = month_start(window_before(ends, window).starts)
    starts = max(starts, month_start(first))
    if starts >= before_ends:
        raise SelectionError(
            f"{operation.title} began on {operation.starts}, and no whole month before that is at hand:"
            " there is nothing to compare with"
        )
    return Windows(Period(starts, ends), before_ends, after_starts)
