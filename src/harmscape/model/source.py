"""Sources: where files come from, what their columns mean, and what a delivery of them tells us."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title


class Occurred(Declared):
    """The columns that say when. `month` is YYYY-MM; `instant` is YYYY-MM-DD with an optional time, in the
    workspace's time zone unless it states an offset; `format` names another shape (as in strptime)."""

    column: str
    to: str | None = None
    grain: Literal["instant", "day", "month"] = "instant"
    format: str | None = None
    earliest: date = date(1990, 1, 1)


class Point(Declared):
    """The columns that say where. `snapped` points were moved to a map point by their publisher."""

    x: str
    y: str
    crs: Literal["EPSG:4326", "EPSG:27700"]
    precision: Literal["exact", "street", "postcode", "snapped"] = "exact"

    @property
    def epsg(self) -> int:
        return int(self.crs.removeprefix("EPSG:"))


class AreaLabel(Declared):
    """A column that names the area of a geography by its code."""

    geography: str
    column: str


class CategoryColumn(Declared):
    """The column that says what, or one category for all rows."""

    list: str
    column: str | None = None
    value: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> CategoryColumn:
        if (self.column is None) == (self.value is None):
            raise ValueError(
                "a category is read from a column, or is one value for all rows: name one of them"
            )
        return self


class CoverColumn(Declared):
    """A part of what a delivery covers: the whole text of a column, or only its month or year."""

    column: str
    part: Literal["whole", "month", "year"] = "whole"


class Policy(Declared):
    """How far rows may travel: the agency that owns them, whom they are shared with, how sensitive.

    Sensitivity: 0 open, 1 official, 2 official-sensitive, 3 restricted intelligence, 4 sealed.
    """

    agency: str
    share_with: Names = ()
    sensitivity: int = Field(default=1, ge=0, le=4)
    subject_class: Literal["none", "adult", "child", "victim"] = "none"
    handling: str | None = None


class Query(Declared):
    """A SQL source: a SQLAlchemy URL (or the environment variable that holds it) and a select."""

    url: str | None = None
    url_env: str | None = None
    select: str

    @model_validator(mode="after")
    def _sound(self) -> Query:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("a SQL source names its url, or url_env, the environment variable that holds it")
        return self


class Source(Declared):
    """One kind of export: how to recognise its files, read its columns, and compare its deliveries.

    `delivery`: `full` restates what it `covers` (rows gone were withdrawn), `delta` adds and changes.
    `key` names the columns that tell one record from another; rows for which `without_key` allows it may
    have none, and compare as multisets of content, as do all rows of a source without a key.
    `as_of` is a regular expression with one group that finds the delivery's date in a file's name.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    files: Names = ()
    query: Query | None = None
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    delivery: Literal["full", "delta"] = "delta"
    covers: tuple[CoverColumn, ...] = ()
    as_of: str | None = None
    key: Names = ()
    without_key: dict[str, Names] = Field(default_factory=dict)
    reference: str | None = None
    required: Names = ()
    may_lack: Names = ()
    occurred: Occurred
    category: CategoryColumn
    point: Point | None = None
    label: AreaLabel | None = None
    quantity: str | None = None
    incident: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    policy: Policy

    @model_validator(mode="after")
    def _sound(self) -> Source:
        if self.delivery == "full" and not self.covers:
            raise ValueError(f"source {self.id!r} restates in full, so it must say what a delivery covers")
        if bool(self.files) == (self.query is not None):
            raise ValueError(f"source {self.id!r} reads either files or a query")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping names, each once, in a stable order."""
        point = (self.point.x, self.point.y) if self.point else ()
        named = [
            *self.key,
            *(cover.column for cover in self.covers),
            self.occurred.column,
            self.occurred.to,
            self.category.column,
            *point,
            self.label.column if self.label else None,
            self.quantity,
            self.incident,
            self.reference,
            *self.attributes.values(),
            *self.required,
            *self.without_key,
        ]
        return tuple(dict.fromkeys(column for column in named if column is not None))
