"""The opening page is ready before anybody asks: every question it has, and no other."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.journeys.browsing import settled, watched
from tests.journeys.serving import served

from harmscape.publish.opening import make_ready, opening
from harmscape.views.result import Result
from harmscape.workspace import open_workspace
from harmscape.workspace.begin import begin


def read_by(folder: Path) -> list[tuple[str, str]]:
    """Who read what, from the audit trail."""
    with closing(sqlite3.connect(folder / "audit.sqlite")) as store:
        bodies = [json.loads(body) for (body,) in store.execute("select body from audit order by rowid")]
    return [(body["actor"], body["step"]) for body in bodies if body["operation"] == "consultation"]


@pytest.mark.browser
def test_all_that_the_opening_page_asks_was_ready(
    browser: Browser, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(demo_folder)
    before = len(read_by(demo_folder))
    make_ready(workspace)
    assert read_by(demo_folder)[before:] == [("harmscape", view) for view, _, _ in opening(workspace)]
    late: list[str] = []
    work_out = workspace._work_out

    def watch(snapshot: Any, view: str, *asked: Any) -> Result:
        late.append(view)
        return work_out(snapshot, view, *asked)

    monkeypatch.setattr(workspace, "_work_out", watch)
    with served(workspace) as server, watched(browser, server) as page:
        page.goto("/")
        settled(page)
        asked = [view for actor, view in read_by(demo_folder)[before:] if actor != "harmscape"]
    assert late == []
    assert {view for view, _, _ in opening(workspace)} <= set(asked)


def test_before_the_first_load_nothing_is_ready_and_nothing_breaks(tmp_path: Path) -> None:
    begin(tmp_path / "empty", template="soc")
    make_ready(open_workspace(tmp_path / "empty"))
