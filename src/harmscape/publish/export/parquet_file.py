"""Parquet: the rows with their exact types; the head is metadata of the file."""

from __future__ import annotations

from pathlib import Path

from harmscape.publish.export.sheet import Sheet

PREFIX = "harmscape."


def write_parquet(sheet: Sheet, path: Path) -> int:
    """Write a sheet and return the rows written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written, writer = 0, None
    told = {f"{PREFIX}{name}": value for name, value in sheet.head.items()}
    try:
        for batch in sheet.batches:
            if writer is None:
                writer = pq.ParquetWriter(path, batch.schema.with_metadata(told), compression="zstd")
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=writer.schema))
            written += batch.num_rows
        if writer is None:
            empty = pa.schema([(name, pa.string()) for name in sheet.titles])
            writer = pq.ParquetWriter(path, empty.with_metadata(told))
    finally:
        if writer is not None:
            writer.close()
    return written
