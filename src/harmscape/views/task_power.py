"""What fall could be seen here at all? Told when a task is agreed, before anybody hopes for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from harmscape.change.baseline import month_dispersion
from harmscape.change.power import power_sentence, smallest_seen
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.views.before_after import events_by_month
from harmscape.views.context import Context
from harmscape.views.question import ask
from harmscape.views.result import Result

_YEAR, _BASELINE_MONTHS = 12, 36
_QUARTER = 0.25


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A month before, with the events that the power was told from."""

    month: date
    events: int


@dataclass(frozen=True, kw_only=True)
class TaskPower(Result):
    """The events of a quarter, and the smallest fall of them that would be seen (None: none would)."""

    ROWS: ClassVar[str] = "months"

    a_quarter: float
    fall: float | None
    dispersion: float
    sentence: str
    months: tuple[MonthOf, ...]
    selection: Mapping[str, str]


def task_power(cursor: Engine, context: Context, words: Mapping[str, object]) -> TaskPower:
    """What the quarter after would have to show, told from the year before in the areas of a selection.

    words: `by`, `areas` or `within`, `measure`. Raises SelectionError without a whole year of data.
    """
    said = {key: value for key, value in words.items() if key not in ("window", "to", "against")}
    question = ask(cursor, context, {**said, "window": "1m"})
    reach = question.complete_to()
    told = [min(extent.months) for extent in question.counted_extents]
    ends = month_start(reach + timedelta(days=1)) if reach else date.max
    starts = max([month_start(ends, -_BASELINE_MONTHS), *told]) if told else ends
    gaps = question.gaps()
    months = Period(starts, ends).months if starts < ends else []
    usable = [month for month in months if month not in gaps]
    if len(usable) < _YEAR:
        raise SelectionError(
            "what fall could be seen is told from a whole year of data, which is not at hand"
        )
    counts = events_by_month(question, Period(starts, ends), None)
    year = sum(counts.get(month, 0) for month in usable[-_YEAR:])
    dispersion = month_dispersion(
        [[counts.get(month, 0) for month in months]],
        [month.month for month in months],
        [month not in gaps for month in months],
    )
    found = smallest_seen(float(year), _QUARTER, dispersion=dispersion)
    return TaskPower(
        a_quarter=year * _QUARTER,
        fall=found.fall,
        dispersion=round(dispersion, 3),
        sentence=power_sentence(found, period="quarter"),
        months=tuple(MonthOf(month, counts.get(month, 0)) for month in usable[-_YEAR:]),
        selection=question.selection.words(),
    )
