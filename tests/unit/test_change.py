"""Change: counts, harm, many comparisons, areas acted on; published examples, slow twins, simulations."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from harmscape.change.counts import compare_counts
from harmscape.change.discovery import adjusted, discoveries
from harmscape.change.displacement import weighted_displacement
from harmscape.change.mover import difference, interval, ratio


def slow_mid_p(k1: int, k0: int, share: float) -> float:
    """The mid-p by summing binomial probabilities one by one."""
    n = k1 + k0
    chance = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    below = sum(chance[:k1]) + chance[k1] / 2
    return min(1.0, 2 * min(below, 1 - below))


@pytest.mark.parametrize(
    ("k1", "k0", "exposure"), [(2, 8, 1.0), (14, 90, 0.25), (0, 3, 1.0), (5, 0, 2.0), (1, 1, 1.0)]
)
def test_the_mid_p_equals_a_sum_of_binomial_probabilities(k1: int, k0: int, exposure: float) -> None:
    found = compare_counts([k1], [k0], exposure)
    assert found.p[0] == pytest.approx(slow_mid_p(k1, k0, exposure / (1 + exposure)), abs=1e-12)


def test_the_limits_are_the_rates_at_which_the_mid_p_is_five_per_cent() -> None:
    found = compare_counts([12], [30], 0.5)
    for limit in (found.lo[0], found.hi[0]):
        share = limit * 0.5 / (1 + limit * 0.5)
        assert slow_mid_p(12, 30, share) == pytest.approx(0.05, abs=1e-6)
    assert found.ratio[0] == pytest.approx(0.8)  # 12 in half the time against 30


def test_nothing_before_or_after_is_said_and_not_guessed() -> None:
    found = compare_counts([0, 5, 0], [7, 0, 0])
    assert found.lo[0] == 0.0
    assert np.isinf(found.hi[1])
    assert np.isinf(found.ratio[1])
    assert np.isnan(found.ratio[2])
    assert found.p[2] == 1.0
    assert (found.lo[2], found.hi[2]) == (0.0, np.inf)
    with pytest.raises(ValueError, match="at least 0"):
        compare_counts([-1], [2])
    with pytest.raises(ValueError, match="above 0"):
        compare_counts([1], [2], 0.0)


def test_the_limits_of_a_ratio_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    for mean, true in ((8, 1.0), (20, 0.5), (60, 2.0)):
        later, earlier = rng.poisson(mean * true, 4000), rng.poisson(mean, 4000)
        found = compare_counts(later, earlier)
        held = float(((found.lo <= true) & (true <= found.hi)).mean())
        # A simulation of 4,000 has a standard error of 0.35 points; mid-p wavers about its level.
        assert 0.935 <= held <= 0.985, (mean, true, held)


def test_the_example_of_benjamini_and_hochberg() -> None:
    # Their table of 15 p-values (1995, section 4.1): four are rejected at 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0000]  # fmt: skip
    assert discoveries(p, rate=0.05).sum() == 4
    assert adjusted(p)[3] == pytest.approx(0.0095 * 15 / 4)


def test_missing_comparisons_are_never_believed_and_do_not_count() -> None:
    found = adjusted([np.nan, 0.01, 0.02])
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.02, 0.02]
    assert np.isnan(adjusted([np.nan])).all()
    assert not discoveries([np.nan]).any()


def test_false_discoveries_keep_their_rate() -> None:
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(400):
        real = rng.random(40) < 0.25
        p = np.where(real, rng.random(40) * 0.002, rng.random(40))
        believed = discoveries(p, rate=0.10)
        shares.append(float((believed & ~real).sum()) / max(int(believed.sum()), 1))
    assert np.mean(shares) <= 0.10


def test_a_difference_of_harm_by_hand() -> None:
    found = difference(interval([100.0], [60.0], [160.0]), interval([400.0], [320.0], [500.0]), exposure=0.25)
    # By hand: the earlier is 100 (80 to 125) over a quarter; 0 - sqrt(40^2 + 25^2), 0 + sqrt(60^2 + 20^2).
    assert found.estimate[0] == 0.0
    assert found.lo[0] == pytest.approx(-47.1699)
    assert found.hi[0] == pytest.approx(63.2456)


def test_a_ratio_of_harm_solves_the_equation_of_its_source() -> None:
    x, y = interval([10.0], [5.0], [18.0]), interval([20.0], [12.0], [31.0])
    found = ratio(x, y)
    # The limits are those R at which the interval of x - R y just holds 0.
    for r, side in ((found.lo[0], -1), (found.hi[0], 1)):
        reach = np.hypot(10 - 5, r * (31 - 20)) if side < 0 else np.hypot(18 - 10, r * (20 - 12))
        assert abs(10 - r * 20) == pytest.approx(reach, rel=1e-9)
    assert np.isinf(ratio(x, interval([1.0], [0.0], [4.0])).hi[0])
    with pytest.raises(ValueError, match="between its limits"):
        interval([1.0], [2.0], [3.0])


def test_the_worked_example_of_the_displacement_paper() -> None:
    # Wheeler and Ratcliffe 2018: control 308 to 318, treated 207 to 110, rings 150 to 140 and 178 to 157.
    found = weighted_displacement([207, 110], [308, 318], [178, 157], [150, 140])
    assert found.total.estimate == -118
    assert found.total.error**2 == pytest.approx(1568)
    assert round(found.total.z, 2) == -2.98
    assert (round(found.total.lo), round(found.total.hi)) == (-196, -40)


def test_the_small_example_of_the_reference_package() -> None:
    # The README of its author's package: control 20 to 20, treated 20 to 10: -10, standard error 8.3666.
    found = weighted_displacement([20, 10], [20, 20], level=0.90)
    assert found.local.estimate == -10
    assert found.local.error == pytest.approx(8.3666003)
    assert (round(found.local.lo, 3), round(found.local.hi, 3)) == (-23.762, 3.762)
    assert tuple(found.rings) == (0.0, 0.0, 0.0, 0.0)
    assert found.rings.z == 0.0


def test_harm_weighs_each_category_and_squares_its_points_in_the_variance() -> None:
    # By hand: category 1 falls by 4 at 10 points, category 2 rises by 1 at 100; control does not change.
    found = weighted_displacement(
        [[10, 1], [6, 2]], [[5, 1], [5, 1]], points=[10.0, 100.0], dispersion=[1.0, 2.0]
    )
    assert found.local.estimate == pytest.approx(-40 + 100)
    assert found.local.error**2 == pytest.approx(100 * (16 + 10) + 10_000 * 2 * (3 + 2))


def test_lengths_of_time_and_sizes_of_areas_divide() -> None:
    # By hand: 24 in two years before is 12 a year; a control twice as large counts half.
    found = weighted_displacement([24, 6], [40, 20], time=(2.0, 1.0), area=(1.0, 2.0, 1.0, 1.0))
    assert found.local.estimate == pytest.approx((6 - 12) - (10 - 10))
    assert found.local.error**2 == pytest.approx(24 / 4 + 6 + 40 / 16 + 20 / 4)
    with pytest.raises(ValueError, match="above 0"):
        weighted_displacement([1, 1], [1, 1], time=(0.0, 1.0))
    with pytest.raises(ValueError, match="before and after"):
        weighted_displacement([1, 1, 1], [1, 1, 1])
