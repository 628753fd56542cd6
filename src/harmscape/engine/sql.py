"""The few ways text gets into SQL: identifiers of our own, and paths of our own files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_NAME = re.compile(r"^[a-z_][a-z0-9_]{0,79}$")


def identifier(name: str) -> str:
    """A name for SQL text; only our own declarations can be one.

    >>> identifier("area_sector")
    'area_sector'
    """
    if not _NAME.match(name):
        raise ValueError("an identifier is lower case letters, digits and underscores")
    return name


def quoted(text: str) -> str:
    """A text literal, for the places where the engine takes no parameter (paths, options)."""
    return "'" + text.replace("'", "''") + "'"


def parquet_list(paths: Iterable[Path | str]) -> str:
    """A relation over Parquet files whose columns are matched by name.

    >>> parquet_list(["a.parquet", "b.parquet"])
    "read_parquet(['a.parquet', 'b.parquet'], union_by_name = true)"
    """
    return f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}], union_by_name = true)"
