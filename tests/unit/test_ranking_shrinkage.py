"""Shrinkage: the Gamma-Poisson rule by hand, spreads by another library, and its ends."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from harmscape.ranking import shrink
from harmscape.ranking.shrinkage import Spread, clustering, gamma_poisson, spread


def test_the_posterior_of_a_count_by_hand() -> None:
    # Prior Gamma(a = 4, b = 2): mean 2, relative variance 1/4. Six events at exposure 3: (6 + 4)/(3 + 2) = 2
    # per unit, so 6 expected, variance 3^2 x 10 / 5^2 = 3.6. No event: (0 + 4)/(3 + 2) x 3 = 2.4, 9 x 4 / 25
    # = 1.44.
    prior = Spread(np.array([2.0]), np.array([0.25]), np.array([0.1]))
    mean, variance = gamma_poisson([[6], [0]], [3.0, 3.0], prior)
    np.testing.assert_allclose(mean.ravel(), [6.0, 2.4])
    np.testing.assert_allclose(variance.ravel(), [3.6, 1.44])


def test_pairs_of_events_count_as_half_as_many() -> None:
    # Six events in three pairs: N = 3, E = 1.5: (3 + 4)/(1.5 + 2) x 3 = 6; variance 9 x 7 / 3.5^2 = 5.142857.
    prior = Spread(np.array([2.0]), np.array([0.25]), np.array([0.1]))
    mean, variance = gamma_poisson([[6]], [3.0], prior, 2.0)
    assert mean[0, 0] == pytest.approx(6.0)
    assert variance[0, 0] == pytest.approx(36 / 7)


def test_nothing_known_leaves_the_count_alone_and_all_alike_leaves_the_mean() -> None:
    nothing = Spread(np.array([2.0]), np.array([np.inf]), np.array([np.inf]))
    alike = Spread(np.array([2.0]), np.array([0.0]), np.array([0.0]))
    assert [part.item() for part in gamma_poisson([[7]], [3.0], nothing)] == pytest.approx([7.0, 7.0])
    assert [part.item() for part in gamma_poisson([[7]], [3.0], alike)] == pytest.approx([6.0, 0.0])


@pytest.mark.soak
def test_spread_agrees_with_marshalls_estimator_of_esda() -> None:
    # esda.smoothing.Empirical_Bayes is Marshall 1991: r + A/(A + m/E)(m - r). Ours divides the noise by p - 1
    # and allows for unequal exposures, so the two meet as areas grow many; esda does not clamp, so the input
    # is spread.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        smoothing = pytest.importorskip("esda.smoothing")
    rng = np.random.default_rng(3)
    exposure = rng.uniform(50, 150, 4000)
    counts = rng.poisson(exposure * rng.gamma(4, 0.05, 4000))
    found = spread(counts[:, None], exposure)
    mean, _ = gamma_poisson(counts[:, None], exposure, found)
    theirs = smoothing.Empirical_Bayes(counts, exposure).r.ravel()
    np.testing.assert_allclose(mean[:, 0] / exposure, theirs, rtol=2e-3, atol=2e-4)
    assert found.relative_variance[0] == pytest.approx(1 / 4, abs=0.03)


def test_spread_by_hand_and_never_negative() -> None:
    # Equal exposure 1: m = 10, X^2 = (0 + 100 + 100)/10 = 20, noise 2, signal 10 (3 - 3/3) = 20: c = 18/20 =
    # .9.
    found = spread([[10], [20], [0]], [1.0, 1.0, 1.0])
    assert found.mean.tolist() == [10.0]
    assert found.relative_variance[0] == pytest.approx(0.9)
    assert spread([[10], [10], [10]], [1.0, 1.0, 1.0]).relative_variance.tolist() == [0.0]


def test_one_area_keeps_its_own_figures() -> None:
    found = shrink([[4, 10]], [100.0, 1.0], [40_010.0])
    assert found.mean[0] == pytest.approx(410)
    # Flat prior on the number of events, shares on n + 1: 14 x mean^2 + (14^2 + 14) x spread of weight / 15 =
    # sum w^2 n.
    assert found.variance[0] == pytest.approx(40_010)
    assert found.expected_variance[0] == pytest.approx(40_010)


def test_all_zero_tables_cells_and_areas() -> None:
    nothing = shrink(np.zeros((3, 2)), [5.0, 1.0], np.zeros(3))
    assert nothing.mean.tolist() == nothing.variance.tolist() == [0, 0, 0]
    some = shrink([[0, 10], [0, 30], [0, 0]], [5.0, 1.0], [10.0, 30.0, 0.0])
    assert np.isfinite(some.mean).all()
    assert 0 < some.mean[2] < some.mean[0] < some.mean[1]
    assert shrink(np.zeros((0, 2)), [5.0, 1.0], []).mean.shape == (0,)


def test_no_murder_yet_is_not_zero_risk() -> None:
    counts = [[0, 100], [2, 100], [1, 100], [0, 100]]
    found = shrink(counts, [1000.0, 1.0], np.array(counts) @ [1e6, 1.0])
    assert found.mean[0] > 150
    assert found.mean[1] < 2100


def test_a_base_draws_small_areas_harder_than_a_score_does() -> None:
    # Ten areas of 1,000 people with about 100 events, one of 10 with 3: per head it is thrice the rest.
    counts = np.array([[90], [110], [95], [105], [100], [98], [102], [92], [108], [100], [3]])
    people = np.array([1000.0] * 10 + [10.0])
    per_head = shrink(counts, [1.0], counts[:, 0], base=people).mean[-1]
    as_score = shrink(counts, [1.0], counts[:, 0]).mean[-1]
    assert 1.0 < per_head < 1.6
    # As a score it moves by no more than its own deviation: 3 + sqrt(3 + 1).
    assert as_score == pytest.approx(5.0)


def test_clusters_by_hand() -> None:
    # Ten incidents of one event, five of two, same weight 2: n = 20, sum w^2 n = 80, variance 10 x 4 + 5 x 16
    # = 120. Events squared: 10 + 5 x 4 = 30, so 30/20 = 1.5 = 120/80, and without it 1 + 40 / (20 x 2 x 2) =
    # 1.5 as well.
    counts, weights, variance = np.array([[20.0]]), np.array([2.0]), np.array([120.0])
    assert clustering(counts, weights, variance).size == pytest.approx(1.5)
    assert clustering(counts, weights, variance, [30.0]).size == pytest.approx(1.5)
    assert clustering(counts, weights, variance).harm == pytest.approx(1.5)


def test_fractional_quantities_count_as_the_events_they_are() -> None:
    # Forty events of quantity 1/2 at weight 2: quantity 20, harm 40, variance 40 x 1 = 40, half of sum w^2 q
    # = 80. They are worth 40 independent events: relative variance 1/40.
    found = shrink([[20.0]], [2.0], [40.0], events_squared=[10.0])
    assert found.mean[0] == pytest.approx(40)
    assert found.variance[0] == pytest.approx(40)
