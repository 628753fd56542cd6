"""A demo workspace, loaded once a session, and a server over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.browsing import PLAIN, chromium, watched
from tests.journeys.serving import served

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
    with served(demo_folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without WebGL."""
    with chromium(PLAIN) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, demo_server: str) -> Iterator[Page]:
    """A page at 1440 px that, in the end, must have asked nobody else and complained of nothing."""
    with watched(browser, demo_server) as page:
        yield page
