"""Coordinates: the one reason each fault has, in degrees and in metres on the national grid."""

from __future__ import annotations

import pyarrow as pa
import pytest

from harmscape.ingest.points import read_points


def reason(x: str, y: str, epsg: int) -> str | None:
    points = read_points(pa.array([x]), pa.array([y]), epsg=epsg)
    hits = [name for name, hit in points.faults.items() if hit[0]]
    assert len(hits) <= 1
    return hits[0] if hits else "no_location" if points.nowhere[0] else None


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ("-1.61", "54.97", None),
        ("-1.6e0", "5.497E1", None),
        ("+.5", "51.", None),
        ("-9.0", "49.8", None),
        ("2.1", "61.0", None),
        ("0", "51.5", None),
        ("", "", "no_location"),
        ("-1.61", "", "coord_partial"),
        ("", "54.97", "coord_partial"),
        ("", "north", "coord_partial"),
        ("NaN", "54.97", "coord_not_number"),
        ("-1.61", "inf", "coord_not_number"),
        ("1e400", "54.97", "coord_not_number"),
        ("-1,61", "54,97", "coord_not_number"),
        ("1_0", "54.97", "coord_not_number"),
        ("0x1p3", "54.97", "coord_not_number"),
        ("−1.61", "54.97", "coord_not_number"),
        ("-1.61", "５４.97", "coord_not_number"),
        ("1.61W", "54.97N", "coord_not_number"),
        ("- 1.61", "54.97", "coord_not_number"),
        (".", "54.97", "coord_not_number"),
        ("0", "0.000", "coord_zero"),
        ("-0", "0e5", "coord_zero"),
        ("54.97", "-1.61", "coord_swapped"),
        ("425000", "565000", "coord_crs"),
        ("1000", "1000", "coord_outside"),
        ("1001", "1001", "coord_crs"),
        ("2.1000001", "55", "coord_outside"),
        ("-74.006", "40.7128", "coord_outside"),
        ("700001", "565000", "coord_outside"),
    ],
)
def test_degrees(x: str, y: str, expected: str | None) -> None:
    assert reason(x, y, 4326) == expected


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ("425000", "565000", None),
        ("4.25e5", "565000.5", None),
        ("0", "200", None),
        ("700000", "1300000", None),
        ("0", "0", "coord_zero"),
        ("0", "50", "coord_crs"),
        ("1.5", "52.6", "coord_crs"),
        ("-1.61", "54.97", "coord_crs"),
        ("180", "180", "coord_crs"),
        ("180.5", "180.5", None),
        ("1010000", "345000", "coord_swapped"),
        ("-425000", "565000", "coord_outside"),
        ("425000", "1565000", "coord_outside"),
        ("425,000", "565,000", "coord_not_number"),
        ("NZ 250", "640", "coord_not_number"),
        ("425000", "", "coord_partial"),
    ],
)
def test_metres_on_the_grid(x: str, y: str, expected: str | None) -> None:
    assert reason(x, y, 27700) == expected
