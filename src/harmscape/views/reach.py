"""How far the data of a question reach: the last day of which every source it counts has told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from harmscape.views.question import Question


@dataclass(frozen=True, slots=True)
class Reach:
    """The last day told of by every source that a question counts, and the sources that end it there."""

    day: date
    held_by: tuple[str, ...]


def reach_of(question: Question) -> Reach | None:
    """How far the question's sources have told together; None without data.

    A register tells of one day, not of what happened since, so it holds nothing up.
    """
    domain = question.context.domain
    ends = {
        extent.source: extent.up_to
        for extent in question.counted_extents
        if domain.source(extent.source).delivery != "register"
    }
    if not ends:
        return None
    day, last = min(ends.values()), max(ends.values())
    held_by = tuple(domain.source(name).title for name, end in sorted(ends.items()) if end == day)
    return Reach(day, held_by if day < last else ())
