"""Growth: the same force at several sizes, each in a process of its own, with its memory beside its time.

The peer needs the rows in memory already and runs at the first two sizes. BENCH_SIZES names other sizes; 50
million events are run once, by hand (`BENCH_SIZES=50000000 python -m bench growth`), and recorded in docs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure

SIZES = tuple(int(each) for each in os.environ.get("BENCH_SIZES", "400000,5000000").split(","))
_WITH_PEER = 5_000_000
_BARS = {"load": 90.0, "tally": 15.0, "reweigh": 0.5}
"""In seconds, for five million events."""
_MOST_GIB = 8.0
"""For fifty million, all processes together."""
_STEPS = {
    "invent": "invent the force, write its files",
    "load": "load",
    "tally": "of that: compact events, tally, links",
    "open": "open the snapshot",
    "reweigh": "re-weigh all small areas",
    "standing": "rank 40 sectors, whole answer",
    "standing_p95": "rank 40 sectors, p95 of 20",
    "groups": "rank the groups, whole answer",
    "sum": "nine measures and their sums, whole answer",
    "page_p95": "page of a sector's rows, p95 of 20",
}


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    before: dict[str, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            found = _one(size, Path(scratch) / "force")
        yield from _told(size, found, before)
        before = found


def _one(size: int, folder: Path) -> dict[str, float]:
    peer = ["peer"] if size <= _WITH_PEER else []
    command = [sys.executable, "-m", "bench.one_size", str(size), str(folder), *peer]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    held: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return held


def _told(size: int, found: dict[str, float], before: dict[str, float]) -> Iterator[Figure]:
    rows = found["rows"]
    for step, words in _STEPS.items():
        seconds = found[step]
        shown = f"{seconds:.1f} s" if seconds >= 10 else f"{seconds * 1000:,.0f} ms"
        grown = f", x{seconds / before[step]:.1f}" if before else ""
        barred = step in _BARS and size == _WITH_PEER
        peered = step == "reweigh" and "peer" in found
        yield Figure(
            f"{rows:,.0f} rows: {words}",
            f"{shown}{grown}",
            peer=f"pandas {found['peer'] * 1000:,.0f} ms" if peered else "-",
            ratio=found["peer"] / seconds if peered else None,
            bar=f"<= {_BARS[step]:g} s" if barred else "-",
            is_met=seconds <= _BARS[step] if barred else None,
        )
    large = size > _WITH_PEER
    peaks = [found.get(f"{step}_gib", 0.0) for step in ("invent", "load", "ask")]
    yield Figure(
        f"{rows:,.0f} rows: most memory: demo, load, questions",
        ", ".join(f"{peak:.1f}" for peak in peaks) + " GiB",
        bar=f"<= {_MOST_GIB:g} GiB" if large else "-",
        is_met=max(peaks) <= _MOST_GIB if large else None,
    )
