"""Which rows make this figure? The events behind any mark, a page at a time; they sum to it exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from harmscape.engine import Engine, identifier, quoted
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import UNPLACED
from harmscape.scoring.score import event_sql
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result, plain
from harmscape.views.scored import rare_cells, score_areas

MOST = 1000
SORTS: Mapping[str, str] = {
    "day": "day",
    "harm": "harm",
    "category": "category_title",
    "points": "points",
    "quantity": "quantity",
    "place": "area_name",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the rows: `kind` says how to set it (text, mono, date, number)."""

    id: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Total:
    """All rows of the selection, not only the page: equal to the figure they came from."""

    events: int
    harm: Decimal


@dataclass(frozen=True, kw_only=True)
class Rows(Result):
    """One page of rows. `rows` holds a list of values a row, in the order of `columns`."""

    ROWS: ClassVar[str] = "lines"

    columns: tuple[Column, ...]
    lines: tuple[tuple[Any, ...], ...]
    offset: int
    limit: int
    total: Total
    withheld: int | None
    sort: str
    descending: bool
    selection: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        held = super().to_dict()
        return held | {"rows": held.pop("lines")}

    def records(self) -> list[dict[str, Any]]:
        names = [column.id for column in self.columns]
        return [dict(zip(names, plain(line), strict=True)) for line in self.lines]


def drilldown(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    sort: str = "day",
    descending: bool = True,
    offset: int = 0,
    limit: int = 100,
) -> Rows:
    """The events of a selection, sorted, one page of them. limit: at most 1,000 rows a page."""
    if sort not in SORTS:
        raise SelectionError(f"rows cannot be sorted by {sort[:40]!r}{nearest(sort[:40], SORTS)}")
    if not (0 < limit <= MOST and 0 <= offset <= 10**9):
        raise SelectionError(f"a page holds 1 to {MOST:,} rows, from an offset of 0 on")
    question = ask(cursor, context, words)
    cursor.create(
        "weighed_event",
        event_sql(question.pick(), question.area_column, question.attributes),
        parameters(question.pick(), tallied=False),
    )
    if question.selection.apart:
        _set_apart(question)
    _register_names(question)
    events, harm, withheld = cursor.rows(
        "total",
        "select count(*), coalesce(sum(w.harm), 0), count(*) filter (not w.visible) from weighed_event w",
    )[0]
    columns = tuple(_columns(question))
    lines = cursor.rows(
        "page", _page_sql(columns, sort, descending, context.domain.settings.timezone), [limit, offset]
    )
    return Rows(
        columns=columns,
        lines=tuple(lines),
        offset=offset,
        limit=limit,
        total=Total(events, Decimal(harm)),
        withheld=withheld or None,
        sort=sort,
        descending=descending,
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def _set_apart(question: Question) -> None:
    """Leave rare, huge events out, as the standing does: rare among all areas, not only those asked for."""
    everywhere = replace(question, selection=question.selection.model_copy(update={"areas": ()}))
    scored = score_areas(everywhere)
    rare = [cell.no for cell, out in zip(scored.cells, rare_cells(scored, everywhere), strict=True) if out]
    question.cursor.create(
        "kept_event",
        "select w.* from weighed_event w where w.weight_no is null or not list_contains($rare, w.weight_no)",
        {"rare": rare},
    )
    question.cursor.create("weighed_event", "select k.* from kept_event k")


def _columns(question: Question) -> list[Column]:
    geography = question.book.geography
    # A source that has not told anything yet has left no columns for its attributes.
    told = {name for name, *_ in question.cursor.rows("columns", "describe seen_event")}
    attributes = [name for name in question.context.domain.attributes if f"attr_{name}" in told]
    return [
        Column("day", "Date", "date"),
        Column("time", "Time", "text"),
        Column("reference", "Reference", "mono"),
        Column("category_title", "Category", "text"),
        Column("quantity", "Quantity", "number"),
        Column("points", "Weight", "number"),
        Column("harm", "Harm", "number"),
        Column("area_name", geography.title, "text"),
        Column("precision", "Point", "text"),
        *(Column(f"attr_{name}", name.replace("_", " ").capitalize(), "text") for name in attributes),
        Column("source_title", "Source", "text"),
        Column("file", "File", "mono"),
        Column("line", "Line", "number"),
        Column("known_from", "Known from", "date"),
        Column("event_id", "Event", "number"),
    ]


def _register_names(question: Question) -> None:
    """Titles of categories, sources and areas, for the page alone."""
    import pyarrow as pa

    context = question.context
    book = question.book

    def register(name: str, numbers: Sequence[int], titles: Sequence[str]) -> None:
        table = pa.table({"no": pa.array(numbers, pa.int32()), "title": pa.array(titles, pa.string())})
        question.cursor.register(name, table)

    ids = context.lookup.dictionaries
    register(
        "category_title",
        list(ids.category.values()),
        [context.domain.categories[i].title for i in ids.category],
    )
    register("source_title", list(ids.source.values()), [context.domain.source(i).title for i in ids.source])
    register("area_title", [0, *range(1, len(book.codes) + 1)], [UNPLACED, *book.names])


def _page_sql(columns: Sequence[Column], sort: str, descending: bool, zone: str) -> str:
    """One page; only its own rows are looked up in the ledger."""
    direction = "desc" if descending else "asc"
    held = {
        "day": "w.day",
        "time": f"""case when w.whole_month then 'month only' when w.hour is null then 'day only'
            else strftime(timezone({quoted(zone)}, timezone('UTC', e.occurred_from)), '%H:%M') end""",
        "reference": "e.reference",
        "category_title": "coalesce(c.title, e.category_text)",
        "quantity": "w.quantity",
        "points": "w.points",
        "harm": "w.harm",
        "area_name": "a.title",
        "precision": "coalesce(e.precision, 'not known')",
        "source_title": "s.title",
        "file": "f.shown",
        "line": "e.line",
        "known_from": "e.known_from",
        "event_id": "w.event_id",
    }
    listed = ", ".join(
        f"{held.get(column.id) or 'e.' + identifier(column.id)} as {identifier(column.id)}"
        for column in columns
    )
    key = identifier(SORTS[sort])
    return f"""
        with page as (
            select w.*, c.title as category_title, a.title as area_name
            from weighed_event w
            left join category_title c on c.no = w.category
            left join area_title a on a.no = w.area_no
            where w.visible
            order by {key} {direction} nulls last, w.event_id {direction}
            limit ? offset ?
        )
        select {listed}
        from page w
        left join category_title c on c.no = w.category
        left join area_title a on a.no = w.area_no
        left join source_title s on s.no = w.source
        left join seen_event e on e.event_id = w.event_id
        left join delivered_file f on f.file_no = e.file_no
        order by w.{key} {direction} nulls last, w.event_id {direction}
    """
