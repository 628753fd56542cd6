"""The answers over HTTP: every registered view as JSON, the areas for a map, and the page itself.

A question that cannot be asked answers 4xx with one plain sentence; nothing here takes SQL.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import from_thread
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

import harmscape
from harmscape.model.errors import HarmscapeError
from harmscape.publish.api_answer import ERRORS, answered, said, said_of
from harmscape.publish.api_export import add_exports
from harmscape.publish.api_guard import is_own_host
from harmscape.publish.api_map import add_map
from harmscape.publish.api_people import add_people
from harmscape.publish.api_words import known_words, parameters_of, read_words
from harmscape.publish.web import assets_folder
from harmscape.views.drilldown import MOST_SEARCHED
from harmscape.views.registry import VIEWS, View
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

_LINES = "application/x-ndjson"
_LONG = 2000
"""Rows from which an answer is given line by line to whoever takes it so, to be read between frames."""

_WAITING = 400
"""Questions that may wait at once. The workspace says whose turn is next, so that all must reach it."""

_PAGES = (
    "/",
    "/health",
    "/weights",
    "/standing",
    "/funnel",
    "/changed",
    "/compare",
    "/concentration",
    "/forecast",
    "/tasks",
    "/operations",
    "/operations/{name}",
    "/cohorts",
    "/configuration",
    "/parts",
    "/themes",
    "/themes/{name}",
)


def make_app(workspace: Workspace) -> FastAPI:
    """The application over one workspace. Its OpenAPI document names every view and every word."""
    app = FastAPI(
        title="harmscape",
        version=harmscape.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_room_to_wait,
    )
    turn = threading.Lock()

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if not is_own_host(request.headers.get("host", "")):
            response = said(403, "this server answers to its own machine's name alone", "host")
        elif len(request.url.query) > _MOST_QUERY:
            response = _too_long(request)
        else:
            response = await call_next(request)
        if request.url.path.startswith("/assets/") and response.status_code == 200:
            response.headers["Cache-Control"] = _NEVER_CHANGES
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=1)

    @app.exception_handler(HarmscapeError)
    async def plainly(_request: Request, fault: HarmscapeError) -> Response:
        return said_of(fault)

    @app.exception_handler(HTTPException)
    async def missing(request: Request, fault: HTTPException) -> Response:
        if fault.status_code == 404 and "text/html" in request.headers.get("accept", ""):
            return _page(404)  # a person who followed a wrong address; the page says so and leads back
        return said(fault.status_code, str(fault.detail), "http")

    @app.get("/api/workspace", summary="The workspace: its choices, and how far its data reach.")
    def facts() -> Response:
        with turn:
            return answered(workspace.facts())

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, fault: RequestValidationError) -> Response:
        first = fault.errors()[0]
        return said(422, f"{first['loc'][-1]}: {first['msg'].lower()}", "words")

    add_map(app, workspace, turn)
    for view in VIEWS.values():
        _add(app, workspace, view)
    add_exports(app, workspace)
    add_people(app, workspace, turn)
    _add_page(app)
    return app


@asynccontextmanager
async def _room_to_wait(_app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _WAITING
    yield


def _add(app: FastAPI, workspace: Workspace, view: View) -> None:
    """One endpoint for one view: its query is the words of a selection and the view's own options."""

    def answer(request: Request) -> Response:
        asked = read_words(request, view)
        found = workspace.ask_while(
            lambda: not from_thread.run(request.is_disconnected),
            view.name,
            asked.words,
            snapshot=asked.snapshot,
            **asked.options,
        )
        if len(found) > _LONG and _LINES in request.headers.get("accept", ""):
            return Response("\n".join(found.json_lines), media_type=_LINES)
        return Response(found.to_json(), media_type="application/json")

    app.get(
        f"/api/{view.name}",
        summary=view.title,
        operation_id=view.name,
        responses={**ERRORS},
        openapi_extra={"parameters": parameters_of(known_words(view), workspace.domain)},
    )(answer)


def _too_long(request: Request) -> Response:
    searched = len(request.query_params.get("search", ""))
    if searched > MOST_SEARCHED:
        fault = f"a search takes up to {MOST_SEARCHED} characters, and this has {searched:,}"
        return said(422, fault, "search")
    return said(414, "the question is too long", "length")


def _add_page(app: FastAPI) -> None:
    for path in (*_PAGES, "/places/{geography}/{code}"):
        app.get(path, include_in_schema=False)(lambda: _page(200))
    app.mount("/", StaticFiles(directory=assets_folder()), name="page")


def _page(status: int) -> Response:
    """The page itself, which reads its own address."""
    index = (assets_folder() / "index.html").read_text(encoding="utf-8")
    return Response(index, status_code=status, media_type="text/html; charset=utf-8")
