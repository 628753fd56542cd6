"""Run rules: which points of a control chart chance alone would seldom make, and how seldom.

Answers "is this month a signal, or noise?" for a single chart. The rules are those of the Western Electric
handbook, on standardised points: (1) one beyond 3 sigma; (2) two of three beyond 2 sigma on one side; (3)
four of five beyond 1 sigma on one side; (4) eight in a row on one side of the centre. Every rule added finds
more and alarms more often, so a page says which were used and how often they alarm where nothing changes.

Sources: Western Electric 1956, Statistical Quality Control Handbook (the rules); Nelson 1984, Journal of
Quality Technology 16:237 (the same four among his eight, with nine in a row for eight); Champ and Woodall
1987, Technometrics 29:393, table 1 (points between false alarms of independent normal points).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

DEFAULT = (1, 4)
"""One far out, or eight in a row: seen apart from each other, and seldom false together."""

POINTS_BETWEEN_FALSE_ALARMS: Mapping[tuple[int, ...], float] = {
    (1,): 370.40,
    (1, 2): 225.44,
    (1, 3): 166.05,
    (1, 4): 152.73,
    (1, 2, 3): 132.89,
    (1, 2, 4): 122.05,
    (1, 3, 4): 105.78,
    (1, 2, 3, 4): 91.75,
}
"""Champ and Woodall's table 1: the mean number of points until a false alarm, by the rules in use."""

WORDS: Mapping[int, str] = {
    1: "beyond the limits",
    2: "two of three beyond two thirds of the way to a limit",
    3: "four of five beyond one third of the way to a limit",
    4: "eight in a row on one side",
}


class Signal(NamedTuple):
    """A rule that was met at a point (its index), above (1) or below (-1) the centre."""

    at: int
    rule: int
    side: int


_WINDOWS: Mapping[int, tuple[int, int, float]] = {
    1: (1, 1, 3.0),
    2: (2, 3, 2.0),
    3: (4, 5, 1.0),
    4: (8, 8, 0.0),
}
"""So many of the last so many points beyond so many sigma, by rule."""


def signals(z: ArrayLike, rules: Sequence[int] = DEFAULT) -> list[Signal]:
    """Every point at which a rule is met, in order; a missing point (not a number) ends a run.

    z: standardised points, shape (m,). rules: from 1 to 4. Raises ValueError for another.

    >>> signals([0.2, 3.4, -0.5])
    [Signal(at=1, rule=1, side=1)]
    """
    points = np.asarray(z, dtype=float)
    if unknown := set(rules) - _WINDOWS.keys():
        raise ValueError(f"the rules are 1 to 4, got {sorted(unknown)}")
    found = [
        Signal(int(at), rule, side)
        for rule in sorted(set(rules))
        for side in (1, -1)
        for at in np.flatnonzero(_met(points * side, *_WINDOWS[rule]))
    ]
    return sorted(found)


def _met(points: NDArray[np.float64], wanted: int, last: int, beyond: float) -> NDArray[np.bool_]:
    """Where the point itself and so many of the last points lie beyond, with none missing among them."""
    if len(points) < last:
        return np.zeros(len(points), dtype=bool)
    out = np.where(np.isfinite(points), points > beyond, False)
    spans = np.lib.stride_tricks.sliding_window_view(out, last).sum(axis=1) >= wanted
    known = np.lib.stride_tricks.sliding_window_view(np.isfinite(points), last).all(axis=1)
    met = np.zeros(len(points), dtype=bool)
    met[last - 1 :] = spans & known & out[last - 1 :]
    return met
