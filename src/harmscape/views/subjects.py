"""Subjects that are not areas: the entities a reader may know of, the categories, and who is tied to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from harmscape.engine import Engine, identifier
from harmscape.model.entity import CATEGORY, EntityKind
from harmscape.model.measure import Linked, Measure
from harmscape.model.selection import Selection
from harmscape.scoring.terms import Lookup, branch
from harmscape.scoring.ties import (
    numbered_name,
    numbered_sql,
    registered_sql,
    subject_name,
    subject_sql,
    tied_name,
    tied_sql,
)
from harmscape.views.context import AreaBook, Context


def subject_books(cursor: Engine, context: Context, selection: Selection) -> Mapping[str, AreaBook]:
    """The subjects of each kind of entity that a question names, and the categories where it ranks those."""
    kinds = [kind for kind in context.domain.entities if _is_named(kind, selection)]
    numbers = context.lookup.dictionaries.category
    counted = sorted(
        numbers[name] for name in context.domain.categories_of(context.domain.measure(selection.measure))
    )
    books = {kind.id: entity_book(cursor, kind, counted) for kind in kinds}
    if selection.by == CATEGORY.id:
        books[CATEGORY.id] = _category_book(context, selection)
    return books


def entity_book(cursor: Engine, kind: EntityKind, categories: Sequence[int]) -> AreaBook:
    """The entities of a kind that this reader may know of and that are peers in events of some categories.

    Leaves their numbers on the cursor. A name is the one most rows give, among those that the reader may
    open; without any it is the code.
    """
    table = numbered_name(kind.id)
    cursor.prepare(table, numbered_sql(kind, categories))
    called = f"called_{identifier(kind.id)}"
    cursor.prepare(
        called,
        f"""
        select n.no, n.code, t.title
        from {table} n
        left join (
            select l.entity_no, l.title
            from counted_link l where l.kind = $kind and l.title is not null
            group by l.entity_no, l.title
            qualify row_number() over (partition by l.entity_no order by count(*) desc, l.title) = 1
        ) t on t.entity_no = n.entity_no
        """,
        {"kind": kind.id},
        needs=[table],
    )
    rows = cursor.rows("entities", f"select c.code, c.title from {called} c order by c.no")
    codes = [code.upper() for code, _ in rows]
    return _book(kind, codes, [title or code for code, (_, title) in zip(codes, rows, strict=True)])


def _category_book(context: Context, selection: Selection) -> AreaBook:
    """The categories that a measure counts, those without others below them or with events of their own."""
    domain, numbers = context.domain, context.lookup.dictionaries
    measure = domain.measure(selection.measure)
    counted = domain.categories_of(measure) | ({measure.stands_as} if measure.stands_as else set())
    parents = {each.parent for each in domain.categories.values()}
    codes = [
        name
        for name, number in numbers.category.items()
        if name in counted and (name not in parents or number in numbers.present)
    ]
    return _book(CATEGORY, codes, [domain.categories[name].title for name in codes])


def _book(kind: EntityKind, codes: list[str], names: list[str]) -> AreaBook:
    return AreaBook(
        geography=kind,
        edition="",
        codes=tuple(codes),
        names=tuple(names),
        parents=(None,) * len(codes),
        figures={},
        size_km2=np.full(len(codes), np.nan),
    )


def prepare_ties(cursor: Engine, selection: Selection, lookup: Lookup) -> None:
    """Make the temporary tables that a question's conditions name: who is tied to which event."""
    measure = lookup.domain.measure(selection.measure)
    parts = [lookup.domain.measure(name) for name in measure.measures] or [measure]
    linked = list(_linked(parts))
    kinds = [kind for kind in lookup.domain.entities if _is_named(kind, selection)]
    if not linked and not kinds:
        return
    known_at = selection.as_known_at
    bound: dict[str, object] = {"known_at": known_at} if known_at else {}
    cursor.prepare("registered", registered_sql(known_at), bound)
    for each in linked:
        through = sorted({number for name in each.through for number in branch(name, lookup)})
        cursor.prepare(tied_name(each), tied_sql(each, through, known_at), bound, needs=["registered"])
    shared = selection.shared or measure.shared
    for kind in kinds:
        sql = subject_sql(kind, shared, measure.role_shares, known_at)
        cursor.prepare(subject_name(kind.id), sql, bound, needs=["registered", numbered_name(kind.id)])


def _linked(parts: Iterable[Measure]) -> Iterable[Linked]:
    """The different links that measures ask for."""
    return {tied_name(part.linked): part.linked for part in parts if part.linked}.values()


def _is_named(kind: EntityKind, selection: Selection) -> bool:
    return kind.id == selection.by or any(condition.field == kind.id for condition in selection.where)
