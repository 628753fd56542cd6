"""The header of a table before its source is known."""

from __future__ import annotations

from harmscape.ingest.contents import TableFile
from harmscape.ingest.csv_read import CsvReader
from harmscape.model.errors import FileRefusedError


def header_of(table: TableFile, *, header_row: int = 1, sheet: str | None = None) -> tuple[str, ...]:
    """The names in a table's header row, as they stand; none where it has no readable one."""
    try:
        return read_header(table, header_row=header_row, sheet=sheet)
    except FileRefusedError:
        return ()


def read_header(table: TableFile, *, header_row: int = 1, sheet: str | None = None) -> tuple[str, ...]:
    """The names in a table's header row. Raises FileRefusedError where they cannot be read."""
    if table.format == "csv":
        return CsvReader(table, header_row=header_row).header
    if table.format == "parquet":
        from harmscape.ingest.parquet import parquet_header

        return parquet_header(table)
    if table.format == "xlsx":
        from harmscape.ingest.xlsx import xlsx_header

        return xlsx_header(table, header_row=header_row, sheet=sheet)
    from harmscape.ingest.geojson import geojson_header

    return geojson_header(table)
