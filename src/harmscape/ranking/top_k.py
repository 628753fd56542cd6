"""The chance that an area is among the first k: exact but for the reading points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

POINTS = 256
POINTS_AT_ONCE = 48
# How many widths above its centre an area is still thought to reach.
REACH = 4.5
# An area whose chance to stand above every reading point is below this enters through a Poisson count, not
# singly.
SINGLY = 0.02


def chance_of_top(k: int, centre: Floats, width: Floats) -> Floats:
    """P(rank <= k) per area, shape (p,), where harm (on some scale) is normal with centre and width.

    Integrates, over the height t of an area, the chance that fewer than k others stand above t. That chance
    is the head of the distribution of a sum of unequal yes/no draws, built up area by area and cut at k;
    leaving each area out is done by joining what comes before it with what comes after. Raises ValueError
    where k is below 1.

    >>> chance_of_top(1, np.array([0.0, 0.0]), np.array([1.0, 1.0])).round(3)
    array([0.5, 0.5])
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    if k >= len(centre):
        return np.ones(len(centre), dtype=np.float64)
    near, heights, above = _heights(k, centre, width)
    singly = np.flatnonzero(above[:, 0] > SINGLY)
    rest = above.sum(axis=0) - above[singly].sum(axis=0)
    together = np.empty(len(heights))
    apart = np.empty((len(singly), len(heights)))
    for start in range(0, len(heights), POINTS_AT_ONCE):
        part = slice(start, start + POINTS_AT_ONCE)
        together[part], apart[:, part] = _fewer_than_k(k, above[singly, part], rest[part])
    fewer = np.tile(together, (len(above), 1))
    fewer[singly] = apart
    passed = above[:, :-1] - above[:, 1:]
    # Below the lowest height more than k others stand above, almost surely.
    result = np.zeros(len(centre))
    result[near] = (passed * (fewer[:, :-1] + fewer[:, 1:])).sum(axis=1) / 2 + above[:, -1] * fewer[:, -1]
    return np.asarray(np.clip(result, 0.0, 1.0), dtype=float)


def _heights(k: int, centre: Floats, width: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    """The areas that may be among the first k, heights from there up, and S_j there (areas, heights)."""
    plenty = k + 6 * math.sqrt(k) + 8
    few = len(centre) <= plenty
    bottom = float((centre - REACH * width).min()) if few else _where_expected(plenty, centre, width)
    near = np.flatnonzero(centre + REACH * width > bottom)
    at = (centre[near, None] + width[near, None] * np.linspace(-REACH, REACH, 33)).ravel()
    at = np.sort(at[at > bottom])
    chosen = at[np.linspace(0, at.size - 1, min(POINTS, at.size)).astype(np.int64)]
    heights = np.unique(np.concatenate([[bottom], chosen]))
    return near, heights, special.ndtr((centre[near, None] - heights) / width[near, None])


def _where_expected(number: float, centre: Floats, width: Floats) -> float:
    """The height above which this many areas are expected to stand, by halving."""
    low, high = float((centre - 6 * width).min()), float((centre + 6 * width).max())
    for _ in range(60):
        middle = (low + high) / 2
        if special.ndtr((centre - middle) / width).sum() > number:
            low = middle
        else:
            high = middle
    return low


def _fewer_than_k(k: int, chances: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """P(fewer than k above): over all areas, shape (points,), and without each one, (areas, points)."""
    areas, points = chances.shape
    with np.errstate(divide="ignore"):
        counts = np.arange(k)
        head = np.exp(special.xlogy(counts, rest[:, None]) - rest[:, None] - special.gammaln(counts + 1))
    before = np.empty((areas, points, k))
    for j in range(areas):
        before[j] = head
        head = _with_one(head, chances[j])
    after = np.zeros((points, k))
    after[:, 0] = 1.0
    apart = np.empty((areas, points))
    for j in range(areas - 1, -1, -1):
        apart[j] = (before[j] * np.cumsum(after, axis=1)[:, ::-1]).sum(axis=1)
        after = _with_one(after, chances[j])
    return head.sum(axis=1), apart


def _with_one(head: Floats, chance: Floats) -> Floats:
    joined = head * (1 - chance)[:, None]
    joined[:, 1:] += head[:, :-1] * chance[:, None]
    return joined
