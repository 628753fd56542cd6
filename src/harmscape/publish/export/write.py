"""Writing an export: asked through the gate, written whole, then told to the audit trail as a disclosure.

The file is complete before any of it leaves: a fault on the way is an error, never a file cut short.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmscape.model.errors import HarmscapeError, RefusedError, SelectionError, nearest
from harmscape.publish.export.csv_file import write_csv
from harmscape.publish.export.geojson_file import write_geojson
from harmscape.publish.export.impact_page import write_impact_page
from harmscape.publish.export.parquet_file import write_parquet
from harmscape.publish.export.sheet import Sheet, sheet_of_result, sheet_of_rows
from harmscape.publish.export.xlsx_file import write_xlsx
from harmscape.views.all_rows import all_rows
from harmscape.views.impact_result import Impact
from harmscape.views.registry import VIEWS
from harmscape.views.result import Result, plain
from harmscape.views.sector_overview import SectorOverview

if TYPE_CHECKING:
    from harmscape.workspace import Workspace

FORMS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "html": "text/html; charset=utf-8",
}
_WRITERS: Mapping[str, Callable[[Sheet, Path], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and how many rows it holds."""

    path: Path
    rows: int


def media_type(form: str) -> str:
    """What a form is called on the wire. Raises SelectionError for one that is not known."""
    if form not in FORMS:
        raise SelectionError(f"nothing is exported as {form[:40]!r}{nearest(form[:40], FORMS)}")
    return FORMS[form]


def export(
    workspace: Workspace,
    view: str,
    form: str,
    words: Mapping[str, object],
    path: Path,
    *,
    snapshot: str | None = None,
    **options: Any,
) -> Exported:
    """Write what a view shows to a file: of `rows` every row of the selection, not a page.

    Raises SelectionError for a question that cannot be asked, RefusedError where the role may not export.
    """
    media_type(form)
    if view not in VIEWS:
        raise SelectionError(f"no view {view[:40]!r}{nearest(view[:40], VIEWS)}")
    _check_right(workspace)
    if view == "rows":
        if form == "html":
            raise SelectionError("only the impact of an operation has a page of its own: export csv")
        for name in ("offset", "limit"):
            options.pop(name, None)
        return _export_rows(workspace, form, words, path, snapshot, options)
    return write_result(workspace, workspace.ask(view, words, snapshot=snapshot, **options), form, path)


def write_result(workspace: Workspace, result: Result, form: str, path: Path) -> Exported:
    """Write the main table of an answer to a file."""
    _check_right(workspace)
    sheet = sheet_of_result(workspace, result)
    if form == "html":
        if not isinstance(result, Impact):
            raise SelectionError("only the impact of an operation has a page of its own: export csv")
        rows = write_impact_page(result, sheet.head, path)
    elif form == "geojson":
        rows = write_geojson(sheet, path, _geometry(workspace, result, sheet))
    else:
        rows = _WRITERS[form](sheet, path)
    assert result.receipt is not None
    return _told(workspace, result.receipt.view, form, result.receipt.selection, path, sheet, rows)


def _geometry(workspace: Workspace, result: Result, sheet: Sheet) -> Mapping[str, Any] | None:
    """The shapes of the areas that the rows are; None where every row has a longitude and a latitude."""
    assert result.receipt is not None
    if isinstance(result, SectorOverview) and result.by["kind"] == "area":
        return _shapes(workspace, result.selection["by"], result.receipt.snapshot)
    if {"lon", "lat"} <= sheet.titles.keys():
        return None
    raise SelectionError(
        "geojson needs places, which only a standing of areas, rows, and what lies at points have: export csv"
    )


def _export_rows(
    workspace: Workspace,
    form: str,
    words: Mapping[str, object],
    path: Path,
    snapshot: str | None,
    options: Mapping[str, Any],
) -> Exported:
    held = workspace.snapshot(snapshot)
    name = held.context.snapshot
    write = write_geojson if form == "geojson" else _WRITERS[form]

    def written(cursor: Any) -> tuple[Sheet, Mapping[str, str], int]:
        found = all_rows(cursor, held.context, words, points=form == "geojson", **options)
        sheet = sheet_of_rows(workspace, found, name)
        return sheet, found.selection, write(sheet, path)

    detail = {"words": plain(dict(words)), "snapshot": name, "form": form}
    sheet, selection, rows = workspace.read("rows", detail, written, snapshot=snapshot)
    return _told(workspace, "rows", form, selection, path, sheet, rows)


def _told(
    workspace: Workspace,
    view: str,
    form: str,
    selection: Mapping[str, str],
    path: Path,
    sheet: Sheet,
    rows: int,
) -> Exported:
    """Check that no row was lost on the way, and leave the audit row before the file leaves."""
    if rows != sheet.rows:
        path.unlink(missing_ok=True)
        raise HarmscapeError(f"of {sheet.rows:,} rows {rows:,} were written, so there is no export")
    reader = workspace.reader
    workspace.audit.append(
        "disclosure",
        actor=reader.actor,
        role=reader.role.id,
        step=f"export {view}",
        purpose=reader.purpose,
        detail={"words": dict(selection), "snapshot": sheet.head["Snapshot"], "form": form},
        rows=rows,
    )
    return Exported(path, rows)


def _check_right(workspace: Workspace) -> None:
    role = workspace.reader.role
    if "export" not in role.verbs:
        raise RefusedError(f"role {role.id!r} may not export (rule: verbs)")


def _shapes(workspace: Workspace, by: str, snapshot: str) -> Mapping[str, Any]:
    held = json.loads(workspace.areas_geojson(by, snapshot=snapshot))
    return {feature["id"]: feature["geometry"] for feature in held["features"]}
