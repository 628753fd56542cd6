"""Small sources for tests of ingest: data.police.uk street rows, and events with a time and a point."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from harmscape.ingest.read import ReadResult, read_table
from harmscape.ingest.recognise import tables_in
from harmscape.model.category import Category, CategoryList
from harmscape.model.source import (
    AreaLabel,
    CategoryColumn,
    CoverColumn,
    Occurred,
    Point,
    Policy,
    Source,
)

AS_OF = date(2024, 6, 30)
ZONE = "Europe/London"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
CRIME_TYPES = (
    "Violence and sexual offences",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Robbery",
    "Shoplifting",
    "Vehicle crime",
    "Public order",
    "Other theft",
    "Possession of weapons",
    "Theft from the person",
    "Bicycle theft",
    "Other crime",
    "Anti-social behaviour",
    "Violent crime",
    "Public disorder and weapons",
)


def listed(*titles: str, closed: bool = True) -> CategoryList:
    """A category list with these titles."""
    categories = tuple(
        Category(id=title.casefold().replace(" ", "_").replace("-", "_"), title=title) for title in titles
    )
    return CategoryList(id="kinds", title="Kinds", source="made up", closed=closed, categories=categories)


STREET_TYPES = listed(*CRIME_TYPES)


def street(**changes: Any) -> Source:
    """Street rows as data.police.uk publishes them."""
    declared: dict[str, Any] = {
        "id": "street",
        "title": "Street",
        "files": ("**/*-street.csv",),
        "delivery": "full",
        "covers": (CoverColumn(column="Reported by"), CoverColumn(column="Month", part="month")),
        "key": ("Crime ID",),
        "without_key": {"Crime type": ("Anti-social behaviour",)},
        "reference": "Crime ID",
        "required": ("Reported by",),
        "occurred": Occurred(column="Month", grain="month", earliest=date(2010, 12, 1)),
        "category": CategoryColumn(list="kinds", column="Crime type"),
        "point": Point(x="Longitude", y="Latitude", crs="EPSG:4326", precision="snapped"),
        "label": AreaLabel(geography="lsoa", column="LSOA code"),
        "attributes": {"location": "Location", "outcome": "Last outcome category"},
        "policy": Policy(agency="police"),
    }
    return Source(**{**declared, **changes})


def events(
    x: str = "easting",
    y: str = "northing",
    crs: Literal["EPSG:4326", "EPSG:27700"] = "EPSG:27700",
    **changes: Any,
) -> Source:
    """Events with an id, a time, a kind and a point."""
    declared: dict[str, Any] = {
        "id": "events",
        "title": "Events",
        "files": ("*events*.csv",),
        "key": ("event_id",),
        "reference": "event_id",
        "occurred": Occurred(column="occurred_at"),
        "category": CategoryColumn(list="kinds", column="kind"),
        "point": Point(x=x, y=y, crs=crs),
        "attributes": {"source": "source"},
        "policy": Policy(agency="partners"),
    }
    return Source(**{**declared, **changes})


EVENT_KINDS = listed(
    "cannabis farm", "firearms discharge", "drug-related death", "firearms intelligence", "drugs supply"
)


def read(
    path: Path, source: Source, categories: CategoryList, out: Path, **options: Any
) -> tuple[ReadResult, list[dict[str, Any]], list[dict[str, Any]]]:
    """Read the one table of a file: the result, its events, its rejects."""
    (table,) = tables_in(path)
    result = read_table(
        table, source, categories, **{"as_of": AS_OF, "timezone": ZONE, "out": out, **options}
    )
    return result, rows_of(result.events), rows_of(result.rejects)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of an Arrow file."""
    with pa.memory_map(str(path)) as file:
        rows: list[dict[str, Any]] = pa.ipc.open_file(file).read_all().to_pylist()
    return rows


def written(path: Path, *lines: str) -> Path:
    """A text file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path
