"""Is this cluster more than bad luck? The fullest stretch of days, of all areas and of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.discovery import adjusted
from harmscape.concentration.scan import Cluster, scan
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.period import month_start
from harmscape.views.concentration_events import gather, of_flows
from harmscape.views.context import Context
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence

DAYS = 28
_FALSE_RATE, _SURE = 0.10, 0.05
_DRAWS, _EVENTS_AT_ONCE = 9_999, 20_000_000
_SEED = 20260101
_MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True)
class Window:
    """The fullest window of an area, or of all together (area_id None): events in it, and in the record.

    p: of so full a window anywhere in the record by chance. naus: the same by the approximation for a steady
    rate. q: the false-discovery rate at which the page would believe it, among the areas tested.
    """

    area_id: str | None
    name: str
    events: int
    of: int
    starts: date
    ends: date
    usual: float
    p: float
    naus: float
    q: float
    is_more: bool


@dataclass(frozen=True, kw_only=True)
class Clusters(Result):
    """The fullest windows, all areas together first, then the surest areas."""

    ROWS: ClassVar[str] = "windows"

    sentence: Sentence
    windows: tuple[Window, ...]
    days: int
    record_days: int
    tested: int
    descriptor: str
    by: Mapping[str, str]
    selection: Mapping[str, str]


def clusters_view(
    cursor: Engine, context: Context, words: Mapping[str, object], *, days: int | str = DAYS
) -> Clusters:
    """Look for the fullest window of so many days, in all areas together and in each with two events or more.

    Meant for rare events: deaths, discharges. Months that are missing are cut out of the record, so that no
    chance event falls there. Raises SelectionError for a window out of range, for events known only by month
    and for more events than a scan is for.
    """
    late = _days(days)
    question = of_flows(ask(cursor, context, words))
    gather(question)
    known, gaps = _record(question)
    if late * 2 > len(known):
        raise SelectionError(
            f"the record has {len(known):,} days: a window of {late} needs one twice as long"
        )
    when, area = _events(question, known)
    book, found = question.book, list[Window]()
    whole = scan(when, length=len(known), window=late, draws=_draws(len(when)), seed=_SEED)
    areas = _each_area(when, area, len(known), late)
    q = adjusted([cluster.p for _, cluster, _ in areas])
    for (index, cluster, of), own in zip(areas, q, strict=True):
        name = book.names[index]
        found.append(_window(book.codes[index], name, cluster, of, float(own), late, known, _FALSE_RATE))
    found.sort(key=lambda each: (each.q, each.p, -each.events, each.name))
    if whole is not None:
        found.insert(0, _window(None, "All areas", whole, len(when), whole.p, late, known, _SURE))
    geography = book.geography
    return Clusters(
        sentence=_sentence(question, found, late, len(known)),
        windows=tuple(found),
        days=late,
        record_days=len(known),
        tested=len(areas),
        descriptor=f"{question.measure.title}, {question.selection.period}.",
        by={"id": geography.id, "title": geography.title, "plural": geography.many},
        warnings=(
            *question.notes(),
            *(
                ["Missing months are cut out of the record: a window may join the days beside them."]
                if gaps
                else []
            ),
        ),
        selection=question.selection.words(),
    )


def _days(value: int | str) -> int:
    try:
        found = int(value)
    except ValueError:
        found = 0
    if not 1 <= found <= 366:
        raise SelectionError("days must be a whole number from 1 to 366")
    return found


def _record(question: Question) -> tuple[list[date], bool]:
    """The days of the window that the sources have told, in order, and whether months are missing."""
    period, gaps = question.selection.period, question.gaps()
    up_to = question.complete_to()
    ends = period.ends if up_to is None else min(period.ends, up_to + timedelta(days=1))
    told = min((min(each.months) for each in question.counted_extents), default=period.starts)
    first = max(period.starts, told)
    days = [first + timedelta(days=step) for step in range(max((ends - first).days, 0))]
    kept = [day for day in days if month_start(day) not in gaps]
    return kept, len(kept) < len(days)


def _events(question: Question, known: list[date]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The day in the record (int64[n]) and the area number of every incident."""
    rows = question.cursor.rows(
        "days",
        """
        select g.day, g.area_no, g.whole_month from gathered g
        qualify row_number() over (
            partition by coalesce(-g.incident, g.event_id) order by g.day, g.event_id) = 1
        order by g.event_id
        """,
    )
    if any(whole for _, _, whole in rows):
        raise SelectionError(
            "some of these events are known only by month, so no cluster of days can be seen"
        )
    if len(rows) > _MOST_EVENTS:
        raise SelectionError(
            f"a scan is for rare events, and these are {len(rows):,}: choose a rarer measure, such as deaths"
        )
    at = {day: index for index, day in enumerate(known)}
    held = [(at[day], area) for day, area, _ in rows if day in at]
    days, areas = zip(*held, strict=True) if held else ((), ())
    return np.array(days, np.int64), np.array(areas, np.int64)


def _each_area(
    when: NDArray[np.int64], area: NDArray[np.int64], length: int, window: int
) -> list[tuple[int, Cluster, int]]:
    """Of every area with two events or more: its index, its fullest window, its events."""
    found = []
    for number in np.unique(area[area > 0]).tolist():
        own = when[area == number]
        if len(own) < 2:
            continue
        # Areas have draws of their own, so that they do not all share one run of luck.
        cluster = scan(own, length=length, window=window, draws=_draws(len(own)), seed=_SEED + number)
        assert cluster is not None
        found.append((number - 1, cluster, len(own)))
    return found


def _draws(events: int) -> int:
    return max(999, min(_DRAWS, _EVENTS_AT_ONCE // max(events, 1)))


def _window(
    area_id: str | None,
    name: str,
    cluster: Cluster,
    of: int,
    q: float,
    late: int,
    known: list[date],
    line: float,
) -> Window:
    starts = known[cluster.starts]
    ends = known[min(cluster.starts + late, len(known)) - 1]
    usual = of * late / len(known)
    return Window(
        area_id, name, cluster.events, of, starts, ends, usual, cluster.p, cluster.naus, q, q <= line
    )


def _usual(number: float) -> str:
    return f"{number:,.0f} are" if number >= 100 else f"{number:.1f} are"


def _sentence(question: Question, found: list[Window], late: int, length: int) -> Sentence:
    title = mid_sentence(question.measure.title)
    if not found:
        return Sentence(f"Nothing was recorded of {title}.", "")
    whole, areas = found[0], [each for each in found[1:] if each.is_more]
    seen = (
        f"The most in {late} days is {whole.events:,}, from {whole.starts:%-d %B %Y},"
        f" where {_usual(whole.usual)} usual"
    )
    luck = "more than bad luck makes" if whole.is_more else "no more than luck makes"
    sure = f"{seen}: {luck} in {length:,} days."
    if not areas:
        return Sentence(sure, "No area has a cluster beyond chance.")
    names = ", ".join(each.name for each in areas[:3]) + (
        f" and {len(areas) - 3} more" if len(areas) > 3 else ""
    )
    return Sentence(sure, f"Beyond chance by itself: {names}.")
