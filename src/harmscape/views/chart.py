"""Is this steady? One measure in some areas, or in all, on a control chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from harmscape.change.chart import TOGETHER, crowded, g_chart
from harmscape.change.rules import signals
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.views.changed_words import lag_words
from harmscape.views.context import Context
from harmscape.views.flows import asked_measure, flows_of
from harmscape.views.past import Mark, Past, by_month, past_of
from harmscape.views.question import Question, ask, kind_of
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.steps import FALSE_ALARMS, Step, step_name, steps_of
from harmscape.views.words import mid_sentence, number_of

ENOUGH_A_STEP = 5
"""Events to be expected in a step without which its limits say nothing."""
_LENGTHS = (1, 3)
_FEWEST_GAPS = 6
_CROWDED = f"{TOGETHER + 1} events close together"
_G_RULES = (
    "Days between events. A gap is long where chance makes 1 in 740 so long; events crowd where chance makes"
    " four gaps together so short 1 time in 740."
)


@dataclass(frozen=True, slots=True)
class Gap:
    """The days from one event to the next, which fell on `day`. signals: the rules met, in words."""

    day: date
    days: int
    in_window: bool
    signals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Chart(Result):
    """A u-chart of `steps`, or where events are rare a g-chart of `gaps`.

    kind: `u`, `g`, or `none` where there are too few events for either. sigma: how much wider than Poisson
    the limits of a u-chart are. centre, hi: of a g-chart, in days.
    """

    ROWS: ClassVar[str] = "steps"

    title: str
    sentence: Sentence
    kind: str
    baseline: str
    rules: str
    lag: str
    marks: tuple[Mark, ...]
    selection: Mapping[str, str]
    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()
    centre: float | None = None
    hi: float | None = None
    sigma: float | None = None

    def rows(self) -> tuple[Step, ...] | tuple[Gap, ...]:
        return self.gaps if self.kind == "g" else self.steps


def chart(cursor: Engine, context: Context, words: Mapping[str, object]) -> Chart:
    """The months of a window and of the 36 before it, for the areas named, together, or for all.

    Months where at least 5 events are to be expected in each, else quarters, else the days between events.
    The baseline teaches centre and limits; the window is judged by them. Raises SelectionError for a
    register's stock, which is counted and not drawn by chance.
    """
    wider, measure, _ = flows_of(context, asked_measure(context, words))
    question = ask(cursor, wider, {**words, "measure": measure.id})
    if kind_of(question) != "area" and not question.selection.areas:
        raise SelectionError("name what to draw a chart of: --areas CODE")
    past = past_of(question, question.measure)
    counts = by_month(question, past).sum(axis=0)
    beside = past.beside(counts[None, :])
    a_month = float(counts[past.usable].sum() / max(past.months_used, 1))
    length = next((each for each in _LENGTHS if a_month * each >= ENOUGH_A_STEP), None)
    blank = Chart(
        title=f"{question.measure.title}, {_where(question)}",
        sentence=Sentence("Too few events for a chart.", "Each is named by its row."),
        kind="none",
        baseline=past.words,
        rules=_G_RULES,
        lag=lag_words(past),
        marks=past.marks,
        warnings=(*question.notes(), *(mark.says for mark in past.marks)),
        selection={**question.selection.words(), "measure": asked_measure(context, words)},
    )
    if length is None:
        return _rare(question, past, blank)
    steps, drawn = steps_of(past, counts, beside.worth, length, None)
    return replace(
        blank,
        sentence=_u_sentence(steps, past),
        kind="u",
        steps=tuple(steps),
        sigma=round(drawn.sigma, 3),
        rules=FALSE_ALARMS,
    )


def _rare(question: Question, past: Past, blank: Chart) -> Chart:
    """The days between rare events; none drawn with fewer than seven before the window, or without days."""
    starts = question.selection.period.starts
    days = _days(question, past)
    taught = sum(day < starts for day in days)
    if taught <= _FEWEST_GAPS:
        return blank
    found = g_chart([day.toordinal() for day in days], taught_by=taught - 1)
    long = {each.at for each in signals(found.z, (1,)) if each.side > 0}
    close = set(np.flatnonzero(crowded(found)).tolist())
    gaps = []
    for at, day in enumerate(days[1:]):
        met = [*(["quiet for long"] if at in long else []), *([_CROWDED] if at in close else [])]
        gaps.append(Gap(day, int(found.gaps[at]), day >= starts, tuple(met)))
    return replace(
        blank,
        sentence=_g_sentence(gaps, found.centre, found.hi, days[-1], _known_to(question)),
        kind="g",
        gaps=tuple(gaps),
        centre=round(found.centre, 1),
        hi=round(found.hi, 1),
    )


def _days(question: Question, past: Past) -> list[date]:
    """The days of events from the baseline's begin to the window's end; those known by month have none."""
    picked = question.pick(past.whole)
    rows = question.cursor.rows(
        "days of events",
        f"""
        select e.day from {picked.relation()} e
        where {picked.events.sql} and not e.whole_month order by e.day
        """,
        picked.events.parameters,
    )
    return [day for (day,) in rows]


def _known_to(question: Question) -> date:
    """The last day of the window that the data reach."""
    last = question.selection.period.ends - timedelta(days=1)
    reached = question.complete_to()
    return min(last, reached) if reached else last


def _u_sentence(steps: list[Step], past: Past) -> Sentence:
    unit = "month" if steps and steps[0].months == 1 else "quarter"
    asked = [step for step in steps if step.in_window and step.signals]
    before = sum(bool(step.signals) for step in steps if not step.in_window)
    rest = (
        f"{number_of(before, unit)} of the baseline {'stands' if before == 1 else 'stand'} out too."
        if before
        else ""
    )
    unlike = [mark for mark in past.marks if not mark.is_alike]
    if unlike:
        rest = unlike[0].says
    if not asked:
        return Sentence(f"The count is steady: no {unit} of the window stands out.", rest)
    last = asked[-1]
    told = f"{step_name(last)} stands out: {last.events:,}, {last.signals[0]}"
    limits = f" ({last.lo:,.0f}–{last.hi:,.0f})" if last.lo is not None and last.hi is not None else ""
    more = f" {number_of(len(asked), unit)} of the window stand out." if len(asked) > 1 else ""
    return Sentence(f"{told}{limits}.", f"{more} {rest}".strip())


def _g_sentence(gaps: list[Gap], centre: float, hi: float, last: date, known_to: date) -> Sentence:
    since = (known_to - last).days
    usual = f"Half of the gaps are {centre:.0f} days or shorter; {since} days since the last."
    if since > hi:
        return Sentence(f"Quiet for {since} days, longer than the limit of {hi:.0f}.", usual)
    told = [gap for gap in gaps if gap.in_window and gap.signals]
    if not told:
        return Sentence("The pace is steady: no gap of the window stands out.", usual)
    return Sentence(f"{told[-1].day} stands out: {told[-1].signals[-1]}.", usual)


def _where(question: Question) -> str:
    named = question.selection.areas
    if not named:
        return f"all {mid_sentence(question.book.geography.many)}"
    names = dict(zip((code.casefold() for code in question.book.codes), question.book.names, strict=True))
    told = [names.get(code.casefold(), code) for code in named]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
