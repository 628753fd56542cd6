"""Where is the harm? All areas of a geography in their standing, with ranges, parts and the months before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.geography import AREA_KM2
from harmscape.model.period import Period, month_start
from harmscape.ranking.competition import competition_ranks
from harmscape.scoring.score import month_sql
from harmscape.views.areas import (
    AreaStanding,
    Before,
    area_rows,
    chance_cells,
    measures_of,
    part_titles,
    rank_areas,
    root_of,
)
from harmscape.views.composition import Composition, composition
from harmscape.views.context import Context
from harmscape.views.coverage import before_notes, is_told, not_contained, timeless_notes
from harmscape.views.question import Question, ask, kind_of, parameters
from harmscape.views.result import Result
from harmscape.views.scored import NOTHING, Scored, rare_cells, score_areas, without_cells
from harmscape.views.trial import trial_notes, trial_words
from harmscape.views.words import mid_sentence, number_of, points, standing_sentence

_TREND_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class PartTitle:
    """A part of the score: its title, and the categories whose events make it."""

    id: str
    title: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The finding: the part that is sure, and the rest."""

    sure: str
    rest: str

    def __str__(self) -> str:
        return f"{self.sure} {self.rest}".strip()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Events that no area holds: always shown, never dropped."""

    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class Rare:
    """Rare, huge events: set apart of the standing, or within it."""

    events: int
    harm: Decimal
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """Harm that people reported beside harm that police or partner activity found: never one figure."""

    reported: Unplaced
    proactive: Unplaced


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the selection. A gap has no figure; an incomplete month is provisional."""

    month: str
    events: int | None
    harm: Decimal | None
    complete: bool
    gap: bool
    in_window: bool


@dataclass(frozen=True, kw_only=True)
class SectorOverview(Result):
    """The standing of every area of one geography; `areas` lists most harm first."""

    ROWS: ClassVar[str] = "areas"

    title: str
    sentence: Sentence
    descriptor: str
    areas: tuple[AreaStanding, ...]
    unplaced: Unplaced
    total: Unplaced
    parts: tuple[PartTitle, ...]
    rare: Rare
    detection: Detection
    composition: Composition | None
    overlap: Decimal
    trend: tuple[Month, ...]
    coverage: tuple[str, ...]
    k: int
    by: Mapping[str, str]
    measure: Mapping[str, str]
    scheme: Mapping[str, str]
    selection: Mapping[str, str]

    def plot(self, most: int = 20) -> Any:
        """The standing as a matplotlib figure: harm with its 95 % range; needs the extra `plot`."""
        from harmscape.views.plot import plot_standing

        return plot_standing(self, most)


def sector_overview(
    cursor: Engine, context: Context, words: Mapping[str, object], *, months: str = "yes"
) -> SectorOverview:
    """Rank the areas of a geography by harm over a window. months: `no` leaves the trend out."""
    if months not in {"yes", "no"}:
        raise SelectionError("months is yes, for the trend beside the standing, or no")
    question = ask(cursor, context, words)
    if question.selection.areas:
        raise SelectionError(
            "a standing ranks every area; to open one, use `place`, or `rows` for its events"
        )
    against = [question.selection.against] if question.selection.against else []
    question = question.roll_up(*against, trend=trend_span(question) if months == "yes" else None)
    whole = score_areas(question)
    rare = rare_cells(whole, question)
    calm = without_cells(whole, question, rare)
    scored = calm if question.selection.apart else whole
    found = rank_areas(question, scored)
    ranks_apart = [int(rank) for rank in competition_ranks(list(calm.harm))] if bool(rare.any()) else None
    rows = area_rows(question, scored, found, apart=ranks_apart)
    book, domain = question.book, context.domain
    measure, scheme = domain.measure(question.selection.measure), domain.scheme(question.selection.weights)
    sure, rest = standing_sentence([row.tier for row in rows], book.geography.title, book.geography.many)
    if not chance_cells(question, whole).any():
        sure, rest = "A register is counted, not drawn by chance.", "Its places are exact; no tiers are told."
    if whole.total_events == 0:
        sure, rest = "No events are known in this window.", "There is nothing to rank."
    return SectorOverview(
        title=f"{book.geography.many} by harm",
        sentence=Sentence(sure, rest),
        descriptor=_descriptor(question, whole),
        # The period before is scored last: it takes the place of this one's score on the cursor.
        areas=tuple(_with_before(question, rows)),
        unplaced=Unplaced(scored.unplaced_events, scored.unplaced_harm),
        total=Unplaced(scored.total_events, scored.total_harm),
        parts=tuple(_parts(question, scored)),
        rare=_rare(question, whole, rare),
        detection=Detection(_detected(question, whole, "reported"), _detected(question, whole, "proactive")),
        composition=composition(question, whole),
        trend=tuple(trend(question)) if months == "yes" else (),
        coverage=tuple(not_contained(question, whole)),
        warnings=(*question.notes(), *_warnings(question, whole)),
        k=question.selection.k,
        overlap=whole.added_harm - whole.total_harm if whole.distinct else NOTHING,
        by={
            "id": book.geography.id,
            "title": book.geography.title,
            "plural": book.geography.many,
            "kind": kind_of(question),
        },
        measure={"id": measure.id, "title": measure.title},
        scheme={"id": scheme.id, "title": scheme.title, "status": scheme.status, "unit": scheme.unit},
        selection=question.selection.words(),
    )


def trend_span(question: Question) -> Period | None:
    """The whole months a trend shows: up to three years to the end of the window; None before all data."""
    period = question.selection.period
    ends = period.ends if period.ends.day == 1 else month_start(period.ends, 1)
    first = min((min(extent.months) for extent in question.extents), default=month_start(period.starts))
    starts = max(month_start(ends, -_TREND_MONTHS), first)
    return Period(starts, ends) if starts < ends else None


def trend(question: Question) -> list[Month]:
    """Events and harm of the selection by month, up to three years before the end of its window."""
    span = trend_span(question)
    if span is None:
        return []
    picked = question.pick(span, monthly=True)
    rows = question.cursor.rows("months", month_sql(picked, question.attributes), parameters(picked))
    held = {month: (events, harm) for month, events, harm in rows}
    gaps, complete_to = question.gaps(), question.complete_to()
    return [
        _month(question, month, held, month in gaps or not question.reaches(month), complete_to)
        for month in span.months
    ]


def _month(
    question: Question,
    month: date,
    held: Mapping[date, tuple[int, Decimal]],
    gap: bool,
    complete_to: date | None,
) -> Month:
    events, harm = held.get(month, (0, Decimal(0)))
    missing = gap and month not in held
    period = question.selection.period
    return Month(
        month=f"{month:%Y-%m}",
        events=None if missing else events,
        harm=None if missing else harm,
        complete=complete_to is not None and month_start(month, 1) - timedelta(days=1) <= complete_to,
        gap=missing,
        in_window=period.starts < month_start(month, 1) and month < period.ends,
    )


def _with_before(question: Question, rows: list[AreaStanding]) -> list[AreaStanding]:
    """The rows with the period compared with beside each; as they are when none is asked or known."""
    against = question.selection.against
    if against is None or not is_told(question, against):
        return rows
    earlier = score_areas(question, against)
    if question.selection.apart:
        earlier = without_cells(earlier, question, rare_cells(earlier, question))
    ranks = competition_ranks(list(earlier.harm))
    index = question.book.numbers
    return [
        replace(row, before=Before(int(earlier.events[i]), earlier.harm[i], int(ranks[i])))
        for row in rows
        for i in [index[row.area_id] - 1]
    ]


def _parts(question: Question, scored: Scored) -> list[PartTitle]:
    """The parts in the order of their colours; `other` names the branches it stands for."""
    domain = question.context.domain
    titles = part_titles(question, scored)
    if question.measure.measures:
        return [
            PartTitle(each.id, each.title, tuple(sorted(domain.categories_of(each))))
            for each in measures_of(question)
        ]
    roots = {root_of(domain, cell.category) for cell in scored.cells}
    rest = tuple(sorted(roots - titles.keys()))
    return [PartTitle(name, title, rest if name == "other" else (name,)) for name, title in titles.items()]


def _rare(question: Question, whole: Scored, rare: NDArray[np.bool_]) -> Rare:
    categories = question.context.domain.categories
    cells = [(i, cell) for i, cell in enumerate(whole.cells) if rare[i]]
    return Rare(
        events=sum(int(whole.events_by_cell[i]) for i, _ in cells),
        harm=sum((whole.harm_by_cell[i] for i, _ in cells), Decimal(0)),
        titles=tuple(sorted({categories[cell.category].title for _, cell in cells})),
    )


def _detected(question: Question, whole: Scored, how: str) -> Unplaced:
    categories = question.context.domain.categories
    cells = [i for i, cell in enumerate(whole.cells) if categories[cell.category].detection == how]
    return Unplaced(
        sum(int(whole.events_by_cell[i]) for i in cells),
        sum((whole.harm_by_cell[i] for i in cells), Decimal(0)),
    )


def _descriptor(question: Question, scored: Scored) -> str:
    domain, selection = question.context.domain, question.selection
    scheme = domain.scheme(selection.weights)
    measured = mid_sentence(domain.measure(selection.measure).title)
    events = number_of(scored.total_events, "event")
    harm = f"{points(scored.total_harm)} {scheme.unit}"
    return (
        f"{_scored_how(question)} on {measured}, {selection.period}:"
        f" {events}{f', {harm}' if harm not in (events, f'{events}s') else ''}."
        f" Weights: {scheme.title} ({scheme.status}){_tried(question)}."
    )


def _tried(question: Question) -> str:
    tried = trial_words(question)
    return f", with trial weights: {'; '.join(tried)}" if tried else ""


def _scored_how(question: Question) -> str:
    per = question.selection.per
    if per is None:
        return "Harm score"
    return "Harm rate per km²" if per == AREA_KM2 else f"Harm rate per 1,000 {per}"


def _warnings(question: Question, scored: Scored) -> list[str]:
    said = []
    if scored.unweighted:
        titles = question.context.domain.categories
        named = ", ".join(
            f"{titles[name].title if name in titles else 'uncategorised'} ({events:,})"
            for name, events in sorted(scored.unweighted.items(), key=lambda each: -each[1])[:5]
        )
        said.append(f"Counted, but without a weight and so without harm: {named}.")
    if question.selection.finer and question.book.finer:
        said.append("Finer than the data can bear: these points were snapped by their publisher.")
    return [*said, *trial_notes(question), *timeless_notes(question), *before_notes(question)]
