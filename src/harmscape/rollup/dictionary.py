"""Dictionaries: what the numbers in compact events stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harmscape.engine import Engine, identifier


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Value to number, for categories, sources and each declared attribute; 0 stands for none."""

    category: Mapping[str, int]
    source: Mapping[str, int]
    attributes: Mapping[str, Mapping[str, int]]


def read_dictionaries(engine: Engine, attributes: Sequence[str]) -> Dictionaries:
    """The dictionaries of a cache database."""

    def read(name: str) -> dict[str, int]:
        table = engine.rows("dictionary", f"select value, no from dict_{identifier(name)} order by no")
        return {str(value): int(no) for value, no in table}

    return Dictionaries(
        category=read("category"),
        source=read("source"),
        attributes={name: read(f"t_{name}") for name in attributes},
    )
