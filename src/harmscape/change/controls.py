"""Which untouched areas are most like the treated one: level, trend, season and mix before the start.

Answers "beside whom shall we judge it?" with a table a person can argue with. Each likeness is a distance in
units that mean the same for all four: how far the candidate lies from the treated areas, over how far areas
lie apart in general (a robust standard deviation), with what chance alone would part them taken off first.
The whole distance is the root of the mean of their squares. What an area has too few events to tell is not
compared: ten are asked for each figure, one for a level, two for a trend, one for each quarter of a season
and each kind of a mix. Areas that were treated, lie in a buffer, or were worked in by another operation are
never offered: they are not `eligible`.

Sources: Stuart 2010, Statistical Science 25:1 (standardised distances, choosing before outcomes are seen);
Hellinger distance for the mix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.change.counts import Floats

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

CHOSEN = 5
EVENTS_EACH = 10
"""Events before of a usual candidate for each figure compared: chance alone then moves it by a third."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Candidates from the likest on, each (n,): unit numbers, four distances, the whole, and who is chosen.

    0 cannot be told from alike; 1 is as far as areas usually lie apart; nan throughout where too few events
    tell. A vetoed area keeps its place and is not chosen. events: before, of a usual candidate.
    """

    order: Ints
    level: Floats
    trend: Floats
    season: Floats
    mix: Floats
    distance: Floats
    chosen: Mask
    events: float


def likeness(
    counts: ArrayLike,
    treated: ArrayLike,
    eligible: ArrayLike,
    before: ArrayLike,
    calendar: ArrayLike,
    mix: ArrayLike,
    *,
    k: int = CHOSEN,
    vetoed: ArrayLike | None = None,
) -> Likeness:
    """Rank candidates by likeness to the treated areas' mean, before the start only.

    counts: events by area and month, shape (u, m), nan for a gap. treated, eligible: areas, shape (u,), never
    both. before: months, shape (m,). calendar: month of the year, 1 to 12, shape (m,). mix: events before by
    area and category, shape (u, c). k: how many to choose. vetoed: areas a person refused, shape (u,).
    Raises ValueError where shapes do not fit, no area is treated or eligible, or no month is before.

    >>> found = likeness([[9, 9], [7, 8], [8, 8]], [1, 0, 0], [0, 1, 1], [1, 1], [1, 2],
    ...                  [[18], [15], [16]], k=1)
    >>> found.order.tolist(), found.chosen.tolist(), found.trend.tolist()  # 15 events tell a level alone
    ([2, 1], [True, False], [nan, nan])
    """
    y, (t, e) = (
        np.asarray(counts, dtype=float),
        (np.asarray(each, dtype=bool) for each in (treated, eligible)),
    )
    early, months, parts = np.asarray(before, dtype=bool), np.asarray(calendar), np.asarray(mix, dtype=float)
    refused = np.zeros(len(y), dtype=bool) if vetoed is None else np.asarray(vetoed, dtype=bool)
    if not (
        len(y) == len(t) == len(e) == len(parts) == len(refused) and y.shape[1] == len(early) == len(months)
    ):
        raise ValueError("counts are by area and month, mix by area and category")
    if not (t.any() and e.any() and early.any()) or (t & e).any():
        raise ValueError("a treated area, an eligible one that is not treated, and months before are needed")
    early = early & np.isfinite(y).all(axis=0)
    y, months = y[:, early], months[early]
    # The treated areas' mean stands as one area more.
    y, parts = (np.concatenate([each, each[t].mean(axis=0)[None]]) for each in (y, parts))
    pool, own = np.flatnonzero(e), len(y) - 1
    usual = float(np.median(y[pool].sum(axis=1)))
    quarters = _by_season(y, months)
    told = [
        _where(usual, 1, _apart(*_level(y), pool, own)),
        _where(usual, 2, _apart(*_trend(y, early), pool, own)),
        _where(usual, quarters.shape[1], _shares_apart(quarters, pool, own)),
        _where(usual, int((parts[pool].sum(axis=0) > 0).sum()), _shares_apart(parts, pool, own)),
    ]
    whole = _root_of_mean(told)
    # Many lie within what chance parts; among those the nearest by level comes first.
    level_by, _ = _level(y)
    order = np.lexsort((pool, np.abs(level_by[pool] - level_by[own]), np.nan_to_num(whole)))
    allowed = ~refused[pool[order]]
    chosen = allowed & (np.cumsum(allowed) <= k)
    level, trend, season, same_mix = (each[order] for each in told)
    return Likeness(pool[order], level, trend, season, same_mix, whole[order], chosen, usual)


def _where(usual: float, figures: int, apart: Floats) -> Floats:
    """Distances where a usual candidate has events enough for so many figures, else nan."""
    return apart if usual >= EVENTS_EACH * max(figures, 1) else np.full(len(apart), np.nan)


def _root_of_mean(told: list[Floats]) -> Floats:
    """Of the distances that are told; nan where none is."""
    known = [each for each in told if not np.isnan(each).any()]
    return np.sqrt(np.mean([each**2 for each in known], axis=0)) if known else told[0]


def _level(y: Floats) -> tuple[Floats, Floats]:
    """Root of the events a month, and the variance chance gives it: 1/4 a month over the months."""
    months = max(y.shape[1], 1)
    return np.sqrt(y.mean(axis=1)), np.full(len(y), 0.25 / months)


def _trend(y: Floats, early: Mask) -> tuple[Floats, Floats]:
    """Share of change a year: events by month on the years, over their mean; and its Poisson variance."""
    years = np.flatnonzero(early) / 12.0
    years = years - years.mean() if len(years) else years
    square, mean = float((years**2).sum()), y.mean(axis=1)
    if square <= 0:
        return np.zeros(len(y)), np.zeros(len(y))
    some = np.maximum(mean, 1e-9)
    slope = np.where(mean > 0, (y @ years) / square / some, 0.0)
    return slope, np.where(mean > 0, 1 / (square * some), 0.0)


def _by_season(y: Floats, months: NDArray[np.int64]) -> Floats:
    """Events by quarter of the year, a month's mean each, so that an uneven past counts no quarter twice."""
    quarters = [(months - 1) // 3 == each for each in range(4)]
    seen = [each for each in quarters if each.any()]
    return np.stack([y[:, each].mean(axis=1) * y.shape[1] / len(seen) for each in seen], axis=1)


def _apart(value: Floats, chance: Floats, pool: Ints, own: int) -> Floats:
    """Distances of candidates from the treated, chance taken off, in robust standard deviations."""
    here = value[pool]
    spread = 1.4826 * float(np.median(np.abs(here - np.median(here)))) or float(here.std())
    off = np.sqrt(np.maximum((here - value[own]) ** 2 - chance[pool] - chance[own], 0.0))
    scale = float(np.sqrt(spread**2 + np.median(chance[pool])))
    return off / scale if scale > 0 else np.zeros(len(pool))


def _shares_apart(parts: Floats, pool: Ints, own: int) -> Floats:
    """Hellinger distances of shares, chance taken off, over the usual distance between candidates."""
    total = parts.sum(axis=1, keepdims=True)
    share = np.divide(parts, total, out=np.full_like(parts, 1 / parts.shape[1]), where=total > 0)
    square = ((np.sqrt(share[pool]) - np.sqrt(share[own])) ** 2).sum(axis=1) / 2
    pooled = parts[pool].sum(axis=0)
    usual = np.sqrt(pooled / max(pooled.sum(), 1e-300))
    typical = float(np.median(((np.sqrt(share[pool]) - usual) ** 2).sum(axis=1) / 2))
    # Chance alone parts shares of n events by (categories - 1) / 8n, seen from either side.
    n = np.maximum(total[:, 0], 1.0)
    chance = (parts.shape[1] - 1) / 8 * (1 / n[pool] + 1 / n[own])
    off = np.sqrt(np.maximum(square - chance, 0.0))
    return off / np.sqrt(typical) if typical > 0 else np.zeros(len(pool))
