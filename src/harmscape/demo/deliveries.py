"""Which rows each delivery holds: a history, then one a month that tells the last three months anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.cells import LINES
from harmscape.demo.events import Events, Span
from harmscape.demo.records import Records

LATER_DELIVERIES = 3
RESTATED_MONTHS = 3
DUPLICATED_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class Delivery:
    """One export, as known at the end of `as_of`, of what was committed from `first` to `as_of`."""

    as_of: date
    first: date


def plan(span: Span) -> list[Delivery]:
    """The deliveries of a span that ends with a month.

    >>> from datetime import date
    >>> [f"{d.as_of}: from {d.first}" for d in plan(Span(date(2023, 11, 1), date(2026, 10, 31)))][:2]
    ['2026-07-31: from 2023-11-01', '2026-08-31: from 2026-06-01']
    """
    history = Delivery(month_end(span.ends, -LATER_DELIVERIES), span.starts)
    later = [month_end(span.ends, back - LATER_DELIVERIES + 1) for back in range(LATER_DELIVERIES)]
    firsts = [month_end(as_of, -RESTATED_MONTHS) + timedelta(days=1) for as_of in later]
    return [history, *(Delivery(as_of, first) for as_of, first in zip(later, firsts, strict=True))]


def month_end(day: date, months: int) -> date:
    """The last day of the month that lies `months` after the month of a day.

    >>> month_end(date(2026, 10, 31), -8)
    datetime.date(2026, 2, 28)
    """
    number = day.year * 12 + day.month + months
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def last_news(events: Events, span: Span) -> NDArray[np.int32]:
    """For each event the last day on which its month is still restated: two months after it is over."""
    months = (span.ends.year - span.starts.year) * 12 + span.ends.month - span.starts.month + 1
    ends = [span.number(month_end(span.starts, number)) for number in range(months)]
    told = [span.number(month_end(span.starts, number + RESTATED_MONTHS - 1)) for number in range(months)]
    month = np.searchsorted(np.array(ends), events.minute // 1440)
    return np.asarray(np.array(told, np.int32)[month])


def rows_of(
    delivery: Delivery, events: Events, records: Records, span: Span, rng: np.random.Generator
) -> Ints:
    """The rows of one delivery in the order of recording, a few of them twice, as exports have them."""
    as_of, first = span.number(delivery.as_of), span.number(delivery.first)
    committed = events.minute // np.int32(1440)
    held = (records.recorded_on <= as_of) & (committed >= first) & (committed <= as_of)
    rows = np.flatnonzero(held & (records.withdrawn_on > as_of))
    twice = rng.random(len(rows)) < DUPLICATED_SHARE
    return np.repeat(rows, 1 + twice)


def chunks(rows: Ints, size: int = LINES) -> Iterator[Ints]:
    """Rows in pieces small enough to be written one by one."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
