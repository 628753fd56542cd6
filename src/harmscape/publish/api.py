"""The answers over HTTP: every registered view as JSON, the areas for a map, and the page itself.

Read-only. A question that cannot be asked answers 4xx with one plain sentence; nothing here takes SQL.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

import harmscape
from harmscape.model.errors import HarmscapeError, RefusedError, SelectionError
from harmscape.model.selection import WORDS
from harmscape.publish.web import assets_folder
from harmscape.views.registry import VIEWS, View
from harmscape.views.result import plain
from harmscape.workspace import Workspace

_MOST_QUERY = 8000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
_NEVER_CHANGES = "public, max-age=31536000, immutable"
"""For the page's own files, whose names hold a digest of their content."""

_PAGES = ("/", "/health", "/weights")


def make_app(workspace: Workspace) -> FastAPI:
    """The application over one workspace. Its OpenAPI document names every view and every word."""
    app = FastAPI(title="harmscape", version=harmscape.__version__, docs_url=None, redoc_url=None)
    # One reader at a time enters a view: cursors are cheap, and two cores are soon full.
    turn = threading.Lock()

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if len(request.url.query) > _MOST_QUERY:
            return _said(414, "the question is too long", "length")
        response = await call_next(request)
        if request.url.path.startswith("/assets/") and response.status_code == 200:
            response.headers["Cache-Control"] = _NEVER_CHANGES
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)

    @app.exception_handler(HarmscapeError)
    async def plainly(_request: Request, fault: HarmscapeError) -> Response:
        if isinstance(fault, RefusedError):
            return _said(403, str(fault), "rights")
        return _said(422 if isinstance(fault, SelectionError) else 409, str(fault), type(fault).__name__)

    @app.exception_handler(HTTPException)
    async def missing(_request: Request, fault: HTTPException) -> Response:
        return _said(fault.status_code, str(fault.detail), "http")

    @app.get("/api/workspace", summary="The workspace: its choices, and how far its data reach.")
    def facts() -> Response:
        with turn:
            return _json(workspace.facts())

    @app.get("/api/areas", summary="The areas of a geography as GeoJSON, simplified for a map.")
    def areas(by: str = Query(max_length=60)) -> Response:
        with turn:
            return Response(workspace.areas_geojson(by), media_type="application/geo+json")

    for view in VIEWS.values():
        _add(app, workspace, view, turn)
    _add_page(app)
    return app


def _add(app: FastAPI, workspace: Workspace, view: View, turn: threading.Lock) -> None:
    """One endpoint for one view: its query is the words of a selection and the view's own options."""
    known = {*WORDS, *view.options, *(("area",) if view.name == "place" else ())}

    def answer(request: Request) -> Response:
        words, options = _read(request, view, known)
        with turn:
            return _json(workspace.ask(view.name, words, **options).to_dict())

    app.get(
        f"/api/{view.name}",
        summary=view.title,
        operation_id=view.name,
        responses={422: {"description": "A question that cannot be asked, in one plain sentence."}},
        openapi_extra={
            "parameters": [
                {"name": word, "in": "query", "required": False, "schema": {"type": "string"}}
                for word in sorted(known)
            ]
        },
    )(answer)


def _read(request: Request, view: View, known: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    words: dict[str, Any] = {}
    for name in request.query_params:
        word = name.replace("-", "_")
        if word not in known:
            raise SelectionError(f"no such word in a question to {view.name}: {name[:40]!r}")
        words[word] = request.query_params.getlist(name)[-1]
    if "area" in words:
        words["areas"] = words.pop("area")
    options = {name: _option(name, words.pop(name)) for name in view.options if name in words}
    return words, options


def _option(name: str, text: str) -> Any:
    if name in {"offset", "limit"}:
        if not (text.isascii() and text.isdigit()):
            raise SelectionError(f"{name} must be a whole number")
        return int(text[:12])
    if name == "descending":
        return text.lower() in {"yes", "true", "1"}
    return text


def _add_page(app: FastAPI) -> None:
    folder = assets_folder()
    index = (folder / "index.html").read_text(encoding="utf-8")

    def page() -> Response:
        return Response(index, media_type="text/html; charset=utf-8")

    for path in (*_PAGES, "/places/{geography}/{code}"):
        app.get(path, include_in_schema=False)(page)
    app.mount("/", StaticFiles(directory=folder), name="page")


def _json(body: Mapping[str, Any]) -> Response:
    return Response(
        json.dumps(plain(dict(body)), ensure_ascii=False, allow_nan=False, separators=(",", ":")),
        media_type="application/json",
    )


def _said(status: int, sentence: str, rule: str) -> Response:
    return Response(json.dumps({"error": sentence, "rule": rule}), status, media_type="application/json")
