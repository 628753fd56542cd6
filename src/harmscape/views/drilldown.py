"""Which rows make this figure? The events behind any mark, a page at a time; they sum to it exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.scoring.score import event_sql
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result, plain
from harmscape.views.row_lines import SORTS, Column, columns_of, found_sql, lines_sql, register_names
from harmscape.views.scored import rare_cells, score_areas

MOST = 1000
MOST_SEARCHED = 100
"""Characters of a search."""


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
    search: str = "",
    point: str = "",
) -> Rows:
    """The events of a selection, sorted, one page of them.

    limit: at most 1,000 rows a page. search: only rows with this in one of their texts, case ignored.
    point: only those at one point, in the words of a mark.
    """
    if not (0 < limit <= MOST and 0 <= offset <= 10**9):
        raise SelectionError(f"a page holds 1 to {MOST:,} rows, from an offset of 0 on")
    question, columns, total, withheld = weighed_rows(
        cursor, context, words, sort=sort, search=search, point=point
    )
    sql = lines_sql(question, columns, sort=sort, descending=descending, page=True)
    return Rows(
        columns=columns,
        lines=tuple(cursor.rows("page", sql, [limit, offset])),
        offset=offset,
        limit=limit,
        total=total,
        withheld=withheld or None,
        sort=sort,
        descending=descending,
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def weighed_rows(
    cursor: Engine, context: Context, words: Mapping[str, object], *, sort: str, search: str, point: str = ""
) -> tuple[Question, tuple[Column, ...], Total, int]:
    """Make `weighed_event` and the titles on the cursor: all events whose rows are asked for.

    Returns the question, the columns of its rows, what they come to, and how many may not be opened.
    """
    if sort not in SORTS:
        raise SelectionError(f"rows cannot be sorted by {sort[:40]!r}{nearest(sort[:40], SORTS)}")
    if len(search) > MOST_SEARCHED:
        raise SelectionError(f"a search takes up to {MOST_SEARCHED} characters, and this has {len(search):,}")
    question = ask(cursor, context, words)
    cursor.create(
        "weighed_event",
        event_sql(question.pick(), question.area_column, question.attributes),
        parameters(question.pick(), tallied=False),
    )
    if question.selection.apart:
        _set_apart(question)
    if point:
        _at_point(cursor, point)
    register_names(question)
    columns = tuple(columns_of(question))
    total, withheld = _total(cursor)
    if search.strip():
        cursor.create("found_event", found_sql(question, columns), {"search": search.strip()})
        cursor.create("weighed_event", "select f.* from found_event f")
        total, _ = _total(cursor)
    return question, columns, total, withheld


def _at_point(cursor: Engine, point: str) -> None:
    """Keep the rows at one point, to the last bit of its coordinates; only such as the reader may open."""
    try:
        x, y, epsg = point.split(",")
        bound: dict[str, object] = {"x": float(x), "y": float(y), "epsg": int(epsg[:9])}
    except ValueError:
        raise SelectionError("expected a point as a mark of the map gives it: x,y,system") from None
    cursor.create(
        "kept_event",
        """
        select w.* from weighed_event w where w.visible and w.event_id in (
            select e.event_id from seen_event e where e.x = $x and e.y = $y and e.epsg = $epsg)
        """,
        bound,
    )
    cursor.create("weighed_event", "select k.* from kept_event k")


def _total(cursor: Engine) -> tuple[Total, int]:
    events, harm, withheld = cursor.rows(
        "total",
        "select count(*), coalesce(sum(w.harm), 0), count(*) filter (not w.visible) from weighed_event w",
    )[0]
    return Total(events, Decimal(harm)), withheld


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
