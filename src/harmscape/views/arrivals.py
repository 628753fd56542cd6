"""How late the records of a measure come, as the deliveries themselves tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from harmscape.change.lateness import MOST_AGE, share_known, triangle_of
from harmscape.model.measure import Measure
from harmscape.scoring.terms import among
from harmscape.views.question import Question

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The share of a month's events known so many whole months after its end.

    shares: by age from 0, empty where the deliveries do not tell. looks: how many months had a delivery.
    latest: the day of the last one.
    """

    shares: tuple[float, ...]
    looks: int
    latest: date | None

    @property
    def is_told(self) -> bool:
        return bool(self.shares)

    def known(self, month: date) -> float:
        """The share of a month's events that is known by the last delivery: 1 where nothing is told."""
        if self.latest is None or not self.shares:
            return 1.0
        age = _last_whole(self.latest) - _number(month)
        return self.shares[age] if 0 <= age < len(self.shares) else 1.0


def arrivals(question: Question, measure: Measure) -> Arrivals:
    """The late-arrival curve of the categories of a measure, over all areas, from every delivery so far.

    With deliveries in one month only there is nothing to compare, and no share is told.
    """
    numbers = question.lookup.dictionaries.category
    categories = question.context.domain.categories_of(measure)
    wanted = among("e.category", sorted(numbers[name] for name in categories))
    return _arrivals(question, wanted, {extent.source for extent in question.counted_extents})


def arrivals_of(question: Question, source: str) -> Arrivals:
    """The late-arrival curve of one source, whatever its categories."""
    number = question.lookup.dictionaries.source[source]
    return _arrivals(question, among("e.source", [number]), {source})


def _arrivals(question: Question, wanted: str, sources: set[str]) -> Arrivals:
    looks = _looks(question, sources)
    numbers = sorted({_last_whole(day) for day in looks})
    if len(numbers) < 2:
        return Arrivals((), len(numbers), max(looks, default=None))
    months, came, went = _told(question, wanted, numbers)
    if not len(months):
        return Arrivals((), len(numbers), max(looks))
    shares = share_known(triangle_of(months, came, went, numbers))
    known = [float(each) for each in np.where(np.isfinite(shares), shares, 1.0)]
    return Arrivals(tuple(known[: MOST_AGE + 1]), len(numbers), max(looks))


def _looks(question: Question, sources: set[str]) -> list[date]:
    """The days on which some sources delivered, up to the day that is asked of."""
    until = question.selection.as_known_at or date.max
    rows = question.cursor.rows(
        "looks", "select distinct f.source, f.as_of from delivered_file f where f.accepted > 0 order by all"
    )
    return [day for source, day in rows if source in sources and day <= until]


def _told(
    question: Question, wanted: str, looks: list[int]
) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64]]:
    """Months by number, and what came and went of each at each look. wanted: a condition on events."""
    question.cursor.prepare(  # of all areas and conditions: the next question reads the same
        "arrived",
        f"""
        select e.month, e.known_from as day, count(*) as came, 0::bigint as went
        from counted_event e where {wanted} group by all
        union all
        select e.month, e.known_to, 0::bigint, count(*)
        from counted_event e where {wanted} and e.known_to is not null group by all
        """,
    )
    rows = question.cursor.rows("arrivals", "select a.* from arrived a")
    # A row that is told after the last look belongs to none.
    told = [(_number(m), _last_whole(day), c, w) for m, day, c, w in rows if _last_whole(day) <= looks[-1]]
    months = sorted({month for month, *_ in told})
    at = {month: index for index, month in enumerate(months)}
    came, went = np.zeros((len(months), len(looks))), np.zeros((len(months), len(looks)))
    for month, seen, more, less in told:
        look = int(np.searchsorted(looks, seen))
        came[at[month], look] += more
        went[at[month], look] += less
    return months, came, went


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _last_whole(day: date) -> int:
    """The last month that has ended by a day."""
    return _number(day + _DAY) - 1
