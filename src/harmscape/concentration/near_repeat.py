"""Does one event make another nearby soon after more likely? Pairs close in place and time, beside chance.

Answers "after a burglary, for how long and how far should the street be watched?". All pairs of events are
counted by distance and days between; chance keeps every place and every date and deals the dates out anew, so
that places with many events and busy weeks do not count as repeats. Bands are half-open: [0, 100) metres,
then [100, 200). p = (1 + draws with as many pairs) / (1 + draws), Benjamini-Hochberg left to the caller.

Sources: Knox 1964, Applied Statistics 13:25; Townsley, Homel and Chaseling 2003, British Journal of
Criminology 43:615; Ratcliffe and Rengert 2008, Security Journal 21:58 (Monte Carlo of the dates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

MOST_PAIRS = 2_000_000
_MOST_COUNTED, _FEWEST_DRAWS = 260_000_000, 99
"""Pairs looked at in all draws together: some seconds."""
_AT_ONCE = 1 << 14
"""Pairs looked at together: few enough to stay in the processor's own memory."""


class TooManyPairsError(ValueError):
    """So many events lie so close that their pairs would not fit."""


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """Pairs by band of distance and of days, shape (s, t): seen, mean of chance, and p of as many.

    metres, days: the edges of the bands, shape (s + 1,) and (t + 1,). events: how many were paired. draws:
    how often the dates were dealt out.
    """

    metres: Floats
    days: NDArray[np.int64]
    seen: NDArray[np.int64]
    chance: Floats
    p: Floats
    events: int
    draws: int

    @property
    def ratio(self) -> Floats:
        """Times as many pairs as by chance; not a number where chance has none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(self.chance > 0, self.seen / self.chance, np.nan))


def near_repeat(
    x: ArrayLike,
    y: ArrayLike,
    day: ArrayLike,
    *,
    metres: ArrayLike,
    days: ArrayLike,
    draws: int = 999,
    seed: int = 0,
) -> NearRepeat:
    """Count pairs by distance and days between, beside dates dealt out anew.

    x, y: metres in one plane, shape (n,). day: whole numbers, shape (n,), of days or of coarser steps.
    metres, days: rising edges of half-open bands, from at least 0. draws: how often dates are dealt out, at
    most; fewer, but at least 99, where pairs are many. One incident counts as one event: merge
    its records before.
    Raises ValueError for edges that do not rise, TooManyPairsError past 2 million near pairs.

    >>> found = near_repeat([0, 1, 50], [0, 0, 0], [3, 3, 9], metres=[0, 1, 5], days=[0, 1, 7], draws=9)
    >>> found.seen.tolist()  # the pair a metre apart on one day is in [1, 5) m
    [[0, 0], [1, 0]]
    """
    bands, steps = _edges(metres), _edges(days).astype(np.int64)
    when = np.asarray(day, dtype=np.int64)
    first, second, far = _pairs(np.asarray(x, dtype=float), np.asarray(y, dtype=float), bands)
    size = len(bands) - 1
    counter = _Counter(first, second, far, size, steps)
    seen = counter.table(when - when.min(initial=0))
    generator = np.random.default_rng(seed)
    total, as_many = np.zeros(seen.shape), np.ones(seen.shape)
    dealt = when - when.min(initial=0)
    done = min(draws, max(_MOST_COUNTED // max(len(first), 1), _FEWEST_DRAWS))
    for _ in range(done):
        generator.shuffle(dealt)
        luck = counter.table(dealt)
        total += luck
        as_many += luck >= seen
    return NearRepeat(bands, steps, seen, total / max(done, 1), as_many / (done + 1), len(when), done)


class _Counter:
    """Counts pairs by distance and days between, again and again for other dates."""

    def __init__(
        self,
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        far: NDArray[np.int64],
        size: int,
        steps: NDArray[np.int64],
    ) -> None:
        self._size, self._steps = size, steps
        # One column for each gap below the last edge, and one for all others.
        self._gaps = int(steps[-1]) + 1
        row = far * self._gaps
        self._parts = [
            (first[at : at + _AT_ONCE], second[at : at + _AT_ONCE], row[at : at + _AT_ONCE])
            for at in range(0, len(first), _AT_ONCE)
        ]
        self._gap, self._other = np.empty(_AT_ONCE, np.int64), np.empty(_AT_ONCE, np.int64)

    def table(self, when: NDArray[np.int64]) -> NDArray[np.int64]:
        """Pairs by band of distance and of days, shape (s, t), where event i happens on day when[i]."""
        counted = np.zeros(self._size * self._gaps, np.int64)
        for first, second, row in self._parts:
            gap, other = self._gap[: len(first)], self._other[: len(first)]
            np.take(when, first, out=gap, mode="clip")
            np.take(when, second, out=other, mode="clip")
            gap -= other
            np.abs(gap, out=gap)
            np.minimum(gap, self._gaps - 1, out=gap)
            gap += row
            counted += np.bincount(gap, minlength=len(counted))
        by_gap = counted.reshape(self._size, self._gaps)
        up_to = np.concatenate([np.zeros((self._size, 1), np.int64), np.cumsum(by_gap, axis=1)], axis=1)
        return np.diff(up_to[:, self._steps], axis=1)


def _edges(values: ArrayLike) -> Floats:
    held = np.asarray(values, dtype=float)
    if held.ndim != 1 or len(held) < 2 or held[0] < 0 or (np.diff(held) <= 0).any():
        raise ValueError("the edges of bands are at least two rising numbers, from 0 on")
    return held


def _pairs(
    x: Floats, y: Floats, bands: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every two events nearer than the last edge, and the band of their distance."""
    if len(x) < 2:
        none = np.empty(0, np.int64)
        return none, none, none
    points = np.column_stack([x, y])
    tree = cKDTree(points)
    # Each pair is counted twice, and each event with itself.
    if (int(tree.count_neighbors(tree, bands[-1])) - len(x)) // 2 > MOST_PAIRS:
        raise TooManyPairsError(f"more than {MOST_PAIRS:,} pairs lie within {bands[-1]:g} metres")
    both = tree.query_pairs(bands[-1], output_type="ndarray")
    apart = points[both[:, 0]] - points[both[:, 1]]
    far = np.searchsorted(bands, np.hypot(apart[:, 0], apart[:, 1]), side="right") - 1
    kept = (far >= 0) & (far < len(bands) - 1)
    both = both[kept].astype(np.int64)
    # In order of the first event, so that the dates looked up next lie near those just read.
    order = np.lexsort((both[:, 1], both[:, 0]))
    first, second = np.ascontiguousarray(both[order].T)
    return first, second, far[kept][order].astype(np.int64)
