"""Counts by unit and month: every unit its own level, every month its own height, fitted by scaling in turn.

What `difference` and `event_study` rest on; answers no question by itself. The fit of a Poisson model with
unit and month effects meets each unit's and each month's total; so does scaling rows and columns in turn.

Sources: Deming and Stephan 1940, Annals of Mathematical Statistics 11:427; McCullagh and Nelder 1989,
Generalized Linear Models, section 9.2 (dispersion by Pearson's X^2 over its degrees of freedom).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.change.counts import Floats

Mask = NDArray[np.bool_]

_ROUNDS, _NEAR = 2_000, 1e-10


@dataclass(frozen=True, slots=True)
class Panel:
    """Counts and exposures by unit and month, (u, m), 0 and 0 for a gap; treated units; before and after."""

    counts: Floats
    exposure: Floats
    treated: Mask
    before: Mask
    after: Mask

    @property
    def effect(self) -> Mask:
        """The cells in which the effect is, (u, m)."""
        return np.outer(self.treated, self.after)

    def corners(self) -> tuple[float, float, float, float]:
        """Treated after, treated before, others after, others before."""
        sides = (self.treated, self.after), (self.treated, self.before)
        others = (~self.treated, self.after), (~self.treated, self.before)
        first, second, third, fourth = (float(self.counts[np.ix_(*each)].sum()) for each in (*sides, *others))
        return first, second, third, fourth

    def units(self) -> tuple[int, int]:
        """How many units have events, treated and others."""
        told = self.counts.sum(axis=1) > 0
        return int((told & self.treated).sum()), int((told & ~self.treated).sum())


def panel(
    counts: ArrayLike,
    treated: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    offset: ArrayLike | None = None,
) -> Panel:
    """Checked, and cut to the months asked about; arguments as `difference_in_differences`.

    >>> panel([[1, 2, float("nan")], [4, 5, 6]], [1, 0], [1, 0, 0], [0, 0, 1]).exposure.tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    t, b, a = (np.asarray(each, dtype=bool) for each in (treated, before, after))
    if t.shape != y.shape[:1] or b.shape != y.shape[1:] or a.shape != b.shape or (a & b).any():
        raise ValueError("counts are by unit and month; a month is before, after or neither")
    if not (t.any() and (~t).any() and b.any() and a.any()):
        raise ValueError("treated and other units, and months before and after, are all needed")
    asked, known = a | b, np.isfinite(y)
    e = np.broadcast_to(np.asarray(1.0 if offset is None else offset, dtype=float), y.shape)
    if (y[known] < 0).any() or not (e[:, asked] > 0).all():
        raise ValueError("counts must be at least 0 and offsets above 0")
    return Panel(np.where(known, y, 0.0)[:, asked], np.where(known, e, 0.0)[:, asked], t, b[asked], a[asked])


def scaled(counts: Floats, exposure: Floats, effect: Mask | None = None) -> tuple[Floats, Floats]:
    """Means of the fit, and means without the effect, each (u, m); 0 where nothing was counted.

    effect: cells in which one more factor stands, (u, m); None for none.

    >>> scaled(np.array([[10.0, 20.0], [20.0, 10.0]]), np.ones((2, 2)))[0].tolist()
    [[15.0, 15.0], [15.0, 15.0]]
    """
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    unit, ratio = _over(rows, exposure.sum(axis=1)), 1.0
    total = float(counts[effect].sum()) if effect is not None else 0.0
    for _ in range(_ROUNDS):
        old, old_ratio = unit, ratio
        here = exposure if effect is None else np.where(effect, exposure * ratio, exposure)
        month = _over(columns, unit @ here)
        unit = _over(rows, here @ month)
        if effect is not None:
            mean = float((exposure * np.outer(unit, month))[effect].sum())
            ratio = total / mean if mean > 0 else 0.0
        # Without gaps, offsets and an effect one round is exact; else each comes nearer.
        moved = np.abs(unit - old).max(initial=0.0) / max(unit.max(initial=0.0), 1e-300)
        if max(moved, abs(ratio - old_ratio)) <= _NEAR:
            break
    without = exposure * np.outer(unit, month)
    return (without if effect is None else np.where(effect, without * ratio, without)), without


def within_dispersion(counts: Floats, exposure: Floats, blocks: Iterable[tuple[Mask, Mask]]) -> float:
    """Variance over mean, at least 1, about unit and month effects of each block of units and months.

    Blocks are fitted apart, so that neither an effect nor a slow drift of a unit is taken for scatter.

    >>> y, all_two = np.array([[10.0, 20.0], [20.0, 10.0]]), np.ones(2, bool)
    >>> within_dispersion(y, np.ones((2, 2)), [(all_two, all_two)])  # 4 x 25 / 15 over 1
    6.666666666666667
    """
    square, freedom = 0.0, 0
    for units, months in blocks:
        y, e = counts[np.ix_(units, months)], exposure[np.ix_(units, months)]
        held = np.ix_(y.sum(axis=1) > 0, y.sum(axis=0) > 0)
        y, e = y[held], e[held]
        if min(y.shape) < 2:
            continue
        mean, _ = scaled(y, e)
        some = mean > 0
        square += float(((y - mean)[some] ** 2 / mean[some]).sum())
        freedom += int(some.sum()) - y.shape[0] - y.shape[1] + 1
    return max(square / freedom, 1.0) if freedom > 0 else 1.0


def _over(total: Floats, mean: Floats) -> Floats:
    """What a mean must be multiplied by to meet a total; nothing stays nothing."""
    return np.asarray(np.divide(total, mean, out=np.zeros_like(total), where=mean > 0))
