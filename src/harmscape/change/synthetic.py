"""Synthetic control over many small areas: the mixture of untouched areas that ran as the treated ones did.

Answers "what would have happened here?" when no single area is alike. The treated areas are taken together
and set beside one mixture of donors, fitted to the months before the start. Whether the gap after the start
is more than such mixtures miss by anyway is told by placebos: sets of as many areas are drawn from all, the
treated too with the effect taken out of them, and each is set beside a mixture of the areas outside it, just
as the treated are. Were nothing changed, the treated areas would be one such set like any other.

Choices, and why. Paths are matched in units of their own mean before: operations are led where most happens,
and a mixture need not be as busy as they are, only run as they do. A quiet donor's path is mostly chance, so
each squared weight costs what chance the donor adds: where all run alike, donors weigh by their events. Gaps
are ranked in units of what sets of their size miss by, as a quiet set misses by more than a busy one. Ranks
of the ratio of errors after and before (Abadie and others) called 8 of 100 changes real at a level of 5 where
nothing was done to the busiest areas.

Sources: Abadie, Diamond and Hainmueller 2010, JASA 105:493 (mixtures and placebos); Ferman and Pinto 2019,
Review of Economics and Statistics 101:452 (few treated, of another size) and 2021, Quantitative Economics
12:1197 (own level kept); Doudchenko and Imbens 2016, NBER working paper 22791 (a price on weights); Anscombe
1948, Biometrika 35:246 (the fit on the scale of roots); Fisher 1935, The Design of Experiments, section 21
(ranks among all sets that might have been treated).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from harmscape.change.counts import Floats
from harmscape.change.effect import Change, Ratio
from harmscape.change.panel import within_dispersion
from harmscape.change.simplex import mixtures

Mask = NDArray[np.bool_]

PRICE = 2.0
"""Of a squared weight a month, over a donor's mean: a Poisson's scatter, and as much for what is beyond."""
_QUIETEST = 0.1
"""Of the mean area's events: donors with fewer are as dear as if they had so many."""
FEWEST_DONORS, DONORS_EACH = 20, 3
"""So many donors at least, and so many for each treated area: placebo sets need others to be made of."""
_DRAWN = 200


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The treated areas' sum beside its synthetic twin, by month, shape (m,), nan in a gap.

    change, effect: after the start; their limits are where placebos would just lie (error is nan). rank, of:
    of the gap among placebo sets and this one, 1 the widest; p is rank / of. fit: root mean squared error
    before, in roots. placebo: gaps of up to 200 sets, as a share of their own twin, (s, m). weights: of
    donors, in the order given.
    """

    change: Change
    effect: Ratio
    observed: Floats
    synthetic: Floats
    rank: int
    of: int
    p: float
    fit: float
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
    sets: int = 499,
    seed: int = 1,
    level: float = 0.95,
) -> Synthetic:
    """Set some areas beside a mixture of others.

    paths: events or points by area and month, shape (u, m), nan for a gap; a month with a gap is left out.
    treated, donors: areas, shape (u,), never both. before, after: months, shape (m,), never both. unit:
    points of a typical event where paths are harm. sets: placebo sets drawn; seed: of the draw.
    Raises ValueError where areas or months are missing, or too few donors are left to judge by.

    >>> y = np.tile([10.0, 20.0, 10.0, 20.0], (25, 1)) * np.arange(1, 26)[:, None]
    >>> y[12, 2:] /= 2
    >>> treated = np.arange(25) == 12
    >>> found = synthetic_control(y, treated, ~treated, [1, 1, 0, 0], [0, 0, 1, 1])
    >>> round(found.effect.ratio, 2), found.change.estimate.__round__(), found.rank, found.of
    (0.5, -195, 1, 25)
    """
    y, t, d, early, late = _checked(paths, treated, donors, before, after)
    y, t = y[t | d] / unit, t[t | d]
    known = np.isfinite(y).all(axis=0)
    early, late = early & known, late & known
    if not (early.any() and late.any()):
        raise ValueError("months before and after, without a gap, are needed")
    y = np.where(known, y, 0.0)
    members = _sets(t, sets, seed)
    weights = _weights(y[:, early], members)
    seen, twins = _beside(y, members, weights, early)
    gap = _gaps(seen[:1], twins[:1], late)
    # With the effect taken out of them, sets that hold treated areas are placebos too.
    undone = np.where(np.outer(t, late), y * np.exp(-gap[0]), y)
    placebo, rivals = (each[1:] for each in _beside(undone, members, weights, early))
    expected = np.append(twins[0, late].sum(), rivals[:, late].sum(axis=1))
    change, effect, rank = _limits(
        np.append(gap, _gaps(placebo, rivals, late)), expected, float(seen[0, late].sum()),
        areas=len(t), size=int(t.sum()), phi=_dispersion(y[:, early]), unit=unit, level=level,
    )  # fmt: skip
    told = np.where(known, unit, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.where(known & (rivals > 0), (placebo - rivals) / rivals, np.nan)[:_DRAWN]
    return Synthetic(
        change, effect, seen[0] * told, twins[0] * told, rank, len(members), rank / len(members),
        _fit(seen[0, early], twins[0, early]), gaps, weights[0, ~t],
    )  # fmt: skip


def _checked(
    paths: ArrayLike, treated: ArrayLike, donors: ArrayLike, before: ArrayLike, after: ArrayLike
) -> tuple[Floats, Mask, Mask, Mask, Mask]:
    y = np.atleast_2d(np.asarray(paths, dtype=float))
    t, d, early, late = (np.asarray(each, dtype=bool) for each in (treated, donors, before, after))
    areas, months = y.shape
    if not (t.shape == d.shape == (areas,) and early.shape == late.shape == (months,)):
        raise ValueError("paths are by area and month")
    if (t & d).any() or (early & late).any() or not t.any():
        raise ValueError("treated areas, and months before and after, are all needed, and none twice")
    needed = max(FEWEST_DONORS, DONORS_EACH * int(t.sum()))
    if d.sum() < needed:
        raise ValueError(f"{int(d.sum())} donors cannot be judged by; at least {needed} are needed")
    return y, t, d, early, late


def _sets(treated: Mask, sets: int, seed: int) -> NDArray[np.int64]:
    """Numbers of areas by set, (s, k), the treated first: each area once where one is treated, else drawn."""
    ours = np.flatnonzero(treated)
    if len(ours) == 1:
        return np.append(ours, np.flatnonzero(~treated))[:, None]
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(len(treated), len(ours), replace=False) for _ in range(sets)]
    return np.array([ours, *drawn])


def _weights(early: Floats, members: NDArray[np.int64]) -> Floats:
    """Weights of areas by set, (s, u); no member of a set is its donor. early: paths before, (u, m)."""
    level = early.mean(axis=1)
    own = np.zeros((len(members), len(early)), dtype=bool)
    own[np.arange(len(members))[:, None], members] = True
    # Areas without events are no donors, unless there are no others.
    empty = own | (level <= 0)
    own = np.where(empty.all(axis=1)[:, None], own, empty)
    price = PRICE * early.shape[1] / np.maximum(level, max(_QUIETEST * float(level.mean()), 1e-9))
    seen = early[members].sum(axis=1)
    return mixtures(_by_level(seen, seen), _by_level(early, early), spread=price, barred=own)


def _beside(y: Floats, members: NDArray[np.int64], weights: Floats, early: Mask) -> tuple[Floats, Floats]:
    """Paths of sets and of their twins, (s, m) each, alike in their total before."""
    seen = y[members].sum(axis=1)
    return seen, seen[:, early].mean(axis=1)[:, None] * (weights @ _by_level(y, y[:, early]))


def _by_level(paths: Floats, early: Floats) -> Floats:
    """Paths over their own mean before; 0 where nothing happened before."""
    level = early.mean(axis=1, keepdims=True)
    return np.asarray(np.divide(paths, level, out=np.zeros_like(paths), where=level > 0))


def _fit(seen: Floats, twin: Floats) -> float:
    """Root mean squared error, on the scale on which every count scatters by about 1."""
    return float(np.sqrt(((_root(seen) - _root(twin)) ** 2).mean()))


def _gaps(seen: Floats, twins: Floats, late: Mask) -> Floats:
    """Log of the sum after over its twin's, by set; a half on each side, as few events may be none."""
    return np.asarray(np.log((seen[:, late].sum(axis=1) + 0.5) / (twins[:, late].sum(axis=1) + 0.5)))


def _limits(
    gap: Floats,
    expected: Floats,
    seen: float,
    *,
    areas: int,
    size: int,
    phi: float,
    unit: float,
    level: float,
) -> tuple[Change, Ratio, int]:
    """The effects that would leave a gap no wider than placebos show without one, and the rank of ours.

    The first set is ours.

    gap, expected: log gaps and twins' sums after, by set. areas, size: in all, and in each set. phi: variance
    over mean of a month.
    """
    nan, would = float("nan"), float(expected[0])
    if would <= 0:
        none = Ratio(float("inf") if seen > 0 else nan, 0.0, float("inf"), 1.0)
        return Change(nan, nan, nan, nan), none, len(gap)
    spread = _spread(gap[1:], expected[1:], expected)
    z = np.sort(np.abs(gap[1:]) / spread[1:])
    if size > 1:
        # Sets of the same areas tell the spread as well as areas less two do, ours being told apart.
        freedom, normal = areas - 2.0, special.ndtri((1 + level) / 2)
        z = z * special.stdtrit(freedom, (1 + level) / 2) / normal * np.sqrt((freedom + 1) / freedom)
    rank = 1 + int((z >= abs(gap[0]) / spread[0] - 1e-12).sum())
    # Fewer events than a placebo of this size has tell less: the scatter of those gone is added.
    gone = phi * max(float(np.exp(-gap[0])) - 1, 0.0) / (would + 0.5)
    # Of the placebos and ours, each is as likely to be the widest.
    furthest = float(z[min(int(np.ceil(level * len(gap))), len(z)) - 1]) * float(
        np.hypot(spread[0], gone**0.5)
    )
    # The half that stands on each side for want of events is no part of what was found.
    middle = seen / would if seen > 0 else float(np.exp(gap[0]))
    lo, hi = (middle * float(np.exp(each)) for each in (-furthest, furthest))
    lo = lo if seen > 0 else 0.0
    change = Change((seen - would) * unit, nan, would * (lo - 1) * unit, would * (hi - 1) * unit)
    return change, Ratio(seen / would, lo, hi, rank / len(gap)), rank


def _dispersion(early: Floats) -> float:
    """Variance over mean of a month's count about the levels of areas and months, at least 1."""
    everywhere, always = (np.ones(each, dtype=bool) for each in early.shape)
    return within_dispersion(early, np.ones_like(early), [(everywhere, always)])


def _spread(gap: Floats, size: Floats, wanted: Floats) -> Floats:
    """How far sets of some size miss by, shape of wanted: variance a / size + b, by moments, neither below 0.

    a is what counts scatter, b what areas drift apart whatever their size.
    """
    inverse = 1 / (size + 0.5)
    square, middle = gap**2, float(inverse.mean())
    apart = float(((inverse - middle) ** 2).sum())
    a = float(((inverse - middle) * square).sum()) / apart if apart > 1e-12 * middle**2 else 0.0
    b = float(square.mean()) - a * middle
    if a < 0 or b < 0:
        a, b = (0.0, float(square.mean())) if a < 0 else (float(square.mean()) / middle, 0.0)
    return np.asarray(np.sqrt(np.maximum(a / (wanted + 0.5) + b, 1e-12)))


def _root(values: Floats) -> Floats:
    return np.asarray(2 * np.sqrt(values + 0.375))
