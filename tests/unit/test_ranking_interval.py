"""Intervals for harm: published examples, hand-computed limits, and their ends."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from harmscape.ranking import dobson_byar, fay_feuer, fay_kim_mid_p, harm_interval, pooled_next_weight, tiwari

# Down's syndrome among births of fifth or later order, Michigan 1950-64, by mother's age: cases, births, all
# births (Fleiss 1981, table 14.4; Fay and Feuer 1997, table II). Rate per 100,000, standardised to all
# births.
CASES = np.array([0, 8, 63, 112, 262, 295])
BIRTHS = np.array([327, 30_666, 123_419, 149_919, 104_088, 34_392])
STANDARD = np.array([319_933, 931_318, 786_511, 488_235, 237_863, 61_313])
DOWNS_WEIGHTS = 1e5 * STANDARD / (BIRTHS * STANDARD.sum())
DOWNS_HARM = np.array([CASES @ DOWNS_WEIGHTS])
DOWNS_VARIANCE = np.array([CASES @ DOWNS_WEIGHTS**2])


def test_fay_feuer_gives_the_published_limits_for_downs_syndrome() -> None:
    # dsrTest 1.0.0 (R), vignette "examples", gamma method: 75.52901 (67.70212 to 188.30017).
    limits = fay_feuer(DOWNS_HARM, DOWNS_VARIANCE, heaviest=DOWNS_WEIGHTS.max())
    assert DOWNS_HARM[0] == pytest.approx(75.52901, abs=5e-6)
    assert limits.lo[0] == pytest.approx(67.70212, abs=5e-6)
    assert limits.hi[0] == pytest.approx(188.30017, abs=5e-6)


def test_mid_p_gives_the_published_limits_for_downs_syndrome() -> None:
    # The same vignette, gamma mid-p: 59.71632 to 173.08170 (found there by a root search with a looser
    # tolerance).
    limits = fay_kim_mid_p(DOWNS_HARM, DOWNS_VARIANCE, heaviest=DOWNS_WEIGHTS.max())
    assert limits.lo[0] == pytest.approx(59.71632, abs=2e-5)
    assert limits.hi[0] == pytest.approx(173.08170, abs=2e-5)


def test_tiwari_lies_between_the_normal_and_the_cautious_limit() -> None:
    limits = tiwari(DOWNS_HARM, DOWNS_VARIANCE, weights=DOWNS_WEIGHTS)
    # By the formula, with another gamma routine.
    y, v = DOWNS_HARM[0] + DOWNS_WEIGHTS.mean(), DOWNS_VARIANCE[0] + (DOWNS_WEIGHTS**2).mean()
    assert limits.hi[0] == pytest.approx(stats.gamma.ppf(0.975, y**2 / v, scale=v / y), rel=1e-9)
    assert limits.lo[0] == pytest.approx(67.70212, abs=5e-6)


def test_equal_weights_give_the_exact_poisson_interval() -> None:
    # Garwood 1936: 10 events, 4.795 to 18.390; 7 points each only change the unit.
    limits = fay_feuer([70.0], [490.0], heaviest=7)
    assert limits.lo[0] / 7 == pytest.approx(4.795, abs=5e-4)
    assert limits.hi[0] / 7 == pytest.approx(18.390, abs=5e-4)


def test_dobson_gives_byars_limits_at_equal_weights_and_exact_ones_below_ten() -> None:
    # By hand for 100 events: 100 (1 - 1/900 - 1.96/30)^3 = 81.36, 101 (1 - 1/909 + 1.96/(3 sqrt 101))^3 =
    # 121.63; 4 events, exact: 1.090 to 10.242.
    limits = dobson_byar([100.0, 4.0, 0.0], [100.0, 4.0, 0.0], events=[100, 4, 0])
    assert limits.lo[:2].round(2).tolist() == [81.36, 1.09]
    assert limits.hi[:2].round(2).tolist() == [121.63, 10.24]
    assert np.isnan(limits.lo[2])


def test_an_area_without_events_has_an_upper_limit_of_3_689_heaviest_weights() -> None:
    # exp(-x) = .025 at x = 3.6889; 3.6889 x 7979 = 29,434.
    limits = harm_interval([0.0, 500.0], [0.0, 90_000.0], heaviest=7979)
    assert limits.lo[0] == 0
    assert round(limits.hi[0]) == 29_434


def test_no_events_anywhere_still_gives_limits() -> None:
    limits = harm_interval([0.0, 0.0], [0.0, 0.0], heaviest=10)
    assert limits.lo.tolist() == [0, 0]
    assert limits.hi.round(2).tolist() == [36.89, 36.89]


def test_no_areas_give_no_limits() -> None:
    assert harm_interval([], [], heaviest=10).lo.shape == (0,)


def test_ours_is_mid_p_at_equal_weights() -> None:
    # All weights 1: variance = harm = expected, next weight (30 + 1) / (30 + 1) = 1.
    ours = harm_interval([10.0, 20.0], [10.0, 20.0], heaviest=1)
    theirs = fay_kim_mid_p([10.0, 20.0], [10.0, 20.0], heaviest=1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_the_mixed_quantile_agrees_with_a_plain_root_search() -> None:
    rng = np.random.default_rng(5)
    y = rng.uniform(2000, 9000, 40)
    v = y * rng.uniform(5, 900, 40)
    limits = fay_kim_mid_p(y, v, heaviest=800)
    for i in range(40):
        one = stats.gamma(y[i] ** 2 / v[i], scale=v[i] / y[i])
        two = stats.gamma((y[i] + 800) ** 2 / (v[i] + 800**2), scale=(v[i] + 800**2) / (y[i] + 800))
        for limit, tail in ((limits.lo[i], 0.025), (limits.hi[i], 0.975)):
            plain = optimize.brentq(
                lambda x, a=one, b=two, t=tail: (a.cdf(x) + b.cdf(x)) / 2 - t, 1e-12, 1e6, xtol=1e-10
            )
            assert limit == pytest.approx(plain, rel=1e-7, abs=1e-8)


def test_the_next_weight_starts_at_the_heaviest_and_comes_down() -> None:
    # By hand: (0 + 100^2)/(0 + 100) = 100; (90 x 1 + 100^2)/(90 + 100) = 53.1; (9900 + 10000)/(9900 + 100) =
    # 1.99.
    assert pooled_next_weight([0.0], [0.0], heaviest=100) == 100
    assert pooled_next_weight([90.0], [90.0], heaviest=100) == pytest.approx(53.105, abs=1e-3)
    assert pooled_next_weight([9900.0], [9900.0], heaviest=100) == pytest.approx(1.99)


@pytest.mark.parametrize(
    ("harm", "variance", "says"),
    [
        ([-1.0], [1.0], "not negative"),
        ([float("nan")], [1.0], "finite"),
        ([1.0], [0.0], "variance above 0"),
        ([0.0], [4.0], "variance above 0"),
        ([1.0, 2.0], [1.0], "one figure per area"),
    ],
)
def test_input_that_does_not_fit_is_refused(harm: list[float], variance: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        harm_interval(harm, variance, heaviest=10)
