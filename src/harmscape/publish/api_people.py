"""What people write, over HTTP: operations, the tasking register, corrections, bookmarks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from harmscape.publish.api_answer import ERRORS, answered
from harmscape.publish.api_guard import HEADER, check_writer, read_body
from harmscape.workspace import Workspace
from harmscape.workspace.bookmarks import add_bookmark, read_bookmarks
from harmscape.workspace.corrections import add_correction, corrections
from harmscape.workspace.findings import not_useful, park_finding, read_parked
from harmscape.workspace.operations import add_operation, change_operation, log_act, read_operations, told_of
from harmscape.workspace.tasks import add_task, change_task, read_tasks

_WRITE_ERRORS: Mapping[int | str, dict[str, Any]] = {
    **ERRORS,
    413: {"description": "More than 64 KiB."},
    415: {"description": "Not JSON."},
}
_TEXT = {"type": "string", "maxLength": 2000}
_NAMES = {"type": "array", "items": {"type": "string"}}
_PHASES = {
    "type": "array",
    "items": {"type": "object", "properties": {"phase": _TEXT, "from": _TEXT, "to": _TEXT}},
}
_OPERATION = {
    "title": _TEXT,
    "phases": _PHASES,
    "partners": _NAMES,
    "aim": _TEXT,
    "cost": _TEXT,
    "measures": _NAMES,
}
_BODIES: Mapping[str, Mapping[str, Any]] = {
    "operation": {
        "id": _TEXT,
        "by": _TEXT,
        "areas": _NAMES,
        "within": _TEXT,
        "randomised": {"type": "boolean"},
        **_OPERATION,
    },
    "operation_change": {**_OPERATION, "reason": _TEXT},
    "act": {"day": _TEXT, "kind": _TEXT, "text": _TEXT},
    "task": {
        "owner": _TEXT,
        "partner": _TEXT,
        "by": _TEXT,
        "areas": {"type": "array", "items": {"type": "string"}},
        "polygon": {"type": "object"},
        "aim": _TEXT,
        "measure": _TEXT,
        "review": _TEXT,
    },
    "task_change": {
        "owner": _TEXT,
        "partner": _TEXT,
        "aim": _TEXT,
        "review": _TEXT,
        "state": {"type": "string", "enum": ["open", "done", "dropped"]},
        "reason": _TEXT,
    },
    "finding": {
        "by": _TEXT,
        "area": _TEXT,
        "measure": _TEXT,
        "window": _TEXT,
        "to": _TEXT,
        "why": _TEXT,
        "back": {"type": "boolean"},
    },
    "correction": {"event_id": {"type": "integer"}, "text": _TEXT},
    "bookmark": {
        "name": _TEXT,
        "view": _TEXT,
        "words": {"type": "object"},
        "snapshot": _TEXT,
        "dropped": {"type": "boolean"},
    },
}


def add_people(app: FastAPI, workspace: Workspace, turn: threading.Lock) -> None:
    """The endpoints under /api/operations, /api/tasks, /api/corrections and /api/bookmarks."""

    def tasks() -> dict[str, Any]:
        return {"tasks": read_tasks(workspace)}

    def all_corrections() -> dict[str, Any]:
        return {"corrections": corrections(workspace)}

    def bookmarks() -> dict[str, Any]:
        return {"bookmarks": read_bookmarks(workspace.state)}

    def parked() -> dict[str, Any]:
        held = read_parked(workspace.state)
        return {"parked": held, "not_useful": not_useful(held)}

    def one_task(number: int, given: dict[str, Any]) -> dict[str, Any]:
        change_task(workspace, number, given)
        return {"id": number}

    def operations() -> dict[str, Any]:
        return {"operations": [told_of(workspace, each) for each in read_operations(workspace)]}

    _reads(app, "operations", "What was done where, and by what it is judged.", operations, turn)
    _writes(app, "operations", "operation", lambda given: {"id": add_operation(workspace, given)}, turn)
    _alters(
        app,
        "/api/operations/{name}",
        ("operation_change", "Change an operation, or add a measure to it."),
        lambda name, given: change_operation(workspace, name, given),
        turn,
    )
    _alters(
        app,
        "/api/operations/{name}/log",
        ("act", "Add a dated act to the log of an operation."),
        lambda name, given: log_act(workspace, name, given),
        turn,
    )
    _reads(app, "tasks", "What was agreed, and the measure before and after.", tasks, turn)
    _reads(app, "corrections", "What was said to be wrong about rows.", all_corrections, turn)
    _reads(app, "bookmarks", "Questions with names.", bookmarks, turn)
    _reads(app, "findings", "Findings that somebody called not useful.", parked, turn)
    _writes(app, "findings", "finding", lambda given: {"id": park_finding(workspace, given)}, turn)
    _writes(app, "tasks", "task", lambda given: {"id": add_task(workspace, given)}, turn)
    _writes(app, "corrections", "correction", lambda given: {"id": add_correction(workspace, given)}, turn)
    _writes(app, "bookmarks", "bookmark", lambda given: {"id": add_bookmark(workspace, given)}, turn)

    async def change(number: int, request: Request) -> Response:
        given = await _given(request)
        return answered(await run_in_threadpool(_in_turn, turn, lambda: one_task(number, given)))

    app.post(
        "/api/tasks/{number}",
        summary="Change who, until when or how a task stands.",
        operation_id="change_task",
        responses={**_WRITE_ERRORS},
        openapi_extra=_body_of("task_change"),
    )(change)


def _alters(
    app: FastAPI,
    path: str,
    what: tuple[str, str],
    write: Callable[[str, dict[str, Any]], None],
    turn: threading.Lock,
) -> None:
    """One endpoint that changes what has a name; what: its body and its summary."""

    def one(name: str, given: dict[str, Any]) -> dict[str, Any]:
        write(name, given)
        return {"id": name}

    async def answer(name: str, request: Request) -> Response:
        given = await _given(request)
        return answered(await run_in_threadpool(_in_turn, turn, lambda: one(name, given)))

    app.post(
        path,
        summary=what[1],
        operation_id=f"add_{what[0]}",
        responses={**_WRITE_ERRORS},
        openapi_extra=_body_of(what[0]),
    )(answer)


def _reads(
    app: FastAPI, path: str, title: str, read: Callable[[], dict[str, Any]], turn: threading.Lock
) -> None:
    def answer() -> Response:
        return answered(_in_turn(turn, read))

    app.get(f"/api/{path}", summary=title, operation_id=path, responses={**ERRORS})(answer)


def _writes(
    app: FastAPI,
    path: str,
    kind: str,
    write: Callable[[dict[str, Any]], dict[str, Any]],
    turn: threading.Lock,
) -> None:
    async def answer(request: Request) -> Response:
        given = await _given(request)
        return answered(await run_in_threadpool(_in_turn, turn, lambda: write(given)), 201)

    app.post(
        f"/api/{path}",
        summary=f"Write a {kind} down.",
        operation_id=f"add_{kind}",
        status_code=201,
        responses={**_WRITE_ERRORS},
        openapi_extra=_body_of(kind),
    )(answer)


async def _given(request: Request) -> dict[str, Any]:
    check_writer(request)
    return await read_body(request)


def _in_turn(turn: threading.Lock, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with turn:
        return act()


def _body_of(kind: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict(_BODIES[kind])}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "parameters": [{"name": HEADER, "in": "header", "required": True, "schema": {"enum": ["1"]}}],
    }
