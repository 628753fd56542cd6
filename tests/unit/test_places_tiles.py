"""Areas as vector tiles: every corner where a plain reading of the format finds it, no gap between areas."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import shapely
from tests.vector_tiles import layers

from harmscape.model.errors import SelectionError
from harmscape.places import mvt
from harmscape.places.area import to_geojson
from harmscape.places.tiles import FINEST, Land


def grid(across: int, *, west: float = -4.0, south: float = 53.0, side: float = 0.1) -> list[bytes]:
    """Squares of a grid, row by row from the south-west."""
    return [
        shapely.to_wkb(
            shapely.box(west + i * side, south + j * side, west + (i + 1) * side, south + (j + 1) * side)
        )
        for j in range(across)
        for i in range(across)
    ]


def land(wkb: list[bytes]) -> Land:
    codes = [f"A{number}" for number in range(len(wkb))]
    return Land.of(to_geojson(codes, codes, wkb, 4326))


def twice_area(ring: list[tuple[int, int]]) -> int:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)


def test_the_worked_example_of_the_specification() -> None:
    # Mapbox Vector Tile Specification 2.1, section 4.3.5: an outer ring 0,0 10,0 10,10 0,10; a second
    # polygon 11,11 20,11 20,20 11,20 with the hole 13,13 13,17 17,17 17,13. The numbers of its geometry:
    # 9 0 0 26 20 0 0 20 19 0 15 9 22 2 26 18 0 0 18 17 0 15 9 4 13 26 0 8 8 0 0 7 15.
    hole = [(13, 13), (13, 17), (17, 17), (17, 13)]
    shape = shapely.MultiPolygon(
        [
            shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)]),
            shapely.Polygon([(11, 11), (20, 11), (20, 20), (11, 20)], [hole]),
        ]
    )
    tile = mvt.layer("areas", np.array([1]), np.array([shape]))
    told = bytes([9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15,
                  9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15])  # fmt: skip
    assert told in tile


def test_numbers_longer_than_one_byte_come_back() -> None:
    rng = random.Random(4)
    shapes = [
        shapely.box(x, y, x + rng.choice([1, 70, 9000]), y + rng.choice([1, 70, 9000]))
        for x, y in ((rng.randrange(-5000, 70_000), rng.randrange(-5000, 70_000)) for _ in range(200))
    ]
    numbers = np.array([rng.randrange(1, 1 << 21) for _ in shapes])
    found = layers(mvt.layer("areas", numbers, np.array(shapes)))["areas"]
    for number, shape in zip(numbers.tolist(), shapes, strict=True):
        assert set(found[number][0]) == {(int(x), int(y)) for x, y in shape.exterior.coords}


def test_a_tile_holds_what_lies_in_it_where_the_projection_puts_it() -> None:
    held, z, x, y = land(grid(10)), 9, 250, 165
    found = layers(held.tile(z, x, y))["areas"]
    expected = set[int]()
    for number, square in enumerate(map(shapely.from_wkb, grid(10)), 1):
        # Web Mercator by its formula, in units of this tile; 96 units of the neighbours come with it.
        corners = {
            (
                round(((lon / 360 + 0.5) * 2**z - x) * 4096),
                round(((0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * 2**z - y) * 4096),
            )
            for lon, lat in square.exterior.coords
        }
        reach = [max(c[i] for c in corners) > -96 and min(c[i] for c in corners) < 4192 for i in (0, 1)]
        if all(reach):
            expected.add(number)
        if all(-96 <= each <= 4192 for corner in corners for each in corner):
            assert set(found[number][0]) == corners
    assert set(found) == expected
    assert 20 < len(found) < 100
    assert held.tile(z, 0, 0) == b""


def test_neighbours_share_their_corners_however_coarse_the_grid() -> None:
    held = land(grid(60, side=0.01))
    for z, x, y in ((5, 15, 10), (7, 62, 41), (9, 250, 165)):
        rings = [ring for parts in layers(held.tile(z, x, y))["areas"].values() for ring in parts]
        assert all(twice_area(ring) > 0 for ring in rings)
        # Land without gap or overlap: the areas of all squares add up to that of the land they make.
        together = shapely.unary_union([shapely.Polygon(ring) for ring in rings])
        assert sum(twice_area(ring) for ring in rings) == pytest.approx(2 * together.area)


def test_the_outline_comes_with_the_tile_and_boxes_are_those_of_the_areas() -> None:
    held = land(grid(4))
    assert list(layers(held.tile(6, 31, 20))) == ["areas", "outline"]
    assert held.boxes[5].tolist() == pytest.approx([-3.9, 53.1, -3.8, 53.2])


@pytest.mark.parametrize("tile", [(-1, 0, 0), (3, 8, 0), (3, 0, 9), (FINEST + 1, 0, 0), (400, 1, 1)])
def test_a_tile_that_is_not_on_the_map_is_refused(tile: tuple[int, int, int]) -> None:
    with pytest.raises(SelectionError, match="tiles go from"):
        land(grid(2)).tile(*tile)


def test_one_area_and_none() -> None:
    assert set(layers(land(grid(1)).tile(8, 125, 83))["areas"]) == {1}
    assert land([]).tile(0, 0, 0) == b""
