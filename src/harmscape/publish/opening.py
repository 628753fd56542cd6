"""The page that opens first, worked out before anybody asks: on Monday a whole meeting opens it at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from harmscape.model.errors import HarmscapeError
from harmscape.workspace import Workspace

_LOOKS_AGAIN = 20.0
"""Seconds after which a load, or something people wrote, is seen."""
_FIELDS = ("detection", "category", "agency", "source")

Asked = tuple[str, Mapping[str, object], Mapping[str, Any]]
"""A view, the words of its selection, its own options."""


def keep_ready(workspace: Workspace) -> None:
    """From here on, in a thread of its own, let the opening page be ready after every load and every note."""

    def watch() -> None:
        ready: tuple[str, str] | None = None
        while True:
            now = (workspace.ledger.newest(), workspace.state.mark())
            if now != ready:
                make_ready(workspace)
                ready = now
            time.sleep(_LOOKS_AGAIN)

    threading.Thread(target=watch, name="opening", daemon=True).start()


def make_ready(workspace: Workspace) -> None:
    """Work out what the opening page asks. What cannot be answered, as before the first load, is left."""
    for view, words, options in opening(workspace):
        try:
            workspace.make_ready(view, words, **options)
        except HarmscapeError:
            continue


def opening(workspace: Workspace) -> list[Asked]:
    """The questions of the page at `/`, as it words them, in the order in which it asks them."""
    domain = workspace.domain
    areas = {each.id for each in domain.geographies}
    named = [str(page.selection["by"]) for page in domain.pages if page.selection.get("by")]
    kinds = [by for by in named if by.partition("@")[0] not in areas and by not in _FIELDS]
    rows = {"sort": "day", "descending": True, "offset": 0, "limit": 25}
    asked: list[Asked] = [
        ("rank", {}, {}),
        ("hours", {"where": ""}, {}),
        ("choices", {}, {"fields": ",".join(_FIELDS)}),
        ("rows", {}, rows),
        ("figures", {"by": domain.settings.defaults.by}, {}),
        ("changed", {}, {}),
    ]
    return [*asked, *(("rank", {"where": "", "by": by, "against": ""}, {"months": "no"}) for by in kinds[:1])]
