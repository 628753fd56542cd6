"""A load killed at any moment: the current snapshot is the one before or the one after, whole."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli import PROGRAM, Said, run

from harmscape.workspace.ledger import Ledger

SEED = 20241121
HEAD = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
ROWS_A_FILE, FILES = 4_000, 5
DAY = ("--as-of", "2024-06-30", "--format", "json")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and the lock are those of Unix")


def month_file(folder: Path, month: int, *, rows: int = ROWS_A_FILE) -> Path:
    """A street file of one month, made of a rule: row n lies at the n-th point of a grid, kinds in turn."""
    kinds = ("Burglary", "Robbery", "Drugs", "Shoplifting", "Anti-social behaviour")
    lines = [f"{HEAD}Last outcome category,Context"]
    for number in range(rows):
        kind = kinds[number % len(kinds)]
        key = "" if kind.startswith("Anti") else f"{month:02d}{number:062x}"
        lon, lat = -1.7 + 0.002 * (number % 50), 54.9 + 0.002 * (number // 50 % 50)
        lines.append(
            f"{key},2023-{month:02d},Northvale Police,Northvale Police,{lon:.6f},{lat:.6f},On or near Mill,,,"
            f"{kind},,"
        )
    path = folder / f"2023-{month:02d}-northvale-street.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which one month is loaded; four more lie in its data folder, not loaded yet."""
    folder = tmp_path_factory.mktemp("kill")
    (folder / "data").mkdir()
    month_file(folder / "data", 1)
    assert run("init", folder / "ws", "--template", "police-uk", "--data", folder / "data").status == 0
    assert run("load", "-w", folder / "ws", *DAY).status == 0
    for month in range(2, FILES + 1):
        month_file(folder / "data", month)
    return folder


@pytest.fixture(scope="module")
def whole(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any], float]:
    """The standing before and after an undisturbed load, and the seconds that load took."""
    twin = copied(loaded, tmp_path_factory.mktemp("whole"))
    before = figures(twin / "ws")
    started = time.monotonic()
    assert start_load(twin / "ws").wait() == 0
    seconds = time.monotonic() - started
    after = figures(twin / "ws")
    # By hand: five files of 4,000 rows, all of them in 2023.
    assert (before["total"]["events"], after["total"]["events"]) == (ROWS_A_FILE, FILES * ROWS_A_FILE)
    return before, after, seconds


def copied(loaded: Path, to: Path) -> Path:
    """A copy of the workspace and its data."""
    shutil.copytree(loaded, to, dirs_exist_ok=True)
    return to


def start_load(workspace: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, "load", "-w", str(workspace), *DAY],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def figures(workspace: Path) -> dict[str, Any]:
    """What a reader sees: areas, totals and trend, without the receipt (it names the snapshot)."""
    said = run("rank", "-w", workspace, "--measure", "all_incidents", "--weights", "equal", "--window", "12m",
               "--to", "2023-12", "--format", "json")  # fmt: skip
    assert said.status == 0, said.err
    return {name: said.json[name] for name in ("areas", "total", "unplaced", "trend")}


def processes_of(session: int) -> list[int]:
    """The processes that still belong to a session."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(path.name))
    return found


def assert_nobody_left(session: int) -> None:
    deadline = time.monotonic() + 10
    while processes_of(session) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of(session) == []


def kill_at_random(
    loaded: Path,
    whole: tuple[dict[str, Any], dict[str, Any], float],
    tmp_path: Path,
    *,
    kills: int,
    seed: int,
) -> None:
    """Kill loads of one workspace at random moments, look each time, and let the last one end."""
    before, after, seconds = whole
    chance = random.Random(seed)
    print(f"seed {seed}, {kills} kills over {seconds:.1f} s")
    workspace = copied(loaded, tmp_path) / "ws"
    for number in range(kills):
        running = start_load(workspace)
        # Later moments are the dangerous ones: half of the kills fall into the last two thirds of the load.
        time.sleep(seconds * (chance.random() if number % 2 else 0.3 + 0.8 * chance.random()))
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        if sys.platform == "linux":
            assert_nobody_left(running.pid)
        seen = figures(workspace)
        assert seen in (before, after), f"kill {number}: a reader saw neither the state before nor after"
        if seen == after:
            shutil.rmtree(workspace)
            shutil.copytree(loaded / "ws", workspace)
    assert run("load", "-w", workspace, *DAY).status == 0
    assert figures(workspace) == after
    assert_nothing_left_behind(workspace)


def assert_nothing_left_behind(workspace: Path) -> None:
    """Manifests name every segment and lead to the current snapshot; no rows lie about."""
    ledger = Ledger(workspace / "ledger")
    named = {segment.path for name in ledger.snapshots() for segment in ledger.manifest(name).segments}
    lying = {path.relative_to(ledger.folder).as_posix() for path in ledger.folder.glob("*/*.parquet")}
    assert lying == named
    parents = {ledger.manifest(name).parent for name in ledger.snapshots()} - {"none"}
    assert parents | {ledger.current().snapshot} == set(ledger.snapshots())
    assert list((workspace / "cache" / "scratch").glob("load-*")) == []


def test_ten_kills_lose_and_double_nothing(
    loaded: Path, whole: tuple[dict[str, Any], dict[str, Any], float], tmp_path: Path
) -> None:
    kill_at_random(loaded, whole, tmp_path, kills=10, seed=SEED)


@pytest.mark.soak
def test_a_hundred_kills_lose_and_double_nothing(
    loaded: Path, whole: tuple[dict[str, Any], dict[str, Any], float], tmp_path: Path
) -> None:
    for round_ in range(10):
        kill_at_random(loaded, whole, tmp_path / str(round_), kills=10, seed=SEED + 1 + round_)


def test_a_manifest_the_pointer_never_reached_is_swept(
    loaded: Path, whole: tuple[dict[str, Any], dict[str, Any], float], tmp_path: Path
) -> None:
    """The narrowest moment: the manifest is written, the pointer is not."""
    workspace = copied(loaded, tmp_path) / "ws"
    ledger = Ledger(workspace / "ledger")
    old = ledger.current().snapshot
    assert run("load", "-w", workspace, *DAY).status == 0
    new = ledger.current().snapshot
    (ledger.folder / "current").write_text(old)
    assert figures(workspace) == whole[0]
    assert run("load", "-w", workspace, *DAY).status == 0
    assert figures(workspace) == whole[1]
    assert len(ledger.snapshots()) == 2
    assert (new in ledger.snapshots()) == (ledger.current().snapshot == new)
    assert_nothing_left_behind(workspace)


def test_rejects_of_a_killed_load_are_not_taken_for_those_of_the_next(loaded: Path, tmp_path: Path) -> None:
    workspace = copied(loaded, tmp_path) / "ws"
    left = workspace / "rejects" / "load-000002.csv"
    left.parent.mkdir(exist_ok=True)
    left.write_text("file,line,to_line,reason,raw\nx.csv,2,,bad_date,x\n")
    assert run("load", "-w", workspace, *DAY).status == 0
    assert not left.exists()


def test_a_second_load_is_refused_plainly_while_one_runs(loaded: Path, tmp_path: Path) -> None:
    workspace = copied(loaded, tmp_path) / "ws"
    with Ledger(workspace / "ledger").writing():
        said = run("load", "-w", workspace, *DAY)
    assert (said.status, said.out) == (1, "")
    assert said.err.endswith("harmscape: another load is writing to this workspace; wait for it to end\n")
    assert run("load", "-w", workspace, *DAY).status == 0


def full_disk(workspace: Path, most: int) -> Said:
    """A load that may write no file beyond so many bytes, as on a disk that is full."""
    done = subprocess.run(
        [*PROGRAM, "load", "-w", str(workspace), *DAY],
        capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def test_files_that_cannot_grow_end_the_load_and_leave_the_snapshot(
    loaded: Path, whole: tuple[dict[str, Any], dict[str, Any], float], tmp_path: Path
) -> None:
    workspace = copied(loaded, tmp_path) / "ws"
    for most in (1 << 14, 1 << 16, 1 << 18):
        said = full_disk(workspace, most)
        assert said.status in (1, 2)
        assert "Traceback" not in said.err
        assert figures(workspace) in whole[:2]
    assert run("load", "-w", workspace, *DAY).status in (0, 2)
    assert figures(workspace) == whole[1]


def test_a_full_disk_is_said_and_the_load_resumes_when_there_is_room(
    loaded: Path, whole: tuple[dict[str, Any], dict[str, Any], float], tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(small)], capture_output=True, check=False
    ) if shutil.which("mount") else None  # fmt: skip
    if mounted is None or mounted.returncode != 0:
        pytest.skip("needs the right to mount a small file system, to fill it")
    try:
        workspace = small / "ws"
        shutil.copytree(loaded / "ws", workspace)
        config = workspace / "harmscape.yml"
        config.write_text(config.read_text().replace('"../data"', f'"{loaded / "data"}"'))
        filler = small / "filler"
        # Too little for the ledger, for its last files, and, once they are published, for their roll-up.
        for room, then in ((200 << 10, whole[:1]), (1 << 20, whole[:1]), (2 << 20, whole[:2])):
            filler.write_bytes(b"\x00" * (shutil.disk_usage(small).free - room))
            said = start_and_hear(workspace)
            assert said.status == 1, room
            assert "the disk is full" in said.err, room
            assert "Traceback" not in said.err
            filler.unlink()
            assert figures(workspace) in then
        assert start_and_hear(workspace).status in (0, 2)
        assert figures(workspace) == whole[1]
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def start_and_hear(workspace: Path) -> Said:
    done = subprocess.run(
        [*PROGRAM, "load", "-w", str(workspace), *DAY],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)
