"""Which events lie near one another in place and time? A join on cells and days, never of all pairs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.places.crs import WGS84, is_geographic, transform

_DAY_HOURS = 24
_UTM_NORTH, _UTM_SOUTH = 32600, 32700


def pairs_sql() -> str:
    """`near_pair`: first, second (event ids, the smaller first), distance_m, gap_hours (null where one of the
    two is known by day only), nearness from 1 (same place and time) to 0 (at both limits).

    Binds metres, hours, days. Needs `near_event`: event_id, x, y in metres, day, at (null: day only), parts
    (bits), source, category. Two events are compared if they have no part in common, and differ in source or
    category; two known by time are near within the hours, others within the days.
    """
    return """
        with cell as (
            select e.*, floor(e.x / $metres)::bigint as cx, floor(e.y / $metres)::bigint as cy,
                   date_diff('day', '1970-01-01'::date, e.day) // ($days + 1) as ct
            from near_event e
        ),
        around as (
            select c.* replace (c.cx + dx.step as cx, c.cy + dy.step as cy, c.ct + dt.step as ct)
            from cell c, (values (-1), (0), (1)) dx(step), (values (-1), (0), (1)) dy(step),
                 (values (-1), (0), (1)) dt(step)
        ),
        near as (
            select a.event_id as first, b.event_id as second,
                   sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)) as distance_m,
                   abs(date_diff('second', a.at, b.at)) / 3600.0 as gap_hours,
                   abs(date_diff('day', a.day, b.day)) as gap_days
            from cell a
            join around b on b.cx = a.cx and b.cy = a.cy and b.ct = a.ct and a.event_id < b.event_id
            where a.parts & b.parts = 0 and (a.source <> b.source or a.category <> b.category)
        )
        select n.first, n.second, n.distance_m, n.gap_hours,
               1 - (n.distance_m / $metres + coalesce(n.gap_hours / $hours, 0.5)) / 2 as nearness
        from near n
        where n.distance_m <= $metres
            and case when n.gap_hours is null then n.gap_days <= $whole_days else n.gap_hours <= $hours end
    """


def pair_bounds(metres: float, hours: float) -> dict[str, object]:
    """What `pairs_sql` binds. Events known by day only match on the same day, and at 48 hours the next too.

    >>> [pair_bounds(150, hours)["whole_days"] for hours in (6, 24, 48)]
    [0, 0, 1]
    """
    whole = max(int(-(-hours // _DAY_HOURS)) - 1, 0)
    # Days are local and times are not, so that events some hours apart may lie one day more apart.
    days = int(hours // _DAY_HOURS) + 1
    return {"metres": float(metres), "hours": float(hours), "whole_days": whole, "days": days}


def groups_sql() -> str:
    """`near_group`: one row per triple whose events are all near one another, and per pair in no triple:
    first, second, third (null), distance_m and gap_hours the largest, nearness the least; of `near_pair`."""
    return """
        with triple as (
            select p.first, p.second, q.second as third,
                   greatest(p.distance_m, q.distance_m, r.distance_m) as distance_m,
                   case when p.gap_hours is not null and q.gap_hours is not null and r.gap_hours is not null
                        then greatest(p.gap_hours, q.gap_hours, r.gap_hours) end as gap_hours,
                   least(p.nearness, q.nearness, r.nearness) as nearness
            from near_pair p
            join near_pair q on q.first = p.second
            join near_pair r on r.first = p.first and r.second = q.second
        ),
        held as (
            select t.first, t.second from triple t union select t.second, t.third from triple t
            union select t.first, t.third from triple t
        )
        select * from triple
        union all by name
        select p.*, null::bigint as third from near_pair p
        where not exists (select 1 from held h where h.first = p.first and h.second = p.second)
    """


def put_in_metres(cursor: Engine) -> None:
    """Make `near_event` of `pointed_event`: its points (x, y, epsg) in one plane of metres."""
    points = cursor.arrow("points", "select p.event_id, p.x, p.y, p.epsg from pointed_event p")
    x, y = (points.column(name).to_numpy().astype(np.float64) for name in ("x", "y"))
    east, north = plane(x, y, points.column("epsg").to_numpy())
    table = pa.table({"event_id": points.column("event_id"), "x": pa.array(east), "y": pa.array(north)})
    cursor.register("near_point", table)
    cursor.create(
        "near_event",
        "select e.* replace (n.x as x, n.y as y) from pointed_event e"
        " join near_point n on n.event_id = e.event_id where not isnan(n.x) and not isnan(n.y)",
    )
    cursor.drop("near_point")


def plane(
    x: NDArray[np.float64], y: NDArray[np.float64], epsg: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points in metres of one plane: their own, where they share one that is in metres, else the UTM zone of
    their mean. float64[n]; NaN where a point cannot be brought there.

    >>> east, north = plane(np.array([0.0, 0.0]), np.array([52.0, 52.001]), np.array([4326, 4326]))
    >>> round(float(np.hypot(east[1] - east[0], north[1] - north[0])))
    111
    """
    systems = [int(each) for each in np.unique(epsg)]
    if len(x) == 0 or (len(systems) == 1 and not is_geographic(systems[0])):
        return x, y
    lon, lat = _each(x, y, epsg, systems, WGS84)
    zone = int((np.nanmean(lon) + 180) // 6) % 60 + 1
    target = (_UTM_NORTH if np.nanmean(lat) >= 0 else _UTM_SOUTH) + zone
    return _each(x, y, epsg, systems, target)


def _each(
    x: NDArray[np.float64], y: NDArray[np.float64], epsg: NDArray[np.int32], systems: list[int], target: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east, north = np.full(len(x), np.nan), np.full(len(y), np.nan)
    for system in systems:
        own = epsg == system
        east[own], north[own] = transform(x[own], y[own], source=system, target=target)
    return east, north
