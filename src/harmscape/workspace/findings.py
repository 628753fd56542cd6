"""Findings that somebody called not useful: kept and counted, so that what is shown is judged by its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harmscape.model.errors import SelectionError, nearest
from harmscape.model.period import parse_end, window_before
from harmscape.workspace.state import MOST_TEXT, Store, checked_text
from harmscape.workspace.writing import keep

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

_NAMES = ("by", "area", "measure", "window", "to")
_MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class Parked:
    """A finding set aside: one measure in one area over one window; that of another window is another."""

    id: int
    by: str
    area: str
    measure: str
    window: str
    to: str
    why: str | None
    parked_at: datetime
    parked_by: str


def park_finding(workspace: Workspace, given: Mapping[str, Any], *, at: datetime | None = None) -> int:
    """Call a finding not useful: `by`, `area`, `measure`, `window`, `to`, perhaps `why`; `back` undoes it."""
    known = (*_NAMES, "why", "back")
    for key in given:
        if key not in known:
            raise SelectionError(f"a finding has no {str(key)[:40]!r}{nearest(str(key)[:40], known)}")
    body: dict[str, Any] = {name: checked_text(given.get(name), name, most=_MOST_NAME) for name in _NAMES}
    workspace.domain.measure(body["measure"])
    workspace.domain.subject(body["by"])
    window_before(parse_end(body["to"]), body["window"])
    if given.get("back"):
        body["back"] = True
    why = checked_text(given.get("why"), "why", most=MOST_TEXT, needed=False)
    return keep(workspace, "finding", body, why=why or None, at=at)


def read_parked(store: Store) -> list[Parked]:
    """The findings that stand parked, the newest first."""
    held: dict[tuple[str, ...], Parked] = {}
    for each in store.changes("finding"):
        words = {name: str(each.body[name]) for name in _NAMES}
        if each.body.get("back"):
            held.pop(tuple(words.values()), None)
            continue
        held[tuple(words.values())] = Parked(
            id=each.id, **words, why=each.why, parked_at=each.at, parked_by=each.by
        )
    return sorted(held.values(), key=lambda parked: -parked.id)


def not_useful(parked: list[Parked]) -> dict[str, int]:
    """How many findings of each measure were called not useful, most first."""
    counts: dict[str, int] = {}
    for each in parked:
        counts[each.measure] = counts.get(each.measure, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
