"""What moved? Every area and measure beside its own past; what passes a test for many is called changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.baseline import Beside, beside_baseline
from harmscape.change.counts import Ratios, compare_counts
from harmscape.change.discovery import adjusted
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.period import Period, month_start
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence, number_word

BASELINE_MONTHS = 36
FALSE_RATE = 0.10
"""Of the changes that a page believes, at most this share is expected to be chance."""
ENOUGH = 10
"""A cell is tested when so many events happened in the window, or were expected in it."""
_PROBABLY = 0.80


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure in one area: events in the window, what was expected of it, and how sure a change is.

    expected_lo, expected_hi: the 95 % range of the count if nothing had changed. ratio: how many times as
    frequent, with 95 % limits. p: of no change. q: the false-discovery rate at which the page would believe
    it. verdict: `clearly_higher`, `probably_higher`, `not_told_apart`, `probably_lower`, `clearly_lower`.
    """

    area_id: str
    name: str
    measure: str
    title: str
    events: int
    expected: float
    expected_lo: int
    expected_hi: int
    ratio: float | None
    ratio_lo: float
    ratio_hi: float | None
    p: float
    q: float
    verdict: str

    @property
    def sentence(self) -> str:
        """The finding in the fixed words."""
        return (
            f"{self.title}, {self.name}: {self.events:,}, where {self.expected_lo:,}–{self.expected_hi:,}"
            " were expected."
        )


@dataclass(frozen=True, slots=True)
class Untested:
    """A measure that is too rare in this window to be tested by area: what happened, and what is usual."""

    measure: str
    title: str
    events: int
    expected: float


@dataclass(frozen=True, kw_only=True)
class Changed(Result):
    """The cells in order of surety; `believed` of them pass the false-discovery line."""

    ROWS: ClassVar[str] = "cells"

    sentence: Sentence
    cells: tuple[Cell, ...]
    untested: tuple[Untested, ...]
    believed: int
    baseline: str
    dispersion: Mapping[str, float]
    by: Mapping[str, str]
    selection: Mapping[str, str]


def changed(cursor: Engine, context: Context, words: Mapping[str, object]) -> Changed:
    """Compare a window with the months before it, area by area and measure by measure.

    The measures are the flows of a sum, or the one measure asked for. The window must be whole months; the
    baseline is the 36 months before it, or as many as the data have. Counts are compared; harm is not, as a
    single grave event would make it move.
    """
    asked = ask(cursor, context, words)
    if asked.selection.areas:
        raise SelectionError("what changed is told of all areas; leave out --areas, or use `place` for one")
    if not asked.selection.period.is_whole_months:
        raise SelectionError("what changed is told of whole months: say --window 3m, for example")
    names = asked.measure.measures or (asked.measure.id,)
    flows = [each for name in names if (each := context.domain.measure(name)).kind == "flow"]
    if not flows:
        raise SelectionError(f"{asked.measure.title} counts no events, so there is nothing to compare")
    found = [_compared(ask(cursor, context, {**words, "measure": each.id}), each) for each in flows]
    cells = _cells(asked, found)
    believed = sum(cell.verdict.startswith("clearly") for cell in cells)
    span = found[0].span
    return Changed(
        sentence=_sentence(cells, believed, asked),
        cells=tuple(cells),
        untested=tuple(_untested(found)),
        believed=believed,
        baseline=f"{span.starts:%B %Y} to {month_start(span.ends, -1):%B %Y}",
        dispersion={each.measure.id: _typical(each.beside) for each in found},
        by={
            "id": asked.book.geography.id,
            "title": asked.book.geography.title,
            "plural": asked.book.geography.many,
        },
        warnings=(*asked.notes(), *_warnings(asked, found)),
        selection=asked.selection.words(),
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """One measure beside its baseline, area by area."""

    measure: Measure
    beside: Beside
    tested: NDArray[np.bool_]
    span: Period
    months: int


def _compared(question: Question, measure: Measure) -> _Compared:
    window = question.selection.period
    reach = [min(extent.months) for extent in question.counted_extents]
    first = max([month_start(window.starts, -BASELINE_MONTHS), *([max(reach)] if reach else [])])
    if first >= window.starts:
        raise SelectionError(
            f"there is nothing before {window.starts:%B %Y} to compare {mid_sentence(measure.title)} with"
        )
    whole = Period(first, window.ends)
    months = list(whole.months)
    counts = _by_month(question, whole, months)
    gaps = set(question.gaps())
    asked = np.array([month >= window.starts for month in months])
    usable = np.array([month < window.starts and month not in gaps for month in months])
    beside = beside_baseline(counts, [month.month for month in months], asked, usable)
    tested = (beside.expected >= ENOUGH) | (beside.later >= ENOUGH)
    return _Compared(measure, beside, tested, Period(first, window.starts), int(usable.sum()))


def _by_month(question: Question, whole: Period, months: list[date]) -> NDArray[np.float64]:
    """Events by area (UNPLACED left out) and month, shape (p, m)."""
    picked = question.pick(whole)
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
    found = np.zeros((len(question.book.codes) + 1, len(months)))
    at = {month: index for index, month in enumerate(months)}
    for number, month_found, events in rows:
        found[number, at[month_found]] += events
    return found[1:]


def _cells(question: Question, found: list[_Compared]) -> list[Cell]:
    """Every tested cell, the surest first."""
    book, p = question.book, list[float]()
    made = list[tuple[_Compared, int, Ratios]]()
    for each in found:
        beside = each.beside
        ratios = compare_counts(
            beside.later / beside.dispersion, beside.earlier / beside.dispersion, beside.exposure
        )
        for index in np.flatnonzero(each.tested).tolist():
            made.append((each, index, ratios))
            p.append(float(ratios.p[index]))
    q = adjusted(p)
    cells = []
    for (each, i, ratios), own_p, own_q in zip(made, p, q, strict=True):
        beside = each.beside
        higher = beside.later[i] > beside.expected[i]
        cells.append(
            Cell(
                area_id=book.codes[i],
                name=book.names[i],
                measure=each.measure.id,
                title=each.measure.title,
                events=int(beside.later[i]),
                expected=round(float(beside.expected[i]), 1),
                expected_lo=int(beside.lo[i]),
                expected_hi=int(beside.hi[i]),
                ratio=_finite(ratios.ratio[i]),
                ratio_lo=float(ratios.lo[i]),
                ratio_hi=_finite(ratios.hi[i]),
                p=own_p,
                q=float(own_q),
                verdict=_verdict(own_p, float(own_q), higher=bool(higher)),
            )
        )
    return sorted(cells, key=lambda cell: (cell.q, cell.p, cell.measure, cell.area_id))


def _verdict(p: float, q: float, *, higher: bool) -> str:
    """The fixed words: clearly where the page believes it, probably where one side has 80 %."""
    side = "higher" if higher else "lower"
    if q <= FALSE_RATE:
        return f"clearly_{side}"
    return f"probably_{side}" if 1 - p / 2 >= _PROBABLY else "not_told_apart"


def _untested(found: list[_Compared]) -> list[Untested]:
    return [
        Untested(
            each.measure.id,
            each.measure.title,
            int(each.beside.later.sum()),
            round(float(each.beside.expected.sum()), 1),
        )
        for each in found
        if not each.tested.any()
    ]


def _sentence(cells: list[Cell], believed: int, question: Question) -> Sentence:
    if not cells:
        return Sentence("Nothing is frequent enough to be tested.", "What happened is named below.")
    if not believed:
        return Sentence(
            "Nothing changed beyond chance.", f"{len(cells):,} cells were tested against their own past."
        )
    places = len({cell.area_id for cell in cells if cell.verdict.startswith("clearly")})
    geography = question.book.geography
    where = geography.title if places == 1 else geography.many
    verb = "count" if believed == 1 else "counts"
    return Sentence(
        f"{number_word(believed)} {verb} in {places} {mid_sentence(where)} changed beyond chance.",
        f"{len(cells):,} cells were tested against their own past.",
    )


def _warnings(question: Question, found: list[_Compared]) -> list[str]:
    said = []
    last = max((extent.up_to for extent in question.counted_extents), default=None)
    if last is not None and question.selection.period.ends > month_start(last, -1):
        said.append("The window reaches to the newest records: what is still to be recorded would raise it.")
    short = sorted({each.months for each in found if each.months < BASELINE_MONTHS})
    if short:
        said.append(
            f"The baseline is {short[0]} months where the data are short or have gaps;"
            f" {BASELINE_MONTHS} are meant."
        )
    return said


def _typical(beside: Beside) -> float:
    """The middle of the areas' dispersions."""
    return round(float(np.median(beside.dispersion)), 3) if len(beside.dispersion) else 1.0


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
