"""Dictionaries: what the numbers in compact events stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harmscape.engine import Engine, identifier


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Value to number, for categories, sources and each declared attribute; 0 stands for none.

    present: the category numbers that some event has. singles: whether every event has a quantity of 1, so
    that a count says all that a sum would. wide: the area columns that the wide tally keeps.
    """

    category: Mapping[str, int]
    source: Mapping[str, int]
    attributes: Mapping[str, Mapping[str, int]]
    present: frozenset[int]
    singles: bool
    wide: frozenset[str]


def read_dictionaries(engine: Engine, attributes: Sequence[str]) -> Dictionaries:
    """The dictionaries of a cache database."""

    def read(name: str) -> dict[str, int]:
        table = engine.rows("dictionary", f"select value, no from dict_{identifier(name)} order by no")
        return {str(value): int(no) for value, no in table}

    least, most = engine.rows("quantities", "select min(c.quantity), max(c.quantity) from compact_event c")[0]
    present = engine.rows("present", "select distinct c.category from compact_event c")
    kept = engine.rows(
        "wide", "select column_name from (describe wide_tally) where column_name like 'a\\_%' escape '\\'"
    )
    return Dictionaries(
        wide=frozenset(name for (name,) in kept),
        present=frozenset(number for (number,) in present),
        singles=least is None or least == most == 1,
        category=read("category"),
        source=read("source"),
        attributes={name: read(f"t_{name}") for name in attributes},
    )
