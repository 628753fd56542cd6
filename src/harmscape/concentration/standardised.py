"""Places made comparable: rates less their mean, over the spread that size alone gives them.

A small population has a rate that luck throws far, so raw rates make small places look extreme. The rate of
a place is divided by the root of a + m / x: a is how far true rates differ, m / x what luck adds with
exposure x. For counts m is the mean rate; for harm it is the sum of squared points over the exposure of all.

Source: Assuncao and Reis 1999, Statistics in Medicine 18:2147 (counts; a below 0 is taken as 0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def standardised(values: ArrayLike, *, squares: float, exposure: ArrayLike | None = None) -> Floats:
    """Standardised rates, shape (p,) or (draws, p); 0 for a place without exposure and where all is 0.

    values: harm or events by place, shape (p,) or (draws, p). squares: the sum over incidents of their
    squared points; for counts of single events, their number. exposure: shape (p,); the same for all without.

    >>> standardised([8, 4, 0], squares=12).round(3).tolist()  # mean 4, variance 32/3: a = 32/3 - 4
    [1.225, 0.0, -1.225]
    """
    held = np.asarray(values, dtype=float)
    places = held.shape[-1]
    x = np.ones(places) if exposure is None else np.asarray(exposure, dtype=float)
    some = x > 0
    size, whole = np.where(some, x, 1.0), x.sum()
    rate = np.where(some, held / size, 0.0)
    mean = held.sum(axis=-1, keepdims=True) / whole
    spread = (x * (rate - mean) ** 2).sum(axis=-1, keepdims=True) / whole
    luck = squares / whole
    between = np.maximum(spread - luck * places / whole, 0.0)
    variance = between + luck / size
    return np.asarray(
        np.where(some & (variance > 0), (rate - mean) / np.sqrt(np.maximum(variance, 1e-300)), 0.0)
    )
