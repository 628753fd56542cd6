"""A window and the months before it: which may teach what is usual, and what makes them unlike.

Like with like: months of which not all is recorded yet count for the share that is; months before a lasting
change of recording and within an unusual span teach nothing, where enough others are left; where not, the
answer says so before it says anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.change.baseline import Beside, beside_baseline
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.period import Period, month_start
from harmscape.model.recording import RecordingChange
from harmscape.views.arrivals import Arrivals, arrivals
from harmscape.views.question import Question, parameters
from harmscape.views.words import mid_sentence, span_name

BASELINE_MONTHS = 36
LEAST_MONTHS = 12
"""Months without which a baseline is not cut shorter for being unlike."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mark:
    """A recording change that a comparison touches. is_alike: whether what is compared is like with like."""

    id: str
    title: str
    reason: str
    says: str
    is_alike: bool


@dataclass(frozen=True)
class Past:
    """The months of a baseline and a window, shape (m,), oldest first.

    asked: the window's. usable: those that teach. known: the share recorded by now. gaps: missing months.
    """

    months: tuple[date, ...]
    asked: Flags
    usable: Flags
    known: Floats
    gaps: Flags
    span: Period
    marks: tuple[Mark, ...]
    arrivals: Arrivals

    @property
    def is_alike(self) -> bool:
        return all(mark.is_alike for mark in self.marks)

    @property
    def words(self) -> str:
        """The baseline by its first and last month."""
        return f"{self.span.starts:%B %Y} to {month_start(self.span.ends, -1):%B %Y}"

    @property
    def months_used(self) -> int:
        return int(self.usable.sum())

    def beside(self, counts: Floats) -> Beside:
        """Counts by area and month, shape (p, m), of the window beside their baseline."""
        calendar = [month.month for month in self.months]
        return beside_baseline(counts, calendar, self.asked & ~self.gaps, self.usable, known=self.known)

    @property
    def short(self) -> str | None:
        """What to say of a baseline shorter than is meant."""
        if self.months_used >= BASELINE_MONTHS:
            return None
        return (
            f"The baseline is {self.months_used} months where the data are short, have gaps or are unlike;"
            f" {BASELINE_MONTHS} are meant."
        )

    @property
    def whole(self) -> Period:
        return Period(self.months[0], month_start(self.months[-1], 1))


def past_of(question: Question, measure: Measure) -> Past:
    """The baseline of a window: up to 36 months before it.

    Raises SelectionError where the window is not of whole months, or nothing is known before it.
    """
    window = question.selection.period
    if not window.is_whole_months:
        raise SelectionError("what changed is told of whole months: say --window 3m, for example")
    reach = [min(extent.months) for extent in question.counted_extents]
    first = max([month_start(window.starts, -BASELINE_MONTHS), *([max(reach)] if reach else [])])
    missing = question.gaps()
    months = [] if first >= window.starts else list(Period(first, window.ends).months)
    gaps = np.array([month in missing for month in months], dtype=bool)
    asked = np.array([month >= window.starts for month in months], dtype=bool)
    usable = ~asked & ~gaps
    if not usable.any():
        raise SelectionError(
            f"there is nothing before {window.starts:%B %Y} to compare {mid_sentence(measure.title)} with"
        )
    if not (asked & ~gaps).any():
        raise SelectionError(f"the data of {mid_sentence(measure.title)} miss every month of the window")
    usable, marks = _marked(question, measure, months, usable)
    late = arrivals(question, measure)
    taught = [month for month, teaches in zip(months, usable, strict=True) if teaches]
    return Past(
        months=tuple(months),
        asked=asked,
        usable=usable,
        known=np.array([late.known(month) for month in months]),
        gaps=gaps,
        span=Period(min(taught), month_start(max(taught), 1)),
        marks=tuple(marks),
        arrivals=late,
    )


def by_month(question: Question, past: Past) -> Floats:
    """Events by area and month, shape (p + 1, m): UNPLACED first; a missing month holds what was told of
    it."""
    picked = question.pick(past.whole)
    column = question.area_column
    if picked.tally is not None:
        source, where, count = picked.table, picked.tally.sql, "sum(e.events)::bigint"
        month = "date_trunc('month', e.day)::date"
    else:
        source, where, count = picked.relation(), picked.events.sql, "count(*)"
        month = "e.month"
    rows = question.cursor.rows(
        "events by month",
        f"select e.{column} as area_no, {month} as month, {count} from {source} e where {where} group by all",
        parameters(picked),
    )
    found = np.zeros((len(question.book.codes) + 1, len(past.months)))
    at = {month: index for index, month in enumerate(past.months)}
    for number, month_found, events in rows:
        found[number, at[month_found]] += events
    return found


def recording_changes(question: Question, measure: Measure) -> list[RecordingChange]:
    """The declared changes that touch the categories and the sources of a measure."""
    domain = question.context.domain
    counted = domain.categories_of(measure)
    sources = {extent.source for extent in question.counted_extents}
    return [
        change
        for change in domain.settings.recording_changes
        if (not change.categories or any(domain.below[name] & counted for name in change.categories))
        and (not change.sources or sources & set(change.sources))
    ]


def _marked(
    question: Question, measure: Measure, months: list[date], usable: Flags
) -> tuple[Flags, list[Mark]]:
    """The months that still teach once unlike ones are left out, and what must be said."""
    window, marks = question.selection.period, list[Mark]()
    before = Period(months[0], window.starts)
    for change in recording_changes(question, measure):
        whole = Period(months[0], window.ends)
        if change.is_within(whole):
            alike = np.array([month >= change.starts for month in months])
            if change.starts > window.starts:
                says = "it falls within the window, whose months are not alike"
                marks.append(_mark(change, says, is_alike=False))
                continue
            usable, left_out = _cut(usable, alike)
            says = "the baseline begins after it" if left_out else "the baseline lies before it"
            marks.append(_mark(change, says, is_alike=left_out))
        elif change.overlaps(whole):
            inside = np.array([change.overlaps(Period(month, month_start(month, 1))) for month in months])
            in_window = change.overlaps(window)
            usable, left_out = _cut(usable, ~inside) if change.overlaps(before) else (usable, True)
            marks.append(_unusual(change, in_window=in_window, left_out=left_out))
    return usable, marks


def _cut(usable: Flags, alike: Flags) -> tuple[Flags, bool]:
    """The alike months alone where enough of them are left; all where not."""
    kept = usable & alike
    return (kept, True) if kept.sum() >= LEAST_MONTHS else (usable, False)


def _unusual(change: RecordingChange, *, in_window: bool, left_out: bool) -> Mark:
    """What to say of an unusual span that the window or its baseline lies in."""
    if in_window and left_out:
        return _mark(change, "the window lies in it, at least in part; the baseline does not", is_alike=False)
    if left_out:
        return _mark(change, "its months are left out of the baseline", is_alike=True)
    lying = "the months before lie in it" + (", and part of the window" if in_window else "")
    return _mark(
        change,
        f"{lying}, so a rise is consistent with a return to what is usual and is not read as a failure,"
        " nor a fall as a success",
        is_alike=False,
    )


def _mark(change: RecordingChange, says: str, *, is_alike: bool) -> Mark:
    when = span_name(change.starts, change.ends)
    return Mark(change.id, change.title, change.reason, f"{change.title} ({when}): {says}.", is_alike)
