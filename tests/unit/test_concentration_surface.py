"""Surfaces and shifts of pattern: the exact sum, the packages' figures, figures by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harmscape.concentration.pattern_shift import andresen, s_index, shifted
from harmscape.concentration.surface import Grid, grid_over, surface

Floats = NDArray[np.float64]


def plain_surface(x: Floats, y: Floats, points: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Every event at every cell, straight from the formula: points a square kilometre."""
    far = ((grid.x[None, :, None] - x) ** 2 + (grid.y[:, None, None] - y) ** 2) / bandwidth_m**2
    height = np.exp(-far / 2) / (2 * np.pi * bandwidth_m**2)
    return np.asarray((height * points).sum(axis=2) * 1e6)


def test_the_binned_surface_is_near_the_exact_sum() -> None:
    # Cells of a tenth of a bandwidth: within one per cent of the top everywhere.
    rng = np.random.default_rng(11)
    x, y, points = rng.normal(3_000, 500, 200), rng.normal(3_000, 500, 200), rng.gamma(1.0, size=200)
    grid = grid_over(0, 0, 6_000, 6_000, cell_m=30)
    made = surface(x, y, points, grid, bandwidth_m=300)
    exact = plain_surface(x, y, points, grid, 300)
    assert np.abs(made - exact).max() < 0.01 * exact.max()
    assert made.sum() * 0.0009 == pytest.approx(points.sum(), rel=1e-3)


def test_half_a_bandwidth_is_a_cell_small_enough() -> None:
    # What sharing among four cells adds to the kernel is taken off it: half of a per cent of the top remains.
    rng = np.random.default_rng(11)
    x, y, points = rng.normal(3_000, 500, 200), rng.normal(3_000, 500, 200), rng.gamma(1.0, size=200)
    grid = grid_over(0, 0, 6_000, 6_000, cell_m=150)
    made = surface(x, y, points, grid, bandwidth_m=300)
    exact = plain_surface(x, y, points, grid, 300)
    assert np.abs(made - exact).max() < 0.005 * exact.max()


def test_at_the_rim_a_uniform_crowd_stays_uniform() -> None:
    # Events on every cell of a half plane: uncorrected the rim would show half of the level, at a corner a
    # quarter; corrected every cell inside shows 1 event a 0.01 km2 cell = 100 a km2.
    grid = grid_over(0, 0, 3_000, 3_000, cell_m=100)
    across, up = np.meshgrid(grid.x, grid.y)
    inside = across < 2_000
    flat = surface(across[inside], up[inside], None, grid, bandwidth_m=300, inside=inside)
    assert flat[inside] == pytest.approx(100)
    assert np.isnan(flat[~inside]).all()
    bare = surface(across[inside], up[inside], None, grid, bandwidth_m=300)
    assert bare[0, 0] < 40


def test_events_on_edges_and_off_the_grid() -> None:
    grid = grid_over(0, 0, 1_000, 1_000, cell_m=100)
    made = surface([0, 999.99, 1_000, -1], [0, 999.99, 0, 5], None, grid, bandwidth_m=10)
    assert made.sum() * 0.01 == pytest.approx(2)
    none = surface([], [], None, grid, bandwidth_m=100)
    assert none.max() == 0
    with pytest.raises(ValueError, match="bandwidth"):
        surface([1], [1], None, grid, bandwidth_m=0)
    with pytest.raises(ValueError, match="box"):
        grid_over(5, 0, 5, 10, cell_m=1)


def test_shares_by_hand_and_against_pearson() -> None:
    # 30 of 100 before, 50 of 100 after: Pearson's chi-square is 200 (30 x 50 - 50 x 70)^2 / (80 x 120 x 100
    # x 100) = 8.3333; with N - 1 it is 199 / 200 of that, 8.2917, p 0.00398.
    found = shifted([30, 70], [50, 50])
    assert found.p[0] == pytest.approx(float(stats.chi2.sf(8.3333333 * 199 / 200, 1)), rel=1e-6)
    pearson = stats.chi2_contingency([[30, 70], [50, 50]], correction=False)
    assert pearson.statistic == pytest.approx(25 / 3)
    # With Yates's correction, as some packages have it: (|-2000| - 100)^2 in place of 2000^2; larger p.
    assert stats.chi2_contingency([[30, 70], [50, 50]]).pvalue > found.p[0]


def test_shares_of_every_place_equal_a_plain_loop() -> None:
    rng = np.random.default_rng(12)
    before, after = rng.poisson(6, 50), rng.poisson(5, 50)
    found, n1, n2 = shifted(before, after), int(before.sum()), int(after.sum())
    for at, (a, b) in enumerate(zip(before.tolist(), after.tolist(), strict=True)):
        n = n1 + n2
        if a + b and min(a + b, n - a - b) * min(n1, n2) / n >= 1:
            chi = stats.chi2_contingency([[a, n1 - a], [b, n2 - b]], correction=False).statistic
            assert found.p[at] == pytest.approx(float(stats.chi2.sf(chi * (n - 1) / n, 1)), rel=1e-9)
    assert found.before.sum() == pytest.approx(1)


def test_few_events_are_tested_by_fishers_mid_p() -> None:
    # One event here, and 40 in each period: either period is as likely to have it. P(first) = 1/2; mid-p of
    # "as many or more" is half of that, 1/4; two-sided 1/2.
    found = shifted([1, 39], [0, 40])
    assert found.p[0] == pytest.approx(0.5)
    assert shifted([0, 10], [0, 12]).p[0] == 1.0


def test_a_period_without_events_has_no_pattern() -> None:
    with pytest.raises(ValueError, match="no pattern"):
        shifted([0, 0], [1, 2])
    with pytest.raises(ValueError, match="same places"):
        shifted([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="no pattern"):
        andresen([0, 0], [1, 2])


def test_s_counts_places_with_events_only() -> None:
    assert s_index([0.01, 0.5, 1.0, 1.0], [True, True, True, False]) == pytest.approx(2 / 3)
    assert s_index([1.0], [False]) == 1.0


def test_andresens_resamples_of_one_pattern_are_like_it() -> None:
    # The same counts in both: every share lies amid its own resamples; a pattern turned round lies outside.
    counts = np.arange(10, 60)
    assert andresen(counts, counts).all()
    assert andresen(counts, counts[::-1])[[0, -1]].tolist() == [False, False]


def test_few_events_a_place_are_resampled_as_many_are() -> None:
    # 50 places of 0 to 4 events and one of 40: of 140, 119 are kept. The great one has 34 +/- 2 of them; its
    # share, 40 / 140, is amid 34 / 119; half of it is not, nor is a place of nothing that now has ten.
    counts = np.append(np.tile([0, 1, 2, 3, 4], 10), 40)
    assert andresen(counts, counts).all()
    moved = counts.copy()
    moved[-1], moved[0] = 20, 10
    assert andresen(moved, counts)[[0, -1]].tolist() == [False, False]
