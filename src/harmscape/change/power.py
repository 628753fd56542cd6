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
from typing import NamedTuple

import numpy as np
from scipy import special, stats

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
    return _chance(_boundary(known, exposure, alpha, falls=ratio < 1), known * exposure * ratio)


class _Boundary(NamedTuple):
    """Counts that may come before, with their chances, and the later count at which each calls a change."""

    chance: Floats
    later: Floats
    falls: bool


def _chance(at: _Boundary, mean: float) -> float:
    """That a later count of this mean lies at the boundary or past it."""
    if at.falls:
        seen = np.where(at.later >= 0, special.pdtr(np.maximum(at.later, 0.0), mean), 0.0)
    else:
        seen = np.where(at.later > 0, special.pdtrc(np.maximum(at.later - 1, 0.0), mean), 1.0)
    return float(at.chance @ seen)


def _boundary(known: float, exposure: float, alpha: float, *, falls: bool) -> _Boundary:
    """The highest later count that is called a fall, or the lowest that is called a rise, by halving.

    The mid-p of a later count rises with it, so that one count parts those called from those not.
    """
    earlier, chance = _likely(known)
    share = exposure / (1 + exposure)
    lo = np.full(len(earlier), -1.0)
    hi = np.ceil(4 * (earlier + 16) * exposure + 64)
    while (hi - lo).max() > 1:
        middle = np.floor((lo + hi) / 2)
        below = _below(middle, earlier, share)
        called = below < alpha / 2 if falls else 1 - below >= alpha / 2
        lo, hi = np.where(called, middle, lo), np.where(called, hi, middle)
    return _Boundary(chance, lo if falls else hi, falls)


def _below(later: Floats, earlier: Floats, share: float) -> Floats:
    """P(K < later) + P(K = later) / 2, K binomial given both; by the incomplete beta function."""
    fewer = np.where(later > 0, special.betainc(earlier + 1, np.maximum(later, 1.0), 1 - share), 0.0)
    as_many = np.where(earlier > 0, special.betainc(np.maximum(earlier, 1.0), later + 1, 1 - share), 1.0)
    return np.asarray((fewer + as_many) / 2)


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
    near, far, mean = 1.0, furthest, known * exposure
    at = _boundary(known, exposure, alpha, falls=furthest < 1)
    if _chance(at, mean * far) < power:
        return None
    for _ in range(_STEPS):
        middle = (near + far) / 2 if far < 1 else float(np.sqrt(near * far))
        if _chance(at, mean * middle) >= power:
            far = middle
        else:
            near = middle
    return far
