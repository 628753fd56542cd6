"""Children that read files: limited, replaced, cut off from the network, and gone with their parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from harmscape.ingest.recognise import tables_in
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.sandbox import Workers
from harmscape.sandbox.limits import cpu_seconds, supported

NINE_SECONDS_LESS = -9 * (2 << 20)
"""A size no file has: the time allowed for it is short enough for a test."""

limited = pytest.mark.skipif(not supported(), reason="this system cannot limit a process")


def square(number: int) -> int:
    return number * number


def process_id() -> int:
    return os.getpid()


def refuse() -> None:
    raise FileRefusedError("file_empty", "a.csv: the file is empty")


def stumble(secret: str) -> None:
    raise ValueError(f"could not read {secret}")


def hoard(size: int) -> int:
    return len(bytearray(size))


def spin(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def write(path: str, size: int) -> None:
    with open(path, "wb") as file:
        file.seek(size)
        file.write(b"x")


def chatter() -> str:
    print("to standard output")
    os.write(1, b"\x00" * 64)
    return "answer"


def surroundings() -> dict[str, str]:
    return dict(os.environ)


def connect() -> str:
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=2).close()
    except OSError as fault:
        return type(fault).__name__ + ":" + str(fault.errno)
    return "connected"


class Callback:
    """A value that would run a function where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, ("true",))


def trojan() -> Callback:
    return Callback()


def test_tasks_run_in_other_processes_in_turn() -> None:
    with Workers(2) as workers:
        futures = [workers.submit(square, number) for number in range(20)]
        assert [future.result() for future in futures] == [number**2 for number in range(20)]
        pids = {workers.submit(process_id).result() for _ in range(6)}
    assert os.getpid() not in pids
    assert len(pids) <= 2


def test_a_refused_file_is_refused_as_it_was_in_the_child() -> None:
    with Workers() as workers, pytest.raises(FileRefusedError, match=r"a\.csv: the file is empty") as refused:
        workers.submit(refuse).result()
    assert refused.value.reason == "file_empty"


def test_any_other_failure_names_its_step_and_no_value() -> None:
    with Workers() as workers, pytest.raises(HarmscapeError) as failed:
        workers.submit(stumble, "Jane Doe").result()
    assert "test_sandbox.stumble failed: ValueError" in str(failed.value)
    assert "Jane" not in str(failed.value)


@limited
def test_a_child_that_needs_too_much_memory_costs_its_own_file_only() -> None:
    with Workers(memory_bytes=256 << 20) as workers:
        pid = workers.submit(process_id).result()
        with pytest.raises(FileRefusedError, match=r"b\.csv") as refused:
            workers.submit(hoard, 300 << 20, name="b.csv").result()
        assert refused.value.reason == "file_too_costly"
        assert workers.submit(hoard, 100 << 20).result() == 100 << 20
        assert workers.submit(process_id).result() == pid


@limited
def test_a_child_that_spins_is_stopped_and_replaced() -> None:
    with Workers() as workers:
        pid = workers.submit(process_id).result()
        with pytest.raises(FileRefusedError) as refused:
            workers.submit(spin, 5, size=NINE_SECONDS_LESS).result()
        assert refused.value.reason == "file_too_costly"
        assert workers.submit(process_id).result() != pid


@limited
def test_the_time_is_counted_anew_for_each_task() -> None:
    # Three times 0.9 seconds are more than the 2 that each task may take.
    with Workers() as workers:
        pid = workers.submit(process_id).result()
        for _ in range(3):
            workers.submit(spin, 0.9, size=NINE_SECONDS_LESS).result()
        assert workers.submit(process_id).result() == pid


def test_a_file_may_take_10_seconds_and_1_for_every_2_mib() -> None:
    assert [cpu_seconds(size) for size in (0, 40 << 20, NINE_SECONDS_LESS)] == [10, 30, 1]


@limited
def test_a_child_cannot_fill_the_disk(tmp_path: Path) -> None:
    with Workers() as workers, pytest.raises(FileRefusedError) as refused:
        workers.submit(write, str(tmp_path / "big"), (1 << 30) + 1).result()
    assert refused.value.reason == "file_too_costly"
    assert (tmp_path / "big").stat().st_size <= 1 << 30


@pytest.mark.skipif(os.name == "nt", reason="no signals")
@pytest.mark.parametrize(
    ("number", "reason"),
    [("SIGKILL", "file_too_costly"), ("SIGABRT", "file_too_costly"), ("SIGSEGV", "file_malformed")],
)
def test_a_child_that_dies_costs_its_own_file_only(number: str, reason: str) -> None:
    with Workers(2) as workers:
        doomed = workers.submit(die, int(getattr(signal, number)))
        others = [workers.submit(square, 3) for _ in range(5)]
        with pytest.raises(FileRefusedError) as refused:
            doomed.result(timeout=30)
        assert refused.value.reason == reason
        assert [future.result(timeout=30) for future in others] == [9] * 5


def test_what_a_child_prints_does_not_mix_with_its_answers() -> None:
    with Workers() as workers:
        assert workers.submit(chatter).result() == "answer"
        assert workers.submit(square, 4).result() == 16


def test_a_child_has_no_proxy_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "http_proxy", "CRIMES_URL"):
        monkeypatch.setenv(name, "http://secret")
    with Workers() as workers:
        assert "http://secret" not in workers.submit(surroundings).result().values()
    with Workers(network=True) as workers:
        assert workers.submit(surroundings).result()["CRIMES_URL"] == "http://secret"


def test_a_child_reaches_no_network() -> None:
    # 192.0.2.1 is reserved for documentation; without a network there is no route to try at all.
    with Workers() as workers:
        assert workers.submit(connect).result() != "connected"


def test_the_parent_takes_back_data_only() -> None:
    with Workers() as workers, pytest.raises(HarmscapeError, match="no data"):
        workers.submit(trojan).result()


def test_an_answer_may_be_any_declaration(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n")
    with Workers() as workers:
        assert workers.submit(tables_in, tmp_path / "a.csv").result() == tables_in(tmp_path / "a.csv")
        assert workers.submit(date.fromisoformat, "2024-02-29").result() == date(2024, 2, 29)


def test_a_child_that_cannot_start_is_no_fault_of_the_file() -> None:
    with Workers(preload=["harmscape.no_such_part"]) as workers:
        for _ in range(2):
            with pytest.raises(HarmscapeError, match="could not be started") as failed:
                workers.submit(square, 2).result(timeout=30)
            assert not isinstance(failed.value, FileRefusedError)


def leave_while_busy() -> None:
    with Workers() as workers:
        workers.submit(time.sleep, 60)
        workers.submit(time.sleep, 60)
        raise KeyboardInterrupt


def test_leaving_on_an_error_stops_what_is_running() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        leave_while_busy()
    assert time.monotonic() - started < 10


PARENT = """
import sys, time
from harmscape.sandbox import Workers
from tests.unit.test_sandbox import process_id
workers = Workers().__enter__()
print(workers.submit(process_id).result(), flush=True)
workers.submit(time.sleep, 60)
time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_children_end_when_their_parent_is_killed() -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    until = time.monotonic() + 10
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < until, "the child outlived its parent"
        time.sleep(0.05)
