"""The one area of each point: borders, overlaps, holes, islands, and no point lost."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from numpy.typing import NDArray
from tests.shared import shared

from harmscape.places.boundaries import read_boundaries
from harmscape.places.cells import MOST_AREAS_IN_A_CELL
from harmscape.places.edges import edges_of
from harmscape.places.locate import Locator

SEED = 20240630


def located(shapes: list[Any], *points: tuple[float, float], cells_per_area: int = 64) -> list[int]:
    x, y = np.array(points, dtype=np.float64).T
    return Locator(np.array(shapes, dtype=object), cells_per_area=cells_per_area).locate(x, y).tolist()


def by_brute_force(
    polygons: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int32]:
    """GEOS alone: the lowest area that each point intersects."""
    point, area = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    lowest = np.full(x.size, len(polygons), dtype=np.int32)
    np.minimum.at(lowest, point, area.astype(np.int32))
    lowest[lowest == len(polygons)] = -1
    return lowest


def test_the_lowest_index_wins_on_a_shared_border_and_in_an_overlap() -> None:
    left, right, over = shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2), shapely.box(1, 1, 3, 3)
    assert located([left, right, over], (2, 0.5), (1.5, 1.5), (2.5, 1.5), (2, 2.5)) == [0, 0, 1, 2]
    assert located([over, right, left], (2, 0.5), (1.5, 1.5), (2.5, 1.5), (2, 2.5)) == [1, 0, 0, 0]


def test_the_outer_border_is_inside_and_beyond_it_is_not() -> None:
    square = shapely.box(0, 0, 1, 1)
    on = [(0, 0), (1, 1), (0, 0.3), (1, 0.7), (0.2, 1), (0.9, 0)]
    off = [(np.nextafter(0, -1), 0.5), (np.nextafter(1, 2), 0.5), (0.5, np.nextafter(1, 2))]
    assert located([square], *on) == [0] * 6
    assert located([square], *off) == [-1] * 3


def test_a_hole_belongs_to_the_area_that_fills_it_and_its_border_to_the_lower_index() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    assert located([ring, shapely.box(3, 3, 6, 6)], (4, 4), (3, 4), (6, 6), (1, 1)) == [1, 0, 0, 0]
    assert located([ring], (4, 4), (3, 3)) == [-1, 0]


def test_islands_are_part_of_their_area() -> None:
    islands = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(8, 8, 9, 9)])
    assert located([islands, shapely.box(1, 0, 8, 8)], (0.5, 0.5), (8.5, 8.5), (4, 4), (8, 8)) == [0, 0, 1, 0]


def test_points_without_numbers_and_far_away_lie_nowhere() -> None:
    nan, inf = float("nan"), float("inf")
    far = [(nan, 0.5), (0.5, nan), (inf, 0.5), (-inf, inf), (1e308, 0.5), (-1e308, -1e308)]
    assert located([shapely.box(0, 0, 1, 1)], *far) == [-1] * 6


def test_no_areas_and_areas_without_shape_hold_no_point() -> None:
    assert located([], (0, 0)) == [-1]
    assert located([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], (0.5, 0.5), (3, 3)) == [2, -1]


def test_no_points_give_no_answers() -> None:
    none = np.zeros(0)
    assert Locator(np.array([shapely.box(0, 0, 1, 1)])).locate(none, none).size == 0


def test_an_area_entered_by_the_edge_of_another_still_holds_its_points() -> None:
    # Cells that only the small square has an edge in must know the large one too.
    large, small = shapely.box(0, 0, 100, 100), shapely.box(49, 49, 51, 51)
    assert located([large, small], (50, 50), (48, 48), (49, 50)) == [0, 0, 0]
    assert located([small, large], (50, 50), (48, 48), (49, 50)) == [0, 1, 0]


def test_more_areas_in_one_cell_than_it_keeps_bits_for() -> None:
    # 40 wedges meet in the middle, so the cell there meets more borders than a mask has bits.
    angle = np.linspace(0, 2 * np.pi, 41)
    rim = np.column_stack([np.cos(angle), np.sin(angle)])
    wedges = [shapely.Polygon([(0, 0), rim[i], rim[i + 1]]) for i in range(40)]
    assert len(wedges) > MOST_AREAS_IN_A_CELL
    middle = np.radians(np.arange(40) * 9 + 4.5)
    for radius in (1e-9, 1e-3, 0.5):
        points = list(zip(radius * np.cos(middle), radius * np.sin(middle), strict=True))
        assert located(wedges, *points, cells_per_area=4) == list(range(40))
    assert located(wedges, (0, 0)) == [0]


def test_other_shapes_and_invalid_polygons_are_refused_by_number() -> None:
    square = shapely.box(0, 0, 1, 1)
    with pytest.raises(ValueError, match="number 1 is not"):
        Locator(np.array([square, shapely.Point(0, 0)]))
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(ValueError, match="valid polygons; number 0 is not"):
        Locator(np.array([bow_tie, square]))


def test_a_border_between_neighbours_is_one_edge_with_two_owners() -> None:
    edges = edges_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    shared_edge = int(np.flatnonzero((edges.x1 == 1) & (edges.x2 == 1))[0])
    assert edges.owner[edges.first[shared_edge] : edges.first[shared_edge + 1]].tolist() == [0, 1]


def test_repeated_points_get_the_same_answer_as_distinct_ones() -> None:
    rng = np.random.default_rng(SEED)
    halves = Locator(np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)]))
    x, y = rng.choice([0.5, 1.0, 1.5, 2.5, np.nan], 100_000), np.ones(100_000)
    expected = np.select([x <= 1, x <= 2], [0, 1], default=-1)
    assert (halves.locate(x, y) == expected).all()


def test_two_threads_may_ask_the_same_locator() -> None:
    squares = np.array([shapely.box(i % 10, i // 10, i % 10 + 1, i // 10 + 1) for i in range(100)])
    locator = Locator(squares)
    rng = np.random.default_rng(SEED)
    x, y = rng.integers(0, 40, (2, 40_000)) / 4
    expected = by_brute_force(squares, x, y)
    with ThreadPoolExecutor(2) as pool:
        for answer in pool.map(lambda _: locator.locate(x, y), range(6)):
            assert (answer == expected).all()


def test_a_polygon_of_6000_teeth_places_10000_points_in_time() -> None:
    # The contract of the hostile pack: the file loads in 5 s and the join ends in 10 s on 2 cores.
    path = shared("data/hostile/25_boundary_many_vertices.geojson")
    begun = time.perf_counter()
    saw = read_boundaries(path).polygons()
    loaded = time.perf_counter()
    west, south, east, north = saw[0].bounds
    x, y = np.random.default_rng(SEED).uniform([west, south], [east, north], (10_000, 2)).T
    answer = Locator(saw).locate(x, y)
    assert loaded - begun < 5
    assert time.perf_counter() - loaded < 10
    assert ((answer == 0) == shapely.intersects_xy(saw[0], x, y)).all()


def test_every_distinct_crime_point_lies_where_brute_force_says() -> None:
    path = shared("data/crime_northumbria/northumbria_street_2020-05_2022-08.parquet")
    table = pq.read_table(path, columns=["Longitude", "Latitude"])
    points = np.column_stack([pc.cast(table[name], "float64").to_numpy() for name in table.column_names])
    x, y = np.unique(points[np.isfinite(points).all(axis=1)], axis=0).T
    assert x.size == 26_875  # the distinct points of these 27 months, counted apart
    for level in ("lsoa11", "msoa11", "ward25"):
        polygons = read_boundaries(shared(f"data/boundaries/northumbria_{level}.parquet")).polygons()
        answer = Locator(polygons).locate(x, y)
        assert (answer == by_brute_force(polygons, x, y)).all()


def border_points(count: int) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.float64]]:
    """LSOAs, and random points on borders that two of them share: corners, and points along edges."""
    polygons = read_boundaries(shared("data/boundaries/northumbria_lsoa11.parquet")).polygons()
    edges = edges_of(polygons)
    is_shared = np.diff(edges.first) == 2
    x1, y1, x2, y2 = (end[is_shared] for end in (edges.x1, edges.y1, edges.x2, edges.y2))
    rng = np.random.default_rng(SEED)
    which = rng.integers(0, x1.size, count)
    share = np.where(rng.random(count) < 0.3, 0.0, rng.random(count))
    return polygons, x1[which] + share * (x2 - x1)[which], y1[which] + share * (y2 - y1)[which]


def prove_none_lost_none_in_two(count: int) -> None:
    polygons, x, y = border_points(count)
    answer = Locator(polygons).locate(x, y)
    assert (answer >= 0).all()
    assert (answer == by_brute_force(polygons, x, y)).all()
    # The other way round the higher of two indices wins: together they name both sides of the border, and a
    # point that has one side only is one that rounding put off the line.
    backwards = len(polygons) - 1 - Locator(polygons[::-1]).locate(x, y)
    assert (backwards >= answer).all()
    assert ((backwards > answer) == (counted(polygons, x, y) > 1)).all()


def counted(polygons: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """In how many areas GEOS finds each point, borders included."""
    point, _ = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    return np.bincount(point, minlength=x.size)


def test_50000_points_on_shared_borders_none_lost_none_in_two() -> None:
    prove_none_lost_none_in_two(50_000)


@pytest.mark.soak
def test_a_million_points_on_shared_borders_none_lost_none_in_two() -> None:
    prove_none_lost_none_in_two(1_000_000)


def test_the_saw_in_the_hostile_pack_is_the_one_described() -> None:
    document = json.loads(shared("data/hostile/25_boundary_many_vertices.geojson").read_text())
    # 6000 teeth of two corners each, and the way back.
    assert len(document["features"][0]["geometry"]["coordinates"][0]) > 6000
