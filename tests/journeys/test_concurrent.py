"""Readers beside a writer: every answer is of one snapshot, the one before a load or the one after it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from tests.cli import PROGRAM, run
from tests.journeys.serving import served

from harmscape.model.errors import HarmscapeError
from harmscape.workspace import Workspace, open_workspace

HEAD = "Crime ID,Month,Reported by,Longitude,Latitude,Crime type"
KINDS = ("Burglary", "Robbery", "Drugs")
ROWS, LOADS = 1_500, 4
AS_OF = date(2024, 6, 30)
ASK = {"measure": "all_incidents", "weights": "equal", "window": "12m", "to": "2023-12"}


def month_file(folder: Path, month: int) -> None:
    lines = [HEAD]
    for number in range(ROWS):
        lon, lat = -1.7 + 0.004 * (number % 30), 54.9 + 0.004 * (number // 30 % 30)
        key = f"{month:02d}{number:062x}"
        lines.append(f"{key},2023-{month:02d},Northvale Police,{lon:.6f},{lat:.6f},{KINDS[number % 3]}")
    (folder / f"2023-{month:02d}-northvale-street.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one month loaded; a load of the next month makes the next 1,500 events."""
    (tmp_path / "data").mkdir()
    month_file(tmp_path / "data", 1)
    assert run("init", tmp_path / "ws", "--template", "police-uk", "--data", tmp_path / "data").status == 0
    assert run("load", "-w", tmp_path / "ws", "--as-of", AS_OF).status == 0
    return tmp_path / "ws"


def load_more(workspace: Path, stop: threading.Event) -> dict[str, int]:
    """Load month after month; the events that each published snapshot holds."""
    writer = open_workspace(workspace)
    held = {writer.ledger.current().snapshot: ROWS}
    try:
        for number in range(2, LOADS + 2):
            month_file(workspace.parent / "data", number)
            held[writer.load(as_of=AS_OF).snapshot] = number * ROWS
    finally:
        stop.set()
        writer.close()
    return held


def read_on(reader: Workspace, stop: threading.Event) -> list[tuple[str, int]]:
    """Ask again and again; the snapshot each answer names, and its events. Areas and total must agree."""
    seen = []
    while not stop.is_set():
        said = reader.rank(**ASK).to_dict()
        events = sum(area["events"] for area in said["areas"]) + said["unplaced"]["events"]
        assert events == said["total"]["events"] == sum(month["events"] or 0 for month in said["trend"])
        seen.append((said["receipt"]["snapshot"], events))
    return seen


def test_what_nobody_waits_for_any_more_is_not_worked_out(workspace: Path) -> None:
    held = open_workspace(workspace)
    asked, gone = "window=12m&to=2023-12&measure=all_incidents&weights=equal", 3
    with served(held) as server:
        port = int(server.rpartition(":")[2])
        before = held.verify().rows
        with held._turns.turn(0), held._turns.turn(0):  # somebody's turn: all others wait
            left = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(gone)]
            for each, by in zip(left, ("lsoa", "msoa", "ward"), strict=True):
                each.request("GET", f"/api/rank?{asked}&by={by}")
            patient = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            patient.request("GET", f"/api/hours?{asked}")
            while len(held._turns._waiting) < gone + 1:
                time.sleep(0.01)
            for each in left:
                each.close()
            time.sleep(0.2)
        assert patient.getresponse().status == 200
        patient.close()
        assert len(held._answers._held) == 1
    assert held.verify().rows == before + 1


def test_four_readers_see_whole_snapshots_only_while_loads_run(workspace: Path) -> None:
    stop = threading.Event()
    shared, own, other = (open_workspace(workspace) for _ in range(3))
    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(read_on, reader, stop) for reader in (shared, shared, own, other)]
        held = pool.submit(load_more, workspace, stop).result()
        answers = [answer for reader in readers for answer in reader.result()]
    assert len(held) == LOADS + 1
    assert {held[snapshot] for snapshot, _ in answers} <= set(held.values())
    assert [answer for answer in answers if held[answer[0]] != answer[1]] == []
    assert len(answers) >= 8
    for reader in (shared, own, other):
        reader.close()


def test_a_reading_process_works_beside_a_loading_one(workspace: Path) -> None:
    month_file(workspace.parent / "data", 2)
    loading = subprocess.Popen(
        [*PROGRAM, "load", "-w", str(workspace), "--as-of", str(AS_OF)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    script = (
        "import sys, json, harmscape\n"
        "ws = harmscape.open(sys.argv[1])\n"
        "for _ in range(6):\n"
        "    print(json.dumps(ws.rank(**json.loads(sys.argv[2])).to_dict()['total']['events']))\n"
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(workspace), json.dumps(ASK)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    seen = [int(line) for reader in readers for line in reader.communicate(timeout=120)[0].splitlines()]
    assert [reader.returncode for reader in readers] == [0, 0]
    assert loading.wait(timeout=120) == 0
    assert len(seen) == 12
    assert set(seen) <= {ROWS, 2 * ROWS}


def test_of_two_loads_at_once_one_is_refused_and_nothing_is_doubled(workspace: Path) -> None:
    for month in (2, 3):
        month_file(workspace.parent / "data", month)
    first, second = open_workspace(workspace), open_workspace(workspace)
    refusals: list[str] = []
    entered = threading.Event()

    def slowly(step: str) -> None:
        entered.set()
        deadline = time.monotonic() + 30
        while not refusals and time.monotonic() < deadline:
            time.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first.load, as_of=AS_OF, progress=slowly)
        assert entered.wait(30)
        with pytest.raises(HarmscapeError, match="another load is writing to this workspace") as refused:
            second.load(as_of=AS_OF)
        refusals.append(str(refused.value))
        assert sum(each.added for each in running.result().files) == 2 * ROWS
    assert sum(each.added for each in second.load(as_of=AS_OF).files) == 0
    assert second.rank(**ASK).to_dict()["total"]["events"] == 3 * ROWS
    first.close()
    second.close()
