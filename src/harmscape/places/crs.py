"""Coordinates between reference systems, and the boxes that British data lies in. Never asks the network."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # public, but not in its __all__

from harmscape.model.errors import FileRefusedError

Box = tuple[float, float, float, float]

WGS84 = 4326
BRITISH_GRID = 27700
UK_BOX_LONLAT: Box = (-9.0, 49.8, 2.1, 61.0)
"""West, south, east, north in degrees: the United Kingdom, from the ingest rules."""
GRID_BOX: Box = (0.0, 0.0, 700_000.0, 1_300_000.0)
"""The British National Grid in metres, from the ingest rules."""

_EPSG_NAME = re.compile(
    r"^(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})$|/EPSG/[\d.]+/(\d{4,6})$", re.IGNORECASE
)
_CRS84_NAME = re.compile(r"(?:^|[:/])CRS84$", re.IGNORECASE)


def transform(
    x: NDArray[np.float64], y: NDArray[np.float64], *, source: int, target: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates (float64[n], easting or longitude first) in another system, named by EPSG codes.

    NaN stays NaN, and what cannot be transformed becomes NaN. Without Ordnance Survey's shift grid, which is
    not shipped, longitude and latitude against the National Grid are good to about 2 m.

    >>> x, y = transform(np.array([-1.6131]), np.array([54.9738]), source=4326, target=27700)
    >>> round(float(x[0]), -1), round(float(y[0]), -1)
    (424860.0, 564420.0)
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if source == target:
        return x, y
    new_x, new_y = _transformer(source, target).transform(x, y)
    is_lost = ~(np.isfinite(new_x) & np.isfinite(new_y))
    return np.where(is_lost, np.nan, new_x), np.where(is_lost, np.nan, new_y)


def is_geographic(epsg: int) -> bool:
    """Whether a system counts in degrees."""
    return bool(_system(epsg).is_geographic)


def named_epsg(name: str) -> int | None:
    """The EPSG code behind a system's name or WKT, or None if there is none to be sure of.

    >>> named_epsg("urn:ogc:def:crs:OGC:1.3:CRS84"), named_epsg("EPSG:27700"), named_epsg("our own grid")
    (4326, 27700, None)
    """
    if _CRS84_NAME.search(name.strip()):
        return WGS84
    if found := _EPSG_NAME.search(name.strip()):
        return _known(int(found.group(1) or found.group(2)))
    try:
        system = pyproj.CRS.from_user_input(name)
    except CRSError:
        return None
    if system.to_authority() == ("OGC", "CRS84"):
        return WGS84
    # A Shapefile's .prj spells names its own way; 25 is the confidence PROJ gives such an exact match by
    # content.
    return system.to_epsg(min_confidence=25)


def declared_epsg(crs: str | int | None) -> int | None:
    """The EPSG code a person declared, or None if nothing was declared.

    Raises FileRefusedError (crs_unknown) for a name that means nothing.

    >>> declared_epsg("EPSG:27700"), declared_epsg(4326), declared_epsg(None)
    (27700, 4326, None)
    """
    if crs is None:
        return None
    epsg = _known(crs) if isinstance(crs, int) else named_epsg(crs)
    if epsg is None:
        raise FileRefusedError(
            "crs_unknown", f"the declared system {crs!r} is unknown; write e.g. EPSG:27700"
        )
    return epsg


def _known(epsg: int) -> int | None:
    try:
        _system(epsg)
    except CRSError:
        return None
    return epsg


@lru_cache(maxsize=32)
def _system(epsg: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(epsg)


@lru_cache(maxsize=32)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    set_network_enabled(active=False)
    return pyproj.Transformer.from_crs(_system(source), _system(target), always_xy=True)
