"""A real server over a workspace, for as long as a test needs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from harmscape.access import Reader
from harmscape.publish.api import make_app
from harmscape.workspace import Workspace, open_workspace

_SECONDS_TO_START = 30


@contextmanager
def served(folder: Path | Workspace, reader: Reader | None = None) -> Iterator[str]:
    """The address of a running server over a workspace or the one in a folder, for its owner or another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    workspace = folder if isinstance(folder, Workspace) else open_workspace(folder, reader=reader)
    server = uvicorn.Server(uvicorn.Config(make_app(workspace), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _SECONDS_TO_START
    while not server.started and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert server.started, "the server did not start"
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    workspace.close()
