"""Facts and display shapes of areas: size, a point inside, bounds, and a light GeoJSON for the map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.crs import BRITISH_GRID, WGS84, is_geographic, transform
from harmscape.places.features import shapes_array

EQUAL_AREA_WORLD = 6933
GREAT_BRITAIN = (-10.0, 49.0, 3.0, 62.0)
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """Measures per area.

    area_m2: float64[n], square metres. lon, lat: float64[n], degrees, a point inside.
    bounds: float64[n, 4]: west, south, east, north in degrees.
    """

    area_m2: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    bounds: NDArray[np.float64]


def area_facts(wkb: Sequence[bytes], epsg: int) -> AreaFacts:
    """Measure areas given as WKB in the system `epsg`.

    Sizes are taken on the National Grid (within 0.2 % of the ground), or on a world equal-area projection if
    any area lies elsewhere.

    >>> square_km = shapely.to_wkb(shapely.box(423000, 564000, 424000, 565000))
    >>> area_facts([square_km], 27700).area_m2.tolist()
    [1000000.0]
    """
    shapes = _decoded(wkb)
    lonlat = reproject(shapes, source=epsg, target=WGS84)
    bounds = shapely.bounds(lonlat)
    is_british = bool(
        (bounds[:, :2] >= GREAT_BRITAIN[:2]).all() and (bounds[:, 2:] <= GREAT_BRITAIN[2:]).all()
    )
    measured = reproject(shapes, source=epsg, target=BRITISH_GRID if is_british else EQUAL_AREA_WORLD)
    inside = shapely.point_on_surface(lonlat)
    return AreaFacts(shapely.area(measured), shapely.get_x(inside), shapely.get_y(inside), bounds)


def simplified(wkb: Sequence[bytes], epsg: int, *, tolerance_m: float) -> NDArray[Any]:
    """Lighter shapes (object[n]) in the same system, corners moved by about `tolerance_m` metres at most.

    Neighbours keep a common border where the areas form a clean coverage; where they overlap or gape, each
    area is simplified by itself. No area vanishes.
    """
    shapes = _decoded(wkb)
    return _simplified(shapes, epsg, tolerance_m, is_coverage=bool(shapely.coverage_is_valid(shapes)))


def to_geojson(
    codes: Sequence[str],
    names: Sequence[str],
    wkb: Sequence[bytes],
    epsg: int,
    *,
    tolerance_m: float = 0.0,
    precision: int = 5,
) -> str:
    """A GeoJSON FeatureCollection for the map, in degrees: `id`, and properties `area_id` and `name`.

    precision: decimals kept; 5 is about a metre. Simplified first where tolerance_m > 0. The member `outline`
    is the geometry of all areas together.
    """
    shapes = _decoded(wkb)
    is_coverage = bool(shapely.coverage_is_valid(shapes))
    if tolerance_m > 0:
        shapes = _simplified(shapes, epsg, tolerance_m, is_coverage=is_coverage)
    lonlat = reproject(shapes, source=epsg, target=WGS84)
    # A coverage stays one when simplified; rounding may break it, so the union comes first.
    union = (
        shapely.coverage_union_all(lonlat) if is_coverage else shapely.union_all(shapely.make_valid(lonlat))
    )
    return shapes_geojson(codes, names, lonlat, union if len(lonlat) else None, precision=precision)


def shapes_geojson(
    codes: Sequence[str],
    names: Sequence[str],
    lonlat: NDArray[Any],
    outline: shapely.Geometry | None,
    *,
    precision: int = 5,
) -> str:
    """A GeoJSON FeatureCollection of shapes in degrees, object[n], with the outline of all of them.

    >>> shapes_geojson(["A"], ["Ash"], np.array([shapely.box(0, 0, 1, 1)]), None)[44:123]
    'features":[{"type":"Feature","id":"A","properties":{"area_id":"A","name":"Ash"}'
    """
    # GEOS writes each number exactly as it is held, so rounded ones come out short.
    geometry = shapely.to_geojson(_rounded(lonlat, precision))
    features = [
        f'{{"type":"Feature","id":{json.dumps(code)},'
        f'"properties":{{"area_id":{json.dumps(code)},"name":{json.dumps(name)}}},"geometry":{shape}}}'
        for code, name, shape in zip(codes, names, geometry.tolist(), strict=True)
    ]
    whole = "null" if outline is None else shapely.to_geojson(_rounded(outline, precision))
    return f'{{"type":"FeatureCollection","outline":{whole},"features":[' + ",".join(features) + "]}"


def boxes_geojson(codes: Sequence[str], names: Sequence[str], boxes: NDArray[np.float64]) -> str:
    """A GeoJSON FeatureCollection of areas by their boxes alone, for land with too many to send whole.

    boxes: float64[n, 4], west, south, east and north in degrees; the features have no geometry.

    >>> boxes_geojson(["A"], ["Ash"], np.array([[-1.0, 54.0, -0.5, 54.25]]))[58:]
    '"id":"A","properties":{"area_id":"A","name":"Ash"},"bbox":[-1.0,54.0,-0.5,54.25],"geometry":null}]}'
    """
    features = [
        f'{{"type":"Feature","id":{json.dumps(code)},'
        f'"properties":{{"area_id":{json.dumps(code)},"name":{json.dumps(name)}}},'
        f'"bbox":[{west},{south},{east},{north}],"geometry":null}}'
        for code, name, (west, south, east, north) in zip(codes, names, boxes.tolist(), strict=True)
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"


def reproject(shapes: NDArray[Any], *, source: int, target: int) -> NDArray[Any]:
    """Shapes (object[n]) in another system; see `crs.transform`."""
    if source == target:
        return shapes

    def points(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform(xy[:, 0], xy[:, 1], source=source, target=target))

    return np.asarray(shapely.transform(shapes, points))


def _rounded(shapes: Any, precision: int) -> Any:
    return shapely.transform(shapes, lambda points: np.round(points, precision))


def _simplified(shapes: NDArray[Any], epsg: int, tolerance_m: float, *, is_coverage: bool) -> NDArray[Any]:
    # Shapes in degrees are stretched to metres first: a degree of longitude is shorter than one of latitude.
    middle = np.mean(shapely.bounds(shapes)[:, [1, 3]]) if is_geographic(epsg) and shapes.size else 0.0
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(middle)), METRES_PER_DEGREE])
    if not is_geographic(epsg):
        scale = np.ones(2)
    metres = shapely.transform(shapes, lambda points: points * scale)
    if is_coverage:
        # The tolerance of a coverage is the root of the triangle area given up at a corner.
        lighter = shapely.coverage_simplify(metres, tolerance_m)
    else:
        lighter = shapely.simplify(metres, tolerance_m, preserve_topology=True)
    return np.asarray(shapely.transform(lighter, lambda points: points / scale))


def _decoded(wkb: Sequence[bytes]) -> NDArray[Any]:
    return np.asarray(shapely.from_wkb(shapes_array(wkb)))
