"""Control charts and run rules: textbook examples, slow twins, false alarms by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.change.chart import crowded, g_chart, laney_sigma, u_chart
from harmscape.change.rules import POINTS_BETWEEN_FALSE_ALARMS, signals


def test_the_textbook_u_chart_with_rolls_of_different_length() -> None:
    # Montgomery, Introduction to Statistical Quality Control, the example of dyed cloth: ten rolls with 153
    # nonconformities in 107.5 inspection units; centre 1.42, limits of a roll of 10 units 0.29 and 2.55.
    units = [10.0, 8.0, 13.0, 10.0, 9.5, 10.0, 12.0, 10.5, 12.0, 12.5]
    found = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
    chart = u_chart(found, units, sigma=1)
    assert chart.centre == pytest.approx(153 / 107.5)
    # The book works with the centre rounded to 1.42.
    assert (chart.lo[0], chart.hi[0]) == pytest.approx((0.29, 2.55), abs=0.01)
    assert signals(chart.z, (1,)) == []  # the book finds no roll outside its limits


def test_a_missing_step_is_no_zero_and_the_baseline_alone_teaches() -> None:
    chart = u_chart([10, np.nan, 10, 40], baseline=[1, 1, 1, 0], sigma=1)
    assert chart.centre == 10.0
    assert np.isnan([chart.rate[1], chart.lo[1], chart.hi[1], chart.z[1]]).all()
    # By hand: (40 - 10) / sqrt(10).
    assert chart.z[3] == pytest.approx(30 / np.sqrt(10))
    with pytest.raises(ValueError, match="needs a baseline"):
        u_chart([np.nan, np.nan])


def test_nothing_in_the_baseline_gives_no_limits_and_no_signal() -> None:
    chart = u_chart([0, 0, 0, 5], baseline=[1, 1, 1, 0])
    assert (chart.centre, chart.sigma) == (0.0, 1.0)
    assert signals(chart.z) == []


def test_laneys_sigma_by_hand() -> None:
    # By hand: moving ranges 3, 1, 2 have mean 2; 2 / 1.128.
    assert laney_sigma([0, 3, 2, 4]) == pytest.approx(2 / 1.128)
    assert laney_sigma([0.1, 0.2, 0.1]) == 1.0
    assert laney_sigma([5.0]) == 1.0


def test_laneys_sigma_widens_the_limits_by_the_scatter_that_is_there() -> None:
    # The truth: variance over mean is 1 + 100 / 25 = 5, so limits are sqrt(5) as wide.
    rng = np.random.default_rng(1)
    widths = [u_chart(rng.poisson(100 * rng.gamma(25, 1 / 25, 60))).sigma for _ in range(300)]
    assert np.mean(widths) == pytest.approx(np.sqrt(5), rel=0.05)


def slow_signals(z: list[float]) -> set[tuple[int, int, int]]:
    """The four rules point by point, as the handbook says them."""
    met = set()
    for at in range(len(z)):
        for rule, (wanted, last, beyond) in {1: (1, 1, 3), 2: (2, 3, 2), 3: (4, 5, 1), 4: (8, 8, 0)}.items():
            span = z[at - last + 1 : at + 1] if at >= last - 1 else []
            if not span or any(np.isnan(span)):
                continue
            for side in (1, -1):
                if sum(side * each > beyond for each in span) >= wanted and side * z[at] > beyond:
                    met.add((at, rule, side))
    return met


def test_the_rules_equal_their_words_point_by_point() -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        z = rng.normal(0.3, 1.4, 60)
        z[rng.integers(0, 60, 3)] = np.nan
        assert {tuple(each) for each in signals(z, (1, 2, 3, 4))} == slow_signals(z.tolist())


def test_a_rule_that_is_not_one_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        signals([0.0], (1, 9))


def until_an_alarm(rules: tuple[int, ...], charts: int) -> float:
    """The mean number of points until a first alarm on charts where nothing changes."""
    rng = np.random.default_rng(3)
    firsts = []
    for _ in range(charts):
        found = signals(rng.normal(size=3000), rules)
        firsts.append(found[0].at + 1 if found else 3000)
    return float(np.mean(firsts))


@pytest.mark.parametrize("rules", [(1,), (1, 4), (1, 2, 3, 4)])
def test_false_alarms_are_as_seldom_as_champ_and_woodall_say(rules: tuple[int, ...]) -> None:
    # 600 charts: the standard error of a mean of nearly geometric waits is a 24th of it.
    assert until_an_alarm(rules, 600) == pytest.approx(POINTS_BETWEEN_FALSE_ALARMS[rules], rel=0.13)


@pytest.mark.soak
@pytest.mark.parametrize("rules", POINTS_BETWEEN_FALSE_ALARMS)
def test_false_alarms_of_every_set_of_rules_at_length(rules: tuple[int, ...]) -> None:
    assert until_an_alarm(rules, 10_000) == pytest.approx(POINTS_BETWEEN_FALSE_ALARMS[rules], rel=0.035)


def test_a_g_chart_by_hand() -> None:
    # By hand: a mean of 10 days gives p = 1/11. The gap not passed in 99.865 % of cases has
    # 1 - (10/11)^(g + 1) = .99865, so g = ln(.00135) / ln(10/11) - 1 = 68.3; half has 6.27.
    chart = g_chart([0, 10, 20, 30, 40, 120])
    assert g_chart([0, 10, 20, 30, 40, 120], taught_by=4).mean == 10.0
    assert chart.mean == 24.0
    four = g_chart([0, 10, 20, 30, 40, 120], taught_by=4)
    assert (round(four.centre, 2), round(four.hi, 1)) == (6.27, 68.3)
    assert signals(four.z, (1,))[0].at == 4  # 80 days without one


def test_benneyans_three_sigma_limit_lies_below_the_exact_one() -> None:
    # Benneyan 2001: UCL = mean + 3 sqrt(mean (mean + 1)) = 10 + 3 sqrt(110) = 41.5 for a mean of 10. A
    # geometric count passes it with (10/11)^42 = 1.8 %, not 0.135 %; hence limits of the distribution itself.
    three_sigma = 10 + 3 * np.sqrt(110)
    assert (10 / 11) ** (np.floor(three_sigma) + 1) == pytest.approx(0.0183, abs=0.0002)
    assert g_chart([0, 10, 20, 30, 40]).hi > three_sigma


def test_events_on_one_day_crowd_and_days_out_of_order_are_refused() -> None:
    days = [0, 30, 60, 90, 120, 120, 121, 121, 122]
    chart = g_chart(days, taught_by=4)
    # By hand: four gaps of 0, 1, 0, 1 days at p = 1/31: fewer than 3 misses before 4 hits.
    p, q = 1 / 31, 30 / 31
    assert chart.together[-1] == pytest.approx(p**4 * (1 + 4 * q + 10 * q**2))
    assert crowded(chart).tolist() == [False] * 7 + [True]
    assert g_chart([3, 3, 3]).mean == 0.0
    with pytest.raises(ValueError, match="in order"):
        g_chart([3, 1])


def test_crowding_is_called_where_nothing_changes_about_once_in_740_gaps() -> None:
    rng = np.random.default_rng(4)
    gaps = rng.geometric(1 / 21, 200_000) - 1
    called = crowded(g_chart(np.concatenate([[0], np.cumsum(gaps)])))
    # Sums of whole days cannot meet the level exactly; never above it beyond chance.
    assert 0.0006 <= called.mean() <= 0.0017
