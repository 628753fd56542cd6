"""Geographies: dated sets of boundaries, generated grids, and the figures that go with their areas."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Title

UNPLACED = "UNPLACED"
"""The area of events that no area of a geography holds."""

AREA_KM2 = "area_km2"
"""The figure every area has without a table: its size in square kilometres."""

FINEST_FOR_SNAPPED_M2 = 250_000
"""Half a kilometre squared, about an urban LSOA: nothing finer is claimed of snapped points."""

SMALLER_THAN_ANY_LSOA_M2 = 60_000
"""An edition whose median area is smaller holds no LSOAs: in 2011 those of the densest district of England,
Hammersmith and Fulham, had a median of about 91,000 square metres."""


class Denominator(Declared):
    """A figure for each area of an edition: residents, households, children."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    file: str
    code: str
    value: str
    year: int = Field(ge=1800, le=2200)
    source: str


class Edition(Declared):
    """One dated set of boundaries: a file, its fields, and the days it is in force."""

    id: str = Field(min_length=1, max_length=40)
    file: str
    code: str | None = None
    name: str | None = None
    parent_code: str | None = None
    crs: Literal["EPSG:4326", "EPSG:27700"] | None = None
    starts: date | None = Field(default=None, alias="from")
    source: str | None = None
    denominators: tuple[Denominator, ...] = ()


class Grid(Declared):
    """A generated geography: squares of `size_m` metres, or H3 cells of a `resolution`."""

    kind: Literal["square", "h3"]
    size_m: int | None = Field(default=None, ge=50, le=100_000)
    resolution: int | None = Field(default=None, ge=0, le=12)

    @model_validator(mode="after")
    def _sound(self) -> Grid:
        if (self.kind == "square") != (self.size_m is not None):
            raise ValueError("a square grid needs size_m, and only a square grid has it")
        if (self.kind == "h3") != (self.resolution is not None):
            raise ValueError("an h3 grid needs a resolution, and only an h3 grid has it")
        return self


class Geography(Declared):
    """A level of areas. `also` are other words for it on the command line, e.g. the code field's name."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    plural: Title | None = None
    parent: str | None = None
    also: tuple[str, ...] = ()
    finer_than_lsoa: bool = False
    editions: tuple[Edition, ...] = ()
    grid: Grid | None = None

    @model_validator(mode="after")
    def _sound(self) -> Geography:
        if bool(self.editions) == (self.grid is not None):
            raise ValueError(f"geography {self.id!r} needs either editions or a grid")
        ids = [edition.id for edition in self.editions]
        if len(set(ids)) < len(ids):
            raise ValueError(f"geography {self.id!r} names an edition twice")
        return self

    @property
    def many(self) -> str:
        """The word for several of its areas."""
        return self.plural or f"{self.title}s"
