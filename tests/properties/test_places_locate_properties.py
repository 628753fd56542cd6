"""Random areas and points: the locator against whole-number arithmetic and against GEOS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from harmscape.places import locate
from harmscape.places.locate import Locator
from harmscape.places.mesh import Mesh

Corner = tuple[int, int]
corners = st.tuples(st.integers(0, 12), st.integers(0, 12))
cell_counts = st.sampled_from([1, 7, 64, 1000])


def holds(ring: list[Corner], x: int, y: int) -> bool:
    """Whether a closed ring of whole-number corners holds a point, its border included; exact."""
    is_inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 <= y) != (y2 <= y):
            is_inside ^= (turn > 0) == (y2 > y1)
    return is_inside


def by_brute_force(polygons: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    lowest = np.full(x.size, -1)
    for area in reversed(range(len(polygons))):
        lowest[shapely.intersects_xy(polygons[area], x, y)] = area
    return [int(area) for area in lowest]


def lattice(step: float, size: int = 13) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.meshgrid(np.arange(-1, size + 1, step), np.arange(-1, size + 1, step))
    return x.ravel(), y.ravel()


@seed(1)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(corners, min_size=3, max_size=7, unique=True), min_size=1, max_size=4), cell_counts)
def test_overlapping_polygons_equal_whole_number_arithmetic(rings: list[list[Corner]], cells: int) -> None:
    # Doubled corners keep half-way points whole.
    rings = [[(2 * x, 2 * y) for x, y in ring] for ring in rings]
    rings = [ring for ring in rings if shapely.Polygon(ring).is_valid and shapely.Polygon(ring).area > 0]
    x, y = (2 * part for part in lattice(0.5))
    expected = []
    for at_x, at_y in zip(x.astype(int).tolist(), y.astype(int).tolist(), strict=True):
        expected.append(next((i for i, ring in enumerate(rings) if holds(ring, at_x, at_y)), -1))
    polygons = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    assert Locator(polygons, cells_per_area=cells).locate(x, y).tolist() == expected


@seed(6)
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(corners, min_size=3, max_size=6, unique=True), min_size=1, max_size=3),
    st.sampled_from([1.0, 2.0, 3.0]),
)
def test_mesh_lines_through_corners_of_areas_change_nothing(rings: list[list[Corner]], width: float) -> None:
    # The mesh is laid so as to avoid corners; here it runs through as many as it can.
    aligned = Mesh(-3.0, -3.0, width, width, 18, 18, 1e-9)
    shapes = [shapely.Polygon(ring) for ring in rings]
    polygons = np.array([shape for shape in shapes if shape.is_valid and shape.area > 0], dtype=object)
    x, y = lattice(0.25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locate, "mesh_over", lambda edges, cells: aligned)
        answer = Locator(polygons).locate(x, y)
    assert answer.tolist() == by_brute_force(polygons, x, y)


@seed(2)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=36, max_size=36), cell_counts)
def test_areas_of_many_squares_with_holes_and_islands(owner: list[int], cells: int) -> None:
    # 36 squares dealt out to 4 areas and to nobody: islands, holes, collinear edges, shared corners.
    squares = [shapely.box(2 * (i % 6), 2 * (i // 6), 2 * (i % 6) + 2, 2 * (i // 6) + 2) for i in range(36)]
    dealt = [[square for square, to in zip(squares, owner, strict=True) if to == area] for area in range(4)]
    polygons = np.array([shapely.union_all(part) if part else None for part in dealt], dtype=object)
    x, y = lattice(0.5)
    assert Locator(polygons, cells_per_area=cells).locate(x, y).tolist() == by_brute_force(polygons, x, y)


@seed(3)
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 25), st.sampled_from([0.0, -1.6, 424_000.0]), cell_counts)
def test_voronoi_cells_with_points_on_corners_and_edges(
    draw: int, many: int, shift: float, cells: int
) -> None:
    rng = np.random.default_rng(draw)
    seeds = shapely.MultiPoint(rng.random((many, 2)) + shift)
    polygons = np.array(shapely.get_parts(shapely.voronoi_polygons(seeds)), dtype=object)
    on_corners = shapely.get_coordinates(polygons)
    share = rng.random((len(on_corners) - 1, 1))
    on_edges = on_corners[:-1] * share + on_corners[1:] * (1 - share)
    anywhere = rng.random((100, 2)) * 2 - 0.5 + shift
    x, y = np.concatenate([on_corners, on_edges, anywhere]).T
    assert Locator(polygons, cells_per_area=cells).locate(x, y).tolist() == by_brute_force(polygons, x, y)


@seed(4)
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-13, 1e-3), cell_counts)
def test_slivers_thinner_than_a_cell(draw: int, width: float, cells: int) -> None:
    rng = np.random.default_rng(draw)
    (x1, y1), (x2, y2) = rng.random((2, 2)) * 10 + 50
    sliver = shapely.Polygon([(x1, y1), (x2, y2), (x2, y2 + width)])
    polygons = np.array([sliver, shapely.box(49, 49, 61, 61)])
    polygons = polygons[shapely.is_valid(polygons)]
    share = rng.random(200)
    x = x1 + share * (x2 - x1)
    y = y1 + share * (y2 - y1) + rng.choice([0, 0.5 * width, width, -width, 2 * width], 200) * rng.random(200)
    assert Locator(polygons, cells_per_area=cells).locate(x, y).tolist() == by_brute_force(polygons, x, y)


@seed(5)
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.permutations(range(9)))
def test_renumbering_areas_renumbers_answers_off_the_borders(draw: int, order: list[int]) -> None:
    squares = np.array([shapely.box(i % 3, i // 3, i % 3 + 1, i // 3 + 1) for i in range(9)])
    x, y = np.random.default_rng(draw).random((2, 300)) * 3
    straight, mixed = Locator(squares).locate(x, y), Locator(squares[order]).locate(x, y)
    assert np.array(order)[mixed].tolist() == straight.tolist()
