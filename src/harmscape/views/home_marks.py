"""Where the members of a group live who are in force, by the last register: no nearer than a square of a
hundred metres."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from harmscape.model.errors import SelectionError
from harmscape.places.crs import BRITISH_GRID, WGS84, transform
from harmscape.scoring.ties import known_sql, numbered_name
from harmscape.views.question import Question

SQUARE_M = 100


@dataclass(frozen=True, slots=True)
class HomeMark:
    """Members who live within one square: its middle, not their doors."""

    lon: float
    lat: float
    members: int


def home_marks(question: Question) -> tuple[HomeMark, ...]:
    """The homes of the members, in force on the last day of the window, of the one group that a question
    names; only from rows the reader may open."""
    kinds = {kind.id: kind for kind in question.context.domain.entities}
    kind = kinds.get(question.selection.by)
    if kind is None or kind.members is None or len(question.selection.areas) != 1:
        raise SelectionError("homes are shown of one group: say by with a kind that has members, and areas")
    known = known_sql("r", question.selection.as_known_at)
    ends = question.selection.period.ends
    bound: dict[str, object] = {
        "kind": kind.id,
        "no": question.book.index(question.selection.areas[0]) + 1,
        "on": ends - timedelta(days=1),
        "ends": ends,
    }
    if question.selection.as_known_at:
        bound["known_at"] = question.selection.as_known_at
    table = question.cursor.arrow(
        "homes",
        f"""
        select distinct r.member_kind, r.member_no, e.x, e.y, e.epsg::bigint as epsg
        from counted_register r
        join {numbered_name(kind.id)} n on n.entity_no = r.group_no and n.no = $no
        join seen_event e on e.event_id = r.event_id
        semi join registered g on g.group_kind = r.group_kind and g.group_no = r.group_no
            and g.member_kind = r.member_kind and g.member_no = r.member_no
            and g.starts <= $on and (g.ends is null or $on < g.ends)
        where r.group_kind = $kind and e.x is not null and e.y is not null and {known}
            and (r.source, r.day) in (
                select r.source, max(r.day) from counted_register r
                where r.day < $ends and {known} group by r.source)
        """,
        bound,
    )
    x, y, epsg = (table.column(name).to_numpy() for name in ("x", "y", "epsg"))
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for system in np.unique(epsg):
        own = epsg == system
        east[own], north[own] = transform(x[own], y[own], source=int(system), target=BRITISH_GRID)
    squares = np.floor(np.column_stack([east, north]) / SQUARE_M)
    found, members = np.unique(squares[np.isfinite(squares).all(axis=1)], axis=0, return_counts=True)
    middle = (found + 0.5) * SQUARE_M
    lon, lat = transform(middle[:, 0], middle[:, 1], source=BRITISH_GRID, target=WGS84)
    return tuple(
        HomeMark(round(float(at[0]), 6), round(float(at[1]), 6), int(count))
        for at, count in zip(np.column_stack([lon, lat]), members, strict=True)
    )
