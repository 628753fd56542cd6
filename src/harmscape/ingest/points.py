"""Coordinates as numbers, or the reason they cannot be used."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.text import is_empty

DEGREE_BOX = (-9.0, 49.8, 2.1, 61.0)
"""Longitude and latitude of the United Kingdom: west, south, east, north."""
GRID_BOX = (0.0, 0.0, 700_000.0, 1_300_000.0)
"""The British National Grid in metres."""
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Points(NamedTuple):
    """x and y per row, NaN where there is none; rows without a location; and the rows each fault hits, first
    fault first."""

    x: Floats
    y: Floats
    nowhere: Mask
    faults: dict[str, Mask]


def read_points(x_text: pa.Array, y_text: pa.Array, *, epsg: int) -> Points:
    """Judge trimmed coordinate texts in degrees (4326) or metres on the national grid (27700).

    >>> west_east, south_north = pa.array(["-1.61", "54.97", "", "0"]), pa.array(["54.97", "-1.61", "", "0"])
    >>> points = read_points(west_east, south_north, epsg=4326)
    >>> {reason: hit.tolist() for reason, hit in points.faults.items() if hit.any()}
    {'coord_zero': [False, False, False, True], 'coord_swapped': [False, True, False, False]}
    """
    no_x, no_y = is_empty(x_text), is_empty(y_text)
    x, y = _numbers(x_text), _numbers(y_text)
    given = ~no_x & ~no_y
    number = np.isfinite(x) & np.isfinite(y)
    judged = given & number
    box = DEGREE_BOX if epsg == 4326 else GRID_BOX
    zero = judged & (x == 0) & (y == 0)
    other = _other_system(x, y, epsg) & judged & ~zero
    inside = _inside(x, y, box)
    swapped = judged & ~inside & _inside(y, x, box)
    faults = {
        "coord_partial": no_x ^ no_y,
        "coord_not_number": given & ~number,
        "coord_zero": zero,
        "coord_swapped": swapped & ~zero & ~other,
        "coord_crs": other,
        "coord_outside": judged & ~inside & ~swapped & ~zero & ~other,
    }
    return Points(x, y, no_x & no_y, faults)


def _inside(x: Floats, y: Floats, box: tuple[float, float, float, float]) -> Mask:
    inside: Mask = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    return inside


def _other_system(x: Floats, y: Floats, epsg: int) -> Mask:
    """Metres in degree columns, or degrees in metre columns. The latter lie in the grid's box, so this is
    asked before the box."""
    if epsg == 4326:
        return (x > 1000) & (y > 1000) & _inside(x, y, GRID_BOX)
    other: Mask = (np.abs(x) <= 180) & (np.abs(y) <= 180)
    return other


def _numbers(text: pa.Array) -> Floats:
    """Plain decimal or exponent numbers; anything else, and what overflows, is not finite."""
    distinct = text.dictionary_encode()
    plain = pc.match_substring_regex(distinct.dictionary, NUMBER)
    values = pc.cast(pc.if_else(plain, distinct.dictionary, None), pa.float64())
    numbers: Floats = values.to_numpy(zero_copy_only=False).astype(np.float64)
    given: Floats = numbers[distinct.indices.to_numpy()]
    return given
