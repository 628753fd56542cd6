"""A register of operations kept elsewhere, read from a CSV with a line for each phase."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmscape.model.domain import Domain
from harmscape.model.errors import HarmscapeError, SelectionError
from harmscape.model.outcome import why_no_outcome
from harmscape.model.period import parse_day
from harmscape.workspace.operations import add_operation, registered

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

COLUMNS = ("Operation id", "Operation", "Phase", "Starts", "Ends", "Area level", "Areas")
"""What every file must have; `Partners`, `Aim`, `Outcome measure` and `Cost` may be there too."""

_AND = re.compile(r"\s*(?:;|,|\band\b)\s*")
_MOST_LINES = 20_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoadedOperations:
    """The ids of those that were added and of those that were there, and what must be said of them."""

    added: tuple[str, ...]
    there: tuple[str, ...]
    said: tuple[str, ...]


def load_operations(
    workspace: Workspace, path: Path, *, stamped: Callable[[date], datetime] | None = None
) -> LoadedOperations:
    """Add the operations of a CSV that the register does not hold yet.

    Areas are codes with semicolons between; `Ends` is the last day of a phase. `Outcome measure` names
    measures by id or title, with `and` or semicolons between; one that police work finds is left out.
    stamped: when the measures of an operation that began on a day were chosen; now unless said.
    Raises HarmscapeError, naming the line, before anything is added.
    """
    there = {each.operation.id for each in registered(workspace)}
    held: dict[str, dict[str, Any]] = {}
    said: list[str] = []
    for line, row in _lines(path):
        try:
            _take(row, held, workspace.domain, said)
        except SelectionError as fault:
            raise HarmscapeError(f"{path.name}:{line}: {fault}") from None
    added = []
    for name, given in held.items():
        if name in there:
            continue
        begins = parse_day(given["phases"][0]["from"])
        add_operation(workspace, given, at=stamped(begins) if stamped else None)
        added.append(name)
    return LoadedOperations(tuple(added), tuple(name for name in held if name in there), tuple(said))


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise HarmscapeError(f"{path.name}: there is no column {missing[0]!r}")
            rows = [
                (
                    reader.line_num,
                    {key: (value or "").strip() for key, value in row.items() if key is not None},
                )
                for _, row in zip(range(_MOST_LINES), reader, strict=False)
            ]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise HarmscapeError(f"{path.name} is not a CSV in UTF-8") from fault
    if not rows:
        raise HarmscapeError(f"{path.name} holds no operation")
    return rows


def _take(row: dict[str, str], held: dict[str, dict[str, Any]], domain: Domain, said: list[str]) -> None:
    """One line: a phase, and, where it is the first of its operation, all the rest."""
    last = row["Ends"]
    phase = {
        "phase": row["Phase"].lower(),
        "from": str(parse_day(row["Starts"])),
        "to": str(parse_day(last) + _DAY) if last else None,
    }
    name = row["Operation id"]
    if name in held:
        held[name]["phases"].append(phase)
        return
    held[name] = {
        "id": name,
        "title": row["Operation"],
        "by": domain.geography(row["Area level"]).id,
        "areas": _listed(row["Areas"]),
        "phases": [phase],
        "partners": _listed(row.get("Partners", "")),
        "aim": row.get("Aim") or None,
        "cost": row.get("Cost") or None,
        "measures": _measures(row.get("Outcome measure", ""), name, domain, said),
    }


def _measures(text: str, operation: str, domain: Domain, said: list[str]) -> list[str]:
    """The measures that a text names, those left out said."""
    by_word = {word.casefold(): each for each in domain.measures for word in (each.title, each.id)}
    by_word |= {each.id.replace("_", " "): each for each in domain.measures}
    whole = by_word.get(text.strip().casefold())
    found = []
    for word in [text] if whole else [each for each in _AND.split(text) if each.strip()]:
        measure = by_word.get(word.strip().casefold())
        if measure is None:
            raise SelectionError("no measure has the id or title that stands under 'Outcome measure'")
        reason = why_no_outcome(domain, measure)
        if reason:
            said.append(f"{operation}: {reason}")
        else:
            found.append(measure.id)
    return found


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(";") if each.strip()]
