"""One year of a force loaded whole, against pandas and geopandas, which check and keep nothing, in one run.

Run with `python -m bench load`; needs the open crime data and boundaries in ../shared beside the checkout.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bench.bench_ingest import CRIMES, ROWS, SHARED, year_of_street
from bench.figure import Figure
from harmscape.sandbox import Workers
from harmscape.workspace import open_workspace
from harmscape.workspace.begin import begin

LSOA = SHARED / "boundaries/northumbria_lsoa11.parquet"
TIMES = 3
BAR_SECONDS = 3.0


def figures() -> Iterator[Figure]:
    """The load, its parts, and the peer."""
    if not (CRIMES.exists() and LSOA.exists()):
        yield Figure("load of one year of a force", "not run: ../shared/data is not beside this checkout")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "2021-street.csv"
        path.parent.mkdir()
        year_of_street(path, quoting=csv.QUOTE_MINIMAL)
        peer = min(measured(lambda: counted_by_peer(path)) for _ in range(TIMES))
        runs = [load_once(Path(folder) / f"ws{number}", path.parent) for number in range(TIMES)]
        steps, wall, cpu = min(runs, key=lambda run: run[1])
        start = min(measured(start_readers)[0] for _ in range(TIMES))
        yield Figure(
            f"load of {ROWS:,} rows: checked, placed, durable",
            f"{wall - start:.2f} s ({cpu:.1f} CPU)",
            f"pandas+geopandas {peer[0]:.2f} s",
            peer[0] / (wall - start),
            f"<= {BAR_SECONDS} s",
            wall - start <= BAR_SECONDS,
        )
        yield Figure("  start of its two readers, not counted above", f"{start:.2f} s")
        for name, seconds in steps.items():
            yield Figure(f"  {name}", f"{seconds:.2f} s")


def load_once(workspace: Path, data: Path) -> tuple[dict[str, float], float, float]:
    """A load into a new workspace: seconds by step, in all, and of processor."""
    begin(workspace, "police-uk", data=data, areas=[LSOA])
    (workspace / "geographies" / "grid_1km.yml").unlink()
    opened = open_workspace(workspace)
    told: list[tuple[str, float]] = []
    before = processor()
    report = opened.load(
        as_of=date(2022, 1, 31), progress=lambda step: told.append((step, time.perf_counter()))
    )
    told.append(("end", time.perf_counter()))
    cpu = processor() - before
    assert sum(each.added for each in report.files if each.source == "street") == ROWS
    opened.close()
    steps = {step: after - at for (step, at), (_, after) in pairwise(told)}
    return steps, told[-1][1] - told[0][1], cpu


def start_readers() -> None:
    """What a load does before its first file: two children that have imported the readers."""
    with Workers(2, preload=("harmscape.ingest.read", "harmscape.ingest.peek")) as workers:
        for answer in [workers.submit(os.getpid) for _ in range(2)]:
            answer.result()


def counted_by_peer(path: Path) -> int:
    """Read, place each point in its area, and count by area and kind."""
    rows = pd.read_csv(path)
    points = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["Longitude"], rows["Latitude"]), crs="EPSG:4326"
    )
    areas = gpd.read_parquet(LSOA).set_crs("EPSG:4326", allow_override=True)
    placed = points.sjoin(areas[["LSOA11CD", "geometry"]], how="left", predicate="within")
    return len(placed.groupby(["LSOA11CD", "Crime type"]).size())


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor."""
    before, started = processor(), time.perf_counter()
    work()
    return time.perf_counter() - started, processor() - before


def processor() -> float:
    """Processor seconds of this process and of its children that have ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system
