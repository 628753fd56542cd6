"""Cell texts before they are judged: trimmed, in NFC, compared without regard to case."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

FIELD_LIMIT = 10_000
"""The most characters one cell may hold."""

BLANKS = " \t\n\r\x0b\x0c\u00a0\u2007\u202f"
"""ASCII white space and the non-breaking spaces."""

CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""Control characters and bidi controls as UTF-8 bytes; NUL has a reason of its own."""

CONTROL_PATTERN = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x{202a}-\x{202e}\x{2066}-\x{2069}]"
"""The same characters for Arrow's regular expressions."""

JOIN = "\x1f"
"""Joins the parts of a key; a cell cannot hold it, it is a control character."""


def clean(column: pa.Array) -> pa.Array:
    """Cells trimmed and in NFC; a null becomes an empty text.

    >>> clean(pa.array(["  Drugs\\u00a0", None, "Cafe\\u0301"])).to_pylist()
    ['Drugs', '', 'Café']
    """
    if column.null_count:
        column = column.fill_null("")
    first, last = _edges(column)
    if not ((first <= 0x20) | (last <= 0x20) | (first >= 0x80) | (last >= 0x80)).any():
        return column if _is_ascii(column) else pc.utf8_normalize(column, "NFC")
    column = pc.utf8_trim(column, BLANKS)
    return column if _is_ascii(column) else pc.utf8_normalize(column, "NFC")


def is_empty(column: pa.Array) -> NDArray[np.bool_]:
    """Which cells hold nothing."""
    offsets = _offsets(column)
    empty: NDArray[np.bool_] = offsets[1:] == offsets[:-1]
    return empty


def folded(column: pa.Array) -> pa.Array:
    """Cells with case ignored, as keys are compared.

    >>> folded(pa.array(["NV-1", "Straße"])).to_pylist()
    ['nv-1', 'strasse']
    """
    if _is_ascii(column):
        return pc.ascii_lower(column)
    distinct = column.dictionary_encode()
    texts = [unicodedata.normalize("NFC", text.casefold()) for text in distinct.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(distinct.indices)


def faults(columns: list[pa.Array]) -> dict[str, NDArray[np.bool_]]:
    """Rows with a NUL, a control character or an overlong cell, for formats that are not CSV."""
    rows = len(columns[0]) if columns else 0
    found = {name: np.zeros(rows, bool) for name in ("nul_byte", "control_char", "field_too_long")}
    for column in columns:
        found["nul_byte"] |= _mask(pc.match_substring(column, "\x00"))
        found["control_char"] |= _mask(pc.match_substring_regex(column, CONTROL_PATTERN))
        found["field_too_long"] |= _mask(pc.greater(pc.utf8_length(column), FIELD_LIMIT))
    return found


def _mask(values: pa.Array) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = values.fill_null(False).to_numpy(zero_copy_only=False)
    return filled


def _offsets(column: pa.Array) -> NDArray[np.int32]:
    buffer = column.buffers()[1]
    if buffer is None:
        return np.zeros(len(column) + 1, np.int32)
    return np.frombuffer(buffer, np.int32)[column.offset : column.offset + len(column) + 1]


def _bytes(column: pa.Array) -> NDArray[np.uint8]:
    buffer = column.buffers()[2]
    return np.zeros(0, np.uint8) if buffer is None else np.frombuffer(buffer, np.uint8)


def _edges(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first and the last byte of every cell that is not empty."""
    offsets = _offsets(column)
    starts, ends = offsets[:-1], offsets[1:]
    filled = starts < ends
    if not filled.all():
        starts, ends = starts[filled], ends[filled]
    data = _bytes(column)
    return data[starts], data[ends - 1]


def _is_ascii(column: pa.Array) -> bool:
    offsets = _offsets(column)
    data = _bytes(column)[offsets[0] : offsets[-1]] if len(offsets) else _bytes(column)
    return bool(data.size == 0 or int(data.max()) < 0x80)
