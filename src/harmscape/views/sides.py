"""The two sides of a comparison: what differs between them, and whether they are like with like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.period import Period, month_start
from harmscape.model.selection import Selection
from harmscape.scoring.weights import cut_days
from harmscape.views.context import Context
from harmscape.views.past import Mark, recording_changes
from harmscape.views.question import Question, ask
from harmscape.views.words import span_name

SECOND = "b."
"""What stands before the words of the second side."""
_MONTH = 31


@dataclass(frozen=True)
class Sides:
    """The words of A and B, their selections, and how they differ: `periods`, `areas`, `selections`."""

    a_words: Mapping[str, object]
    b_words: Mapping[str, object]
    a: Selection
    b: Selection
    differ: str


def read_sides(
    cursor: Engine, context: Context, words: Mapping[str, object], other: Mapping[str, object]
) -> Sides:
    """A as the words say it; B with the words that differ, or the period of `against`, or the one before.

    Raises SelectionError where nothing tells the sides apart, or their areas are of different polygons.
    """
    said = {key.removeprefix(SECOND): value for key, value in other.items() if value not in (None, "")}
    plain = {key: value for key, value in words.items() if key != "against"}
    first = ask(cursor, context, plain).selection
    if not said:
        before = ask(cursor, context, {**plain, "against": words.get("against") or "prev"}).selection.against
        assert before is not None
        said = {"window": f"{before.days}d", "to": str(before.ends - timedelta(days=1))}
    second_words = {**plain, **said}
    second = ask(cursor, context, second_words).selection
    if first == second:
        raise SelectionError("both sides ask the same: give the second another period, area or condition")
    if first.by != second.by:
        raise SelectionError(
            f"{first.by} and {second.by} have other polygons, so their areas cannot be compared: choose one"
            " geography, in one edition, for both sides"
        )
    same_areas = first.areas == second.areas
    others = {"period": second.period, "areas": second.areas}
    if first.model_copy(update=others) != second:
        differ = "selections"
    elif first.period != second.period:
        differ = "periods" if same_areas else "selections"
    else:
        differ = "areas"
    return Sides(plain, second_words, first, second, differ)


def same_lag(question: Question, a: Period, b: Period) -> str | None:
    """The day on which B was as old as A is now, where a delivery had come by then; else None.

    Asking B as known on that day compares both as they stood at one age.
    """
    looks = sorted(
        day
        for source, day in question.cursor.rows(
            "looks",
            "select distinct f.source, f.as_of from delivered_file f where f.accepted > 0 order by all",
        )
        if source in {extent.source for extent in question.counted_extents}
    )
    if not looks or b.ends >= a.ends:
        return None
    then = b.ends + (looks[-1] - a.ends)
    watched = any(then - timedelta(days=_MONTH) < look <= then for look in looks)
    return str(then) if watched else None


def side_marks(question: Question, measure: Measure, sides: Sides) -> list[Mark]:
    """Recording changes between the two sides or within one, and weights that change on the way."""
    a, b = sides.a.period, sides.b.period
    marks = []
    for change in recording_changes(question, measure):
        if change.ends is None:
            inside = [name for name, each in (("A", a), ("B", b)) if change.is_within(each)]
            between = min(a.ends, b.ends) <= change.starts <= max(a.starts, b.starts)
            if not inside and not between:
                continue
            says = f"it falls within {' and '.join(inside)}" if inside else "it lies between A and B"
        else:
            inside = [name for name, each in (("A", a), ("B", b)) if change.overlaps(each)]
            if not inside:
                continue
            says = f"{' and '.join(inside)} {'lies' if len(inside) == 1 else 'lie'} in it, at least in part"
            if "B" in inside and sides.differ == "periods":
                says += (
                    "; a rise from it is consistent with a return to what is usual and is not read as a"
                    " failure, nor a fall as a success"
                )
        when = span_name(change.starts, change.ends)
        marks.append(Mark(change.id, change.title, change.reason, f"{change.title} ({when}): {says}.", False))
    return marks


def weights_note(question: Question, sides: Sides) -> str | None:
    """Why harm cannot be compared, or what must be said of it: another scheme, or weights that changed."""
    if sides.a.weights != sides.b.weights or sides.a.points != sides.b.points:
        return (
            "Harm is not compared: the sides are weighed by different weights, which would be the difference."
        )
    first, last = (
        min(sides.a.period.starts, sides.b.period.starts),
        max(sides.a.period.ends, sides.b.period.ends),
    )
    days = sorted(day for day in cut_days(question.weights) if first < day < last)
    if not days:
        return None
    told = ", ".join(str(day) for day in days[:3])
    return f"Weights change on {told}: part of a difference in harm may be theirs."


def known_days(question: Question, period: Period) -> int:
    """The days of a period that the data tell: not those of missing months, nor before all sources begin."""
    gaps = question.gaps()
    first = max((min(extent.months) for extent in question.counted_extents), default=period.starts)
    lost = 0
    for month in period.months:
        if month in gaps or month < first:
            lost += (min(month_start(month, 1), period.ends) - max(month, period.starts)).days
    return period.days - lost
