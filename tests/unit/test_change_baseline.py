"""A window beside its baseline: season, dispersion, expected ranges; by hand and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.change.baseline import beside_baseline
from harmscape.change.counts import compare_counts
from harmscape.change.discovery import discoveries

YEARS = [month for _ in range(3) for month in range(1, 13)]
QUARTER = [1, 2, 3]
ASKED = np.array([False] * 36 + [True] * 3)


def test_a_missing_month_is_left_out_and_never_a_zero() -> None:
    # By hand: five usable months of 10 events, one month missing; a month of 10 is as expected.
    found = beside_baseline(
        [[10, 10, 0, 10, 10, 10, 10]], [1, 2, 3, 4, 5, 6, 7], [0] * 6 + [1], [1, 1, 0, 1, 1, 1, 0]
    )
    assert (found.earlier[0], found.expected[0], found.exposure) == (50.0, 10.0, 0.2)
    assert found.dispersion.tolist() == [1.0]


def test_season_is_learned_from_all_areas_and_moves_what_is_expected() -> None:
    # By hand: every January, February and March holds 40 events, every other month 10: a year holds 210.
    year = [40.0] * 3 + [10.0] * 9
    found = beside_baseline([[*year * 3, 40, 40, 40]], [*YEARS, *QUARTER], ASKED, ~ASKED)
    assert found.expected[0] == pytest.approx(120.0)
    assert found.later[0] == 120.0


def test_few_events_tell_no_season() -> None:
    found = beside_baseline([[*([1.0] * 3 + [0.0] * 9) * 3, 1, 1, 1]], [*YEARS, *QUARTER], ASKED, ~ASKED)
    assert found.exposure == pytest.approx(3 / 36)


def test_dispersion_is_pearson_over_its_degrees_of_freedom() -> None:
    # By hand: means 10; X^2 = (5^2 + 5^2 + 0 + 0) / 10 = 5 over 4 - 1 degrees of freedom.
    found = beside_baseline([[5, 15, 10, 10, 12]], [1, 2, 3, 4, 5], [0, 0, 0, 0, 1], [1, 1, 1, 1, 0])
    assert found.dispersion[0] == pytest.approx(5 / 3)


def test_areas_all_of_one_size_share_one_scatter() -> None:
    # By hand: nine areas, each as above; their means are all 10, which tells no line of scatter over means.
    found = beside_baseline([[5, 15, 10, 10, 12]] * 9, [1, 2, 3, 4, 5], [0, 0, 0, 0, 1], [1, 1, 1, 1, 0])
    assert found.dispersion.tolist() == [pytest.approx(5 / 3)] * 9


def test_an_area_without_a_past_expects_nothing() -> None:
    found = beside_baseline([[0, 0, 3], [2, 2, 2]], [1, 2, 3], [0, 0, 1], [1, 1, 0])
    assert (found.expected[0], found.lo[0], found.hi[0]) == (0.0, 0.0, 0.0)


def test_a_window_and_a_baseline_are_never_the_same_month() -> None:
    with pytest.raises(ValueError, match="months of their own"):
        beside_baseline([[1, 2]], [1, 2], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="months of their own"):
        beside_baseline([[1, 2]], [1, 2], [0, 1], [0, 0])


def simulated(seed: int, doubled: bool, scatter: float) -> tuple[int, bool]:
    """A page of 40 areas by 3 measures: how many false flags, and whether a doubling was seen.

    scatter: how far a month's true rate strays from its mean, as a share of it, beyond chance.
    """
    rng = np.random.default_rng(seed)
    p: list[float] = []
    for measure in range(3):
        mean = rng.uniform(4, 60, 40)
        if measure == 0:
            mean[0] = 40 / 3
        rate = np.outer(mean, np.ones(39))
        if doubled and measure == 0:
            rate[0, 36:] *= 2
        strays = rng.gamma(scatter**-2, scatter**2, rate.shape) if scatter else 1.0
        y = rng.poisson(rate * strays)
        found = beside_baseline(y, [*YEARS, *QUARTER], ASKED, ~ASKED)
        tested = compare_counts(
            found.later / found.dispersion, found.earlier / found.dispersion, found.exposure
        )
        p.extend(tested.p.tolist())
    believed = discoveries(p, rate=0.10)
    return int(believed[1:].sum() if doubled else believed.sum()), bool(believed[0])


def test_where_nothing_changes_a_page_flags_next_to_nothing() -> None:
    # The bar: at most 0.2 false flags a page.
    for scatter in (0.0, 0.15, 0.3):
        flags = [simulated(seed, doubled=False, scatter=scatter)[0] for seed in range(120)]
        assert np.mean(flags) <= 0.2, scatter


def test_a_doubling_of_forty_events_a_quarter_is_found() -> None:
    # The bar: 90 % of doublings at a mean of 40 a quarter beside 12 quarters, among 120 cells;
    # where months scatter by 15 % beyond chance, some more are missed.
    for scatter, bar in ((0.0, 0.90), (0.15, 0.80)):
        seen = [simulated(seed, doubled=True, scatter=scatter)[1] for seed in range(120)]
        assert np.mean(seen) >= bar, scatter


def test_scatter_that_grows_with_the_mean_is_learned_as_a_line() -> None:
    # The truth: variance over mean is 1 + mean / 10.
    rng = np.random.default_rng(4)
    mean = np.linspace(2, 60, 60)[:, None] * np.ones((60, 39))
    y = rng.poisson(mean * rng.gamma(10, 0.1, mean.shape))
    found = beside_baseline(y, [*YEARS, *QUARTER], ASKED, ~ASKED)
    assert found.dispersion[0] == pytest.approx(1.2, abs=0.35)
    assert found.dispersion[-1] == pytest.approx(7.0, abs=1.5)


def test_the_expected_range_holds_a_count_to_come() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(60):
        y = rng.poisson(rng.uniform(5, 40, (40, 1)) * np.ones((40, 39)))
        found = beside_baseline(y, [*YEARS, *QUARTER], ASKED, ~ASKED)
        held.append(float(((found.lo <= found.later) & (found.later <= found.hi)).mean()))
    assert 0.94 <= np.mean(held) <= 0.985
