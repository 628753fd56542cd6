"""The areas about some: as a loop over all of them finds, whole where named, cut out of sight elsewhere."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import shapely
from tests.shared import shared

from harmscape.places.area import shapes_geojson, to_geojson
from harmscape.places.around import around
from harmscape.places.boundaries import read_boundaries
from harmscape.places.tiles import Land


def land(shapes: list[shapely.Geometry]) -> Land:
    codes = [f"A{number}" for number in range(len(shapes))]
    return Land.of(to_geojson(codes, codes, [shapely.to_wkb(each) for each in shapes], 4326))


def squares(across: int, *, side: float = 0.1) -> list[shapely.Geometry]:
    """Squares about the equator, where a degree is as high as wide; row by row from the south-west."""
    half = across * side / 2
    return [
        shapely.box(i * side - half, j * side - half, (i + 1) * side - half, (j + 1) * side - half)
        for j in range(across)
        for i in range(across)
    ]


def test_a_square_of_a_grid_comes_with_two_squares_on_every_side() -> None:
    # By hand: land reaches a side and a quarter beyond the square, into the second ring: 5 by 5 of 11 by 11.
    found = around(land(squares(11)), np.array([60]))
    assert found.positions.tolist() == [row * 11 + column for row in range(3, 8) for column in range(3, 8)]
    assert found.frame == pytest.approx((-0.15, -0.15, 0.15, 0.15), abs=1e-5)
    # The frame shows a side of it; the second ring is cut a quarter of a side further out.
    assert shapely.total_bounds(found.shapes) == pytest.approx((-0.175, -0.175, 0.175, 0.175), abs=1e-5)
    assert found.outline is not None
    assert shapely.equals_exact(
        shapely.normalize(found.outline), shapely.normalize(shapely.box(-0.175, -0.175, 0.175, 0.175)), 1e-5
    )


def test_the_frame_comes_closer_where_areas_are_many() -> None:
    # Nine areas may come: the square and the ring that touches it. The next stand a whole side away: four
    # fifths of that are shown.
    found = around(land(squares(11)), np.array([60]), most=9)
    assert found.positions.tolist() == [row * 11 + column for row in range(4, 7) for column in range(4, 7)]
    assert found.frame == pytest.approx((-0.13, -0.13, 0.13, 0.13), abs=1e-5)
    # Two may come: the frame closes in on the square, and of neighbours that only touch it nothing is left.
    closer = around(land(squares(11)), np.array([60]), most=2)
    assert closer.positions.tolist() == [60]
    assert closer.frame == pytest.approx((-0.05, -0.05, 0.05, 0.05), abs=1e-5)


def test_areas_that_are_named_come_however_many_they_are() -> None:
    found = around(land(squares(6)), np.arange(0, 36, 5), most=3)
    assert set(np.arange(0, 36, 5)) <= set(found.positions.tolist())
    assert len(found.positions) == 8


@pytest.mark.parametrize("seed", range(6))
def test_the_areas_are_those_that_a_loop_over_all_finds(seed: int) -> None:
    chance = np.random.default_rng(seed)
    corners = chance.uniform([-1, -1], [1, 1], size=(80, 2))
    sizes = chance.uniform(0.01, 0.3, size=(80, 2))
    shapes = [
        shapely.box(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(corners, sizes, strict=True)
    ]
    whole = land(shapes)
    named = chance.choice(80, size=int(chance.integers(1, 4)), replace=False)
    found = around(whole, named)
    boxes = [tuple(each) for each in shapely.bounds(whole.areas).tolist()]
    west = min(boxes[each][0] for each in named)
    north = min(boxes[each][1] for each in named)
    east = max(boxes[each][2] for each in named)
    south = max(boxes[each][3] for each in named)
    side = max(east - west, south - north)
    far = 1.25 * side
    told = [
        number
        for number, (left, top, right, bottom) in enumerate(boxes)
        if left <= east + far and right >= west - far and top <= south + far and bottom >= north - far
    ]
    assert found.positions.tolist() == told
    degrees = (west - side - 0.5) * 360, (east + side - 0.5) * 360
    assert (found.frame[0], found.frame[2]) == pytest.approx(degrees)
    assert found.frame[3] == pytest.approx(
        math.degrees(2 * math.atan(math.exp((0.5 - north + side) * 2 * math.pi)) - math.pi / 2)
    )


def test_shapes_are_those_of_the_whole_map_to_the_last_digit() -> None:
    held = read_boundaries(shared("data/boundaries/northumbria_lsoa11.parquet"))
    codes = [str(number) for number in range(len(held.wkb))]
    text = to_geojson(codes, codes, held.wkb, 4326, tolerance_m=40.0)
    whole = {each["id"]: each["geometry"] for each in json.loads(text)["features"]}
    found = around(Land.of(text), np.array([7]))
    few = [codes[each] for each in found.positions]
    told = json.loads(shapes_geojson(few, few, found.shapes, found.outline))
    assert 1 < len(few) < len(codes)
    inside = shapely.box(*found.frame)
    same = [
        each for each in told["features"] if shapely.within(shapely.from_geojson(json.dumps(each)), inside)
    ]
    assert same
    assert [each["geometry"] for each in same] == [whole[each["id"]] for each in same]
