"""The back-test: what it may know, what it scores, which method it chooses; and where it would be most."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harmscape.forecast.back_test import (
    FLOOR,
    METHODS,
    Made,
    back_test_parts,
    back_test_whole,
    best_of,
    methods_for,
    origins,
    score,
)
from harmscape.forecast.crps import crps_counts, negative_binomial
from harmscape.forecast.demand import demand
from harmscape.forecast.where import caught

CALENDAR = np.tile(np.arange(1, 13), 5)


def poisson(rate: float, areas: int, months: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(rate, (areas, months)).astype(float)


def test_a_test_knows_nothing_of_what_came_after() -> None:
    counts = poisson(30, 1, 60)
    changed = counts.copy()
    changed[0, 48:] *= 3
    before, after = (back_test_whole(each, CALENDAR) for each in (counts, changed))
    assert before is not None
    assert after is not None
    for name, made in before.made.items():
        for one, other in zip(made, after.made[name], strict=True):
            if one.origin <= 48:
                assert one.mean == pytest.approx(other.mean)


def test_scores_are_those_of_plain_loops() -> None:
    rng = np.random.default_rng(3)
    made = [
        Made(24, 24, 1, rng.uniform(5, 40, 6), rng.uniform(50, 90, 6), rng.poisson(20, 6)) for _ in range(4)
    ]
    found = score("any", "years", made)
    held, crps = {0.8: 0, 0.95: 0}, []
    for each in made:
        for mean, variance, came in zip(each.mean, each.variance, each.came, strict=True):
            size, share = (float(part) for part in negative_binomial(mean, variance))
            crps.append(float(crps_counts(mean, variance, came)))
            for inside in held:
                lo, hi = stats.nbinom.interval(inside, size, share)
                held[inside] += int(lo <= came <= hi)
    assert (found.forecasts, found.within_80, found.within_95) == (24, held[0.8], held[0.95])
    assert found.crps == pytest.approx(np.mean(crps))


def test_tests_by_years_count_whole_years_and_their_distance() -> None:
    found = back_test_whole(poisson(30, 1, 60), CALENDAR)
    assert found is not None
    assert found.unit == "years"
    ahead = [each.ahead for each in found.made[FLOOR]]
    # By hand: 12 dates with a year after them, those up to 36 with two, that at 24 with three.
    assert (ahead.count(1), ahead.count(2), ahead.count(3), ahead.count(4)) == (12, 6, 1, 0)
    first = found.made[FLOOR][0]
    assert (first.origin, first.starts) == (24, 24)
    assert first.came[0] == poisson(30, 1, 60)[0, 24:36].sum()


def test_a_gap_is_left_out_of_what_is_forecast_and_of_what_came() -> None:
    counts = poisson(30, 1, 60)
    counts[0, 50] = np.nan
    found = back_test_whole(counts, CALENDAR)
    assert found is not None
    last = found.made[FLOOR][-1]
    assert last.came[0] == np.nansum(counts[0, 48:60])
    year_before = counts[0, 36:48].copy()
    year_before[2] = 0
    assert last.mean[0] == year_before.sum()


def test_short_histories_are_tested_by_months_or_not_at_all() -> None:
    found = back_test_whole(poisson(30, 1, 28), CALENDAR[:28])
    assert found is not None
    assert found.unit == "months"
    # By hand: from 24, 25, 26 and 27 known months, 4 + 3 + 2 + 1 months are told.
    assert found.score(found.chosen).forecasts == 10
    assert back_test_whole(poisson(30, 1, 24), CALENDAR[:24]) is None
    assert back_test_parts(poisson(30, 5, 13), CALENDAR[:13], FLOOR) is None


def test_logarithms_are_left_to_busy_series() -> None:
    assert methods_for(poisson(30, 5, 60)) == list(METHODS)
    assert "damped_percent" not in methods_for(poisson(2, 5, 60))
    assert methods_for(poisson(30, 5, 20)) == [FLOOR]


def test_many_areas_are_tested_at_fewer_dates() -> None:
    assert [len(origins(np.ones((1, 60)), areas)) for areas in (40, 1_000, 5_000)] == [12, 6, 4]


def test_a_steady_series_is_better_told_by_more_than_last_year() -> None:
    found = back_test_parts(poisson(8, 40, 60), CALENDAR, "gamma_poisson")
    assert found is not None
    assert found.chosen == "gamma_poisson"
    assert found.score("gamma_poisson").crps < 0.85 * found.score(FLOOR).crps


def test_a_trend_is_shown_only_where_it_gains_a_fifth() -> None:
    # By hand: four fifths of the better flat score, 90, is 72.
    flat = {"last_year": 100.0, "gamma_poisson": 90.0}
    assert best_of({**flat, "damped": 73.0, "damped_percent": 80.0}) == "gamma_poisson"
    assert best_of({**flat, "damped": 73.0, "damped_percent": 71.0}) == "damped_percent"
    assert best_of({"last_year": 90.0, "gamma_poisson": 90.0, "damped": 80.0}) == "last_year"
    assert best_of({"last_year": 0.0}) == "last_year"


def test_what_grows_by_a_third_a_year_is_told_as_a_trend() -> None:
    # Poisson about 100 a month growing by 2 % each month: last year's count is always far behind.
    growing = np.random.default_rng(5).poisson(100 * 1.02 ** np.arange(60))[None].astype(float)
    found = back_test_whole(growing, CALENDAR)
    assert found is not None
    assert found.chosen.startswith("damped")
    assert found.score(found.chosen).crps < 0.8 * found.score("gamma_poisson").crps


def test_what_repeats_exactly_is_left_to_last_year() -> None:
    year = np.array([90, 2, 40, 7, 66, 31, 5, 88, 12, 49, 3, 71.0])
    found = back_test_whole(np.tile(year, 5)[None], CALENDAR)
    assert found is not None
    assert found.chosen == FLOOR
    assert not found.is_better


def test_areas_add_up_and_one_area_is_the_whole() -> None:
    counts = poisson(6, 9, 60)
    found = demand(counts, CALENDAR, 4)
    assert found is not None
    assert found.parts.mean.sum(axis=0) == pytest.approx(found.whole.mean[0], rel=1e-12)
    alone = demand(counts[:1], CALENDAR, 4)
    assert alone is not None
    assert alone.parts.mean == pytest.approx(alone.whole.mean)


def test_too_little_gives_one_year_or_nothing() -> None:
    assert demand(poisson(6, 3, 11), CALENDAR[:11], 4) is None
    assert demand(np.zeros((0, 60)), CALENDAR, 4) is None
    found = demand(poisson(6, 3, 18), CALENDAR[:18], 4)
    assert found is not None
    assert found.whole.mean.shape == (1, 12)
    assert found.whole_tested is None


def test_no_events_at_all_are_forecast_as_none() -> None:
    found = demand(np.zeros((4, 60)), CALENDAR, 4)
    assert found is not None
    assert found.whole.mean.sum() < 1e-6
    assert np.isfinite(found.parts.variance).all()


def test_the_accuracy_index_by_hand() -> None:
    # Chainey, Tompson and Uhlig 2008, p. 14: hit rate over share of the land. Three of ten equal areas
    # forecast highest held 12 + 6 + 6 of 40: 60 % over 30 %. The best three held 12 + 8 + 6: 24 / 26.
    came = [12, 6, 6, 8, 3, 2, 1, 1, 1, 0]
    found = caught([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], came, [2.0] * 10, 3)
    assert found.hit_rate == pytest.approx(0.6)
    assert found.pai == pytest.approx(2.0)
    assert found.pei == pytest.approx(24 / 26)
    assert found.rri == pytest.approx(1.0)


def test_ties_go_to_the_areas_with_fewer_events() -> None:
    found = caught([5, 5, 5, 1], [9, 2, 4, 0], [1.0] * 4, 1)
    assert (found.chosen.tolist(), found.ties) == ([1], 3)
    assert found.hit_rate == pytest.approx(2 / 15)


def test_where_without_events_or_land_says_nothing() -> None:
    found = caught([1, 2], [0, 0], [1.0, np.nan], 5)
    assert (found.hit_rate, found.pai, found.pei, found.rri, found.land) == (None,) * 5
