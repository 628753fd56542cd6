"""CSV without quotes read as a block of bytes: the fast twin of `csv_exact`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.ingest.block import Refused
from harmscape.ingest.text import CONTROL, FIELD_LIMIT

_COMMA, _LF, _CR, _TAB, _DEL = 44, 10, 13, 9, 127
_REASONS = ("encoding_undecodable", "nul_byte", "column_count", "control_char", "field_too_long")

Lines = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fast:
    """Records of a block: line numbers, verbatim texts, one text array per column, and the refused."""

    line: Lines
    raw: pa.Array
    columns: list[pa.Array]
    refused: list[Refused]
    beyond_ascii: int


def read_fast(data: bytes, line: int, width: int, skip: list[tuple[int, int]] | None = None) -> Fast:
    """Every record of `data`, which ends with a line break and starts on physical line `line`.

    No record may hold a quote, except in the byte ranges `skip` (whole lines), which are left out.

    >>> fast = read_fast(b"1,a\\n\\n2,c,d\\n", 2, 2)
    >>> fast.line.tolist(), fast.columns[1].to_pylist(), [(each.line, each.reason) for each in fast.refused]
    ([2], ['a'], [(4, 'column_count')])
    """
    grid = _Grid(data, skip or [])
    reasons, beyond_ascii = _reasons(grid, width)
    sound = grid.kept & (reasons < 0)
    refused = [
        Refused(line + at, None, _REASONS[reasons[at]], data[grid.starts[at] : grid.ends[at]])
        for at in np.flatnonzero(grid.kept & (reasons >= 0)).tolist()
    ]
    chosen = np.flatnonzero(sound)
    cells = _interleaved(data, grid.cell_starts, grid.cell_ends)
    first = 2 * (grid.last_cell[chosen] - grid.counts[chosen] + 1)
    columns = [cells.take(pa.array(first + 2 * column)) for column in range(width)]
    raw = _interleaved(data, grid.starts, grid.ends).take(pa.array(2 * chosen))
    return Fast(line + chosen, raw, columns, refused, beyond_ascii)


class _Grid:
    """Where lines and cells start and end in a block, line breaks and commas excluded."""

    def __init__(self, data: bytes, skip: list[tuple[int, int]]) -> None:
        self.data = data
        self.codes = codes = np.frombuffer(data, np.uint8)
        separators = np.flatnonzero((codes == _COMMA) | (codes == _LF))
        self.last_cell = np.flatnonzero(codes[separators] == _LF)
        self.counts = np.diff(self.last_cell, prepend=-1)
        self.breaks = separators[self.last_cell]
        self.starts = np.concatenate([[0], self.breaks[:-1] + 1])
        self.cell_starts = np.concatenate([[0], separators[:-1] + 1])
        self.ends = self.breaks
        self.cell_ends = separators
        if b"\r" in data:
            self.ends = self.breaks - ((codes[self.breaks - 1] == _CR) & (self.starts < self.breaks))
            self.cell_ends = separators.copy()
            self.cell_ends[self.last_cell] = self.ends
        self.kept = self.ends > self.starts
        for start, end in skip:
            self.kept[np.searchsorted(self.starts, start) : np.searchsorted(self.starts, end)] = False

    def lines_at(self, positions: Lines) -> Lines:
        """The lines that hold these bytes, each once."""
        found: Lines = np.unique(np.searchsorted(self.breaks, positions))
        return found


def _reasons(grid: _Grid, width: int) -> tuple[NDArray[np.int8], int]:
    """The first thing wrong with each line as an index into `_REASONS`, or -1; and how many kept lines hold
    more than ASCII."""
    reasons = np.full(grid.breaks.size, -1, np.int8)
    hits: list[Lines] = [np.zeros(0, np.int64)] * len(_REASONS)
    beyond = np.zeros(0, np.int64)
    if not grid.data.isascii():
        beyond = grid.lines_at(np.flatnonzero(grid.codes >= 0x80))
        hits[0] = _undecodable(grid, beyond)
    hits[1] = grid.lines_at(np.flatnonzero(grid.codes == 0)) if b"\x00" in grid.data else hits[1]
    hits[2] = np.flatnonzero(grid.counts != width)
    hits[3] = _controls(grid)
    hits[4] = _overlong(grid)
    for code in reversed(range(len(_REASONS))):
        reasons[hits[code]] = code
    return reasons, int(grid.kept[beyond].sum())


def _undecodable(grid: _Grid, lines: Lines) -> Lines:
    try:
        grid.data.decode()
    except UnicodeDecodeError:
        return np.array([at for at in lines.tolist() if not _decodes(_slice(grid, at))], np.int64)
    return np.zeros(0, np.int64)


def _decodes(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _controls(grid: _Grid) -> Lines:
    codes = grid.codes
    low = np.count_nonzero(codes < 0x20) - grid.breaks.size
    low -= np.count_nonzero(codes == _CR) + np.count_nonzero(codes == _TAB)
    if low == 0 and not (codes == _DEL).any() and b"\xe2" not in grid.data:
        return np.zeros(0, np.int64)
    return grid.lines_at(np.array([match.start() for match in CONTROL.finditer(grid.data)], np.int64))


def _overlong(grid: _Grid) -> Lines:
    long = np.flatnonzero(grid.cell_ends - grid.cell_starts > FIELD_LIMIT)
    if long.size == 0:
        return long
    lengths = [
        len(grid.data[start:end].decode(errors="replace"))
        for start, end in zip(grid.cell_starts[long].tolist(), grid.cell_ends[long].tolist(), strict=True)
    ]
    return grid.lines_at(grid.cell_starts[long[np.array(lengths) > FIELD_LIMIT]])


def _slice(grid: _Grid, line: int) -> bytes:
    return grid.data[grid.starts[line] : grid.ends[line]]


def _interleaved(data: bytes, starts: Lines, ends: Lines) -> pa.Array:
    """Texts at even places, what divides them at odd ones: no byte is copied."""
    offsets = np.empty(2 * starts.size + 1, np.int32)
    offsets[0:-1:2] = starts
    offsets[1::2] = ends
    offsets[-1] = len(data)
    return pa.StringArray.from_buffers(2 * starts.size, pa.py_buffer(offsets), pa.py_buffer(data))
