"""What the force did on purpose: operations in three phases; one works and pushes crime next door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from harmscape.demo.areas import borders
from harmscape.demo.changes import Change
from harmscape.demo.deliveries import month_end
from harmscape.demo.land import Land
from harmscape.demo.offences import OFFENCES

EFFECT, DISPLACEMENT = 0.7, 1.06
"""Ratios planted: in the treated areas, and in the ring of small areas around them."""
AIMED_AT = tuple(
    offence.code for offence in OFFENCES if offence.group in ("Violence against the person", "Drug offences")
)
PHASES = ("Clear", "Hold", "Build")

OPERATION_COLUMNS = (
    "Operation id", "Operation", "Phase", "Starts", "Ends", "Area level", "Areas", "Partners", "Aim",
    "Outcome measure",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `codes`: beats or sectors; `months_ago`: when Clear began, in months before the end;
    `phase_months`: how long Clear and Hold last, Build goes on; `works`: whether it has any effect."""

    id: str
    name: str
    level: str
    codes: tuple[str, ...]
    months_ago: int
    phase_months: tuple[int, int]
    partners: str
    aim: str
    measure: str
    works: bool = False

    def starts(self, ends: date) -> tuple[date, date, date]:
        """The first days of Clear, Hold and Build, in a force told of until `ends`.

        >>> [str(day) for day in OPERATIONS[0].starts(date(2026, 10, 31))]
        ['2025-09-01', '2025-12-01', '2026-06-01']
        """
        clear, hold = self.phase_months
        ago = (self.months_ago, self.months_ago - clear, self.months_ago - clear - hold)
        first, second, third = (month_end(ends, -months) + timedelta(days=1) for months in ago)
        return first, second, third


OPERATIONS = (
    Operation("OP-01", "Operation Lantern Tide", "beat", ("B077", "B078", "B079"), 14, (3, 6),
              "Northshire Police;Carrow Council;Harbour Housing;Northshire Fire",
              "Fewer assaults and an end to street dealing",
              "violence and drug offences", works=True),
    Operation("OP-02", "Operation Grey Heron", "sector", ("S40",), 12, (2, 5),
              "Northshire Police;Thrale Council", "Fewer burglaries and thefts from cars",
              "burglary and vehicle crime"),
    Operation("OP-03", "Operation Kittiwake", "sector", ("S24",), 5, (2, 2),
              "Northshire Police;Saltmere Council;Northshire Probation", "Fewer assaults at night",
              "violence"),
)  # fmt: skip


def treated(land: Land, operation: Operation) -> tuple[int, ...]:
    """The numbers of the small areas an operation works in."""
    level = land.levels[{"beat": "beats", "sector": "sectors"}[operation.level]]
    chosen = np.isin(level.members, [level.code.index(code) for code in operation.codes])
    return tuple(np.flatnonzero(chosen).tolist())


def ring(land: Land, areas: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers of the small areas that share a border with some others and are not among them."""
    small = land.levels["small_areas"]
    left, right, _ = borders(small.shapes)
    inside = np.isin(np.arange(len(small.code)), small.members[list(areas)])
    beside = np.setdiff1d(right[inside[left]], np.flatnonzero(inside))
    return tuple(np.flatnonzero(np.isin(small.members, beside)).tolist())


def effects(land: Land, ends: date) -> list[Change]:
    """What operations truly change: less where the one that works is treating, a little more next door."""
    made = []
    for operation in OPERATIONS:
        if operation.works:
            areas, starts = treated(land, operation), operation.starts(ends)[0]
            made.append(Change(areas, AIMED_AT, starts, EFFECT))
            made.append(Change(ring(land, areas), AIMED_AT, starts, DISPLACEMENT))
    return made


def operation_lines(ends: date) -> list[str]:
    """The lines of operations.csv, a line a phase; a phase that goes on has no end."""
    lines = [",".join(OPERATION_COLUMNS)]
    for told in OPERATIONS:
        starts = told.starts(ends)
        until = [(day - timedelta(days=1)).isoformat() for day in starts[1:]]
        for phase, first, last in zip(PHASES, starts, [*until, ""], strict=True):
            place = (told.level, ";".join(told.codes))
            words = (told.partners, told.aim, told.measure)
            lines.append(",".join((told.id, told.name, phase, first.isoformat(), last, *place, *words)))
    return lines


def operations_truth(land: Land, ends: date, *, null: bool) -> list[dict[str, Any]]:
    """What each operation truly did, by small area, for truth.json; in the twin none did anything."""
    code = land.levels["small_areas"].code
    member = land.levels["small_areas"].members
    told = []
    for operation in OPERATIONS:
        areas, works = treated(land, operation), operation.works and not null
        told.append({
            "id": operation.id,
            "name": operation.name,
            "areas": sorted(code[member[area]] for area in areas),
            "ring": sorted(code[member[area]] for area in ring(land, areas)),
            "from": operation.starts(ends)[0].isoformat(),
            "codes": list(AIMED_AT),
            "ratio": EFFECT if works else 1.0,
            "displacement_ratio": DISPLACEMENT if works else 1.0,
        })  # fmt: skip
    return told
