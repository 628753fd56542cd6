"""What the service's books make of a complaint: when it is entered, first filed as what, and what is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.consumer.complaints import AGENCIES, BREACHES, FLAGS, Complaints
from harmscape.demo.consumer.kinds import FIRST_TAKEN_FOR, NUMBER
from harmscape.demo.deliveries import RESTATED_MONTHS, Delivery, month_end
from harmscape.demo.events import Span

LONGEST_LAG_DAYS = 55
CORRECTED_SHARE, WITHDRAWN_SHARE, DUPLICATED_SHARE = 0.12, 0.004, 0.001
NO_POINT_SHARE, ODD_CASE_SHARE = 0.02, 0.008
NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Filed:
    """One entry a complaint, in the order they were entered; days from the first day of the span.

    Until `corrected_on` a complaint stands as first filed: under another type at times, no breach found,
    nobody asked, trader not looked up. A withdrawn one is no longer exported.
    """

    entered: Ints
    corrected_on: Ints
    withdrawn_on: Ints
    no_point: NDArray[np.bool_]
    odd_case: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class State:
    """What some rows say on a day: as `Complaints`, with `trader_id` -1 where the number is not known."""

    kind: Ints
    breach: Ints
    vulnerable: Ints
    trader_id: Ints


def file_complaints(complaints: Complaints, span: Span, rng: np.random.Generator) -> tuple[Complaints, Filed]:
    """Enter each complaint; gives the complaints and their entries in the order of entering."""
    slow = np.isin(complaints.agency, [AGENCIES.index("bank protocol"), AGENCIES.index("police")])
    lag = np.fmod(rng.exponential(np.where(slow, 12.0, 0.7)), LONGEST_LAG_DAYS).astype(np.int64)
    order = np.lexsort((complaints.day, complaints.day + lag))
    complaints, entered = complaints.take(order), (complaints.day + lag)[order]
    last, count = last_told(complaints.day, span), len(order)

    def later(share: float) -> Ints:
        on = np.minimum(entered + rng.integers(3, 45, count), last)
        return np.where(rng.random(count) < share, on, NEVER)

    return complaints, Filed(
        entered=entered,
        corrected_on=later(CORRECTED_SHARE),
        withdrawn_on=later(WITHDRAWN_SHARE),
        no_point=rng.random(count) < NO_POINT_SHARE,
        odd_case=rng.random(count) < ODD_CASE_SHARE,
    )


def rows_of(
    delivery: Delivery, complaints: Complaints, filed: Filed, span: Span, rng: np.random.Generator
) -> Ints:
    """The rows of one delivery in the order of entering, a few of them twice, as exports have them."""
    as_of, first = span.number(delivery.as_of), span.number(delivery.first)
    held = (filed.entered <= as_of) & (complaints.day >= first) & (complaints.day <= as_of)
    rows = np.flatnonzero(held & (filed.withdrawn_on > as_of))
    return np.repeat(rows, 1 + (rng.random(len(rows)) < DUPLICATED_SHARE))


def state_on(complaints: Complaints, filed: Filed, rows: Ints, day: int) -> State:
    """What some rows say at the end of a day."""
    raw = (filed.corrected_on[rows] != NEVER) & (filed.corrected_on[rows] > day)
    first = np.arange(len(NUMBER))
    for kind, taken_for in FIRST_TAKEN_FOR.items():
        first[NUMBER[kind]] = NUMBER[taken_for]
    known = np.where(complaints.name_only[rows], -1, complaints.trader[rows])
    return State(
        kind=np.where(raw, first[complaints.kind[rows]], complaints.kind[rows]),
        breach=np.where(raw, BREACHES.index("none"), complaints.breach[rows]),
        vulnerable=np.where(raw, FLAGS.index("not asked"), complaints.vulnerable[rows]),
        trader_id=np.where(raw, -1, known),
    )


def last_told(day: Ints, span: Span) -> Ints:
    """For each day the last one on which its month is still restated: two months after it is over."""
    months = (span.ends.year - span.starts.year) * 12 + span.ends.month - span.starts.month + 1
    ends = np.array([span.number(month_end(span.starts, number)) for number in range(months)])
    told = [span.number(month_end(span.starts, number + RESTATED_MONTHS - 1)) for number in range(months)]
    return np.array(told)[np.searchsorted(ends, day)]
