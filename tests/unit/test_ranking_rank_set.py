"""Simultaneous rank sets: printed tables, a plain twin of the step-down, and the promise itself."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.ranking import rank_set, rank_sets
from harmscape.ranking.rank_set import DRAWS, SEED, comparable, range_quantile


@pytest.mark.parametrize(
    ("areas", "level", "printed"),
    # Studentised range, infinite degrees of freedom (Harter 1960, Annals of Mathematical Statistics 31:1122).
    [
        (2, 0.95, 2.772),
        (3, 0.95, 3.314),
        (5, 0.95, 3.858),
        (10, 0.95, 4.474),
        (20, 0.95, 5.012),
        (10, 0.90, 4.129),
    ],
)
def test_range_quantiles_agree_with_printed_tables(areas: int, level: float, printed: float) -> None:
    assert range_quantile(areas, level) == pytest.approx(printed, abs=1e-3)


def _plain(harm: np.ndarray, variance: np.ndarray, next_weight: float) -> tuple[list[int], list[int]]:
    """The slow twin: every pair and every draw in turn, after Mogstad, Romano, Shaikh and Wilhelm."""
    u, s = comparable(harm, variance, next_weight=next_weight)
    order = np.lexsort((s, u))
    draws = np.random.default_rng(SEED).standard_normal((DRAWS, len(u)))[:, np.argsort(order)]
    pairs = [(j, k) for j in range(len(u)) for k in range(len(u)) if j != k]
    critical, won = range_quantile(len(u), 0.90) / np.sqrt(2), set()
    while True:
        more = {(j, k) for j, k in pairs if (u[j] - u[k]) / np.hypot(s[j], s[k]) > critical}
        if more == won:
            break
        won = more
        largest = [
            max((s[j] * z[j] - s[k] * z[k]) / np.hypot(s[j], s[k]) for j, k in pairs if (j, k) not in won)
            for z in draws[:400]
        ]
        critical = min(critical, np.sort(largest)[int(np.ceil(0.90 * 401)) - 1])
    lo = [1 + sum(k == area for _, k in won) for area in range(len(u))]
    hi = [len(u) - sum(j == area for j, _ in won) for area in range(len(u))]
    return lo, hi


@pytest.mark.parametrize("areas", [4, 9])
def test_the_fast_sets_equal_a_plain_step_down(areas: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_set, "DRAWS", 400)
    rng = np.random.default_rng(areas)
    harm = rng.gamma(1.2, 600, areas)
    variance = harm * rng.uniform(3, 15, areas)
    found = rank_sets(harm, variance, next_weight=9.0)
    assert (found.lo.tolist(), found.hi.tolist()) == _plain(harm, variance, 9.0)
    assert found.critical < range_quantile(areas, 0.90) / np.sqrt(2)


def test_the_pruned_maximum_equals_the_full_one() -> None:
    rng = np.random.default_rng(2)
    s = rng.uniform(1, 3, 90)
    draws = np.random.default_rng(5).standard_normal((300, 90))
    extremes = rank_set._draws(90, 300, 5)
    won = np.triu(np.ones((90, 90), dtype=bool), 40).T
    pruned = rank_set._critical(rank_set._values(s, extremes), won, 0.90, extremes)
    value = (s[:, None] * draws[:, :, None] - s * draws[:, None, :]) / np.hypot(s[:, None], s)
    value[:, won | np.eye(90, dtype=bool)] = -np.inf
    full = np.sort(value.max(axis=(1, 2)))[int(np.ceil(0.90 * 301)) - 1]
    assert pruned == pytest.approx(full)


def test_rounded_widths_never_claim_more_than_exact_ones() -> None:
    rng = np.random.default_rng(4)
    u, s = np.sort(rng.normal(0, 5, 300)), rng.uniform(1, 3, 300)
    won = rank_set._wins(u, s, 3.0)
    beaten_by, beats = rank_set._count_rounded(u, s, 3.0)
    assert (beaten_by <= won.sum(axis=0)).all()
    assert (beats <= won.sum(axis=1)).all()
    assert beats.sum() > 0.98 * won.sum()


def test_above_five_thousand_areas_it_says_single_step() -> None:
    rng = np.random.default_rng(1)
    harm = rng.gamma(3, 1000, 5001)
    found = rank_sets(harm, harm * 5, next_weight=5.0)
    assert found.method == "single step"
    assert found.lo.min() == 1
    assert found.hi.max() == 5001


def test_counts_are_put_on_anscombes_scale() -> None:
    # 2 sqrt(16 + 3/8) = 8.0932; weight 10 changes only the unit. A rate per 4: half of it, and half the
    # deviation.
    u, s = comparable([160.0], [1600.0], next_weight=10.0)
    assert u[0] / np.sqrt(10) == pytest.approx(8.0932, abs=1e-4)
    assert s[0] / np.sqrt(10) == pytest.approx(1.0)
    per_four, s_four = comparable([160.0], [1600.0], next_weight=10.0, base=[4.0])
    assert (per_four[0] / u[0], s_four[0] / s[0]) == pytest.approx((0.5, 0.5))


def test_ends_none_one_tied_and_zero() -> None:
    assert rank_sets([], [], next_weight=1.0).lo.shape == (0,)
    assert rank_sets([5.0], [5.0], next_weight=1.0).hi.tolist() == [1]
    for harm in ([40.0] * 6, [0.0] * 6):
        tied = rank_sets(harm, harm, next_weight=1.0)
        assert tied.lo.tolist() == [1] * 6
        assert tied.hi.tolist() == [6] * 6


def test_two_areas_are_told_apart_at_the_printed_value() -> None:
    # p = 2: the critical value is 1.645 x sqrt 2 / sqrt 2 two-sided at 90 %. On the square-root scale 100 and
    # 130 counts differ by 2 (sqrt 130.375 - sqrt 100.375) = 2.80 = 1.98 deviations: told apart; 100 and 120
    # by 1.35: not.
    apart = rank_sets([100.0, 130.0], [100.0, 130.0], next_weight=1.0)
    assert (apart.lo.tolist(), apart.hi.tolist()) == ([2, 1], [2, 1])
    together = rank_sets([100.0, 120.0], [100.0, 120.0], next_weight=1.0)
    assert (together.lo.tolist(), together.hi.tolist()) == ([1, 1], [2, 2])
