"""Scores of forecasts that are whole distributions: published closed forms, and plain slow twins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats

from harmscape.forecast.crps import cdf_counts, crps_counts, crps_gamma, negative_binomial


def slow_counts(mean: float, variance: float, came: int) -> float:
    """The definition, Gneiting and Raftery 2007, eq. 20: the sum of (F(k) - 1{k >= y})^2 over all counts."""
    size, share = (float(each) for each in negative_binomial(mean, variance))
    counts = np.arange(int(max(stats.nbinom.ppf(1 - 1e-13, size, share), came)) + 5)
    return float(((stats.nbinom.cdf(counts, size, share) - (counts >= came)) ** 2).sum())


@pytest.mark.parametrize(
    ("mean", "variance"), [(0.05, 0.06), (0.7, 4.0), (3.0, 4.5), (30.0, 60.0), (100.0, 300.0), (3e3, 9e3)]
)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0, 1.7])
def test_counts_score_as_the_sum_over_all_counts(mean: float, variance: float, place: float) -> None:
    came = round(mean * place)
    # 20 points of the integral: five digits of the score at least.
    assert crps_counts(mean, variance, came) == pytest.approx(slow_counts(mean, variance, came), rel=2e-5)


@pytest.mark.parametrize("mean", [0.3, 2.0, 17.0])
@pytest.mark.parametrize("came", [0, 1, 4, 30])
def test_without_more_scatter_a_count_is_poisson(mean: float, came: int) -> None:
    # Wei and Held 2014; Jordan, Krueger and Lerch 2019, appendix A.1:
    # (y - m)(2F(y) - 1) + 2 m f(y) - m exp(-2m)(I0(2m) + I1(2m)).
    at_most, exactly = stats.poisson.cdf(came, mean), stats.poisson.pmf(came, mean)
    spread = mean * np.exp(-2 * mean) * (special.iv(0, 2 * mean) + special.iv(1, 2 * mean))
    published = (came - mean) * (2 * at_most - 1) + 2 * mean * exactly - spread
    assert crps_counts(mean, mean, came) == pytest.approx(published, rel=1e-3, abs=1e-6)


def test_a_negative_binomial_scores_by_its_published_form() -> None:
    # Jordan, Krueger and Lerch 2019, appendix A.1: y(2F - 1) - n(1-p)/p^2 (p(2F' - 1) + 2F1(n+1, 1/2; 2; .)),
    # F' with n + 1 at y - 1. n 30, p .5, y 34.
    n, p, y = 30, 0.5, 34
    gauss = special.hyp2f1(n + 1, 0.5, 2, -4 * (1 - p) / p**2)
    inner = p * (2 * stats.nbinom.cdf(y - 1, n + 1, p) - 1) + gauss
    published = y * (2 * stats.nbinom.cdf(y, n, p) - 1) - n * (1 - p) / p**2 * inner
    assert crps_counts(30.0, 60.0, 34) == pytest.approx(published, rel=1e-7)


@pytest.mark.parametrize(("mean", "variance", "came"), [(10, 25, 12), (3, 40, 0.5), (1e4, 1e6, 12_000)])
def test_a_gamma_scores_as_the_integral_of_its_definition(mean: float, variance: float, came: float) -> None:
    made = stats.gamma(mean**2 / variance, scale=variance / mean)
    below = integrate.quad(lambda x: made.cdf(x) ** 2, 0, came, limit=200)[0]
    above = integrate.quad(lambda x: made.sf(x) ** 2, came, mean + 40 * variance**0.5, limit=200)[0]
    assert crps_gamma(mean, variance, came) == pytest.approx(below + above, rel=1e-5)


def test_nothing_forecast_for_sure_scores_what_came() -> None:
    assert crps_counts([0.0, 0.0], [0.0, 5.0], [0, 3]).tolist() == [0.0, 3.0]
    assert crps_gamma([0.0], [0.0], [12.5]).tolist() == [12.5]
    assert cdf_counts([0.0, 0.0], [0.0, 0.0], [0, -1]).tolist() == [1.0, 0.0]


def test_honest_forecasts_score_best() -> None:
    # A proper score: over draws of the truth the true mean and variance score less than wrong ones.
    came = np.random.default_rng(20261122).negative_binomial(10, 0.5, 4_000)  # mean 10, variance 20
    honest = crps_counts(10.0, 20.0, came).mean()
    for mean, variance in ((10.0, 10.5), (10.0, 60.0), (12.0, 20.0), (8.0, 20.0)):
        assert crps_counts(mean, variance, came).mean() > honest
