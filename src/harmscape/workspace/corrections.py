"""Corrections: "this is wrong" about a row, for those who keep the source; no datum is changed by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.workspace.state import Store, checked_text
from harmscape.workspace.writing import keep

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody said is wrong about a row, with where that row came from."""

    id: int
    event_id: int
    text: str
    source: str
    reference: str | None
    file: str | None
    line: int | None
    made_at: datetime
    made_by: str


def add_correction(workspace: Workspace, given: Mapping[str, Any]) -> int:
    """Note what is wrong about a row, and return the number of the note."""
    body = _checked(given)
    number = body["event_id"]
    if not workspace.read("correction", {"event": number}, lambda cursor: _may_open(cursor, number)):
        raise SelectionError(f"there is no row with the event {number} that you may open")
    return keep(workspace, "correction", body)


def corrections(workspace: Workspace) -> list[Correction]:
    """All corrections of rows that the reader may open, newest first."""
    return workspace.read("corrections", {}, lambda cursor: _read(cursor, workspace.state))


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """`event_id` of the row and `text`. Raises SelectionError with what is wrong."""
    number = given.get("event_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**62:
        raise SelectionError("event_id must be the number in the row's column Event")
    if set(given) - {"event_id", "text"}:
        raise SelectionError("a correction has an event_id and a text, and nothing else")
    return {"event_id": number, "text": checked_text(given.get("text"), "text")}


def _may_open(cursor: Engine, event_id: int) -> bool:
    """Whether the reader behind the cursor may open a row. One that is hidden is as one that is not there."""
    found = cursor.rows("row", "select 1 from seen_event e where e.event_id = ?", [event_id])
    return bool(found)


def _read(cursor: Engine, store: Store) -> list[Correction]:
    """Every correction of a row that the reader may open, newest first."""
    said = store.changes("correction")
    numbers = sorted({int(each.body["event_id"]) for each in said})
    rows = cursor.rows(
        "corrected rows",
        """
        select e.event_id, e.source, e.reference, f.shown, e.line
        from seen_event e left join delivered_file f on f.file_no = e.file_no
        where list_contains($numbers::bigint[], e.event_id)
        """,
        {"numbers": numbers},
    )
    rows_of = {number: where for number, *where in rows}
    found = []
    for each in reversed(said):
        number = int(each.body["event_id"])
        if number in rows_of:
            source, reference, file, line = rows_of[number]
            text = each.body["text"]
            found.append(Correction(each.id, number, text, source, reference, file, line, each.at, each.by))
    return found
