"""XLSX: a first sheet with the head, a second with the rows, written as it goes.

The XML is put together a column at a time, which is many times faster than a cell at a time. Every text is an
inline string and so never a formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from harmscape.model.errors import HarmscapeError
from harmscape.publish.export.cells import is_text, on_values, plain_column, safe_text
from harmscape.publish.export.sheet import Sheet
from harmscape.publish.safe import safe_cell

if TYPE_CHECKING:
    import pyarrow

MOST_ROWS = 1_048_575
"""A sheet holds 1,048,576 rows (ECMA-376), one of them the headings."""
_MOST_TEXT = 32_767
_EPOCH_DAYS = 25_569
"""Days from 30 December 1899, where the workbook's calendar begins, to 1 January 1970."""

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TEXT = '<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
_NUMBER = "<c><v>", "</v></c>"
_TRUTH = '<c t="b"><v>', "</v></c>"
_DAY = '<c s="1"><v>', "</v></c>"
_INSTANT = '<c t="inlineStr"><is><t>', "</t></is></c>"
_UNWRITABLE = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{FFFE}\\x{FFFF}]"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/worksheets/sheet2.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_REL}"><sheets>'
    '<sheet name="About" sheetId="1" r:id="r1"/><sheet name="Rows" sheetId="2" r:id="r2"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships"
    ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_REL}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="r3" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {_MAIN}><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def write_xlsx(sheet: Sheet, path: Path) -> int:
    """Write a sheet and return the rows written. Raises HarmscapeError where a workbook cannot hold them."""
    if sheet.rows > MOST_ROWS:
        raise HarmscapeError(
            f"a workbook holds at most {MOST_ROWS:,} rows, and these are {sheet.rows:,}:"
            " export csv or parquet, or narrow the selection"
        )
    written = 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
        head = "".join(_row([name, value]) for name, value in sheet.head.items())
        book.writestr("xl/worksheets/sheet1.xml", _sheet_xml(head))
        with book.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as file:
            file.write(f"<worksheet {_MAIN}><sheetData>{_row(list(sheet.titles.values()))}".encode())
            for batch in sheet.batches:
                file.write(_rows(batch))
                written += batch.num_rows
            file.write(b"</sheetData></worksheet>")
    return written


def _sheet_xml(rows: str) -> str:
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _row(texts: list[str]) -> str:
    cells = "".join(f"{_TEXT[0]}{escape(str(safe_cell(text)))}{_TEXT[1]}" for text in texts)
    return f"<row>{cells}</row>"


def _rows(batch: pyarrow.RecordBatch) -> memoryview | bytes:
    """The rows of a batch as XML."""
    import pyarrow.compute as pc

    if batch.num_rows == 0:
        return b""
    cells = [_cells(plain_column(column)) for column in batch.columns]
    rows = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
    # The texts of a column lie one behind the other in memory: as they stand they are the sheet's next part.
    _, ends, letters = rows.buffers()
    last = memoryview(ends).cast("i")[rows.offset + len(rows)]
    return memoryview(letters)[memoryview(ends).cast("i")[rows.offset] : last]


def _cells(column: pyarrow.Array) -> pyarrow.Array:
    """A column as the XML of its cells; an empty cell where it holds nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if is_text(column):
        return pc.fill_null(on_values(column.cast(pa.string()), _text_cells), "<c/>")
    if pa.types.is_date32(kind):
        text, (before, after) = pc.add(column.cast(pa.int32()), _EPOCH_DAYS).cast(pa.string()), _DAY
    elif pa.types.is_boolean(kind):
        text, (before, after) = column.cast(pa.int8()).cast(pa.string()), _TRUTH
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(kind) else column
        text, (before, after) = finite.cast(pa.string()), _NUMBER
    else:
        text, (before, after) = column.cast(pa.string()), _INSTANT
    return pc.fill_null(pc.binary_join_element_wise(before, text, after, ""), "<c/>")


def _text_cells(texts: pyarrow.Array) -> pyarrow.Array:
    """Texts as the XML of their cells."""
    import pyarrow.compute as pc

    text = safe_text(texts)
    if (pc.max(pc.utf8_length(text)).as_py() or 0) > _MOST_TEXT:
        raise HarmscapeError(f"a cell of a workbook holds at most {_MOST_TEXT:,} characters: export csv")
    for found, put in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = pc.replace_substring(text, found, put)
    text = pc.replace_substring_regex(text, _UNWRITABLE, "\ufffd")
    return pc.binary_join_element_wise(_TEXT[0], text, _TEXT[1], "")
