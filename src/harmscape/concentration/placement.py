"""Where events would lie by chance: every incident dropped anew on some place, all it holds together.

The null of every question here: incidents keep their points (one incident may hold several crimes), places
keep their exposure (the same for all, or residents), and nothing but luck decides which falls where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SLOTS = 1 << 20
"""Exposures are kept to a millionth of their sum."""
_SINGLES_A_PLACE = 8
"""From so many equal incidents a place on, counts are drawn at once instead of one incident after another."""
_AT_ONCE = 1 << 16
"""Incidents dropped at once: few enough to stay in the processor's own memory."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """Incidents by what they weigh: points of one, float64[v], and how many weigh so, int64[v]."""

    points: Floats
    number: NDArray[np.int64]

    @property
    def squares(self) -> float:
        """The sum over incidents of squared points, on which the variance of any placement rests."""
        return float((self.points**2 * self.number).sum())

    @property
    def total(self) -> float:
        return float((self.points * self.number).sum())


def incidents(points: ArrayLike, number: ArrayLike | None = None) -> Incidents:
    """Incidents from the points of each (float64[n], at least 0), or of each kind and its number.

    Raises ValueError for points below 0.

    >>> incidents([3, 1, 3]).number.tolist()
    [1, 2]
    """
    each = np.asarray(points, dtype=float)
    many = np.ones(each.shape, np.int64) if number is None else np.asarray(number, dtype=np.int64)
    if (each < 0).any() or not np.isfinite(each).all() or (many < 0).any():
        raise ValueError("points and numbers of incidents must be at least 0")
    kinds, at = np.unique(each, return_inverse=True)
    counted = np.bincount(at, many, minlength=len(kinds)).astype(np.int64)
    kept = (kinds > 0) & (counted > 0)
    return Incidents(kinds[kept], counted[kept])


def shares(exposure: ArrayLike | None, places: int) -> Floats:
    """The chance of each place to get an incident, shape (p,): equal, or in proportion to its exposure.

    Raises ValueError for an exposure that is missing or below 0, or none above 0.
    """
    if exposure is None:
        return np.full(places, 1 / max(places, 1))
    held = np.asarray(exposure, dtype=float)
    if held.shape != (places,) or not np.isfinite(held).all() or (held < 0).any() or held.sum() <= 0:
        raise ValueError("an exposure is a number of at least 0 for each place, and some are above 0")
    return np.asarray(held / held.sum())


def placements(
    fallen: Incidents, places: int, *, exposure: ArrayLike | None = None, draws: int = 999, seed: int = 0
) -> Floats:
    """Points by place when chance places the incidents, shape (draws, p).

    fallen: the incidents. exposure: of each place, shape (p,); equal without it.

    >>> drawn = placements(incidents([5, 5, 1]), 4, draws=100)
    >>> drawn.shape, drawn.sum(axis=1).tolist() == [11.0] * 100
    ((100, 4), True)
    """
    chance = shares(exposure, places)
    generator = np.random.default_rng(seed)
    found = np.zeros((draws, places))
    many = fallen.number > _SINGLES_A_PLACE * places
    for points, number in zip(fallen.points[many], fallen.number[many], strict=True):
        found += points * generator.multinomial(int(number), chance, size=draws)
    singles = np.repeat(fallen.points[~many], fallen.number[~many])
    if len(singles) == 0:
        return found
    slots = None if exposure is None else slots_of(chance)
    batch = max(1, min(draws, _AT_ONCE // max(len(singles), places)))
    weights, first = np.tile(singles, batch), np.repeat(np.arange(batch) * places, len(singles))
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        where = _somewhere(generator, size * len(singles), places, slots)
        where += first[: len(where)]
        sums = np.bincount(where, weights[: len(where)], size * places)
        found[start : start + size] += sums.reshape(size, places)
    return found


def _somewhere(
    generator: np.random.Generator, size: int, places: int, slots: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    if slots is None:
        return generator.integers(places, size=size)
    return slots[generator.integers(len(slots), size=size)]


def slots_of(chance: Floats) -> NDArray[np.int64]:
    """Places in proportion to their chance: a random one of a million slots is a random place."""
    ends = np.rint(np.cumsum(chance) * SLOTS).astype(np.int64)
    return np.repeat(np.arange(len(chance)), np.diff(ends, prepend=0))


def shuffles(values: ArrayLike, *, draws: int = 999, seed: int = 0) -> Floats:
    """The values of places in random order, shape (draws, p): every place keeps some place's value.

    >>> sorted(shuffles([1, 2, 3], draws=1)[0].tolist())
    [1.0, 2.0, 3.0]
    """
    held = np.tile(np.asarray(values, dtype=float), (draws, 1))
    return np.random.default_rng(seed).permuted(held, axis=1, out=held)
