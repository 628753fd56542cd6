"""The lines of rows: their columns, and how each is read from a weighed event and its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harmscape.engine import identifier, quoted
from harmscape.model.geography import UNPLACED
from harmscape.model.source import REFERENCE
from harmscape.views.question import Question

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
    """A column of the rows: `kind` says how to set it (text, mono, date, number, link)."""

    id: str
    title: str
    kind: str


def columns_of(question: Question) -> list[Column]:
    """The columns that every row of a question has, in order."""
    geography = question.book.geography
    # A source that has not told anything yet has left no columns for its attributes.
    question.cursor.prepare("seen_column", "select d.column_name from (describe seen_event) d")
    told = {name for (name,) in question.cursor.rows("columns", "select c.column_name from seen_column c")}
    # Nor does a reader learn from its columns of a source that is closed to them.
    known = {
        name
        for source in question.context.domain.sources
        if source.id in question.known_sources
        for name in source.attributes
    }
    attributes = [
        name for name in question.context.domain.attributes if name in known and f"attr_{name}" in told
    ]
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
        *([Column("record_url", "Record", "link")] if _linked_sources(question) else []),
    ]


def register_names(question: Question) -> None:
    """Titles of categories, sources and areas, for the lines alone."""
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


def lines_sql(
    question: Question, columns: Sequence[Column], *, sort: str, descending: bool, more: str = "", page: bool
) -> str:
    """`line`: the rows of `weighed_event` that the reader may open, in order, with their columns.

    page: only `limit ? offset ?` of them, looked up in the ledger after they were picked. more: further
    expressions over the record `e`, each with a comma before it.
    """
    direction = "desc" if descending else "asc"
    order = f"{direction} nulls last, w.event_id {direction}"
    held = _expressions(question)
    listed = ", ".join(f"{held[column.id]} as {identifier(column.id)}" for column in columns)
    key = identifier(SORTS[sort])
    return f"""
        with page as (
            select w.*, c.title as category_title, a.title as area_name
            from weighed_event w
            left join category_title c on c.no = w.category
            left join area_title a on a.no = w.area_no
            where w.visible
            {f"order by {key} {order} limit ? offset ?" if page else ""}
        )
        select {listed}{more}
        from page w
        {_JOINS}
        order by w.{key} {order}
    """


def found_sql(question: Question, columns: Sequence[Column]) -> str:
    """`found_event`: the weighed events that the reader may open and that hold `$search` in a text column.

    Case is ignored. A row that may only be counted is never searched: that would tell what it says.
    """
    held = _expressions(question)
    texts = [held[column.id] for column in columns if column.kind in ("text", "mono")]
    among = " or ".join(f"contains(lower(({text})::varchar), lower($search))" for text in texts)
    return f"""
        select w.* from (
            select w.*, c.title as category_title, a.title as area_name
            from weighed_event w
            left join category_title c on c.no = w.category
            left join area_title a on a.no = w.area_no
            where w.visible
        ) w
        {_JOINS}
        where {among}
    """


_JOINS = """left join category_title c on c.no = w.category
        left join area_title a on a.no = w.area_no
        left join source_title s on s.no = w.source
        left join seen_event e on e.event_id = w.event_id
        left join delivered_file f on f.file_no = e.file_no"""


def _expressions(question: Question) -> Mapping[str, str]:
    """How each column is read from a weighed event `w`, its record `e` and the titles."""
    zone = question.context.domain.settings.timezone
    return {
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
        "record_url": _record_url_sql(question),
        **{f"attr_{name}": f"e.attr_{identifier(name)}" for name in question.context.domain.attributes},
    }


def _linked_sources(question: Question) -> Mapping[int, str]:
    """By number, the sources this reader knows of that say where their records can be opened."""
    numbers = question.context.lookup.dictionaries.source
    return {
        numbers[each.id]: each.record_url
        for each in question.context.domain.sources
        if each.record_url and each.id in numbers and each.id in question.known_sources
    }


def _record_url_sql(question: Question) -> str:
    """The address of a row's record in its own system; none without a reference."""
    cases = " ".join(
        f"when {number} then replace({quoted(url)}, {quoted(REFERENCE)}, url_encode(e.reference))"
        for number, url in _linked_sources(question).items()
    )
    return f"case w.source {cases} end" if cases else "null::varchar"
