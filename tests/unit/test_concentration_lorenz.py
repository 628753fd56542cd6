"""Lorenz curves, Gini coefficients, harm spots: published examples, figures by hand, plain twins."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.concentration.excess import concentration
from harmscape.concentration.gini import generalised_gini, gini
from harmscape.concentration.harm_spots import harm_spots
from harmscape.concentration.lorenz import lorenz, places_holding
from harmscape.concentration.placement import incidents, placements, shares, shuffles


def test_gini_of_the_authors_own_examples() -> None:
    # lorenzgini's vignette (Steenbeek and Bernasco), figure 2: ten places with 3, 1 and 1 crimes, G = .78.
    # By hand: 2 (8 x 1 + 9 x 1 + 10 x 3) / (10 x 5) - 11 / 10 = 0.78, and G' = 2 (0.78 - 1) + 1 = 0.56.
    assert gini([3, 1, 1] + [0] * 7) == pytest.approx(0.78)
    assert generalised_gini([3, 1, 1] + [0] * 7) == pytest.approx(0.56)
    assert generalised_gini([3, 1, 1] + [0] * 7, unbiased=True) == pytest.approx(0.56 * 5 / 4)
    # Figure 1: 22, 18 ... 1 on ten places; more events than places, so both are the same.
    counts = [22, 18, 17, 12, 11, 8, 6, 3, 2, 1]
    assert generalised_gini(counts) == pytest.approx(gini(counts))


def test_gini_is_half_the_mean_difference_over_the_mean() -> None:
    # The definition, plainly: sum of |x - y| over all pairs, over 2 n^2 times the mean.
    values = np.random.default_rng(3).gamma(0.5, size=40)
    plain = np.abs(values[:, None] - values).sum() / (2 * 40**2 * values.mean())
    assert gini(values) == pytest.approx(plain)
    assert gini(np.stack([values, values * 2])).tolist() == pytest.approx([plain, plain])


@pytest.mark.parametrize(("values", "expected"), [([0, 0], 0.0), ([5], 0.0), ([2, 2, 2], 0.0), ([1, 0], 0.5)])
def test_gini_of_thin_input(values: list[float], expected: float) -> None:
    assert gini(values) == pytest.approx(expected)


def test_fewer_events_than_places_all_apart_are_as_even_as_can_be() -> None:
    # Bernasco and Steenbeek's point: five crimes on ten places, none twice, are not concentrated.
    assert gini([1] * 5 + [0] * 5) == pytest.approx(0.5)
    assert generalised_gini([1] * 5 + [0] * 5) == pytest.approx(0.0)
    assert generalised_gini([1, 0, 0], unbiased=True) == 0.0


def test_lorenz_and_places_by_hand() -> None:
    # 6, 3, 1, 0: the worst quarter holds .6, half .9; half of the total is in one place, .95 in three.
    assert lorenz([1, 6, 0, 3], points=5).tolist() == pytest.approx([0, 0.6, 0.9, 1, 1])
    assert [int(places_holding([1, 6, 0, 3], share)) for share in (0.5, 0.6, 0.61, 0.95)] == [1, 1, 2, 3]
    assert int(places_holding([0.1] * 10, 0.8)) == 8  # floats: 8 x 0.1 falls short of 0.8 of their sum
    assert int(places_holding([0, 0], 0.5)) == 0
    assert lorenz([0, 0], points=3).tolist() == [0, 0.5, 1]
    with pytest.raises(ValueError, match="at least 0"):
        lorenz([1, -1])


def test_harm_spots_by_hand() -> None:
    # Twenty places: one with 21, the others 1. Mean 2, variance (361 + 19 x 1) / 20 = 19.
    values = [21] + [1] * 19
    found = harm_spots(values, np.ones((9, 20)))
    assert found.line == pytest.approx(2 + 2 * np.sqrt(19))
    assert found.number == 1
    assert found.share == pytest.approx(21 / 40)
    assert found.chance_number == 0
    assert found.p == pytest.approx(0.1)


def test_where_all_places_are_equal_there_is_no_spot() -> None:
    found = harm_spots([0.1] * 7, np.full((9, 7), 0.3))
    assert (found.number, found.share, found.chance_number) == (0, 0.0, 0.0)


def test_one_place_and_no_harm_give_plain_answers() -> None:
    one = concentration([7.0], placements(incidents([3, 4]), 1, draws=9))
    assert (one.half.seen, one.half.chance, one.gini.seen) == (1.0, 1.0, 0.0)
    none = concentration([0.0, 0.0], placements(incidents([]), 2, draws=9))
    assert (none.half.seen, none.half.chance, none.gini.excess) == (0.0, 0.0, 0.0)


def test_placements_keep_every_point_and_follow_exposure() -> None:
    # Chance gives a place three times as exposed three times as much: 3/4 of 40 x 10 points, to 4 errors.
    fallen = incidents([10.0] * 40)
    drawn = placements(fallen, 3, exposure=[3, 1, 0], draws=2_000, seed=5)
    assert (drawn.sum(axis=1) == 400).all()
    assert (drawn[:, 2] == 0).all()
    assert abs(drawn[:, 0].mean() - 300) < 4 * 10 * np.sqrt(40 * 0.75 * 0.25 / 2_000)


def test_both_ways_of_drawing_agree_in_mean_and_variance() -> None:
    # Many equal incidents are drawn as counts, few one by one. By the multinomial law a place of p has mean
    # n w / p and variance n w^2 (1 / p) (1 - 1 / p).
    few, many = incidents([2.0], [30]), incidents([2.0], [3_000])
    for fallen, n in ((few, 30), (many, 3_000)):
        drawn = placements(fallen, 10, draws=4_000, seed=1)
        assert drawn.mean() == pytest.approx(n * 2 / 10)
        assert drawn.var(axis=0).mean() == pytest.approx(n * 4 * 0.1 * 0.9, rel=0.05)


def test_the_same_seed_gives_the_same_draws_and_shuffles() -> None:
    fallen = incidents([1, 2, 3])
    assert (placements(fallen, 5, draws=20, seed=7) == placements(fallen, 5, draws=20, seed=7)).all()
    assert (np.sort(shuffles([3, 1, 2], draws=4, seed=2), axis=1) == [1, 2, 3]).all()


def test_what_is_no_exposure_and_no_incident_is_refused() -> None:
    with pytest.raises(ValueError, match="exposure"):
        shares([0, 0], 2)
    with pytest.raises(ValueError, match="exposure"):
        shares([1, np.nan], 2)
    with pytest.raises(ValueError, match="at least 0"):
        incidents([-1])
