"""A sum of measures, told both ways: as published, each event once, and the overlap between them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from harmscape.views.areas import measures_of
from harmscape.views.question import Question
from harmscape.views.scored import NOTHING, Scored


@dataclass(frozen=True, slots=True)
class MeasurePart:
    """One measure of a sum, by itself: events that others count too are in it."""

    id: str
    title: str
    kind: str
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class Composition:
    """The sum as published (of its measures), each event once (distinct), and what is counted more than once:
    published - overlap = distinct, to the digit."""

    measures: tuple[MeasurePart, ...]
    published: Decimal
    overlap: Decimal
    distinct: Decimal


def composition(question: Question, scored: Scored) -> Composition | None:
    """How a sum of measures is made up; None where the measure is no sum."""
    named = measures_of(question)
    if not named:
        return None
    parts = [
        MeasurePart(
            measure.id,
            measure.title,
            measure.kind,
            sum(events for parts, (events, _) in scored.by_parts.items() if parts >> bit & 1),
            sum((harm for parts, (_, harm) in scored.by_parts.items() if parts >> bit & 1), NOTHING),
        )
        for bit, measure in enumerate(named)
    ]
    published = sum((part.harm for part in parts), NOTHING)
    distinct = sum((harm for _, harm in scored.by_parts.values()), NOTHING)
    return Composition(tuple(parts), published, published - distinct, distinct)
