"""When does it happen? Events by weekday and hour, of those whose time is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.scoring.score import hour_sql
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """Events whose time is known, by weekday (Monday first) and hour: seven lists of 24 counts. `events`
    counts the others too."""

    known: int
    events: int
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Weekday:
    """One day of the week: how many events, and in which hour most."""

    day: str
    events: int
    peak_hour: int | None


@dataclass(frozen=True, kw_only=True)
class Week(Result):
    """The week of a selection. hours: missing where no event has a time."""

    ROWS: ClassVar[str] = "days"

    sentence: Sentence
    hours: Hours | None
    days: tuple[Weekday, ...]
    selection: Mapping[str, str]


def week(cursor: Engine, context: Context, words: Mapping[str, object]) -> Week:
    """The events of a selection by weekday and hour."""
    question = ask(cursor, context, words)
    found = read_hours(question)
    return Week(
        sentence=_sentence(found),
        hours=found,
        days=tuple(_days(found)) if found else (),
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def read_hours(question: Question) -> Hours | None:
    """The hours of a question's events; None where none has a time."""
    picked = question.pick()
    rows = question.cursor.rows("hours", hour_sql(picked), parameters(picked, tallied=False))
    grid, events = [[0] * 24 for _ in range(7)], 0
    for weekday, hour, count in rows:
        events += count
        if weekday is not None and hour is not None:
            grid[weekday - 1][hour] = count
    known = sum(map(sum, grid))
    return Hours(known, events, tuple(tuple(each) for each in grid)) if known else None


def _days(found: Hours) -> list[Weekday]:
    return [
        Weekday(name, sum(row), max(range(24), key=row.__getitem__) if any(row) else None)
        for name, row in zip(DAYS, found.cells, strict=True)
    ]


def _sentence(found: Hours | None) -> Sentence:
    if found is None:
        return Sentence("No event of this selection has a time.", "")
    most = max(range(7), key=lambda day: sum(found.cells[day]))
    share = sum(found.cells[most]) / found.known
    known = f"{found.known:,} of {found.events:,} events have a time."
    return Sentence(f"{DAYS[most]} has most: {share:.0%} of the events with a time.", known)
