"""The header of a table before its source is known."""

from __future__ import annotations

from harmscape.ingest.contents import TableFile
from harmscape.ingest.csv_read import CsvReader
from harmscape.model.errors import FileRefusedError


def header_of(table: TableFile) -> tuple[str, ...]:
    """The names in a table's first row, as they stand; none where it has no readable one."""
    try:
        if table.format == "csv":
            return CsvReader(table).header
        if table.format == "parquet":
            from harmscape.ingest.parquet import parquet_header

            return parquet_header(table)
        if table.format == "xlsx":
            from harmscape.ingest.xlsx import xlsx_header

            return xlsx_header(table)
        from harmscape.ingest.geojson import geojson_header

        return geojson_header(table)
    except FileRefusedError:
        return ()
