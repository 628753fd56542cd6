"""What is there for those who need it? Services and other places people go to, by their registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np

from harmscape.engine import Engine, quoted
from harmscape.places.crs import WGS84, transform
from harmscape.scoring.ties import known_sql
from harmscape.views.context import Context
from harmscape.views.entity_names import entity_names
from harmscape.views.marks import guarded_sources
from harmscape.views.question import Question, ask
from harmscape.views.result import Result


@dataclass(frozen=True, slots=True)
class Service:
    """One place of a register. kind: its category; area: the id of the ranked area it lies in."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    area: str | None


@dataclass(frozen=True, slots=True)
class KindOf:
    """A kind of place: how many stand in the register, and how many of them have no point to show."""

    id: str
    title: str
    count: int
    pointless: int


@dataclass(frozen=True, kw_only=True)
class Services(Result):
    """The places with a point, by name; `as_of`: the day of the register, none where there is none."""

    ROWS: ClassVar[str] = "services"

    services: tuple[Service, ...]
    kinds: tuple[KindOf, ...]
    as_of: date | None
    by: Mapping[str, str]
    selection: Mapping[str, str]


def services(cursor: Engine, context: Context, words: Mapping[str, object]) -> Services:
    """The places of kinds declared `on_map`, by the last register before the window ends, or by the first.

    Only rows that the reader may open, and none of a source that tells of children or victims. They follow
    the window and what was known, not the other conditions: a service stands whatever is counted around it.
    """
    question = ask(cursor, context, words)
    kinds = [kind.id for kind in context.domain.entities if kind.on_map]
    rows = _entries(question, kinds) if kinds else []
    names: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in kinds:
        numbers = [row["no"] for row in rows if row["entity"] == kind]
        names |= {(kind, no): told for no, told in entity_names(cursor, kind, numbers).items()}
    titles = {number: name for name, number in context.lookup.dictionaries.category.items()}
    placed, kinds_of, without = list[Service](), Counter[str](), Counter[str]()
    for row in rows:
        kind = titles.get(row["category"], "")
        code, name = names.get((row["entity"], row["no"]), ("", ""))
        kinds_of[kind] += 1
        if row["lon"] is None or not code:
            without[kind] += 1
            continue
        area = question.book.codes[row["area_no"] - 1] if row["area_no"] else None
        placed.append(Service(code, name, kind, row["lon"], row["lat"], area))
    known = context.domain.categories
    return Services(
        services=tuple(sorted(placed, key=lambda each: (each.name, each.id))),
        kinds=tuple(
            KindOf(kind, known[kind].title if kind in known else "Of no known kind", count, without[kind])
            for kind, count in sorted(kinds_of.items())
        ),
        as_of=max((row["day"] for row in rows), default=None),
        warnings=tuple(question.notes()),
        by={"id": question.selection.by, "title": question.book.geography.title},
        selection=question.selection.words(),
    )


def _entries(question: Question, kinds: list[str]) -> list[dict[str, Any]]:
    """One row an entry: entity, no, category, day, lon, lat, area_no (0 or none: in no area)."""
    known = known_sql("r", question.selection.as_known_at)
    ends = question.selection.period.ends
    bound: dict[str, object] = {
        "ends": ends,
        "geography": question.book.geography.id,
        "edition": question.book.edition,
    }
    if question.selection.as_known_at:
        bound["known_at"] = question.selection.as_known_at
    table = question.cursor.arrow(
        "services",
        f"""
        select r.member_kind as entity, r.member_no as no, r.category, r.day, e.x, e.y,
               e.epsg::bigint as epsg, p.area_no::bigint as area_no
        from counted_register r
        join seen_event e on e.event_id = r.event_id
        left join event_place p
            on p.event_id = r.event_id and p.geography = $geography and p.edition = $edition
        where r.group_kind is null and r.member_kind in ({", ".join(map(quoted, kinds))}) and {known}
            and not {guarded_sources(question, "r")}
            and (r.starts is null or r.starts < $ends) and (r.ends is null or r.ends >= $ends)
            and (r.source, r.day) in (
                select r.source, coalesce(max(r.day) filter (r.day < $ends), min(r.day))
                from counted_register r where {known} group by r.source)
        order by all
        """,
        bound,
    )
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        row["lon"] = row["lat"] = None
        if row["x"] is not None and row["y"] is not None:
            at = np.array([row["x"]], dtype=float), np.array([row["y"]], dtype=float)
            lon, lat = transform(*at, source=int(row["epsg"]), target=WGS84)
            if np.isfinite(lon[0]) and np.isfinite(lat[0]):
                row["lon"], row["lat"] = round(float(lon[0]), 6), round(float(lat[0]), 6)
    return rows
