"""A child process: takes a task, does it within its limits, answers, and waits for the next."""

from __future__ import annotations

import errno
import os
import queue
import sys
import threading
from importlib import import_module
from typing import IO, Any

from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.sandbox.limits import arm, cut_network, limit_memory
from harmscape.sandbox.wire import receive, send


def main() -> None:
    """Serve the parent on standard input and output until it is gone."""
    tasks_from, answers_to = _own_streams()
    settings = receive(tasks_from, trusted=True)
    if not settings["network"]:
        cut_network()
    limit_memory(settings["memory_bytes"])
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks_from, tasks), daemon=True).start()
    for module in settings["preload"]:
        import_module(module)
    send(answers_to, ("ready", None))
    while True:
        function, args, kwargs, size = tasks.get()
        arm(size)
        send(answers_to, _done(function, args, kwargs))


def _done(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, Any]:
    try:
        return "value", function(*args, **kwargs)
    except HarmscapeError as refused:
        return "error", refused
    except MemoryError:
        return "costly", None
    except Exception as fault:
        if isinstance(fault, OSError) and ("File too large" in str(fault) or fault.errno == errno.EFBIG):
            return "costly", None
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
            return "error", HarmscapeError("the disk is full; make room and run it again")
        # The text of a foreign error may quote a row, so only its kind and place leave the child.
        step = f"{function.__module__}.{function.__qualname__}"
        return "error", FileRefusedError(
            "reader_failed", f"{step} failed: {type(fault).__name__} at {_place(fault)}"
        )


def _place(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def _listen(stream: IO[bytes], tasks: queue.SimpleQueue[Any]) -> None:
    """Queue tasks as they come. When the parent is gone the process ends, whatever it is doing."""
    while True:
        try:
            tasks.put(receive(stream, trusted=True))
        except EOFError:
            os._exit(0)


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Private copies of standard input and output, so that nothing printed mixes with the answers."""
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return tasks, answers
