"""Classes of areas over time: the rule by hand, a slow twin, and how seldom chance makes one."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from harmscape.change.classes import classify, high_by_period
from harmscape.change.discovery import adjusted

THIRDS = [1 / 3, 1 / 3, 1 / 3]


def test_every_class_by_hand_on_ten_periods() -> None:
    # Ten periods: the last two are recent.
    high = [
        [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],  # 80 %
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
        [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    assert classify(high) == ["persistent", "emerging", "former", "intermittent", "none"]


def test_a_missing_period_counts_neither_way() -> None:
    high = [[1, 1, 1, 1, 0, 1, 1, 1, 1, 1]]
    known = [True] * 4 + [False] + [True] * 5
    assert classify(high, known) == ["persistent"]
    assert classify([[0, 1, 0, 0, 0, 0, 0]], [1, 0, 1, 1, 1, 1, 1]) == ["none"]
    with pytest.raises(ValueError, match="at least five"):
        classify([[1, 0, 1, 1, 1]], [1, 0, 1, 1, 1])


def slow_p(k: int, n: int, share: float) -> float:
    """P(X > k) + P(X = k) / 2 for X binomial, summed one by one."""
    chance = [comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(n + 1)]
    return sum(chance[k + 1 :]) + chance[k] / 2


def test_a_period_is_tested_as_a_binomial_share_of_its_events() -> None:
    counts = [[30, 12], [12, 9], [9, 12]]
    for at, period in enumerate(zip(*counts, strict=True)):
        p = [slow_p(k, sum(period), 1 / 3) for k in period]
        expected = (adjusted(p) <= 0.05).tolist()
        assert high_by_period(counts, THIRDS)[:, at].tolist() == expected
    with pytest.raises(ValueError, match="sum to 1"):
        high_by_period(counts, [0.5, 0.2, 0.2])


def test_no_events_and_missing_periods_are_high_nowhere() -> None:
    assert not high_by_period([[0, np.nan], [0, np.nan], [0, np.nan]], THIRDS).any()


def test_more_scatter_takes_more_to_be_high() -> None:
    counts = [[24], [12], [12]]
    assert high_by_period(counts, THIRDS)[0, 0]
    assert not high_by_period(counts, THIRDS, dispersion=3.0)[0, 0]


def test_areas_of_one_rate_are_hardly_ever_called_anything() -> None:
    # 60 pages of 40 areas over 12 quarters with one rate for all. With 12 periods one chance high is enough
    # for "emerging", so the bar is on the share of areas: at most five in a hundred of a page are named.
    rng = np.random.default_rng(6)
    share = rng.dirichlet(np.full(40, 20.0))
    named = []
    for _ in range(60):
        counts = rng.poisson(share[:, None] * 1200, (40, 12))
        named.extend(each != "none" for each in classify(high_by_period(counts, share)))
    assert np.mean(named) <= 0.05


def test_a_place_with_twice_its_share_is_persistent() -> None:
    rng = np.random.default_rng(7)
    share = np.full(40, 1 / 40)
    found = []
    for _ in range(40):
        rate = share * 1200
        rate[0] *= 2
        found.append(classify(high_by_period(rng.poisson(rate[:, None], (40, 12)), share))[0])
    assert found.count("persistent") >= 0.9 * len(found)
