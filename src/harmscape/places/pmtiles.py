"""A basemap in one local file: the PMTiles archive, read tile by tile.

Source: PMTiles specification, version 3 (github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
"""

from __future__ import annotations

import json
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path

from harmscape.model.errors import HarmscapeError

HEADER = struct.Struct("<7sB11Q6B4iB2i")
"""The head of an archive: magic, version, where its parts lie, how they are packed, zooms, bounds, centre."""
_MAGIC, _VERSION = b"PMTiles", 3
_PLAIN, _GZIP = 1, 2
_KINDS = {1: "vector", 2: "png", 3: "jpeg", 4: "webp", 5: "avif"}
_MEDIA = {"vector": "application/vnd.mapbox-vector-tile"}
_MOST_BYTES = 16 << 20
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a directory: a run of tiles with one content, or (run 0) where a further directory lies."""

    tile: int
    offset: int
    length: int
    run: int


@dataclass(frozen=True)
class Basemap:
    """An archive, opened. kind: vector, or how its pictures are packed. bounds: west, south, east, north.

    layers: the names of its layers, where it is vector.
    """

    path: Path
    kind: str
    least_zoom: int
    most_zoom: int
    bounds: tuple[float, float, float, float]
    layers: tuple[str, ...]
    root: tuple[_Entry, ...]
    leaves_at: int
    tiles_at: int
    packed: int
    tiles_packed: int

    @property
    def media(self) -> str:
        """The media type of a tile."""
        return _MEDIA.get(self.kind, f"image/{self.kind}")

    @property
    def facts(self) -> dict[str, object]:
        """What a map has to know to draw it."""
        return {
            "kind": "vector" if self.kind == "vector" else "raster",
            "zooms": [self.least_zoom, self.most_zoom],
            "bounds": self.bounds,
            "layers": self.layers,
        }

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The content of a tile, unpacked; None where the archive has none.

        Raises HarmscapeError where the archive is damaged.
        """
        across = 1 << min(max(z, 0), 30)
        if not (self.least_zoom <= z <= self.most_zoom and 0 <= x < across and 0 <= y < across):
            return None
        wanted, entries = tile_number(z, x, y), self.root
        for _ in range(_DEEPEST):
            place = bisect_right(entries, wanted, key=lambda entry: entry.tile)
            found = entries[place - 1] if place else None
            if found is None or (found.run and wanted >= found.tile + found.run):
                return None
            if found.run:
                held = _read(self.path, self.tiles_at + found.offset, found.length)
                return _unpacked(held, self.tiles_packed, self.path)
            leaf = _read(self.path, self.leaves_at + found.offset, found.length)
            entries = _directory(_unpacked(leaf, self.packed, self.path), self.path)
        raise _damaged(self.path, "its directories lie in one another without end")


def open_basemap(path: Path) -> Basemap:
    """Open an archive.

    Raises HarmscapeError where it is missing, no PMTiles of version 3, or packed otherwise than by gzip.
    """
    try:
        head = HEADER.unpack(_read(path, 0, HEADER.size))
    except OSError:
        raise HarmscapeError(f"the basemap {path.name} is not there or cannot be read") from None
    magic, version = head[:2]
    if magic != _MAGIC or version != _VERSION:
        raise HarmscapeError(f"the basemap {path.name} is no PMTiles archive of version {_VERSION}")
    root_at, root_long, about_at, about_long, leaves_at, _, tiles_at = head[2:9]
    packed, tiles_packed, kind, least, most = head[14:19]
    if packed not in (_PLAIN, _GZIP) or tiles_packed not in (0, _PLAIN, _GZIP) or kind not in _KINDS:
        raise HarmscapeError(
            f"the basemap {path.name} is packed otherwise than by gzip, or holds no known tiles"
        )
    layers = _layers(_unpacked(_read(path, about_at, about_long), packed, path))
    west, south, east, north = (each / 1e7 for each in head[19:23])
    return Basemap(
        path=path,
        kind=_KINDS[kind],
        least_zoom=least,
        most_zoom=most,
        bounds=(west, south, east, north),
        layers=tuple(layers),
        root=_directory(_unpacked(_read(path, root_at, root_long), packed, path), path),
        leaves_at=leaves_at,
        tiles_at=tiles_at,
        packed=packed,
        tiles_packed=tiles_packed,
    )


def tile_number(z: int, x: int, y: int) -> int:
    """The number of a tile: all of lower zooms before it, then its place on the Hilbert curve.

    Source: the table of the specification, section 4.1.

    >>> [tile_number(*each) for each in ((0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0))]
    [0, 1, 2, 3, 4, 5]
    >>> tile_number(12, 3423, 1763)
    19078479
    """
    number = ((1 << 2 * z) - 1) // 3
    for bit in range(z - 1, -1, -1):
        side = 1 << bit
        right, down = x >> bit & 1, y >> bit & 1
        number += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = ~x, ~y
            x, y = y, x
    return number


def _directory(data: bytes, path: Path) -> tuple[_Entry, ...]:
    numbers = _varints(data, path)
    try:
        count = next(numbers)
        if count > len(data):
            raise _damaged(path, "a directory is longer than what holds it")
        steps, runs, lengths, offsets = ([next(numbers) for _ in range(count)] for _ in range(4))
    except (StopIteration, RuntimeError):
        raise _damaged(path, "a directory ends too early") from None
    entries, tile, after = list[_Entry](), 0, 0
    for step, run, length, offset in zip(steps, runs, lengths, offsets, strict=True):
        tile += step
        start = offset - 1 if offset else after
        after = start + length
        entries.append(_Entry(tile, start, length, run))
    return tuple(entries)


def _varints(data: bytes, path: Path) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield value
            value = shift = 0
        elif shift > 63:
            raise _damaged(path, "a number is too long")


def _read(path: Path, offset: int, length: int) -> bytes:
    if length > _MOST_BYTES:
        raise _damaged(path, "a part of it is larger than any tile or directory")
    with path.open("rb") as file:
        if offset > file.seek(0, SEEK_END):
            raise _damaged(path, "a part of it lies beyond its end")
        file.seek(offset)
        held = file.read(length)
    if len(held) < length:
        raise _damaged(path, "it ends too early")
    return held


def _unpacked(data: bytes, packed: int, path: Path) -> bytes:
    if packed != _GZIP:
        return data
    try:
        unpacker = zlib.decompressobj(31)
        held = unpacker.decompress(data, _MOST_BYTES)
    except zlib.error:
        raise _damaged(path, "a part of it cannot be unpacked") from None
    if unpacker.unconsumed_tail:
        raise _damaged(path, "a part of it unpacks to more than any tile or directory")
    return held


def _layers(data: bytes) -> list[str]:
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return []
    layers = found.get("vector_layers", []) if isinstance(found, dict) else []
    return [str(each["id"]) for each in layers if isinstance(each, dict) and "id" in each]


def _damaged(path: Path, how: str) -> HarmscapeError:
    return HarmscapeError(f"the basemap {path.name} is damaged: {how}")
