"""Cells that a spreadsheet would run are made text; numbers stay numbers."""

from __future__ import annotations

from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: Any) -> Any:
    """A cell for an export: text that begins like a formula gets a leading quote.

    >>> safe_cell("=1+1"), safe_cell(-2.5), safe_cell("-2+3"), safe_cell("Mill Lane")
    ("'=1+1", -2.5, "'-2+3", 'Mill Lane')
    """
    if isinstance(value, str) and value.lstrip(" \u00a0").startswith(_STARTS):
        return f"'{value}"
    return value
