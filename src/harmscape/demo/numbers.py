"""The running numbers of crimes and incidents, written out for some rows at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Whole, numbered, padded, pick
from harmscape.demo.events import Events, Span
from harmscape.demo.records import Records


class RunningNumbers:
    """The numbers of crimes, which run by recording in each year, and of incidents, by their first crime.

    Fifty million of them as text would fill more memory than all else that is drawn: only numbers are kept.
    """

    def __init__(self, events: Events, records: Records, span: Span) -> None:
        last = int(records.recorded_on.max(initial=0))
        self._recorded_on = records.recorded_on
        self._year = np.array([span.day(number).year for number in range(last + 1)])
        _, first_day = np.unique(self._year, return_index=True)
        self._first_row = np.searchsorted(self._recorded_on, first_day)
        self._incident = _by_first(events.incident)

    def crimes(self, rows: Ints) -> pa.Array:
        """Numbers such as NS/26/100001."""
        year = self._year[self._recorded_on[rows]]
        within = rows - self._first_row[year - self._year[0]]
        years = pick([f"{number % 100:02d}" for number in range(int(self._year[-1]) + 1)], year)
        return pc.binary_join_element_wise("NS", years, padded(within + 100_001, 6), "/")

    def incidents(self, rows: Ints) -> pa.Array:
        """Numbers such as LOG/0000001."""
        return numbered("LOG/", self._incident[rows] + 1, 7)


def _by_first(values: Whole) -> Ints:
    """Whole numbers from 0 renamed by the order in which each comes first.

    >>> _by_first(np.array([5, 2, 5, 9])).tolist()
    [0, 1, 0, 2]
    """
    first = np.full(int(values.max(initial=0)) + 1, len(values))
    # Where a number stands several times the last assignment stays: backwards, that is its first row.
    first[values[::-1]] = np.arange(len(values))[::-1]
    rank = np.empty(len(first), np.int32)
    rank[first.argsort(kind="stable")] = np.arange(len(first), dtype=np.int32)
    return np.asarray(rank[values])
