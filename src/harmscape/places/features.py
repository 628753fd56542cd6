"""What every boundary reader hands on: fields, shapes, and what was wrong while reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmscape.model.errors import FileRefusedError

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a boundary file may cost. Sizes in bytes, counts in features, fields and corner points."""

    file_bytes: int = 256 * MEBIBYTE
    unpacked_bytes: int = 256 * MEBIBYTE
    unpacked_ratio: int = 100
    xml_bytes: int = 64 * MEBIBYTE
    features: int = 500_000
    fields: int = 500
    corners: int = 20_000_000
    corners_of_one: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one feature cannot be used: a reason class and a sentence without any value of the feature."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one layer, as read.

    fields: a list of values per field name, one value per feature, None where missing.
    shapes: object[n] of shapely geometries, None where there is none or a fault was found.
    epsg: the reference system the file states, or None; then `no_epsg` says what is missing.
    """

    fields: dict[str, list[Any]]
    shapes: NDArray[Any]
    faults: dict[int, Fault]
    epsg: int | None
    no_epsg: str = "the file names no reference system"


def fields_of(rows: Sequence[dict[str, Any]], limits: Limits) -> dict[str, list[Any]]:
    """Turn one dictionary per feature into one list per field; raises FileRefusedError for too many fields.

    >>> fields_of([{"code": "A"}, {"code": "B", "name": "Moor"}], Limits())
    {'code': ['A', 'B'], 'name': [None, 'Moor']}
    """
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
        if len(names) > limits.fields:
            raise FileRefusedError(
                "file_malformed", f"more than {limits.fields} different fields in one layer"
            )
    return {name: [row.get(name) for row in rows] for name in names}


def refuse_too_many(count: int, limits: Limits) -> None:
    """Raise FileRefusedError if a layer has more features than allowed."""
    if count > limits.features:
        raise FileRefusedError("file_too_large", f"{count:,} features; at most {limits.features:,} are read")


def shapes_array(shapes: Sequence[Any]) -> NDArray[Any]:
    """A sequence of shapely geometries or None as object[n]."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
