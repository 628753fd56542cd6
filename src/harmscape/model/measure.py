"""Measures: named selections of events with the scheme that weighs them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title


class Measure(Declared):
    """Which events count, and what weighs them.

    `categories` name categories or whole branches (a parent stands for all below it) and `lists` whole
    lists; `where` restricts by declared attributes and `without` leaves events out by them, such as cancelled
    crimes; empty lists mean no restriction.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    kind: Literal["flow"] = "flow"
    categories: Names = ()
    lists: Names = ()
    sources: Names = ()
    where: dict[str, Names] = Field(default_factory=dict)
    without: dict[str, Names] = Field(default_factory=dict)
    scheme: str
    theme: str | None = None
    reason: str

    @model_validator(mode="after")
    def _sound(self) -> Measure:
        if not (self.categories or self.lists):
            raise ValueError(f"measure {self.id!r} must name its categories or lists")
        return self
