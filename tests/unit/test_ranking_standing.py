"""The standing as a whole, and its small parts: ranks, tiers, stability."""

from __future__ import annotations

from dataclasses import fields
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from harmscape.ranking import competition_ranks, stability, standings, tiers

WEIGHTS = [100.0, 1.0]


def _standings(rows: list[list[float]], **given: Any) -> Any:
    n, w = np.asarray(rows, dtype=float).reshape(len(rows), 2), np.array(WEIGHTS)
    whole = {
        "counts": n,
        "weights": w,
        "harm": [Decimal(str(points)) for points in n @ w],
        "variance": n @ w**2,
        "largest": np.where(n > 0, w, 0).max(axis=1, initial=0),
        "base": None,
        "ids": [f"area {number}" for number in range(len(n))],
    }
    return standings(**(whole | given))


def test_competition_ranks_are_exact_where_floats_are_not() -> None:
    # 0.1 + 0.2 is 0.3 as Decimal; as float it would stand above it.
    harm = [Decimal("0.1") + Decimal("0.2"), Decimal("0.3"), Decimal("0.30000000000000000001"), Decimal(0)]
    assert competition_ranks(harm).tolist() == [2, 2, 1, 4]
    assert competition_ranks(np.array([7, 9, 9, 1])).tolist() == [3, 1, 1, 4]
    assert competition_ranks([Fraction(1, 3), Fraction(2, 6)]).tolist() == [1, 1]
    # Ten places after the point and twenty-eight before: more digits than Decimal arithmetic keeps by
    # default.
    large = Decimal("1234567890123456789012345678.0000000001")
    assert competition_ranks([large, large.next_plus(Context(prec=38)), large]).tolist() == [2, 1, 2]
    assert competition_ranks([]).tolist() == []


def test_competition_ranks_equal_scipys_on_many_ties() -> None:
    harm = np.random.default_rng(0).integers(0, 20, 300)
    assert competition_ranks(harm).tolist() == stats.rankdata(-harm, method="min").astype(int).tolist()


@pytest.mark.parametrize("wrong", [[1.5], [Decimal("NaN")], [Decimal("Infinity")], ["3"]])
def test_competition_ranks_refuse_what_is_not_exact(wrong: list[Any]) -> None:
    with pytest.raises(ValueError, match="ranks need"):
        competition_ranks(wrong)


def test_tiers_by_hand() -> None:
    # Five areas: the halves are places 1-2 and 4-5; place 3 is in neither.
    assert tiers([1, 2, 3, 4, 1], [2, 3, 3, 5, 5]).tolist() == [
        "clearly_high",
        "not_told_apart",
        "not_told_apart",
        "clearly_low",
        "not_told_apart",
    ]
    assert tiers([1], [1]).tolist() == ["not_told_apart"]
    assert tiers([1, 2], [1, 2]).tolist() == ["clearly_high", "clearly_low"]
    assert tiers([], []).tolist() == []


def test_stability_by_hand() -> None:
    # Ranks 1 2 3 4 against 2 1 3 4: Spearman 1 - 6 x 2 / (4 x 15) = 0.8, Kendall (5 - 1)/6; against 4 3 2 1:
    # -1.
    found = stability(
        [1, 2, 3, 4],
        [[2, 1, 3, 4], [4, 3, 2, 1], [1, 1, 1, 1]],
        rank_lo=[1, 1, 2, 3],
        rank_hi=[2, 3, 4, 4],
        tier=["a", "b", "b", "c"],
        other_tiers=[["a", "b", "b", "c"], ["c", "b", "b", "a"], ["b", "b", "b", "b"]],
    )
    assert found.spearman[:2] == pytest.approx([0.8, -1.0])
    assert found.kendall[:2] == pytest.approx([4 / 6, -1.0])
    assert np.isnan(found.spearman[2])
    assert found.beyond_range.tolist() == [
        [False] * 4,
        [True, False, False, True],
        [False, False, True, True],
    ]
    assert found.changes_tier.sum(axis=1).tolist() == [0, 2, 2]
    assert found.best.tolist() == [1, 1, 1, 1]
    assert found.worst.tolist() == [4, 3, 3, 4]


def test_a_standing_by_hand() -> None:
    # Harm 440, 1,005, 40, 0; the largest event is 100 of 440 and 100 of 1,005; of variance 10,000 of 40,040.
    found = _standings([[4, 40], [10, 5], [0, 40], [0, 0]])
    assert found.rank.tolist() == [2, 1, 3, 4]
    assert found.share_largest[:3] == pytest.approx([100 / 440, 100 / 1005, 1 / 40])
    assert found.variance_share_largest[0] == pytest.approx(10_000 / 40_040)
    assert np.isnan(found.share_largest[3])
    assert found.harm_lo[3] == 0
    assert found.harm_hi[3] == pytest.approx(368.9, abs=0.05)
    harm = np.array([440, 1005, 40, 0])
    assert (found.harm_lo <= harm).all()
    assert (harm <= found.harm_hi).all()
    assert (found.rank_lo <= found.rank).all()
    assert (found.rank <= found.rank_hi).all()
    assert (found.set_lo <= found.rank).all()
    assert (found.rank <= found.set_hi).all()


@pytest.mark.parametrize(
    "counts", [[], [[0, 0]], [[3, 4]], [[0, 0], [0, 0]], [[2, 9]] * 7, [[5000, 0], [0, 1]]]
)
def test_ends_give_numbers_and_no_claims(counts: list[list[float]]) -> None:
    found = _standings(counts)
    for field in fields(found):
        column = getattr(found, field.name)
        if isinstance(column, np.ndarray):
            assert column.shape == (len(counts),)
            if "share" not in field.name and column.dtype.kind == "f":
                assert np.isfinite(column).all()
    if len(counts) != 2 or counts[0] == counts[1]:
        assert set(found.tier.tolist()) <= {"not_told_apart"}
    else:
        assert found.tier.tolist() == ["clearly_high", "clearly_low"]


def test_a_rate_ranks_by_harm_per_head() -> None:
    # 440 points for 100 people, 1,005 for 1,000, 40 for 10: 4.4, 1.005, 4 a head.
    found = _standings([[4, 40], [10, 5], [0, 40]], base=[100, 1000, 10], rate=True)
    assert found.rank.tolist() == [1, 3, 2]
    assert found.harm_lo[0] < 4.4 < found.harm_hi[0]
    as_score = _standings([[4, 40], [10, 5], [0, 40]], base=[100, 1000, 10])
    assert as_score.rank.tolist() == [2, 1, 3]


def test_equal_rates_tie_exactly() -> None:
    found = _standings([[1, 0], [3, 0]], base=[7, 21], rate=True)
    assert found.rank.tolist() == [1, 1]


def test_a_stock_moves_harm_and_its_limits_alike_and_adds_no_chance() -> None:
    plain = _standings([[4, 40], [10, 5]])
    stocked = _standings([[4, 40], [10, 5]], harm=[Decimal(940), Decimal(1005)], certain=[500, 0])
    assert stocked.harm_lo[0] - plain.harm_lo[0] == pytest.approx(500)
    assert stocked.harm_hi[0] - plain.harm_hi[0] == pytest.approx(500)
    assert stocked.shrunk[0] - plain.shrunk[0] == pytest.approx(500)
    assert stocked.harm_hi[1] == pytest.approx(plain.harm_hi[1])


def test_events_that_come_together_widen_the_ranges() -> None:
    # Twelve areas, once as single events and once as incidents of three alike: variance and squares are three
    # times.
    rows = [[1.0 + area % 3, 40.0 + 9 * area] for area in range(12)]
    n, w = np.array(rows), np.array(WEIGHTS)
    apart = _standings(rows)
    together = _standings(rows, variance=3 * (n @ w**2), events_squared=3 * n.sum(axis=1))
    assert (together.harm_hi - together.harm_lo > apart.harm_hi - apart.harm_lo).all()
    assert (together.rank_hi - together.rank_lo).sum() > (apart.rank_hi - apart.rank_lo).sum()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"counts": [[-1, 40], [10, 5]]}, "counts must be numbers of at least 0; 1 of 4 are not"),
        ({"counts": [[float("nan"), 40], [10, 5]]}, "counts must be numbers"),
        ({"counts": [[4, 40, 1], [10, 5, 1]]}, "areas x cells"),
        ({"weights": [100.0, float("inf")]}, "weights must be numbers"),
        ({"harm": [Decimal(441), Decimal(1005)]}, "harm is not counts x weights .* in 1 of 2 areas"),
        ({"variance": [0, 100_005]}, "not so in 1 of 2"),
        ({"largest": [100]}, "largest must be one figure for each of 2 areas"),
        ({"base": [0, 5]}, "base must be above 0; 1 of 2 areas have none"),
        ({"rate": True}, "a rate needs a base"),
        ({"ids": ["a", "a"]}, "ids must all be different"),
        ({"k": 0}, "k must be at least 1"),
        ({"level": 1.0}, "levels between"),
        ({"harm": [440.0, 1005.0]}, "exact values"),
    ],
)
def test_input_that_does_not_fit_is_refused_in_a_sentence(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        _standings([[4, 40], [10, 5]], **given)
