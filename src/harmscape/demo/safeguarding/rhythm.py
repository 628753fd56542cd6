"""On which days and at which hours agencies write."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.safeguarding.agencies import AGENCIES
from harmscape.demo.terrain import Floats

OFFICE = (1.0, 1.05, 1.05, 1.0, 1.1, 0.06, 0.04)
ALWAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.15, 1.1)
AUGUST, AUGUST_SHARE = 8, 0.08


def day_weights(span: Span, *, office: bool, term: bool) -> Floats:
    """The weight of each day of a span; they sum to 1."""
    days = [span.starts + timedelta(days=number) for number in range(span.days)]
    week = OFFICE if office or term else ALWAYS
    weights = np.array([week[day.weekday()] for day in days])
    if term:
        weights *= np.array([AUGUST_SHARE if day.month == AUGUST else 1.0 for day in days])
    return np.asarray(weights / weights.sum())


def draw_days(weights: Floats, count: int, rng: np.random.Generator, *, first: int = 0) -> Ints:
    """Days from day `first` on, by their weights."""
    cumulative = weights[first:].cumsum()
    drawn = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    return np.asarray(first + np.minimum(drawn, len(cumulative) - 1), np.int64)


def days_of_agencies(agency: Ints, span: Span, rng: np.random.Generator) -> Ints:
    """A day for each entry, by the habits of its agency."""
    days = np.zeros(len(agency), np.int64)
    for number, each in enumerate(AGENCIES):
        rows = np.flatnonzero(agency == number)
        days[rows] = draw_days(day_weights(span, office=each.office, term=each.term), len(rows), rng)
    return days


def minutes_of(day: Ints, rng: np.random.Generator, *, hour: float = 12.5, spread: float = 2.1) -> Ints:
    """Minutes about an hour of the day; hours past midnight come round to the same day's small hours."""
    minute = np.rint(rng.normal(hour * 60, spread * 60, len(day))).astype(np.int64) % 1440
    return np.asarray(day * 1440 + minute)


def off_the_clock_change(minute: Ints, span: Span) -> Ints:
    """Minutes put an hour on where British clocks skip them: at 01:00 on the last Sunday of March."""
    days = [span.starts + timedelta(days=number) for number in range(span.days + 60)]
    skips = [day.month == 3 and day.day > 24 and day.weekday() == 6 for day in days]
    skipped = np.array(skips)[np.clip(minute // 1440, 0, len(days) - 1)] & (minute % 1440 // 60 == 1)
    return np.asarray(minute + 60 * skipped)


def past_weekends(day: Ints, span: Span) -> Ints:
    """Saturdays and Sundays put off to Monday: offices write then."""
    weekday = (day + span.starts.weekday()) % 7
    return np.asarray(day + np.where(weekday >= 5, 7 - weekday, 0))
