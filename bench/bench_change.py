"""Change and impact against the clock: exact tests, displacement, differences, synthetic control.

Run with `python -m bench change`. Peers, in the same run: statsmodels' conditional test and its mid-p limits
pair by pair (on fewer pairs, its time scaled up), its generalized linear model with a column for every unit
and month, and scipy's sequential least squares, one mixture at a time (a few, scaled up).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from scipy import optimize

from bench.figure import Figure, timed
from harmscape.change.counts import compare_counts
from harmscape.change.difference import difference_in_differences
from harmscape.change.displacement import weighted_displacement
from harmscape.change.event_study import event_study
from harmscape.change.interrupted import interrupted_series
from harmscape.change.simplex import mixtures
from harmscape.change.synthetic import synthetic_control

TIMES = 3
AREAS, MONTHS, TREATED = 300, 48, 8
FEWER = 40
"""Areas where the peer would take minutes on them all."""

AFTER = np.arange(MONTHS) >= 36
OURS = np.arange(AREAS) < TREATED


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    yield exact(5_000)
    yield displacement(12)
    yield difference()
    yield periods()
    yield series()
    yield mixed()
    yield synthetic()


def exact(pairs: int) -> Figure:
    """Conditional tests with mid-p limits, against statsmodels' conditional test (no limits) one by one."""
    from statsmodels.stats.rates import test_poisson_2indep

    rng = np.random.default_rng(1)
    later, earlier = rng.poisson(20, pairs), rng.poisson(80, pairs)
    _, seconds = timed(lambda: compare_counts(later, earlier, 0.25), TIMES)
    few = 200

    def peer() -> object:
        return [
            test_poisson_2indep(int(a), 1, int(b), 4, method="cond-midp").pvalue
            for a, b in zip(later[:few], earlier[:few], strict=True)
        ]

    theirs = timed(peer)[1] * pairs / few
    return _figure(f"{pairs:,} exact tests, with limits", seconds, "statsmodels", theirs, 0.3)


def displacement(categories: int) -> Figure:
    """The displacement difference of harm with rings, by category, limits for small counts."""
    rng = np.random.default_rng(2)
    tables = [rng.poisson(20, (2, categories)) for _ in range(4)]
    points = rng.pareto(1.5, categories) * 10 + 1
    _, seconds = timed(lambda: weighted_displacement(*tables, points=points, limits="gamma"), TIMES)
    return Figure(
        f"displacement of harm, {categories} kinds", f"{seconds:.4f} s", bar="<= 2 s", is_met=seconds <= 2
    )


def difference() -> Figure:
    """Difference in differences, against a generalized linear model with a column for each unit and month."""
    import statsmodels.api as sm

    y, ours = _county()[:FEWER], OURS[:FEWER]
    _, seconds = timed(lambda: difference_in_differences(y, ours, ~AFTER, AFTER), TIMES)
    unit, month = (each.ravel() for each in np.indices(y.shape))
    x = np.zeros((y.size, FEWER + MONTHS))
    x[np.arange(y.size), unit] = 1
    later = month > 0
    x[np.flatnonzero(later), FEWER + month[later] - 1] = 1
    x[:, -1] = np.outer(ours, AFTER).ravel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = timed(lambda: sm.GLM(y.ravel(), x, family=sm.families.Poisson()).fit())[1]
    return _figure(f"difference, {FEWER} areas x {MONTHS} months", seconds, "statsmodels", theirs, 2.0)


def periods() -> Figure:
    """The event study by quarter."""
    y, relative = _county(), np.arange(MONTHS) - 36
    _, seconds = timed(lambda: event_study(y, OURS, relative), TIMES)
    return Figure(f"event study, {AREAS} areas", f"{seconds:.3f} s", bar="<= 2 s", is_met=seconds <= 2)


def series() -> Figure:
    """An interrupted series with season, slope and errors that run on, against statsmodels."""
    import statsmodels.api as sm

    y, month = _county()[OURS].sum(axis=0), np.arange(MONTHS) % 12 + 1
    _, seconds = timed(lambda: interrupted_series(y, AFTER, month, slope=True, lags=3), TIMES)
    years, angle = (np.arange(MONTHS) - 36) / 12, np.pi * month / 6
    waves = [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)]
    x = np.array([np.ones(MONTHS), years, *waves, AFTER, years * AFTER]).T
    model = sm.GLM(y, x, family=sm.families.Poisson())
    _, theirs = timed(lambda: model.fit(cov_type="HAC", cov_kwds={"maxlags": 3}), TIMES)
    return _figure(f"interrupted series, {MONTHS} months", seconds, "statsmodels", theirs, 2.0)


def mixed() -> Figure:
    """Mixtures of all donors for all, against scipy's solver on a few of them."""
    roots = 2 * np.sqrt(_county()[:FEWER] + 0.375)
    barred = np.eye(FEWER, dtype=bool)
    _, seconds = timed(lambda: mixtures(roots, roots, spread=96.0, barred=barred))
    few = 1

    def one(target: np.ndarray, donors: np.ndarray) -> object:
        return optimize.minimize(
            lambda w: ((target - w @ donors) ** 2).sum() + 96.0 * (w**2).sum(),
            np.full(len(donors), 1 / len(donors)),
            jac=lambda w: 2 * (donors @ (w @ donors - target) + 96.0 * w),
            method="SLSQP",
            bounds=[(0, 1)] * len(donors),
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        )

    theirs = timed(lambda: [one(roots[n], np.delete(roots, n, axis=0)) for n in range(few)])[1]
    return _figure(f"{FEWER} mixtures of {FEWER - 1}", seconds, "scipy SLSQP", theirs * FEWER / few, None)


def synthetic() -> Figure:
    """Synthetic control with a placebo for every area and 999 sets."""
    y = _county()
    _, seconds = timed(lambda: synthetic_control(y, OURS, ~OURS, ~AFTER, AFTER))
    return Figure(
        f"synthetic control, {AREAS} areas, placebos", f"{seconds:.1f} s", bar="<= 60 s", is_met=seconds <= 60
    )


def _county() -> np.ndarray:
    """Counts by area and month, as in the demo force: some 8 a month, unlike levels, one season."""
    rng = np.random.default_rng(3)
    season = 1 + 0.2 * np.sin(np.arange(MONTHS) / 6 * np.pi)
    return rng.poisson(np.outer(rng.gamma(2, 4, AREAS) + 0.5, season)).astype(float)


def _figure(what: str, seconds: float, peer: str, theirs: float, bar: float | None) -> Figure:
    return Figure(
        what,
        f"{seconds:.3f} s",
        f"{peer} {theirs:.2f} s",
        theirs / seconds,
        "-" if bar is None else f"<= {bar:g} s",
        None if bar is None else seconds <= bar,
    )
