"""Laws of a standing, for any table of counts."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harmscape.ranking import Standings, pooled_next_weight, rank_sets, standings

WEIGHTS = np.array([7979.0, 438.0, 33.0])

tables = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 200)), min_size=1, max_size=25
).map(lambda rows: np.array(rows, dtype=float))


def _standings(counts: np.ndarray, weights: np.ndarray = WEIGHTS, **given: Any) -> Standings:
    whole = {
        "harm": [Decimal(int(points)) for points in counts @ weights],
        "variance": counts @ weights**2,
        "largest": np.where(counts > 0, weights, 0).max(axis=1),
        "base": None,
        "ids": list(range(len(counts))),
    }
    return standings(counts, weights, **(whole | given))


@settings(max_examples=30, deadline=None)
@given(tables)
def test_limits_hold_harm_and_ranges_hold_the_recorded_rank(counts: np.ndarray) -> None:
    found, harm = _standings(counts), counts @ WEIGHTS
    assert (found.harm_lo <= harm).all()
    assert (harm <= found.harm_hi).all()
    for lo, hi in ((found.rank_lo, found.rank_hi), (found.set_lo, found.set_hi)):
        assert (lo >= 1).all()
        assert (lo <= found.rank).all()
        assert (found.rank <= hi).all()
        assert (hi <= len(counts)).all()
    assert ((found.p_top_k >= 0) & (found.p_top_k <= 1)).all()
    assert ((found.expected_rank >= 1 - 1e-9) & (found.expected_rank <= len(counts) + 1e-9)).all()


@settings(max_examples=20, deadline=None)
@given(tables)
def test_doubling_all_weights_doubles_harm_and_leaves_the_places_alone(counts: np.ndarray) -> None:
    once, twice = _standings(counts), _standings(counts, WEIGHTS * 2)
    for name in ("harm_lo", "harm_hi", "shrunk"):
        np.testing.assert_allclose(getattr(twice, name), 2 * getattr(once, name), rtol=1e-9)
    for name in ("rank", "rank_lo", "rank_hi", "set_lo", "set_hi", "tier"):
        assert getattr(twice, name).tolist() == getattr(once, name).tolist()
    np.testing.assert_allclose(twice.p_top_k, once.p_top_k, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_areas_changes_nothing(counts: np.ndarray, random: Any) -> None:
    order = list(range(len(counts)))
    random.shuffle(order)
    straight, shuffled = _standings(counts), _standings(counts[order], ids=order)
    for field in fields(Standings):
        value = getattr(straight, field.name)
        if isinstance(value, np.ndarray):
            # To the last bit, not nearly.
            np.testing.assert_array_equal(getattr(shuffled, field.name), value[order])
        else:
            assert getattr(shuffled, field.name) == value


@settings(max_examples=20, deadline=None)
@given(tables)
def test_an_area_with_no_events_never_improves_anothers_worst_place(counts: np.ndarray) -> None:
    # Of the recorded ranks and of the sets; the marginal range learns its prior from all areas, the empty one
    # too.
    more = np.vstack([counts, np.zeros(3)])
    assert (_standings(more).rank[:-1] >= _standings(counts).rank).all()
    harm, variance = counts @ WEIGHTS, counts @ WEIGHTS**2
    known = {"next_weight": pooled_next_weight(harm, variance, heaviest=7979.0)}
    before = rank_sets(harm, variance, **known)
    after = rank_sets(np.append(harm, 0.0), np.append(variance, 0.0), **known)
    assert (after.hi[:-1] >= before.hi).all()


@settings(max_examples=20, deadline=None)
@given(tables)
def test_more_of_the_worst_event_never_makes_an_area_rank_lower(counts: np.ndarray) -> None:
    worse = counts.copy()
    worse[0, 0] += 1
    assert _standings(worse).rank[0] <= _standings(counts).rank[0]
    assert _standings(worse).harm_hi[0] > counts[0] @ WEIGHTS
