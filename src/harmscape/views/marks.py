"""Where exactly did it happen? The events of a selection as marks on the map, put together where they crowd.

Only rows that the reader may open have a mark, and none that tells of a child or a victim: a point would show
where somebody lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, cos, log2, radians
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.places.crs import WGS84, transform
from harmscape.scoring.score import event_sql
from harmscape.views.areas import measures_of, root_of
from harmscape.views.context import Context
from harmscape.views.home_marks import HomeMark, home_marks
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result

MOST = 500
"""Marks of one answer; where there are more points, those of a cell become one mark."""
_CELLS_ACROSS = 40
_GUARDED = frozenset({"child", "victim"})

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class KindAt:
    """What a mark holds of one kind: a measure of a sum, or the top of a category's tree."""

    id: str
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """Events at one point, or near each other. point: the words for the rows at it; none for several points.

    box: west, south, east and north of its points, where they are several. snapped: some of its points were
    moved to a map point by their publisher.
    """

    lon: float
    lat: float
    events: int
    harm: Decimal
    points: int
    snapped: bool
    point: str | None
    box: Bounds | None
    kinds: tuple[KindAt, ...]


@dataclass(frozen=True, slots=True)
class Unmarked:
    """Events of the selection without a mark: in rows withheld, of children or victims, without a point."""

    withheld: int
    guarded: int
    pointless: int
    elsewhere: int


@dataclass(frozen=True, kw_only=True)
class Marks(Result):
    """The marks, most harm first; `events` and `harm` are those of all of them."""

    ROWS: ClassVar[str] = "marks"

    marks: tuple[Mark, ...]
    homes: tuple[HomeMark, ...]
    events: int
    harm: Decimal
    unmarked: Unmarked
    clustered: bool
    snapped: bool
    selection: Mapping[str, str]


def marks(
    cursor: Engine, context: Context, words: Mapping[str, object], *, bounds: str = "", homes: str = ""
) -> Marks:
    """The events of a selection as at most 500 marks.

    bounds: `west,south,east,north` in degrees; only events there, and the nearer the finer. homes: `yes` for
    where the members of the one group that `areas` names live, by the last register.
    Raises SelectionError for bounds that are none.
    """
    box = _bounds(bounds)
    question = ask(cursor, context, words)
    picked = question.pick()
    sql = event_sql(picked, question.area_column, question.attributes)
    cursor.create("weighed_event", sql, parameters(picked, tallied=False))
    _register_kinds(question)
    cursor.create("marked_point", _points_sql(question))
    shown, box = _put_on_map(question, box)
    found = _marks(question)
    events = sum(each.events for each in found)
    withheld, guarded, pointless = _left_out(question)
    placed = cursor.rows("placed", "select coalesce(sum(p.events), 0)::bigint from marked_point p")[0][0]
    return Marks(
        marks=tuple(found),
        homes=home_marks(question) if homes.lower() in {"yes", "true", "1"} else (),
        events=events,
        harm=sum((each.harm for each in found), Decimal(0)),
        unmarked=Unmarked(withheld, guarded, pointless, int(placed) - events),
        clustered=shown > len(found),
        snapped=any(each.snapped for each in found),
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def point_words(x: float, y: float, epsg: int) -> str:
    """A point in the words of a question for its rows: its coordinates to the last bit, and their system."""
    return f"{x!r},{y!r},{epsg}"


def _bounds(text: str) -> Bounds | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise SelectionError("expected bounds as west,south,east,north in degrees") from None
    # NaN answers no comparison, so it is refused here as well.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise SelectionError("bounds go from west to east and from south to north, in degrees")
    return west, south, east, north


def _register_kinds(question: Question) -> None:
    """`mark_kind`: by category number, the kind it is told under."""
    domain = question.context.domain
    numbers = question.context.lookup.dictionaries.category
    roots = {name: root_of(domain, name) for name in numbers}
    table = {
        "category": pa.array([0, *numbers.values()], pa.int16()),
        "kind": pa.array(["", *(roots[name] for name in numbers)], pa.string()),
    }
    question.cursor.register("mark_kind", pa.table(table))


def _kind_sql(question: Question) -> str:
    """The kind of a weighed event: the first of a sum's measures that it is in, else its top category."""
    measures = measures_of(question)
    if not measures:
        return "k.kind"
    cases = " ".join(f"when (w.parts >> {at}) & 1 = 1 then {at}" for at in range(len(measures)))
    return f"(case {cases} end)::varchar"


def guarded_sources(question: Question, alias: str = "w") -> str:
    """Whether an event is of a source that tells of children or victims, as a condition."""
    numbers = question.context.lookup.dictionaries.source
    held = [
        numbers[source.id]
        for source in question.context.domain.sources
        if source.policy.subject_class in _GUARDED and source.id in numbers
    ]
    return f"{alias}.source in ({', '.join(map(str, held))})" if held else "false"


def _points_sql(question: Question) -> str:
    """`marked_point`, grain: one row per point and kind: x, y, epsg, snapped, kind, events, harm."""
    return f"""
        select e.x, e.y, e.epsg, coalesce(e.precision = 'snapped', false) as snapped,
               {_kind_sql(question)} as kind, count(*) as events, coalesce(sum(w.harm), 0) as harm
        from weighed_event w
        join seen_event e on e.event_id = w.event_id
        left join mark_kind k on k.category = w.category
        where w.visible and e.x is not null and e.y is not null and not {guarded_sources(question)}
        group by all
    """


def _left_out(question: Question) -> tuple[int, int, int]:
    guarded = guarded_sources(question)
    ((withheld, held, pointless),) = question.cursor.rows(
        "left out",
        f"""
        select count(*) filter (not w.visible), count(*) filter (w.visible and {guarded}),
               count(*) filter (w.visible and not {guarded} and (e.x is null or e.y is null))
        from weighed_event w left join seen_event e on e.event_id = w.event_id
        """,
    )
    return int(withheld), int(held), int(pointless)


def _put_on_map(question: Question, box: Bounds | None) -> tuple[int, Bounds | None]:
    """`shown_point`: the points within the box with their degrees and the cell of each; how many they are."""
    table = question.cursor.arrow(
        "points", "select p.x, p.y, p.epsg::bigint as epsg from marked_point p group by all order by all"
    )
    x, y, epsg = (table.column(name).to_numpy() for name in ("x", "y", "epsg"))
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for system in np.unique(epsg):
        own = epsg == system
        lon[own], lat[own] = transform(x[own], y[own], source=int(system), target=WGS84)
    known = np.isfinite(lon) & np.isfinite(lat)
    if box:
        west, south, east, north = box
        known &= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    elif known.any():
        box = (float(lon[known].min()), float(lat[known].min()),
               float(lon[known].max()), float(lat[known].max()))  # fmt: skip
    held = pa.table(
        {"x": x[known], "y": y[known], "epsg": epsg[known], "lon": lon[known], "lat": lat[known],
         "cell": _cells(lon[known], lat[known], box)}
    )  # fmt: skip
    question.cursor.register("shown_point", held)
    return int(known.sum()), box


def _cells(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Bounds | None) -> NDArray[np.int64]:
    """The cell of each point: its own where there is room for all, else one of a grid over the box.

    The sides of cells are powers of two of a degree, so that the same cells come back as the map is moved.
    """
    if len(lon) <= MOST or box is None:
        return np.arange(len(lon), dtype=np.int64)
    west, south, east, north = box
    narrow = max(cos(radians((south + north) / 2)), 0.05)
    size = 2.0 ** ceil(log2(max((east - west) * narrow, north - south) / _CELLS_ACROSS))
    while True:
        column = np.floor(lon * narrow / size).astype(np.int64)
        row = np.floor(lat / size).astype(np.int64)
        found, cell = np.unique(column * (1 << 31) + row, return_inverse=True)
        if len(found) <= MOST:
            return np.asarray(cell, dtype=np.int64)
        size *= 2


def _marks(question: Question) -> list[Mark]:
    """One mark a cell, from `marked_point` and `shown_point`."""
    cursor = question.cursor
    cursor.create(
        "cell_kind",
        """
        select s.cell, p.kind, sum(p.events)::bigint as events, sum(p.harm) as harm
        from shown_point s join marked_point p on p.x = s.x and p.y = s.y and p.epsg = s.epsg
        group by s.cell, p.kind
        """,
    )
    rows = cursor.rows(
        "marks",
        """
        with at_point as (
            select s.cell, s.x, s.y, s.epsg, s.lon, s.lat, bool_or(p.snapped) as snapped,
                   sum(p.events)::bigint as events, sum(p.harm) as harm
            from shown_point s join marked_point p on p.x = s.x and p.y = s.y and p.epsg = s.epsg
            group by all
        )
        select a.cell, sum(a.lon * a.events order by a.lon, a.lat) / sum(a.events),
               sum(a.lat * a.events order by a.lon, a.lat) / sum(a.events),
               sum(a.events)::bigint, sum(a.harm) as harm, count(*), bool_or(a.snapped),
               any_value(a.x), any_value(a.y), any_value(a.epsg),
               min(a.lon), min(a.lat), max(a.lon), max(a.lat)
        from at_point a group by a.cell order by harm desc, a.cell
        """,
    )
    names = [each.id for each in measures_of(question)]
    kinds: dict[int, list[KindAt]] = {}
    for cell, kind, events, harm in cursor.rows(
        "kinds", "select c.cell, c.kind, c.events, c.harm from cell_kind c order by c.harm desc, c.kind"
    ):
        name = names[int(kind)] if names and kind is not None else kind or ""
        kinds.setdefault(cell, []).append(KindAt(name, events, Decimal(harm)))
    return [
        Mark(
            lon=round(lon, 6),
            lat=round(lat, 6),
            events=events,
            harm=Decimal(harm),
            points=points,
            snapped=snapped,
            point=point_words(x, y, epsg) if points == 1 else None,
            box=(west, south, east, north) if points > 1 else None,
            kinds=tuple(kinds[cell]),
        )
        for cell, lon, lat, events, harm, points, snapped, x, y, epsg, west, south, east, north in rows
    ]
