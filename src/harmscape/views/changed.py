"""What moved? Every area and measure beside its own past; what passes a test for many is called changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.baseline import Beside
from harmscape.change.discovery import adjusted
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.period import month_start
from harmscape.views.context import Context
from harmscape.views.past import Mark, Past, by_month, past_of
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Sentence
from harmscape.views.steps import FALSE_ALARMS, Step, steps_of
from harmscape.views.tested import Comparisons, compare_each, finite, surety, typical, verdict
from harmscape.views.words import mid_sentence, number_of, number_word

MOST_FINDINGS = 10
_LONGEST_STEP = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure in one area: events in the window, what was expected of it, and how sure a change is.

    expected_lo, expected_hi: the 95 % range of the count if nothing had changed. ratio: how many times as
    frequent, with 95 % limits. p: of no change. q: the false-discovery rate at which the page would believe
    it. verdict: `clearly_higher`, `probably_higher`, `not_told_apart`, `probably_lower`, `clearly_lower`.
    stake: the harm of the events above or below what was expected, at the mean weight of the measure.
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
    stake: float | None
    surety: float

    @property
    def sentence(self) -> str:
        """The finding in the fixed words."""
        return (
            f"{self.title}, {self.name}: {self.events:,}, where {self.expected_lo:,}–{self.expected_hi:,}"
            " were expected."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A cell that the page believes, with the chart it was seen on."""

    cell: Cell
    says: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Untested:
    """A measure that is too rare in this window to be tested by area: what happened, and what is usual."""

    measure: str
    title: str
    events: int
    expected: float


@dataclass(frozen=True, kw_only=True)
class Changed(Result):
    """The cells in order of surety; `believed` of them pass the false-discovery line.

    findings: the believed ones, at most ten, by harm at stake times surety. measures: every measure looked
    at.
    """

    ROWS: ClassVar[str] = "cells"

    sentence: Sentence
    findings: tuple[Found, ...]
    cells: tuple[Cell, ...]
    untested: tuple[Untested, ...]
    measures: tuple[Mapping[str, str], ...]
    believed: int
    baseline: str
    rules: str
    lag: str
    marks: tuple[Mark, ...]
    dispersion: Mapping[str, float]
    by: Mapping[str, str]
    unit: str
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
    names = asked.measure.measures or (asked.measure.id,)
    flows = [each for name in names if (each := context.domain.measure(name)).kind == "flow"]
    if not flows:
        raise SelectionError(f"{asked.measure.title} counts no events, so there is nothing to compare")
    weights = {"weights": asked.selection.weights} if len(flows) > 1 else {}
    found = [
        _compared(ask(cursor, context, {**words, **weights, "measure": each.id}), each) for each in flows
    ]
    cells = _cells(asked, found)
    believed = sum(cell.verdict.startswith("clearly") for cell in cells)
    marks = tuple({mark.id: mark for each in found for mark in each.past.marks}.values())
    return Changed(
        sentence=_sentence(cells, believed, asked, marks),
        findings=tuple(_findings(asked, cells, found)),
        cells=tuple(cells),
        untested=tuple(_untested(found)),
        measures=tuple({"id": each.measure.id, "title": each.measure.title} for each in found),
        believed=believed,
        baseline=found[0].past.words,
        rules=FALSE_ALARMS,
        lag=lag_words(found[0].past),
        marks=marks,
        dispersion={each.measure.id: typical(each.beside.dispersion) for each in found},
        by={
            "id": asked.book.geography.id,
            "title": asked.book.geography.title,
            "plural": asked.book.geography.many,
        },
        unit=context.domain.scheme(asked.selection.weights).unit,
        warnings=(*asked.notes(), *(mark.says for mark in marks), *_warnings(asked, found)),
        selection=asked.selection.words(),
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """One measure beside its baseline, area by area."""

    measure: Measure
    past: Past
    counts: NDArray[np.float64]
    beside: Beside
    tested: Comparisons
    points: float | None


def _compared(question: Question, measure: Measure) -> _Compared:
    past = past_of(question, measure)
    counts = by_month(question, past)[1:]
    beside = past.beside(counts)
    scored = score_areas(question)
    points = float(scored.total_harm) / scored.total_events if scored.total_events else None
    return _Compared(measure, past, counts, beside, compare_each(beside), points)


def lag_words(past: Past) -> str:
    """How like is compared with like where not all is recorded yet."""
    late = past.arrivals
    if not late.is_told:
        return "How late records come is not told: every record came in deliveries of one month."
    share = float(past.known[past.asked].mean())
    if share > 0.9995:
        return "Of months as old as these, the deliveries so far added nothing later."
    return (
        f"As recorded by {late.latest}: of months as old as these, {share:.1%} were known at that age,"
        " and so much is expected."
    )


def _cells(question: Question, found: list[_Compared]) -> list[Cell]:
    """Every tested cell, the surest first.

    The false-discovery line allows for every cell with any event, the rare ones too: a cell is tested when
    enough happened in it, and what happened must not choose how many tests are allowed for.
    """
    p = np.concatenate([np.where(_any(each), each.tested.ratios.p, np.nan) for each in found])
    q = np.split(adjusted(p), np.cumsum([len(each.counts) for each in found])[:-1])
    cells = [
        _cell(question, each, i, float(each.tested.ratios.p[i]), float(own[i]))
        for each, own in zip(found, q, strict=True)
        for i in np.flatnonzero(each.tested.enough).tolist()
    ]
    return sorted(cells, key=lambda cell: (cell.q, cell.p, cell.measure, cell.area_id))


def _any(each: _Compared) -> NDArray[np.bool_]:
    """Which areas had an event, in the window or before it: without one nothing could be found."""
    return np.asarray(each.beside.later + each.beside.earlier > 0)


def _cell(question: Question, each: _Compared, i: int, p: float, q: float) -> Cell:
    beside, ratios, book = each.beside, each.tested.ratios, question.book
    more = float(beside.later[i] - beside.expected[i])
    return Cell(
        area_id=book.codes[i],
        name=book.names[i],
        measure=each.measure.id,
        title=each.measure.title,
        events=int(beside.later[i]),
        expected=round(float(beside.expected[i]), 1),
        expected_lo=int(beside.lo[i]),
        expected_hi=int(beside.hi[i]),
        ratio=finite(ratios.ratio[i]),
        ratio_lo=float(ratios.lo[i]),
        ratio_hi=finite(ratios.hi[i]),
        p=p,
        q=q,
        verdict=verdict(p, q, higher=more > 0),
        stake=None if each.points is None else round(more * each.points, 1),
        surety=round(surety(p), 4),
    )


def _findings(question: Question, cells: list[Cell], found: list[_Compared]) -> list[Found]:
    """What is believed, by harm at stake times surety, each with its chart; ten at most."""
    believed = [cell for cell in cells if cell.verdict.startswith("clearly")]
    believed.sort(
        key=lambda cell: (-abs(cell.stake or 0.0) * cell.surety, cell.q, cell.measure, cell.area_id)
    )
    by_measure = {each.measure.id: each for each in found}
    made = []
    for cell in believed[:MOST_FINDINGS]:
        each, i = by_measure[cell.measure], question.book.numbers[cell.area_id] - 1
        asked = int(each.past.asked.sum())
        length = asked if asked <= _LONGEST_STEP else 1
        worth = each.beside.worth
        steps, _ = steps_of(each.past, each.counts[i], worth, length, float(each.beside.dispersion[i]))
        made.append(Found(replace(cell), cell.sentence, tuple(steps)))
    return made


def _untested(found: list[_Compared]) -> list[Untested]:
    return [
        Untested(
            each.measure.id,
            each.measure.title,
            int(each.beside.later.sum()),
            round(float(each.beside.expected.sum()), 1),
        )
        for each in found
        if not each.tested.enough.any()
    ]


def _sentence(cells: list[Cell], believed: int, question: Question, marks: tuple[Mark, ...]) -> Sentence:
    if not cells:
        return Sentence("Nothing is frequent enough to be tested.", "What happened is named below.")
    tested_words = f"{number_of(len(cells), 'cell')} {'was' if len(cells) == 1 else 'were'} tested against"
    tested_words += f" {'its' if len(cells) == 1 else 'their'} own past."
    unlike = [mark for mark in marks if not mark.is_alike]
    if not believed:
        return Sentence("Nothing changed beyond chance.", tested_words)
    places = len({cell.area_id for cell in cells if cell.verdict.startswith("clearly")})
    geography = question.book.geography
    where = geography.title if places == 1 else geography.many
    verb = "count" if believed == 1 else "counts"
    counted = f"{number_word(believed)} {verb} in {places:,} {mid_sentence(where)}"
    if unlike:
        # A test cannot tell a return to what is usual from a change: the finding says so before its number.
        differ = "differs" if believed == 1 else "differ"
        return Sentence(
            f"Not like with like: {counted} {differ} from months that were not usual.", unlike[0].says
        )
    return Sentence(f"{counted} changed beyond chance.", tested_words)


def _warnings(question: Question, found: list[_Compared]) -> list[str]:
    said = []
    last = max((extent.up_to for extent in question.counted_extents), default=None)
    newest = last is not None and question.selection.period.ends > month_start(last, -1)
    if newest and not found[0].past.arrivals.is_told:
        said.append("The window reaches to the newest records: what is still to be recorded would raise it.")
    shortest = min((each.past for each in found), key=lambda past: past.months_used)
    if shortest.short:
        said.append(shortest.short)
    return said
