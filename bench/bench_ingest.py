"""One year of a force read with every check, against pandas.read_csv, which checks nothing, in the same run.

Run with `python -m bench ingest`; needs the open crime data in ../shared beside the checkout.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tests.ingest_sources import STREET_TYPES, street

from bench.figure import Figure, timed
from harmscape.ingest.read import ReadResult, read_table
from harmscape.ingest.recognise import content_digest, tables_in
from harmscape.sandbox import Workers

Value = TypeVar("Value")
SHARED = Path(__file__).resolve().parents[2] / "shared/data"
CRIMES = SHARED / "crime_northumbria/northumbria_street_2020-05_2022-08.parquet"
YEAR = "2021"
ROWS = 188_190
TIMES = 5
BAR_SECONDS = 1.5
START_SECONDS = 0.6


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    if not CRIMES.exists():
        yield Figure("one year of a force", "not run: ../shared/data is not beside this checkout")
        return
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        plain = year_of_street(out / "plain-street.csv", quoting=csv.QUOTE_MINIMAL)
        quoted = year_of_street(out / "quoted-street.csv", quoting=csv.QUOTE_ALL)
        peer, peer_seconds = on_one_core(lambda: pd.read_csv(plain))
        assert len(peer) == ROWS
        for name, path in (("CSV", plain), ("CSV, every cell quoted", quoted), ("Parquet", parquet(out))):
            yield read_figure(name, path, out, peer_seconds)
        yield digest_figure(plain)
        yield start_figure()


def read_figure(name: str, path: Path, out: Path, peer_seconds: float) -> Figure:
    """A file read with all checks to Arrow files."""
    size = path.stat().st_size / 1e6
    result, seconds = on_one_core(lambda: read_year(path, out))
    assert (result.accepted, result.rejected) == (ROWS, 0)
    return Figure(
        f"{name}: {ROWS:,} rows, {size:.0f} MB, all checks",
        f"{seconds:.2f} s CPU",
        f"pandas.read_csv {peer_seconds:.2f} s",
        peer_seconds / seconds,
        f"<= {BAR_SECONDS} s",
        seconds <= BAR_SECONDS,
    )


def digest_figure(path: Path) -> Figure:
    """A file known again by its content."""
    (table,) = tables_in(path)
    _, seconds = timed(lambda: content_digest(table), TIMES)
    return Figure("digest of the same CSV", f"{seconds:.3f} s")


def start_figure() -> Figure:
    """From nothing to a child that has imported the readers and answered."""

    def started() -> int:
        with Workers(preload=["harmscape.ingest.read"]) as workers:
            return workers.submit(os.getpid).result()

    _, seconds = timed(started, TIMES)
    return Figure(
        "a reader child starts and answers",
        f"{seconds:.2f} s",
        bar=f"<= {START_SECONDS} s",
        is_met=seconds <= START_SECONDS,
    )


def read_year(path: Path, out: Path) -> ReadResult:
    (table,) = tables_in(path)
    return read_table(
        table, street(), STREET_TYPES, as_of=date(2022, 1, 31), timezone="Europe/London", out=out
    )


def on_one_core(work: Callable[[], Value]) -> tuple[Value, float]:
    """What the work gives, and the least processor seconds of some runs: what it takes on a quiet core."""
    best, value = float("inf"), work()
    for _ in range(TIMES):
        started = time.process_time()
        value = work()
        best = min(best, time.process_time() - started)
    return value, best


def year() -> pa.Table:
    """The rows of a calendar year as published, without the column the Parquet file adds."""
    rows = pq.read_table(CRIMES).drop_columns(["source_file"])
    return rows.filter(pc.starts_with(rows["Month"], YEAR))


def parquet(out: Path) -> Path:
    path = out / "year-street.parquet"
    pq.write_table(year(), path)
    return path


def year_of_street(path: Path, *, quoting: Literal[0, 1]) -> Path:
    rows = year()
    columns = [column.fill_null("").to_pylist() for column in rows.columns]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator="\n")
        writer.writerow(rows.column_names)
        writer.writerows(zip(*columns, strict=True))
    return path
