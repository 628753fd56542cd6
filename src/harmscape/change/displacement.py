"""Areas acted on beside areas not acted on, with their surroundings: the weighted displacement difference.

Answers "did the operation cut harm, or move it next door?". Counts before and after in the treated area and
its control, and in the rings around both:  WDD = (dT - dC) + (dDT - dDC), each d the count after less that
before, made comparable by time and by size of area. Its variance is the sum of the eight counts, each divided
by the square of its weight, times the over-dispersion; for harm, the sum over categories with squared points.

Sources: Wheeler and Ratcliffe 2018, Crime Science 7:11; for harm Wheeler's note of 19 November 2020 on
andrewpwheeler.com. Both assume Poisson counts; `dispersion` is taken from the months before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


class Effect(NamedTuple):
    """An estimated change, its standard error and limits; in events, or in points of harm."""

    estimate: float
    error: float
    lo: float
    hi: float

    @property
    def z(self) -> float:
        """Standard errors away from no change; 0 where there is nothing to compare."""
        return self.estimate / self.error if self.error > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Displacement:
    """The local change, that of the rings, and both together."""

    local: Effect
    rings: Effect
    total: Effect


def weighted_displacement(
    treated: ArrayLike,
    control: ArrayLike,
    treated_ring: ArrayLike | None = None,
    control_ring: ArrayLike | None = None,
    *,
    points: ArrayLike = 1.0,
    time: tuple[float, float] = (1.0, 1.0),
    area: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    dispersion: ArrayLike = 1.0,
    level: float = 0.95,
) -> Displacement:
    """The change of the treated area beyond that of its control, with their rings.

    treated, control, treated_ring, control_ring: events before and after by category, shape (2,) or (2, m).
    points: harm of one event by category, shape (m,); 1 counts events. time: lengths of before and after.
    area: sizes of the four, in the order of the arguments. dispersion: variance over mean of counts, by
    category.
    Raises ValueError where shapes do not fit or a weight is not above 0.

    >>> found = weighted_displacement([207, 110], [308, 318], [178, 157], [150, 140])  # Wheeler and Ratcliffe
    >>> found.total.estimate, round(found.total.error**2), round(found.total.z, 2)
    (-118.0, 1568, -2.98)
    >>> round(found.total.lo), round(found.total.hi)
    (-196, -40)
    """
    none = np.zeros(2)
    tables = [
        _table(each)
        for each in (treated, control, none if treated_ring is None else treated_ring,
                     none if control_ring is None else control_ring)
    ]  # fmt: skip
    if min(*time, *area) <= 0:
        raise ValueError("times and areas must be above 0")
    cells = max(table.shape[1] for table in tables)
    w = np.broadcast_to(np.asarray(points, dtype=float), (cells,))
    spread = np.broadcast_to(np.asarray(dispersion, dtype=float), (cells,))
    parts = []
    for table, size in zip(tables, area, strict=True):
        per = np.array(time)[:, None] * size
        change = ((table[1] / per[1] - table[0] / per[0]) * w).sum()
        variance = ((table / per**2) * w**2 * spread).sum()
        parts.append((float(change), float(variance)))
    (t, vt), (c, vc), (dt, vdt), (dc, vdc) = parts
    return Displacement(
        _effect(t - c, vt + vc, level),
        _effect(dt - dc, vdt + vdc, level),
        _effect(t - c + dt - dc, vt + vc + vdt + vdc, level),
    )


def _table(counts: ArrayLike) -> Floats:
    found = np.asarray(counts, dtype=float)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or len(found) != 2 or (found < 0).any():
        raise ValueError("counts are events before and after, at least 0, by category")
    return found


def _effect(estimate: float, variance: float, level: float) -> Effect:
    error = float(np.sqrt(variance))
    reach = float(special.ndtri((1 + level) / 2)) * error
    return Effect(estimate, error, estimate - reach, estimate + reach)
