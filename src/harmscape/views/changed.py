"""What moved? Every area and measure beside its own past; what passes a test for many is called changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from harmscape.views.changed_words import lag_words, sentence_of
from harmscape.views.context import Context
from harmscape.views.past import Mark, Past, by_month, past_of
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Sentence
from harmscape.views.steps import FALSE_ALARMS, Step, steps_of
from harmscape.views.tested import WORDS, Comparisons, compare_each, finite, surety, typical, verdict
from harmscape.views.words import mid_sentence

MOST_FINDINGS = 10
_LONGEST_STEP = 3
_WHOLE = 0.9995
"""A month of which so much is known counts as whole."""


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
    """A measure too rare in this window to be tested by area: all areas together, and what was expected.

    events in no area count too. verdict: as of a cell, or `not_tested` where all together are too few.
    """

    measure: str
    title: str
    events: int
    expected: float
    expected_lo: int
    expected_hi: int
    q: float | None
    verdict: str

    @property
    def sentence(self) -> str:
        """What happened everywhere, in the fixed words."""
        return (
            f"{self.title}: {self.events:,} in all, where {self.expected_lo:,}–{self.expected_hi:,} were"
            f" expected: {WORDS[self.verdict]}."
        )


@dataclass(frozen=True, slots=True)
class Arriving:
    """A month of which not all is recorded yet, and the share of its events that is known by now."""

    month: str
    known: float


@dataclass(frozen=True, kw_only=True)
class Changed(Result):
    """The cells in order of surety; `believed` of them and of the untested pass the false-discovery line.

    findings: the believed cells, at most ten, by harm at stake times surety. untested: measures too rare by
    area, pooled over all. measures: every measure looked at. arriving: the months of which records still
    come, each with the share that is known.
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
    arriving: tuple[Arriving, ...]
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
    cells, untested = _tested(asked, found)
    verdicts = [*(cell.verdict for cell in cells), *(each.verdict for each in untested)]
    marks = tuple({mark.id: mark for each in found for mark in each.past.marks}.values())
    return Changed(
        sentence=sentence_of(
            cells,
            untested,
            mid_sentence(asked.book.geography.title),
            mid_sentence(asked.book.geography.many),
            marks,
        ),
        findings=tuple(_findings(asked, cells, found)),
        cells=tuple(cells),
        untested=tuple(untested),
        measures=tuple({"id": each.measure.id, "title": each.measure.title} for each in found),
        believed=sum(word.startswith("clearly") for word in verdicts),
        baseline=found[0].past.words,
        rules=FALSE_ALARMS,
        lag=lag_words(found[0].past),
        arriving=tuple(_arriving(each.past for each in found)),
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
    """One measure beside its baseline, area by area; all together where no area has enough for a test."""

    measure: Measure
    past: Past
    counts: NDArray[np.float64]
    beside: Beside
    tested: Comparisons
    points: float | None
    together: Beside | None
    pooled: Comparisons | None


def _compared(question: Question, measure: Measure) -> _Compared:
    past = past_of(question, measure)
    everywhere = by_month(question, past)
    counts = everywhere[1:]
    beside = past.beside(counts)
    tested = compare_each(beside)
    together = None if tested.enough.any() else past.beside(everywhere.sum(axis=0, keepdims=True))
    pooled = compare_each(together) if together else None
    scored = score_areas(question)
    points = float(scored.total_harm) / scored.total_events if scored.total_events else None
    return _Compared(measure, past, counts, beside, tested, points, together, pooled)


def _arriving(pasts: Iterable[Past]) -> list[Arriving]:
    """The months that are not whole yet, oldest first; of several measures, the least share."""
    shares: dict[str, float] = {}
    for past in pasts:
        for month, known in zip(past.months, past.known, strict=True):
            name = f"{month:%Y-%m}"
            shares[name] = min(shares.get(name, 1.0), float(known))
    return [Arriving(name, round(known, 4)) for name, known in sorted(shares.items()) if known < _WHOLE]


def _tested(question: Question, found: list[_Compared]) -> tuple[list[Cell], list[Untested]]:
    """Every tested cell, the surest first, and the measures that are too rare for one.

    The false-discovery line allows for every cell with any event, the rare ones too: a cell is tested when
    enough happened in it, and what happened must not choose how many tests are allowed for. It allows for
    the pooled tests of rare measures in the same way.
    """
    p = [np.where(_any(each), each.tested.ratios.p, np.nan) for each in found]
    pooled = [each.pooled.ratios.p if each.pooled else np.empty(0) for each in found]
    lengths = [len(each) for each in (*p, *pooled)]
    q = np.split(adjusted(np.concatenate([*p, *pooled])), np.cumsum(lengths)[:-1])
    cells = [
        _cell(question, each, i, float(each.tested.ratios.p[i]), float(own[i]))
        for each, own in zip(found, q[: len(found)], strict=True)
        for i in np.flatnonzero(each.tested.enough).tolist()
    ]
    untested = [
        _untested(each, each.together, each.pooled, float(own[0]))
        for each, own in zip(found, q[len(found) :], strict=True)
        if each.together and each.pooled
    ]
    return sorted(cells, key=lambda cell: (cell.q, cell.p, cell.measure, cell.area_id)), untested


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


def _untested(each: _Compared, together: Beside, pooled: Comparisons, q: float) -> Untested:
    p, enough = float(pooled.ratios.p[0]), bool(pooled.enough[0])
    return Untested(
        each.measure.id,
        each.measure.title,
        int(together.later[0]),
        round(float(together.expected[0]), 1),
        int(together.lo[0]),
        int(together.hi[0]),
        finite(q) if enough else None,
        verdict(p if enough else np.nan, q, higher=bool(together.later[0] > together.expected[0])),
    )


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
