"""A demo workspace, loaded once a session, and a server over it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from harmscape.publish.api import make_app
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import make_demo

EVENTS = 12_000


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo force of 12,000 crimes, loaded."""
    folder = tmp_path_factory.mktemp("demo") / "northshire"
    make_demo(folder, events=EVENTS, seed=1, null=False, progress=lambda _: None)
    workspace = open_workspace(folder)
    assert all(each.rejected == 0 or each.reasons for each in workspace.load().files)
    workspace.close()
    return folder


@pytest.fixture
def demo(demo_folder: Path) -> Iterator[Workspace]:
    """The demo workspace, open."""
    workspace = open_workspace(demo_folder)
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def demo_server(demo_folder: Path) -> Iterator[str]:
    """The address of a running server over the demo workspace."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    workspace = open_workspace(demo_folder)
    server = uvicorn.Server(uvicorn.Config(make_app(workspace), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert server.started, "the server did not start"
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    workspace.close()
