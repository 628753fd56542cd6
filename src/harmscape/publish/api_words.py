"""The words of a question as they come in a query: known ones only, each once, options in their own types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from harmscape.model.errors import SelectionError, nearest
from harmscape.model.selection import WORDS
from harmscape.views.registry import View

_PINNED = "snapshot"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: the words of its selection, the view's own options, the snapshot it pins."""

    words: Mapping[str, Any]
    options: Mapping[str, Any]
    snapshot: str | None


def known_words(view: View) -> frozenset[str]:
    """Every word that a question to a view may have."""
    return frozenset({*WORDS, *view.options, _PINNED, *(("area",) if view.name == "place" else ())})


def read_words(request: Request, view: View, *, besides: Iterable[str] = ()) -> Asked:
    """The words of a request. Raises SelectionError for one that is not known, with the likeliest meant.

    besides: words that the endpoint reads itself.
    """
    known, words = known_words(view), dict[str, Any]()
    for name in request.query_params:
        word = name.replace("-", "_")
        if word in besides:
            continue
        if word not in known:
            raise SelectionError(
                f"no such word in a question to {view.name}: {name[:40]!r}{nearest(word[:40], known)}"
            )
        words[word] = request.query_params.getlist(name)[-1]
    if "area" in words:
        words["areas"] = words.pop("area")
    pinned = words.pop(_PINNED, None)
    options = {name: _option(name, words.pop(name)) for name in view.options if name in words}
    return Asked(words, options, pinned or None)


def parameters_of(words: Iterable[str]) -> list[dict[str, Any]]:
    """Words as the OpenAPI document names them."""
    return [
        {"name": word, "in": "query", "required": False, "schema": {"type": "string"}}
        for word in sorted(words)
    ]


def _option(name: str, text: str) -> Any:
    if name in {"offset", "limit"}:
        if not (text.isascii() and text.isdigit()):
            raise SelectionError(f"{name} must be a whole number")
        return int(text[:12])
    if name == "descending":
        return text.lower() in {"yes", "true", "1"}
    return text
