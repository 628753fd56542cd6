"""Is it in the same places as before, whatever its level? The shares of areas in two periods, and S."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.discovery import adjusted
from harmscape.concentration.pattern_shift import andresen, s_index, shifted
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.views.concentration_events import of_flows
from harmscape.views.concentration_unlike import unlike
from harmscape.views.context import Context
from harmscape.views.coverage import is_told, partly_known
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence, number_word

FALSE_RATE = 0.10
_LISTED = 1_000
_SEED = 20260101
GAINED, LOST = "gained", "lost"


@dataclass(frozen=True, slots=True)
class Share:
    """An area's share of all events in each period. way: `gained` or `lost`, or None where chance may do it.

    q: the rate of false discoveries at which the page would believe the change.
    """

    area_id: str
    name: str
    before: int
    after: int
    share_before: float
    share_after: float
    q: float
    way: str | None


@dataclass(frozen=True, kw_only=True)
class Shift(Result):
    """The shares, the surest change first; at most 1,000 of the `of` areas with events in either period.

    s: the part of those areas whose share did not change, at a false-discovery rate of 10 %. s_andresen: the
    same by his resampling test, as papers tell it; it corrects for nothing and is lower.
    """

    ROWS: ClassVar[str] = "areas"

    sentence: Sentence
    areas: tuple[Share, ...]
    of: int
    gained: int
    lost: int
    s: float
    s_andresen: float
    events_before: int
    events_after: int
    against: str
    by: Mapping[str, str]
    descriptor: str
    selection: Mapping[str, str]


def shift_view(cursor: Engine, context: Context, words: Mapping[str, object]) -> Shift:
    """Compare each area's share of the events with its share in `against`, the time before unless named.

    Shares, not numbers: a rise everywhere moves none. Raises SelectionError where the period compared with is
    not known, or one of the two holds no events in any area.
    """
    question = of_flows(ask(cursor, context, {"against": "prev", **words}))
    against = question.selection.against
    assert against is not None
    notes = partly_known(question)
    if not is_told(question, against):
        raise SelectionError(notes[0] if notes else f"{against} is not known")
    before, after = _events(question, against), _events(question, question.selection.period)
    for counted, period in ((before, against), (after, question.selection.period)):
        if counted.sum() == 0:
            raise SelectionError(f"no area holds events in {period}: there is no pattern to compare")
    shares = _shares(question, before, after)
    known = (before + after) > 0
    gained, lost = ([each for each in shares if each.way == way] for way in (GAINED, LOST))
    like = andresen(before, after, seed=_SEED)
    geography = question.book.geography
    return Shift(
        sentence=_sentence(gained, lost, len(shares), mid_sentence(geography.many)),
        areas=tuple(shares[:_LISTED]),
        of=len(shares),
        gained=len(gained),
        lost=len(lost),
        s=1 - (len(gained) + len(lost)) / len(shares),
        s_andresen=s_index(like.astype(float), known, level=0.5),
        events_before=int(before.sum()),
        events_after=int(after.sum()),
        against=str(against),
        by={"id": geography.id, "title": geography.title, "plural": geography.many},
        descriptor=f"{question.measure.title}, {question.selection.period} beside {against}.",
        warnings=(*question.notes(), *notes, *unlike(question, against)),
        selection=question.selection.words(),
    )


def _shares(question: Question, before: NDArray[np.int64], after: NDArray[np.int64]) -> list[Share]:
    """The areas with events in either period, the surest change first."""
    found, book = shifted(before, after), question.book
    known = np.flatnonzero((before + after) > 0)
    q = adjusted(found.p[known])
    made = [
        Share(
            book.codes[at],
            book.names[at],
            int(before[at]),
            int(after[at]),
            float(found.before[at]),
            float(found.after[at]),
            float(own),
            None if own > FALSE_RATE else GAINED if found.after[at] > found.before[at] else LOST,
        )
        for at, own in zip(known.tolist(), q.tolist(), strict=True)
    ]
    return sorted(made, key=lambda each: (each.q, -abs(each.share_after - each.share_before), each.area_id))


def _events(question: Question, period: Period) -> NDArray[np.int64]:
    """Events by area, shape (p,)."""
    picked = question.pick(period)
    found = np.zeros(len(question.book.codes) + 1, dtype=np.int64)
    for number, events in question.cursor.rows(
        "events of a period",
        f"select e.{question.area_column}, count(*) from {picked.relation()} e where {picked.events.sql}"
        " group by all",
        parameters(picked, tallied=False),
    ):
        found[number] = events
    return found[1:]


def _sentence(gained: list[Share], lost: list[Share], of: int, things: str) -> Sentence:
    moved = len(gained) + len(lost)
    if of == 1:
        return Sentence("There is one place only, and all of it is there in both periods.", "")
    if not moved:
        return Sentence(
            "The pattern cannot be told apart from the one before:",
            f"no share of {of:,} {things} changed beyond chance.",
        )
    ways = [
        f"{number_word(len(some)).lower()} {way}" for way, some in ((GAINED, gained), (LOST, lost)) if some
    ]
    whose = "its" if moved == 1 else "their"
    return Sentence(
        f"{number_word(moved)} of {of:,} {things} clearly changed {whose} share: {', '.join(ways)}.",
        "The rest cannot be told apart from before.",
    )
