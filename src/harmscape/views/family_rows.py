"""What rows tell of one family: the timeline by agency, who else they name, and how many stay closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from harmscape.engine import identifier, quoted
from harmscape.model.measure import Measure
from harmscape.scoring.terms import among, asked_terms, measure_terms
from harmscape.scoring.ties import known_sql
from harmscape.views.circumstance_matrix import Told, answers_of
from harmscape.views.entity_names import entity_names
from harmscape.views.question import Question

MOST = 500
"""As many of the latest rows a timeline shows."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of the timeline, with the file and line it was read from."""

    day: date
    category: str
    agency: str
    source: str
    reference: str | None
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Rows of a source that this reader may count and not open: how many, and nothing else."""

    source: str
    agency: str
    rows: int


@dataclass(frozen=True, slots=True)
class Person:
    """Another entity that rows about the family name: in which roles, in how many rows, from when to when.

    child: whether some row says so; None for other kinds, and where the workspace has no such attribute.
    """

    code: str
    name: str
    kind: str
    roles: tuple[str, ...]
    rows: int
    first: date
    last: date
    child: bool | None


def collect(question: Question, kind: str, entity_no: int) -> None:
    """Leave `family_event` on the cursor: the events of the window that name the entity, each once, with
    `visible`: whether both the event and a row that ties it here may be opened."""
    known_at = question.selection.as_known_at
    period = question.selection.period
    bound: dict[str, object] = {"starts": period.starts, "ends": period.ends, "no": entity_no, "kind": kind}
    question.cursor.create(
        "family_event",
        f"""
        select e.* replace (e.visible and l.visible as visible)
        from (
            select l.event_id, bool_or(l.visible) as visible
            from counted_link l
            where l.kind = $kind and l.entity_no = $no and {known_sql("l", known_at)} group by l.event_id
        ) l
        join counted_event e on e.event_id = l.event_id
        where e.day >= $starts and e.day < $ends and {known_sql("e", known_at)}
        """,
        bound | ({"known_at": known_at} if known_at else {}),
    )


def answers(question: Question, measure: Measure) -> list[Told]:
    """The rows about circumstances, those of the measure's own sources and conditions; needs `collect`."""
    says = answers_of(question, measure)
    # The rule's own conditions hold for all three answers, so only its categories are widened.
    wide = measure.model_copy(
        update={"kind": "flow", "counts": None, "at_least": None, "stands_as": None, "categories": (),
                "lists": tuple(each.id for each in question.context.domain.category_lists)}
    )  # fmt: skip
    asked = asked_terms(question.selection, question.lookup)
    terms = [f"({term.sql})" for term in (*measure_terms(wide, question.lookup), *asked)]
    rows = question.cursor.rows(
        "answers",
        f"""
        select e.category, e.source, e.visible, count(*), max(e.day) from family_event e
        where {" and ".join(terms)} and {among("e.category", sorted(says))} group by all
        """,
    )
    sources = source_ids(question)
    return [
        Told(*says[category], sources[source], visible, count, latest)
        for category, source, visible, count, latest in rows
    ]


def timeline(question: Question) -> list[Happening]:
    """The latest rows that may be opened, newest first; needs `collect`."""
    domain, sources = question.context.domain, source_ids(question)
    rows = question.cursor.rows(
        "timeline",
        f"""
        select f.day, f.category, f.source, e.reference, d.shown, e.line
        from family_event f
        join seen_event e on e.event_id = f.event_id
        left join delivered_file d on d.file_no = e.file_no
        where f.visible order by f.day desc, f.event_id desc limit {MOST}
        """,
    )
    titles = {number: domain.categories[name].title for number, name in question.category_ids.items()}
    return [
        Happening(
            day,
            titles.get(category, "Uncategorised"),
            domain.source(sources[source]).policy.agency,
            domain.source(sources[source]).title,
            reference,
            file,
            line,
        )
        for day, category, source, reference, file, line in rows
    ]


def closed(question: Question) -> list[Closed]:
    """How many rows of each source stay closed to this reader; needs `collect`."""
    rows = question.cursor.rows(
        "closed",
        "select f.source, count(*) from family_event f where not f.visible group by all order by all",
    )
    sources, domain = source_ids(question), question.context.domain
    return [
        Closed(domain.source(sources[number]).title, domain.source(sources[number]).policy.agency, count)
        for number, count in rows
    ]


def persons(question: Question, kind: str) -> list[Person]:
    """The other entities that open rows about the family name; needs `collect`."""
    known_at = question.selection.as_known_at
    child = _child_sql(question)
    rows = question.cursor.rows(
        "persons",
        f"""
        select l.kind, l.entity_no, list_sort(list(distinct l.role) filter (l.role is not null)),
               count(distinct f.event_id), min(f.day), max(f.day), bool_or({_any_child(child)})
        from family_event f
        join counted_link l on l.event_id = f.event_id and l.kind <> $kind and l.visible
            and {known_sql("l", known_at)}
        where f.visible group by l.kind, l.entity_no order by l.kind, min(f.day), l.entity_no
        """,
        {"kind": kind} | ({"known_at": known_at} if known_at else {}),
    )
    called = {
        other: entity_names(question.cursor, other, [row[1] for row in rows if row[0] == other])
        for other in {row[0] for row in rows}
    }
    return [
        Person(
            *called[other][no],
            other,
            tuple(roles or ()),
            count,
            first,
            last,
            is_child if other in child else None,
        )
        for other, no, roles, count, first, last, is_child in rows
    ]


def children_of(question: Question, people: list[Person]) -> tuple[str, ...] | None:
    """The codes of those that some row calls a child; None where no row could say so."""
    if not _child_sql(question):
        return None
    return tuple(each.code for each in people if each.child)


def _child_sql(question: Question) -> dict[str, str]:
    """By kind of entity that declares it, the condition that a row is of a child."""
    held = question.context.lookup.dictionaries.attributes
    found = {}
    for kind in question.context.domain.entities:
        if kind.child is not None:
            wanted = kind.child.value.casefold()
            values = held.get(kind.child.attribute, {})
            numbers = [number for text, number in values.items() if text.casefold() == wanted]
            found[kind.id] = among(f"f.t_{identifier(kind.child.attribute)}", numbers)
    return found


def _any_child(child: Mapping[str, str]) -> str:
    """Whether a row is of a child, whatever kind its link names."""
    cases = [f"(l.kind = {quoted(kind)} and {condition})" for kind, condition in child.items()]
    return " or ".join(cases) or "false"


def source_ids(question: Question) -> Mapping[int, str]:
    """Source ids by the numbers that events carry."""
    return {number: name for name, number in question.context.lookup.dictionaries.source.items()}
