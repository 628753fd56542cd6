"""Squares and hexagons: codes from corners, only cells that are needed, and what is too fine to claim."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely

from harmscape.places.assign import assign
from harmscape.places.grid import (
    cell_area_m2,
    h3_cells,
    is_finer_than_lsoa,
    square_cells,
)

NAN = float("nan")


def test_squares_take_their_code_from_the_south_west_corner() -> None:
    x = np.array([423_999.0, 423_500.0, 424_000.0, 0.0, -1.0, NAN])
    y = np.array([564_499.0, 564_000.0, 564_000.0, 0.0, 5.0, 5.0])
    cells = square_cells(x, y, epsg=27700, size_m=500)
    assert cells.codes == ("E0000000N0000000", "E0423500N0564000", "E0424000N0564000")
    assert cells.of_point.tolist() == [2, 2, 3, 1, 0, 0]
    assert cells.polygons()[1].equals(shapely.box(423_500, 564_000, 424_000, 564_500))
    assert cells.areas().codes == cells.codes


def test_squares_hold_the_points_they_were_made_for() -> None:
    x, y = np.random.default_rng(7).uniform([420_000, 560_000], [430_000, 570_000], (2_000, 2)).T
    cells = square_cells(x, y, epsg=27700, size_m=250)
    assert assign(x, y, epsg=27700, areas=cells.areas()).area.tolist() == cells.of_point.tolist()


def test_points_in_degrees_get_squares_on_the_grid() -> None:
    cells = square_cells(np.full(50_000, -1.6131), np.full(50_000, 54.9738), epsg=4326, size_m=1000)
    assert cells.codes == ("E0424000N0564000",)
    assert (cells.of_point == 1).all()


def test_hexagons_equal_the_library_point_by_point() -> None:
    lon, lat = np.random.default_rng(7).uniform([-1.8, 54.9], [-1.4, 55.1], (500, 2)).T
    lon[3] = NAN
    cells = h3_cells(lon, lat, epsg=4326, resolution=8)
    assert cells.of_point[3] == 0
    assert list(cells.codes) == sorted(cells.codes)
    for at in (0, 1, 2, 499):
        assert cells.codes[cells.of_point[at] - 1] == h3.latlng_to_cell(lat[at], lon[at], 8)
    assert shapely.intersects_xy(cells.polygons()[cells.of_point[0] - 1], lon[0], lat[0])


def test_no_points_make_no_cells() -> None:
    none = np.zeros(0)
    assert square_cells(none, none, epsg=27700, size_m=500).codes == ()
    assert h3_cells(none, none, epsg=4326, resolution=8).codes == ()
    assert len(square_cells(none, none, epsg=27700, size_m=500).polygons()) == 0


@pytest.mark.parametrize(
    ("kind", "size", "finer"),
    [("square", 499, True), ("square", 500, False), ("h3", 8, False), ("h3", 9, True)],
)
def test_what_is_finer_than_an_lsoa(kind: str, size: int, finer: bool) -> None:
    assert is_finer_than_lsoa(kind, size) is finer  # type: ignore[arg-type]


def test_mean_hexagon_areas_are_those_of_the_h3_table() -> None:
    # h3geo.org, "Tables of cell statistics": resolution 7 5.161293360 km2, resolution 9 0.105332513 km2.
    assert cell_area_m2("h3", 7) == pytest.approx(5_161_293.36, abs=0.01)
    assert cell_area_m2("h3", 9) == pytest.approx(105_332.513, abs=0.01)
