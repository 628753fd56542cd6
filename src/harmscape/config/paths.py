"""Whether a file or folder that somebody named is there, whatever they wrote as its name."""

from __future__ import annotations

from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether a path exists; one that no file system could hold does not.

    >>> is_there(Path("x" * 5_000)), is_there(Path("a\\0b")), is_there(Path("."))
    (False, False, True)
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
