"""One surface over another, the densest land, lines of one height, widths: by hand and by plain twins."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from harmscape.concentration.bandwidth import width_by_halves
from harmscape.concentration.densest import level_holding, pieces
from harmscape.concentration.isolines import isolines
from harmscape.concentration.relative_surface import beside, between
from harmscape.concentration.surface import Grid, gaussian_line

GRID = Grid(0, 0, 100, 30, 30)
LAND = np.ones((30, 30), dtype=bool)


def plain_kernel(x: np.ndarray, y: np.ndarray, points: np.ndarray, power: int = 1) -> np.ndarray:
    """Every incident at every cell, one after another, from the line of the kernel."""
    line = gaussian_line(GRID, 200)
    reach, found = len(line) // 2, np.zeros((30, 30))
    for east, north, each in zip(x, y, points, strict=True):
        for row in range(30):
            for column in range(30):
                up, right = abs(row - int(north // 100)), abs(column - int(east // 100))
                if up <= reach and right <= reach:
                    found[row, column] += (each * line[reach + up] * line[reach + right]) ** power
    return found


def test_two_periods_equal_the_plain_sums() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(1_500, 400, (2, 60)).clip(0, 2_999)
    points = rng.choice([1.0, 5.0], 60)
    now = np.arange(60) < 25
    found = between(x, y, points, now, GRID, bandwidth_m=200, inside=LAND, draws=19)
    every, later = plain_kernel(x, y, points), plain_kernel(x[now], y[now], points[now])
    squares = plain_kernel(x, y, points, power=2)
    share = points[now].sum() / points.sum()
    known = (every**2 >= 10 * squares) & (squares > 0)
    assert (found.is_known == known).all()
    assert 0 < known.sum() < 900
    every, later, squares = every[known], later[known], squares[known]
    z = (later - share * every) / np.sqrt(squares * 25 / 60 * 35 / 60)
    assert found.z[known] == pytest.approx(z)
    assert found.ratio[known] == pytest.approx((later / share) / ((every - later) / (1 - share)))
    assert np.isnan(found.ratio[~known]).all()


def test_a_figure_beside_equals_the_plain_sums() -> None:
    rng = np.random.default_rng(2)
    x, y, points = rng.uniform(0, 3_000, 400), rng.uniform(0, 3_000, 400), rng.choice([1.0, 5.0], 400)
    people = np.zeros((30, 30))
    people[5:25, 5:25] = rng.integers(1, 50, (20, 20))
    found = beside(x, y, points, people, GRID, bandwidth_m=200, draws=19)
    at = np.argwhere(people > 0)
    share = people[people > 0] / people.sum()
    middle = (at[:, 1] * 100 + 50.0, at[:, 0] * 100 + 50.0)
    expected = points.sum() * plain_kernel(*middle, share)
    # The variance of one incident's kernel at a cell, over the places where it may fall.
    squares = (points**2).sum() * plain_kernel(*middle, np.sqrt(share), power=2)
    seen, known = plain_kernel(x, y, points), (people > 0) & (expected**2 >= 10 * squares)
    assert (found.is_known == known).all()
    # Shares are kept to a millionth in drawing only; the deviates rest on none of that.
    assert found.z[known] == pytest.approx(((seen - expected) / np.sqrt(squares))[known])
    assert found.ratio[known] == pytest.approx((seen / expected)[known])


def test_ten_incidents_of_like_weight_are_told_and_nine_are_not() -> None:
    # All at one point: (n k)^2 / (n k^2) = n. Here half are of each period, so nothing differs.
    for number, told in ((9, False), (10, True)):
        spot = np.full(number, 1_550.0)
        now = np.arange(number) % 2 == 0
        found = between(spot, spot, np.full(number, 3.0), now, GRID, bandwidth_m=200, inside=LAND, draws=19)
        assert found.is_known[15, 15] == told
    # One of them a hundred times as grave: they are worth little more than one, and nothing is told.
    grave = np.array([100.0] + [1.0] * 20)
    spot, now = np.full(21, 1_550.0), np.arange(21) % 2 == 0
    assert not between(spot, spot, grave, now, GRID, bandwidth_m=200, inside=LAND).is_known.any()


def test_what_moved_is_told_on_both_ends() -> None:
    # 200 incidents at each of two spots; a hundred of the second moved to the first.
    x = np.repeat([600.0, 2_400.0, 600.0, 2_400.0], [200, 200, 300, 100])
    now = np.repeat([False, True], [400, 400])
    found = between(x, x, np.ones(800), now, GRID, bandwidth_m=200, inside=LAND, draws=99)
    assert (found.is_more[6, 6], found.is_less[24, 24], found.p) == (True, True, 0.01)
    # By hand: 3/4 of the later half, 1/2 of the earlier: 1.5 times its share; 1/4 over 1/2 is 0.5.
    assert (found.ratio[6, 6], found.ratio[24, 24]) == (pytest.approx(1.5), pytest.approx(0.5))


def test_without_harm_or_people_there_is_no_ratio() -> None:
    spot = np.array([1_550.0, 1_550.0])
    with pytest.raises(ValueError, match="without harm"):
        between(spot, spot, np.ones(2), np.array([True, True]), GRID, bandwidth_m=200, inside=LAND)
    with pytest.raises(ValueError, match="somebody"):
        beside(spot, spot, np.ones(2), np.zeros((30, 30)), GRID, bandwidth_m=200)
    with pytest.raises(ValueError, match="off the grid"):
        beside(spot * 3, spot, np.ones(2), np.ones((30, 30)), GRID, bandwidth_m=200)


def test_the_densest_cells_hold_a_share_counted_one_by_one() -> None:
    values = np.random.default_rng(4).gamma(0.3, size=(20, 20))
    values[0] = np.nan
    for share in (0.1, 0.25, 0.5, 0.8, 1.0):
        held, wanted = 0.0, share * np.nansum(values)
        for height in sorted(values[1:].ravel().tolist(), reverse=True):
            held += height
            if held >= wanted * (1 - 1e-12):
                break
        assert level_holding(values, share) == height
    assert level_holding(np.zeros((3, 3)), 0.5) == 0
    assert level_holding(np.full((2, 2), np.nan), 0.5) == 0
    # Where all is equal every cell is as dense as every other.
    assert level_holding(np.ones((4, 4)), 0.1) == 1


def test_pieces_that_touch_at_a_corner_are_one() -> None:
    found, number = pieces(np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=bool))
    assert number == 3
    assert found[0, 0] == found[1, 1]
    assert pieces(np.zeros((2, 2), bool))[1] == 0


def test_the_line_around_a_hill_is_a_circle() -> None:
    # exp(-r2 / 2 s2) is one half at r = s sqrt(2 ln 2): an area of 2 pi s2 ln 2.
    across, up = np.meshgrid(np.arange(101) - 50.0, np.arange(101) - 50.0)
    (ring,) = isolines(np.exp(-(across**2 + up**2) / (2 * 12.0**2)), 0.5)
    shape = shapely.LinearRing(ring)
    assert shape.is_ccw
    assert shapely.Polygon(ring).area == pytest.approx(2 * np.pi * 144 * np.log(2), rel=1e-3)
    away = np.hypot(*(ring - 50).T)
    assert away == pytest.approx(12 * np.sqrt(2 * np.log(2)), abs=0.01)


def test_holes_turn_the_other_way_and_every_ring_is_simple() -> None:
    lake = np.pad(np.array([[1.0, 1, 1], [1, 0, 1], [1, 1, 1]]), 2)
    outer, inner = sorted(isolines(lake, 0.5), key=len, reverse=True)
    assert (shapely.LinearRing(outer).is_ccw, shapely.LinearRing(inner).is_ccw) == (True, False)
    rough = np.random.default_rng(5).random((40, 40))
    rough[3, 3:9] = np.nan
    for level in (0.2, 0.5, 0.9):
        rings = isolines(rough, level)
        assert all(shapely.LinearRing(ring).is_simple for ring in rings)
        # High ground is within an odd number of rings, low ground within an even one.
        land = [shapely.Polygon(ring) for ring in rings]
        for row, column in np.random.default_rng(6).integers(0, 40, (60, 2)):
            within = sum(bool(shapely.contains_xy(each, column, row)) for each in land) % 2 == 1
            assert within == (np.nan_to_num(rough)[row, column] >= level)


def test_a_saddle_is_joined_by_the_mean_of_its_corners() -> None:
    assert len(isolines(np.array([[1.0, 0.4], [0.4, 1.0]]), 0.6)) == 1
    assert len(isolines(np.array([[1.0, 0.0], [0.0, 1.0]]), 0.6)) == 2
    assert isolines(np.zeros((3, 3)), 1.0) == []
    with pytest.raises(ValueError, match="above 0"):
        isolines(np.zeros((3, 3)), 0.0)


def test_the_width_is_that_of_the_plain_sums() -> None:
    rng = np.random.default_rng(7)
    spots = rng.uniform(2_000, 8_000, (6, 2)).repeat(20, axis=0)
    x, y = (spots + rng.normal(0, 300, spots.shape)).T
    widths, told = [50.0, 150.0, 400.0, 1_200.0], {}
    half = np.arange(120) % 2 == 0
    np.random.default_rng(0).shuffle(half)
    for width in widths:
        told[width] = 0.0
        for one, other in ((half, ~half), (~half, half)):
            far = (x[other][:, None] - x[one]) ** 2 + (y[other][:, None] - y[one]) ** 2
            density = np.exp(-far / (2 * width**2)).mean(axis=1) / (2 * np.pi * width**2)
            told[width] += float(np.log(0.95 * density + 0.05 / 1e8).sum())
    assert width_by_halves(x, y, widths, box=(0, 0, 10_000, 10_000)) == max(told, key=lambda each: told[each])
    assert width_by_halves(x[:39], y[:39], widths, box=(0, 0, 10_000, 10_000)) is None
    # A width that would need too many cells is passed over, and where all do there is none.
    assert width_by_halves(x, y, [50.0, 150.0], box=(0, 0, 10_000, 10_000), most_cells=20_000) == 150
    assert width_by_halves(x, y, [50.0], box=(0, 0, 10_000, 10_000), most_cells=10) is None
