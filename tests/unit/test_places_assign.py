"""Events placed by point, else by label, and where the two disagree."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from tests.shared import shared

from harmscape.places.assign import Areas, Method, Reason, assign, disagreement
from harmscape.places.boundaries import read_boundaries
from harmscape.places.crs import transform

NAN = float("nan")


@pytest.fixture
def town() -> Areas:
    """Two areas of one square kilometre side by side on the National Grid: A in the west, B in the east."""
    west, east = shapely.box(424e3, 564e3, 425e3, 565e3), shapely.box(425e3, 564e3, 426e3, 565e3)
    return Areas(["A", "B"], np.array([west, east]), 27700)


def test_each_event_gets_its_area_method_and_reason(town: Areas) -> None:
    rows = [
        # x, y, label -> area, method, reason, agrees
        ((424_500, 564_500, "A"), (1, Method.POINT, Reason.NONE, 1)),
        ((425_500, 564_500, "A"), (2, Method.POINT, Reason.NONE, 0)),
        ((425_000, 564_500, " b\u00a0"), (1, Method.POINT, Reason.NONE, 0)),
        ((424_500, 564_500, None), (1, Method.POINT, Reason.NONE, -1)),
        ((424_500, 564_500, "Z"), (1, Method.POINT, Reason.NONE, -1)),
        ((NAN, NAN, "b"), (2, Method.LABEL, Reason.NONE, -1)),
        ((NAN, 564_500, "B"), (2, Method.LABEL, Reason.NONE, -1)),
        ((NAN, NAN, "Z"), (0, Method.UNPLACED, Reason.UNKNOWN_LABEL, -1)),
        ((NAN, NAN, "  "), (0, Method.UNPLACED, Reason.NO_LOCATION, -1)),
        ((NAN, NAN, None), (0, Method.UNPLACED, Reason.NO_LOCATION, -1)),
        ((500_000, 564_500, None), (0, Method.UNPLACED, Reason.OUTSIDE_ALL_AREAS, -1)),
        ((500_000, 564_500, "A"), (0, Method.UNPLACED, Reason.OUTSIDE_ALL_AREAS, 0)),
    ]
    x, y = (np.array([row[0][at] for row in rows], dtype=np.float64) for at in (0, 1))
    placed = assign(x, y, epsg=27700, areas=town, labels=[row[0][2] for row in rows])
    answer = zip(placed.area, placed.method, placed.reason, placed.agrees, strict=True)
    assert [tuple(int(part) for part in parts) for parts in answer] == [row[1] for row in rows]


def test_the_disagreement_report_names_the_commonest_pairs(town: Areas) -> None:
    # By hand: 3 rows labelled A lie in B, 1 labelled B lies in A, 1 labelled A lies outside, 2 agree.
    x = np.array([425_500.0] * 3 + [424_500.0] + [500_000.0] + [424_500.0] * 2)
    labels = ["A", "A", "A", "B", "A", "A", "A"]
    report = disagreement(assign(x, np.full(7, 564_500.0), epsg=27700, areas=town, labels=labels), town.codes)
    assert (report.both, report.agree, report.differ) == (7, 2, 5)
    assert report.pairs == (("A", "B", 3), ("A", "UNPLACED", 1), ("B", "A", 1))


def test_points_in_degrees_are_placed_in_areas_on_the_grid(town: Areas) -> None:
    lon, lat = transform(
        np.array([424_500.0, 425_500.0]), np.array([564_500.0] * 2), source=27700, target=4326
    )
    assert assign(lon, lat, epsg=4326, areas=town).area.tolist() == [1, 2]


def test_repeated_points_and_arrow_labels(town: Areas) -> None:
    x = np.tile([424_500.0, 425_500.0, NAN], 40_000)
    labels = pa.chunked_array([["A", "B", "b"] * 20_000, ["A", "B", "b"] * 20_000])
    for given in (labels, labels.combine_chunks().dictionary_encode()):
        placed = assign(x, np.full(x.size, 564_500.0), epsg=27700, areas=town, labels=given)
        assert (placed.area == np.tile([1, 2, 2], 40_000)).all()


def test_areas_known_by_label_only(town: Areas) -> None:
    labels_only = Areas(["A", "B"], None, 27700)
    placed = assign(
        np.array([NAN, 424_500.0]),
        np.array([NAN, 564_500.0]),
        epsg=27700,
        areas=labels_only,
        labels=["B", "B"],
    )
    assert placed.area.tolist() == [2, 0]


def test_no_events_and_no_areas() -> None:
    none = np.zeros(0)
    empty = Areas([], np.array([], dtype=object), 27700)
    assert assign(none, none, epsg=4326, areas=empty).area.size == 0
    placed = assign(np.array([1.0]), np.array([1.0]), epsg=27700, areas=empty, labels=["A"])
    assert (placed.area.tolist(), placed.reason.tolist()) == ([0], [Reason.OUTSIDE_ALL_AREAS])


def test_codes_must_ascend_and_match_their_polygons() -> None:
    square = np.array([shapely.box(0, 0, 1, 1)] * 2)
    for codes in (["B", "A"], ["A", "A"]):
        with pytest.raises(ValueError, match="distinct and in ascending order"):
            Areas(codes, square, 27700)
    with pytest.raises(ValueError, match="1 codes for 2 polygons"):
        Areas(["A"], square, 27700)


def test_northumbria_labels_agree_with_points_as_its_provenance_says() -> None:
    path = shared("data/crime_northumbria/northumbria_street_2020-05_2022-08.parquet")
    table = pq.read_table(path, columns=["Longitude", "Latitude", "LSOA code"])
    x, y = (pc.cast(table[name], "float64").to_numpy() for name in ("Longitude", "Latitude"))
    areas = Areas.of(read_boundaries(shared("data/boundaries/northumbria_lsoa11.parquet")))
    placed = assign(x, y, epsg=4326, areas=areas, labels=table["LSOA code"])
    assert len(placed.area) == 434_274
    assert int((placed.reason == Reason.NO_LOCATION).sum()) == 574
    report = disagreement(placed, areas.codes)
    # 95.97 % on the 33 months that the provenance was measured on; these are the first 27 of them.
    assert report.agree / report.both == pytest.approx(0.9597, abs=0.001)
