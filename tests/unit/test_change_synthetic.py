"""Synthetic control: mixtures beside a plain solver, placebos, and what too few donors cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from harmscape.change.simplex import mixtures
from harmscape.change.synthetic import synthetic_control

NAN = float("nan")


def slow_mixture(target: np.ndarray, donors: np.ndarray, spread: float) -> np.ndarray:
    """The same weights by sequential least squares, one target at a time."""
    start = np.full(len(donors), 1 / len(donors))
    return optimize.minimize(
        lambda w: ((target - w @ donors) ** 2).sum() + spread * (w**2).sum(),
        start,
        jac=lambda w: 2 * (donors @ (w @ donors - target) + spread * w),
        method="SLSQP",
        bounds=[(0, 1)] * len(donors),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"maxiter": 500, "ftol": 1e-12},
    ).x


@pytest.mark.parametrize("spread", [0.5, 20.0])
def test_mixtures_are_those_of_a_plain_solver(spread: float) -> None:
    rng = np.random.default_rng(8)
    donors, targets = rng.normal(5, 2, (15, 24)), rng.normal(5, 1.5, (4, 24))
    barred = np.zeros((4, 15), dtype=bool)
    barred[0, 3] = True
    found = mixtures(targets, donors, spread=spread, barred=barred)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found.min() >= 0
    assert found[0, 3] == 0
    for number in range(1, 4):
        slow = slow_mixture(targets[number], donors, spread)
        assert found[number] == pytest.approx(slow, abs=5e-3)


def test_an_area_that_is_a_mixture_of_others_is_found() -> None:
    rng = np.random.default_rng(9)
    donors = rng.normal(0, 1, (10, 30))
    true = np.array([0.5, 0.3, 0.2, *[0.0] * 7])
    assert mixtures((true @ donors)[None], donors, spread=0.0)[0] == pytest.approx(true, abs=0.01)


def county(seed: int, ratio: float, areas: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Small areas over four years with seasons of their own; the first five fall to `ratio` in the last."""
    rng = np.random.default_rng(seed)
    months = np.arange(48)
    season = 1 + 0.3 * np.outer(rng.uniform(0, 1, areas), np.sin(months / 6 * np.pi))
    rate = rng.gamma(3, 3, (areas, 1)) * season * np.exp(np.cumsum(rng.normal(0, 0.03, 48)))
    treated = np.arange(areas) < 5
    rate[np.ix_(treated, months >= 36)] *= ratio
    return rng.poisson(rate).astype(float), treated, months >= 36


def test_a_planted_fall_is_found_and_lies_in_its_range() -> None:
    y, treated, after = county(1, 0.5)
    found = synthetic_control(y, treated, ~treated, ~after, after, sets=199)
    assert found.p <= 0.02
    assert found.effect.lo < 0.5 < found.effect.hi < 1
    assert found.observed[after].sum() == y[treated][:, after].sum()
    assert found.change.estimate == pytest.approx((found.observed - found.synthetic)[after].sum())
    assert found.weights.shape == (5, 55)
    # The twin holds the treated areas' total before, by construction.
    assert found.synthetic[~after].sum() == pytest.approx(found.observed[~after].sum())


def test_harm_is_in_points_and_does_not_depend_on_their_unit() -> None:
    y, treated, after = county(2, 0.7)
    events = synthetic_control(y, treated, ~treated, ~after, after, sets=99)
    points = synthetic_control(y * 50, treated, ~treated, ~after, after, sets=99, unit=50.0)
    assert points.effect == events.effect
    assert points.change.estimate == pytest.approx(50 * events.change.estimate)


def test_a_gap_is_left_out() -> None:
    y, treated, after = county(3, 0.6)
    y[7, 10] = NAN
    found = synthetic_control(y, treated, ~treated, ~after, after, sets=49)
    assert np.isnan(found.observed[10])
    assert np.isnan(found.placebo[:, 10]).all()
    assert np.isfinite(found.observed[11])


def test_too_few_donors_and_empty_areas_are_said() -> None:
    y, treated, after = county(4, 1.0)
    with pytest.raises(ValueError, match="at least 20"):
        synthetic_control(y, treated, np.arange(60) > 50, ~after, after)
    with pytest.raises(ValueError, match="none twice"):
        synthetic_control(y, treated, np.ones(60, bool), ~after, after)
    empty = synthetic_control(np.zeros_like(y), treated, ~treated, ~after, after, sets=9)
    assert np.isnan(empty.effect.ratio)
    assert empty.p == 1.0


def null_ranks(seeds: range) -> np.ndarray:
    """p-values where nothing was done, one treated set a county."""
    found = []
    for seed in seeds:
        y, treated, after = county(seed, 1.0)
        found.append(synthetic_control(y, treated, ~treated, ~after, after, sets=99).p)
    return np.array(found)


def test_placebo_ranks_are_even_where_nothing_was_done() -> None:
    p = null_ranks(range(100, 124))
    # 24 even draws have a mean of 0.5 with a standard error of 0.06, and seldom one at or below 0.01.
    assert 0.3 < p.mean() < 0.7
    assert (p <= 0.05).sum() <= 4


@pytest.mark.soak
def test_placebo_ranks_keep_their_level() -> None:
    p = null_ranks(range(1_000, 1_400))
    shares = [(p <= level).mean() for level in (0.05, 0.1, 0.25, 0.5, 0.75)]
    print("\nsynthetic control, p at or below 0.05 0.10 0.25 0.50 0.75:", *(f"{each:.3f}" for each in shares))
    assert shares[0] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    for level, share in zip((0.25, 0.5, 0.75), shares[2:], strict=True):
        assert abs(share - level) <= 3 * np.sqrt(level * (1 - level) / 400) + 0.02
