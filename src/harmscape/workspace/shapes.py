"""Shapes for a map, made once for what they are made from: a cache on the disk, named by its content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from harmscape.model.declared import digest_of

_FORM = 1
"""The form of the shapes: part of their name, so that a program never reads those of another."""
_MOST_KEPT = 12


def kept_shapes(folder: Path, made_from: object, make: Callable[[], str]) -> str:
    """The GeoJSON kept in a folder for what it is made from, or else made now and kept.

    made_from: plain data that names the boundaries and how they are simplified. A folder that cannot be
    written to keeps nothing, and the map is drawn all the same.
    """
    path = folder / f"shapes-{digest_of([_FORM, made_from])}.geojson"
    try:
        text = path.read_text(encoding="utf-8")
        os.utime(path)
    except OSError:
        text = make()
        _keep(path, text)
    return text


def _keep(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        fresh.write_text(text, encoding="utf-8")
        # One rename, so that nobody ever reads half of it.
        fresh.replace(path)
        held = sorted(path.parent.glob("shapes-*.geojson"), key=lambda each: each.stat().st_mtime)
        for old in held[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        fresh.unlink(missing_ok=True)
