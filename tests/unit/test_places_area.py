"""Facts of areas and their display shapes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from tests.shared import shared

from harmscape.places.area import area_facts, simplified, to_geojson
from harmscape.places.boundaries import read_boundaries


def wkb(*shapes: shapely.Geometry) -> list[bytes]:
    return [shapely.to_wkb(shape) for shape in shapes]


def test_a_square_of_the_grid_has_its_own_size_and_an_inner_point() -> None:
    facts = area_facts(wkb(shapely.box(424_000, 564_000, 425_000, 566_000)), 27700)
    assert facts.area_m2.tolist() == [2_000_000.0]
    west, south, east, north = facts.bounds[0]
    assert west < facts.lon[0] < east
    assert south < facts.lat[0] < north
    assert (west, south) == (pytest.approx(-1.627, abs=0.001), pytest.approx(54.970, abs=0.001))


def test_areas_elsewhere_on_earth_are_measured_too() -> None:
    # One degree square at the equator: 111.32 km by 110.57 km on the WGS 84 ellipsoid.
    facts = area_facts(wkb(shapely.box(0, 0, 1, 1)), 4326)
    assert facts.area_m2[0] == pytest.approx(111.32e3 * 110.57e3, rel=0.001)


def test_the_force_area_is_the_size_it_is_known_to_be() -> None:
    # Northumberland 5,014 and Tyne and Wear 540 square kilometres (ONS Standard Area Measurements, land).
    facts = area_facts(read_boundaries(shared("data/boundaries/northumbria_lsoa11.parquet")).wkb, 4326)
    assert facts.area_m2.sum() / 1e6 == pytest.approx(5_554, rel=0.01)


def test_neighbours_keep_one_border_when_simplified() -> None:
    wavy = [(1000, 100 * at + (at % 2)) for at in range(11)]
    west = shapely.Polygon([(0, 0), *wavy, (0, 1000)])
    east = shapely.Polygon([*wavy, (2000, 1000), (2000, 0)])
    light = simplified(wkb(west, east), 27700, tolerance_m=50)
    assert light[0].intersection(light[1]).area == 0
    assert light[0].union(light[1]).equals(shapely.box(0, 0, 2000, 1000))
    assert shapely.get_num_coordinates(light).max() <= 6
    assert shapely.get_num_coordinates(west) == 14


def test_overlapping_areas_are_simplified_one_by_one_and_none_vanishes() -> None:
    tiny, large = shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1000, 1000)
    light = simplified(wkb(tiny, large), 27700, tolerance_m=500)
    assert not shapely.is_empty(light).any()


def test_degrees_are_simplified_in_metres() -> None:
    # A tooth 30 m high on a side of a square near 55 north: kept at 5 m, gone at 100 m.
    tooth = shapely.Polygon([(-1.6, 55), (-1.595, 55.0003), (-1.59, 55), (-1.59, 55.01), (-1.6, 55.01)])
    corners = [len(simplified(wkb(tooth), 4326, tolerance_m=t)[0].exterior.coords) for t in (5.0, 200.0)]
    assert corners == [6, 5]


def test_the_feature_collection_has_codes_names_and_short_numbers() -> None:
    square = shapely.box(-1.6000049, 55, -1.59, 55.01)
    collection = json.loads(to_geojson(["A"], ['The "Moor"'], wkb(square), 4326))
    (feature,) = collection["features"]
    assert (feature["id"], feature["properties"]) == ("A", {"area_id": "A", "name": 'The "Moor"'})
    corners = [[-1.59, 55.0], [-1.59, 55.01], [-1.6, 55.01], [-1.6, 55.0], [-1.59, 55.0]]
    assert feature["geometry"] == {"type": "Polygon", "coordinates": [corners]}


def test_the_outline_holds_all_areas_together() -> None:
    west, east = shapely.box(-1.6, 55, -1.59, 55.01), shapely.box(-1.59, 55, -1.58, 55.01)
    over = shapely.box(-1.585, 55, -1.57, 55.01)
    for areas, right in (([west, east], -1.58), ([west, east, over], -1.57)):
        names = ["A"] * len(areas)
        outline = json.loads(to_geojson(names, names, wkb(*areas), 4326))["outline"]
        assert shapely.from_geojson(json.dumps(outline)).equals(shapely.box(-1.6, 55, right, 55.01))


def test_areas_on_the_grid_are_shown_in_degrees() -> None:
    text = to_geojson(
        ["A"], ["A"], wkb(shapely.box(424_000, 564_000, 425_000, 565_000)), 27700, tolerance_m=10
    )
    ring = np.array(json.loads(text)["features"][0]["geometry"]["coordinates"][0])
    assert ring[0] == pytest.approx([-1.61, 54.97], abs=0.02)


def test_the_shape_of_many_teeth_is_sent_light() -> None:
    saw = read_boundaries(shared("data/hostile/25_boundary_many_vertices.geojson"))
    full = to_geojson(saw.codes, saw.names, saw.wkb, saw.epsg)
    light = to_geojson(saw.codes, saw.names, saw.wkb, saw.epsg, tolerance_m=20)
    assert len(light) < len(full) / 20


def test_no_areas_make_an_empty_collection() -> None:
    assert json.loads(to_geojson([], [], [], 4326, tolerance_m=10))["features"] == []
    assert area_facts([], 4326).area_m2.size == 0
