"""How late records come: the share of a month's events that is known so many months after its end.

Answers "is the fall at the end real, or is it still to be recorded?". Every delivery counts the months anew:
a triangle of months by age. Between one age and the next all months that were seen at both are added up, and
the later sum over the earlier is how much is still to come (the chain ladder); the share known at an age is
one over the product of the factors after it. Withdrawn records make a factor below 1. Nothing is said from
one look.

Source: Mack 1993, ASTIN Bulletin 23:213 (chain ladder: the factors and their triangle); Kalbfleisch and
Lawless 1989, Journal of the American Statistical Association 84:360 (the same for reporting delays, by
reverse hazard).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_AGE = 24
"""Months after which whatever still comes is no longer counted as late."""


def growth(triangle: ArrayLike) -> Floats:
    """Factors from each age to the next, shape (a - 1,); not a number where no month was seen at both.

    triangle: events known of each month (rows) at each age (columns), shape (m, a); not a number where it was
    never seen so.

    >>> growth([[80, 100, 100], [90, 99, np.nan], [70, np.nan, np.nan]]).round(4).tolist()  # 199/170, 100/100
    [1.1706, 1.0]
    """
    seen = np.asarray(triangle, dtype=float)
    before, after = seen[:, :-1], seen[:, 1:]
    both = np.isfinite(before) & np.isfinite(after)
    sums = np.where(both, before, 0.0).sum(axis=0), np.where(both, after, 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sums[0] > 0, sums[1] / sums[0], np.nan))


def share_known(triangle: ArrayLike) -> Floats:
    """The share of a month's events known at each age, shape (a,): the last age counts as all.

    An age without a factor of its own is taken to add nothing; a share is at most 1, and at an age that was
    never looked at it is not a number.

    >>> share_known([[80, 100, 100], [90, 99, np.nan], [70, np.nan, np.nan]]).round(4).tolist()
    [0.8543, 1.0, 1.0]
    """
    factors = growth(triangle)
    filled = np.where(np.isfinite(factors) & (factors > 0), factors, 1.0)
    after = np.append(np.cumprod(filled[::-1])[::-1], 1.0)
    looked = np.isfinite(np.asarray(triangle, dtype=float)).any(axis=0)
    return np.asarray(np.where(looked, np.minimum(1 / after, 1.0), np.nan))


def triangle_of(
    months: ArrayLike, came: ArrayLike, went: ArrayLike, looks: ArrayLike, *, most_age: int = MOST_AGE
) -> Floats:
    """What each look counted of each month, by age: shape (m, most_age + 1).

    months: their numbers in a calendar of months, shape (m,). came, went: events that became known and that
    were withdrawn at each look, shape (m, k). looks: the months in which looks were taken, ascending, shape
    (k,); a look of month t has age t - month for every month, and months that it cannot have seen whole (age
    < 0) are left out.

    >>> triangle_of([0, 1], [[8, 2], [0, 9]], [[0, 0], [0, 0]], [0, 1], most_age=1).tolist()
    [[8.0, 10.0], [9.0, nan]]
    """
    held = np.cumsum(np.asarray(came, dtype=float) - np.asarray(went, dtype=float), axis=1)
    age = np.asarray(looks)[None, :] - np.asarray(months)[:, None]
    found = np.full((len(held), most_age + 1), np.nan)
    rows, at = np.nonzero((age >= 0) & (age <= most_age))
    # Where two looks have one age, the later one stands.
    found[rows, age[rows, at]] = held[rows, at]
    return found
