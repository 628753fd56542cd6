"""Values that have a type of their own, as the cell texts the row checks read."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.block import ORDER, Block
from harmscape.ingest.text import CONTROL_PATTERN, faults
from harmscape.model.errors import FileRefusedError

EXACT_WHOLE = 2**53
"""Whole numbers from here on may have lost digits when they were stored as floating point."""


def text_of(column: pa.Array, *, name: str, shown: str) -> pa.Array:
    """A column as texts, null as an empty text: dates and times in ISO form, numbers plainly.

    Raises FileRefusedError for a type that is no cell, such as a list.

    >>> from datetime import date
    >>> text_of(pa.array([date(2024, 2, 29), None]), name="day", shown="a.parquet").to_pylist()
    ['2024-02-29', '']
    """
    kind = column.type
    if pa.types.is_floating(kind):
        column = _floats(column)
    elif pa.types.is_timestamp(kind):
        column = _times(column)
    elif pa.types.is_decimal(kind):
        column = pc.replace_substring_regex(pc.cast(column, pa.string()), r"(\.[0-9]*?)0+$", r"\1")
        column = pc.utf8_rtrim(column, ".")
    try:
        texts = pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise FileRefusedError(
            "file_malformed",
            f"{shown}: column {name!r} holds {kind} values, which are no cells; export it as text",
        ) from None
    return texts.fill_null("")


def decoded(column: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """A column whose texts are valid UTF-8, and which were not: Arrow reads a file without looking.

    >>> texts, broken = decoded(pa.array([b"Caf\\xc3\\xa9", b"Caf\\xe9"]))
    >>> texts.to_pylist(), broken.tolist()
    (['Café', 'Caf\\\\xe9'], [False, True])
    """
    none = np.zeros(len(column), bool)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (_is_text(column.type) or _is_bytes(column.type)):
        return column, none
    raw = pc.cast(column, pa.large_binary())
    try:
        return pc.cast(raw, pa.string()), none
    except pa.ArrowInvalid:
        cells = raw.to_pylist()
        texts = [None if cell is None else cell.decode("utf-8", "backslashreplace") for cell in cells]
        broken = [text is not None and text.encode() != cell for text, cell in zip(texts, cells, strict=True)]
        return pa.array(texts, pa.string()), np.array(broken, bool)


def imprecise(column: pa.Array) -> NDArray[np.bool_]:
    """Which values are floating-point numbers too large to be an exact identifier."""
    if not pa.types.is_floating(column.type):
        return np.zeros(len(column), bool)
    large: NDArray[np.bool_] = (
        pc.greater_equal(pc.abs(column), float(EXACT_WHOLE)).fill_null(False).to_numpy(zero_copy_only=False)
    )
    return large


def block_of(
    names: tuple[str, ...],
    columns: list[pa.Array],
    line: NDArray[np.int64],
    more: dict[str, NDArray[np.bool_]],
) -> Block:
    """Rendered columns as a block: the raw text is each row as JSON, and the checks on characters and lengths
    that the CSV reader makes on bytes are made here. `more` are the reader's own faults."""
    found = {**faults(columns), **more}
    ordered = {reason: found[reason] for reason in ORDER if reason in found}
    return Block(line, json_rows(names, columns), columns, faults=ordered)


def json_rows(names: tuple[str, ...], columns: list[pa.Array]) -> pa.Array:
    """Each row as one JSON object of its texts.

    >>> json_rows(("id", "kind"), [pa.array(["1"]), pa.array(['a "b"'])]).to_pylist()
    ['{"id": "1", "kind": "a \\\\"b\\\\""}']
    """
    parts: list[pa.Array | str] = []
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        lead = ("{" if at == 0 else '", ') + json.dumps(name, ensure_ascii=False) + ': "'
        parts += [lead, _escaped(column)]
    return pc.binary_join_element_wise(*parts, '"}', "")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _escaped(column: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(column, CONTROL_PATTERN.replace("[", r"[\x00\\\"\n\r\t", 1))).as_py():
        distinct = column.dictionary_encode()
        escaped = [json.dumps(text, ensure_ascii=False)[1:-1] for text in distinct.dictionary.to_pylist()]
        return pa.array(escaped, pa.string()).take(distinct.indices)
    return column


def _floats(column: pa.Array) -> pa.Array:
    """Whole numbers without a point: an identifier stored as a number keeps its digits."""
    values = pc.cast(column, pa.float64())
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), float(EXACT_WHOLE)))
    integers = pc.cast(pc.cast(pc.if_else(whole, values, None), pa.int64()), pa.string())
    return pc.coalesce(integers, pc.cast(column, pa.string()))


def _times(column: pa.Array) -> pa.Array:
    """ISO form with as many digits as the value has; times with a zone are given in UTC."""
    zoned = column.type.tz is not None
    plain = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    if zoned:
        plain = plain.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    texts = pc.replace_substring(pc.cast(plain, pa.string()), " ", "T")
    texts = (
        pc.replace_substring_regex(texts, r"\.?0+$|(\.[0-9]*[1-9])0+$", r"\1") if _fractions(texts) else texts
    )
    return pc.binary_join_element_wise(texts, "Z", "") if zoned else texts


def _fractions(texts: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(texts, ".")).as_py())
