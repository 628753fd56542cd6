"""The rank of each area by harm, exact to the last digit, ties sharing the best rank."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Exact = Decimal | Fraction | int


def competition_ranks(harm: Sequence[Exact] | NDArray[np.integer] | NDArray[np.object_]) -> NDArray[np.int64]:
    """Standard competition ranks, 1 = most harm; after a tie of two at rank 1 the next rank is 3.

    harm: points per area, shape (p,), as Decimal, Fraction or whole numbers; floats are refused, because two
    sums of the same decimals can differ in a float's last digit and a tie would then depend on the order of
    rows. Raises ValueError on a float or a value that is not a number. Source: "standard competition ranking"
    (1, 1, 3).

    >>> competition_ranks([Decimal("90.10"), Decimal("12"), Decimal("90.1")])
    array([1, 3, 1])
    """
    values = _exact(harm)
    if values.size == 0:
        return np.zeros(0, dtype=np.int64)
    # Turned round, not negated: minus a Decimal is rounded to the context's 28 digits.
    order = np.argsort(values, kind="stable")[::-1]
    ordered = values[order]
    starts = np.ones(len(values), dtype=bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.maximum.accumulate(np.where(starts, np.arange(1, len(values) + 1), 0))
    return ranks


def _exact(harm: Sequence[Exact] | NDArray[np.integer] | NDArray[np.object_]) -> NDArray[np.object_]:
    values = np.empty(len(harm), dtype=object)
    values[:] = harm.tolist() if isinstance(harm, np.ndarray) else list(harm)
    if not all(issubclass(kind, Decimal | Fraction | int) for kind in set(map(type, values))):
        raise ValueError("ranks need exact values (Decimal, Fraction or whole numbers), not floats")
    if not all(value.is_finite() for value in values if isinstance(value, Decimal)):
        raise ValueError("ranks need values that are numbers: one is NaN or infinite")
    return values
