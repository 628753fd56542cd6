"""Do harmful areas lie together, and which area is unlike its neighbours? Moran's I of standardised rates.

Answers "is it one problem across several areas, or many of their own?" for the whole map, and for one area
"does it stand out from those around it, or go with them?". Rates are standardised first (`standardised`), as
raw ones make small populations look extreme; the null drops incidents anew (`placement`), as harm has too
heavy a tail for the normal one.

Sources: Moran 1950, Biometrika 37:17; Anselin 1995, Geographical Analysis 27:93 (local); Assuncao and Reis
1999, Statistics in Medicine 18:2147 (of standardised rates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from harmscape.concentration.standardised import standardised
from harmscape.concentration.tails import Tails, tails

Floats = NDArray[np.float64]


def moran(z: ArrayLike, borders: sparse.csr_array) -> Floats:
    """Moran's I with each area's neighbours weighing 1 together, shape () or (draws,); 0 where all is equal.

    z: by area, shape (p,) or (draws, p). An area without neighbours adds nothing.

    >>> row = sparse.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> float(moran([1, 0, -1], row))  # 1 x 0 + 0 x 0 + (-1) x 0
    0.0
    """
    away = _away(z)
    linked = int((borders.sum(axis=1) > 0).sum())
    spread = (away**2).sum(axis=-1)
    known = (spread > 1e-12) & (linked > 0)
    shared = (away * lag(away, borders)).sum(axis=-1)
    scale = away.shape[-1] / max(linked, 1) / np.where(known, spread, 1.0)
    return np.asarray(np.where(known, scale * shared, 0.0))


def local_moran(z: ArrayLike, borders: sparse.csr_array) -> Floats:
    """Each area times the mean of its neighbours, over the variance, shape (p,) or (draws, p).

    Above 0 an area goes with its neighbours, below 0 it is unlike them.
    """
    away = _away(z)
    spread = (away**2).sum(axis=-1, keepdims=True)
    scale = (away.shape[-1] - 1) / np.where(spread > 1e-12, spread, np.inf)
    return np.asarray(away * lag(away, borders) * scale)


def lag(z: Floats, borders: sparse.csr_array) -> Floats:
    """The mean of each area's neighbours, shape as z; 0 without neighbours."""
    near = np.maximum(borders.sum(axis=1), 1.0)
    return np.asarray((borders @ np.ascontiguousarray(z.T)).T / near)


@dataclass(frozen=True, slots=True)
class Alike:
    """i: Moran's I of the whole map, chance_lo and chance_hi its 95 % range by chance, p two-sided.

    local: by area, shape (p,). tails: p-values of each (high: goes with its neighbours; low: unlike them).
    z: standardised, and near: the mean z of the neighbours.
    """

    i: float
    chance_lo: float
    chance_hi: float
    p: float
    local: Floats
    tails: Tails
    z: Floats
    near: Floats


def moran_by_chance(
    values: ArrayLike,
    drawn: ArrayLike,
    borders: sparse.csr_array,
    *,
    squares: float,
    exposure: ArrayLike | None = None,
) -> Alike:
    """Global and local Moran's I of standardised values beside chance.

    values: harm or events by area, shape (p,). drawn: the same under `placements`, shape (draws, p).
    squares: the sum over incidents of squared points. exposure: as it was for the draws.

    >>> from harmscape.concentration.placement import incidents, placements
    >>> row, fallen = sparse.csr_array(np.eye(9, k=1) + np.eye(9, k=-1)), incidents(np.ones(90))
    >>> found = moran_by_chance([20, 20, 18, 16, 8, 4, 2, 1, 1], placements(fallen, 9), row, squares=90.0)
    >>> found.i > found.chance_hi, found.p < 0.05
    (True, True)
    """
    z = standardised(values, squares=squares, exposure=exposure)
    luck = standardised(drawn, squares=squares, exposure=exposure)
    lucky = moran(luck, borders)
    seen = float(moran(z, borders))
    lo, hi = np.quantile(lucky, (0.025, 0.975))
    whole = tails([seen], lucky[:, None])
    alike = borders.sum(axis=1) if exposure is None else None
    local = local_moran(z, borders)
    return Alike(
        seen, float(lo), float(hi), float(whole.both[0]),
        local, tails(local, local_moran(luck, borders), alike), z, lag(_away(z), borders),
    )  # fmt: skip


def _away(z: ArrayLike) -> Floats:
    held = np.asarray(z, dtype=float)
    return np.asarray(held - held.mean(axis=-1, keepdims=True))
