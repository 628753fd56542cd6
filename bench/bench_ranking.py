"""Standings against the clock: intervals, shrinkage, marginal ranks and rank sets, beside a named peer.

    python bench/bench_ranking.py

Prints one table: seconds (best of three), the bar, and the ratio to the peer in the same run. Peers: for rank sets a
plain numpy step of p^2 differences per draw, for marginal ranks 1,000 sorted gamma draws, for shrinkage
`esda.smoothing.Empirical_Bayes` (one rate, where ours learns one per cell).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from harmscape.ranking import (
    harm_interval,
    pooled_next_weight,
    rank_ranges,
    rank_sets,
    shrink,
    standings,
)
from harmscape.ranking.simulation import Drawn, Scenario, draw


def main() -> int:
    rows = [("what", "seconds", "bar", "peer", "peer seconds", "times faster")]
    for areas, bar in ((1_000, "0.5"), (35_000, "5")):
        rows.append(_marginal(areas, bar))
    for areas, bar in ((200, "0.5"), (5_000, "10")):
        rows.append(_sets(areas, bar))
    for areas, bar in ((40, ""), (1_000, ""), (5_000, ""), (35_000, "")):
        rows.append(_whole(areas, bar))
    rows.append(_shrinkage(35_000))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        sys.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        )
    return 0


def _table(areas: int) -> Drawn:
    return draw(np.random.default_rng(areas), Scenario("bench", areas=areas, events=145))


def _best(work: Callable[[], object], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _marginal(areas: int, bar: str) -> tuple[str, ...]:
    table = _table(areas)

    def ours() -> None:
        learned = shrink(table.counts, table.weights, table.variance)
        harm_interval(table.harm, table.variance, heaviest=7979, expected_variance=learned.expected_variance)
        rank_ranges(
            learned.mean, learned.variance, wide_mean=learned.wide_mean, wide_variance=learned.wide_variance
        )

    learned = table.posterior()

    def peer() -> None:
        rng = np.random.default_rng(1)
        shape, scale = learned.mean**2 / learned.variance, learned.variance / learned.mean
        drawn = np.argsort(np.argsort(-rng.gamma(shape, scale, (draws, areas)), axis=1), axis=1)
        np.quantile(drawn, (0.05, 0.95), axis=0)

    draws = 1_000 if areas <= 1_000 else 100
    seconds, theirs = _best(ours), _best(peer, 1) * 1_000 / draws
    return _row(f"intervals, shrinkage, ranges: {areas:,}", seconds, bar, "1,000 gamma draws, sorted", theirs)


def _sets(areas: int, bar: str) -> tuple[str, ...]:
    table = _table(areas)
    next_weight = pooled_next_weight(table.harm, table.variance, heaviest=7979)
    expected = np.where(table.harm > 0, table.posterior().expected_variance, 0.0)
    seconds = _best(lambda: rank_sets(table.harm, expected, next_weight=next_weight))
    tracemalloc.start()
    rank_sets(table.harm, expected, next_weight=next_weight)
    peak = tracemalloc.get_traced_memory()[1] / 1e9
    tracemalloc.stop()
    draws = 1_999 if areas <= 200 else 4

    def peer() -> None:
        rng, s = np.random.default_rng(1), np.ones(areas)
        scale = np.sqrt(s[:, None] ** 2 + s**2)
        for _ in range(draws):
            z = rng.standard_normal(areas)
            ((z[:, None] - z) / scale).max()

    theirs = _best(peer, 1) * 1_999 / draws
    return _row(f"rank sets: {areas:,} ({peak:.2f} GB)", seconds, bar, "numpy, p^2 x 1,999 draws", theirs)


def _whole(areas: int, bar: str) -> tuple[str, ...]:
    table = _table(areas)
    harm = [Decimal(int(points)) for points in table.harm]
    largest = np.where(table.counts > 0, table.weights, 0).max(axis=1)
    ids = [f"area {number}" for number in range(areas)]
    seconds = _best(
        lambda: standings(table.counts, table.weights, harm, table.variance, largest, None, ids), 2
    )
    return _row(f"standings, all of it: {areas:,}", seconds, bar, "", None)


def _shrinkage(areas: int) -> tuple[str, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from esda.smoothing import Empirical_Bayes
        except ImportError:
            return _row("shrinkage", 0.0, "", "esda is not installed", None)
    table = _table(areas)
    base = np.full(areas, 1_000.0)
    seconds = _best(lambda: shrink(table.counts, table.weights, table.variance, base=base))
    theirs = _best(lambda: Empirical_Bayes(table.counts.sum(axis=1), base)) * table.counts.shape[1]
    return _row(f"shrinkage, 7 cells: {areas:,}", seconds, "", "esda, one run per cell", theirs)


def _row(what: str, seconds: float, bar: str, peer: str, theirs: float | None) -> tuple[str, ...]:
    beside = ("", "") if theirs is None else (f"{theirs:.3f}", f"{theirs / seconds:.1f}")
    return (what, f"{seconds:.3f}", bar and f"<= {bar}", peer, *beside)


if __name__ == "__main__":
    raise SystemExit(main())
