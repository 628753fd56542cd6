"""The files of the demo force read row by row, as events of the plain twin, without the program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyproj
import shapely
import yaml

from tests import twin

GEOGRAPHIES = {
    "sector": ("sectors", "SECTOR_CODE"),
    "beat": ("beats", "BEAT_CODE"),
    "force": ("force", "FORCE_CODE"),
}
"""A geography's file of boundaries, and the column of its code."""

MEMBER_KINDS = {"OCG member": "ocg_member", "PCG member": "pcg_member", "UCG member": "ucg_member"}
LAG = timedelta(days=180)
"""How long after somebody left a group a crime of theirs still counts as the group's."""


@dataclass(frozen=True)
class Entry:
    """One line of a register in the snapshot of a day."""

    snapshot: date
    person: str
    group: str | None
    kind: str
    starts: date
    ends: date | None
    whereabouts: str
    point: tuple[int, int] | None

    def stands_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def crimes(data: Path) -> dict[str, twin.Event]:
    """The crimes that stand after the last delivery, by number: a file tells anew of all its months."""
    standing: dict[str, dict[str, str]] = {}
    for path in sorted((data / "crimes").glob("*.csv")):
        told: dict[str, dict[str, str]] = {}
        for row in rows(path):
            row["Committed from"] = row.get("Committed from") or row["Occurred from"]
            told.setdefault(row["Crime number"], row)  # of a row that stands twice the first counts
        months = {row["Committed from"][:7] for row in told.values()}
        standing = {key: row for key, row in standing.items() if row["Committed from"][:7] not in months}
        standing |= told
    areas = placed(data, {_point(row) for row in standing.values()})
    return {
        key: twin.Event(
            date.fromisoformat(row["Committed from"][:10]),
            row["Offence code"].upper(),
            areas[_point(row)],
            attributes={"status": row["Status"]},
            key=key,
        )
        for key, row in standing.items()
    }


def suspects(data: Path) -> dict[str, set[str]]:
    """For each crime the nominals who are suspect or charged, as the last delivery of each link has it."""
    last = {row["Link id"]: row for path in sorted((data / "links").glob("*.csv")) for row in rows(path)}
    found: dict[str, set[str]] = {}
    for row in last.values():
        if row["Role"].casefold() in ("suspect", "charged"):
            found.setdefault(row["Crime number"], set()).add(row["Nominal"])
    return found


def entries(data: Path) -> list[Entry]:
    """Every line of both registers in every snapshot."""
    found = []
    for path in sorted((data / "registers").glob("*.csv")):
        day = date.fromisoformat(path.name[:10])
        for row in rows(path):
            member = "Group id" in row
            starts, ends = (row["Joined"], row["Left"]) if member else (row["Since"], row["Until"])
            found.append(
                Entry(
                    day,
                    row["Nominal"],
                    row["Group id"] if member else None,
                    MEMBER_KINDS[row["Kind"]] if member else "priority_individual",
                    date.fromisoformat(starts),
                    date.fromisoformat(ends) if ends else None,
                    row["Whereabouts"],
                    _point(row),
                )
            )
    return found


def stays(held: Iterable[Entry]) -> dict[tuple[str, str, str, date], date | None]:
    """When each membership ended, by kind, person, group and first day: on the day its last line tells, or
    else on the first snapshot that has no line of it; None while it lasts."""
    last: dict[tuple[str, str, str, date], Entry] = {}
    snapshots = set()
    for each in held:
        if each.group is None:
            continue
        snapshots.add(each.snapshot)
        key = (each.kind, each.person, each.group, each.starts)
        if key not in last or each.snapshot > last[key].snapshot:
            last[key] = each
    return {
        key: each.ends or min((day for day in snapshots if day > each.snapshot), default=None)
        for key, each in last.items()
    }


def groups_of(
    number: str,
    crime: twin.Event,
    suspected: Mapping[str, set[str]],
    held: Mapping[tuple[str, str, str, date], date | None],
) -> set[str]:
    """The groups a crime counts for: a suspect was a member on its day, or left less than the lag before."""
    named = suspected.get(number, set())
    return {
        group
        for (_, person, group, starts), ends in held.items()
        if person in named and starts <= crime.day and (ends is None or crime.day < ends + LAG)
    }


def placed(
    data: Path, points: Iterable[tuple[int, int] | None]
) -> dict[tuple[int, int] | None, dict[str, str]]:
    """For each point its area in every geography, by asking every polygon near it; none for no point."""
    known = sorted({point for point in points if point is not None})
    # Boundaries are written in degrees, points in metres of the national grid.
    to_degrees = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)
    spots = shapely.points(*to_degrees.transform([x for x, _ in known], [y for _, y in known]))
    found: dict[tuple[int, int] | None, dict[str, str]] = {point: {} for point in [*known, None]}
    for geography, (file, code) in GEOGRAPHIES.items():
        features = json.loads((data / "geographies" / f"{file}.geojson").read_text(encoding="utf-8"))[
            "features"
        ]
        polygons = [shapely.geometry.shape(each["geometry"]) for each in features]
        codes = [each["properties"][code] for each in features]
        hits = shapely.STRtree(polygons).query(spots, predicate="intersects")
        for at, area in zip(*hits.tolist(), strict=True):
            held = found[known[at]]
            held[geography] = min(codes[area], held.get(geography, codes[area]))
    return found


def scheme_and_tree(workspace: Path, scheme: str) -> tuple[list[dict[str, object]], dict[str, str | None]]:
    """The weights of a scheme and the parents of all categories, from the YAML of a workspace."""
    weights = yaml.safe_load((workspace / "schemes" / f"{scheme}.yml").read_text(encoding="utf-8"))
    parents: dict[str, str | None] = {}
    for path in sorted((workspace / "categories").glob("*.yml")):
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))["categories"]["categories"]:
            parents[str(each["id"])] = str(each["parent"]) if "parent" in each else None
    return weights["scheme"]["weights"], parents


def points_by_category(workspace: Path, scheme: str, categories: Iterable[str]) -> dict[str, Decimal]:
    """What one event of each category is worth."""
    weights, parents = scheme_and_tree(workspace, scheme)
    some_day = date(2026, 1, 1)
    worth = {}
    for category in categories:
        points = twin.points_of(weights, parents, twin.Event(some_day, category))
        assert points is not None, category
        worth[category] = points
    return worth


def _point(row: Mapping[str, str]) -> tuple[int, int] | None:
    return (int(row["Easting"]), int(row["Northing"])) if row["Easting"] else None
