"""Measures: named selections of events with the scheme that weighs them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title

Sharing = Literal["full", "split", "role_weighted"]
"""What an event linked to several subjects is worth to each: all of it, an equal share, or one by role."""

Share = Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=4)]


class Linked(Declared):
    """Which links an event must have to count: to an entity of a kind, in one of some roles.

    `through`: categories of registers, one of which the entity stands under on the event's day, or stood at
    most `lag_days` before it. Empty lists mean no restriction.
    """

    kind: str
    roles: Names = ()
    through: Names = ()
    lag_days: int = Field(default=0, ge=0, le=36_500)


class Measure(Declared):
    """Which events count, and what weighs them.

    `categories` name categories or whole branches (a parent stands for all below it) and `lists` whole
    lists; `where` restricts by declared attributes and `without` leaves events out by them, such as cancelled
    records; empty lists mean no restriction.
    `kind`: `flow` sums events over the window; `stock` counts distinct entities of `counts` in the last
    snapshot of a register; `together` gives one event of category `as` for each entity of `counts` with
    `at_least` so many of the categories; `sum` adds `measures` under one scheme.
    `beside`: the measure whose standing the profile of such an entity shows too.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    kind: Literal["flow", "stock", "together", "sum"] = "flow"
    categories: Names = ()
    lists: Names = ()
    sources: Names = ()
    where: dict[str, Names] = Field(default_factory=dict)
    without: dict[str, Names] = Field(default_factory=dict)
    linked: Linked | None = None
    counts: str | None = None
    at_least: int | None = Field(default=None, ge=2)
    stands_as: str | None = Field(default=None, alias="as")
    beside: str | None = None
    measures: Names = ()
    shared: Sharing = "full"
    role_shares: dict[str, Share] = Field(default_factory=dict)
    place: Title | None = None
    scheme: str
    theme: str | None = None
    detected_by: Title | None = None
    reason: str

    @model_validator(mode="after")
    def _sound(self) -> Measure:
        if self.kind == "sum":
            return self._sound_sum()
        if self.measures:
            raise ValueError(f"measure {self.id!r} names measures, so its kind must be sum")
        if not (self.categories or self.lists):
            raise ValueError(f"measure {self.id!r} must name its categories or lists")
        if (self.kind != "flow") != (self.counts is not None):
            raise ValueError(f"measure {self.id!r}: a stock or together says which kind of entity it counts")
        together = self.kind == "together"
        if together != (self.at_least is not None) or together != (self.stands_as is not None):
            raise ValueError(f"measure {self.id!r}: together, and only that, needs at_least and as")
        if self.beside is not None and not together:
            raise ValueError(f"measure {self.id!r}: only a together measure has another beside it")
        if self.linked is not None and self.kind != "flow":
            raise ValueError(f"measure {self.id!r}: only a flow can be restricted by linked")
        if (self.shared == "role_weighted") != bool(self.role_shares):
            raise ValueError(f"measure {self.id!r}: shared role_weighted, and only that, needs role_shares")
        return self

    def _sound_sum(self) -> Measure:
        if len(self.measures) < 2:
            raise ValueError(f"measure {self.id!r} is a sum, so it must name at least two measures")
        own = (self.categories, self.lists, self.sources, self.where, self.without, self.linked, self.counts)
        if any(own) or self.beside:
            raise ValueError(f"measure {self.id!r} is a sum: what it counts is said by its measures alone")
        return self
