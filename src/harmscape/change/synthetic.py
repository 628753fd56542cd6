"""Synthetic control over many small areas: the mixture of untouched areas that ran as the treated ones did.

Answers "what would have happened here?" when no single area is alike. Every treated area gets its own
mixture of donors, fitted to its months before the start; their sum stands beside the sum of the treated.
Whether the gap after the start is more than such mixtures miss by anyway is told by placebos: the same is
done for every donor, and sets of as many donors are ranked by how much worse they fit after than before.

Choices, and why. Paths are matched as 2 sqrt(y + 3/8), on which a month of a quiet area scatters as much as
one of a busy area (Anscombe), so that noise does not choose the donors and quiet placebos compare with busy
ones. Leaning on few donors would copy their noise: each squared weight costs what that noise adds. A mixture
of matched roots lies a little high on the scale of counts, so each is scaled to its area's total before.

Sources: Abadie, Diamond and Hainmueller 2010, JASA 105:493 (mixtures, placebos, ratios of errors after and
before); Anscombe 1948, Biometrika 35:246; Ferman and Pinto 2021, Quantitative Economics 12:1197 (own level
kept); Doudchenko and Imbens 2016, NBER working paper 22791 (a price on weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.change.counts import Floats
from harmscape.change.effect import Change, Ratio
from harmscape.change.simplex import mixtures

Mask = NDArray[np.bool_]

PRICE = 2.0
"""Of a squared weight a month: the scatter of a donor's root (1), and as much for what scatters beyond it."""
FEWEST_DONORS, _DRAWN = 20, 200


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The treated areas' sum beside its synthetic twin, by month, shape (m,), nan in a gap.

    change, effect: after the start; their limits are where placebos would just lie (error is nan). rank, of:
    of the ratio of errors among placebo sets, 1 the largest; p is rank / of. fit: root mean squared error
    before, in roots. ratio: of errors after over before. placebo: gaps of up to 200 sets, as a share of their
    own twin, (s, m). weights: by treated area and donor, in the order given.
    """

    change: Change
    effect: Ratio
    observed: Floats
    synthetic: Floats
    rank: int
    of: int
    p: float
    fit: float
    ratio: float
    placebo: Floats
    weights: Floats


def synthetic_control(
    paths: ArrayLike,
    treated: ArrayLike,
    donors: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    unit: float = 1.0,
    sets: int = 999,
    seed: int = 1,
    level: float = 0.95,
) -> Synthetic:
    """Set some areas beside mixtures of others.

    paths: events or points by area and month, shape (u, m), nan for a gap; a month with a gap is left out.
    treated, donors: areas, shape (u,), never both. before, after: months, shape (m,), never both. unit:
    points of a typical event where paths are harm. sets: placebo sets drawn; seed: of the draw.
    Raises ValueError where areas or months are missing, or fewer than 20 donors are left to judge by.

    >>> y = np.tile([10.0, 20.0, 10.0, 20.0], (25, 1)) * np.arange(1, 26)[:, None]
    >>> y[12, 2:] /= 2
    >>> treated = np.arange(25) == 12
    >>> found = synthetic_control(y, treated, ~treated, [1, 1, 0, 0], [0, 0, 1, 1])
    >>> round(found.effect.ratio, 2), found.change.estimate.__round__(), found.rank, found.of
    (0.5, -195, 1, 25)
    """
    y = np.atleast_2d(np.asarray(paths, dtype=float))
    t, d, early, late = (np.asarray(each, dtype=bool) for each in (treated, donors, before, after))
    if (
        t.shape != y.shape[:1]
        or d.shape != t.shape
        or early.shape != y.shape[1:]
        or late.shape != early.shape
    ):
        raise ValueError("paths are by area and month")
    known = np.isfinite(y[t | d]).all(axis=0)
    early, late = early & known, late & known
    if (t & d).any() or (early & late).any() or not (t.any() and early.any() and late.any()):
        raise ValueError("treated areas, and months before and after, are all needed, and none twice")
    if d.sum() < FEWEST_DONORS:
        raise ValueError(f"{int(d.sum())} donors cannot be judged by; at least {FEWEST_DONORS} are needed")
    y = np.where(np.isfinite(y), y, 0.0) / unit
    twins, weights = _twins(y[t], y[d], early, own=False)
    rivals, _ = _twins(y[d], y[d], early, own=True)
    ours = _errors(y[t].sum(axis=0)[None], twins.sum(axis=0)[None], early, late)
    drawn = _sets(int(d.sum()), int(t.sum()), sets, seed)
    seen, twin = (np.add.reduce(each[drawn], axis=1) for each in (y[d], rivals))
    theirs = _errors(seen, twin, early, late)
    rank = 1 + int((_ranked(theirs, y, twins, rivals, t, d, drawn, early, late) >= ours.ratio[0]).sum())
    p = rank / (len(drawn) + 1)
    told = np.where(known, 1.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.where(twin > 0, (seen - twin) / twin, np.nan)[:_DRAWN] * told
    change, effect = _limits(ours, theirs, y[t].sum(axis=0), twins.sum(axis=0), late, p, unit, level)
    return Synthetic(
        change, effect, y[t].sum(axis=0) * unit * told, twins.sum(axis=0) * unit * told, rank, len(drawn) + 1,
        p, float(ours.before[0]), float(ours.ratio[0]), gaps, weights,
    )  # fmt: skip


class _Errors(NamedTuple):
    """By set, (s,): root mean squared error before, after over before, and log of the sums' ratio after."""

    before: Floats
    ratio: Floats
    gap: Floats


def _twins(targets: Floats, donors: Floats, early: Mask, *, own: bool) -> tuple[Floats, Floats]:
    """Synthetic paths of targets, (t, m), and weights, (t, n); own: targets are the donors themselves."""
    barred = np.eye(len(donors), dtype=bool) if own else None
    price = PRICE * float(early.sum())
    weights = mixtures(_root(targets[:, early]), _root(donors[:, early]), spread=price, barred=barred)
    mixed = weights @ donors
    had, has = targets[:, early].sum(axis=1), mixed[:, early].sum(axis=1)
    scale = np.divide(had, has, out=np.zeros_like(had), where=has > 0)
    return mixed * scale[:, None], weights


def _errors(seen: Floats, twin: Floats, early: Mask, late: Mask) -> _Errors:
    miss = (_root(seen) - _root(np.maximum(twin, 0.0))) ** 2
    first, second = (np.sqrt(miss[:, each].mean(axis=1)) for each in (early, late))
    # A half on each side, as a sum of few events may be none.
    gap = np.log((seen[:, late].sum(axis=1) + 0.5) / (twin[:, late].sum(axis=1) + 0.5))
    return _Errors(first, second / np.maximum(first, 1e-9), gap)


def _ranked(
    theirs: _Errors,
    y: Floats,
    twins: Floats,
    rivals: Floats,
    t: Mask,
    d: Mask,
    drawn: NDArray[np.int64],
    early: Mask,
    late: Mask,
) -> Floats:
    """Ratios of errors to rank ours among: of sets of all areas, the treated too, where several were treated.

    Sets of donors alone are less unlike each other than the treated are from them: too many small p-values.
    """
    if t.sum() == 1:
        return theirs.ratio
    everyone, all_twins = np.vstack([y[d], y[t]]), np.vstack([rivals, twins])
    mixed = _sets(len(everyone), int(t.sum()), len(drawn), 2)
    return _errors(everyone[mixed].sum(axis=1), all_twins[mixed].sum(axis=1), early, late).ratio


def _sets(donors: int, size: int, sets: int, seed: int) -> NDArray[np.int64]:
    """Numbers of donors by set, (s, size): each donor once where one is treated, else drawn."""
    if size == 1:
        return np.arange(donors)[:, None]
    rng = np.random.default_rng(seed)
    return np.array([rng.choice(donors, min(size, donors), replace=False) for _ in range(sets)])


def _limits(
    ours: _Errors,
    theirs: _Errors,
    observed: Floats,
    twin: Floats,
    late: Mask,
    p: float,
    unit: float,
    level: float,
) -> tuple[Change, Ratio]:
    """Effects that would leave a gap such as placebos show without one: ours less theirs."""
    seen, expected = float(observed[late].sum()), float(twin[late].sum())
    low, high = np.quantile(theirs.gap, [(1 - level) / 2, (1 + level) / 2])
    nan = float("nan")
    if expected <= 0:
        return Change(nan, nan, nan, nan), Ratio(float("inf") if seen > 0 else nan, 0.0, float("inf"), p)
    middle = float(ours.gap[0])
    lo, hi = float(np.exp(middle - high)), float(np.exp(middle - low))
    change = Change((seen - expected) * unit, nan, expected * (lo - 1) * unit, expected * (hi - 1) * unit)
    return change, Ratio(seen / expected, lo, hi, p)


def _root(values: Floats) -> Floats:
    return np.asarray(2 * np.sqrt(values + 0.375))
