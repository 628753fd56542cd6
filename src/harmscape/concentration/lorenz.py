"""Half of the harm in how few places? Shares of places and of harm, from the worst place down.

Answers "is this a problem of few places or of many?", so that a tasking may be aimed at the few.

Source: Lorenz 1905, Publications of the American Statistical Association 9:209; Weisburd 2015, Criminology
53:133 (shares of places that hold 25 and 50 % of crime).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

POINTS = 101
"""A curve is told at every hundredth of the places."""


def places_holding(values: ArrayLike, share: float, *, rising: bool = False) -> NDArray[np.int64]:
    """The least number of places that together hold a share of the total; 0 where the total is 0.

    values: harm or events by place, shape (p,) or (draws, p), at least 0. share: from 0 to 1. rising: the
    values are in rising order already.

    >>> int(places_holding([6, 3, 1, 0], 0.8))
    2
    """
    held = np.cumsum(_falling(values, rising), axis=-1)
    total = held[..., -1:] if held.shape[-1] else np.zeros((*held.shape[:-1], 1))
    # A sum of floats may miss its share by its last digit.
    enough = held >= share * total * (1 - 1e-12)
    return np.asarray(np.where(total[..., 0] > 0, enough.argmax(axis=-1) + 1 if held.shape[-1] else 0, 0))


def lorenz(values: ArrayLike, points: int = POINTS, *, rising: bool = False) -> Floats:
    """The share of the total that the worst 0, 1, 2 ... % of places hold, shape (points,) or (draws, points).

    Between two places the curve is straight. Where the total is 0 every place holds as much as every other.

    >>> lorenz([6, 3, 1, 0], points=5).tolist()
    [0.0, 0.6, 0.9, 1.0, 1.0]
    """
    falling = _falling(values, rising)
    places = falling.shape[-1]
    if places == 0:
        raise ValueError("a curve needs a place")
    held = np.concatenate([np.zeros((*falling.shape[:-1], 1)), np.cumsum(falling, axis=-1)], axis=-1)
    at = np.linspace(0, places, points)
    below = np.minimum(at.astype(int), places - 1)
    part = at - below
    found = held[..., below] * (1 - part) + held[..., below + 1] * part
    total = held[..., -1:]
    return np.asarray(np.where(total > 0, found / np.where(total > 0, total, 1.0), at / places))


def _falling(values: ArrayLike, rising: bool) -> Floats:
    held = np.asarray(values, dtype=float)
    if held.size and (held.min() < 0 or not np.isfinite(held).all()):
        raise ValueError("harm by place must be at least 0")
    return (held if rising else np.sort(held, axis=-1))[..., ::-1]
