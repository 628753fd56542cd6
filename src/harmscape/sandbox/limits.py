"""What a child process may use. On systems without resource limits it runs without, and says so."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from types import ModuleType

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 10
BYTES_A_SECOND = 2 << 20
FILE_BYTES = 1 << 30
FILE_TIMES = 20
"""A child may write files of up to this many times the size of what it reads, and `FILE_BYTES` at least."""

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def supported() -> bool:
    """Whether this system can limit a process."""
    return resource is not None


def cpu_seconds(size: int) -> int:
    """The processor time a task on so many bytes may take.

    >>> cpu_seconds(40 << 20)
    30
    """
    return CPU_SECONDS + size // BYTES_A_SECOND


def limit_memory(most: int) -> None:
    """Bound this process's data. RLIMIT_AS would break Arrow, which reserves far more than it uses."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def arm(size: int) -> None:
    """Bound the processor time and the files of one task, counted from what this process has used so far."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds(size)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(FILE_BYTES, FILE_TIMES * size), hard))


def cut_network() -> None:
    """Leave the machine's network where the system permits it; only before threads are started."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        if system.unshare(_NEW_NET) != 0:
            system.unshare(_NEW_USER | _NEW_NET)
