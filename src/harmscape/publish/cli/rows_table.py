"""The rows behind a figure on a screen: only columns that tell something, narrowed until they fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harmscape.publish.cli.show import cut
from harmscape.views.drilldown import Rows

_NEVER = {"event_id", "known_from", "precision", "time", "source_title", "record_url"}
_WIDEST, _NARROWEST = 34, 8
_GAP = 2


def fit_rows(result: Rows, width: int) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Heads with their sides, and the cells of a page of rows, in at most `width` characters a line.

    A column that is empty on the page is left out, and so is a quantity that is always one.
    """
    records = result.records()
    columns = [
        column
        for column in result.columns
        if column.id not in _NEVER
        and any(record[column.id] is not None for record in records)
        and not (column.id == "quantity" and all(Decimal(str(r["quantity"])) == 1 for r in records))
    ]
    cells = [[_cell(record, column.id) for column in columns] for record in records]
    for most in range(_WIDEST, _NARROWEST - 1, -2):
        cells = [
            [_narrow(cell, column.id, column.kind, most) for cell, column in zip(row, columns, strict=True)]
            for row in cells
        ]
        if _width([[column.title for column in columns], *cells]) <= width:
            break
    return [(column.title, "r" if column.kind == "number" else "l") for column in columns], cells


def plain_number(value: Decimal) -> str:
    """A number with commas and without idle zeros.

    >>> plain_number(Decimal("52563.1000000000")), plain_number(Decimal("13.0000"))
    ('52,563.1', '13')
    """
    return f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _cell(record: dict[str, Any], name: str) -> str:
    value = record[name]
    if value is None:
        return ""
    if name == "day":
        time = str(record["time"])
        return f"{value}"[:7] if time == "month only" else f"{value} {time}" if ":" in time else f"{value}"
    if name == "line":
        return str(value)
    return plain_number(Decimal(str(value))) if isinstance(value, (int, float, Decimal)) else str(value)


def _narrow(cell: str, name: str, kind: str, most: int) -> str:
    if kind not in ("text", "mono"):
        return cell
    if name == "file" and len(cell) > most:
        return f"…{cell[1 - most :]}"
    return cut(cell, min(most, 12) if name == "reference" else most)


def _width(rows: list[list[str]]) -> int:
    return sum(max(len(cell) for cell in column) + _GAP for column in zip(*rows, strict=True))
