"""Forecasts against the clock, beside statsmodels where it does the same work.

Run with `python -m bench forecast`. The peer is statsmodels' ETS(A,Ad,N): it searches the best parameters of
one series at a time, ours averages a grid of them for all at once; it is run on a sample and scaled up.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.figure import Figure, timed
from harmscape.forecast.crps import crps_counts
from harmscape.forecast.damped import damped, smooth
from harmscape.forecast.demand import demand

MONTHS = 60
SAMPLE = 20
CALENDAR = np.tile(np.arange(1, 13), MONTHS // 12)


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    yield smoothing(5_000, 2.0)
    yield whole_force(40, 10, 2.0)
    yield whole_force(1_000, 1, None)
    yield scores(500_000)


def smoothing(areas: int, bar: float) -> Figure:
    """Damped smoothing of many series four years ahead, with its variances."""
    counts = _counts(areas, 20.0)
    smooth(counts[:2], 48)
    _, seconds = timed(lambda: damped(counts, CALENDAR, 48), 3)
    sample = counts[:SAMPLE]

    def peer() -> object:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [
                ETSModel(each, error="add", trend="add", damped_trend=True).fit(disp=0).forecast(48)
                for each in sample
            ]

    theirs = timed(peer)[1] * areas / SAMPLE
    return Figure(
        f"{areas:,} areas x {MONTHS} months: damped ETS, 4 years",
        f"{seconds:.2f} s",
        f"statsmodels {theirs:,.0f} s",
        theirs / seconds,
        f"<= {bar:g} s",
        seconds <= bar,
    )


def whole_force(areas: int, measures: int, bar: float | None) -> Figure:
    """Every method, its back-test at up to twelve dates, the choice, the areas made to add up."""
    counts = [_counts(areas, 5.0, seed) for seed in range(measures)]
    _, seconds = timed(lambda: [demand(each, CALENDAR, 4) for each in counts], 3)
    return Figure(
        f"{areas:,} areas x {measures} measures: forecast and back-test",
        f"{seconds:.2f} s",
        bar="-" if bar is None else f"<= {bar:g} s",
        is_met=None if bar is None else seconds <= bar,
    )


def scores(forecasts: int) -> Figure:
    """CRPS of negative binomial forecasts."""
    rng = np.random.default_rng(1)
    mean, variance = rng.gamma(2, 50, forecasts), rng.gamma(2, 100, forecasts)
    came = rng.poisson(mean)
    _, seconds = timed(lambda: crps_counts(mean, variance, came))
    return Figure(f"{forecasts:,} scores (CRPS, negative binomial)", f"{seconds:.2f} s")


def _counts(areas: int, rate: float, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, rate / 2, (areas, 1)) * (1 + 0.2 * np.sin(2 * np.pi * CALENDAR / 12))
    return rng.poisson(rng.gamma(2 * mean, 0.5)).astype(float)
