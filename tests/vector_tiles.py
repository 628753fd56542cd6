"""Vector tiles read plainly, archives of tiles written plainly: twins of what the program does."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Ring = list[tuple[int, int]]


def layers(tile: bytes) -> dict[str, dict[int, list[Ring]]]:
    """The rings of each feature by layer and number, corner by corner as the specification tells it."""
    found: dict[str, dict[int, list[Ring]]] = {}
    for number, layer in _fields(tile):
        assert number == 3
        parts = list(_fields(layer))
        (name,) = (value for key, value in parts if key == 1)
        features = found.setdefault(name.decode(), {})
        for _, feature in (part for part in parts if part[0] == 2):
            held = dict(_fields(feature))
            assert held[3] == 3
            features[held[1]] = _rings(held[4])
    return found


def _rings(data: bytes) -> list[Ring]:
    numbers, rings, x, y = list(_varints(data)), list[Ring](), 0, 0
    at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            continue
        if command == 1:
            rings.append([])
        for _ in range(count):
            x += _signed(numbers[at])
            y += _signed(numbers[at + 1])
            rings[-1].append((x, y))
            at += 2
    return rings


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def archive(
    path: Path, tiles: Mapping[int, bytes], *, kind: int, zooms: tuple[int, int], leafed: bool = False
) -> None:
    """A PMTiles archive of version 3 with some tiles by their numbers, packed by gzip.

    leafed: the root names two further directories, as in an archive of many tiles.
    """
    packed = {number: gzip.compress(tile) for number, tile in sorted(tiles.items())}
    lines, data = list[tuple[int, int, int, int]](), b""
    for number, tile in packed.items():
        lines.append((number, 1, len(tile), len(data)))
        data += tile
    leaves, root = b"", _directory(lines)
    if leafed:
        half = len(lines) // 2
        first, second = _directory(lines[:half]), _directory(lines[half:])
        leaves = first + second
        root = _directory([(lines[0][0], 0, len(first), 0), (lines[half][0], 0, len(second), len(first))])
    names = ["water", "roads"] if kind == 1 else []
    about = gzip.compress(json.dumps({"vector_layers": [{"id": name} for name in names]}).encode())
    root_at = 127
    about_at = root_at + len(root)
    leaves_at = about_at + len(about)
    tiles_at = leaves_at + len(leaves)
    head = struct.pack(
        "<7sB11Q6B4iB2i", b"PMTiles", 3, root_at, len(root), about_at, len(about), leaves_at, len(leaves),
        tiles_at, len(data), len(tiles), len(tiles), len(tiles), 1, 2, 2, kind, *zooms,
        -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0,
    )  # fmt: skip
    path.write_bytes(head + root + about + leaves + data)


def _directory(lines: list[tuple[int, int, int, int]]) -> bytes:
    numbers = [line[0] for line in lines]
    steps = [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]
    values = [len(lines), *steps, *(line[1] for line in lines), *(line[2] for line in lines),
              *(line[3] + 1 for line in lines)]  # fmt: skip
    return gzip.compress(b"".join(map(_written, values)))


def _written(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
