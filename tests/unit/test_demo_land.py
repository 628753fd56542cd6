"""The land of the demo force: nested exactly, believable in size, and nowhere near a real place."""

from __future__ import annotations

import itertools
import re

import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from tests.shared import shared

from harmscape.demo.areas import borders
from harmscape.demo.land import lay_the_land
from harmscape.demo.terrain import ORIGIN
from harmscape.demo.write_areas import to_degrees

LEVELS = ("force", "area_commands", "sectors", "beats", "small_areas")


@pytest.mark.parametrize("stem", LEVELS)
def test_each_level_is_a_coverage_with_shared_borders(stem: str) -> None:
    level = lay_the_land().levels[stem]
    assert shapely.is_valid(level.shapes).all()
    assert shapely.coverage_is_valid(level.shapes)
    degrees = shapely.transform(level.shapes, to_degrees)
    assert shapely.is_valid(degrees).all()
    assert shapely.coverage_is_valid(degrees)


@pytest.mark.parametrize(("upper", "lower"), list(itertools.pairwise(LEVELS)))
def test_an_area_is_exactly_the_union_of_the_areas_below(upper: str, lower: str) -> None:
    above, below = lay_the_land().levels[upper], lay_the_land().levels[lower]
    for code, shape in zip(above.code, above.shapes, strict=True):
        inside = [index for index, parent in enumerate(below.parent) if parent == code]
        union = shapely.coverage_union_all(below.shapes[inside])
        assert shapely.equals_exact(shapely.normalize(union), shapely.normalize(shape), 0.0), code


def test_there_are_4_commands_40_sectors_110_beats_and_about_250_small_areas() -> None:
    counts = [len(lay_the_land().levels[stem].code) for stem in LEVELS]
    assert counts[:4] == [1, 4, 40, 110]
    assert 240 <= counts[4] <= 260


def test_codes_and_names_are_unique_within_a_level() -> None:
    for stem in LEVELS:
        level = lay_the_land().levels[stem]
        assert len(set(level.code)) == len(level.code)
        assert len(set(level.name)) == len(level.name)
        assert list(level.code) == sorted(level.code)


def test_names_are_one_to_three_capitalised_words() -> None:
    for stem in ("area_commands", "sectors", "beats"):
        for name in lay_the_land().levels[stem].name:
            assert re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+){0,2}", name), name


def test_sectors_and_beats_are_in_one_piece_but_for_the_island() -> None:
    # The island of Hob Holm belongs to a sector of the mainland, so one area of each level has two pieces.
    for stem in ("sectors", "beats"):
        pieces = shapely.get_num_geometries(lay_the_land().levels[stem].shapes)
        assert sorted(pieces)[-2:] in ([1, 1], [1, 2]), stem


def test_every_mainland_area_touches_another() -> None:
    shapes = lay_the_land().levels["small_areas"].shapes
    left, _, _ = borders(shapes)
    assert len(set(range(len(shapes))) - set(left.tolist())) <= 1


def test_every_place_lies_in_its_small_area_alone() -> None:
    land = lay_the_land()
    points = shapely.points(land.places.easting, land.places.northing)
    point, area = shapely.STRtree(land.levels["small_areas"].shapes).query(points, predicate="intersects")
    assert len(point) == len(points)
    assert (land.levels["small_areas"].members[land.places.area[point]] == area).all()


def test_households_and_children_are_fewer_than_residents_and_fifths_are_fifths() -> None:
    land = lay_the_land()
    people = land.people
    assert (people.households + people.children < people.residents).all()
    assert 500_000 < people.residents.sum() < 700_000
    in_fifth = [int((people.fifth == fifth).sum()) for fifth in range(1, 6)]
    assert max(in_fifth) - min(in_fifth) <= 1
    worst, best = (people.deprivation[people.fifth == fifth] for fifth in (1, 5))
    assert worst.min() > best.max()


def test_the_land_lies_in_the_uk_box_but_at_sea() -> None:
    force = lay_the_land().levels["force"].shapes[0]
    west, south, east, north = shapely.transform(force, to_degrees).bounds
    assert -9.0 < west < east < 2.1
    assert 49.8 < south < north < 61.0
    assert min(force.bounds) > 0
    assert force.bounds[2] < 700_000


def test_no_real_small_area_lies_within_70_km() -> None:
    table = pq.read_table(shared("data/boundaries/england_wales_lsoa11_supergeneralised.parquet"))
    real = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    near = shapely.transform(lay_the_land().levels["force"].shapes[0].buffer(70_000), to_degrees)
    assert not shapely.intersects(real, near).any()


def test_degrees_agree_with_the_usual_transformation_to_5_metres() -> None:
    # Grids that a machine may have installed move points by less than 5 m from the seven-parameter shift.
    ours = to_degrees(lay_the_land().levels["force"].shapes[0].geoms[0].exterior.coords.__array__())
    back = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    there = shapely.get_coordinates(lay_the_land().levels["force"].shapes[0].geoms[0].exterior)
    easting, northing = back.transform(ours[:, 0], ours[:, 1])
    assert abs(easting - there[:, 0]).max() < 5
    assert abs(northing - there[:, 1]).max() < 5
    assert there.min(axis=0)[0] > ORIGIN[0] - 6_000
