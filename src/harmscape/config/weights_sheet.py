"""Reads a published table of weights: finds its header, and its columns of codes, titles and weights."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from harmscape.model.category import spelling
from harmscape.model.errors import HarmscapeError, nearest

_CODE = ("offence code", "ho code", "home office code", "code")
_TITLE = ("offence", "crime type", "category", "description", "title", "label")
_WEIGHT = ("weight", "points", "days", "severity", "harm score", "value")
_HEADER_WITHIN = 40
_MOST_ROWS = 100_000
_MOST_UNPACKED = 200_000_000
SPOILT = "\x00spoilt by a spreadsheet"
"""Stands for a cell that a spreadsheet program turned into a date."""


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One row below the header: its line, the texts that may name a category, the text of its weight."""

    line: int
    names: tuple[str, ...]
    weight: str


@dataclass(frozen=True, slots=True)
class WeightSheet:
    """The rows of a table, and what was taken for what, in words."""

    rows: tuple[WeightRow, ...]
    taken: tuple[str, ...]


def read_sheet(path: Path, *, sheet: str | None, code: str | None, weight: str | None) -> WeightSheet:
    """The rows of a CSV or XLSX table of weights.

    sheet: the sheet of a workbook, where the first with a fitting header is not the one. code, weight: the
    names of the columns, where they cannot be told from the words of the header.
    Raises HarmscapeError when no header fits, or several columns could be the weight.
    """
    tables = _csv(path) if path.suffix.lower() in (".csv", ".txt") else _xlsx(path, sheet)
    for name, rows in tables.items():
        for at, (line, cells) in enumerate(rows[:_HEADER_WITHIN]):
            columns = _columns(cells, code, weight, path.name)
            if columns is not None:
                names, value = columns
                where = f"sheet {name!r}, row {line}" if name else f"line {line}"
                taken = (
                    f"header: {where} of {path.name}",
                    f"categories: column {' or '.join(repr(cells[each]) for each in names)}",
                    f"weights: column {cells[value]!r}",
                )
                return WeightSheet(tuple(_rows(rows[at + 1 :], names, value)), taken)
    wanted = f"columns {code!r} and {weight!r}" if code and weight else "a column of codes and one of weights"
    raise HarmscapeError(
        f"{path.name}: found no header with {wanted} in the first {_HEADER_WITHIN} rows;"
        " name the columns with --code and --weight, and the sheet of a workbook with --sheet"
    )


def _rows(rows: Iterable[tuple[int, list[str]]], names: list[int], value: int) -> Iterator[WeightRow]:
    for line, cells in rows:
        texts = tuple(cells[each] for each in names if each < len(cells) and cells[each])
        figure = cells[value] if value < len(cells) else ""
        if texts or figure:
            yield WeightRow(line, texts, figure)


def _columns(
    cells: list[str], code: str | None, weight: str | None, shown: str
) -> tuple[list[int], int] | None:
    """The columns that name categories, likeliest first, and the weight; None if this is no header."""
    words = [spelling(cell) for cell in cells]
    values = _named(words, weight) if weight else _like(words, _WEIGHT)
    names = _named(words, code) if code else [*_like(words, _CODE), *_like(words, _TITLE)]
    names = [each for each in dict.fromkeys(names) if each not in values]
    if not names or not values:
        return None
    if len(values) > 1:
        known = [cells[each] for each in values]
        raise HarmscapeError(
            f"{shown}: {len(values)} columns could hold the weights ({', '.join(map(repr, known))});"
            " name the one to take with --weight"
        )
    return names, values[0]


def _named(words: list[str], wanted: str) -> list[int]:
    return [at for at, word in enumerate(words) if word == spelling(wanted)]


def _like(words: list[str], known: tuple[str, ...]) -> list[int]:
    """The columns whose header holds the first of the known words that occurs at all."""
    for each in known:
        # A title or a note above the table holds the words too, but is a sentence.
        found = [at for at, word in enumerate(words) if each in word and len(word) <= 60]
        if found:
            return found
    return []


def _csv(path: Path) -> dict[str, list[tuple[int, list[str]]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise HarmscapeError(f"{path.name}: not UTF-8 text; save the table as CSV UTF-8") from fault
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            rows.append((before + 1, [cell.strip() for cell in row]))
            before = reader.line_num
            if len(rows) > _MOST_ROWS:
                raise HarmscapeError(
                    f"{path.name}: more than {_MOST_ROWS:,} rows; this is no table of weights"
                )
    except csv.Error as fault:
        raise HarmscapeError(f"{path.name}:{reader.line_num}: not readable as CSV: {fault}") from fault
    return {"": rows}


def _xlsx(path: Path, sheet: str | None) -> dict[str, list[tuple[int, list[str]]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(info.file_size for info in packed.infolist())
    except zipfile.BadZipFile as fault:
        raise HarmscapeError(
            f"{path.name}: neither CSV nor an XLSX workbook; an old .xls must be saved as .xlsx first"
        ) from fault
    if unpacked > _MOST_UNPACKED:
        raise HarmscapeError(f"{path.name}: unpacks to {unpacked:,} bytes; this is no table of weights")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        names = [each.title for each in book.worksheets]
        if sheet is not None and sheet not in names:
            raise HarmscapeError(f"{path.name}: no sheet {sheet!r}{nearest(sheet, names)}")
        return {
            each.title: [
                (line, [_cell(value) for value in row])
                for line, row in enumerate(each.iter_rows(max_row=_MOST_ROWS, values_only=True), 1)
            ]
            for each in book.worksheets
            if sheet in (None, each.title)
        }
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return SPOILT
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
