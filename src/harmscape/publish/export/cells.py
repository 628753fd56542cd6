"""Cells of an export, a column at a time: text that a spreadsheet would run is made plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

# The same beginnings as `safe.safe_cell`, whose twin this is for whole columns.
_FORMULA = r"^[ \x{A0}]*[=+\-@\t\r\n\x00\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"


def safe_text(column: pyarrow.Array) -> pyarrow.Array:
    """A text column in which what begins like a formula has a leading quote.

    >>> import pyarrow as pa
    >>> safe_text(pa.array(["=1+1", "Mill Lane", None])).to_pylist()
    ["'=1+1", 'Mill Lane', None]
    """
    import pyarrow.compute as pc

    def safe(texts: pyarrow.Array) -> pyarrow.Array:
        quoted = pc.binary_join_element_wise("'", texts, "")
        return pc.if_else(pc.match_substring_regex(texts, _FORMULA), quoted, texts)

    return on_values(column, safe)


def on_values(column: pyarrow.Array, work: Callable[[pyarrow.Array], pyarrow.Array]) -> pyarrow.Array:
    """What `work` makes of a text column, worked out once for each text where texts repeat.

    >>> import pyarrow as pa, pyarrow.compute as pc
    >>> on_values(pa.array(["a", "a", None, "a"]), pc.utf8_upper).to_pylist()
    ['A', 'A', None, 'A']
    """
    coded = column.dictionary_encode()
    if 2 * len(coded.dictionary) > len(column):
        return work(column)
    return work(coded.dictionary).take(coded.indices)


def plain_column(column: pyarrow.Array) -> pyarrow.Array:
    """Exact numbers as floats, which hold their digits; dictionaries and nothing as text; the rest as is."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        # By way of text: the direct cast is off in the last digit.
        return column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_dictionary(column.type) or pa.types.is_null(column.type):
        return column.cast(pa.string())
    return column


def is_text(column: Any) -> bool:
    """Whether a column holds text."""
    import pyarrow as pa

    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))
