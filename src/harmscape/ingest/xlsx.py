"""A worksheet as blocks of cell texts: real dates as dates, formulas by the value they last had."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
from defusedxml.common import DefusedXmlException

from harmscape.ingest.block import Block
from harmscape.ingest.contents import DAMAGE, TableFile, members, opened
from harmscape.ingest.rendered import EXACT_WHOLE, block_of
from harmscape.model.category import spelling
from harmscape.model.errors import FileRefusedError, nearest
from harmscape.model.source import Source

ROWS = 4_096
_DIGITS_KEPT = 15
"""A spreadsheet keeps this many digits of a number."""
_NO_VALUE = object()
_FORMULA = re.compile(rb"<(?:\w{1,32}:)?f[\s/>]")


class XlsxReader:
    """One worksheet. Rows have the numbers the spreadsheet shows; hidden sheets are never read.

    header_row: the row with the column names; what stands above is passed over. sheet: its name; without
    one, the first sheet that is not hidden.
    """

    def __init__(
        self, table: TableFile, source: Source, *, header_row: int = 1, sheet: str | None = None
    ) -> None:
        self._rows = _rows(table, sheet, header_row)
        self._row = header_row
        self._keys = {spelling(name) for name in source.key}
        occurred = source.occurred.column if source.occurred else None
        self._telling = {spelling(name) for name in (occurred, source.category.column) if name is not None}
        self._used = {spelling(name) for name in source.columns}
        first = next(self._rows, None)
        while first is not None and first and first[-1] is None:
            first = first[:-1]
        if not first:
            raise FileRefusedError(
                "file_empty",
                f"{table.shown}: row {header_row} of the sheet, where the header should be, is empty; "
                "state the row of the header",
            )
        self.header = tuple("" if value is None else _text(value) for value in first)

    def blocks(self) -> Iterator[Block]:
        """The rows below the header that hold anything."""
        while rows := list(islice(self._rows, ROWS)):
            numbered = [
                (self._row + at, cells)
                for at, cells in enumerate(rows, 1)
                if any(x is not None for x in cells)
            ]
            self._row += len(rows)
            if numbered:
                yield self._block([line for line, _ in numbered], [cells for _, cells in numbered])

    def _block(self, lines: list[int], rows: list[list[Any]]) -> Block:
        width = len(self.header)
        names = [spelling(name) for name in self.header]
        more = {reason: np.zeros(len(rows), bool) for reason in ("column_count", "footer_or_incomplete")}
        more |= {reason: np.zeros(len(rows), bool) for reason in ("formula_no_value", "id_precision_lost")}
        texts: list[list[str]] = []
        for at, cells in enumerate(rows):
            cells.extend([None] * (width - len(cells)))
            more["column_count"][at] = any(value is not None for value in cells[width:])
            told = [value for name, value in zip(names, cells, strict=False) if name in self._telling]
            more["footer_or_incomplete"][at] = all(value is None for value in told)
            for name, value in zip(names, cells, strict=False):
                more["formula_no_value"][at] |= name in self._used and value is _NO_VALUE
                more["id_precision_lost"][at] |= name in self._keys and _imprecise(value)
            texts.append(["" if v is None or v is _NO_VALUE else _text(v) for v in cells[:width]])
        columns = [pa.array(column, pa.string()) for column in zip(*texts, strict=True)]
        return block_of(self.header, columns, np.array(lines, np.int64), more)


def xlsx_header(table: TableFile, *, header_row: int = 1, sheet: str | None = None) -> tuple[str, ...]:
    """The names in the header row of a sheet; of the first that is not hidden, where none is named."""
    first = next(_rows(table, sheet, header_row), [])
    return tuple("" if value is None else _text(value) for value in first)


def _rows(table: TableFile, sheet: str | None, first_row: int) -> Iterator[list[Any]]:
    """The rows of a sheet as values: formulas by their stored value, `_NO_VALUE` where none is stored."""
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ExitStack() as stack, warnings.catch_warnings():
            # The library warns of features that do not touch the values of cells.
            warnings.simplefilter("ignore")
            yield from _opened_rows(table, sheet, first_row, stack)
    except (*DAMAGE, InvalidFileException, ParseError, TypeError, AttributeError) as broken:
        if isinstance(broken, DefusedXmlException) or isinstance(broken.__cause__, DefusedXmlException):
            raise FileRefusedError(
                "file_xml_entity",
                f"{table.shown}: the workbook declares XML entities, as no spreadsheet does; save it again",
            ) from None
        raise FileRefusedError(
            "file_malformed",
            f"{table.shown}: not a readable workbook ({type(broken).__name__}); save it again as .xlsx",
        ) from None


def _opened_rows(
    table: TableFile, sheet: str | None, first_row: int, stack: ExitStack
) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    if table.size == 0:
        raise FileRefusedError("file_empty", f"{table.shown}: the file is empty; export it again")
    stream = stack.enter_context(opened(table))
    content = stream if stream.seekable() else BytesIO(stream.read())
    members(content, shown=table.shown)
    # A formula and its value cannot be had in one pass.
    passes = (True, False) if _has_formulas(content) else (True,)
    books = [load_workbook(content, read_only=True, data_only=stored, keep_links=False) for stored in passes]
    for book in books:
        stack.callback(book.close)
    name = _sheet_name(table, books[0], sheet)
    for book in books:
        # What a file says of its own extent can be wrong, and would cut rows off.
        book[name].reset_dimensions()
    for cells in zip(*(book[name].iter_rows(min_row=first_row) for book in books), strict=True):
        yield [_value(stored, written) for stored, written in zip(cells[0], cells[-1], strict=True)]


def _has_formulas(content: IO[bytes]) -> bool:
    """Whether any sheet holds one."""
    with ZipFile(content) as archive:
        for info in archive.infolist():
            if "worksheets/" not in info.filename:
                continue
            with archive.open(info) as sheet:
                tail = b""
                while chunk := sheet.read(1 << 20):
                    if _FORMULA.search(tail + chunk):
                        return True
                    tail = chunk[-40:]
    return False


def _sheet_name(table: TableFile, book: Any, wanted: str | None) -> str:
    shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if wanted is None and shown:
        return str(shown[0])
    if wanted in shown:
        return str(wanted)
    found = "no sheet is shown" if wanted is None else f"no sheet {wanted!r} is shown{nearest(wanted, shown)}"
    raise FileRefusedError("file_malformed", f"{table.shown}: {found}; name a sheet that is not hidden")


def _value(stored: Any, written: Any) -> Any:
    """A cell's value; a date that was shown without a time becomes a day."""
    value = stored.value
    if value is None and written.data_type == "f":
        return _NO_VALUE
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, datetime) and value.time() == time() and "h" not in stored.number_format.lower():
        return value.date()
    return value


def _text(value: Any) -> str:
    """A cell's value as the row checks read it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_WHOLE:
        return str(int(value))
    return str(value)


def _imprecise(value: Any) -> bool:
    """Whether a number has more digits than a spreadsheet keeps."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) >= 10**_DIGITS_KEPT or (isinstance(value, float) and not value.is_integer())
