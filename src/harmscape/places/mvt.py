"""Shapes as the bytes of a vector tile: the Mapbox Vector Tile format 2.1, shapes and numbers only.

Source: Mapbox Vector Tile Specification 2.1, sections 4.1 to 4.3 (github.com/mapbox/vector-tile-spec).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

EXTENT = 4096
"""Units along the side of a tile."""
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POLYGON = 3


def layer(name: str, numbers: NDArray[np.int64], shapes: NDArray[Any], *, grid: int = 1) -> bytes:
    """One layer of a tile: polygons in units of the tile, x to the east and y to the south, with numbers.

    shapes: object[n], Polygon or MultiPolygon, outer rings clockwise to the eye. grid: corners are moved to
    multiples of so many units, neighbours' alike, and corners that fall together become one; an area that
    is smaller than that is left out.

    >>> square = shapely.box(0, 0, 10, 10, ccw=True)  # y goes down: clockwise to the eye
    >>> layer("areas", np.array([1]), np.array([square])).hex(" ")[:41]
    '1a 1f 78 02 0a 05 61 72 65 61 73 28 80 20'
    """
    owner, first, size, corners = _rings(shapes, grid)
    values, starts = _commands(owner, first, size, corners)
    packed, lengths = _varints(values)
    # Bytes up to each value, and so up to the first value of each feature.
    upto = np.concatenate([[0], np.cumsum(lengths)])
    held = owner[starts[0]] if len(owner) else np.empty(0, dtype=np.int64)
    bounds = upto[np.append(starts[1], len(values))] if len(owner) else np.zeros(1, dtype=np.int64)
    features = bytearray()
    data = packed.tobytes()
    for at, number in enumerate(numbers[held].tolist()):
        geometry = data[bounds[at] : bounds[at + 1]]
        body = b"\x08" + _varint(number) + bytes((0x18, _POLYGON)) + _field(4, geometry)
        features += _field(2, body)
    inside = b"\x78\x02" + _field(1, name.encode()) + b"\x28" + _varint(EXTENT) + bytes(features)
    return _field(3, inside)


def _rings(
    shapes: NDArray[Any], grid: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rings of all shapes, on the grid: whose each is, where its corners start, how many, the corners."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    raw, of_corner = shapely.get_coordinates(rings, return_index=True)
    corners = np.rint(raw / grid).astype(np.int64) * grid
    if not len(corners):
        return (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), corners)
    # A corner that lies where the one before it in its ring lies is dropped, and the closing one with it.
    new = np.ones(len(corners), dtype=bool)
    new[1:] = (of_corner[1:] != of_corner[:-1]) | (corners[1:] != corners[:-1]).any(axis=1)
    corners, of_corner = corners[new], of_corner[new]
    last = np.append(of_corner[1:] != of_corner[:-1], True)
    first_of = np.flatnonzero(np.append(True, of_corner[1:] != of_corner[:-1]))
    opening = np.repeat(corners[first_of], np.diff(np.append(first_of, len(corners))), axis=0)
    closing = last & (corners == opening).all(axis=1)
    corners, of_corner = corners[~closing], of_corner[~closing]
    kept, first, size = np.unique(of_corner, return_index=True, return_counts=True)
    area = _twice_area(corners, first, size)
    solid = (size >= 3) & (area != 0)
    keep = np.repeat(solid, size)
    owner = of_part[of_ring[kept[solid]]]
    size = size[solid]
    return owner, np.cumsum(size) - size, size, corners[keep]


def _twice_area(
    corners: NDArray[np.int64], first: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Twice the area of each ring with its sign."""
    if not len(size):
        return np.empty(0, dtype=np.int64)
    following = np.arange(len(corners)) + 1
    following[first + size - 1] = first
    cross = corners[:, 0] * corners[following, 1] - corners[following, 0] * corners[:, 1]
    return np.asarray(np.add.reduceat(cross, first))


def _commands(
    owner: NDArray[np.int64], first: NDArray[np.int64], size: NDArray[np.int64], corners: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The numbers of the drawing commands, and for each feature its first ring and its first number.

    A ring is: move, its first corner, line, the others, close. Every corner is told as a step from the one
    before it in its feature, the first from 0, 0.
    """
    if not len(size):
        return np.empty(0, np.uint32), (np.empty(0, np.int64), np.empty(0, np.int64))
    opens = np.append(True, owner[1:] != owner[:-1])
    step = corners.copy()
    step[1:] -= corners[:-1]
    step[first[opens]] = corners[first[opens]]
    zigzag = ((step << 1) ^ (step >> 63)).astype(np.uint32)
    room = 2 * size + 3
    starts = np.cumsum(room) - room
    values = np.empty(int(room.sum()), dtype=np.uint32)
    values[starts] = _MOVE | 1 << 3
    values[starts + 3] = _LINE | ((size - 1) << 3).astype(np.uint32)
    values[starts + room - 1] = _CLOSE | 1 << 3
    # A corner stands behind one command, or behind two from the second corner of its ring on.
    of_ring = np.repeat(np.arange(len(size)), size)
    within = np.arange(len(corners)) - first[of_ring]
    at = starts[of_ring] + 1 + 2 * within + (within > 0)
    values[at], values[at + 1] = zigzag[:, 0], zigzag[:, 1]
    return values, (np.flatnonzero(opens), starts[opens])


def _varints(values: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Numbers as protobuf varints one after the other, and how many bytes each takes."""
    lengths = np.ones(len(values), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        lengths += values >= (1 << bits)
    starts = np.cumsum(lengths) - lengths
    packed = np.zeros(int(lengths.sum()), dtype=np.uint8)
    for byte in range(5):
        held = lengths > byte
        more = np.where(lengths[held] > byte + 1, 0x80, 0).astype(np.uint8)
        packed[starts[held] + byte] = ((values[held] >> (7 * byte)) & 0x7F).astype(np.uint8) | more
    return packed, lengths


def _field(number: int, data: bytes) -> bytes:
    return bytes((number << 3 | 2,)) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
