"""The plain-Python oracle: the same figures worked out row by row, with Decimal and plain loops.

It shares no code with the program: slow and obvious, so that a difference is the program's fault.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import shapely
import yaml

UNPLACED = "UNPLACED"


@dataclass(frozen=True)
class Event:
    """One event: `area` by geography; an event known only by month falls on the month's first day.

    `links`: kind, key and role of each entity it names. `about`: the key of another source's event.
    """

    day: date
    category: str
    area: Mapping[str, str] = field(default_factory=dict)
    quantity: Decimal = Decimal(1)
    attributes: Mapping[str, str] = field(default_factory=dict)
    incident: str | None = None
    source: str = "crimes"
    whole_month: bool = False
    known_from: date = date(2000, 1, 1)
    known_to: date | None = None
    key: str | None = None
    links: tuple[tuple[str, str, str], ...] = ()
    about: str | None = None
    starts: date | None = None
    ends: date | None = None
    hour: int | None = 12


@dataclass
class Score:
    """What one area comes to. harm is exact; variance the sum over incidents of their squared points."""

    events: int = 0
    harm: Decimal = Decimal(0)
    variance: float = 0.0
    largest: float = 0.0


Weigh = Callable[[Event], Decimal | None]


def score(events: Iterable[Event], geography: str, weigh: Weigh) -> dict[str, Score]:
    """Every area that has an event; an event without a weight is counted and adds nothing."""
    found: dict[str, Score] = defaultdict(Score)
    incidents: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with localcontext(prec=60):
        for number, event in enumerate(events):
            area = event.area.get(geography, UNPLACED)
            own = found[area]
            own.events += 1
            points = weigh(event)
            if points is None:
                continue
            harm = event.quantity * points
            own.harm += harm
            own.largest = max(own.largest, float(harm))
            incidents[area, event.incident or f"alone {number}"] += harm
        for (area, _), harm in incidents.items():
            found[area].variance += float(harm) ** 2
    return dict(found)


def within(events: Iterable[Event], starts: date, ends: date) -> Iterator[Event]:
    """The events of a period; those known only by month count where the whole month lies in it."""
    for event in events:
        last = event.day
        if event.whole_month:
            following = date(event.day.year + event.day.month // 12, event.day.month % 12 + 1, 1)
            last = date.fromordinal(following.toordinal() - 1)
        if starts <= event.day and last < ends:
            yield event


def known_at(events: Iterable[Event], day: date) -> Iterator[Event]:
    """The versions that stood on a day."""
    for event in events:
        if event.known_from <= day and (event.known_to is None or day < event.known_to):
            yield event


def points_of(
    weights: Sequence[Mapping[str, Any]],
    parents: Mapping[str, str | None],
    event: Event,
    *,
    fallback: bool = True,
) -> Decimal | None:
    """The points of one event: the nearest category up the tree that has weights; of those in force whose
    conditions it meets, the one with most conditions in each dimension; dimensions add up."""
    category: str | None = event.category
    own: list[Mapping[str, Any]] = []
    while category is not None and not own:
        own = [each for each in weights if each["category"] == category]
        category = parents.get(category) if fallback else None
    best: dict[str, Mapping[str, Any]] = {}
    for each in own:
        starts, ends, when = each.get("from"), each.get("to"), each.get("when", {})
        if (starts is not None and event.day < starts) or (ends is not None and event.day >= ends):
            continue
        if any(event.attributes.get(name) != value for name, value in when.items()):
            continue
        dimension = each.get("dimension", "harm")
        if dimension not in best or len(when) > len(best[dimension].get("when", {})):
            best[dimension] = each
    if not best:
        return None
    return sum((Decimal(str(each["points"])) for each in best.values()), Decimal(0))


def flat_weights(scheme: Path) -> dict[str, Decimal]:
    """The weights of a scheme without dates or conditions, from its YAML file."""
    held = yaml.safe_load(scheme.read_text(encoding="utf-8"))["scheme"]["weights"]
    assert all(set(each) <= {"category", "points", "signed_by"} for each in held)
    return {each["category"]: Decimal(str(each["points"])) for each in held}


def read_rows(path: Path) -> list[dict[str, str | None]]:
    """The rows of a Parquet or CSV file, every cell as text, an empty cell as None."""
    if path.suffix == ".parquet":
        found: list[dict[str, str | None]] = pq.read_table(path).to_pylist()
        return found
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]


def street_events(
    rows: Iterable[Mapping[str, str | None]], places: Mapping[str, Mapping[tuple[float, float], str]]
) -> list[Event]:
    """data.police.uk street rows as events, with the area of their point in each geography."""
    events = []
    for row in rows:
        point = point_of(row)
        area = {geography: codes[point] for geography, codes in places.items()} if point else {}
        month = str(row["Month"])
        category = str(row["Crime type"]).lower().replace(" ", "_").replace("-", "_")
        day = date(int(month[:4]), int(month[5:7]), 1)
        events.append(Event(day, category, area, source="street", whole_month=True))
    return events


def point_of(row: Mapping[str, str | None]) -> tuple[float, float] | None:
    """Longitude and latitude of a row, None where it has none."""
    x, y = row["Longitude"], row["Latitude"]
    return (float(x), float(y)) if x is not None and y is not None else None


def place_all(
    points: Iterable[tuple[float, float]], boundaries: Path, code: str
) -> dict[tuple[float, float], str]:
    """The area of every point by brute force: of all areas that touch it, the one with the lowest code."""
    table = pq.read_table(boundaries, columns=[code, "geometry"])
    codes = table.column(code).to_pylist()
    polygons = shapely.make_valid(shapely.from_wkb(table.column("geometry").to_pylist()))
    wanted = sorted(set(points))
    found = dict.fromkeys(wanted, UNPLACED)
    hits = shapely.STRtree(polygons).query(shapely.points(wanted), predicate="intersects")
    for at, area in zip(*hits.tolist(), strict=True):
        point = wanted[at]
        if found[point] == UNPLACED or codes[area] < found[point]:
            found[point] = codes[area]
    return found
