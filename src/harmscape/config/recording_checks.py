"""What a recording change names must be declared: its sources, its categories, each id once."""

from __future__ import annotations

from collections.abc import Iterator

from harmscape.config.declarations import Declarations
from harmscape.config.plain_words import quoted
from harmscape.config.unknown import unknown, unknown_word
from harmscape.model.errors import Problem


def check_recording_changes(declared: Declarations) -> Iterator[Problem]:
    """Every fault of the recording changes, each at its line."""
    if declared.settings is None:
        return
    seen: set[str] = set()
    codes = {code for listed in declared.codes.values() for code in listed}
    for node in declared.settings.node.inside("recording_changes").items:
        name = node.text("id") or ""
        if name in seen:
            yield node.inside("id").place.problem(f"recording change {quoted(name)} is declared twice")
        seen.add(name)
        for each in node.inside("sources").items:
            yield from unknown(each, "sources", declared)
        if "categories" not in declared.unread:
            for each in node.inside("categories").items:
                yield from unknown_word(each, "category", codes)
