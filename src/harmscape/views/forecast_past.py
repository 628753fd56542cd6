"""The months a forecast learns from: events and harm by area, gaps left open, unlike months left out.

Like with like: months within an unusual span and those before a lasting change of recording teach nothing
where two years of others are left; where not, they are used and named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.back_test import FEWEST
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.scoring.score import area_month_sql
from harmscape.views.extents import SourceExtent, gaps_of
from harmscape.views.past import recording_changes
from harmscape.views.question import Question, parameters

Floats = NDArray[np.float64]

_NEW_MONTHS = 1


@dataclass(frozen=True)
class Months:
    """Figures by area and month, each shape (p + 1, m), UNPLACED first; NaN in a month that does not teach.

    recorded: events as they are, NaN in a gap alone. events: those that teach. harm, squares: points and
    squared points of the same months. notes: what must be said beside the answer."""

    months: tuple[date, ...]
    recorded: Floats
    events: Floats
    harm: Floats
    squares: Floats
    notes: tuple[str, ...]

    @property
    def calendar(self) -> NDArray[np.int64]:
        return np.array([month.month for month in self.months], dtype=np.int64)

    @property
    def total(self) -> Months:
        """The same months of all areas together, as one row."""
        recorded, events, harm, squares = (
            each.sum(axis=0, keepdims=True) for each in (self.recorded, self.events, self.harm, self.squares)
        )
        return Months(self.months, recorded, events, harm, squares, self.notes)

    @property
    def known(self) -> int:
        """How many months teach."""
        return int(np.isfinite(self.events[0]).sum())


def months_of(question: Question) -> Months | None:
    """All whole months up to the end of the window; None where nothing is known by then.

    Raises SelectionError where the window cuts a month.
    """
    if not question.selection.period.is_whole_months:
        raise SelectionError("a forecast is made of whole months: say --to 2026-10, for example")
    span = _span(question)
    if span is None:
        return None
    months = tuple(span.months)
    events, harm, squares = _by_month(question, span, months)
    missing = gaps_of(_extents(question))
    gaps = np.array([month in missing for month in months])
    teaches, said = _alike(question, months, ~gaps)
    named = [
        f"{month:%B %Y} is missing: a gap in the data, not a month of nothing."
        for month in months
        if month in missing
    ]
    said += _through_registers(question)
    if span.ends > month_start(_until(question), -_NEW_MONTHS):
        said.append(
            "It learns from the newest records too: what is still to be recorded of them would raise it."
        )
    return Months(
        months,
        np.where(gaps, np.nan, events),
        np.where(teaches, events, np.nan),
        np.where(teaches, harm, np.nan),
        np.where(teaches, squares, np.nan),
        (*named, *said),
    )


def _span(question: Question) -> Period | None:
    """From the first month of which every counted source tells to the last whole one."""
    extents = _extents(question)
    if not extents:
        return None
    first = max(min(extent.months) for extent in extents)
    ends = min(question.selection.period.ends, month_start(_until(question) + timedelta(days=1)))
    return Period(first, ends) if first < ends else None


def _until(question: Question) -> date:
    """The last day up to which every counted source has told its events."""
    return min(extent.up_to for extent in _extents(question))


def _flows(question: Question) -> list[Question]:
    """The same question of each flow of a sum, as its stocks are not counted here; or of its one measure."""
    domain = question.context.domain
    flows = [name for name in question.measure.measures if domain.measure(name).kind == "flow"]
    return [
        replace(question, selection=question.selection.model_copy(update={"measure": name}))
        for name in flows or [question.measure.id]
    ]


def _extents(question: Question) -> list[SourceExtent]:
    """The sources of what happens."""
    told = (extent for each in _flows(question) for extent in each.counted_extents)
    return list({extent.source: extent for extent in told}.values())


def _through_registers(question: Question) -> list[str]:
    """What to say of a measure that counts people by a register: it knows best those it still lists."""
    domain = question.context.domain
    parts = [domain.measure(name) for name in question.measure.measures] or [question.measure]
    through = {name for each in parts if each.linked for name in each.linked.through}
    lists = {each.id for each in domain.category_lists if through & {c.id for c in each.categories}}
    begun = [min(e.months) for e in question.extents if domain.source(e.source).category.list in lists]
    if not through or not begun:
        return []
    return [
        f"People are counted by a register that begins in {max(begun):%B %Y}: of the time before it knows"
        " those it still listed then, so a rise may be the register's."
    ]


def _by_month(question: Question, span: Period, months: tuple[date, ...]) -> tuple[Floats, Floats, Floats]:
    picked = question.pick(span, without_areas=True)
    rows = question.cursor.rows(
        "events and harm by month",
        area_month_sql(picked, question.area_column, question.attributes),
        parameters(picked),
    )
    found = np.zeros((3, len(question.book.codes) + 1, len(months)))
    at = {month: index for index, month in enumerate(months)}
    for number, month, *figures in rows:
        found[:, number, at[month]] += figures
    return found[0], found[1], found[2]


def _alike(
    question: Question, months: tuple[date, ...], known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], list[str]]:
    """The months that teach once unlike ones are left out, and what is said of each declared change."""
    teaches, said = known, list[str]()
    whole = Period(months[0], month_start(months[-1], 1))
    declared = (change for each in _flows(question) for change in recording_changes(each, each.measure))
    for change in {each.id: each for each in declared}.values():
        if not (change.is_within(whole) or change.overlaps(whole)):
            continue
        unlike = np.array([_is_unlike(change.starts, change.ends, month) for month in months])
        left = teaches & ~unlike
        enough = int(left.sum()) >= FEWEST
        teaches = left if enough else teaches
        how = "left out" if enough else "learned from all the same, as too few others are known"
        said.append(
            f"{change.title}: {int((unlike & known).sum())} months that are not like the rest are {how}."
        )
    return teaches, said


def _is_unlike(starts: date, ends: date | None, month: date) -> bool:
    """Within an unusual span, or before a lasting change."""
    return month < starts if ends is None else month <= ends and starts < month_start(month, 1)
