"""Who borders whom: shapes a reader can draw, and the plain comparison of all pairs."""

from __future__ import annotations

import numpy as np
import shapely

from harmscape.places.neighbours import neighbours


def test_squares_of_a_chessboard_border_at_sides_not_corners() -> None:
    squares = np.array([shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)])
    found = neighbours(squares, epsg=27700).toarray()
    assert found.sum(axis=1).tolist() == [2, 3, 2, 3, 4, 3, 2, 3, 2]
    assert (found == found.T).all()
    assert set(found[4].nonzero()[0].tolist()) == {1, 3, 5, 7}


def test_islands_and_corners_are_no_neighbours() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(9, 9, 10, 10)])
    assert neighbours(shapes, epsg=27700).nnz == 0
    assert neighbours(np.array([shapely.box(0, 0, 1, 1)]), epsg=27700).shape == (1, 1)


def test_a_hole_and_what_fills_it_border() -> None:
    inner = shapely.box(1, 1, 2, 2)
    outer = shapely.box(0, 0, 3, 3).difference(inner)
    assert neighbours(np.array([outer, inner]), epsg=27700).toarray().tolist() == [[0, 1], [1, 0]]


def test_corners_a_millimetre_apart_still_meet() -> None:
    left = shapely.box(0, 0, 1, 1)
    right = shapely.Polygon([(1.001, 0), (2, 0), (2, 1), (1.001, 1)])
    assert neighbours(np.array([left, right]), epsg=27700).nnz == 2


def test_random_cells_equal_the_plain_comparison_of_all_pairs() -> None:
    points = np.random.default_rng(13).uniform(0, 1_000, (60, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    found = neighbours(np.asarray(cells), epsg=27700).toarray()
    for i in range(len(cells)):
        for j in range(i):
            shared = shapely.length(shapely.intersection(cells[i], cells[j]))
            assert found[i, j] == (shared > 0.1) or shared < 1
