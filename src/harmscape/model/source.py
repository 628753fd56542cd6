"""Sources: where files come from, what their columns mean, and what a delivery of them tells us."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title

REFERENCE = "{reference}"
"""Where a record's reference stands in the address of a record."""

# A host first, so that no reference can choose the site that is opened.
_ADDRESS = re.compile(r"^https?://[a-z0-9.:-]+/[^\s\"'<>\\^`]*$", re.IGNORECASE)


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


class Link(Declared):
    """An entity that a row names: its kind, the column with its key, and its role in the row's event.

    An empty cell names none. `title` is the column with the name to show beside the key.
    """

    kind: str
    column: str
    role: str | None = None
    role_column: str | None = None
    title: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Link:
        if (self.role is None) == (self.role_column is None):
            raise ValueError("a link has one role for all rows, or a role_column: name one of them")
        return self


class About(Declared):
    """The row tells of another source's event, found by its key: the row's links join that event."""

    source: str
    column: str


class Register(Declared):
    """The columns of a register that say from when to when an entry holds; without them its snapshots say.

    `away`: while an entry holds, its person is not free to do what is counted, as in prison.
    """

    starts: str | None = Field(default=None, alias="from")
    ends: str | None = Field(default=None, alias="to")
    away: bool = False


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

    `delivery`: `full` restates what it `covers` (rows gone were withdrawn), `delta` adds and changes,
    `register` tells of a whole register as it stands on the delivery's day, one event an entry.
    `key` names the columns that tell one record from another; rows for which `without_key` allows it may
    have none, and compare as multisets of content, as do all rows of a source without a key.
    `also_named` holds other names under which a column came in some delivery.
    `as_of` is a regular expression with one group that finds the delivery's date in a file's name.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    files: Names = ()
    query: Query | None = None
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    delivery: Literal["full", "delta", "register"] = "delta"
    covers: tuple[CoverColumn, ...] = ()
    as_of: str | None = None
    key: Names = ()
    without_key: dict[str, Names] = Field(default_factory=dict)
    reference: str | None = None
    record_url: str | None = Field(default=None, max_length=500)
    required: Names = ()
    may_lack: Names = ()
    also_named: dict[str, Names] = Field(default_factory=dict)
    occurred: Occurred | None = None
    category: CategoryColumn
    point: Point | None = None
    label: AreaLabel | None = None
    quantity: str | None = None
    incident: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    links: tuple[Link, ...] = ()
    about: About | None = None
    register_: Register | None = Field(default=None, alias="register")
    policy: Policy

    @model_validator(mode="after")
    def _sound(self) -> Source:
        if self.delivery == "register" and not (self.key and self.links):
            raise ValueError(f"source {self.id!r} is a register, so it must have a key and link an entity")
        if self.delivery == "register" and (self.covers or self.occurred):
            raise ValueError(f"source {self.id!r} is a register: its rows speak of its own day")
        if self.delivery != "register" and self.occurred is None:
            raise ValueError(f"source {self.id!r} must say when its events occurred")
        if self.register_ is not None and self.delivery != "register":
            raise ValueError(f"source {self.id!r} has `register`, so its delivery must be register")
        if self.about is not None and not self.links:
            raise ValueError(f"source {self.id!r} tells about events of another, so it must link an entity")
        if self.delivery == "full" and not self.covers:
            raise ValueError(f"source {self.id!r} restates in full, so it must say what a delivery covers")
        if self.record_url is not None:
            self._sound_record_url(self.record_url)
        if bool(self.files) == (self.query is not None):
            raise ValueError(f"source {self.id!r} reads either files or a query")
        return self

    def _sound_record_url(self, url: str) -> None:
        if self.reference is None:
            raise ValueError(f"source {self.id!r} has a record_url, so it must name its reference column")
        plain = url.replace(REFERENCE, "")
        if not _ADDRESS.match(url) or plain == url or "{" in plain or "}" in plain:
            raise ValueError(
                f"source {self.id!r}: record_url must be an https or http address with {REFERENCE} in it,"
                " such as https://records.example/{reference}, and no other braces"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping names, each once, in a stable order."""
        point = (self.point.x, self.point.y) if self.point else ()
        when = (self.occurred.column, self.occurred.to) if self.occurred else ()
        linked = [name for link in self.links for name in (link.column, link.role_column, link.title)]
        span = (self.register_.starts, self.register_.ends) if self.register_ else ()
        named = [
            *self.key,
            *(cover.column for cover in self.covers),
            *when,
            self.category.column,
            *point,
            self.label.column if self.label else None,
            self.quantity,
            self.incident,
            self.reference,
            *self.attributes.values(),
            *linked,
            self.about.column if self.about else None,
            *span,
            *self.required,
            *self.without_key,
        ]
        return tuple(dict.fromkeys(column for column in named if column is not None))

    @property
    def restates(self) -> bool:
        """Whether a delivery says all there is to say of what it covers, so that rows gone were withdrawn."""
        return self.delivery != "delta"
