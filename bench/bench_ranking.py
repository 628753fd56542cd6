"""Standings against the clock: intervals, shrinkage, marginal ranks and rank sets, beside named peers.

Run with `python -m bench ranking`. Peers, in the same run: for marginal ranks numpy's gamma draws sorted draw
by draw, for rank sets all p^2 differences per draw, for shrinkage esda's Empirical_Bayes (a rate, by moments,
without a variance) once per cell. A peer that would take minutes is run on fewer draws and its time scaled
up.
"""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from bench.figure import Figure, timed
from harmscape.ranking import (
    Posterior,
    harm_interval,
    pooled_next_weight,
    rank_ranges,
    rank_sets,
    shrink,
    standings,
)
from harmscape.ranking.rank_set import DRAWS
from harmscape.ranking.simulation import Drawn, Scenario, draw

TIMES = 3
HEAVIEST = 7979.0


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    for areas, bar in ((1_000, 0.5), (35_000, 5.0)):
        yield marginal(areas, bar)
    for areas, bar in ((200, 0.5), (5_000, 10.0)):
        yield sets(areas, bar)
    for areas in (40, 1_000, 5_000, 35_000):
        yield whole(areas)
    yield shrinkage(35_000)


def marginal(areas: int, bar: float) -> Figure:
    """Intervals, shrinkage, rank ranges, expected ranks and P(top 5), against 1,000 draws of every area."""
    table = _table(areas)
    learned, seconds = timed(lambda: _ranked(table), TIMES)
    draws = min(1_000, 4_000_000 // areas)

    def peer() -> object:
        rng = np.random.default_rng(1)
        shape, scale = learned.mean**2 / learned.variance, learned.variance / learned.mean
        ranks = np.argsort(np.argsort(-rng.gamma(shape, scale, (draws, areas)), axis=1), axis=1)
        return np.quantile(ranks, (0.05, 0.95), axis=0)

    theirs = timed(peer)[1] * 1_000 / draws
    return _figure(f"{areas:,} areas: intervals, shrinkage, ranges", seconds, "gamma draws", theirs, bar)


def sets(areas: int, bar: float) -> Figure:
    """Simultaneous rank sets by step-down, against numpy with all pairs in each draw."""
    table = _table(areas)
    next_weight = pooled_next_weight(table.harm, table.variance, heaviest=HEAVIEST)
    expected = np.where(table.harm > 0, table.posterior().expected_variance, 0.0)
    _, seconds = timed(lambda: rank_sets(table.harm, expected, next_weight=next_weight), TIMES)
    tracemalloc.start()
    rank_sets(table.harm, expected, next_weight=next_weight)
    peak = tracemalloc.get_traced_memory()[1] / 2**30
    tracemalloc.stop()
    draws = max(2, min(DRAWS, 40_000_000 // areas**2))

    def peer() -> object:
        rng, s = np.random.default_rng(1), np.ones(areas)
        scale = np.hypot(s[:, None], s)
        return [float(((z[:, None] - z) / scale).max()) for z in rng.standard_normal((draws, areas))]

    theirs = timed(peer)[1] * DRAWS / draws
    return _figure(f"{areas:,} areas: rank sets ({peak:.2f} GiB)", seconds, "all pairs", theirs, bar)


def whole(areas: int) -> Figure:
    """A whole standing, with exact ranks of Decimal harm."""
    table = _table(areas)
    harm = [Decimal(int(points)) for points in table.harm]
    largest = np.where(table.counts > 0, table.weights, 0).max(axis=1)
    ids = [f"area {number}" for number in range(areas)]
    _, seconds = timed(
        lambda: standings(table.counts, table.weights, harm, table.variance, largest, None, ids), 2
    )
    return Figure(f"{areas:,} areas: standings, all of it", f"{seconds:.2f} s")


def shrinkage(areas: int) -> Figure:
    """Shrinkage of seven cells with variances and two priors, against esda's seven rates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Empirical_Bayes
    table = _table(areas)
    base = np.full(areas, 1_000.0)
    _, seconds = timed(lambda: shrink(table.counts, table.weights, table.variance, base=base), TIMES)
    _, theirs = timed(lambda: [Empirical_Bayes(cell, base) for cell in table.counts.T], TIMES)
    return _figure(f"{areas:,} areas: shrinkage of 7 cells", seconds, "esda", theirs, None)


def _table(areas: int) -> Drawn:
    return draw(np.random.default_rng(areas), Scenario("bench", areas=areas, events=145))


def _ranked(table: Drawn) -> Posterior:
    learned = table.posterior()
    harm_interval(table.harm, table.variance, heaviest=HEAVIEST, expected_variance=learned.expected_variance)
    rank_ranges(
        learned.mean, learned.variance, wide_mean=learned.wide_mean, wide_variance=learned.wide_variance
    )
    return learned


def _figure(what: str, seconds: float, peer: str, theirs: float, bar: float | None) -> Figure:
    return Figure(
        what,
        f"{seconds:.3f} s",
        f"{peer} {theirs:.2f} s",
        theirs / seconds,
        "-" if bar is None else f"<= {bar:g} s",
        None if bar is None else seconds <= bar,
    )
