"""Schemes: dated weights with a named source, in one or more dimensions of harm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title, digest_of
from harmscape.model.errors import Fault, MisplacedError, nearest

Status = Literal["published", "transcribed", "derived", "local"]
"""How a weight came to be: printed by its owner, copied from a print, worked out from figures, or ours."""

Points = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]


Swing = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=4)]


class Weight(Declared):
    """Points for one event of a category, in one dimension, in force over `[from, to)`.

    `when` restricts it to events whose declared attributes have these values; a weight with more
    conditions goes before one with fewer. A `local` weight needs a reason, and warns until signed for.
    """

    category: str
    points: Points
    dimension: str = "harm"
    when: dict[str, str] = Field(default_factory=dict)
    starts: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="to")
    status: Status | None = None
    source: str | None = None
    reason: str | None = None
    signed_by: str | None = None
    line: int = Field(default=0, exclude=True)
    file: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _sound(self) -> Weight:
        if self.starts and self.ends and self.starts >= self.ends:
            raise ValueError(f"the weight of {self.category!r} must start before it ends")
        return self

    def overlaps(self, other: Weight) -> bool:
        """Whether both are in force on some day."""
        return (self.ends is None or other.starts is None or other.starts < self.ends) and (
            other.ends is None or self.starts is None or self.starts < other.ends
        )


class Scheme(Declared):
    """A named, versioned set of weights over one list of categories.

    `swing`: what a point in each dimension is worth in the sum over dimensions; 1 where it is not said.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    source: str
    status: Status
    unit: str = "points"
    version: str = "1"
    categories: Names = Field(min_length=1)
    dimensions: Names = ("harm",)
    swing: dict[str, Swing] = Field(default_factory=dict)
    reason: str | None = None
    fallback: bool = True
    weights: tuple[Weight, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Scheme:
        faults = [*self._dimension_faults(), *self._overlap_faults()]
        if faults:
            raise MisplacedError(*faults)
        return self

    def _dimension_faults(self) -> Iterator[Fault]:
        for at, weight in enumerate(self.weights):
            if weight.dimension not in self.dimensions:
                hint = nearest(weight.dimension, self.dimensions)
                yield (("weights", at, "dimension"), f"no dimension {weight.dimension!r}{hint}")

        for name in self.swing:
            if name not in self.dimensions:
                yield (("swing", name), f"no dimension {name!r}{nearest(name, self.dimensions)}")

    def _overlap_faults(self) -> Iterator[Fault]:
        held: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Weight]] = defaultdict(list)
        for at, weight in enumerate(self.weights):
            same = held[weight.category, weight.dimension, tuple(sorted(weight.when.items()))]
            for other in same:
                if weight.overlaps(other):
                    place = f" and stands in {other.file}:{other.line}" if other.file else ""
                    yield (
                        ("weights", at),
                        f"another weight of {weight.category!r} in {weight.dimension!r}"
                        f" is in force on the same day{place}",
                    )
                    break
            same.append(weight)

    @property
    def digest(self) -> str:
        return digest_of(self)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that some weight's conditions name, in order."""
        return tuple(sorted({name for weight in self.weights for name in weight.when}))

    def status_of(self, weight: Weight) -> Status:
        return weight.status or self.status

    def unsigned(self) -> list[Weight]:
        """The local weights that nobody has signed for."""
        return [
            weight for weight in self.weights if self.status_of(weight) == "local" and not weight.signed_by
        ]
