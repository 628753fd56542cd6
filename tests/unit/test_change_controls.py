"""Controls by likeness, and what would have come anyway: by hand and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.change.controls import likeness
from harmscape.change.regression import regression_to_mean

CALENDAR = np.tile(np.arange(1, 13), 3)
NAN = float("nan")


def county(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Twelve areas over three years with two kinds of events; area 0 is to be treated."""
    rng = np.random.default_rng(seed)
    rate = rng.uniform(10, 30, (12, 1)) * np.ones(36)
    return rng.poisson(rate).astype(float), rng.poisson(np.full((12, 2), 300.0)).astype(float)


def sides(areas: int = 12) -> tuple[np.ndarray, np.ndarray]:
    treated = np.arange(areas) == 0
    return treated, ~treated


def test_a_twin_in_all_four_is_the_likest() -> None:
    y, mix = county()
    y[7], mix[7] = y[0], mix[0]
    found = likeness(y, *sides(), np.ones(36, bool), CALENDAR, mix)
    assert found.order[0] == 7
    assert found.distance[0] == 0.0
    assert found.chosen.tolist() == [True] * 5 + [False] * 6
    whole = np.sqrt((found.level**2 + found.trend**2 + found.season**2 + found.mix**2) / 4)
    assert found.distance == pytest.approx(whole)


@pytest.mark.parametrize("what", ["level", "trend", "season", "mix"])
def test_an_area_unlike_in_one_way_is_told_by_that_column(what: str) -> None:
    y, mix = county()
    if what == "level":
        y[4] = y[0] * 4
    elif what == "trend":
        y[4] = y[0] * np.linspace(0.2, 1.8, 36)
    elif what == "season":
        y[4] = y[0] * np.where(CALENDAR <= 6, 1.8, 0.2)
    else:
        mix[4] = [580.0, 20.0]
    found = likeness(y, *sides(), np.ones(36, bool), CALENDAR, mix)
    place = found.order.tolist().index(4)
    told = {each: getattr(found, each)[place] for each in ("level", "trend", "season", "mix")}
    assert max(told, key=lambda each: told[each]) == what
    assert told[what] > 2


def test_barred_areas_are_never_offered_and_vetoes_are_honoured() -> None:
    y, mix = county()
    treated, eligible = sides()
    eligible[[3, 5]] = False
    first = likeness(y, treated, eligible, np.ones(36, bool), CALENDAR, mix)
    assert not {0, 3, 5} & set(first.order.tolist())
    vetoed = np.zeros(12, bool)
    vetoed[first.order[0]] = True
    second = likeness(y, treated, eligible, np.ones(36, bool), CALENDAR, mix, vetoed=vetoed)
    assert second.order.tolist() == first.order.tolist()
    assert not second.chosen[0]
    assert second.chosen.sum() == 5


def test_only_what_came_before_the_start_is_looked_at() -> None:
    y, mix = county()
    before = np.arange(36) < 24
    first = likeness(y, *sides(), before, CALENDAR, mix)
    y[:, 24:] *= np.arange(12)[:, None]
    y[2, 3] = NAN
    gap = likeness(y, *sides(), before, CALENDAR, mix)
    y[2, 3] = 20.0
    y[:, 3] = NAN
    assert likeness(y, *sides(), before, CALENDAR, mix).order.tolist() == gap.order.tolist()
    assert set(first.order.tolist()) == set(gap.order.tolist())


def test_areas_without_events_and_without_candidates() -> None:
    y, mix = np.zeros((4, 36)), np.zeros((4, 2))
    found = likeness(y, *sides(4), np.ones(36, bool), CALENDAR, mix)
    assert np.isnan(found.distance).all()
    assert found.order.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="eligible"):
        likeness(y, [1, 0, 0, 0], np.zeros(4, bool), np.ones(36, bool), CALENDAR, mix)


@pytest.mark.parametrize(
    ("a_month", "told"),
    [
        (0.2, ()),
        (0.4, ("level",)),
        (1.0, ("level", "trend", "mix")),
        (2.0, ("level", "trend", "season", "mix")),
    ],
)
def test_what_too_few_events_tell_is_not_compared(a_month: float, told: tuple[str, ...]) -> None:
    # By hand, over 36 months: 7.2 events tell nothing; 14.4 a level (10); 36 a trend and a mix of two kinds
    # (20), but no season of four quarters (40); 72 tell all four.
    y, mix = np.full((12, 36), a_month), np.full((12, 2), 18 * a_month)
    found = likeness(y, *sides(), np.ones(36, bool), CALENDAR, mix)
    known = [name for name in ("level", "trend", "season", "mix") if np.isfinite(getattr(found, name)).all()]
    assert tuple(known) == told
    assert np.isfinite(found.distance).all() == bool(told)
    assert found.events == pytest.approx(36 * a_month)


def test_where_nothing_is_told_the_nearest_in_events_comes_first() -> None:
    y = np.zeros((5, 36))
    y[0, :4], y[1, :1], y[2, :5], y[3, :12] = 1, 1, 1, 1
    found = likeness(y, *sides(5), np.ones(36, bool), CALENDAR, np.ones((5, 1)))
    assert np.isnan(found.distance).all()
    assert found.order.tolist() == [
        2,
        1,
        3,
        4,
    ]  # roots of 5, 1, 12 and 0 are 0.2, 1, 1.5 and 2 from that of 4


def test_what_comes_anyway_is_what_comes_to_areas_picked_for_a_bad_year() -> None:
    # 200 areas whose rates never change; the worst ten last year are picked; the next year is drawn.
    rng = np.random.default_rng(14)
    off, held = [], []
    for _ in range(150):
        rate = rng.gamma(4, 5, 200)
        years = rng.poisson(rate[:, None] * np.ones(4))
        picked = np.zeros(200, bool)
        picked[np.argsort(years[:, 2])[-10:]] = True
        found = regression_to_mean(years[:, :3], picked)
        assert found.anyway < 0
        off.append(found.expected_next / years[picked, 3].sum() - 1)
        held.append(found.lo <= years[picked, 3].sum() <= found.hi)
    assert abs(np.mean(off)) < 0.01
    assert 0.89 <= np.mean(held) <= 0.995


def test_regression_with_nothing_to_regress_from() -> None:
    found = regression_to_mean(np.zeros((3, 2)), [1, 0, 0])
    assert (found.last, found.expected_next, found.lo, found.hi) == (0.0, 0.0, 0.0, 0.0)
    assert np.isnan(found.ratio)
    # Areas that all have the same each year: the next is the same again.
    assert regression_to_mean(np.full((4, 3), 10.0), [1, 1, 0, 0]).expected_next == pytest.approx(20.0)
    with pytest.raises(ValueError, match="two years"):
        regression_to_mean(np.ones((3, 1)), [1, 0, 0])
