"""All rows of a selection, for an export: every row the reader may open, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from harmscape.engine import Engine
from harmscape.places.crs import WGS84, transform
from harmscape.views.context import Context
from harmscape.views.drilldown import Total, weighed_rows
from harmscape.views.row_lines import Column, lines_sql

_PLACE = ", e.x as x, e.y as y, e.epsg as epsg"


@dataclass(frozen=True)
class AllRows:
    """The rows: their columns, what all of the selection come to, and how many may not be opened.

    batches: read once, while the cursor lives; with `lon` and `lat` (degrees) after the columns when asked.
    """

    columns: tuple[Column, ...]
    total: Total
    withheld: int
    selection: Mapping[str, str]
    warnings: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]

    @property
    def rows(self) -> int:
        """How many rows the batches hold."""
        return self.total.events - self.withheld


def all_rows(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    sort: str = "day",
    descending: bool = True,
    search: str = "",
    point: str = "",
    points: bool = False,
) -> AllRows:
    """Every row of a selection in order; `points` adds where each lies. See `drilldown` for the words."""
    question, columns, total, withheld = weighed_rows(
        cursor, context, words, sort=sort, search=search, point=point
    )
    more = _PLACE if points else ""
    sql = lines_sql(question, columns, sort=sort, descending=descending, more=more, page=False)
    found = cursor.batches("all rows", sql)
    return AllRows(
        columns=columns,
        total=total,
        # A search looks only into rows that may be opened, so it withholds none of what it found.
        withheld=0 if search.strip() else withheld,
        selection=question.selection.words(),
        warnings=tuple(question.notes()),
        batches=(_in_degrees(batch) for batch in found) if points else found,
    )


def _in_degrees(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with `lon` and `lat` in place of coordinates in each source's own system; null: no point."""
    lon, lat = np.full(batch.num_rows, np.nan), np.full(batch.num_rows, np.nan)
    x, y, epsg = (
        batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in ("x", "y", "epsg")
    )
    for system in np.unique(epsg[~np.isnan(epsg)]):
        own = epsg == system
        lon[own], lat[own] = transform(x[own], y[own], source=int(system), target=WGS84)
    held = batch.drop_columns(["x", "y", "epsg"])
    for name, values in (("lon", lon), ("lat", lat)):
        held = held.append_column(name, pa.array(values, pa.float64(), from_pandas=True))
    return held
