"""What is this place like? One area's standing, its parts, months, hours, and the areas below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar

import numpy as np

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.geography import UNPLACED, Geography
from harmscape.ranking.competition import competition_ranks
from harmscape.ranking.interval import harm_interval
from harmscape.scoring.score import event_sql, score_sql
from harmscape.views.areas import AreaStanding, area_rows, branch_of, part_titles, rank_areas
from harmscape.views.context import AreaBook, Context
from harmscape.views.hours import Hours, read_hours
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.scored import NOTHING, Scored, rare_cells, score_areas, without_cells
from harmscape.views.sector_overview import Month, Named, Sentence, trend, trend_span
from harmscape.views.words import place_sentence

_LARGEST = 5


@dataclass(frozen=True, slots=True)
class Parent:
    geography: str
    area_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """The area asked for, with the areas that hold it, widest first."""

    area_id: str
    name: str
    geography: str
    parents: tuple[Parent, ...]


@dataclass(frozen=True, slots=True)
class CategoryPart:
    """One category in the area. The range is 95%; it is missing where one single event makes the part, or a
    register's stock, which is counted and not drawn by chance.

    branch: the part of the standing that it belongs to; None where those are measures, which may overlap.
    """

    id: str
    title: str
    events: int
    harm: Decimal | None
    harm_lo: float | None
    harm_hi: float | None
    share: float | None
    weight_status: str | None
    branch: str | None


@dataclass(frozen=True, slots=True)
class Below:
    area_id: str
    name: str
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class AreasBelow:
    by: Named
    areas: tuple[Below, ...]


@dataclass(frozen=True, slots=True)
class LargeEvent:
    day: date
    reference: str | None
    category: str
    harm: Decimal
    share: float | None


@dataclass(frozen=True, kw_only=True)
class PlaceProfile(Result):
    """The profile of one area; `parts` lists its categories, most harm first."""

    ROWS: ClassVar[str] = "parts"

    area: Area
    standing: AreaStanding
    of: int
    sentence: Sentence
    parts: tuple[CategoryPart, ...]
    trend: tuple[Month, ...]
    hours: Hours | None
    below: AreasBelow | None
    largest: tuple[LargeEvent, ...]
    selection: Mapping[str, str]


def place_profile(cursor: Engine, context: Context, words: Mapping[str, object]) -> PlaceProfile:
    """The profile of the one area that `areas` names, by code or name."""
    question = ask(cursor, context, words)
    if len(question.selection.areas) != 1 or question.selection.areas[0] == UNPLACED:
        one = question.book.geography.title.lower()
        raise SelectionError(f"a profile shows one {one}: name it in `areas`, by its code or name")
    book = question.book
    index = book.index(question.selection.areas[0])
    asked = question.selection.model_copy(update={"areas": (book.codes[index],)})
    span = trend_span(question)
    question = replace(question, selection=asked).roll_up(trend=span)
    everywhere = replace(question, selection=asked.model_copy(update={"areas": ()}))
    here = replace(question, selection=asked)
    whole = score_areas(everywhere)
    rare = rare_cells(whole, everywhere)
    calm = without_cells(whole, everywhere, rare)
    scored = calm if asked.apart else whole
    found = rank_areas(everywhere, scored)
    apart = [int(rank) for rank in competition_ranks(list(calm.harm))] if bool(rare.any()) else None
    code = book.codes[index]
    standing = next(row for row in area_rows(everywhere, scored, found, apart=apart) if row.area_id == code)
    sure, rest = place_sentence(
        standing.name, standing.rank, standing.rank_lo, standing.rank_hi, len(book.codes), standing.tier
    )
    return PlaceProfile(
        area=Area(code, book.names[index], book.geography.id, tuple(_parents(context, book, index))),
        standing=standing,
        of=len(book.codes),
        sentence=Sentence(sure, rest),
        parts=tuple(_parts(everywhere, whole, index, part_titles(everywhere, scored))),
        trend=tuple(trend(here)),
        hours=read_hours(here),
        below=_below(here),
        largest=tuple(_largest(here, whole.harm[index])),
        warnings=tuple(question.notes()),
        selection=asked.words(),
    )


def _parents(context: Context, book: AreaBook, index: int) -> list[Parent]:
    found: list[Parent] = []
    while (parent := _parent(book)) in context.books and book.parents[index] is not None:
        above = context.books[str(parent)]
        code = str(book.parents[index])
        if code not in above.numbers:
            break
        index = above.numbers[code] - 1
        found.append(Parent(above.geography.id, code, above.names[index]))
        book = above
    return found[::-1]


def _parent(book: AreaBook) -> str | None:
    return book.geography.parent if isinstance(book.geography, Geography) else None


def _parts(question: Question, scored: Scored, index: int, titles: Mapping[str, str]) -> list[CategoryPart]:
    """The categories of one area, from the score still on the cursor. titles: the parts of the standing."""
    domain = question.context.domain
    categories = domain.categories
    scheme = domain.scheme(question.selection.weights)
    is_branch = not question.measure.measures
    rows = question.cursor.rows(
        "parts of an area",
        "select s.category, min(s.weight_no), sum(s.events)::bigint, sum(s.harm), sum(s.variance),"
        " max(s.largest), bool_or(s.certain)"
        " from score s where s.area_no = ? group by s.category",
        [index + 1],
    )
    total = scored.harm[index]
    limits = _limits([row[3:6] for row in rows])
    parts = []
    for (number, weight_no, events, harm, _, _, certain), (lo, hi) in zip(rows, limits, strict=True):
        category = question.category_ids.get(number, "none")
        title = categories[category].title if category in categories else "Uncategorised"
        branch = branch_of(domain, category, titles) if is_branch and weight_no is not None else None
        if weight_no is None:
            parts.append(CategoryPart(category, title, events, None, None, None, None, None, branch))
            continue
        is_range = not certain and events > 1
        held = question.by_number[weight_no].parts
        parts.append(
            CategoryPart(
                id=category,
                title=title,
                events=events,
                harm=harm,
                harm_lo=lo if is_range else None,
                harm_hi=hi if is_range else None,
                share=float(harm / total) if total else None,
                weight_status=scheme.status_of(held[0]) if held else "trial",
                branch=branch,
            )
        )
    return sorted(parts, key=lambda part: (-(part.harm or NOTHING), -part.events, part.id))


def _limits(parts: Sequence[tuple[Decimal | None, float | None, float | None]]) -> list[tuple[float, float]]:
    """The 95 % range of each part by its harm, variance and largest event; (0, 0) for one without weight."""
    harm, variance, largest = (
        np.array([[float(each or 0) for each in part] for part in parts]).reshape(-1, 3).T
    )
    # In units of its own largest event the next one of each part weighs 1, so that one call does for all.
    unit = np.where(largest > 0, largest, 1.0)
    y = harm / unit
    lo, hi = harm_interval(y, np.maximum(variance / unit**2, y), heaviest=1.0, next_weight=1.0)
    return list(zip((lo * largest).tolist(), (hi * largest).tolist(), strict=True))


def _below(question: Question) -> AreasBelow | None:
    """The areas one level down that share events with this one."""
    child = question.context.child(question.book.geography.id)
    if child is None or (question.context.book(child.id).finer and not question.selection.finer):
        return None
    lookup, book = question.lookup, question.context.book(child.id)
    picked = question.pick()
    column = lookup.area_column(child.id)
    rows = question.cursor.rows(
        "areas below",
        f"with score as ({score_sql(picked, column, question.attributes)})"
        " select s.area_no, sum(s.events)::bigint, coalesce(sum(s.harm), 0) from score s"
        " where s.area_no > 0 group by s.area_no",
        parameters(picked),
    )
    areas = [Below(book.codes[n - 1], book.names[n - 1], events, harm) for n, events, harm in rows]
    return AreasBelow(Named(child.id, child.many), tuple(sorted(areas, key=lambda a: (-a.harm, a.area_id))))


def _largest(question: Question, total: Decimal) -> list[LargeEvent]:
    """The greatest single events among the rows that this reader may open."""
    picked = question.pick()
    rows = question.cursor.rows(
        "largest events",
        f"""
        with weighed as ({event_sql(picked, question.area_column, question.attributes)}),
        largest as (
            select w.event_id, w.day, w.category, w.harm from weighed w
            where w.harm > 0 and w.visible order by w.harm desc, w.event_id limit {_LARGEST}
        )
        select l.day, e.reference, l.category, l.harm
        from largest l left join seen_event e on e.event_id = l.event_id
        order by l.harm desc, l.event_id
        """,
        parameters(picked, tallied=False),
    )
    titles = question.context.domain.categories
    return [
        LargeEvent(
            day,
            reference,
            titles[question.category_ids[number]].title,
            harm,
            float(harm / total) if total else None,
        )
        for day, reference, number, harm in rows
    ]
