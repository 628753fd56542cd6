"""Might several sources tell of one happening? Events of different parts of a score, near in place and time.

It only suggests: people decide. Snapped points are never used, since events that were never near share them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from harmscape.engine import Engine
from harmscape.model.entity import EVERYTHING
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.scoring.score import event_sql
from harmscape.scoring.terms import among, branch
from harmscape.views.asked_number import asked_number
from harmscape.views.context import Context
from harmscape.views.near_pairs import groups_sql, pair_bounds, pairs_sql, put_in_metres
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

METRES, HOURS = 150.0, 24.0
_MOST_METRES, _MOST_HOURS, MOST = 5_000.0, 31 * 24.0, 1_000


@dataclass(frozen=True, slots=True)
class NearEvent:
    """One event of a suggestion, with the parts of the score it counts in and where its row was read from."""

    event_id: int
    reference: str | None
    day: date
    category: str
    source: str
    parts: tuple[str, ...]
    precision: str
    harm: Decimal
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two or three events that may be one. distance_m and gap_hours are the largest between any two of them;
    gap_hours is missing where one is known by day only. nearness: 1 for same place and time, 0 at both
    limits, of the two farthest. harm as counted now, and as the greatest of them alone."""

    references: str
    categories: str
    sources: str
    distance_m: float
    gap_hours: float | None
    nearness: float
    harm: Decimal
    harm_once: Decimal
    events: tuple[NearEvent, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """How many events were compared, and how many could not be: without a point, with a snapped one, known
    only by month, or not open to this reader."""

    events: int
    no_point: int
    snapped: int
    month_only: int
    closed: int


@dataclass(frozen=True, kw_only=True)
class DoubleCounts(Result):
    """One page of suggestions, nearest first; `total` is how many there are in all."""

    ROWS: ClassVar[str] = "suggestions"

    sentence: Sentence
    suggestions: tuple[Suggestion, ...]
    total: int
    offset: int
    limit: int
    metres: float
    hours: float
    compared: Compared
    parts: Mapping[str, str]
    selection: Mapping[str, str]


def double_counts(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    metres: float | str = METRES,
    hours: float | str = HOURS,
    offset: int = 0,
    limit: int = 100,
) -> DoubleCounts:
    """Pairs and triples of events of different parts, at most `metres` and `hours` apart.

    measure: a sum, whose parts are its measures; or a flow, whose parts are its categories; the first sum
    unless said. Events known by day only are near on the same day. Only rows that this reader may open
    are compared. Raises SelectionError where there are no two parts, or for limits out of range.
    """
    far = asked_number(metres, "metres", 1, _MOST_METRES)
    late = asked_number(hours, "hours", 0.25, _MOST_HOURS)
    if not (0 < limit <= MOST and 0 <= offset <= 10**9):
        raise SelectionError(f"a page holds 1 to {MOST:,} suggestions, from an offset of 0 on")
    question = ask(cursor, context, _with_measure(words, context))
    parts = _parts(question)
    _collect(question)
    put_in_metres(cursor)
    cursor.create("near_pair", pairs_sql(), pair_bounds(far, late))
    cursor.create("near_group", groups_sql())
    ((total,),) = cursor.rows("suggestions", "select count(*) from near_group")
    found = _page(question, list(parts.values()), offset, limit)
    return DoubleCounts(
        sentence=_sentence(total),
        suggestions=tuple(found),
        total=total,
        offset=offset,
        limit=limit,
        metres=far,
        hours=late,
        compared=_compared(question),
        parts=parts,
        warnings=(
            "Only suggestions: people decide. One event may stand in several, so what each would take away"
            " does not add up.",
            *question.notes(),
        ),
        selection=question.selection.words(),
    )


def _with_measure(words: Mapping[str, object], context: Context) -> dict[str, object]:
    sums = [each.id for each in context.domain.measures if each.kind == "sum"]
    return {**words} if words.get("measure") or not sums else {**words, "measure": sums[0]}


def _parts(question: Question) -> dict[str, str]:
    """The titles of the parts that are compared with one another, in the order of their bits."""
    measure, domain = question.measure, question.context.domain
    if measure.kind == "sum":
        found = {name: domain.measure(name).title for name in measure.measures}
    elif measure.kind == "flow":
        found = {name: domain.categories[name].title for name in measure.categories}
        found |= {name: domain.category_list(name).title for name in measure.lists}
    else:
        found = {}
    if len(found) < 2:
        raise SelectionError(
            f"measure {measure.id!r} has no parts to compare: name a sum of measures, or a measure of several"
            " categories, with --measure"
        )
    return found


def _collect(question: Question) -> None:
    """Leave `candidate` on the cursor, every event of the measure, and `pointed_event`, those that may be
    compared: open to this reader, known by day, with a point that nobody snapped."""
    selection, cursor = question.selection, question.cursor
    by = selection.by if selection.by in question.lookup.columns else EVERYTHING
    asked = selection.model_copy(update={"by": by, "stocks": False, "sums": "distinct"})
    alone = replace(question, selection=asked)
    picked = alone.pick()
    parts = "w.parts" if question.measure.kind == "sum" else _bits_sql(question, question.measure)
    cursor.create(
        "candidate",
        f"""
        with weighed as ({event_sql(picked, alone.area_column, question.attributes)})
        select w.event_id, w.day, w.category, w.source, w.visible, w.whole_month, w.hour,
               ({parts})::bigint as parts, coalesce(w.harm, 0) as harm,
               s.x, s.y, s.epsg, coalesce(s.precision, 'not known') as precision,
               case when w.hour is not null then s.occurred_from end as at,
               s.reference, s.file_no, s.line
        from weighed w left join seen_event s on s.event_id = w.event_id and w.visible
        """,
        parameters(picked, tallied=False),
    )
    cursor.create(
        "pointed_event",
        "select c.* from candidate c where c.visible and not c.whole_month and c.precision <> 'snapped'"
        " and c.parts > 0 and c.x is not null and c.y is not null and c.epsg is not null",
    )


def _bits_sql(question: Question, measure: Measure) -> str:
    """A bit for each of a flow's categories, with all below it, and each of its lists."""
    domain, numbers = question.context.domain, question.context.lookup.dictionaries.category
    held = [branch(name, question.lookup) for name in measure.categories]
    held += [[numbers[each.id] for each in domain.category_list(name).categories] for name in measure.lists]
    return " + ".join(
        f"(case when {among('w.category', own)} then {1 << at} else 0 end)" for at, own in enumerate(held)
    )


def _page(question: Question, parts: Sequence[str], offset: int, limit: int) -> list[Suggestion]:
    rows = question.cursor.rows(
        "page",
        """
        with whole as (
            select g.*, a.harm + b.harm + coalesce(c.harm, 0) as harm,
                   greatest(a.harm, b.harm, coalesce(c.harm, 0)) as harm_once
            from near_group g
            join near_event a on a.event_id = g.first
            join near_event b on b.event_id = g.second
            left join near_event c on c.event_id = g.third
        )
        select w.first, w.second, w.third, w.distance_m, w.gap_hours, w.nearness, w.harm, w.harm_once
        from whole w
        order by w.nearness desc, w.harm - w.harm_once desc, w.first, w.second, w.third
        limit ? offset ?
        """,
        [limit, offset],
    )
    named = _events(question, sorted({each for row in rows for each in row[:3] if each is not None}), parts)
    return [_suggestion(row, named) for row in rows]


def _suggestion(row: tuple[Any, ...], named: Mapping[int, NearEvent]) -> Suggestion:
    *numbers, distance, gap, nearness, harm, once = row
    events = tuple(named[each] for each in numbers if each is not None)
    return Suggestion(
        references="; ".join(each.reference or f"event {each.event_id}" for each in events),
        categories="; ".join(each.category for each in events),
        sources="; ".join(each.source for each in events),
        distance_m=round(distance, 1),
        gap_hours=None if gap is None else round(gap, 2),
        nearness=round(nearness, 4),
        harm=Decimal(harm),
        harm_once=Decimal(once),
        events=events,
    )


def _events(question: Question, numbers: Sequence[int], parts: Sequence[str]) -> dict[int, NearEvent]:
    domain = question.context.domain
    sources = {number: name for name, number in question.context.lookup.dictionaries.source.items()}
    rows = question.cursor.rows(
        "events",
        """
        select e.event_id, e.reference, e.day, e.category, e.source, e.parts, e.precision, e.harm,
               f.shown, e.line
        from near_event e left join delivered_file f on f.file_no = e.file_no
        where list_contains($numbers, e.event_id)
        """,
        {"numbers": list(numbers)},
    )
    return {
        number: NearEvent(
            number,
            reference,
            day,
            domain.categories[question.category_ids[category]].title if category else "Uncategorised",
            domain.source(sources[source]).title,
            tuple(title for bit, title in enumerate(parts) if bits >> bit & 1),
            precision,
            Decimal(harm),
            file,
            line,
        )
        for number, reference, day, category, source, bits, precision, harm, file, line in rows
    }


def _compared(question: Question) -> Compared:
    ((closed, month_only, snapped, no_point),) = question.cursor.rows(
        "compared",
        """
        select count(*) filter (not c.visible), count(*) filter (c.visible and c.whole_month),
               count(*) filter (c.visible and not c.whole_month and c.precision = 'snapped'),
               count(*) filter (c.visible and not c.whole_month and c.precision <> 'snapped'
                                and (c.x is null or c.y is null or c.epsg is null))
        from candidate c
        """,
    )
    ((events,),) = question.cursor.rows("compared", "select count(*) from near_event")
    return Compared(events, no_point, snapped, month_only, closed)


def _sentence(total: int) -> Sentence:
    if not total:
        return Sentence("No events of different parts lie so near one another.", "")
    many = "sets of events" if total > 1 else "set of events"
    return Sentence(
        f"{total:,} {many} may each be one happening told more than once.", "Look before merging."
    )
