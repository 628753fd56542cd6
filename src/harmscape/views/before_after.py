"""Before and after a day: what a measure came to in some areas, or within a drawn polygon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite

import shapely

from harmscape.change.baseline import month_dispersion
from harmscape.change.counts import compare_counts
from harmscape.change.effect import gamma_limits
from harmscape.engine import Engine
from harmscape.model.period import Period, month_start
from harmscape.scoring.score import event_sql
from harmscape.scoring.terms import DRAWN
from harmscape.views.areas import FEW
from harmscape.views.context import Context
from harmscape.views.drawn import drawn_notes, prepare_within
from harmscape.views.question import Question, ask, parameters
from harmscape.views.reach import reach_of
from harmscape.views.tested import is_likely

ENOUGH_DAYS = 28
"""Fewer complete days than this after a task was agreed say nothing of it yet."""

_BASELINE_MONTHS = 36
_CLEARLY = 0.05


@dataclass(frozen=True, slots=True)
class Span:
    """What a measure came to from one day to another, both counted."""

    starts: date
    last: date
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class CountTest:
    """The difference of two spans of one length: the ratio of their counts with 95 % limits, p of no change.

    dispersion: variance over mean of months before, which the test allows for. verdict: `clearly_lower`,
    `probably_lower`, `not_told_apart`, `probably_higher`, `clearly_higher`, or `few`.
    """

    ratio: float | None
    lo: float
    hi: float | None
    p: float
    dispersion: float
    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Two spans of the same length on both sides of a day; none while no day of data has come after it."""

    days: int
    too_early: bool
    before: Span | None
    after: Span | None
    notes: tuple[str, ...]
    test: CountTest | None = None


def before_after(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    day: date,
    polygon: Mapping[str, object] | None = None,
) -> BeforeAfter:
    """The measure of a selection from `day` to the end of the data, and as long before it.

    words: `by`, `areas`, `measure`; the window is set here. polygon: GeoJSON in degrees; only events whose
    point the reader may open are found within it, and snapped ones by whole areas.
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
        prepare_within(cursor, context, shapely.from_geojson(json.dumps(polygon)))
        notes += drawn_notes(cursor, context)
    first, second = _span(question, before, polygon), _span(question, after, polygon)
    early = days < ENOUGH_DAYS
    test = None if early else _tested(first.events, second.events, _dispersion(question, day, polygon))
    return BeforeAfter(days, early, first, second, tuple(notes), test)


def _tested(before: int, after: int, dispersion: float) -> CountTest:
    """Two counts of one length of time beside each other, in the fixed words.

    >>> _tested(40, 20, 1.0).sentence
    'Clearly lower: 20 after, 40 before.'
    >>> _tested(6, 4, 1.0).sentence
    '4, expected 3–12: so few tell nothing of the task.'
    """
    found = compare_counts([after / dispersion], [before / dispersion])
    ratio, lo, hi, p = (float(each[0]) for each in found)
    side = "lower" if after < before else "higher"
    if max(before, after) < FEW:
        least, most = gamma_limits(float(before), dispersion * before, 1.0)
        verdict, said = "few", f"{after}, expected {least:.0f}–{most:.0f}: so few tell nothing of the task."
    elif p < _CLEARLY:
        verdict, said = f"clearly_{side}", f"Clearly {side}: {after:,} after, {before:,} before."
    elif is_likely(p):
        verdict, said = f"probably_{side}", f"Probably {side}: {after:,} after, {before:,} before."
    else:
        verdict, said = "not_told_apart", f"Cannot be told apart: {after:,} after, {before:,} before."
    return CountTest(
        ratio if isfinite(ratio) else None, lo, hi if isfinite(hi) else None, p, dispersion, verdict, said
    )


def _dispersion(question: Question, day: date, polygon: Mapping[str, object] | None) -> float:
    """Variance over mean of the months before a day, season taken out; 1 where too few are at hand."""
    ends = month_start(day)
    told = [min(extent.months) for extent in question.counted_extents]
    starts = max([month_start(ends, -_BASELINE_MONTHS), *told])
    if starts >= ends:
        return 1.0
    months = Period(starts, ends).months
    events = events_by_month(question, Period(starts, ends), polygon)
    gaps = question.gaps()
    counts = [events.get(month, 0) for month in months]
    return month_dispersion([counts], [each.month for each in months], [each not in gaps for each in months])


def events_by_month(
    question: Question, period: Period, polygon: Mapping[str, object] | None
) -> Mapping[date, int]:
    """Events of a selection by month over whole months, within a drawn polygon where one is given.

    Needs `drawn_event` of the polygon.
    """
    held = _within_span(question, period)
    picked = held.pick()
    sql = event_sql(picked, held.area_column, held.attributes)
    by_month = f"""
        select date_trunc('month', w.day)::date, count(*) from ({sql}) w {_inside(polygon)} group by all
    """
    return dict(held.cursor.rows("months", by_month, parameters(picked, tallied=False)))


_DAY = timedelta(days=1)


def _span(question: Question, period: Period, polygon: Mapping[str, object] | None) -> Span:
    held = _within_span(question, period)
    picked = held.pick()
    sql = event_sql(picked, held.area_column, held.attributes)
    total = f"select count(*), coalesce(sum(w.harm), 0) from ({sql}) w {_inside(polygon)}"
    ((events, harm),) = held.cursor.rows("span", total, parameters(picked, tallied=False))
    return Span(period.starts, period.ends - _DAY, events, Decimal(harm))


def _inside(polygon: Mapping[str, object] | None) -> str:
    return f"semi join {DRAWN} d on d.event_id = w.event_id" if polygon is not None else ""


def _within_span(question: Question, period: Period) -> Question:
    return replace(question, selection=question.selection.model_copy(update={"period": period}))
