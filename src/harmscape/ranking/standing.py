"""The standing: each area's rank among its peers, with ties and uncertainty stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.ranking.competition import Exact, competition_ranks
from harmscape.ranking.interval import harm_interval, pooled_next_weight
from harmscape.ranking.rank_range import rank_ranges
from harmscape.ranking.rank_set import rank_sets
from harmscape.ranking.shrinkage import shrink
from harmscape.ranking.table import Table, checked_table
from harmscape.ranking.tier import tiers

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Standings:
    """One entry per area in every array, shape (p,), in the order the areas were given.

    harm_lo, harm_hi: 95 % interval of harm, in points (per unit of base for a rate). shrunk: the likely harm
    given all areas, same unit. rank: by recorded harm, ties sharing the best. rank_lo, rank_hi: marginal 90 %
    range of the true rank, the recorded rank always inside. expected_rank; p_top_k: chance to be among the
    first k. set_lo, set_hi: the 90 % set that holds for all areas at once. tier: `clearly_high`,
    `not_told_apart` or `clearly_low`. share_largest, variance_share_largest: the largest event's part of harm
    and of its variance; NaN without harm. k: of p_top_k. next_weight: points, see
    `interval.pooled_next_weight`. set_method: see `rank_set.RankSets`.
    """

    harm_lo: Floats
    harm_hi: Floats
    shrunk: Floats
    rank: Ranks
    rank_lo: Ranks
    rank_hi: Ranks
    expected_rank: Floats
    p_top_k: Floats
    set_lo: Ranks
    set_hi: Ranks
    tier: NDArray[np.str_]
    share_largest: Floats
    variance_share_largest: Floats
    k: int
    next_weight: float
    set_method: str


def standings(
    counts: ArrayLike,
    weights: ArrayLike,
    harm: Sequence[Exact] | NDArray[np.integer] | NDArray[np.object_],
    variance: ArrayLike,
    largest: ArrayLike,
    base: ArrayLike | None,
    ids: Sequence[str] | Sequence[int],
    *,
    k: int = 5,
    level: float = 0.95,
    rank_level: float = 0.90,
    rate: bool = False,
    certain: ArrayLike | None = None,
    events_squared: ArrayLike | None = None,
) -> Standings:
    """Rank areas by harm, with the uncertainty of the figure and of the place.

    counts: events per area and cell, shape (p, m); a cell is a category at one weight, and all cells that
    could hold an event should be there, empty or not. Where events have a quantity, the sum of quantities:
    `variance` then says how many independent events that is worth. weights: points per event, shape (m,).
    harm: exact points per area, Decimal or whole numbers. variance: points squared, the sum over incidents of
    (sum of quantity x weight)^2. largest: points of the area's largest event, 0 without one. base: exposure
    per area or None; with `rate` harm is ranked and given per unit of it, else it only tells the shrinkage
    how large areas are. certain: the part of harm that is not a matter of chance, such as the stock of a
    register, in points. ids: one per area, all different; the answer does not depend on the order of areas.
    k: for `p_top_k`. level: of harm_lo/harm_hi. rank_level: of the ranges and sets.
    events_squared: the sum over incidents of (events)^2 per area, which tells the clustering of events from
    that of weights; None guesses it from `variance`, which is near enough below 1.2 events per incident and
    leaves 90 % ranges at 89 % with 1.6.
    Raises ValueError, in a plain sentence, where the input does not fit together.

    >>> from decimal import Decimal
    >>> found = standings(
    ...     [[0, 40], [3, 10], [0, 0]], [100.0, 1.0], [Decimal(40), Decimal(310), Decimal(0)],
    ...     [40.0, 30_010.0, 0.0], [1.0, 100.0, 0.0], None, ["Moor", "Quay", "Sands"], k=1)
    >>> found.rank.tolist(), found.harm_hi.round().tolist(), found.tier.tolist()
    ([2, 1, 3], [435.0, 728.0, 369.0], ['not_told_apart', 'not_told_apart', 'not_told_apart'])
    """
    if k < 1 or not (0.5 < level < 1 and 0.5 < rank_level < 1):
        raise ValueError(f"k must be at least 1, levels between 0.5 and 1; got {k}, {level}, {rank_level}")
    if rate and base is None:
        raise ValueError("a rate needs a base for each area")
    table = checked_table(
        ids,
        counts=counts,
        weights=weights,
        harm=harm,
        variance=variance,
        largest=largest,
        base=base,
        certain=certain,
        events_squared=events_squared,
    )
    if len(table.harm) == 0:
        return _empty(k)
    order = np.argsort(np.asarray(ids), kind="stable")
    back = np.argsort(order, kind="stable")
    exact = [harm[index] for index in order]
    if rate and table.base is not None:
        exact = _per_base(exact, table.base[order])
    found = _standings(table.taken(order), competition_ranks(exact), k, (level, rank_level), rate=rate)
    per_area = {
        field.name: getattr(found, field.name)[back]
        for field in fields(found)
        if isinstance(getattr(found, field.name), np.ndarray)
    }
    return replace(found, **per_area)


def _standings(table: Table, rank: Ranks, k: int, levels: tuple[float, float], *, rate: bool) -> Standings:
    level, rank_level = levels
    per = table.base if rate and table.base is not None else np.ones(len(table.harm))
    chance = _chance_part(table)
    heaviest = max(float(table.weights.max(initial=0.0)), float(table.largest.max()))
    next_weight = pooled_next_weight(chance, table.variance, heaviest=heaviest)
    posterior = shrink(
        table.counts, table.weights, table.variance, base=table.base, events_squared=table.events_squared
    )
    least = np.where(chance > 0, posterior.expected_variance, 0.0)
    limits = harm_interval(
        chance,
        table.variance,
        heaviest=heaviest,
        next_weight=next_weight,
        expected_variance=least,
        level=level,
    )
    ranges = rank_ranges(
        (posterior.mean + table.certain) / per,
        posterior.variance / per**2,
        wide_mean=(posterior.wide_mean + table.certain) / per,
        wide_variance=posterior.wide_variance / per**2,
        k=k,
        level=rank_level,
    )
    sets = rank_sets(table.harm, least, next_weight=next_weight, base=per, level=rank_level)
    set_lo, set_hi = np.minimum(sets.lo, rank), np.maximum(sets.hi, rank)
    some = table.harm > 0
    return Standings(
        harm_lo=(limits.lo + table.certain) / per,
        harm_hi=(limits.hi + table.certain) / per,
        shrunk=(posterior.mean + table.certain) / per,
        rank=rank,
        # A place that was recorded is never shown outside its own range.
        rank_lo=np.minimum(ranges.lo, rank),
        rank_hi=np.maximum(ranges.hi, rank),
        expected_rank=ranges.expected,
        p_top_k=ranges.p_top_k,
        set_lo=set_lo,
        set_hi=set_hi,
        tier=tiers(set_lo, set_hi),
        share_largest=_share(table.largest, table.harm, some),
        variance_share_largest=_share(table.largest**2, table.variance, table.variance > 0),
        k=k,
        next_weight=next_weight,
        set_method=sets.method,
    )


def _chance_part(table: Table) -> Floats:
    """Harm without its certain part; exactly 0 where the area has no variance."""
    return np.where(table.variance > 0, table.harm - table.certain, 0.0)


def _share(part: Floats, whole: Floats, some: NDArray[np.bool_]) -> Floats:
    return np.where(some, np.minimum(part / np.where(some, whole, 1.0), 1.0), np.nan)


def _per_base(harm: Sequence[Exact], base: Floats) -> list[Exact]:
    return [Fraction(points) / Fraction(float(people)) for points, people in zip(harm, base, strict=True)]


def _empty(k: int) -> Standings:
    none, no_ranks = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Standings(
        harm_lo=none,
        harm_hi=none,
        shrunk=none,
        rank=no_ranks,
        rank_lo=no_ranks,
        rank_hi=no_ranks,
        expected_rank=none,
        p_top_k=none,
        set_lo=no_ranks,
        set_hi=no_ranks,
        tier=np.zeros(0, dtype="<U14"),
        share_largest=none,
        variance_share_largest=none,
        k=k,
        next_weight=0.0,
        set_method="step-down",
    )
