"""Which shapes can serve as areas: polygons, in their place on earth, valid or mended without harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.crs import BRITISH_GRID, GRID_BOX, WGS84, Box, is_geographic, transform
from harmscape.places.features import Fault, Limits

REPAIRED = "repaired"
THIRD_VALUE_DROPPED = "third_value_dropped"
MOST_AREA_MENDED = 0.01
"""A mend may change an area by a hundredth; more, as for a bow tie, would be a guess at another shape."""

WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """Shapes fit for use (object[n], None where refused), faults by position, flags by position."""

    shapes: NDArray[Any]
    faults: dict[int, Fault]
    flags: dict[int, tuple[str, ...]]


def judge(
    shapes: NDArray[Any], faults: dict[int, Fault], *, epsg: int, box: Box | None, limits: Limits
) -> Judged:
    """Judge shapes (object[n] in the system `epsg`), in the order: empty, kind, size, place, validity.

    faults: those already found while reading; each feature keeps its first. box: where areas must lie, as
    west, south, east, north in degrees; None for anywhere on earth.
    """
    found = dict(faults)
    shapes = shapes.copy()

    def refuse(is_at_fault: NDArray[np.bool_], fault: Callable[[int], Fault]) -> None:
        for index in np.flatnonzero(is_at_fault & ~shapely.is_missing(shapes)).tolist():
            found.setdefault(index, fault(index))
        shapes[list(found)] = None

    refuse(shapely.is_empty(shapes), lambda _: Fault("geometry_empty", "the shape has no positions"))
    refuse(
        ~_is_polygonal(shapes),
        lambda at: Fault("geometry_type", f"the shape is a {shapes[at].geom_type}, not a polygon"),
    )
    corners = shapely.get_num_coordinates(shapes)
    too_many = f"the shape has more than {limits.corners_of_one:,} corner points"
    refuse(corners > limits.corners_of_one, lambda _: Fault("geometry_too_large", too_many))
    has_third = shapely.has_z(shapes) | shapely.has_m(shapes)
    shapes[has_third] = shapely.force_2d(shapes[has_third])
    bounds = shapely.bounds(shapes)
    not_finite = ~np.isfinite(bounds).all(axis=1)
    refuse(not_finite, lambda _: Fault("geometry_invalid", "a coordinate is not finite"))
    misplaced = _misplaced(bounds, epsg, box)
    refuse(
        np.array([fault is not None for fault in misplaced], dtype=bool),
        lambda at: misplaced[at] or Fault("", ""),
    )
    why_invalid = _mend(shapes)
    is_invalid = np.zeros(len(shapes), dtype=bool)
    is_invalid[[at for at, why in why_invalid.items() if why]] = True
    refuse(is_invalid, lambda at: Fault("geometry_invalid", why_invalid[at]))
    flags = {
        at: (THIRD_VALUE_DROPPED,) * bool(has_third[at]) + (REPAIRED,) * (at in why_invalid)
        for at in {*np.flatnonzero(has_third).tolist(), *why_invalid} - found.keys()
    }
    return Judged(shapes, found, flags)


def _is_polygonal(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    return np.isin(shapely.get_type_id(shapes), [kind.value for kind in kinds])


def _misplaced(bounds: NDArray[np.float64], epsg: int, box: Box | None) -> list[Fault | None]:
    """The fault in the place of each shape, by its bounds (float64[n, 4], NaN where there is no shape)."""
    is_known = np.isfinite(bounds).all(axis=1)
    has_other_units = np.zeros(len(bounds), dtype=bool)
    home = box or WORLD
    swapped = bounds[:, [1, 0, 3, 2]]
    if is_geographic(epsg):
        has_other_units = np.asarray((np.abs(bounds) > 1000).all(axis=1) & _within(bounds, GRID_BOX))
    elif epsg == BRITISH_GRID:
        home = GRID_BOX
        has_other_units = np.asarray((np.abs(bounds) <= 180).all(axis=1))
    else:
        lonlat = [transform(bounds[:, at], bounds[:, at + 1], source=epsg, target=WGS84) for at in (0, 2)]
        bounds, swapped = np.column_stack([*lonlat[0], *lonlat[1]]), np.full_like(bounds, np.nan)
    faults = (
        Fault("coord_crs", f"the coordinates are not those of EPSG:{epsg}; declare the file's crs"),
        None,
        Fault("coord_swapped", "longitude and latitude, or easting and northing, are swapped"),
        Fault("coord_outside", "a corner lies outside the region that areas must lie in"),
    )
    which = np.asarray(
        np.select([has_other_units, _within(bounds, home), _within(swapped, home)], [0, 1, 2], default=3)
    )
    return [faults[case] if known else None for case, known in zip(which, np.asarray(is_known), strict=True)]


def _within(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = bounds.T
    return np.asarray((west >= box[0]) & (south >= box[1]) & (east <= box[2]) & (north <= box[3]))


def _mend(shapes: NDArray[Any]) -> dict[int, str]:
    """Mend invalid shapes in place; why each one that cannot be mended is invalid, "" for the mended ones."""
    outcome = {}
    for at in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)).tolist():
        mended = _mended(shapes[at])
        # GEOS ends its reason with the place, e.g. "Self-intersection[-1.6 55]"; messages carry no
        # coordinates.
        why = re.sub(r"\[.*", "", shapely.is_valid_reason(shapes[at])).lower()
        outcome[at] = f"{why}; a mend would change its area" if mended is None else ""
        shapes[at] = shapes[at] if mended is None else mended
    flat = np.flatnonzero(shapely.area(shapes) == 0).tolist()
    return dict.fromkeys(flat, "the shape has no area") | outcome


def _mended(shape: Any) -> Any:
    """A valid shape of nearly the area meant, or None."""
    nested_area = _area_of_nested_parts(shape)
    # A part inside another is a hole written down as a part, as happens in official files; even-odd lines
    # undo it.
    method = "linework" if nested_area else "structure"
    parts = shapely.get_parts(shapely.make_valid(shape, method=method, keep_collapsed=method == "linework"))
    polygons = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    mended = polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
    area_meant = shape.area - 2 * nested_area
    is_harmless = mended.is_valid and abs(mended.area - area_meant) <= MOST_AREA_MENDED * mended.area
    return mended if is_harmless and mended.area > 0 else None


def _area_of_nested_parts(shape: Any) -> float:
    """The area of parts that lie inside an odd number of other parts."""
    parts = shapely.get_parts(shape)
    if len(parts) < 2 or not shapely.is_valid(parts).all():
        return 0.0
    inner, outer = shapely.STRtree(parts).query(parts, predicate="within")
    depth = np.bincount(inner[inner != outer], minlength=len(parts))
    return float(shapely.area(parts[depth % 2 == 1]).sum())
