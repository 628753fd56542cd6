"""Concentrated beyond chance? A few heavy events gather harm by luck alone, and that part is taken off.

Answers "is the harm really gathered, or is it only rare and heavy?". What is seen is set beside the same
incidents dropped on places at random (`placement`): the mean of the draws is what chance alone would show,
and the excess is what is seen beyond it, with the range that luck leaves it.

Source: Bernasco and Steenbeek 2017, JQC 33:451 (a benchmark beside the Gini); Mohler, Brantingham, Carter and
Short 2019, JQC 35:753 (spurious concentration of sparse counts); the interval is that of the draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.concentration.gini import gini
from harmscape.concentration.lorenz import lorenz, places_holding

Floats = NDArray[np.float64]

_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Beyond:
    """A figure, what chance alone would show with its 95 % range, and how seldom chance shows as much.

    excess: seen less chance; excess_lo, excess_hi: seen less the ends of the range of chance. p: one-sided,
    (1 + draws at least as concentrated) / (1 + draws).
    """

    seen: float
    chance: float
    chance_lo: float
    chance_hi: float
    p: float

    @property
    def excess(self) -> float:
        return self.seen - self.chance

    @property
    def excess_lo(self) -> float:
        return self.seen - self.chance_hi

    @property
    def excess_hi(self) -> float:
        return self.seen - self.chance_lo


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated values lie beside chance.

    half, most: the places that hold 50 and 80 % of the total. curve, curve_lo, curve_chance, curve_hi:
    the Lorenz curve and that of chance with its 95 % band, shape (101,).
    """

    gini: Beyond
    half: Beyond
    most: Beyond
    curve: Floats
    curve_chance: Floats
    curve_lo: Floats
    curve_hi: Floats


def concentration(
    values: ArrayLike, drawn: ArrayLike, *, half: float = 0.5, most: float = 0.8
) -> Concentration:
    """Set the values of places beside draws of chance.

    values: harm or events by place, shape (p,). drawn: the same under chance, shape (draws, p).
    half, most: the shares of the total whose places are counted.

    >>> even = np.tile([[2.0, 1.0, 1.0]], (19, 1))
    >>> found = concentration([4, 0, 0], even)
    >>> found.half.seen, found.half.chance, found.half.p
    (1.0, 1.0, 1.0)
    >>> found.most.seen, found.most.chance, found.most.p
    (1.0, 3.0, 0.05)
    """
    held, luck = np.sort(np.asarray(values, dtype=float)), np.sort(np.asarray(drawn, dtype=float), axis=-1)
    curves = lorenz(luck, rising=True)
    lo, hi = np.quantile(curves, _ends(), axis=0)
    return Concentration(
        gini=_beyond(float(gini(held, rising=True)), gini(luck, rising=True), greater=True),
        half=_fewest(held, luck, half),
        most=_fewest(held, luck, most),
        curve=lorenz(held, rising=True),
        curve_chance=curves.mean(axis=0),
        curve_lo=lo,
        curve_hi=hi,
    )


def _fewest(held: Floats, luck: Floats, share: float) -> Beyond:
    lucky = places_holding(luck, share, rising=True)
    return _beyond(float(places_holding(held, share, rising=True)), lucky, greater=False)


def _beyond(seen: float, luck: NDArray[np.float64] | NDArray[np.int64], *, greater: bool) -> Beyond:
    lo, hi = np.quantile(luck, _ends())
    as_much = (luck >= seen - 1e-12) if greater else (luck <= seen)
    p = (1 + int(as_much.sum())) / (1 + len(luck))
    return Beyond(seen, float(luck.mean()), float(lo), float(hi), p)


def _ends() -> tuple[float, float]:
    return (1 - _LEVEL) / 2, (1 + _LEVEL) / 2
