"""Is there more of it lately? The last 7 and 28 days of each measure beside the year before: provisional.

A count is compared with the mean of the same length over the 52 weeks before it. Its range is that of a
Poisson count as dispersed as those weekly counts were (quasi-Poisson, Wedderburn 1974), widened for the mean
itself being known from 52 weeks only. It says what is unusual, not why, and it tests nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.model.entity import EVERYTHING
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.views.areas import root_of
from harmscape.views.context import Context
from harmscape.views.question import Question, ask
from harmscape.views.reach import reach_of
from harmscape.views.result import Result, plain

WINDOWS = (7, 28)
WEEKS, FEWEST_WEEKS = 52, 12
_WEEK = 7
_LATE_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Lately:
    """The last days of one measure. expected is the mean of the same length, lo and hi its 95% range;
    None where fewer than 12 whole weeks are known before. word: more, as or fewer than usual."""

    days: int
    starts: date
    last: date
    events: int
    expected: float | None
    lo: int | None
    hi: int | None
    word: str | None
    weeks: int


@dataclass(frozen=True, slots=True)
class RecentMeasure:
    """A measure, or a part of it, and its last days."""

    id: str
    title: str
    is_part: bool
    windows: tuple[Lately, ...]


@dataclass(frozen=True, kw_only=True)
class Recent(Result):
    """The measure asked for, then its parts.

    data_to: the last day of which every source has told. late_days: within so many days 95% of later rows
    came in; None where too few deliveries tell. provisional: rows of these days may still come.
    """

    ROWS: ClassVar[str] = "measures"

    measures: tuple[RecentMeasure, ...]
    data_to: date | None
    late_days: int | None
    provisional: bool
    selection: Mapping[str, str]

    def records(self) -> list[dict[str, Any]]:
        return [
            {"id": each.id, "title": each.title, "is_part": each.is_part, **plain(window)}
            for each in self.measures
            for window in each.windows
        ]


def recent(cursor: Engine, context: Context, words: Mapping[str, object]) -> Recent:
    """The last 7 and 28 days of a selection. Its own window is not used; its other conditions hold."""
    question = ask(cursor, context, words)
    if question.selection.as_known_at is not None:
        raise SelectionError("the last days are told as they are known now: leave as_known_at out")
    reach = reach_of(question)
    notes = [
        "One in twenty of such counts lies outside its range by chance alone.",
        *([f"The data end with {', '.join(reach.held_by)}."] if reach and reach.held_by else []),
    ]
    if reach is None:
        return _answer(question, (), None, None, notes)
    ends = reach.day + timedelta(days=1)
    daily, monthly = _daily(question, ends)
    late = _late_days(cursor)
    if late is None or late > 0:
        notes.append(_late_words(late))
    if monthly:
        notes.append(f"{monthly:,} events are known only by month and are left out.")
    named = {question.measure.id: (question.measure.title, False, daily.whole)}
    named |= {name: (title, True, daily.of[name]) for name, title in daily.titles.items()}
    gaps = question.gaps()
    measures = [
        RecentMeasure(name, title, part, tuple(_lately(counts, ends, days, daily, gaps) for days in WINDOWS))
        for name, (title, part, counts) in named.items()
    ]
    return _answer(question, tuple(measures), reach.day, late, notes)


def usual_range(weekly: NDArray[np.int64], weeks: int) -> tuple[float, int, int]:
    """Mean and 95% range of the events of `weeks` weeks like those counted: float64[n], one count a week.

    The dispersion is the variance of the weekly counts over their mean, at least 1.

    >>> usual_range(np.array([10, 10, 10, 10]), 1)
    (10.0, 3, 18)
    """
    from scipy.stats import poisson

    mean = float(weekly.mean())
    expected = mean * weeks
    if expected == 0:
        return 0.0, 0, 0
    dispersion = max(float(weekly.var(ddof=1)) / mean, 1.0) * (1 + weeks / len(weekly))
    low, high = poisson.ppf([0.025, 0.975], expected / dispersion) * dispersion
    return expected, int(np.floor(low)), int(np.ceil(high))


@dataclass(frozen=True)
class _Daily:
    """Events by day: of all, and of each part. days: the first day of the counts, then one a day."""

    days: Sequence[date]
    whole: NDArray[np.int64]
    of: Mapping[str, NDArray[np.int64]]
    titles: Mapping[str, str]


def _daily(question: Question, ends: date) -> tuple[_Daily, int]:
    """One scan: the events of each day since the first week needed, and those known only by month."""
    span = Period(ends - timedelta(days=WINDOWS[-1] + WEEKS * _WEEK), ends)
    picked = _whole(question).pick(span)
    certain = " and not e.certain" if picked.marked else ""
    parts = "e.parts" if picked.marked and question.measure.measures else "0"
    rows = question.cursor.rows(
        "days",
        f"""
        select e.day, e.whole_month, e.category, {parts} as parts, count(*)
        from {picked.relation()} e where {picked.events.sql}{certain} group by all
        """,
        picked.events.parameters,
    )
    titles = _parts(question)
    whole = np.zeros(span.days, dtype=np.int64)
    of = {name: np.zeros(span.days, dtype=np.int64) for name in titles}
    monthly = 0
    for day, whole_month, category, bits, events in rows:
        if whole_month:
            monthly += events
            continue
        at = (day - span.starts).days
        whole[at] += events
        for name in _parts_of(question, category, bits, list(titles)):
            of[name][at] += events
    first = [span.starts + timedelta(days=n) for n in range(span.days)]
    return _Daily(first, whole, of, titles), monthly


def _whole(question: Question) -> Question:
    """The question with every event once, whoever its subjects are; some named subjects stay."""
    if question.selection.areas or question.selection.by in question.lookup.columns:
        return question
    everything = question.selection.model_copy(update={"by": EVERYTHING})
    return replace(question, selection=everything, rolled={}, trending=None)


def _parts(question: Question) -> dict[str, str]:
    """The measures of a sum that happen by day; else the branches of the measure's categories."""
    domain = question.context.domain
    if question.measure.measures:
        parts = [domain.measure(name) for name in question.measure.measures]
        return {part.id: part.title for part in parts if part.kind == "flow"}
    roots = sorted({root_of(domain, name) for name in domain.categories_of(question.measure)})
    return {name: domain.categories[name].title for name in roots}


def _parts_of(question: Question, category: int, bits: int, names: Sequence[str]) -> list[str]:
    if question.measure.measures:
        return [name for at, name in enumerate(question.measure.measures) if bits >> at & 1 and name in names]
    root = root_of(question.context.domain, question.category_ids.get(category, "none"))
    return [root] if root in names else []


def _lately(
    counts: NDArray[np.int64], ends: date, days: int, daily: _Daily, gaps: Mapping[Any, list[str]]
) -> Lately:
    """The last days against the whole weeks before them, without those that touch a gap in the data."""
    starts = ends - timedelta(days=days)
    events = int(counts[-days:].sum())
    before = counts[: len(counts) - days][-WEEKS * _WEEK :]
    weekly = before.reshape(-1, _WEEK).sum(axis=1)
    mondays = [starts - timedelta(days=_WEEK * (len(weekly) - n)) for n in range(len(weekly))]
    known = _known(mondays, daily, gaps)
    told = weekly[np.array(known, dtype=bool)]
    last = ends - timedelta(days=1)
    if len(told) < FEWEST_WEEKS:
        return Lately(days, starts, last, events, None, None, None, None, len(told))
    expected, lo, hi = usual_range(told, days // _WEEK)
    word = "more than usual" if events > hi else "fewer than usual" if events < lo else "as usual"
    return Lately(days, starts, last, events, round(expected, 2), lo, hi, word, len(told))


def _known(weeks: Sequence[date], daily: _Daily, gaps: Mapping[Any, list[str]]) -> list[bool]:
    """Whether the data hold each week: from the first event of all on, and in no month that is missing."""
    happened = np.flatnonzero(daily.whole)
    first = daily.days[int(happened[0])] if len(happened) else date.max
    lasts = [week + timedelta(days=_WEEK - 1) for week in weeks]
    return [
        week >= first and month_start(week) not in gaps and month_start(last) not in gaps
        for week, last in zip(weeks, lasts, strict=True)
    ]


def _late_days(cursor: Engine) -> int | None:
    """Within how many days 95% of rows came in, of those that could come with more than one delivery."""
    (days,) = cursor.rows(
        "late",
        f"""
        with begun as (
            select e.source, min(e.known_from) as first from counted_event e group by e.source
        )
        select quantile_disc(e.known_from - e.day, {_LATE_SHARE}) as days, count(*) as events
        from counted_event e join begun b on b.source = e.source
        where e.day > b.first and not e.whole_month
        """,
    )
    return int(days[0]) if days[1] >= 100 else None


def _late_words(days: int | None) -> str:
    how = (
        "How late rows come is not known yet" if days is None else f"Of late rows 95% come within {days} days"
    )
    return f"{how}: these counts may still grow, and fewer than usual may mean not yet told."


def _answer(
    question: Question,
    measures: tuple[RecentMeasure, ...],
    data_to: date | None,
    late_days: int | None,
    notes: Sequence[str],
) -> Recent:
    return Recent(
        measures=measures,
        data_to=data_to,
        late_days=late_days,
        # Until deliveries have told how late rows come, any of the last days may still grow.
        provisional=late_days is None or late_days > 0,
        warnings=tuple(notes),
        selection=question.selection.words(),
    )
