"""Bookmarks: questions that people named, to ask them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harmscape.model.errors import SelectionError, nearest
from harmscape.model.selection import WORDS
from harmscape.views.registry import VIEWS
from harmscape.workspace.state import Store, checked_text
from harmscape.workspace.writing import keep

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

_MOST_NAME, _MOST_WORD = 120, 4000


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A question by name: its view, its words, and the snapshot it is pinned to (None: the newest data)."""

    id: int
    name: str
    view: str
    words: Mapping[str, str]
    snapshot: str | None
    made_at: datetime
    made_by: str


def add_bookmark(workspace: Workspace, given: Mapping[str, Any]) -> int:
    """Keep a question under a name: `name`, `view`, `words`, `snapshot`; or `name` and `dropped`."""
    return keep(workspace, "bookmark", _checked(given))


def read_bookmarks(store: Store) -> list[Bookmark]:
    """All bookmarks that stand, by name; one written again under its name takes the earlier one's place."""
    held: dict[str, Bookmark] = {}
    for each in store.changes("bookmark"):
        body = each.body
        if body.get("dropped"):
            held.pop(body["name"].casefold(), None)
            continue
        held[body["name"].casefold()] = Bookmark(
            each.id, body["name"], body["view"], body["words"], body["snapshot"], each.at, each.by
        )
    return [held[name] for name in sorted(held)]


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    known = ("name", "view", "words", "snapshot", "dropped")
    for key in given:
        if key not in known:
            raise SelectionError(f"a bookmark has no {str(key)[:40]!r}{nearest(str(key)[:40], known)}")
    name = checked_text(given.get("name"), "name", most=_MOST_NAME)
    if given.get("dropped"):
        return {"name": name, "dropped": True}
    view = str(given.get("view", "rank"))
    if view not in VIEWS:
        raise SelectionError(f"no view {view[:40]!r}{nearest(view[:40], VIEWS)}")
    words = given.get("words", {})
    if not isinstance(words, Mapping):
        raise SelectionError("words must be the words of a selection by name")
    for word, value in words.items():
        if word not in (*WORDS, *VIEWS[view].options):
            raise SelectionError(f"no such word in a selection: {word[:40]!r}{nearest(word[:40], WORDS)}")
        checked_text(value, word, most=_MOST_WORD, needed=False)
    snapshot = given.get("snapshot")
    if snapshot is not None:
        snapshot = checked_text(snapshot, "snapshot", most=60)
    return {"name": name, "view": view, "words": dict(words), "snapshot": snapshot}
