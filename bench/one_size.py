"""A force of one size in a process of its own: what loading, rolling up, re-weighing and standings cost.

`python -m bench.one_size EVENTS FOLDER [peer]` prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from bench.figure import timed
from harmscape.engine import Engine
from harmscape.scoring.score import score_sql
from harmscape.views.question import ask, parameters
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import make_demo
from harmscape.workspace.cache import cache_path


def measure(events: int, folder: Path, *, peer: bool) -> dict[str, float]:
    """Seconds of each step and the greatest memory of this process in GiB, by step."""
    if not (folder / "harmscape.yml").exists():
        make_demo(folder, events=events, seed=1, null=False, progress=lambda _: None)
    workspace = open_workspace(folder)
    made = _peak()
    report, load = timed(workspace.load)
    found = {"rows": float(sum(each.added for each in report.files if each.source)), "load": load}
    found |= {"invent_gib": made, "load_gib": _peak()}
    cache = cache_path(folder, workspace.ledger, workspace.domain, workspace.ledger.current())
    workspace.close()
    cache.unlink()
    current = workspace.ledger.current()
    _, found["tally"] = timed(lambda: cache_path(folder, workspace.ledger, workspace.domain, current))
    workspace.rank()
    _, found["reweigh"] = timed(lambda: workspace.read("bench", {}, lambda c: _reweigh(c, workspace)), 5)
    _, found["standing"] = timed(workspace.rank, 5)
    _, found["groups"] = timed(lambda: workspace.rank(by="group"), 3)
    _, found["sum"] = timed(lambda: workspace.rank(measure="soc_primary"), 3)
    found["gib"] = _peak()
    if peer:
        found["peer"] = workspace.read("bench", {}, _pandas)
    workspace.close()
    return found


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


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(measure(int(given[0]), Path(given[1]), peer="peer" in given)))
