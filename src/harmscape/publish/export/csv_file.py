"""CSV: the head as lines that begin with #, then the column names, then every row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from harmscape.publish.export.cells import is_text, plain_column, safe_text
from harmscape.publish.export.sheet import Sheet
from harmscape.publish.safe import safe_cell


def write_csv(sheet: Sheet, path: Path) -> int:
    """Write a sheet and return the rows written. UTF-8 with a byte order mark, as spreadsheets need it."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    written = 0
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf" + _head(sheet).encode())
        for batch in sheet.batches:
            columns = [plain_column(column) for column in batch.columns]
            cells = [safe_text(column) if is_text(column) else column for column in columns]
            table = pa.RecordBatch.from_arrays(cells, names=batch.schema.names)
            arrow_csv.write_csv(table, file, options)
            written += batch.num_rows
    return written


def _head(sheet: Sheet) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, value in sheet.head.items():
        writer.writerow([f"# {name}", safe_cell(" ".join(value.split()))])
    writer.writerow(list(sheet.titles))
    return text.getvalue()
