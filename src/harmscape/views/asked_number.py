"""A number that a question carries beside its selection: read from text, and held within its limits."""

from __future__ import annotations

from harmscape.model.errors import SelectionError


def asked_number(value: float | str, name: str, least: float, most: float) -> float:
    """The number, or SelectionError that names the limits.

    >>> asked_number("250", "metres", 1, 5000)
    250.0
    """
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        raise SelectionError(f"{name} must be a number from {least:g} to {most:,g}")
    return found
