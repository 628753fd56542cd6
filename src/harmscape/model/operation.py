"""Operations: named efforts in a place, with their phases, what is logged, and what they are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from harmscape.model.declared import Declared, Names, Title
from harmscape.model.drawn import Corner, parse_within
from harmscape.model.errors import SelectionError

PHASES = ("clear", "hold", "build")


class Phase(Declared):
    """One phase: its first day, and the first day on which it no longer runs; None: it still runs."""

    phase: Literal["clear", "hold", "build"]
    starts: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Phase:
        if self.ends is not None and self.ends <= self.starts:
            raise ValueError(f"the phase {self.phase!r} must end after it begins")
        return self


class Chosen(Declared):
    """A measure the operation is judged by: when it was chosen, and by whom.

    `at` is the instant of the stamp, where the register itself set it.
    """

    measure: str
    chosen: date
    by: Title
    at: datetime | None = Field(default=None, exclude=True)


class Act(Declared):
    """One dated act of the operation."""

    day: date
    kind: Title
    text: str | None = Field(default=None, max_length=2000)


class Operation(Declared):
    """A named effort: where, when, with whom, at what cost, and the measures chosen to judge it by.

    `areas` are codes of the geography `by`; `within` is a drawn area in their place. `randomised` says that
    chance decided where it was done: only then is anything said to be caused by it.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)
    title: Title
    by: str | None = None
    areas: Names = ()
    within: str | None = None
    phases: tuple[Phase, ...] = Field(min_length=1, max_length=30)
    partners: Names = ()
    aim: str | None = Field(default=None, max_length=2000)
    cost: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    measures: tuple[Chosen, ...] = ()
    log: tuple[Act, ...] = ()
    randomised: bool = False
    file: str | None = Field(default=None, exclude=True)
    line: int | None = Field(default=None, exclude=True)

    @field_validator("within")
    @classmethod
    def _drawn(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                parse_within(text)
            except SelectionError as fault:
                raise ValueError(str(fault)) from None
        return text

    @model_validator(mode="after")
    def _sound(self) -> Operation:
        if bool(self.areas) == (self.within is not None):
            raise ValueError(
                f"operation {self.id!r} names its areas, or has one drawn (within): one of the two"
            )
        if bool(self.areas) != (self.by is not None):
            raise ValueError(f"operation {self.id!r}: areas are codes of a geography, which `by` names")
        for one, following in pairwise(self.phases):
            if one.ends is None or following.starts < one.ends:
                raise ValueError(
                    f"the phase {one.phase!r} of operation {self.id!r} must end before the next begins"
                )
        names = [each.measure for each in self.measures]
        if len(set(names)) < len(names):
            raise ValueError(f"operation {self.id!r} names a measure twice")
        return self

    @property
    def starts(self) -> date:
        return self.phases[0].starts

    @property
    def ends(self) -> date | None:
        """The first day on which it no longer ran; None: it still runs."""
        return self.phases[-1].ends

    @property
    def corners(self) -> tuple[Corner, ...]:
        return parse_within(self.within) if self.within else ()


@dataclass(frozen=True, slots=True)
class Registered:
    """An operation as the register holds it: written by people (number) or declared (file:line).

    first_answer: when an impact of it was first told to anybody; None before that.
    """

    operation: Operation
    number: int | None
    declared: str | None
    made_at: datetime | None
    made_by: str | None
    first_answer: datetime | None = None

    def added_after(self, chosen: Chosen) -> str | None:
        """Why a measure counts as added after the fact; None where it was chosen before."""
        if self.first_answer is not None:
            seen = chosen.at > self.first_answer if chosen.at else chosen.chosen > self.first_answer.date()
            if seen:
                return "after results were first asked for"
        return "after the operation began" if chosen.chosen >= self.operation.starts else None


def told(registered: Registered, titles: Mapping[str, str]) -> dict[str, Any]:
    """The facts of an operation as plain data. titles: of the measures, by id.

    A measure says why it was added after the fact, or nothing where it was chosen before.
    """
    operation = registered.operation
    plain = operation.model_dump(mode="json", exclude={"phases", "measures"})
    return plain | {
        "cost": float(operation.cost) if operation.cost is not None else None,
        "starts": str(operation.starts),
        "ends": str(operation.ends) if operation.ends else None,
        "phases": [each.model_dump(mode="json") for each in operation.phases],
        "measures": [
            {
                "id": each.measure,
                "title": titles.get(each.measure, each.measure),
                "chosen": each.at.isoformat() if each.at else str(each.chosen),
                "by": each.by,
                "added_after": registered.added_after(each),
            }
            for each in operation.measures
        ],
    }
