"""Methods of forecasting: last year's count, damped trends, Gamma-Poisson rates, season and sums."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from harmscape.forecast import damped as damped_file
from harmscape.forecast import gamma_poisson as gamma_file
from harmscape.forecast.ahead import Ahead, limits, sums
from harmscape.forecast.damped import damped, filtered, smooth
from harmscape.forecast.gamma_poisson import gamma_poisson, learn_rates
from harmscape.forecast.harm import harm_ahead, harm_limits
from harmscape.forecast.reconcile import rounded, to_the_whole
from harmscape.forecast.season import season_of
from harmscape.forecast.seasonal_naive import UNKNOWN_SCATTER, seasonal_naive

SEED = 20261122
FIVE_YEARS = np.tile(np.arange(1, 13), 5)
AUSTRALIAN_AIR = [
    17.5534, 21.8601, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797, 32.5776,
    33.4774, 39.0216, 41.3864, 41.5966, 44.6573, 46.9518, 48.7288, 51.4884, 50.0270, 60.6409, 63.3603,
    66.3554, 68.1979, 68.1232, 69.7793, 72.5977,
]  # fmt: skip
"""Millions of passengers of Australian air carriers, 1990 to 2016, as printed in the book cited below."""


def test_last_year_is_repeated_and_a_gap_is_filled_from_the_year_before() -> None:
    counts = np.arange(36.0)[None]
    counts[0, 30] = np.nan
    found = seasonal_naive(counts, 24)
    # By hand: months 24 to 35 again, and 18 in the place of 30.
    expected = [*range(24, 30), 18, *range(31, 36)]
    assert found.mean[0].tolist() == [float(each) for each in expected * 2]


def test_the_range_of_last_year_grows_with_the_years() -> None:
    # FPP, section 5.5: of a seasonal random walk the variance of year k is k times that of the first.
    walk = np.repeat(np.exp(np.cumsum(np.random.default_rng(SEED).normal(0, 0.1, 10))), 12)[None] * 100
    found = seasonal_naive(walk, 36)
    by_year = found.level[0, [11, 23, 35]]
    assert by_year[0] > 0.002
    assert by_year[1] == pytest.approx(2 * by_year[0], rel=1e-6)
    assert by_year[2] == pytest.approx(3 * by_year[0], rel=1e-6)


def test_two_poisson_years_differ_by_twice_their_mean_at_least() -> None:
    found = seasonal_naive(np.full((3, 60), 50.0), 12)
    assert found.own[0, 0] == UNKNOWN_SCATTER * 50


def test_holt_s_method_gives_the_forecasts_of_the_book() -> None:
    # Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 2nd edition, section 7.2, table 7.2:
    # alpha .8321, beta* .0001, and 74.60 76.70 78.80 80.91 83.01 to come. The book's first states are its
    # optimiser's, ours those of least squares: two hundredths.
    grid = filtered(np.array([0.8321]), np.array([0.8321e-4]), np.array([1.0]), np.ones(27, dtype=bool))
    level, trend = grid.last[0] @ np.array(AUSTRALIAN_AIR)
    found = [level + trend * h for h in range(1, 6)]
    assert found == pytest.approx([74.60, 76.70, 78.80, 80.91, 83.01], abs=0.025)


@pytest.mark.parametrize("in_logs", [False, True])
def test_errors_and_states_are_those_of_statsmodels(in_logs: bool) -> None:
    rng = np.random.default_rng(SEED)
    y = 100 + np.cumsum(rng.normal(0.3, 3, (3, 60)), axis=1)
    y = np.log(y) if in_logs else y
    for alpha, beta, phi in ((0.3, 0.03, 0.9), (0.7, 0.2, 0.95), (0.1, 0.002, 0.8)):
        grid = filtered(*(np.array([each]) for each in (alpha, beta, phi)), np.ones(60, dtype=bool))
        for series in y:
            peer = ETSModel(series, error="add", trend="add", damped_trend=True)
            fixed = {"smoothing_level": alpha, "smoothing_trend": beta, "damping_trend": phi}
            with peer.fix_params(fixed):
                fit = peer.fit(disp=0)
            # theirs is found by a search over the first states, ours is the least there is
            errors = grid.residual[0] @ series
            assert (errors**2).sum() <= fit.sse * (1 + 1e-9)
            assert (errors**2).sum() == pytest.approx(fit.sse, rel=1e-4)
            level, trend = grid.last[0] @ series
            told = fit.forecast(12)
            reach = np.cumsum(phi ** np.arange(1, 13))
            assert level + trend * reach == pytest.approx(told, rel=2e-3)


def test_the_grid_comes_near_the_best_that_statsmodels_finds() -> None:
    rng = np.random.default_rng(SEED)
    y = 200 + np.cumsum(rng.normal(0, 4, (3, 60)), axis=1) + rng.normal(0, 8, (3, 60))
    grid = damped_file._filtered(np.ones(60, dtype=bool).tobytes())
    ours = (np.matmul(grid.residual, y.T) ** 2).sum(axis=1).min(axis=0)
    for series, least in zip(y, ours, strict=True):
        peer = ETSModel(
            series, error="add", trend="add", damped_trend=True, bounds={"damping_trend": (0.8, 0.98)}
        )
        # Log-likelihoods -n/2 log(SSE): at most two apart, within what 60 months can tell.
        assert 30 * np.log(least / peer.fit(disp=0).sse) < 2.0


def test_one_point_of_the_grid_is_the_plain_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrices against a loop over months, with a gap, and first states by plain least squares."""
    monkeypatch.setattr(damped_file, "ALPHAS", (0.4,))
    monkeypatch.setattr(damped_file, "BETAS", (0.1,))
    monkeypatch.setattr(damped_file, "PHIS", (0.9,))
    damped_file._filtered.cache_clear()
    y = np.random.default_rng(SEED).normal(50, 5, 40)
    y[17] = np.nan

    def run(level: float, trend: float, data: np.ndarray) -> tuple[list[float], float, float]:
        errors = []
        for came in data:
            expected, trend = level + 0.9 * trend, 0.9 * trend
            level = expected
            if not np.isnan(came):
                errors.append(came - expected)
                level, trend = level + 0.4 * (came - expected), trend + 0.04 * (came - expected)
        return errors, level, trend

    nothing = np.where(np.isnan(y), np.nan, 0.0)
    data, one, other = run(0, 0, y)[0], run(1, 0, nothing)[0], run(0, 1, nothing)[0]
    first = np.linalg.lstsq(-np.array([one, other]).T, np.array(data), rcond=None)[0]
    errors, level, trend = run(*first, y)
    found = smooth(y[None], 24)
    damped_file._filtered.cache_clear()
    assert found.noise[0] == pytest.approx(sum(e * e for e in errors) / (39 - 2))
    reach = np.cumsum(0.9 ** np.arange(1, 25))
    assert found.mean[0] == pytest.approx(level + trend * reach)
    # Hyndman et al. 2008, table 6.2: sigma^2 sum of (alpha + beta phi_j)^2, and the first states'.
    news = np.concatenate([[0.0], np.cumsum((0.4 + 0.04 * reach[:23]) ** 2)])
    assert (found.state[0] >= found.noise[0] * news - 1e-9).all()
    assert found.state[0, 23] < found.noise[0] * news[23] * 1.05


def test_a_steady_rise_goes_on_a_little_and_bends() -> None:
    counts = np.linspace(100, 200, 60)[None]
    found = damped(counts, FIVE_YEARS, 48).mean[0]
    assert 200 < found[0] < 203
    assert (np.diff(found) > 0).all()
    assert found[47] - found[35] < 0.6 * (found[12] - found[0])
    in_logs = damped(counts, FIVE_YEARS, 48, in_logs=True).mean[0]
    assert in_logs[47] > found[47] - 5


def test_rates_are_the_plain_sums_of_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gamma_file, "DISCOUNTS", (0.9,))
    rng = np.random.default_rng(SEED)
    counts, offered = rng.poisson(5, (4, 24)).astype(float), rng.uniform(0.5, 2, (4, 24))
    counts[:, 7] = np.nan
    rate, level, scatter = learn_rates(counts, offered, 3)
    y, e = np.nan_to_num(counts), np.where(np.isnan(counts), 0, offered)
    shape, mean = gamma_file._before_any(y, e)
    for area in range(4):
        alpha, beta = shape, shape / mean
        more_a = more_b = 0.0
        for t in range(24):
            more_a, more_b = 0.9 * (more_a + y[area, t]), 0.9 * (more_b + e[area, t])
        assert rate[area] == pytest.approx((alpha + more_a) / (beta + more_b))
        step = 1 + np.arange(3) * (1 / 0.9 - 1)
        assert level[area] == pytest.approx(scatter * step / (alpha + more_a))


def test_a_small_area_borrows_and_a_large_one_does_not() -> None:
    # Nine areas of 20 a month and one that had none in three years: not never, but far below the rest.
    counts = np.full((10, 36), 20.0)
    counts[9] = 0
    found = gamma_poisson(counts, FIVE_YEARS[:36], 12, damped(counts.sum(axis=0)[None], FIVE_YEARS[:36], 12))
    year = sums(found, slice(0, 12))[0]
    assert 0 < year[9] < 10
    assert year[0] == pytest.approx(240, rel=0.02)


def test_the_season_is_found_and_shrunk() -> None:
    season = 1 + 0.4 * np.sin(np.arange(12) * np.pi / 6)
    counts = np.random.default_rng(SEED).poisson(400 * np.tile(season, 5))[None].astype(float)
    # A month's standard error is 1 / sqrt(400 x 5) = .022; three of them.
    assert season_of(counts, FIVE_YEARS).worth[0] == pytest.approx(season, abs=0.067)
    few = np.random.default_rng(SEED).poisson(0.5, (1, 60)).astype(float)
    assert np.abs(season_of(few, FIVE_YEARS).worth[0] - 1).max() < 0.35
    assert (season_of(counts[:, :23], FIVE_YEARS[:23]).worth == 1).all()


def test_a_rise_over_the_years_is_no_season() -> None:
    counts = (100 * 1.1 ** (np.arange(60) / 12))[None]
    assert season_of(counts, FIVE_YEARS).worth[0] == pytest.approx(np.ones(12), abs=0.01)


def test_an_area_keeps_a_season_of_its_own() -> None:
    town, shore = np.full(60, 500.0), np.tile(np.where(np.arange(12) == 7, 600.0, 50.0), 5)
    found = season_of(np.array([town, town, shore]), FIVE_YEARS).worth
    assert found[2, 7] > 4
    assert found[0, 7] == pytest.approx(1, abs=0.15)


def test_a_missing_month_is_no_fall() -> None:
    counts = np.full((2, 48), 30.0)
    gap = counts.copy()
    gap[:, 20] = np.nan
    calendar = FIVE_YEARS[:48]
    for method in (damped, gamma_poisson):
        assert method(gap, calendar, 12).mean == pytest.approx(method(counts, calendar, 12).mean, rel=1e-6)


@pytest.mark.parametrize("method", [damped, gamma_poisson])
def test_series_without_events_expect_next_to_none(method) -> None:  # type: ignore[no-untyped-def]
    found = method(np.zeros((3, 60)), FIVE_YEARS, 48)
    assert np.isfinite(found.variance).all()
    assert (sums(found, slice(0, 12))[0] < 1e-6).all()
    assert [each.tolist() for each in limits(*sums(found, slice(36, 48)), 0.95)] == [[0.0] * 3] * 2


def test_the_variance_of_a_sum_is_that_of_the_whole_covariance() -> None:
    rng = np.random.default_rng(SEED)
    mean, own = rng.uniform(1, 9, (2, 5)), rng.uniform(1, 9, (2, 5))
    level = np.cumsum(rng.uniform(0, 0.1, (2, 5)), axis=1)
    total, variance = sums(Ahead(mean, own, level), slice(1, 5))
    for row in range(2):
        months = range(1, 5)
        covariance = sum(mean[row, h] * mean[row, k] * level[row, min(h, k)] for h in months for k in months)
        assert total[row] == pytest.approx(mean[row, 1:].sum())
        assert variance[row] == pytest.approx(own[row, 1:].sum() + covariance)


def test_parts_add_up_to_the_whole_as_figures_and_as_whole_numbers() -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(50):
        mean = rng.gamma(0.5, 10, (7, 12)) * (rng.random((7, 1)) > 0.2)
        whole = Ahead(rng.gamma(5, 30, (1, 12)), np.ones((1, 12)), np.zeros((1, 12)))
        found = to_the_whole(Ahead(mean, mean, np.zeros((7, 12))), whole)
        assert found.mean.sum(axis=0) == pytest.approx(whole.mean[0], rel=1e-12)
        year = round(float(whole.mean.sum()))
        parts = rounded(found.mean.sum(axis=1), year)
        assert sum(parts) == year
        assert np.abs(np.array(parts) - found.mean.sum(axis=1)).max() <= 1 + 1e-9
    with pytest.raises(ValueError, match="do not add up"):
        rounded(np.array([1.2, 3.4]), 9)


def test_harm_is_a_compound_sum() -> None:
    # Simulated: 400,000 years of a negative binomial number of events of 7 or 700 points.
    rng = np.random.default_rng(SEED)
    seen = rng.choice([7.0, 700.0], 50_000, p=[0.95, 0.05])
    number = rng.negative_binomial(20, 0.4, 400_000)  # mean 30, variance 75
    grave = rng.binomial(number, 0.05)
    harm = 7.0 * (number - grave) + 700.0 * grave
    one = (np.array([each]) for each in (30.0, 75.0))
    mean, variance = harm_ahead(
        *one, events=np.array([5e4]), harm=np.array([seen.sum()]), squares=np.array([(seen**2).sum()])
    )
    assert mean[0] == pytest.approx(harm.mean(), rel=0.03)
    assert variance[0] == pytest.approx(harm.var(), rel=0.05)
    lo, hi = harm_limits(mean, variance, 0.95)
    assert ((lo <= harm) & (harm <= hi)).mean() == pytest.approx(0.95, abs=0.025)
