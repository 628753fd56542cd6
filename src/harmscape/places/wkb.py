"""Shapes from well-known binary, with a fault for each that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.features import Fault, shapes_array


def shapes_from_wkb(blobs: Sequence[bytes | None]) -> tuple[NDArray[Any], dict[int, Fault]]:
    """Shapely geometries of WKB values, None where there is none; and the faults by position.

    >>> shapes, faults = shapes_from_wkb([shapely.to_wkb(shapely.box(0, 0, 1, 1)), None, b"?"])
    >>> shapes[0].area, [(at, fault.reason) for at, fault in faults.items()]
    (1.0, [(1, 'geometry_empty'), (2, 'geometry_invalid')])
    """
    values = shapes_array(blobs)
    shapes = shapely.from_wkb(values, on_invalid="ignore")
    faults = {}
    for index in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if blobs[index] is None:
            faults[index] = Fault("geometry_empty", "the feature has no shape")
        else:
            faults[index] = Fault(
                "geometry_invalid", "the shape cannot be read, e.g. a ring of fewer than 4 positions"
            )
    return shapes, faults
