"""Always high, newly high, no longer high? Every area by how it stood quarter after quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from harmscape.change.classes import RULE, classify, high_by_period
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.views.context import Context
from harmscape.views.flows import asked_measure, flows_of
from harmscape.views.past import Mark, Past, by_month, past_of
from harmscape.views.question import Question, ask, kind_of
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence, number_of, number_word

_MONTHS = 3
_LEAST = 5
_ORDER = ("persistent", "emerging", "intermittent", "former", "none")


@dataclass(frozen=True, slots=True)
class AreaClass:
    """One area: its class, and whether it was high in each period, oldest first; none where it is missing."""

    area_id: str
    name: str
    kind: str
    high: tuple[bool | None, ...]
    events: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Classes(Result):
    """Areas by class, persistent first, those that were never high last. periods: the first day of each."""

    ROWS: ClassVar[str] = "areas"

    sentence: Sentence
    rule: str
    share: str
    periods: tuple[date, ...]
    areas: tuple[AreaClass, ...]
    counts: Mapping[str, int]
    marks: tuple[Mark, ...]
    by: Mapping[str, str]
    selection: Mapping[str, str]


def classes_view(cursor: Engine, context: Context, words: Mapping[str, object]) -> Classes:
    """Quarters from 36 months before the window to its end; high is more than the area's share of all events.

    The share is that of the figure named by `per`, or the first that all areas have (residents, say); without
    one each area's is the same.
    Raises SelectionError with fewer than five whole quarters, or for one area.
    """
    wider, measure, _ = flows_of(context, asked_measure(context, words))
    question = ask(cursor, wider, {**words, "measure": measure.id})
    if question.selection.areas:
        raise SelectionError("a class is told among all areas; leave out --areas")
    past = past_of(question, question.measure)
    counts = by_month(question, past)[1:]
    if len(counts) < 2:
        raise SelectionError("a class is told among several areas, and there is one")
    quarters, periods, known = _by_quarter(counts, past)
    if known.sum() < _LEAST:
        raise SelectionError(
            f"{number_of(int(known.sum()), 'whole quarter')} of data are too few for classes: five are needed"
        )
    share, told = _share(question)
    high = high_by_period(quarters, share, dispersion=past.beside(counts).dispersion)
    kinds = classify(high, known)
    areas = [
        AreaClass(
            code,
            question.book.names[i],
            kinds[i],
            tuple(bool(high[i, k]) if known[k] else None for k in range(len(periods))),
            tuple(int(quarters[i, k]) if known[k] else None for k in range(len(periods))),
        )
        for i, code in enumerate(question.book.codes)
    ]
    latest = dict(zip(question.book.codes, quarters[:, known][:, -1].tolist(), strict=True))
    areas.sort(key=lambda area: (_ORDER.index(area.kind), -latest[area.area_id], area.area_id))
    tally = {kind: sum(each == kind for each in kinds) for kind in _ORDER}
    geography = question.book.geography
    return Classes(
        sentence=_sentence(tally, geography.title, geography.many),
        rule=RULE,
        share=told,
        periods=tuple(periods),
        areas=tuple(areas),
        counts=tally,
        marks=past.marks,
        by={
            "id": geography.id,
            "title": geography.title,
            "plural": geography.many,
            "kind": kind_of(question),
        },
        warnings=(*question.notes(), *(mark.says for mark in past.marks)),
        selection={**question.selection.words(), "measure": asked_measure(context, words)},
    )


def _by_quarter(counts: np.ndarray, past: Past) -> tuple[np.ndarray, list[date], np.ndarray]:
    """Counts by quarter, counted back from the window's end; a quarter with a missing month is missing."""
    used = len(past.months) // _MONTHS * _MONTHS
    cut = slice(len(past.months) - used, None)
    known = np.asarray(~past.gaps[cut].reshape(-1, _MONTHS).any(axis=1))
    quarters = counts[:, cut].reshape(len(counts), -1, _MONTHS).sum(axis=2)
    return np.where(known, quarters, np.nan), list(past.months[cut][::_MONTHS]), known


def _share(question: Question) -> tuple[np.ndarray, str]:
    """The share of all events that each area would have if all had one rate, and what it goes by."""
    areas = len(question.book.codes)
    base = question.book.base(question.selection.per)
    if base is None or not bool((base[2] > 0).all()):
        return np.full(areas, 1 / areas), "Every area's share is the same: they have no figure to go by."
    return base[2] / base[2].sum(), f"An area's share is that of its {base[0].replace('_', ' ')}."


def _sentence(tally: Mapping[str, int], one: str, many: str) -> Sentence:
    new = tally["emerging"]
    where = mid_sentence(one if new == 1 else many)
    sure = f"{number_word(new)} {where} {'is' if new == 1 else 'are'} newly high."
    rest = ", ".join(f"{tally[kind]:,} {kind}" for kind in ("persistent", "intermittent", "former"))
    return Sentence(sure, f"{rest}; {tally['none']:,} never or seldom high.")
