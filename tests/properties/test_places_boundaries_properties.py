"""Mutated boundary files: refused or read feature by feature; never a crash, nothing stored broken."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from harmscape.model.errors import FileRefusedError
from harmscape.places.boundaries import read_boundaries

numbers = st.one_of(
    st.floats(-2, -1),
    st.floats(54, 56),
    st.integers(-(10**6), 10**6),
    st.sampled_from([None, "1", True, 1e308, -1e308, 10**400, [], {}]),
)
positions = st.lists(numbers, max_size=4)
rings = st.lists(st.one_of(positions, st.just([-1.6, 55.0])), max_size=7)
anything = st.recursive(
    st.one_of(numbers, st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
kinds = st.sampled_from(["Polygon", "MultiPolygon", "LineString", "GeometryCollection", None, 7])
coordinates = st.one_of(
    st.lists(rings, max_size=3), st.lists(st.lists(rings, max_size=2), max_size=2), anything
)
geometries = st.one_of(st.fixed_dictionaries({"type": kinds, "coordinates": coordinates}), anything)
properties = st.one_of(st.fixed_dictionaries({"code": anything, "name": anything}), anything)
features = st.fixed_dictionaries({"properties": properties, "geometry": geometries})

SQUARE = [[-1.6, 55.0], [-1.5, 55.0], [-1.5, 55.1], [-1.6, 55.1], [-1.6, 55.0]]
SOUND = {
    "properties": {"code": "SOUND", "name": "x"},
    "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
}


def check(document: Any) -> None:
    """A document with one sound feature at its end: it is kept, and the others are sound or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "areas.geojson"
        path.write_text(json.dumps(document))
        found = read_boundaries(path, code="code")
    assert found.records == len(document["features"]) == found.accepted + len(found.rejects)
    assert "SOUND" in found.codes
    assert list(found.codes) == sorted(set(found.codes))
    shapes = found.polygons()
    assert shapely.is_valid(shapes).all()
    assert (shapely.area(shapes) > 0).all()
    assert set(shapely.get_type_id(shapes).tolist()) <= {3, 6}


@seed(1)
@settings(max_examples=100, deadline=None)
@given(st.lists(features, max_size=4))
def test_one_bad_feature_never_sinks_the_rest(some: list[Any]) -> None:
    check({"type": "FeatureCollection", "features": [*some, SOUND]})


@pytest.mark.soak
@seed(2)
@settings(max_examples=2_000, deadline=None)
@given(st.lists(features, max_size=4))
def test_thousands_of_mutated_features(some: list[Any]) -> None:
    check({"type": "FeatureCollection", "features": [*some, SOUND]})


@seed(3)
@settings(max_examples=100, deadline=None)
@given(anything)
def test_any_json_is_read_or_refused(document: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "areas.json"
        path.write_text(json.dumps(document))
        with pytest.raises(FileRefusedError):
            read_boundaries(path)


@seed(4)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_of_a_geopackage_like_file_never_crash(data: st.DataObject) -> None:
    head = bytearray(b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(3000))
    for _ in range(data.draw(st.integers(0, 20))):
        head[data.draw(st.integers(72, len(head) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "areas.gpkg"
        path.write_bytes(head)
        with pytest.raises(FileRefusedError) as caught:
            read_boundaries(path)
    assert caught.value.reason in ("file_malformed", "file_type_mismatch")
