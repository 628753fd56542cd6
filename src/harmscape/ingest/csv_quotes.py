"""How far the quotes of a block are well-formed, so that the fast path may read past them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_QUOTE, _COMMA, _LF, _CR = 34, 44, 10, 13


@dataclass(frozen=True, slots=True)
class Quotes:
    """Up to the byte `until`, which starts a record, every quote opens a cell, closes one, or stands doubled
    inside one. `inside`: for each byte before it, whether an odd number of quotes came before or at it.
    `doubled`: whether any quote stands doubled."""

    until: int
    inside: NDArray[np.bool_]
    doubled: bool


def read_quotes(data: bytes) -> Quotes:
    """Judge the quotes of a block that starts with a record and ends with a line break.

    >>> read_quotes(b'a,"b,c"\\n"d""e",f\\n').until
    17
    >>> read_quotes(b'a,"b"\\ng,5" pipe\\n').until
    6
    """
    codes = np.frombuffer(data, np.uint8)
    quote = codes == _QUOTE
    at = np.flatnonzero(quote)
    inside = (np.cumsum(quote, dtype=np.uint8) & 1).astype(bool)
    touching = np.diff(at) == 1
    before = codes[at - 1]
    opens = (at == 0) | (before == _COMMA) | (before == _LF)
    opens[1:] |= touching
    after, then = codes[at + 1], codes[np.minimum(at + 2, codes.size - 1)]
    closes = (after == _COMMA) | (after == _LF) | ((after == _CR) & (then == _LF))
    closes[:-1] |= touching
    sound = np.where(np.arange(at.size) % 2 == 0, opens, closes)
    wrong = np.flatnonzero(~sound)
    if wrong.size:
        until = _record_start(data, inside, int(at[wrong[0]]))
    elif at.size % 2:
        until = _record_start(data, inside, int(at[-1]))
    else:
        until = len(data)
    return Quotes(
        until, inside[:until], bool((touching[1::2] & (at[2::2] < until)[: touching[1::2].size]).any())
    )


def _record_start(data: bytes, inside: NDArray[np.bool_], position: int) -> int:
    """Where the record that holds a byte starts: after the last line break outside quotes before it."""
    end = data.rfind(b"\n", 0, position)
    while end >= 0 and inside[end]:
        end = data.rfind(b"\n", 0, end)
    return end + 1
