"""Reference systems: a published worked example, names of systems, and what cannot be transformed."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import declared_epsg, is_geographic, named_epsg, transform


def test_the_worked_example_of_the_ordnance_survey() -> None:
    # "A guide to coordinate systems in Great Britain", annexe C: 52 39 27.2531 N, 1 43 4.5177 E on OSGB36
    # (EPSG:4277) is easting 651409.903, northing 313177.270.
    lon, lat = 1 + 43 / 60 + 4.5177 / 3600, 52 + 39 / 60 + 27.2531 / 3600
    x, y = transform(np.array([lon]), np.array([lat]), source=4277, target=27700)
    assert (x[0], y[0]) == (pytest.approx(651_409.903, abs=0.001), pytest.approx(313_177.270, abs=0.001))


def test_there_and_back_is_within_a_millimetre() -> None:
    x, y = np.array([424_864.0, 651_409.9]), np.array([564_422.0, 313_177.3])
    back = transform(*transform(x, y, source=27700, target=4326), source=4326, target=27700)
    assert np.abs(back[0] - x).max() < 0.001
    assert np.abs(back[1] - y).max() < 0.001


def test_what_has_no_place_becomes_nan() -> None:
    x, y = transform(
        np.array([np.nan, 500.0, np.inf]), np.array([55.0, 99.0, 55.0]), source=4326, target=27700
    )
    assert np.isnan(x).all()
    assert np.isnan(y).all()


def test_the_same_system_leaves_coordinates_as_they_are() -> None:
    x, y = transform(np.array([1.0]), np.array([2.0]), source=27700, target=27700)
    assert (x.tolist(), y.tolist()) == ([1.0], [2.0])


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("OGC:CRS84", 4326),
        ("urn:ogc:def:crs:EPSG::27700", 27700),
        ("urn:ogc:def:crs:EPSG:6.9:27700", 27700),
        ("http://www.opengis.net/def/crs/EPSG/0/4258", 4258),
        ("epsg:27700", 27700),
        (pyproj.CRS.from_epsg(27700).to_wkt("WKT1_ESRI"), 27700),
        (pyproj.CRS.from_user_input("OGC:CRS84").to_json(), 4326),
        ("EPSG:999999", None),
        ("somewhere", None),
    ],
)
def test_names_of_systems(name: str, epsg: int | None) -> None:
    assert named_epsg(name) == epsg


def test_a_declared_system_must_exist() -> None:
    assert declared_epsg(27700) == declared_epsg("EPSG:27700") == 27700
    for crs in (999_999, "EPSG:999999"):
        with pytest.raises(FileRefusedError, match="is unknown; write"):
            declared_epsg(crs)


def test_degrees_and_metres_are_told_apart() -> None:
    assert (is_geographic(4326), is_geographic(27700)) == (True, False)
