"""Difference in differences: by hand, beside a plain generalized linear model, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from harmscape.change.difference import difference_in_differences
from harmscape.change.event_study import event_study

NAN = float("nan")


def test_without_gaps_the_ratio_is_that_of_four_corners() -> None:
    # By hand: 12 after 30 in the treated, 66 after 60 in the others: (12/30) / (66/60); 33 expected.
    y = [[10, 10, 10, 6, 6], [5, 5, 5, 5, 5], [15, 15, 15, 28, 28]]
    found = difference_in_differences(y, [1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1])
    assert found.effect.ratio == pytest.approx((12 / 30) / (66 / 60))
    assert found.expected == pytest.approx(33.0)
    assert found.change.estimate == pytest.approx(-21.0)
    assert found.units == (1, 2)
    assert np.isnan(found.drift)


def slow_log_ratio(y: np.ndarray, treated: np.ndarray, after: np.ndarray, offset: np.ndarray) -> float:
    """The same effect from a generalized linear model with a column for every unit and month."""
    unit, month = (each.ravel() for each in np.indices(y.shape))
    known = np.isfinite(y.ravel())
    columns = [(unit == each) for each in range(len(y))] + [(month == each) for each in range(1, y.shape[1])]
    columns.append(np.outer(treated, after).ravel())
    x = np.array(columns, dtype=float).T[known]
    x = x[:, x.any(axis=0)]  # a month that nobody has leaves no column
    model = sm.GLM(y.ravel()[known], x, family=sm.families.Poisson(), offset=np.log(offset.ravel()[known]))
    return float(model.fit(tol=1e-12).params[-1])


def test_gaps_and_offsets_give_what_a_generalized_linear_model_gives() -> None:
    rng = np.random.default_rng(7)
    y = rng.poisson(rng.uniform(2, 20, (9, 1)) * np.ones((9, 18))).astype(float)
    y[3, 4], y[0, 14], y[:, 9] = NAN, NAN, NAN
    treated, after = np.arange(9) < 3, np.arange(18) >= 12
    offset = rng.uniform(0.5, 2.0, y.shape)
    found = difference_in_differences(y, treated, ~after, after, offset=offset)
    slow = slow_log_ratio(y, treated, after, offset)
    assert np.log(found.effect.ratio) == pytest.approx(slow, abs=1e-6)
    assert found.expected == pytest.approx(found.observed / np.exp(slow), rel=1e-6)


def test_a_gap_is_never_a_zero() -> None:
    full = [[10.0, 10, 10, 5, 5], [20, 20, 20, 20, 20]]
    gone = [[10.0, 10, NAN, 5, 5], [20, 20, NAN, 20, 20]]
    sides = ([1, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1])
    assert difference_in_differences(gone, *sides).effect.ratio == pytest.approx(0.5)
    assert difference_in_differences(full, *sides).effect.ratio == pytest.approx(0.5)


def test_no_events_are_said_and_not_guessed() -> None:
    sides = ([1, 0], [1, 1, 0, 0], [0, 0, 1, 1])
    none_after = difference_in_differences([[4, 4, 0, 0], [9, 9, 9, 9]], *sides)
    assert none_after.effect.ratio == 0.0
    assert none_after.expected == pytest.approx(8.0)
    assert none_after.change.estimate == pytest.approx(-8.0)
    assert none_after.change.lo < -8 < none_after.change.hi < 0
    nothing = difference_in_differences([[0, 0, 0, 0], [0, 0, 0, 0]], *sides)
    assert np.isnan(nothing.effect.ratio)
    assert nothing.effect.p == 1.0
    assert np.isnan(nothing.change.estimate)
    none_before = difference_in_differences([[0, 0, 3, 0], [9, 9, 9, 9]], *sides)
    assert np.isinf(none_before.effect.ratio)
    with pytest.raises(ValueError, match="all needed"):
        difference_in_differences([[1, 1]], [1], [1, 0], [0, 1])
    with pytest.raises(ValueError, match="before, after or neither"):
        difference_in_differences([[1, 1], [1, 1]], [1, 0], [1, 1], [0, 1])


def test_units_that_drift_apart_widen_the_limits() -> None:
    # The same totals; in the second the units of each side moved against each other.
    before = np.full((8, 24), 5.0)
    steady, drifted = before.copy(), before.copy()
    drifted[::2, 12:], drifted[1::2, 12:] = 8.0, 2.0
    after, treated = np.arange(24) >= 12, np.arange(8) < 4
    narrow, wide = (difference_in_differences(each, treated, ~after, after) for each in (steady, drifted))
    assert narrow.effect.ratio == pytest.approx(wide.effect.ratio)
    assert narrow.drift == 0.0
    assert wide.drift > 0.3
    assert wide.effect.hi > narrow.effect.hi
    assert wide.effect.lo < narrow.effect.lo


def test_the_event_study_sets_each_period_beside_the_one_before_the_start() -> None:
    # By hand: treated 20, 30, 15, 10 a period; others 40, 40, 40, 20. The first month fills no period.
    ours = [9, 20, 30, 15, 10]
    theirs = [9, 40, 40, 40, 20]
    relative = [-3, -2, -1, 0, 1]
    found = event_study([ours, theirs], [1, 0], relative, per=1)
    assert found.ratio[1:].tolist() == pytest.approx([20 / 30, 1.0, 0.5, 10 / 20 * 40 / 30])
    assert (found.lo[found.reference], found.hi[found.reference]) == (1.0, 1.0)
    halves = event_study([ours, theirs], [1, 0], relative, per=2)
    assert halves.period.tolist() == [-2, 0]
    assert np.isnan(halves.drift_p)
    with pytest.raises(ValueError, match="whole period"):
        event_study([ours, theirs], [1, 0], relative, per=4)


def test_the_event_study_sees_areas_that_drifted_apart_before() -> None:
    after = np.arange(-24, 6)
    together = event_study([[30] * 30, [90] * 30], [1, 0], after)
    apart = event_study([[10 + each for each in range(30)], [90] * 30], [1, 0], after)
    assert together.drift_p > 0.99
    assert apart.drift_p < 0.01
    gap = [[30.0] * 29 + [NAN], [90.0] * 30]
    assert event_study(gap, [1, 0], after).ratio[-1] == pytest.approx(1.0)


def test_the_event_study_takes_what_is_at_risk() -> None:
    # By hand: the treated estate doubles its homes after the start, and burglaries go from 10 to 20; others
    # keep both. By counts alone that is a ratio of 2, by home no change; 15 then are 15/20 of the usual.
    ours, theirs = [10.0, 10, 20, 15], [40.0, 40, 40, 40]
    homes = [[100.0, 100, 200, 200], [400, 400, 400, 400]]
    bare = event_study([ours, theirs], [1, 0], [-2, -1, 0, 1], per=1)
    found = event_study([ours, theirs], [1, 0], [-2, -1, 0, 1], per=1, offset=homes)
    assert bare.ratio.tolist() == pytest.approx([1.0, 1.0, 2.0, 1.5])
    assert found.ratio.tolist() == pytest.approx([1.0, 1.0, 1.0, 0.75])
    assert (found.lo[3], found.hi[3]) == pytest.approx((bare.lo[3] / 2, bare.hi[3] / 2))
    # Homes that had doubled before: the share of the treated was as usual all along.
    moved = [[50.0, 100, 100], [400, 400, 400]]
    drifted = event_study([[20, 40, 40], [80, 80, 80]], [1, 0], [-2, -1, 0], per=1)
    usual = event_study([[20, 40, 40], [80, 80, 80]], [1, 0], [-2, -1, 0], per=1, offset=moved)
    assert usual.drift_p == pytest.approx(1.0)
    assert drifted.drift_p < 0.1


def test_what_is_at_risk_and_stays_as_it_is_cancels() -> None:
    rng = np.random.default_rng(15)
    y = rng.poisson(20, (5, 12)).astype(float)
    bare = event_study(y, [1, 1, 0, 0, 0], np.arange(-6, 6))
    days = event_study(y, [1, 1, 0, 0, 0], np.arange(-6, 6), offset=[31, 28, 31, 30, 31, 30] * 2)
    people = event_study(y, [1, 1, 0, 0, 0], np.arange(-6, 6), offset=np.arange(1, 6)[:, None] * 1_000.0)
    assert people.ratio == pytest.approx(bare.ratio)
    assert people.drift_p == pytest.approx(bare.drift_p)
    assert days.ratio == pytest.approx(bare.ratio)
    with pytest.raises(ValueError, match="above 0"):
        event_study(y, [1, 1, 0, 0, 0], np.arange(-6, 6), offset=0.0)


def test_each_period_is_what_difference_in_differences_gives_for_it() -> None:
    rng = np.random.default_rng(16)
    y, people = rng.poisson(20, (5, 9)).astype(float), rng.uniform(0.5, 2.0, (5, 9))
    treated, relative = np.arange(5) < 2, np.arange(-6, 3)
    found = event_study(y, treated, relative, offset=people)
    for at, months in ((0, relative < -3), (2, relative >= 0)):
        slow = difference_in_differences(y, treated, (relative >= -3) & (relative < 0), months, offset=people)
        assert found.ratio[at] == pytest.approx(slow.effect.ratio)
