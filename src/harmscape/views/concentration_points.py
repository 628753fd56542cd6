"""The incidents under a surface, each with its point in metres, and what cannot or may not be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.concentration.surface import Grid
from harmscape.model.period import Period
from harmscape.views.concentration_events import gather
from harmscape.views.concentration_ground import Box, Ground
from harmscape.views.marks import guarded_sources
from harmscape.views.question import Question
from harmscape.views.words import number_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pointed:
    """Incidents by point, metres: x, y float64[n], events int64[n], exact harm (Arrow decimals, n).

    snapped: some point was moved to a map point by its publisher. Events left out: no_point, guarded (of
    children or victims), closed to this reader, elsewhere (outside the land that was asked for).
    """

    x: Floats
    y: Floats
    events: NDArray[np.int64]
    exact: pa.ChunkedArray
    snapped: bool
    no_point: int = 0
    guarded: int = 0
    closed: int = 0
    elsewhere: int = 0

    @property
    def harm(self) -> Floats:
        """Points of each incident as floats, shape (n,)."""
        return np.asarray(self.exact.cast(pa.float64()).to_numpy(), dtype=float)

    def cells(self, grid: Grid) -> NDArray[np.int64]:
        """The cell that each lies in, numbered row by row."""
        column = np.clip(((self.x - grid.west) / grid.cell_m).astype(np.int64), 0, grid.columns - 1)
        row = np.clip(((self.y - grid.south) / grid.cell_m).astype(np.int64), 0, grid.rows - 1)
        return np.asarray(row * grid.columns + column)

    def sum_of(self, which: NDArray[np.bool_]) -> Decimal:
        """The harm of some of them, to the last digit."""
        found = pc.sum(self.exact.filter(pa.array(which))).as_py()
        return Decimal(0) if found is None else Decimal(found)

    def left_out(self) -> list[str]:
        """What must be said of events that are not drawn."""
        reasons = (
            (self.no_point, "without a point"),
            (self.guarded, "of children or victims, which no map shows"),
            (self.closed, "in rows that your role may not open"),
            (self.elsewhere, "in no area, or with a point beside the land"),
        )
        said = [f"{number_of(count, 'event')} {why}" for count, why in reasons if count]
        return [f"Left out: {'; '.join(said)}."] if said else []


def pointed(question: Question, ground: Ground, box: Box, period: Period | None = None) -> Pointed:
    """The incidents of the window, or of another period, whose point lies in the box."""
    cursor = question.cursor
    gather(question, period, into="laid")
    cursor.create(
        "laid_point",
        f"""
        select w.event_id, coalesce(-w.incident, w.event_id) as incident, w.area_no, w.visible, w.harm,
               e.x, e.y, e.epsg::bigint as epsg, coalesce(e.precision = 'snapped', false) as snapped,
               {guarded_sources(question)} as guarded,
               e.x is not null and e.y is not null and e.epsg is not null as has_point
        from laid w left join seen_event e on e.event_id = w.event_id and w.visible
        """,
    )
    ((closed, guarded, no_point, lost),) = cursor.rows(
        "left out",
        """
        select count(*) filter (not p.visible), count(*) filter (p.visible and p.guarded),
               count(*) filter (p.visible and not p.guarded and not p.has_point),
               count(*) filter (p.visible and not p.guarded and p.has_point and p.area_no = 0)
        from laid_point p
        """,
    )
    # An incident lies where its first record does: one happening is one piece of luck.
    rows = cursor.arrow(
        "incidents",
        """
        select arg_min(p.x, p.event_id) as x, arg_min(p.y, p.event_id) as y,
               arg_min(p.epsg, p.event_id) as epsg, bool_or(p.snapped) as snapped,
               count(*) as events, sum(p.harm) as harm
        from laid_point p
        where p.visible and not p.guarded and p.has_point and p.area_no > 0
        group by p.incident order by p.incident
        """,
    )
    return _within(rows, ground, box, no_point=no_point, guarded=guarded, closed=closed, lost=lost)


def _within(
    rows: pa.Table, ground: Ground, box: Box, *, no_point: int, guarded: int, closed: int, lost: int
) -> Pointed:
    x, y = (rows.column(name).to_numpy().astype(float) for name in ("x", "y"))
    east, north = ground.metres(x, y, rows.column("epsg").to_numpy())
    events = rows.column("events").to_numpy().astype(np.int64)
    west, south, right, top = box
    on = (east >= west) & (east < right) & (north >= south) & (north < top)
    return Pointed(
        east[on],
        north[on],
        events[on],
        rows.column("harm").filter(pa.array(on)),
        bool(rows.column("snapped").to_numpy(zero_copy_only=False)[on].any()),
        no_point=no_point,
        guarded=guarded,
        closed=closed,
        elsewhere=int(lost + events[~on].sum()),
    )
