"""The land of the demo region: nested exactly, in one piece, with names of its own."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from harmscape.demo.consumer.places import lay_the_region
from harmscape.demo.land import lay_the_land

LEVELS = ("region", "councils", "wards", "small_areas")


@pytest.mark.parametrize("stem", LEVELS)
def test_each_level_is_a_coverage_with_names_and_codes_in_order(stem: str) -> None:
    level = lay_the_region().levels[stem]
    assert shapely.is_valid(level.shapes).all()
    assert shapely.coverage_is_valid(level.shapes)
    assert len(set(level.name)) == len(level.name)
    assert list(level.code) == sorted(set(level.code))


@pytest.mark.parametrize(("upper", "lower"), list(itertools.pairwise(LEVELS)))
def test_an_area_is_exactly_the_union_of_the_areas_below(upper: str, lower: str) -> None:
    above, below = lay_the_region().levels[upper], lay_the_region().levels[lower]
    for code, shape in zip(above.code, above.shapes, strict=True):
        inside = [index for index, parent in enumerate(below.parent) if parent == code]
        union = shapely.coverage_union_all(below.shapes[inside])
        assert shapely.equals_exact(shapely.normalize(union), shapely.normalize(shape), 0.0), code


def test_eight_councils_of_one_piece_but_for_the_island() -> None:
    pieces = shapely.get_num_geometries(lay_the_region().councils.shapes)
    assert len(pieces) == 8
    assert sorted(pieces.tolist())[-2:] in ([1, 1], [1, 2])


def test_every_postcode_lies_in_its_small_area_alone_and_people_are_all_there() -> None:
    region = lay_the_region()
    points = shapely.points(region.places.easting, region.places.northing)
    point, area = shapely.STRtree(region.levels["small_areas"].shapes).query(points, predicate="intersects")
    assert len(point) == len(points)
    assert (region.levels["small_areas"].members[region.places.area[point]] == area).all()
    for level in region.levels.values():
        assert level.total(region.people.residents).sum() == region.people.residents.sum()


def test_no_area_bears_the_name_of_one_of_the_demo_force() -> None:
    ours = {name for level in lay_the_region().levels.values() for name in level.name}
    theirs = {name for level in lay_the_land().levels.values() for name in level.name}
    assert not ours & theirs


def test_the_region_is_the_force_turned_half_round() -> None:
    ours, theirs = lay_the_region().places, lay_the_land().places
    assert len(set((ours.easting + theirs.easting).tolist())) == 1
    assert len(set((ours.northing + theirs.northing).tolist())) == 1
    assert np.array_equal(ours.area, theirs.area)
