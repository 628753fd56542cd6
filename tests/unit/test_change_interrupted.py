"""Interrupted series beside statsmodels, term by term; and what is said where there is little to say."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from harmscape.change.interrupted import interrupted_series

NAN = float("nan")
MONTHS = np.array([*range(1, 13)] * 5)[:59]
LATE = np.arange(59) >= 36


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Five years of counts with a season, a trend and people at risk; a step of 0.8."""
    rng = np.random.default_rng(seed)
    people = np.linspace(1.0, 1.2, 59)
    mean = 60 * people * np.exp(0.05 * np.arange(59) / 12 + 0.2 * np.sin(MONTHS / 6 * np.pi) - 0.22 * LATE)
    return rng.negative_binomial(mean / 1.5, 0.4).astype(float), people


def terms(slope: bool) -> np.ndarray:
    years = (np.arange(59) - 36) / 12
    waves = [turn(2 * np.pi * k * MONTHS / 12) for k in (1, 2) for turn in (np.sin, np.cos)]
    columns = [np.ones(59), years, *waves, LATE.astype(float)]
    return np.array([*columns, years * LATE] if slope else columns).T


@pytest.mark.parametrize("slope", [False, True])
def test_each_term_is_that_of_a_generalized_linear_model(slope: bool) -> None:
    y, people = drawn(3)
    model = sm.GLM(y, terms(slope), family=sm.families.Poisson(), offset=np.log(people))
    slow = model.fit(scale="X2", tol=1e-12)
    found = interrupted_series(y, LATE, MONTHS, exposure=people, slope=slope)
    assert np.log(found.step.ratio) == pytest.approx(slow.params[6], abs=1e-8)
    # Their limits by the normal, ours by Student's t: set the standard errors side by side.
    reach = np.log(found.step.hi / found.step.lo) / 2
    assert reach / 2.00 == pytest.approx(slow.bse[6], rel=0.01)
    assert found.dispersion == pytest.approx(slow.scale, rel=1e-8)
    assert np.log(found.trend.ratio) == pytest.approx(slow.params[1], abs=1e-8)
    assert found.fitted == pytest.approx(slow.fittedvalues, rel=1e-8)
    if slope:
        assert found.slope is not None
        assert np.log(found.slope.ratio) == pytest.approx(slow.params[7], abs=1e-8)
    undone = terms(slope)
    undone[:, 6:] = 0
    expected = (people * np.exp(undone @ slow.params))[LATE].sum()
    assert found.expected == pytest.approx(expected, rel=1e-8)
    assert found.change.estimate == pytest.approx(y[LATE].sum() - expected, rel=1e-8)


def test_errors_that_run_on_are_those_of_newey_and_west() -> None:
    y, people = drawn(4)
    model = sm.GLM(y, terms(False), family=sm.families.Poisson(), offset=np.log(people))
    slow = model.fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": False})
    found = interrupted_series(y, LATE, MONTHS, exposure=people, lags=3)
    correction = np.sqrt(59 / 52)
    error = np.log(found.step.hi / found.step.lo) / 2 / 2.0066  # t at 52 degrees of freedom
    assert error == pytest.approx(slow.bse[6] * correction, rel=1e-3)


def test_a_gap_is_left_out_and_filled_by_what_was_fitted() -> None:
    y, people = drawn(5)
    whole = interrupted_series(y, LATE, MONTHS, exposure=people)
    y[20] = y[50] = NAN
    found = interrupted_series(y, LATE, MONTHS, exposure=people)
    assert found.observed == np.nansum(y[LATE])
    assert np.isfinite(found.fitted).all()
    assert found.step.ratio == pytest.approx(whole.step.ratio, rel=0.05)


def test_nothing_on_a_side_is_said_and_not_guessed() -> None:
    y, _ = drawn(6)
    gone = interrupted_series(np.where(LATE, 0, y), LATE, MONTHS)
    assert (gone.step.ratio, gone.observed) == (0.0, 0.0)
    assert gone.step.hi < 0.01
    assert gone.change.hi < 0
    new = interrupted_series(np.where(LATE, y, 0), LATE, MONTHS)
    assert np.isinf(new.step.ratio)
    assert new.step.p == 1.0
    nothing = interrupted_series(np.zeros(59), LATE, MONTHS, slope=True)
    assert np.isnan(nothing.step.ratio)
    assert np.isnan(nothing.change.estimate)
    with pytest.raises(ValueError, match="longer past"):
        interrupted_series(y[33:40], LATE[33:40], MONTHS[33:40])
    with pytest.raises(ValueError, match="before and months after"):
        interrupted_series(y, np.zeros(59, bool), MONTHS)


def test_too_few_events_for_a_season_are_said_so() -> None:
    months = [*range(1, 13)] * 3
    counts = np.zeros(36)
    counts[[3, 20, 35]] = 1
    with pytest.raises(ValueError, match="too few events before to tell 6 terms apart"):
        interrupted_series(counts, [0] * 30 + [1] * 6, months)


def test_thin_series_give_a_figure_or_a_plain_reason() -> None:
    months, late = [*range(1, 13)] * 3, [0] * 30 + [1] * 6
    draws = np.random.default_rng(0)
    for events in range(1, 12):
        for _ in range(20):
            counts = np.bincount(draws.integers(0, 36, events), minlength=36)
            try:
                found = interrupted_series(counts, late, months)
            except ValueError:
                continue
            assert found.expected >= 0
