"""A drawn area as a condition: which events of a question lie within it, and what must be said of that.

An exact point lies in it or not. A point that its publisher snapped stands for the places around it, so such
events are taken by whole areas: those whose middle lies within.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from harmscape.engine import Engine, identifier
from harmscape.model.drawn import Corner
from harmscape.model.geography import Geography
from harmscape.places.within import box_around, points_within
from harmscape.scoring.terms import DRAWN, among
from harmscape.views.context import AreaBook, Context


def prepare_drawn(cursor: Engine, context: Context, corners: Sequence[Corner]) -> None:
    """Make the temporary table `drawn_event` (event_id, snapped) of the events within some corners."""
    prepare_within(cursor, context, shapely.Polygon(corners))


def prepare_within(cursor: Engine, context: Context, polygon: object) -> None:
    """Make `drawn_event` of the events within a polygon in degrees, which may have holes.

    Points are those of rows that the reader may open; snapped events are found by area alone.
    """
    exact = _exact_events(cursor, context, polygon)
    cursor.register("drawn_point", pa.table({"event_id": pa.array(exact, pa.int64())}))
    book = area_for_snapped(context)
    if book is None:
        snapped = "select e.event_id, true as snapped from counted_event e where false"
    else:
        column = identifier(context.lookup.area_column(book.geography.id))
        chosen = among(f"e.{column}", areas_within(cursor, book, polygon))
        snapped = f"select e.event_id, true as snapped from counted_event e where e.snapped and {chosen}"
    cursor.create(DRAWN, f"select d.event_id, false as snapped from drawn_point d union all {snapped}")


def area_for_snapped(context: Context) -> AreaBook | None:
    """The smallest areas that snapped points can bear: of those not finer than an LSOA, the smallest."""
    held = [
        book
        for name, book in context.books.items()
        if "@" not in name and isinstance(book.geography, Geography) and not book.finer and book.codes
    ]
    return min(held, key=lambda book: (float(np.median(book.size_km2)), book.geography.id), default=None)


def areas_within(cursor: Engine, book: AreaBook, polygon: object) -> list[int]:
    """The numbers of a book's areas whose middle, a point inside them, lies within a polygon in degrees."""
    table = cursor.arrow(
        "middles",
        """
        select a.area_no, a.lon, a.lat from area a where a.geography = ? and a.edition = ?
        order by a.area_no
        """,
        [book.geography.id, book.edition],
    )
    lon, lat = (table.column(name).to_numpy() for name in ("lon", "lat"))
    inside = shapely.intersects_xy(polygon, lon, lat)
    return [int(number) for number in table.column("area_no").to_numpy()[inside]]


def drawn_notes(cursor: Engine, context: Context) -> list[str]:
    """What must be said beside an answer within a drawn area; needs `drawn_event`."""
    said = [
        "Within the drawn area: only events with a point of their own, in rows that you may open,"
        " are counted."
    ]
    if not cursor.rows("snapped", "select 1 from counted_event e where e.snapped limit 1"):
        return said
    book = area_for_snapped(context)
    if book is None:
        return [*said, "Points snapped by their publisher are left out: no areas here can bear them."]
    return [
        *said,
        f"Points snapped by their publisher are counted by whole {book.geography.many.lower()}:"
        " those whose middle lies within the drawn area.",
    ]


def _exact_events(cursor: Engine, context: Context, polygon: object) -> NDArray[np.int64]:
    """The events with an exact point within a polygon in degrees."""
    systems = sorted({source.point.epsg for source in context.domain.sources if source.point})
    boxes = [(system, *box_around(polygon, system)) for system in systems]
    near = " or ".join(
        f"(e.epsg = {system} and e.x between {west!r} and {east!r} and e.y between {south!r} and {north!r})"
        for system, west, south, east, north in boxes
    )
    table = cursor.arrow(
        "points",
        f"""
        select e.event_id, e.x, e.y, e.epsg::bigint as epsg from seen_event e
        where e.precision is distinct from 'snapped' and ({near or "false"})
        """,
    )
    held = [table.column(name).to_numpy() for name in ("x", "y", "epsg")]
    return np.asarray(table.column("event_id").to_numpy()[points_within(polygon, *held)])
