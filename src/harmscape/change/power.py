"""Power before: the smallest fall, and the smallest rise, that an operation's figures could show at all.

Answers "is it worth measuring?" on the day a task is agreed. For every true rate the chance is found that the
test of `counts` (mid-p, both sides) will call the change real, summed over all counts that may come before
and after; the smallest fall is the one seen with the power asked for. The figures before are taken to be what
that many events usually tell; a control adds its own uncertainty to what is expected, as if fewer events had
been counted before; over-dispersion leaves fewer still.

Sources: Przyborowski and Wilenski 1940, Biometrika 31:313 (the test); Gu, Ng, Tang and Schucany 2008,
Biometrical Journal 50:283 (power of tests of two Poisson rates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from harmscape.change.counts import Floats

_STEPS, _TAIL, _MOST = 20, 1e-6, 200


@dataclass(frozen=True, slots=True)
class Smallest:
    """Events expected after the start were nothing changed, and the changes that would be seen, in events.

    fall is None where not even a fall to nothing would be seen; shares are of what is expected.
    """

    expected: float
    fall: float | None
    rise: float | None
    fall_share: float | None
    rise_share: float | None


def smallest_seen(
    before: float,
    exposure: float,
    *,
    control: tuple[float, float] | None = None,
    dispersion: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> Smallest:
    """The smallest change of a count that would be seen.

    before: events counted before. exposure: how long after is in units of before (0.25 for a quarter beside a
    year). control: events of the control before, and those expected of it after. dispersion: variance over
    mean of the counts. power: the chance of seeing the change; alpha: that of seeing one where there is none.
    Raises ValueError on negative counts, an exposure not above 0 or a share outside 0 to 1.

    >>> found = smallest_seen(168, 1 / 12)  # three years with 14 events a quarter
    >>> found.expected, round(found.fall or 0, 1), round(found.rise or 0, 1)
    (14.0, 9.0, 12.8)
    """
    sides = (before, *(control or ()))
    if min(sides) < 0 or not exposure > 0 or not dispersion >= 1 or not (0 < power < 1 and 0 < alpha < 1):
        raise ValueError(
            "counts are at least 0, an exposure above 0, a dispersion at least 1, shares within 0 to 1"
        )
    expected = before * exposure
    if expected <= 0 or min(sides) <= 0:
        return Smallest(expected, None, None, None, None)
    # The uncertainty of all that says what to expect, as that of one count.
    known = 1 / sum(1 / each for each in sides) / dispersion
    length = expected / dispersion / known
    fall = _smallest(known, length, 0.0, power, alpha)
    rise = _smallest(known, length, 64.0 + 64.0 / (known * length), power, alpha)
    return Smallest(
        expected,
        None if fall is None else expected * (1 - fall),
        None if rise is None else expected * (rise - 1),
        None if fall is None else 1 - fall,
        None if rise is None else rise - 1,
    )


def power_sentence(found: Smallest, period: str = "quarter") -> str:
    """What is said when a task is agreed.

    >>> power_sentence(smallest_seen(168, 1 / 12))
    'With 14 such events a quarter here, only a fall of about 9 or more would be seen.'
    >>> power_sentence(smallest_seen(12, 1 / 12), "month")
    'With 1 such event a month here, not even a fall to none would be seen.'
    >>> power_sentence(smallest_seen(0, 1.0))
    'There were no such events here before: a fall cannot be seen.'
    """
    if found.expected <= 0:
        return "There were no such events here before: a fall cannot be seen."
    count = f"{found.expected:,.0f}" if found.expected >= 1 else "fewer than 1"
    head = f"With {count} such event{'' if count == '1' else 's'} a {period} here, "
    if found.fall is None:
        return head + "not even a fall to none would be seen."
    return head + f"only a fall of about {max(round(found.fall), 1):,} or more would be seen."


def chance_seen(known: float, exposure: float, ratio: float, *, alpha: float = 0.05) -> float:
    """The chance that a change to `ratio` is called real, on the side on which it lies.

    known: events expected before; exposure: as in `smallest_seen`.

    >>> round(chance_seen(50, 1.0, 1.0), 3)  # half of about 0.05: one side of the test
    0.025
    """
    k0, p0 = _likely(known)
    k1, p1 = _likely(known * exposure * ratio)
    later, earlier = (each.ravel() for each in np.meshgrid(k1, k0))
    tail = _one_side(later, earlier, exposure, falls=ratio < 1)
    return float(((tail < alpha / 2) * np.outer(p0, p1).ravel()).sum())


def _one_side(later: Floats, earlier: Floats, exposure: float, *, falls: bool) -> Floats:
    """Half the mid-p on the side asked for, 1 on the other."""
    share = exposure / (1 + exposure)
    n = later + earlier
    below = (stats.binom.cdf(later, n, share) + stats.binom.cdf(later - 1, n, share)) / 2
    return np.asarray(below if falls else 1 - below)


def _likely(mean: float) -> tuple[Floats, Floats]:
    """Counts that may come of a mean, all but a millionth of them, and their chances.

    Of very many counts neighbours stand together, told by the middle one.
    """
    first, last = stats.poisson.ppf(_TAIL, mean), stats.poisson.ppf(1 - _TAIL, mean)
    block = int((last - first) // _MOST) + 1
    starts = np.arange(first, last + 1, block)
    chances = stats.poisson.cdf(starts + block - 1, mean) - stats.poisson.cdf(starts - 1, mean)
    return starts + (block - 1) // 2, np.asarray(chances)


def _smallest(known: float, exposure: float, furthest: float, power: float, alpha: float) -> float | None:
    """The ratio nearest to 1 that is seen with the power asked for, between 1 and the furthest."""
    near, far = 1.0, furthest
    if chance_seen(known, exposure, far, alpha=alpha) < power:
        return None
    for _ in range(_STEPS):
        middle = (near + far) / 2 if far < 1 else float(np.sqrt(near * far))
        if chance_seen(known, exposure, middle, alpha=alpha) >= power:
            far = middle
        else:
            near = middle
    return far
