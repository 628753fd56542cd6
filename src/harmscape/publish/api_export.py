"""Exports over HTTP: what is on screen as a file."""

from __future__ import annotations

import re
import tempfile
import threading
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from harmscape.model.errors import SelectionError, nearest
from harmscape.publish.api_answer import ERRORS
from harmscape.publish.api_words import known_words, parameters_of, read_words
from harmscape.publish.export import FORMS, export, media_type, page_policy
from harmscape.views.registry import VIEWS
from harmscape.workspace import Workspace


def add_exports(app: FastAPI, workspace: Workspace) -> None:
    """The endpoint /api/export/{view}.{form}."""
    # A turn of their own: a long export keeps nobody from looking.
    turn = threading.Lock()

    def answer(request: Request, view: str = InPath(), form: str = InPath()) -> FileResponse:
        kind = media_type(form)
        if view not in VIEWS:
            raise SelectionError(f"no view {view[:40]!r}{nearest(view[:40], VIEWS)}")
        asked = read_words(request, VIEWS[view])
        folder = Path(tempfile.mkdtemp(prefix="harmscape-"))
        path = folder / f"export.{form}"
        try:
            with turn:
                export(workspace, view, form, asked.words, path, snapshot=asked.snapshot, **asked.options)
        except BaseException:
            _remove(folder)
            raise
        name = re.sub(r"[^a-z0-9]+", "-", workspace.domain.settings.title.lower()).strip("-")
        return FileResponse(
            path,
            media_type=kind,
            filename=f"{name}-{view}.{form}",
            # A page to be printed is opened; a table is kept.
            content_disposition_type="inline" if form == "html" else "attachment",
            headers={"Content-Security-Policy": page_policy()} if form == "html" else None,
            background=BackgroundTask(_remove, folder),
        )

    words = {word for view in VIEWS.values() for word in known_words(view)}
    paths = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "enum": sorted(known)}}
        for name, known in (("view", VIEWS), ("form", FORMS))
    ]
    app.get(
        "/api/export/{view}.{form}",
        summary="What is on screen as a file, whole.",
        operation_id="export",
        response_class=FileResponse,
        responses={**ERRORS, 200: {"content": {kind.partition(";")[0]: {} for kind in FORMS.values()}}},
        openapi_extra={"parameters": [*paths, *parameters_of(words, workspace.domain)]},
    )(answer)


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
