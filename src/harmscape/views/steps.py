"""Months put together into the steps of a chart: months, quarters, or the window's own length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.change.chart import UChart, u_chart
from harmscape.change.rules import DEFAULT, POINTS_BETWEEN_FALSE_ALARMS, WORDS, Signal, signals
from harmscape.model.period import month_start
from harmscape.views.past import Past

FALSE_ALARMS = (
    f"Rules: one point beyond the limits, or eight in a row on one side. Where nothing changes, one point in"
    f" {POINTS_BETWEEN_FALSE_ALARMS[DEFAULT]:.0f} signals by chance."
)
"""The run rules in use (Western Electric 1 and 4) and how often they alarm, as a page states it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a chart: events from `starts` (a day) over `months`; none where a month is missing.

    centre, lo, hi: events to be expected and the limits of three sigma. known: the share recorded by now.
    signals: the rules met, in words. in_window: whether it is asked about.
    """

    starts: date
    months: int
    events: int | None
    centre: float | None
    lo: float | None
    hi: float | None
    known: float
    in_window: bool
    signals: tuple[str, ...] = ()


def steps_of(
    past: Past, counts: NDArray[np.float64], worth: NDArray[np.float64], length: int, dispersion: float | None
) -> tuple[list[Step], UChart]:
    """One area's counts by month as a u-chart by steps of some months, counted back from the window's end.

    counts, worth: shape (m,). dispersion: variance over mean, or None for Laney's. Months at the beginning
    that fill no step are left out.
    """
    used = len(past.months) // length * length
    cut = slice(len(past.months) - used, None)

    def put(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values[cut].reshape(-1, length).sum(axis=1))

    gap = put(past.gaps.astype(float)) > 0
    events = np.where(gap, np.nan, put(counts))
    exposure = put(worth)
    teaches = put(past.usable.astype(float)) == length
    asked = put(past.asked.astype(float)) > 0
    if not teaches.any():
        teaches = ~asked & ~gap
    chart = u_chart(events, exposure, baseline=teaches, sigma=None if dispersion is None else dispersion**0.5)
    met = signals(chart.z)
    made = [
        Step(
            starts=past.months[cut][at * length],
            months=length,
            events=None if gap[at] else int(events[at]),
            centre=_figure(chart.centre * exposure[at]),
            lo=_figure(chart.lo[at] * exposure[at]),
            hi=_figure(chart.hi[at] * exposure[at]),
            known=round(float(past.known[cut].reshape(-1, length)[at].mean()), 4),
            in_window=bool(asked[at]),
            signals=tuple(said(each) for each in met if each.at == at),
        )
        for at in range(len(events))
    ]
    return made, chart


def said(signal: Signal) -> str:
    """A rule that was met, in words.

    >>> said(Signal(3, 1, -1))
    'beyond the limits, below'
    """
    return f"{WORDS[signal.rule]}, {'above' if signal.side > 0 else 'below'}"


def step_name(step: Step) -> str:
    """A step as people say it: a month, or its first and last."""
    last = month_start(step.starts, step.months - 1)
    if step.months == 1:
        return f"{step.starts:%B %Y}"
    first = f"{step.starts:%B}" if last.year == step.starts.year else f"{step.starts:%B %Y}"
    return f"{first} to {last:%B %Y}"


def _figure(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None
