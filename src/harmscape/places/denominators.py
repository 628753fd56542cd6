"""Declared figures per area, such as residents or households, read from a table."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from harmscape.model.errors import FileRefusedError
from harmscape.places.assign import folded
from harmscape.places.features import MEBIBYTE
from harmscape.places.fields import find_field

MOST_BYTES = 512 * MEBIBYTE
PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
GROUPED_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class RowReject:
    """One refused row: the line it starts on (the header is line 1), reason class and message."""

    line: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Denominators:
    """Figures by area code in order of the file. records = len(codes) + len(rejects), always.

    missing: codes of known areas without a figure; unknown: how many figures are for other areas. Both are
    empty or 0 where no areas were given.
    """

    codes: tuple[str, ...]
    values: tuple[Decimal, ...]
    rejects: tuple[RowReject, ...]
    records: int
    missing: tuple[str, ...] = ()
    unknown: int = 0


def read_denominators(
    path: str | Path,
    *,
    code: str,
    value: str,
    areas: Sequence[str] | None = None,
    encoding: str = "utf-8-sig",
) -> Denominators:
    """Read a CSV or gzipped CSV table with one figure per area.

    code, value: columns, whatever their case. areas: the codes that need a figure. Thousands separators are
    allowed in groups of three; a second row for a code is refused, and so is a figure below zero.
    Raises FileRefusedError: file_empty, encoding_undecodable, header_missing_column with the nearest name,
    header_duplicate_column, file_malformed.
    """
    rows = _rows(Path(path), encoding)
    _, header = next(rows, (1, []))
    if not header:
        raise FileRefusedError("file_empty", "the table has no content")
    columns = [column.strip() for column in header]
    code_at, value_at = _column(code, columns), _column(value, columns)
    figures: dict[str, tuple[str, Decimal]] = {}
    rejects: list[RowReject] = []
    records = 0
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        records += 1
        found = _judged(row, len(columns), code_at, value_at, figures)
        if isinstance(found, tuple):
            figures[folded(found[0])] = found
        else:
            rejects.append(RowReject(line, *_REASONS[found]))
    wanted = {folded(area): area for area in areas or ()}
    return Denominators(
        codes=tuple(area for area, _ in figures.values()),
        values=tuple(figure for _, figure in figures.values()),
        rejects=tuple(rejects),
        records=records,
        missing=tuple(area for key, area in wanted.items() if key not in figures),
        unknown=sum(key not in wanted for key in figures) if areas is not None else 0,
    )


_REASONS = {
    "columns": ("column_count", "the row has more or fewer cells than the header"),
    "code": ("missing_required", "the row has no code"),
    "value": ("missing_required", "the row has no figure"),
    "number": ("not_a_number", "the figure is not a plain decimal number"),
    "negative": ("negative", "the figure is below zero"),
    "exact": ("duplicate_exact", "an earlier row has the same code and figure"),
    "conflict": ("duplicate_conflict", "an earlier row has the same code and another figure"),
}


def _judged(
    row: list[str], columns: int, code_at: int, value_at: int, earlier: dict[str, tuple[str, Decimal]]
) -> tuple[str, Decimal] | str:
    """The code and figure of a row, or why not: a key of _REASONS."""
    if len(row) != columns:
        return "columns"
    area, text = row[code_at].strip(), row[value_at].strip()
    if not area or not text:
        return "value" if area else "code"
    figure = _number(text.removeprefix("-"))
    if figure is None or text.startswith("-"):
        return "number" if figure is None else "negative"
    if folded(area) in earlier:
        return "exact" if earlier[folded(area)][1] == figure else "conflict"
    return area, figure


def _number(text: str) -> Decimal | None:
    is_number = text.isascii() and (PLAIN_NUMBER.fullmatch(text) or GROUPED_NUMBER.fullmatch(text))
    return Decimal(text.replace(",", "")) if is_number else None


def _column(wanted: str, columns: list[str]) -> int:
    found = find_field(wanted, columns)
    if columns.count(found) > 1:
        raise FileRefusedError(
            "header_duplicate_column", f"the table has {columns.count(found)} columns {found!r}"
        )
    return columns.index(found)


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line each starts on."""
    packed = path.read_bytes()
    try:
        text = _unpacked(packed).decode(encoding)
    except UnicodeDecodeError:
        raise FileRefusedError(
            "encoding_undecodable", f"the table is not {encoding}; declare its encoding"
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise FileRefusedError("file_malformed", f"the table is not CSV from line {line}") from None


def _unpacked(packed: bytes) -> bytes:
    """The bytes of a table, unpacked if they are gzip, but never past the limit."""
    if not packed.startswith(b"\x1f\x8b"):
        return packed
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise FileRefusedError("file_malformed", "the gzip file is damaged") from None
    if len(unpacked) > MOST_BYTES:
        raise FileRefusedError("file_expands_too_much", f"the table unpacks to over {MOST_BYTES:,} bytes")
    return unpacked
