"""Where is it dense, whatever the boundaries? Events of a selection in equal cells: hexagons or squares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import shapely

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.places.area import reproject
from harmscape.places.crs import WGS84, transform
from harmscape.places.grid import GridCells, cell_area_m2, h3_cells, is_finer_than_lsoa, square_cells
from harmscape.scoring.score import event_sql
from harmscape.views.areas import FEW
from harmscape.views.context import Context
from harmscape.views.question import ask, parameters
from harmscape.views.result import Result

CELLS: Mapping[str, tuple[Literal["square", "h3"], int, str]] = {
    "h3-7": ("h3", 7, "Hexagons of about 5 square kilometres"),
    "h3-8": ("h3", 8, "Hexagons of about 0.7 square kilometres"),
    "h3-9": ("h3", 9, "Hexagons of about 0.1 square kilometres"),
    "square-2000": ("square", 2000, "Squares of 2 kilometres"),
    "square-1000": ("square", 1000, "Squares of 1 kilometre"),
    "square-500": ("square", 500, "Squares of 500 metres"),
    "square-250": ("square", 250, "Squares of 250 metres"),
}
"""The cells that can be asked for: their kind, size and name."""
MOST = 4000
"""Cells of one answer."""


@dataclass(frozen=True, slots=True)
class DensityCell:
    """A cell with events in it. ring: its corners in degrees. few: so few events that they say little."""

    code: str
    events: int
    harm: Decimal
    few: bool
    ring: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Density(Result):
    """Cells that hold events, most harm first. km2: the size of each. pointless: events without a point."""

    ROWS: ClassVar[str] = "cells"

    cells: tuple[DensityCell, ...]
    kind: str
    title: str
    km2: float
    events: int
    pointless: int
    snapped: bool
    selection: Mapping[str, str]


def density(cursor: Engine, context: Context, words: Mapping[str, object], *, cells: str = "h3-8") -> Density:
    """The events of a selection by cells; only rows with a point that the reader may open.

    cells: one of `CELLS`. Raises SelectionError for others, for cells finer than an LSOA where points were
    snapped (unless the selection says finer), and where there are more than 4,000 cells.
    """
    if cells not in CELLS:
        raise SelectionError(f"no cells {cells[:40]!r}{nearest(cells[:40], CELLS)}")
    kind, size, title = CELLS[cells]
    question = ask(cursor, context, words)
    picked = question.pick()
    sql = event_sql(picked, question.area_column, question.attributes)
    cursor.create("weighed_event", sql, parameters(picked, tallied=False))
    cursor.create("point", _POINT_SQL)
    snapped = bool(cursor.rows("snapped", "select 1 from point p where p.snapped limit 1"))
    if snapped and is_finer_than_lsoa(kind, size) and not question.selection.finer:
        raise SelectionError(
            f"{title} are finer than an LSOA, and these points were snapped to map points by their publisher:"
            " nothing so fine can be claimed of them. Choose larger cells"
        )
    found = _grid(cursor, kind, size)
    if len(found.codes) > MOST:
        raise SelectionError(
            f"these are {len(found.codes):,} cells, and a map shows up to {MOST:,}: choose larger ones,"
            " or a smaller area"
        )
    held = _cells(cursor, found)
    ((events,),) = cursor.rows("all", "select count(*) from weighed_event w")
    shown = sum(each.events for each in held)
    return Density(
        cells=tuple(held),
        kind=cells,
        title=title,
        km2=cell_area_m2(kind, size) / 1e6,
        events=shown,
        pointless=int(events) - shown,
        snapped=snapped,
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


_POINT_SQL = """
    select e.x, e.y, e.epsg::bigint as epsg, coalesce(e.precision = 'snapped', false) as snapped,
           count(*) as events, coalesce(sum(w.harm), 0) as harm
    from weighed_event w join seen_event e on e.event_id = w.event_id
    where w.visible and e.x is not null and e.y is not null
    group by all order by all
"""


def _grid(cursor: Engine, kind: Literal["square", "h3"], size: int) -> GridCells:
    """The cells of all points, and on the cursor `point_cell`: the number of each point's cell, from 1."""
    table = cursor.arrow("points", "select p.x, p.y, p.epsg from point p group by all order by all")
    x, y, epsg = (table.column(name).to_numpy() for name in ("x", "y", "epsg"))
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for system in np.unique(epsg):
        own = epsg == system
        lon[own], lat[own] = transform(x[own], y[own], source=int(system), target=WGS84)
    if kind == "square":
        found = square_cells(lon, lat, epsg=WGS84, size_m=size)
    else:
        found = h3_cells(lon, lat, epsg=WGS84, resolution=size)
    cursor.register("point_cell", pa.table({"x": x, "y": y, "epsg": epsg, "cell": found.of_point}))
    return found


def _cells(cursor: Engine, grid: GridCells) -> list[DensityCell]:
    rows = cursor.rows(
        "cells",
        """
        select c.cell, sum(p.events)::bigint, sum(p.harm) as harm
        from point p join point_cell c on c.x = p.x and c.y = p.y and c.epsg = p.epsg
        where c.cell > 0 group by c.cell order by harm desc, c.cell
        """,
    )
    shapes = reproject(grid.polygons(), source=grid.epsg, target=WGS84)
    return [
        DensityCell(grid.codes[no - 1], events, Decimal(harm), events < FEW, _ring(shapes[no - 1]))
        for no, events, harm in rows
    ]


def _ring(shape: object) -> tuple[tuple[float, float], ...]:
    corners = np.round(shapely.get_coordinates(shape), 5)[:-1]
    return tuple((float(lon), float(lat)) for lon, lat in corners)
