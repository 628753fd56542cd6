"""A force of one size in a process of its own: what loading, rolling up, re-weighing and standings cost.

`python -m bench.one_size EVENTS FOLDER [peer]` prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench.figure import timed
from bench.memory import watched
from harmscape.engine import Engine
from harmscape.scoring.score import score_sql
from harmscape.views.question import ask, parameters
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import make_demo

TIMES = 20


def measure(events: int, folder: Path, *, peer: bool) -> dict[str, float]:
    """Seconds of each step, and the greatest memory of all processes in GiB, by step."""
    found: dict[str, float] = {}
    if not (folder / "harmscape.yml").exists():
        with watched(found, "invent"):
            _, found["invent"] = timed(lambda: _invented(events, folder))
    with watched(found, "load"):
        _load(folder, found)
    with watched(found, "ask"):
        workspace, found["open"] = timed(lambda: _opened(folder))
        _ask(workspace, found)
    if peer:
        found["peer"] = workspace.read("bench", {}, _pandas)
    workspace.close()
    return found


def _invented(events: int, folder: Path) -> bool:
    """The demo's files, made in a process that takes its memory with it."""
    told = {"events": events, "seed": 1, "null": False, "progress": print}
    process = get_context("spawn").Process(target=make_demo, args=(folder,), kwargs=told)
    process.start()
    process.join()
    return process.exitcode == 0


def _load(folder: Path, found: dict[str, float]) -> None:
    """The load as people run it; its last step is the roll-up, told apart by what it reports."""
    began: dict[str, float] = {}

    def note(step: str) -> None:
        began.setdefault(step, time.perf_counter())
        print(f"{time.perf_counter() - started:8.1f} s {step}", file=sys.stderr, flush=True)

    workspace, started = open_workspace(folder), time.perf_counter()
    report = workspace.load(progress=note)
    found["load"] = time.perf_counter() - started
    found["tally"] = time.perf_counter() - began["rolling up events"]
    found["rows"] = float(sum(each.added for each in report.files if each.source))
    workspace.close()


def _opened(folder: Path) -> Workspace:
    workspace = open_workspace(folder)
    workspace.snapshot()
    return workspace


def _ask(workspace: Workspace, found: dict[str, float]) -> None:
    """Questions that differ in a weight each, since an answer given once is remembered."""
    points = (f"92D={number}" for number in range(100, 1000))
    found["first"] = timed(lambda: workspace.rank(points=next(points)))[1]
    _, found["reweigh"] = timed(lambda: workspace.read("bench", {}, lambda c: _reweigh(c, workspace)), 5)
    ranked = [timed(lambda: workspace.rank(points=next(points)))[1] for _ in range(TIMES)]
    found["standing"], found["standing_p95"] = min(ranked), float(np.quantile(ranked, 0.95))
    _, found["groups"] = timed(lambda: workspace.rank(by="group", points=next(points)), 3)
    _, found["sum"] = timed(lambda: workspace.rank(measure="soc_primary", points=next(points)), 3)
    pages = [timed(lambda at=at: workspace.rows(areas="S12", offset=at))[1] for at in range(0, 2_000, 100)]  # type: ignore[misc]
    found["page_p95"] = float(np.quantile(pages, 0.95))


def _reweigh(cursor: Engine, workspace: Workspace) -> int:
    """The same question under other weights: nothing but the weighing runs again."""
    context = workspace.snapshot().context
    question = ask(cursor, context, {"by": "small_area", "points": "92D=200"})
    picked = question.pick()
    sql = score_sql(picked, question.area_column, question.attributes)
    return len(cursor.arrow("score", sql, parameters(picked)))


def _pandas(cursor: Engine) -> float:
    """Seconds of the same weighing and sum over a frame that is in memory already."""
    held = cursor.arrow(
        "frame", "select e.day, e.category, e.a_small_area from counted_event e where e.known_to is null"
    ).to_pandas()
    weights = np.linspace(1, 500, int(held["category"].max()) + 1)
    started = time.perf_counter()
    last = held[held["day"] >= held["day"].max() - np.timedelta64(365, "D")]
    harm = weights[last["category"].to_numpy()]
    last.assign(harm=harm).groupby(["a_small_area", "category"])["harm"].agg(["count", "sum"])
    return time.perf_counter() - started


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(measure(int(given[0]), Path(given[1]), peer="peer" in given)))
