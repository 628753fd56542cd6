"""The words of a question as they come in a query: known ones only, each once, options in their own types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.selection import WORDS
from harmscape.views.density import CELLS
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


def parameters_of(words: Iterable[str], domain: Domain) -> list[dict[str, Any]]:
    """Words as the OpenAPI document names them, each with what it may hold in this workspace."""
    named = {
        "by": [*(each.id for each in domain.geographies), *(each.id for each in domain.entities)],
        "measure": [each.id for each in domain.measures],
        "weights": [each.id for each in domain.schemes],
    }
    return [
        {
            "name": word,
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": named[word]} if word in named else _SCHEMAS.get(word, _TEXT),
        }
        for word in sorted(words)
    ]


_TEXT = {"type": "string"}
_FLAG = {"type": "string", "enum": ["yes", "no"]}
_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "window": {"type": "string", "pattern": "^[1-9][0-9]{0,2}[dmy]$"},
    "to": {"type": "string", "pattern": "^20[12][0-9]-(0[1-9]|1[0-2])$"},
    "against": {"type": "string", "enum": ["prev"]},
    "as_known_at": {"type": "string", "pattern": "^20[12][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"},
    "where": {"type": "string", "pattern": "^(hour=([0-9]|1[0-9]|2[0-3])|weekday=(mon|sat)|[a-z]+=.+)$"},
    "k": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000},
    "within": {
        "type": "string",
        "pattern": "^-?[0-2][.][0-9]{1,4},5[0-6](;-?[0-2][.][0-9]{1,4},5[0-6]){2,6}$",
    },
    "bounds": {"type": "string", "pattern": "^-[1-9][.][0-9]{1,3},5[0-4],[1-9][.][0-9]{1,3},5[5-9]$"},
    "cells": {"type": "string", "enum": list(CELLS)},
    "homes": _FLAG,
    "months": _FLAG,
    "point": {"type": "string", "pattern": "^[1-9][0-9]{5}[.]5,[1-9][0-9]{5},(27700|4326)$"},
    "search": {"type": "string", "maxLength": 100},
    "descending": _FLAG,
    "apart": _FLAG,
    "finer": _FLAG,
    "stocks": _FLAG,
    "sums": {"type": "string", "enum": ["distinct", "published"]},
    "shared": {"type": "string", "enum": ["full", "split", "role_weighted"]},
}


def _option(name: str, text: str) -> Any:
    if name in {"offset", "limit", "as_registered"}:
        if not (text.isascii() and text.isdigit()):
            raise SelectionError(f"{name} must be a whole number")
        return int(text[:12])
    if name == "descending":
        return text.lower() in {"yes", "true", "1"}
    return text
