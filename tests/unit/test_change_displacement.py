"""Limits of the displacement test where counts are small and points unequal; by hand, and slowly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harmscape.change.baseline import month_dispersion
from harmscape.change.displacement import displacement_ratio, weighted_displacement
from harmscape.change.effect import events_changed, gamma_limits, ratio_of_ratios


def test_limits_by_gamma_join_those_of_each_corner() -> None:
    # Slowly: Jeffreys' limits of each of four counts (Brown, Cai and DasGupta 2003), joined as Zou, Huang and
    # Zhang 2009 join them: L = estimate - sqrt(sum of squares of the distances that lower it).
    after, before, c_after, c_before = 3, 9, 6, 5
    low = {k: stats.gamma.ppf(0.025, k + 0.5) for k in (3, 9, 6, 5)}
    high = {k: stats.gamma.ppf(0.975, k + 0.5) for k in (3, 9, 6, 5)}
    down = (
        (after - low[3]) ** 2 + (high[9] - before) ** 2 + (high[6] - c_after) ** 2 + (c_before - low[5]) ** 2
    )
    up = (high[3] - after) ** 2 + (before - low[9]) ** 2 + (c_after - low[6]) ** 2 + (high[5] - c_before) ** 2
    found = weighted_displacement([before, after], [c_before, c_after], limits="gamma").local
    assert found.estimate == -7
    assert found.lo == pytest.approx(-7 - np.sqrt(down))
    assert found.hi == pytest.approx(-7 + np.sqrt(up))


def test_many_events_give_the_published_limits_either_way() -> None:
    tables = ([20_700, 11_000], [30_800, 31_800], [17_800, 15_700], [15_000, 14_000])
    normal, gamma = (weighted_displacement(*tables, limits=each).total for each in ("normal", "gamma"))
    assert gamma.lo == pytest.approx(normal.lo, rel=1e-3)
    assert gamma.hi == pytest.approx(normal.hi, rel=1e-3)


def test_no_events_at_all_say_how_few_there_could_have_been() -> None:
    found = weighted_displacement([0, 0], [0, 0], limits="gamma").local
    # By hand: the upper limit of an empty count is that of Gamma(1/2), 2.5119; two of them lie either side.
    assert found.hi == pytest.approx(np.sqrt(2) * stats.gamma.ppf(0.975, 0.5))
    assert found.lo == -found.hi


def test_each_category_tells_its_part_of_the_change() -> None:
    # By hand: 10 points x (6 - 10 - 0), 100 points x (2 - 1 - 0); a ring adds 10 x (4 - 3).
    found = weighted_displacement(
        [[10, 1], [6, 2]], [[5, 1], [5, 1]], [[3, 0], [4, 0]], points=[10.0, 100.0], limits="gamma"
    )
    assert found.by_category.tolist() == [-30.0, 100.0]
    assert found.total.estimate == 70.0
    assert found.rings.estimate == 10.0


def test_a_heavy_kind_that_did_not_happen_after_could_have() -> None:
    # By hand: 10 light events on each side and one of 100 points before. Of 21 events 11 came before, so that
    # 11/21 of the 20 light and of the 1 heavy are expected there: a variance of 11/21 x (20 + 100^2), and of
    # 10/21 of it after; together that of all kinds, 20 + 100^2, twice over with the control's.
    kinds = [[10, 1], [10, 0]]
    found = weighted_displacement(kinds, kinds[::-1], points=[1.0, 100.0], limits="gamma").local
    assert found.error == pytest.approx(np.sqrt(2 * (20 + 100**2)))
    seen = weighted_displacement(kinds, kinds[::-1], points=[1.0, 100.0]).local
    assert seen.error == pytest.approx(found.error)
    # The side that saw none has a range of its own all the same: it is wider than light events alone give.
    light = weighted_displacement([10, 10], [10, 10], limits="gamma").local
    assert found.hi - found.estimate > 5 * (light.hi - light.estimate)


def test_the_ratio_of_the_displacement_paper() -> None:
    # Wheeler and Ratcliffe 2018: 110/207 over 318/308; log error sqrt(1/110 + 1/207 + 1/318 + 1/308).
    found = displacement_ratio([207, 110], [308, 318])
    middle, error = np.log(110 / 207 / (318 / 308)), np.sqrt(1 / 110 + 1 / 207 + 1 / 318 + 1 / 308)
    assert found.ratio == pytest.approx(np.exp(middle))
    # So many events leave little between these limits and Wald's.
    assert np.log(found.lo) == pytest.approx(middle - 1.96 * error, abs=0.01)
    assert np.log(found.hi) == pytest.approx(middle + 1.96 * error, abs=0.01)
    assert found.p < 0.001


def test_ratios_of_nothing_are_said_and_not_guessed() -> None:
    gone = ratio_of_ratios(0, 12, 30, 30)
    assert (gone.ratio, gone.lo) == (0.0, 0.0)
    assert 0 < gone.hi < 1
    new = ratio_of_ratios(12, 0, 30, 30)
    assert np.isinf(new.ratio)
    assert np.isinf(new.hi)
    assert new.lo > 1
    assert np.isnan(ratio_of_ratios(0, 0, 30, 30).ratio)
    assert ratio_of_ratios(0, 0, 30, 30).p == 1.0
    assert np.isnan(events_changed(4, 0, relative=0.1).estimate)


def test_an_effect_is_sure_just_where_its_limits_leave_one_out() -> None:
    for after in range(40, 110, 3):
        found = ratio_of_ratios(after, 100, 200, 200)
        assert (found.p < 0.05) == (found.hi < 1 or found.lo > 1), after


def test_dispersion_takes_out_what_moved_all_areas_alike() -> None:
    # All areas double in the second month: nothing scatters.
    assert month_dispersion([[10, 20], [30, 60], [1, 2]], [1, 2], [1, 1]) == 1.0
    assert month_dispersion([[0, 0], [0, 0]], [1, 2], [1, 1]) == 1.0
    # The truth is 3, in 30 areas of 36 months.
    rng = np.random.default_rng(5)
    y = rng.negative_binomial(20 / 2, 1 / 3, (30, 36))
    assert month_dispersion(y, list(range(1, 13)) * 3, np.ones(36, bool)) == pytest.approx(3.0, abs=0.3)
    one = month_dispersion(y[:1], list(range(1, 13)) * 3, np.ones(36, bool))
    assert one == pytest.approx(3.0, abs=1.5)


def test_limits_of_a_sum_hold_the_sum() -> None:
    lo, hi = gamma_limits([0.0, 5.0, 8000.0], [0.0, 5.0, 7979.0**2], [1.0, 1.0, 7979.0])
    assert lo[0] == 0.0
    assert (lo <= [0.0, 5.0, 8000.0]).all()
    assert (hi >= [0.0, 5.0, 8000.0]).all()
