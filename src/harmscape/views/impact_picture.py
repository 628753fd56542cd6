"""The picture of an impact: months beside expectation, the event study, the monitor, what comes anyway."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmscape.change.effect import gamma_limits
from harmscape.change.event_study import event_study
from harmscape.change.power import power_sentence, smallest_seen
from harmscape.change.regression import regression_to_mean
from harmscape.change.sequential import watch
from harmscape.views.impact_counts import Flags
from harmscape.views.impact_effect import Compared
from harmscape.views.impact_figure import known
from harmscape.views.impact_result import Anyway, MonthPair, PeriodRatio, WatchedMonth
from harmscape.views.impact_windows import Windows

_A_PERIOD = 3
_YEAR = 12


def month_pairs(compared: Compared, windows: Windows) -> tuple[MonthPair, ...]:
    """Every month told of: the treated areas, and what their controls let expect."""
    counts, size = compared.counts, compared.size
    ours, theirs = counts.series(compared.treated), counts.series(compared.control)
    expected = theirs / size
    filled = np.nan_to_num(expected)
    lo, hi = gamma_limits(filled, compared.dispersion * (filled + filled / size), 1.0)
    before, after = windows.before(counts.months), windows.after(counts.months)
    controlled = bool(compared.control.any())
    return tuple(
        MonthPair(
            month=month,
            side="before" if before[at] else "after" if after[at] else "neither",
            used=bool(compared.before[at] or compared.after[at]),
            events=int(ours[at]) if counts.usable[at] else None,
            expected=round(float(expected[at]), 2) if counts.usable[at] and controlled else None,
            lo=round(float(lo[at]), 2) if counts.usable[at] and controlled else None,
            hi=round(float(hi[at]), 2) if counts.usable[at] and controlled else None,
        )
        for at, month in enumerate(counts.months)
    )


def root_mean_square(compared: Compared) -> float | None:
    """How far apart the two were in the months before, in events a month."""
    if not compared.control.any():
        return None
    counts = compared.counts
    gap = (counts.series(compared.treated) - counts.series(compared.control) / compared.size)[compared.before]
    return round(float(np.sqrt((gap**2).mean())), 2)


def study(compared: Compared, windows: Windows) -> dict[str, Any]:
    """`study` and `drift_p`: the treated beside their controls by quarter about the start."""
    if not compared.control.any():
        return {"study": (), "drift_p": None}
    counts = compared.counts
    told = windows.before(counts.months) | windows.after(counts.months)
    units = compared.treated | compared.control
    months = [month for month, is_told in zip(counts.months, told, strict=True) if is_told]
    relative = windows.relative(tuple(months))
    try:
        found = event_study(counts.events[units][:, told], compared.treated[units], relative, per=_A_PERIOD)
    except ValueError:  # fewer than a whole period on one side
        return {"study": (), "drift_p": None}
    first = int(np.flatnonzero(relative == 0)[0])
    rows = tuple(
        PeriodRatio(
            month=months[first + int(period)],
            ratio=float(found.ratio[at]),
            lo=float(found.lo[at]),
            hi=known(float(found.hi[at])),
            reference=at == found.reference,
        )
        for at, period in enumerate(found.period)
        if np.isfinite(found.ratio[at])
    )
    return {"study": rows, "drift_p": known(float(found.drift_p))}


def power(compared: Compared) -> str:
    """What could be seen at all: told from the months before alone."""
    ours, _ = compared.table(compared.treated)
    theirs, _ = compared.table(compared.control)
    control = (theirs, theirs / compared.time) if compared.control.any() else None
    found = smallest_seen(ours, 1 / compared.time, control=control, dispersion=compared.dispersion)
    months = int(compared.after.sum())
    named = {1: "month", 3: "quarter", 12: "year"}
    if months in named:
        return power_sentence(found, period=named[months])
    return power_sentence(found, period=f"{months} months").replace(
        f" a {months} months", f" in {months} months"
    )


def watched(compared: Compared) -> tuple[WatchedMonth, ...]:
    """The months after, one by one, in a way that stays right however often somebody looks."""
    counts = compared.counts
    ours = counts.series(compared.treated)[compared.after]
    theirs = counts.series(compared.control)[compared.after]
    # How many of theirs stand for one of ours is itself learned from the months before.
    past = (compared.table(compared.treated)[0], compared.table(compared.control)[0])
    found = watch(ours, theirs, 1 / compared.size, past=past, dispersion=compared.dispersion)
    months = [month for month, is_after in zip(counts.months, compared.after, strict=True) if is_after]
    return tuple(
        WatchedMonth(
            month=month,
            ratio=known(float(found.ratio[at])),
            lo=float(found.lo[at]),
            hi=known(float(found.hi[at])),
            alarm=found.first is not None and at >= found.first,
        )
        for at, month in enumerate(months)
    )


def anyway(compared: Compared, earlier: Flags) -> Anyway | None:
    """The change to expect with nothing done, because places are often chosen after a bad year.

    None without two whole years before the start that no source lacks a month of.
    """
    counts = compared.counts
    last = int(np.flatnonzero(earlier).max()) + 1
    years = []
    for end in range(last, _YEAR - 1, -_YEAR):
        months = slice(end - _YEAR, end)
        if not counts.usable[months].all():
            break
        years.append(counts.events[:, months].sum(axis=1))
    if len(years) < 2:
        return None
    found = regression_to_mean(np.stack(years[::-1], axis=1), compared.treated)
    return Anyway(
        last=float(found.last),
        past=float(found.past),
        expected_next=float(found.expected_next),
        lo=float(found.lo),
        hi=float(found.hi),
    )
