"""Funnels of harm: limits by hand, a slow twin by sampling, the level kept, over-dispersion found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harmscape.ranking.funnel import funnel, gamma_limits, overdispersion, standard_scores


def test_limits_of_a_count_are_halved_quantiles_of_chi_squared() -> None:
    # Table of the chi-squared distribution, 20 degrees of freedom: 9.591 and 34.170 hold 95 %.
    lo, hi = gamma_limits([10.0], [10.0], 0.95)
    assert (lo[0], hi[0]) == pytest.approx((9.591 / 2, 34.170 / 2), abs=5e-4)


def test_a_funnel_of_counts_by_hand() -> None:
    # By hand: 155 events over 1,000 residents; 31 expected of 200, and 20 are P(N >= 31 | mean 20) out.
    found = funnel([10, 20, 30, 95], [100, 200, 300, 400], [10, 20, 30, 95], dispersed=False)
    assert found is not None
    assert found.rate == pytest.approx(0.155)
    assert stats.norm.cdf(found.z[1]) == pytest.approx(stats.poisson.sf(30, 20))


def test_heavy_events_widen_the_limits_by_their_squares() -> None:
    # By hand: the same harm from events of 10 points has ten times the variance.
    light = funnel([10, 20, 30, 40], [1, 2, 3, 4], [10, 20, 30, 40])
    heavy = funnel([10, 20, 30, 40], [1, 2, 3, 4], [100, 200, 300, 400])
    assert light is not None
    assert heavy is not None
    assert heavy.variance.tolist() == pytest.approx((10 * light.variance).tolist())


def test_over_dispersion_is_the_mean_square_with_the_outer_tenths_drawn_in() -> None:
    # By hand: ten scores, one drawn in at each end: -1 and 3 (twice each), six of 2: (1+1+24+9+9)/10 = 4.4.
    # Of normal scores drawn in at 1.2816 there is left 0.8 - 2 x 1.2816 x 0.1755 + 0.2 x 1.6424 = 0.6787.
    assert overdispersion([-5, -1, 2, 2, 2, 2, 2, 2, 3, 9]) == pytest.approx(4.4 / 0.6787, rel=1e-3)
    assert overdispersion([0.1, -0.2, 0.3]) == 1.0


def test_too_few_areas_or_no_harm_is_no_funnel() -> None:
    assert funnel([1, 2], [1, 1], [1, 2]) is None
    assert funnel([0, 0, 0], [1, 1, 1], [0, 0, 0]) is None
    # Every event weighs the same, so events of one number have one harm: nothing is left to chance.
    assert funnel([10, 20, 30], [10, 20, 30], [10, 20, 30], given="events") is None
    with pytest.raises(ValueError, match="sizes above 0"):
        funnel([1, 1, 1], [0, 1, 1], [1, 1, 1])


def test_an_area_without_harm_has_a_score_and_not_minus_infinity() -> None:
    # By hand: 3 expected, none came: half of e^-3.
    found = standard_scores([0.0], [3.0], [3.0])
    assert stats.norm.cdf(found[0]) == pytest.approx(np.exp(-3) / 2)


WEIGHTS, RATES = np.array([5.0, 60.0, 400.0]), np.array([0.02, 0.004, 0.0004])


def planted(rng: np.random.Generator, size: np.ndarray, scatter: float) -> tuple[np.ndarray, np.ndarray]:
    """Harm and squares of areas with one rate; scatter: standard deviation of true rates over their mean."""
    true = rng.gamma(scatter**-2, scatter**2, len(size)) if scatter else np.ones(len(size))
    counts = rng.poisson((true * size)[:, None] * RATES)
    return counts @ WEIGHTS, counts @ WEIGHTS**2


@pytest.mark.parametrize("scatter", [0.0, 0.25])
def test_about_five_in_a_hundred_areas_lie_outside_the_inner_limits(scatter: float) -> None:
    rng = np.random.default_rng(8)
    out, far = [], []
    for _ in range(150):
        size = rng.uniform(500, 8000, 60)
        found = funnel(*_ordered(planted(rng, size, scatter), size))
        assert found is not None
        out.append(np.mean(np.abs(found.z) > 1.959964))
        far.append(np.mean(np.abs(found.z) > 3.090232))
    # 9,000 areas: a standard error of a quarter of a point; scatter that grows with size is no one factor.
    assert 0.03 <= np.mean(out) <= 0.07
    assert np.mean(far) <= 0.01


def _ordered(
    made: tuple[np.ndarray, np.ndarray], size: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return made[0], size, made[1]


def test_limits_equal_those_of_a_slow_simulation_of_the_same_areas() -> None:
    # The slow twin: an area of 20,000 drawn 40,000 times; the quantiles of its harm.
    rng = np.random.default_rng(9)
    size = np.full(60, 20_000.0)
    made = planted(rng, np.full(40_000, 20_000.0), 0.0)[0]
    found = funnel(*_ordered(planted(rng, size, 0.0), size), dispersed=False)
    assert found is not None
    lo, hi = found.limits([20_000.0], 0.95)
    assert (lo[0], hi[0]) == pytest.approx(tuple(np.quantile(made, [0.025, 0.975])), rel=0.06)


def test_true_differences_are_told_as_tau() -> None:
    # The truth: true rates scatter by a quarter of their mean.
    rng = np.random.default_rng(10)
    taus = []
    for _ in range(60):
        size = rng.uniform(20_000, 60_000, 80)
        found = funnel(*_ordered(planted(rng, size, 0.25), size))
        assert found is not None
        taus.append(found.tau)
    assert np.mean(taus) == pytest.approx(0.25, abs=0.03)
