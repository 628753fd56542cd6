"""Child processes that read files of unknown origin: spawned, limited, fed in turn, replaced when killed."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import IO, Any, TypeVar

from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.sandbox.limits import MEMORY_BYTES, cpu_seconds, supported
from harmscape.sandbox.wire import receive, send

T = TypeVar("T")

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from harmscape.sandbox.child import main; main()"
)
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "TEMP",
    "SYSTEMROOT",
    "HOME",
    "PYTHONHASHSEED",
    "PYTHONUTF8",
)
_WALL_FACTOR = 10
"""A task may take so many times its processor seconds by the clock before it counts as stuck."""


class Workers:
    """Up to `count` children. A task is a function that can be imported, with arguments that can be pickled.

    memory_bytes: the most data one child may hold. preload: modules a child imports while it waits.
    network: children keep the network and the environment; only for tasks that ask a database.
    """

    def __init__(
        self,
        count: int = 1,
        *,
        memory_bytes: int = MEMORY_BYTES,
        preload: Sequence[str] = (),
        network: bool = False,
    ) -> None:
        self._settings = {"memory_bytes": memory_bytes, "preload": list(preload), "network": network}
        self._count = count
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._children: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="harmscape-sandbox")
        if not supported():
            _say_once()

    def __enter__(self) -> Workers:
        for _ in range(self._count):
            self._idle.put(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is running; on an error, stop it."""
        if kind is not None:
            self._stop()
        self._threads.shutdown(wait=True, cancel_futures=kind is not None)
        self._stop()

    def submit(
        self, function: Callable[..., T], /, *args: Any, size: int = 0, name: str = "this file", **kwargs: Any
    ) -> Future[T]:
        """Run `function(*args, **kwargs)` in a child.

        size: the bytes of input, which set the time allowed. name: the file, for messages.
        The future gives the value, or raises HarmscapeErrors as they were raised, FileRefusedError
        (`file_too_costly`) when the child passed its limits, or a HarmscapeError naming the step.
        """
        return self._threads.submit(self._run, (function, args, kwargs, size), name)

    def _run(self, task: tuple[Any, ...], name: str) -> Any:
        child = self._idle.get()
        try:
            kind, value = child.ask(task, cpu_seconds(task[3]) * _WALL_FACTOR)
        except EOFError:
            ended, started = child.kill(), child.started
            child = self._replaced(child)
            if not started:
                raise HarmscapeError(f"a file reader could not be started ({ended})") from None
            raise _refused(name, ended) from None
        except pickle.UnpicklingError:
            child.kill()
            child = self._replaced(child)
            raise HarmscapeError(
                f"{name}: its reader answered with what is no data; nothing of it was used"
            ) from None
        finally:
            self._idle.put(child)
        if kind == "costly":
            raise _costly(name)
        if kind == "error":
            raise value
        return value

    def _start(self) -> _Child:
        with self._lock:
            if self._closed:
                raise HarmscapeError("the file readers were stopped")
            child = _Child(self._settings)
            self._children.add(child)
            return child

    def _replaced(self, child: _Child) -> _Child:
        with self._lock:
            self._children.discard(child)
            if self._closed:
                return child
        return self._start()

    def _stop(self) -> None:
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()
            self._children.clear()


class _Child:
    """One process and the two pipes to it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        command = [sys.executable, "-c", _BOOT, json.dumps(sys.path)]
        # The command is this interpreter with this program's own code.
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(keep_all=settings["network"]),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout
        self.started = False
        # A child that dies at once is noticed when it is first asked.
        with contextlib.suppress(BrokenPipeError):
            send(self._to, settings)

    def ask(self, task: tuple[Any, ...], most_seconds: float) -> tuple[str, Any]:
        """Send a task and wait for its answer; EOFError when the child dies, or is killed as stuck."""
        timer = threading.Timer(most_seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            if not self.started:
                receive(self._from, trusted=False)
                self.started = True
            send(self._to, task)
            answer: tuple[str, Any] = receive(self._from, trusted=False)
            return answer
        except BrokenPipeError:
            raise EOFError from None
        finally:
            timer.cancel()

    def kill(self) -> int:
        """End the process; its exit status, negative for a signal."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return status


def _environment(*, keep_all: bool) -> dict[str, str]:
    """What a child needs to run: no proxies, no secrets; one thread per library."""
    kept = {name: value for name, value in os.environ.items() if keep_all or name in _KEPT}
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}


def _refused(name: str, status: int) -> FileRefusedError:
    """A child that crashed met a damaged file; one that was killed met its limits."""
    crashed = (
        getattr(signal, "SIGSEGV", None),
        getattr(signal, "SIGBUS", None),
        getattr(signal, "SIGILL", None),
    )
    if -status in crashed:
        return FileRefusedError(
            "file_malformed",
            f"{name}: reading it made the reader fail; export it again, or in another format",
        )
    return _costly(name)


def _costly(name: str) -> FileRefusedError:
    return FileRefusedError(
        "file_too_costly",
        f"{name}: reading it takes more memory, time or disk than one file may; split it and load the parts",
    )


_said: list[str] = []


def _say_once() -> None:
    if not _said:
        _said.append("no limits")
        print("harmscape: this system cannot limit a process; files are read without limits", file=sys.stderr)
