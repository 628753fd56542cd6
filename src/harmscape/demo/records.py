"""What the record system makes of a crime: when it is recorded, what it is first taken for, what is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.events import Events
from harmscape.demo.offences import FIRST_TAKEN_FOR, NUMBER, OFFENCES

LONGEST_LAG_DAYS = 58
"""A crime is on record before two more months are over, so three restated months hold all late ones."""
NO_LOCATION_SHARE, DAY_ONLY_SHARE, LOWER_CASE_SHARE = 0.013, 0.02, 0.004
RECLASSIFIED_SHARE, CANCELLED_SHARE, WITHDRAWN_SHARE = 0.012, 0.008, 0.003
NEVER = np.iinfo(np.int32).max

PLACE_KNOWN_TO = ("exact", "street", "postcode", "not known")
OUTCOMES = (
    "Under investigation",
    "Closed, no suspect identified",
    "Charged",
    "Closed, evidence difficulties",
)
STATUSES = (*OUTCOMES, "Cancelled")

Days = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Records:
    """One entry a crime, in the order they were recorded; days and minutes from the first day of the span.

    `first_offence` holds until `reclassified_on`; `outcome` replaces `Under investigation` on `closed_on`; a
    cancelled crime stays and says so, a withdrawn one is no longer exported at all.
    """

    recorded: NDArray[np.int32]
    committed_to: NDArray[np.int32]
    day_only: NDArray[np.bool_]
    first_offence: NDArray[np.int16]
    reclassified_on: Days
    cancelled_on: Days
    withdrawn_on: Days
    closed_on: Days
    outcome: NDArray[np.int8]
    place_known_to: NDArray[np.int8]
    lower_case: NDArray[np.bool_]
    by_police: NDArray[np.bool_]

    @property
    def recorded_on(self) -> Days:
        """The day of recording."""
        return self.recorded // np.int32(1440)


def keep_records(events: Events, last_news: Days, rng: np.random.Generator) -> tuple[Events, Records]:
    """Record each crime; gives the crimes and their records in the order of recording.

    last_news: for each event, the last day on which a delivery can still tell news of it.
    """
    until = _committed_to(events, rng)
    recorded = np.maximum(events.minute + _lag(events, rng), until + 1)
    order = np.lexsort((events.incident, events.minute, recorded))
    events, until, recorded, last_news = events.take(order), until[order], recorded[order], last_news[order]
    day = recorded // np.int32(1440)
    count = len(day)
    first = _first_offence(events)
    reported = np.array([offence.found_by == "reported" for offence in OFFENCES])[events.offence]
    return events, Records(
        recorded=recorded,
        committed_to=until,
        day_only=rng.random(count) < DAY_ONLY_SHARE,
        first_offence=first,
        reclassified_on=_later(day, RECLASSIFIED_SHARE, 6, 40, last_news, rng),
        cancelled_on=_later(day, CANCELLED_SHARE, 3, 40, last_news, rng),
        withdrawn_on=_later(day, WITHDRAWN_SHARE, 3, 30, last_news, rng),
        closed_on=_later(day, 0.93, 4, 50, last_news, rng),
        outcome=rng.choice(np.array([1, 2, 3], np.int8), count, p=(0.52, 0.13, 0.35)),
        place_known_to=np.searchsorted(
            np.cumsum((0.87, 0.08, 0.05 - NO_LOCATION_SHARE)), rng.random(count), side="right"
        ).astype(np.int8),
        lower_case=rng.random(count) < LOWER_CASE_SHARE,
        by_police=~reported | (rng.random(count) < 0.02),
    )


def _committed_to(events: Events, rng: np.random.Generator) -> NDArray[np.int32]:
    """The end of the time a crime can have happened in; its start where it was seen."""
    unseen = np.array([offence.rhythm in ("parked", "away") for offence in OFFENCES])[events.offence]
    spans = np.minimum(rng.exponential(420, len(unseen)) + 15, 1200)
    is_span = unseen & (rng.random(len(unseen)) < 0.6)
    return np.where(is_span, events.minute + np.rint(spans), events.minute).astype(np.int32)


def _lag(events: Events, rng: np.random.Generator) -> NDArray[np.int32]:
    """Minutes from crime to record: mostly the same day; weeks for what people find hard to report."""
    slow = np.array([offence.lag == "slow" for offence in OFFENCES])[events.offence]
    at_once = rng.random(len(slow)) < np.where(slow, 0.4, 0.75)
    usual = np.where(at_once, 150.0, np.where(slow, 14.0, 2.5) * 1440)
    return np.fmod(rng.exponential(usual) + 2, LONGEST_LAG_DAYS * 1440).astype(np.int32)


def _first_offence(events: Events) -> NDArray[np.int16]:
    table = np.arange(len(OFFENCES), dtype=np.int16)
    for code, taken_for in FIRST_TAKEN_FOR.items():
        table[NUMBER[code]] = NUMBER[taken_for]
    return np.asarray(table[events.offence])


def _later(
    day: Days, share: float, soonest: int, latest: int, last_news: Days, rng: np.random.Generator
) -> Days:
    """For a share of records a day some time after their own, but while it can still be told; else never."""
    on = np.minimum(day + rng.integers(soonest, latest, len(day)), last_news)
    return np.where(rng.random(len(day)) < share, on, NEVER).astype(np.int32)


def state_on(events: Events, records: Records, rows: Ints, day: int) -> tuple[Ints, Ints]:
    """Offence and status of some rows as known at the end of a day; status is a place in `STATUSES`."""
    known = records.reclassified_on[rows] <= day
    was_taken = records.reclassified_on[rows] != NEVER
    offence = np.where(was_taken & ~known, records.first_offence[rows], events.offence[rows])
    closed = np.where(records.closed_on[rows] <= day, records.outcome[rows], 0)
    status = np.where(records.cancelled_on[rows] <= day, len(OUTCOMES), closed)
    return offence, status
