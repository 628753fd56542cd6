"""The people of a cohort: when each was first referred, what each did by month, how long each was free."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.engine import identifier
from harmscape.model.domain import Domain
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.period import Period
from harmscape.model.source import Source
from harmscape.scoring.score import event_sql
from harmscape.scoring.terms import among
from harmscape.scoring.ties import known_sql, registered_sql
from harmscape.views.question import Question, parameters

Floats = NDArray[np.float64]

_FEW_VALUES = 12


@dataclass(frozen=True)
class People:
    """Events, points of harm and days free by person and month, each shape (p, m); the row of each person."""

    events: Floats
    harm: Floats
    free: Floats
    row: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Referral:
    """The month of a person's first referral, and whether it is one of those asked about."""

    month: date
    counts: bool


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A value that some referrals of a source have, and the people referred so."""

    attribute: str
    title: str
    value: str
    people: int


@dataclass(frozen=True, slots=True)
class Away:
    """The registers that tell when people are away (in prison, say), and the last day they speak of."""

    titles: tuple[str, ...]
    known_to: date | None


def referring(domain: Domain, known: frozenset[str]) -> tuple[Source, ...]:
    """The sources that refer: their rows name one kind of person and are no harm of any measure themselves.

    known: the sources that the reader may know of.
    """
    counted = {name for measure in domain.measures for name in domain.categories_of(measure)}
    return tuple(
        source
        for source in domain.sources
        if source.id in known
        and source.about is None
        and source.delivery != "register"
        and len({link.kind for link in source.links}) == 1
        and not counted & _categories(domain, source)
    )


def _categories(domain: Domain, source: Source) -> set[str]:
    if source.category.value:
        return {source.category.value}
    return {each.id for each in domain.category_list(source.category.list).categories}


def read_referrals(question: Question, source: str, kind: str, only: str) -> dict[int, Referral]:
    """The first referral of each person by a source. only: `attribute=value,value` of those that count."""
    kept = "true"
    lookup = question.context.lookup
    if only:
        name, _, values = only.partition("=")
        held = lookup.dictionaries.attributes.get(name.strip())
        if held is None:
            raise SelectionError(
                f"no attribute {name.strip()[:40]!r}{nearest(name, question.context.domain.attributes)}"
            )
        numbers = [held[each.strip()] for each in values.split(",") if each.strip() in held]
        kept = among(f"e.t_{identifier(name.strip())}", numbers)
    known_at = question.selection.as_known_at
    rows = question.cursor.rows(
        "referred",
        f"""
        select l.entity_no, min(e.month), coalesce(bool_or({kept}), false)
        from counted_event e
        join counted_link l on l.event_id = e.event_id and l.kind = $kind and {known_sql("l", known_at)}
        where e.source = $source and {known_sql("e", known_at)}
        group by all order by all
        """,
        {"kind": kind, "source": lookup.dictionaries.source[source]} | _known(question),
    )
    return {person: Referral(month, bool(counts)) for person, month, counts in rows}


def narrowings(question: Question, source: Source, kind: str) -> tuple[Narrowing, ...]:
    """The values of a source's attributes by which a cohort can be narrowed, where they are few."""
    lookup, known_at = question.context.lookup, question.selection.as_known_at
    found: list[Narrowing] = []
    for name, title in source.attributes.items():
        values = {number: value for value, number in lookup.dictionaries.attributes.get(name, {}).items()}
        rows = question.cursor.rows(
            "values of referrals",
            f"""
            select e.t_{identifier(name)} as value, count(distinct l.entity_no)
            from counted_event e
            join counted_link l on l.event_id = e.event_id and l.kind = $kind and {known_sql("l", known_at)}
            where e.source = $source and {known_sql("e", known_at)}
            group by all order by count(distinct l.entity_no) desc, value
            """,
            {"kind": kind, "source": lookup.dictionaries.source[source.id]} | _known(question),
        )
        told = [Narrowing(name, title, values[value], people) for value, people in rows if value in values]
        found += told if len(told) <= _FEW_VALUES else []
    return tuple(found)


def read_people(question: Question, kind: EntityKind, period: Period, wanted: Sequence[int]) -> People:
    """What each wanted person did by month: events that link to them in a role of doing; of most, nothing."""
    picked = question.pick()
    column = question.lookup.area_column(question.selection.by)
    rows = question.cursor.rows(
        "events by person",
        f"""
        with weighed as ({event_sql(picked, column, question.attributes)}),
        doer as (
            select distinct l.event_id, l.entity_no from counted_link l
            where l.kind = $kind and {known_sql("l", question.selection.as_known_at)}
                and (len($roles::varchar[]) = 0 or list_contains($roles::varchar[], l.role))
        )
        select d.entity_no, date_trunc('month', w.day)::date, count(*), coalesce(sum(w.harm), 0)::double
        from weighed w join doer d on d.event_id = w.event_id
        group by all order by all
        """,
        {**parameters(picked, tallied=False), "kind": kind.id, "roles": _roles(question, kind)},
    )
    months = {month: at for at, month in enumerate(period.months)}
    row = {number: at for at, number in enumerate(wanted)}
    events, harm = np.zeros((len(row), len(months))), np.zeros((len(row), len(months)))
    for number, month, count, points in rows:
        if number in row:
            events[row[number], months[month]] = count
            harm[row[number], months[month]] = points
    free = np.tile([float(monthrange(m.year, m.month)[1]) for m in months], (len(row), 1))
    for number, month, days in _away_rows(question, kind, period):
        if number in row:
            free[row[number], months[month]] -= days
    return People(events, harm, free, row)


def away(question: Question) -> Away:
    """Which registers that the reader may count say who is away, and up to when they were told."""
    sources = _away_sources(question)
    numbers = [question.context.lookup.dictionaries.source[each.id] for each in sources]
    ((last,),) = question.cursor.rows(
        "away up to",
        f"""
        select max(r.day) from counted_register r
        where {among("r.source", numbers)} and {known_sql("r", question.selection.as_known_at)}
        """,
        _known(question),
    )
    return Away(tuple(each.title for each in sources) if last else (), last)


def _away_sources(question: Question) -> list[Source]:
    told = question.context.lookup.dictionaries.source
    return [
        source
        for source in question.context.domain.sources
        if source.register_ is not None
        and source.register_.away
        and source.id in told
        and source.id in question.known_sources
    ]


def _away_rows(question: Question, kind: EntityKind, period: Period) -> list[tuple[int, date, int]]:
    """Days away by person and month; days of several entries count once."""
    numbers = [question.context.lookup.dictionaries.source[each.id] for each in _away_sources(question)]
    if not numbers:
        return []
    return list(
        question.cursor.rows(
            "days away",
            f"""
            with entry as ({registered_sql(question.selection.as_known_at, numbers)}),
            day as (
                select unnest(generate_series($starts::date, $ends::date - 1, interval 1 day))::date as day
            )
            select r.member_no, date_trunc('month', d.day)::date, count(distinct d.day)
            from entry r join day d on d.day >= r.starts and (r.ends is null or d.day < r.ends)
            where r.member_kind = $kind
            group by all order by all
            """,
            {"kind": kind.id, "starts": period.starts, "ends": period.ends} | _known(question),
        )
    )


def _roles(question: Question, kind: EntityKind) -> list[str]:
    """The roles in which a person does what is counted: those that a group's members answer for."""
    linked = question.measure.linked
    if linked is not None and linked.roles:
        return list(linked.roles)
    groups = (each.members for each in question.context.domain.entities if each.members)
    return next((list(members.roles) for members in groups if members.kind == kind.id), [])


def _known(question: Question) -> dict[str, object]:
    known_at = question.selection.as_known_at
    return {"known_at": known_at} if known_at else {}
