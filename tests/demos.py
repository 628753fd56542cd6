"""Invented workspaces of every domain for tests: made, thinned to what a test needs, loaded, and opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from harmscape.access import Reader
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import DEMOS, make_demo

DOMAINS = tuple(DEMOS)
LAST_MONTH = "2026-10"
"""The last month that every demo tells of."""

SMALL = {"soc": 8_000, "consumer": 4_000, "safeguarding": 4_000}
SCHEMES = {"soc": "css_mixed", "consumer": "detriment", "safeguarding": "severity"}
"""The scheme most measures of a domain are weighed by. A workspace made here holds it twice: as it
is shipped, and as `doubled` with twice the points of every weight."""

_OTHER_AGENCIES = ("probation", "youth_offending", "early_years", "domestic_abuse_service", "housing")

Keep = Callable[[Path], bool]


def everything(_: Path) -> bool:
    return True


def few_files(path: Path) -> bool:
    """Three snapshots of each register; of other files the first and last delivery, of some partners none."""
    name, folder = path.name, path.parent.name
    if folder == "registers":
        return name >= "2026-08"
    if folder in ("partners", "diversion") or any(f"-{agency}-" in name for agency in _OTHER_AGENCIES):
        return False
    return not name.startswith(("2026-08-31", "2026-09-30"))


def crimes_only(path: Path) -> bool:
    """Recorded crime and the land: all that the measure `all_crime` reads."""
    return path.parent.name in ("crimes", "geographies", "denominators") or path.parent.name == "data"


def made(
    folder: Path, domain: str, events: int, *, seed: int = 1, null: bool = False, keep: Keep = everything
) -> Path:
    """The raw files of a demo with its template around them, not yet loaded."""
    make_demo(folder, domain=domain, events=events, seed=seed, null=null, progress=lambda _: None)
    for path in (folder / "data").rglob("*"):
        if path.is_file() and not keep(path):
            path.unlink()
    _double(folder / "schemes" / f"{SCHEMES[domain]}.yml", folder / "schemes" / "doubled.yml")
    return folder


def loaded(folder: Path) -> Path:
    """The same, loaded; every file was accepted, and rows were refused only with a reason."""
    workspace = open_workspace(folder)
    report = workspace.load()
    workspace.close()
    assert all(each.rejected == 0 or each.reasons for each in report.files)
    return folder


def ranked(workspace: Workspace, **words: Any) -> SectorOverview:
    """A standing, up to the last month that the demo tells of."""
    found = workspace.rank(**({"to": LAST_MONTH} | words))
    assert isinstance(found, SectorOverview)
    return found


def opened(folder: Path, reader: Reader | None = None) -> Workspace:
    return open_workspace(folder, reader=reader)


def _double(scheme: Path, twice: Path) -> None:
    """A second scheme file with twice the points; nothing else is another."""
    held = yaml.safe_load(scheme.read_text(encoding="utf-8"))
    held["scheme"]["id"] = "doubled"
    for weight in held["scheme"]["weights"]:
        weight["points"] = 2 * weight["points"]
    twice.write_text(yaml.safe_dump(held, sort_keys=False, allow_unicode=True), encoding="utf-8")
