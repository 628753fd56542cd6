"""The rows that readers left in a load's scratch folder: some columns of all, or all columns of some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import dataset
from pyarrow.fs import LocalFileSystem

PIECE_ROWS = 1_000_000
"""A piece ends with the first batch that reaches so many rows; it becomes one segment of the ledger."""
COMPARED = ("line", "key", "content", "cover", "category")
"""The columns by which a delivery is compared with the ledger."""

Files = Sequence[tuple[int, Path]]
"""Files as their readers wrote them, each with its number."""


def compared(files: Files) -> dataset.Dataset:
    """`file_no` and the columns of `COMPARED` of all rows, read from the disk whenever they are asked for."""
    form, disk = dataset.IpcFileFormat(), LocalFileSystem()
    with pa.OSFile(str(files[0][1])) as file:
        held = pa.ipc.open_file(file).schema
    schema = pa.schema([*(held.field(name) for name in COMPARED), ("file_no", pa.int32())])
    fragments = [
        form.make_fragment(str(path), disk, dataset.field("file_no") == pa.scalar(number, pa.int32()))
        for number, path in files
    ]
    return dataset.FileSystemDataset(fragments, schema, form, disk)


def pieces(files: Files) -> Iterator[pa.Table]:
    """All columns of all rows in file order, and `file_no`, in pieces of about `PIECE_ROWS` rows."""
    held: list[pa.Table] = []
    for number, path in files:
        with pa.OSFile(str(path)) as file:
            reader = pa.ipc.open_file(file)
            for at in range(reader.num_record_batches):
                batch = pa.Table.from_batches([reader.get_batch(at)])
                held.append(batch.append_column("file_no", pa.array([number] * len(batch), pa.int32())))
                if sum(map(len, held)) >= PIECE_ROWS:
                    yield pa.concat_tables(held).unify_dictionaries()
                    held = []
    if sum(map(len, held)):
        yield pa.concat_tables(held).unify_dictionaries()
