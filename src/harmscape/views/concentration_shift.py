"""Is harm still where it was? Shares of areas in two periods, for the page of concentration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.change.discovery import adjusted
from harmscape.concentration.pattern_shift import s_index, shifted
from harmscape.views.question import Question, parameters
from harmscape.views.words import mid_sentence

FALSE_RATE = 0.10


@dataclass(frozen=True, slots=True)
class Moved:
    """An area whose share of all events changed beyond chance."""

    area_id: str
    name: str
    before: int
    after: int
    share_before: float
    share_after: float
    q: float


@dataclass(frozen=True, slots=True)
class Shift:
    """s: the part of areas with events whose share is as it was, at a false-discovery rate of 10 %."""

    sentence: str
    s: float
    areas: int
    moved: tuple[Moved, ...]


def pattern_shift(question: Question, after: NDArray[np.int64]) -> Shift | None:
    """Compare the areas' shares of events with those of `against`; None without it or without events.

    after: events by area in the window, shape (p,).
    """
    against = question.selection.against
    if against is None or after.sum() == 0:
        return None
    before = _events(question)
    if before.sum() == 0:
        return None
    found = shifted(before, after)
    known = (before + after) > 0
    q = np.ones(len(after))
    q[known] = adjusted(found.p[known])
    book = question.book
    moved = [
        Moved(
            book.codes[at],
            book.names[at],
            int(before[at]),
            int(after[at]),
            float(found.before[at]),
            float(found.after[at]),
            float(q[at]),
        )
        for at in sorted(np.flatnonzero(q <= FALSE_RATE).tolist(), key=lambda at: (q[at], book.codes[at]))
    ]
    same = s_index(q, known, level=FALSE_RATE)
    return Shift(
        _sentence(len(moved), int(known.sum()), mid_sentence(book.geography.many)),
        same,
        int(known.sum()),
        tuple(moved),
    )


def _events(question: Question) -> NDArray[np.int64]:
    picked = question.pick(question.selection.against)
    found = np.zeros(len(question.book.codes) + 1, dtype=np.int64)
    for number, events in question.cursor.rows(
        "events before",
        f"select e.{question.area_column}, count(*) from {picked.relation()} e where {picked.events.sql}"
        " group by all",
        parameters(picked, tallied=False),
    ):
        found[number] = events
    return found[1:]


def _sentence(moved: int, of: int, things: str) -> str:
    if not moved:
        return (
            f"The pattern is the same as before: the share of none of {of:,} {things} changed beyond chance."
        )
    return f"The share of {moved:,} of {of:,} {things} changed beyond chance."
