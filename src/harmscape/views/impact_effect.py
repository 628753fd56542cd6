"""The effect of an operation by each method, from the counts of the ground; statistics stand in `change`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harmscape.change.baseline import month_dispersion
from harmscape.change.difference import difference_in_differences
from harmscape.change.displacement import Displacement, displacement_ratio, weighted_displacement
from harmscape.change.effect import NO_CHANGE, NO_RATIO
from harmscape.change.interrupted import interrupted_series
from harmscape.change.synthetic import synthetic_control
from harmscape.views.impact_counts import Counts, Flags, total
from harmscape.views.impact_figure import Figure, figure
from harmscape.views.tested import LIKELY

Floats = NDArray[np.float64]

METHODS: Mapping[str, str] = {
    "wdd": "Weighted displacement difference",
    "did": "Difference in differences",
    "its": "Interrupted time series",
    "synthetic": "Synthetic control",
}


@dataclass(frozen=True)
class Compared:
    """Treated units beside their controls over some months; a ring may stand in the place of the treated.

    treated, control: shape (u,); before, after: shape (m,), gaps in neither.
    """

    counts: Counts
    treated: Flags
    control: Flags
    before: Flags
    after: Flags

    @property
    def time(self) -> float:
        """Months before for each month after."""
        return float(self.before.sum() / self.after.sum())

    def table(self, units: Flags) -> tuple[float, float]:
        """Events of some units before and after."""
        series = self.counts.series(units)
        return total(series, self.before), total(series, self.after)

    @property
    def size(self) -> float:
        """How large the control is beside the treated, by its events before; by its areas without any.

        Told by the same months before, the estimate is one of a ratio, and its variance holds (delta method).
        """
        (ours, _), (theirs, _) = self.table(self.treated), self.table(self.control)
        if ours > 0 and theirs > 0:
            return theirs / ours
        return float(self.control.sum() / max(self.treated.sum(), 1))

    @property
    def dispersion(self) -> float:
        """Variance over mean of the months before, of treated and control together."""
        both = np.stack([self.counts.series(self.treated), self.counts.series(self.control)])
        earlier = self.counts.usable & _up_to_last(self.before)
        return month_dispersion(both, self.counts.calendar, earlier)

    @property
    def expected(self) -> float:
        """Events after, were the treated to have moved as their control did."""
        return self.table(self.control)[1] / self.size


def by_method(name: str, compared: Compared, donors: Flags) -> Figure:
    """The effect on counts by one method. donors: the units that a synthetic control may be made of."""
    return _BY[name](compared, donors)


def displacement(compared: Compared) -> Figure:
    """The weighted displacement difference of the treated alone, and their ratio of ratios."""
    ours, theirs = compared.table(compared.treated), compared.table(compared.control)
    clear, likely = _at_both(
        lambda level: weighted_displacement(
            ours,
            theirs,
            time=(compared.time, 1.0),
            area=(1.0, compared.size, 1.0, 1.0),
            dispersion=compared.dispersion,
            level=level,
            limits="gamma",
        )
    )
    ratio = displacement_ratio(ours, theirs, time=(compared.time, 1.0), dispersion=compared.dispersion)
    return figure("wdd", METHODS["wdd"], clear.local, ratio, likely=likely.local)


def with_rings(compared: Compared, ring: Compared) -> Figure:
    """Local change and that of the ring together: what is left when what moved next door is counted."""
    clear, likely = _at_both(
        lambda level: weighted_displacement(
            compared.table(compared.treated),
            compared.table(compared.control),
            ring.table(ring.treated),
            ring.table(ring.control),
            time=(compared.time, 1.0),
            area=(1.0, compared.size, 1.0, ring.size),
            dispersion=max(compared.dispersion, ring.dispersion),
            level=level,
            limits="gamma",
        )
    )
    return figure("total", "Treated and bordering areas together", clear.total, None, likely=likely.total)


def harm(compared: Compared, *, without: NDArray[np.bool_] | None = None) -> tuple[Figure, Floats]:
    """The change in points, and what each kind of event adds to it, shape (k,).

    without: kinds of events to leave out, shape (k,).
    """
    counts = compared.counts
    ours = counts.by_kind(compared.treated, compared.before, compared.after)
    theirs = counts.by_kind(compared.control, compared.before, compared.after)
    points = counts.points if without is None else np.where(without, 0.0, counts.points)
    clear, likely = _at_both(
        lambda level: weighted_displacement(
            ours,
            theirs,
            points=points,
            time=(compared.time, 1.0),
            # By events, not by points: one rare grave event would decide how large the control is.
            area=(1.0, compared.size, 1.0, 1.0),
            dispersion=compared.dispersion,
            level=level,
            limits="gamma",
        )
    )
    return figure("harm", "Harm score", clear.local, None, likely=likely.local), clear.by_category


def _at_both(found: Callable[[float], Displacement]) -> tuple[Displacement, Displacement]:
    """The same change with the limits of both words, clearly and probably."""
    return found(0.95), found(LIKELY)


def _difference(compared: Compared, _: Flags) -> Figure:
    chosen = compared.treated | compared.control
    found = difference_in_differences(
        compared.counts.events[chosen],
        compared.treated[chosen],
        compared.counts.usable & _up_to_last(compared.before),
        compared.after,
    )
    return figure("did", METHODS["did"], found.change, found.effect)


def _interrupted(compared: Compared, _: Flags) -> Figure:
    series = compared.counts.series(compared.treated)
    last = int(np.flatnonzero(compared.after).max()) + 1
    series = np.where(_up_to_last(compared.before) | compared.after, series, np.nan)[:last]
    try:
        found = interrupted_series(series, compared.after[:last], compared.counts.calendar[:last])
    except ValueError:  # too few events or months for a trend and a season
        return figure("its", METHODS["its"], NO_CHANGE, NO_RATIO, "too little happened")
    return figure("its", METHODS["its"], found.change, found.step, "without controls")


def _synthetic(compared: Compared, donors: Flags) -> Figure:
    try:
        found = synthetic_control(
            compared.counts.events,
            compared.treated,
            donors,
            compared.counts.usable & _up_to_last(compared.before),
            compared.after,
        )
    except ValueError:
        return figure("synthetic", METHODS["synthetic"], NO_CHANGE, NO_RATIO, "too few areas to judge by")
    note = f"ranks {found.rank} of {found.of} sets of areas by gap"
    return figure("synthetic", METHODS["synthetic"], found.change, found.effect, note)


def _displacement(compared: Compared, _: Flags) -> Figure:
    return displacement(compared)


_BY: Mapping[str, Callable[[Compared, Flags], Figure]] = {
    "wdd": _displacement,
    "did": _difference,
    "its": _interrupted,
    "synthetic": _synthetic,
}


def last_months(before: Flags, usable: Flags, count: int) -> Flags:
    """The last so many months before that are at hand, shape (m,)."""
    held = np.flatnonzero(before & usable)[-count:]
    found = np.zeros(len(before), dtype=bool)
    found[held] = True
    return found


def with_windows(compared: Compared, *, before: Flags | None = None, after: Flags | None = None) -> Compared:
    """The same units over other months."""
    return replace(
        compared,
        before=compared.before if before is None else before,
        after=compared.after if after is None else after,
    )


def _up_to_last(before: Flags) -> Flags:
    """Every month up to the last before, shape (m,): models learn season and trend from them all."""
    found = np.zeros(len(before), dtype=bool)
    found[: int(np.flatnonzero(before).max()) + 1] = True
    return found
