"""Marginal rank ranges against exact enumeration and plain draws."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from harmscape.ranking import rank_ranges
from harmscape.ranking.rank_range import cube_root_normal
from harmscape.ranking.top_k import chance_of_top


def _drawn_ranks(mean: np.ndarray, variance: np.ndarray, draws: int = 20_000) -> np.ndarray:
    """The slow twin: gamma draws for every area, ranked draw by draw; shape (draws, areas)."""
    rng = np.random.default_rng(11)
    harm = rng.gamma(mean**2 / variance, variance / mean, (draws, len(mean)))
    return 1 + np.argsort(np.argsort(-harm, axis=1), axis=1)


@pytest.mark.parametrize("areas", [3, 12, 40])
def test_ranges_agree_with_twenty_thousand_gamma_draws(areas: int) -> None:
    rng = np.random.default_rng(areas)
    mean = rng.gamma(4, 100, areas)
    variance = mean * rng.uniform(20, 60, areas)
    found = rank_ranges(mean, variance)
    ranks = _drawn_ranks(mean, variance)
    np.testing.assert_allclose(found.expected, ranks.mean(axis=0), atol=0.02 * areas)
    # A place more or less where a chance lies near 5 %: the count of others is taken as normal.
    assert np.abs(found.lo - np.quantile(ranks, 0.05, axis=0)).max() <= 1
    assert np.abs(found.hi - np.quantile(ranks, 0.95, axis=0)).max() <= 1
    inside = ((ranks >= found.lo) & (ranks <= found.hi)).mean(axis=0)
    assert inside.min() > 0.88
    np.testing.assert_allclose(found.p_top_k, (ranks <= 5).mean(axis=0), atol=0.025)


def test_two_equal_areas_are_first_half_the_time() -> None:
    found = rank_ranges([100.0, 100.0], [50.0, 50.0], k=1)
    assert found.lo.tolist() == [1, 1]
    assert found.hi.tolist() == [2, 2]
    assert found.expected == pytest.approx([1.5, 1.5], abs=1e-3)
    assert found.p_top_k == pytest.approx([0.5, 0.5], abs=1e-3)


def test_the_chance_of_first_by_the_normal_table() -> None:
    # Normal scale, centres 1 and 0, widths 1: P(first is higher) = Phi(1/sqrt 2) = 0.7602.
    found = chance_of_top(1, np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    assert found == pytest.approx([0.7602, 0.2398], abs=5e-4)


def test_the_chance_of_the_first_k_by_enumeration() -> None:
    # Areas whose harm is one of few known heights cannot be had here, so nearly: four areas far apart but for
    # pairs. Each pair is even, so the chances follow by counting the 2 x 2 outcomes.
    centre, width = np.array([10.0, 10.0, 0.0, 0.0]), np.full(4, 0.5)
    top = np.zeros(4)
    for first, second in product((0, 1), (2, 3)):
        order = [first, 1 - first, second, 5 - second]
        top[order[:3]] += 1 / 4
    assert chance_of_top(3, centre, width) == pytest.approx(top, abs=1e-3)


@pytest.mark.parametrize("areas", [7, 60, 400])
@pytest.mark.parametrize("k", [1, 5, 20])
def test_chances_of_the_first_k_add_up_to_k(areas: int, k: int) -> None:
    rng = np.random.default_rng(k)
    mean = rng.gamma(2, 100, areas)
    found = rank_ranges(mean, mean * 40, k=k)
    assert found.p_top_k.sum() == pytest.approx(min(k, areas), abs=0.01 * k)


def test_areas_far_apart_keep_their_places_and_tied_ones_share_theirs() -> None:
    found = rank_ranges([1e6, 1e4, 1e4, 1.0], [1.0, 1.0, 1.0, 1e-6], k=3)
    assert found.lo.tolist() == [1, 2, 2, 4]
    assert found.hi.tolist() == [1, 3, 3, 4]
    assert found.p_top_k == pytest.approx([1, 1, 1, 0], abs=1e-6)


def test_ends_none_one_and_all_zero() -> None:
    assert rank_ranges([], []).lo.shape == (0,)
    one = rank_ranges([5.0], [2.0])
    assert (one.lo[0], one.hi[0], one.expected[0], one.p_top_k[0]) == (1, 1, 1.0, 1.0)
    zero = rank_ranges([0.0] * 10, [0.0] * 10)
    assert zero.lo.max() == zero.lo.min() == 1
    assert zero.hi.max() == zero.hi.min() == 10


def test_a_wider_own_prior_widens_an_areas_own_range() -> None:
    mean, variance = np.array([100.0, 110.0, 120.0, 130.0, 300.0]), np.full(5, 40.0)
    narrow = rank_ranges(mean, variance)
    wide = rank_ranges(mean, variance, wide_mean=mean, wide_variance=variance * 9)
    assert ((wide.hi - wide.lo) >= (narrow.hi - narrow.lo)).all()
    assert (wide.hi - wide.lo).sum() > (narrow.hi - narrow.lo).sum()
    assert wide.expected == pytest.approx(narrow.expected, abs=0.005)


def test_cube_roots_of_gammas_are_nearly_normal() -> None:
    # Wilson and Hilferty: at shape 10 the 5 % and 95 % points are right to half a per cent.
    centre, width = cube_root_normal([10.0], [10.0])
    for z, probability in ((-1.644854, 0.05), (1.644854, 0.95)):
        assert (centre[0] + z * width[0]) ** 3 == pytest.approx(stats.gamma.ppf(probability, 10), rel=5e-3)


@pytest.mark.parametrize(
    ("mean", "variance"), [([-1.0], [1.0]), ([float("nan")], [1.0]), ([1.0, 2.0], [1.0])]
)
def test_input_that_does_not_fit_is_refused(mean: list[float], variance: list[float]) -> None:
    with pytest.raises(ValueError, match="mean and variance"):
        rank_ranges(mean, variance)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        rank_ranges([1.0, 2.0], [1.0, 1.0], k=0)
