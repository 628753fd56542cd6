"""Watching an operation week by week: a finding that holds however often one looks.

Answers "is it working yet?" without waiting for the end, and without finding something because one looked
fifty times. After each period the evidence against "nothing changed" is an e-value: how much better the
counts are foretold by a mixture of changed rates than by an unchanged one. Were nothing changed, it would
ever pass 1 / alpha with a chance of at most alpha, over all looks together (Ville); the ratios it has not
passed are a range that holds the truth at every look at once. Beside a control, an event is the treated
area's with probability  share r / (1 + share r).

Weeks scatter more than a Poisson count: counts are divided by their dispersion, as elsewhere. The promise is
then no longer exact but close to it; the simulation in the tests says how close. Where the share was itself
learned from a past, the evidence is the least over all shares that this past allows with a fifth of alpha,
and the rest of alpha is kept for the looking (Berger and Boos).

Sources: Ville 1939; Robbins 1970, Annals of Mathematical Statistics 41:1397 (mixtures); Howard, Ramdas,
McAuliffe and Sekhon 2021, Annals of Statistics 49:1055 (sequences of ranges); Berger and Boos 1994, JASA
89:1012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from harmscape.change.counts import Floats, compare_counts

_REACH, _POINTS, _WIDTH = np.log(16.0), 641, np.log(2.0)
_PAST = 0.2


@dataclass(frozen=True, slots=True)
class Watch:
    """One entry a period, shape (t,), each of all counts so far.

    ratio: the rate over that expected, nan while nothing happened. lo, hi: the range that holds at every look
    at once, never wider than before; 0 and infinity where nothing is known. evidence: the e-value of "nothing
    changed". first: the number of the first period in which it was enough, or None.
    """

    ratio: Floats
    lo: Floats
    hi: Floats
    evidence: Floats
    first: int | None


def watch(
    observed: ArrayLike,
    against: ArrayLike,
    share: ArrayLike = 1.0,
    *,
    past: tuple[float, float] | None = None,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> Watch:
    """Watch a treated area beside its control.

    observed, against: events of the treated area and its control by period, shape (t,). share: treated events
    to expect for one of the control's were nothing changed, shape (t,) or one for all. past: the treated and
    control events from which that share was learned; None where it is known. dispersion: variance over mean
    of the counts.
    Raises ValueError on negative counts, a share not above 0 or a dispersion below 1.

    >>> found = watch([1] * 26, [4] * 26)
    >>> found.first, round(float(found.ratio[-1]), 2)
    (5, 0.25)
    """
    x, y, s = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (observed, against, share)))
    _check(x, y, s, dispersion)
    grid = _grid()
    # Of the events of a period, each is the treated area's with odds share x r.
    odds = s[:, None] * np.exp(grid)
    told = (x[:, None] * np.log(odds) - (x + y)[:, None] * np.log1p(odds)) / dispersion
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.cumsum(x) / np.cumsum(s * y)
    told, alpha = np.cumsum(told, axis=0), 1 - level
    if past is None:
        return _watched(told, grid, ratio, alpha)
    return _watched(
        told, grid, ratio, (1 - _PAST) * alpha, slack=_slack(past, dispersion, alpha), scale=1 - _PAST
    )


def _slack(past: tuple[float, float], dispersion: float, alpha: float) -> tuple[float, float]:
    """Logs of how far the true share may lie from the one that a past gave, below and above."""
    ours, theirs = past
    found = compare_counts([ours / dispersion], [theirs / dispersion], level=1 - _PAST * alpha)
    if not (ours > 0 and theirs > 0):
        return -np.inf, np.inf
    ratio, lo, hi = (float(each[0]) for each in found[:3])
    return float(np.log(max(lo / ratio, 1e-9))), float(np.log(hi / ratio))


def _check(x: Floats, y: Floats, s: Floats, dispersion: float) -> None:
    if (
        x.ndim != 1
        or not len(x)
        or (x < 0).any()
        or (y < 0).any()
        or not (s > 0).all()
        or not dispersion >= 1
    ):
        raise ValueError("counts by period are at least 0, what is expected above 0, a dispersion at least 1")


def _grid() -> Floats:
    """Logs of the ratios that are mixed: from a sixteenth to sixteen."""
    return np.linspace(-_REACH, _REACH, _POINTS)


def _watched(
    told: Floats,
    grid: Floats,
    ratio: Floats,
    alpha: float,
    *,
    slack: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
) -> Watch:
    """Evidence and ranges from log likelihoods by period and ratio, (t, g).

    slack: logs of how far the true "no change" may lie from the one given; scale: of the e-value, so that
    1 / alpha of the whole is what must be passed.
    """
    prior = -((grid / _WIDTH) ** 2) / 2
    mixed = special.logsumexp(told + (prior - special.logsumexp(prior)), axis=1)
    against = mixed[:, None] - told
    held = against < np.log(1 / alpha)
    nothing = (grid >= slack[0] - 1e-9) & (grid <= slack[1] + 1e-9)
    least = against[:, nothing].min(axis=1)
    lowest, highest = _ends(held, grid)
    # A range that once left a ratio out never takes it back.
    lo, hi = np.maximum.accumulate(lowest - slack[1]), np.minimum.accumulate(highest - slack[0])
    passed = np.flatnonzero(least >= np.log(1 / alpha))
    with np.errstate(over="ignore"):
        evidence = np.exp(least) * scale
        return Watch(ratio, np.exp(lo), np.exp(hi), evidence, int(passed[0]) if len(passed) else None)


def _ends(held: np.ndarray, grid: Floats) -> tuple[Floats, Floats]:
    """The lowest and highest ratio held, a step wider; without end where the grid's own end is held."""
    step, some = grid[1] - grid[0], held.any(axis=1)
    first, last = held.argmax(axis=1), held.shape[1] - 1 - held[:, ::-1].argmax(axis=1)
    lo = np.where(first > 0, grid[first] - step, -np.inf)
    hi = np.where(last < held.shape[1] - 1, grid[last] + step, np.inf)
    return np.where(some, lo, np.inf), np.where(some, hi, -np.inf)
