"""A table on its way out: its head in words, its columns, and its rows a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import harmscape
from harmscape.views.registry import VIEWS
from harmscape.views.result import Result

if TYPE_CHECKING:
    import pyarrow

    from harmscape.views.all_rows import AllRows
    from harmscape.workspace import Workspace

Head = Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """What an export holds. head: what, selection, as known at, weights, marking, rows, receipt, in words.

    titles: column name to heading. rows: how many the batches hold in all.
    """

    head: Head
    titles: Mapping[str, str]
    rows: int
    batches: Iterator[pyarrow.RecordBatch]


def sheet_of_result(workspace: Workspace, result: Result) -> Sheet:
    """The main table of an answer."""
    table = result.to_arrow()
    receipt = result.receipt
    assert receipt is not None
    head = _head(workspace, receipt.view, receipt.selection, receipt.snapshot, table.num_rows)
    total = getattr(result, "total", None)
    if total is not None:
        head |= {"Events": str(total.events), "Harm": _exact(total.harm)}
    head |= {"Receipt": receipt.id, "Result": receipt.result}
    head |= {f"Mind {at}": note for at, note in enumerate(result.warnings, 1)}
    return Sheet(head, {name: name for name in table.column_names}, table.num_rows, iter(table.to_batches()))


def sheet_of_rows(workspace: Workspace, found: AllRows, snapshot: str) -> Sheet:
    """All rows of a selection."""
    head = _head(workspace, "rows", found.selection, snapshot, found.rows)
    head |= {"Events": str(found.total.events), "Harm": _exact(found.total.harm)}
    if found.withheld:
        head["Withheld"] = f"{found.withheld} rows are counted above and may not be opened in your role"
    head |= {f"Mind {at}": note for at, note in enumerate(found.warnings, 1)}
    titles = {column.id: column.title for column in found.columns}
    return Sheet(head, titles, found.rows, found.batches)


def _head(
    workspace: Workspace, view: str, selection: Mapping[str, str], snapshot: str, rows: int
) -> dict[str, str]:
    domain = workspace.domain
    scheme = domain.scheme(selection["weights"])
    marking = domain.settings.marking
    return {
        "What": f"{domain.settings.title}: {VIEWS[view].title}",
        **({"Marking": marking} if marking else {}),
        "Selection": "; ".join(f"{word} {value}" for word, value in selection.items()),
        "As known at": selection.get("as_known_at", "the newest data"),
        "Snapshot": snapshot,
        "Weights": f"{scheme.title} ({scheme.status}), {scheme.digest}",
        "Configuration": domain.digest,
        "Program": f"harmscape {harmscape.__version__}",
        "Rows": str(rows),
    }


def _exact(harm: Decimal) -> str:
    """An exact figure without idle zeros."""
    return f"{harm:f}".rstrip("0").rstrip(".") if harm % 1 else f"{harm:.0f}"
