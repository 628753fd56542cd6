"""CSV read as a block of bytes, as long as its quotes are well-formed: the fast twin of `csv_exact`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.block import Refused
from harmscape.ingest.csv_quotes import Quotes
from harmscape.ingest.text import CONTROL, FIELD_LIMIT

_COMMA, _LF, _CR, _TAB, _DEL, _QUOTE = 44, 10, 13, 9, 127, 34
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


def read_fast(
    data: bytes,
    line: int,
    width: int,
    *,
    quotes: Quotes | None = None,
    skip: list[tuple[int, int]] | None = None,
) -> Fast:
    """Every record of `data`, which ends with a line break and starts on physical line `line`.

    Quotes may stand only where `quotes` says that they are well-formed, and in the byte ranges `skip`
    (whole records), which are left out.

    >>> fast = read_fast(b"1,a\\n\\n2,c,d\\n", 2, 2)
    >>> fast.line.tolist(), fast.columns[1].to_pylist(), [(each.line, each.reason) for each in fast.refused]
    ([2], ['a'], [(4, 'column_count')])
    """
    grid = _Grid(data, quotes, skip or [])
    numbers = line + grid.line_numbers()
    reasons, beyond_ascii = _reasons(grid, width)
    sound = grid.kept & (reasons < 0)
    refused = [
        _refused(int(numbers[at]), _REASONS[reasons[at]], data[grid.starts[at] : grid.ends[at]])
        for at in np.flatnonzero(grid.kept & (reasons >= 0)).tolist()
    ]
    chosen = np.flatnonzero(sound)
    cells = _interleaved(data, grid.cell_starts, grid.cell_ends)
    first = 2 * (grid.last_cell[chosen] - grid.counts[chosen] + 1)
    columns = [cells.take(pa.array(first + 2 * column)) for column in range(width)]
    if grid.doubled:
        columns = [pc.replace_substring(column, '""', '"') for column in columns]
    raw = _interleaved(data, grid.starts, grid.ends).take(pa.array(2 * chosen))
    return Fast(numbers[chosen], raw, columns, refused, beyond_ascii)


class _Grid:
    """Where records ("lines") and cells start and end in a block, line breaks, commas and quotes excluded."""

    def __init__(self, data: bytes, quotes: Quotes | None, skip: list[tuple[int, int]]) -> None:
        self.data = data
        self.codes = codes = np.frombuffer(data, np.uint8)
        separators = np.flatnonzero((codes == _COMMA) | (codes == _LF))
        self.doubled = quotes is not None and quotes.doubled
        if quotes is not None:
            early = separators < quotes.until
            early[early] = quotes.inside[separators[early]]
            separators = separators[~early]
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
        if quotes is not None:
            self._unquote(int(np.searchsorted(separators, quotes.until)))
        self.kept = self.ends > self.starts
        for start, end in skip:
            self.kept[np.searchsorted(self.starts, start) : np.searchsorted(self.starts, end)] = False

    def _unquote(self, cells: int) -> None:
        """Leave the quotes around the first so many cells out."""
        starts, ends = self.cell_starts[:cells], self.cell_ends[:cells].copy()
        quoted = (self.codes[starts] == _QUOTE) & (starts < ends)
        starts[quoted] += 1
        ends[quoted] -= 1
        self.cell_ends = np.concatenate([ends, self.cell_ends[cells:]])

    def line_numbers(self) -> Lines:
        """How many line breaks come before each record."""
        breaks = np.flatnonzero(self.codes == _LF)
        if breaks.size == self.breaks.size:
            return np.arange(self.breaks.size)
        numbers: Lines = np.searchsorted(breaks, self.starts)
        return numbers

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
    low = np.count_nonzero(codes < 0x20) - np.count_nonzero(codes == _LF)
    low -= np.count_nonzero(codes == _CR) + np.count_nonzero(codes == _TAB)
    if low == 0 and not (codes == _DEL).any() and b"\xe2" not in grid.data:
        return np.zeros(0, np.int64)
    return grid.lines_at(np.array([match.start() for match in CONTROL.finditer(grid.data)], np.int64))


def _overlong(grid: _Grid) -> Lines:
    long = np.flatnonzero(grid.cell_ends - grid.cell_starts > FIELD_LIMIT)
    if long.size == 0:
        return long
    lengths = [
        len(grid.data[start:end].decode(errors="replace").replace('""', '"'))
        for start, end in zip(grid.cell_starts[long].tolist(), grid.cell_ends[long].tolist(), strict=True)
    ]
    return grid.lines_at(grid.cell_starts[long[np.array(lengths) > FIELD_LIMIT]])


def _refused(line: int, reason: str, raw: bytes) -> Refused:
    more = raw.count(b"\n")
    return Refused(line, line + more if more else None, reason, raw)


def _slice(grid: _Grid, line: int) -> bytes:
    return grid.data[grid.starts[line] : grid.ends[line]]


def _interleaved(data: bytes, starts: Lines, ends: Lines) -> pa.Array:
    """Texts at even places, what divides them at odd ones: no byte is copied."""
    offsets = np.empty(2 * starts.size + 1, np.int32)
    offsets[0:-1:2] = starts
    offsets[1::2] = ends
    offsets[-1] = len(data)
    return pa.StringArray.from_buffers(2 * starts.size, pa.py_buffer(offsets), pa.py_buffer(data))
