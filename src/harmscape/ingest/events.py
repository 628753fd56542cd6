"""The tables a read file becomes: events that passed every check, and rejects with their raw rows."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from harmscape.ingest.block import Refused
from harmscape.ingest.text import JOIN
from harmscape.model.source import Source

GRAINS = ("instant", "day", "month", "span")
FLAGS = ("no_location", "ambiguous_local_time", "date_only", "unknown_category")
"""What an accepted row may be marked with, in the order in which flags are listed."""

REJECTS = pa.schema(
    [
        ("line", pa.int64()),
        ("to_line", pa.int64()),
        ("reason", pa.string()),
        ("raw", pa.large_binary()),
    ]
)


def events_schema(source: Source) -> pa.Schema:
    """One row per accepted record. Times are UTC; `occurred_to` is exclusive; `day` and `hour` are local."""
    return pa.schema(
        [
            pa.field("line", pa.int64(), nullable=False),
            pa.field("raw", pa.large_string(), nullable=False),
            ("key", pa.string()),
            ("reference", pa.string()),
            ("cover", pa.string()),
            ("occurred_from", pa.timestamp("us")),
            ("occurred_to", pa.timestamp("us")),
            ("grain", pa.dictionary(pa.int8(), pa.string())),
            ("day", pa.date32()),
            ("hour", pa.int8()),
            ("category", pa.string()),
            ("category_text", pa.string()),
            ("x", pa.float64()),
            ("y", pa.float64()),
            ("epsg", pa.int32()),
            ("label", pa.string()),
            ("quantity", pa.decimal128(18, 6)),
            ("incident", pa.string()),
            *((f"attr_{name}", pa.string()) for name in source.attributes),
            *((name, pa.string()) for name in link_columns(source)),
            ("about", pa.string()),
            ("starts", pa.date32()),
            ("ends", pa.date32()),
            ("flags", pa.string()),
            pa.field("content", pa.binary(16), nullable=False),
        ]
    )


def link_columns(source: Source) -> list[str]:
    """The columns that carry the links of a record: key, role and title of each, in the mapping's order."""
    return [f"link_{at}_{part}" for at in range(len(source.links)) for part in ("key", "role", "title")]


def contents(columns: list[pa.Array]) -> pa.Array:
    """A 16-byte digest of each row over its trimmed cells, the columns given in a fixed order.

    >>> one, other = contents([pa.array(["a", "a"]), pa.array(["b", ""])]).to_pylist()
    >>> len(one), one == other
    (16, False)
    """
    rows = pc.binary_join_element_wise(*columns, JOIN) if columns else pa.array([], pa.string())
    offsets = memoryview(rows.buffers()[1]).cast("i")[rows.offset : rows.offset + len(rows) + 1].tolist()
    data = memoryview(rows.buffers()[2] or b"")
    digests = [blake2b(data[start:end], digest_size=16).digest() for start, end in pairwise(offsets)]
    return pa.Array.from_buffers(pa.binary(16), len(rows), [None, pa.py_buffer(b"".join(digests))])


def rejects_batch(refused: Iterable[Refused]) -> pa.RecordBatch:
    """Refused records as a table of file lines, reasons and raw bytes."""
    rows = list(refused)
    return pa.record_batch([[row[at] for row in rows] for at in range(4)], schema=REJECTS)
