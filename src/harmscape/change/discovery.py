"""Many comparisons on one page: which of them to believe, so that few of those believed are false.

Answers "which of these arrows are real?": of the changes shown, a stated share at most is expected to be
chance.

Source: Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def discoveries(p: ArrayLike, *, rate: float = 0.10) -> NDArray[np.bool_]:
    """Which p-values stand for real changes, shape (m,); missing ones (not a number) never do.

    rate: the share of false ones expected among those believed.

    >>> discoveries([0.001, 0.04, 0.03, 0.9], rate=0.05).tolist()  # 0.001 <= 1/4 x 0.05; 0.04 > 3/4 x 0.05
    [True, False, False, False]
    """
    return np.asarray(adjusted(p) <= rate)


def adjusted(p: ArrayLike) -> NDArray[np.float64]:
    """The smallest rate at which each would be believed, (m,): min over the greater of p m / rank."""
    values = np.asarray(p, dtype=float)
    known = np.flatnonzero(np.isfinite(values))
    found = np.full(values.shape, np.nan)
    if len(known) == 0:
        return found
    order = known[np.argsort(values[known], kind="stable")]
    raised = values[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
