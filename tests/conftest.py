"""Small loaded workspaces of every domain, made once a run, when a test first asks for one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from harmscape.workspace import Workspace
from tests.demos import DOMAINS, SMALL, few_files, loaded, made, opened


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a domain's small demo."""
    root, held = tmp_path_factory.mktemp("domains"), dict[str, Path]()

    def folder(domain: str) -> Path:
        if domain not in held:
            held[domain] = loaded(made(root / domain, domain, SMALL[domain], keep=few_files))
        return held[domain]

    return folder


@pytest.fixture(scope="session")
def small(small_folder: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The workspace of a domain's small demo, open."""
    with ExitStack() as stack:
        held = dict[str, Workspace]()

        def workspace(domain: str) -> Workspace:
            if domain not in held:
                held[domain] = opened(small_folder(domain))
                stack.callback(held[domain].close)
            return held[domain]

        yield workspace


@pytest.fixture(params=DOMAINS)
def domain(request: pytest.FixtureRequest) -> str:
    """Each domain in turn."""
    return str(request.param)
