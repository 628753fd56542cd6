"""Results: what every answer can do, whatever the question was."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from harmscape.model.declared import Declared
from harmscape.model.receipt import Receipt

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 20
_ROWS_A_LINE = 1000


@dataclass(frozen=True, kw_only=True)
class Result:
    """One answer. Its main table is `ROWS`, a field that holds one dataclass a row."""

    ROWS: ClassVar[str]

    warnings: tuple[str, ...] = ()
    receipt: Receipt | None = None

    def to_dict(self) -> dict[str, Any]:
        """The whole answer as plain data; exact figures become numbers."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    def to_json(self) -> str:
        return self._json

    @cached_property
    def _json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @cached_property
    def json_lines(self) -> tuple[str, ...]:
        """The whole answer as lines of JSON, for a reader that takes in a long one bit by bit.

        The first holds `answer`, every field but the main table, and `rows`, the name of that; each other
        line is a list of its rows.
        """
        rows = self.rows()
        names = [field.name for field in fields(self) if field.name != self.ROWS]
        head = {"rows": self.ROWS, "answer": {name: plain(getattr(self, name)) for name in names}}
        parts = [plain(list(rows[at : at + _ROWS_A_LINE])) for at in range(0, len(rows), _ROWS_A_LINE)]
        return tuple(
            json.dumps(part, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            for part in (head, *parts)
        )

    def records(self) -> list[dict[str, Any]]:
        """The main table as one flat record a row; nested parts are left out."""
        return [
            {key: value for key, value in plain(row).items() if not isinstance(value, (list, dict))}
            for row in self.rows()
        ]

    def rows(self) -> Sequence[Any]:
        found: Sequence[Any] = getattr(self, self.ROWS)
        return found

    def __len__(self) -> int:
        return len(self.rows())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows())

    def to_arrow(self) -> pyarrow.Table:
        """The main table as Arrow."""
        import pyarrow as pa

        return pa.Table.from_pylist(self.records())

    def to_pandas(self) -> pandas.DataFrame:
        """The main table as pandas; needs the extra `frames`."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The main table as Polars; needs the extra `frames`."""
        try:
            import polars
        except ImportError as fault:
            raise ImportError("Polars is not installed: pip install 'harmscape[frames]'") from fault
        return polars.DataFrame(self.records(), infer_schema_length=None)

    def _repr_html_(self) -> str:
        records = self.records()
        if not records:
            return "<p>no rows</p>"
        head = "".join(f"<th>{html.escape(name)}</th>" for name in records[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in record.values()) + "</tr>"
            for record in records[:_SHOWN]
        )
        more = f"<p>{len(records) - _SHOWN} more rows</p>" if len(records) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def plain(value: Any) -> Any:
    """A value as JSON knows it: Decimals and numpy numbers become numbers, dates text, NaN nothing.

    >>> plain({"harm": Decimal("12.50"), "day": date(2024, 1, 31)})
    {'harm': 12.5, 'day': '2024-01-31'}
    """
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is float or kind is Decimal:
        return _number(value)
    names = _FIELDS[kind] if kind in _FIELDS else _fields_of(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, (list, tuple)):
        return [each if type(each) in _AS_IS else plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): each if type(each) in _AS_IS else plain(each) for key, each in value.items()}
    return _other(value)


# A geography of tens of thousands of areas has a million values: what is as JSON knows it goes first.
_AS_IS = frozenset({str, int, bool, type(None)})


_FIELDS: dict[type, tuple[str, ...] | None] = {}


def _fields_of(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass, looked up once; None for any other type."""
    _FIELDS[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None
    return _FIELDS[kind]


def _other(value: Any) -> Any:
    if isinstance(value, (Decimal, float, np.floating)):
        return _number(value)
    if isinstance(value, Declared):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value


def _number(value: Any) -> int | float | None:
    # Points have at most ten places and sums fit a double's 15 digits, so the number read back is the same.
    number = float(value)
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
