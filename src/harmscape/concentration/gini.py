"""One figure for how unevenly harm lies, also where there are more places than events.

Answers "is it more concentrated than last year, or than elsewhere?". The Gini coefficient is 0 where all
places hold the same and nears 1 where one holds all. With fewer events than places it cannot be 0: the
generalised form of Bernasco and Steenbeek compares with the evenest spread that whole events allow,
G' = max(1, N / C) (G - 1) + 1  for N places and C events; times k / (k - 1), k = min(N, C), it is unbiased.
Harm has no such C; `excess` compares it with chance instead.

Source: Bernasco and Steenbeek 2017, Journal of Quantitative Criminology 33:451.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def gini(values: ArrayLike, *, rising: bool = False) -> Floats:
    """Gini coefficients of harm or events by place, shape () or (draws,); 0 where the total is 0.

    values: shape (p,) or (draws, p), at least 0. rising: they are in rising order already.

    >>> round(float(gini([3, 1, 1, 0, 0, 0, 0, 0, 0, 0])), 2)  # the example of the authors' own package
    0.78
    """
    held = np.asarray(values, dtype=float)
    held = held if rising else np.sort(held, axis=-1)
    if held.size and (held[..., :1].min() < 0 or not np.isfinite(held).all()):
        raise ValueError("harm by place must be at least 0")
    places, total = held.shape[-1], held.sum(axis=-1)
    ranked = held @ np.arange(1, places + 1)
    known = total > 0
    share = ranked / (np.where(known, total, 1.0) * max(places, 1))
    return np.asarray(np.where(known, 2 * share - (places + 1) / max(places, 1), 0.0))


def generalised_gini(counts: ArrayLike, *, unbiased: bool = False) -> Floats:
    """The Gini coefficient of counts beside the evenest spread that their number allows.

    counts: whole events by place, shape (p,) or (draws, p). unbiased: times k / (k - 1) with k the fewer of
    places and events; 0 where k is 1.

    >>> round(float(generalised_gini([3, 1, 1, 0, 0, 0, 0, 0, 0, 0])), 2)  # 10 / 5 x (0.78 - 1) + 1
    0.56
    """
    held = np.asarray(counts, dtype=float)
    places, events = held.shape[-1], held.sum(axis=-1)
    known = events > 0
    scale = np.maximum(1.0, places / np.where(known, events, 1.0))
    found = np.where(known, scale * (gini(held) - 1) + 1, 0.0)
    if not unbiased:
        return np.asarray(found)
    fewer = np.minimum(float(places), events)
    return np.asarray(np.where(fewer > 1, found * fewer / np.maximum(fewer - 1, 1.0), 0.0))
