"""A Parquet file as blocks of cell texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from harmscape.ingest.block import Block
from harmscape.ingest.contents import TableFile, opened
from harmscape.ingest.rendered import block_of, decoded, imprecise, text_of
from harmscape.model.category import spelling
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source

ROWS = 32_768
_DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError)
"""What the library raises on damaged bytes."""


class ParquetReader:
    """One Parquet table. Rows are numbered from 1; nothing but the row groups in turn is held."""

    def __init__(self, table: TableFile, source: Source) -> None:
        self._table = table
        self._keys = {spelling(name) for name in source.key}
        self.header = parquet_header(table)

    def blocks(self) -> Iterator[Block]:
        """The rows in file order."""
        row = 1
        try:
            with ExitStack() as stack:
                file = _opened(self._table, stack)
                for batch in file.iter_batches(batch_size=ROWS, use_threads=False):
                    yield self._block(batch, row)
                    row += batch.num_rows
        except _DAMAGE as broken:
            raise _damaged(self._table, broken) from None

    def _block(self, batch: pa.RecordBatch, row: int) -> Block:
        lost, broken = np.zeros(batch.num_rows, bool), np.zeros(batch.num_rows, bool)
        columns = []
        for name, column in zip(self.header, batch.columns, strict=True):
            if spelling(name) in self._keys:
                lost |= imprecise(column)
            texts, undecodable = decoded(column)
            broken |= undecodable
            columns.append(text_of(texts, name=name, shown=self._table.shown))
        line = np.arange(row, row + batch.num_rows, dtype=np.int64)
        return block_of(
            self.header, columns, line, {"encoding_undecodable": broken, "id_precision_lost": lost}
        )


def parquet_header(table: TableFile) -> tuple[str, ...]:
    """The names of the columns."""
    try:
        with ExitStack() as stack:
            return tuple(_opened(table, stack).schema_arrow.names)
    except _DAMAGE as broken:
        raise _damaged(table, broken) from None


def _opened(table: TableFile, stack: ExitStack) -> pq.ParquetFile:
    if table.size == 0:
        raise FileRefusedError("file_empty", f"{table.shown}: the file is empty; export it again")
    if table.member is None and not table.gzipped:
        return stack.enter_context(pq.ParquetFile(table.path, memory_map=True))
    stream = stack.enter_context(opened(table))
    return stack.enter_context(pq.ParquetFile(BytesIO(stream.read())))


def _damaged(table: TableFile, broken: Exception) -> FileRefusedError:
    return FileRefusedError(
        "file_malformed",
        f"{table.shown}: not a whole Parquet file ({type(broken).__name__}); export it again",
    )
