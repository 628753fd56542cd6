"""How an answer leaves: plain JSON, or one plain sentence about what cannot be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Response

from harmscape.model.errors import HarmscapeError, RefusedError, SelectionError
from harmscape.views.result import plain

ERRORS: Mapping[int | str, dict[str, Any]] = {
    403: {"description": "The reader's role does not allow it; the rule is named."},
    409: {"description": "The workspace cannot answer as it stands."},
    414: {"description": "The question is too long."},
    422: {"description": "A question that cannot be asked, in one plain sentence."},
}
"""What every endpoint may answer besides 200, for the OpenAPI document."""


def answered(body: Mapping[str, Any], status: int = 200) -> Response:
    """A body as JSON; exact figures become numbers."""
    return Response(
        json.dumps(plain(dict(body)), ensure_ascii=False, allow_nan=False, separators=(",", ":")),
        status,
        media_type="application/json",
    )


def said(status: int, sentence: str, rule: str) -> Response:
    """An error as one plain sentence with the short name of its rule."""
    return Response(json.dumps({"error": sentence, "rule": rule}), status, media_type="application/json")


def said_of(fault: HarmscapeError) -> Response:
    """The answer to an error that a person caused."""
    if isinstance(fault, RefusedError):
        return said(403, str(fault), "rights")
    return said(422 if isinstance(fault, SelectionError) else 409, str(fault), type(fault).__name__)
