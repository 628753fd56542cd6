"""Cells and lines of the CSV files: written column by column, so that millions of rows take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.demo.events import Span

Whole = NDArray[np.integer]
Flags = NDArray[np.bool_]

LINES = 250_000
"""So many lines of text are made at once."""

_HOURS = pa.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)])


def write_table(path: Path, columns: dict[str, pa.Array]) -> int:
    """A CSV file of some columns of plain cells, by their names; gives the number of its rows."""
    with path.open("wb") as sink:
        header(sink, tuple(columns))
        rows = len(next(iter(columns.values())))
        for start in range(0, rows, LINES):
            append(sink, [column.slice(start, LINES) for column in columns.values()])
    return rows


def header(sink: BinaryIO, names: Sequence[str]) -> None:
    """The line of column names."""
    sink.write((",".join(names) + "\n").encode())


def append(sink: BinaryIO, columns: list[pa.Array]) -> None:
    """Write rows of plain cells; those that need quotes come with them."""
    text = [column.cast(pa.string()) for column in columns]
    lines = pc.binary_join_element_wise(*text, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(lines, "", "\n")
    if len(lines):
        sink.write(lines.buffers()[2])


def day_words(span: Span) -> pa.Array:
    """The days of a span as text; the last crimes are recorded after it, but none so late is exported."""
    return pa.array([span.day(number).isoformat() for number in range(span.days + 2)])


def day_cells(span: Span, number: Whole, *, missing: Flags | None = None) -> pa.Array:
    """Day numbers as YYYY-MM-DD, before the span too; empty where missing.

    >>> from datetime import date
    >>> day_cells(Span(date(2026, 10, 1), date(2026, 10, 31)), np.array([-1, 0])).to_pylist()
    ['2026-09-30', '2026-10-01']
    """
    day = np.datetime64(span.starts) + np.asarray(number, np.int64).astype("timedelta64[D]")
    return pa.array(day, mask=missing).cast(pa.string())


def moment(
    days: pa.Array,
    minute: Whole,
    *,
    between: str = " ",
    day_only: Flags | None = None,
    missing: Flags | None = None,
) -> pa.Array:
    """Minutes as YYYY-MM-DD HH:MM; only the day where no more is known; empty where missing."""
    day = days.take(pa.array(minute // 1440))
    text = pc.binary_join_element_wise(day, _HOURS.take(pa.array(minute % 1440)), between)
    if day_only is not None:
        text = pc.if_else(pa.array(day_only), day, text)
    return text if missing is None else pc.if_else(pa.array(missing), None, text)


def pick(words: Sequence[str], number: Whole | Flags, *, missing: Flags | None = None) -> pa.Array:
    """Words by their number, quoted where they hold a comma."""
    quoted = pa.array([f'"{word}"' if "," in word else word for word in words])
    return quoted.take(pa.array(np.asarray(number, np.int32), mask=missing))


def numbered(prefix: str, values: Whole, width: int) -> pa.Array:
    """Identifiers: a prefix and a number of fixed width.

    >>> numbered("NOM", np.array([1234]), 7).to_pylist()
    ['NOM0001234']
    """
    return pc.binary_join_element_wise(prefix, padded(values, width), "")


def padded(values: Whole, width: int) -> pa.Array:
    """Whole numbers with leading zeros."""
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")
