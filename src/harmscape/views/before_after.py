"""Before and after a day: what a measure came to in some areas, or within a drawn polygon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import shapely

from harmscape.engine import Engine
from harmscape.model.period import Period
from harmscape.places.within import points_within
from harmscape.scoring.score import event_sql
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.reach import reach_of

ENOUGH_DAYS = 28
"""Fewer complete days than this after a task was agreed say nothing of it yet."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a measure came to from one day to another, both counted."""

    starts: date
    last: date
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Two spans of the same length on both sides of a day; none while no day of data has come after it."""

    days: int
    too_early: bool
    before: Span | None
    after: Span | None
    notes: tuple[str, ...]


def before_after(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    day: date,
    polygon: Mapping[str, object] | None = None,
) -> BeforeAfter:
    """The measure of a selection from `day` to the end of the data, and as long before it.

    words: `by`, `areas`, `measure`; the window is set here. polygon: GeoJSON in degrees; only events whose
    point the reader may open are found within it.
    """
    asked = {**words, "window": "1d", "to": str(day)}
    question = ask(cursor, context, asked)
    reach = reach_of(question)
    days = (reach.day - day).days + 1 if reach else 0
    if days <= 0:
        return BeforeAfter(0, True, None, None, ())
    before, after = Period(day - timedelta(days=days), day), Period(day, day + timedelta(days=days))
    # Told over both spans, so that what must be said of either is said.
    notes = _within_span(question, Period(before.starts, after.ends)).notes()
    if polygon is not None:
        notes.append("Only events with a point of their own can be found within a drawn area.")
    return BeforeAfter(
        days,
        days < ENOUGH_DAYS,
        _span(question, before, polygon),
        _span(question, after, polygon),
        tuple(notes),
    )


_DAY = timedelta(days=1)


def _span(question: Question, period: Period, polygon: Mapping[str, object] | None) -> Span:
    held = _within_span(question, period)
    picked = held.pick()
    sql = event_sql(picked, held.area_column, held.attributes)
    bound = parameters(picked, tallied=False)
    if polygon is None:
        total = f"select count(*), coalesce(sum(w.harm), 0) from ({sql}) w"
        events, harm = held.cursor.rows("span", total, bound)[0]
        return Span(period.starts, period.ends - _DAY, events, Decimal(harm))
    held.cursor.create("spanned", sql, bound)
    rows = held.cursor.arrow(
        "points",
        """
        select w.harm, e.x, e.y, e.epsg
        from spanned w join seen_event e on e.event_id = w.event_id
        where e.x is not null and e.y is not null
        """,
    )
    held_at = [rows.column(name).to_numpy() for name in ("x", "y", "epsg")]
    within = points_within(shapely.from_geojson(json.dumps(polygon)), *held_at)
    harm = [points for points, inside in zip(rows.column("harm").to_pylist(), within, strict=True) if inside]
    return Span(
        period.starts,
        period.ends - _DAY,
        int(within.sum()),
        sum((points for points in harm if points is not None), Decimal(0)),
    )


def _within_span(question: Question, period: Period) -> Question:
    return replace(question, selection=question.selection.model_copy(update={"period": period}))
