"""A small invented force in memory: events of the twin as compact events behind a gate, without files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from harmscape.access import Audit, Gate, Held, Reader
from harmscape.engine import Duck, Engine
from harmscape.model.domain import Domain
from harmscape.model.role import OWNER
from harmscape.rollup import (
    CompactInput,
    LinkInput,
    Piece,
    build_compact,
    build_links,
    build_values,
    read_dictionaries,
)
from harmscape.scoring.pick import Pick
from harmscape.scoring.score import cluster_sql, score_sql
from harmscape.scoring.terms import Lookup
from harmscape.views.context import AreaBook, Context
from harmscape.views.question import Question, ask, parameters
from tests import twin

SECTORS, BEATS = ("S1", "S2", "S3"), ("B1", "B2")
TREE: Mapping[str, str | None] = {
    "violence": None,
    "wounding": "violence",
    "assault": "violence",
    "theft": None,
    "burglary": "theft",
    "weapon_found": None,
    "nuisance": None,
}
"""Every category with the one above it; weapons are found by police work, all else is reported."""

POLICIES = {"crimes": 1, "intelligence": 2, "nominals": 1, "members": 2}
"""The source of an event decides its policy: crimes are official (1), intelligence is restricted (3)."""

LOCAL = Reader("ann", OWNER)


def domain(
    weights: Sequence[Mapping[str, Any]],
    *,
    dimensions: Sequence[str] = ("harm",),
    fallback: bool = True,
    measure: Mapping[str, Any] | None = None,
) -> Domain:
    """The declarations: two sources, one tree of categories, sectors and beats, one scheme."""
    scheme = {
        "id": "severity",
        "title": "Severity",
        "source": "invented",
        "status": "local",
        "reason": "a test",
        "categories": ["offences"],
        "dimensions": list(dimensions),
        "fallback": fallback,
        "weights": list(weights),
    }
    return Domain.model_validate(
        {
            "settings": {
                "id": "small",
                "title": "Small",
                "data": [],
                "defaults": {"by": "sector", "measure": "crime"},
            },
            "sources": [_source("crimes", "police", 1), _source("intelligence", "hub", 3)],
            "category_lists": [
                {
                    "id": "offences",
                    "title": "Offences",
                    "source": "invented",
                    "categories": [
                        {
                            "id": name,
                            "title": name,
                            "parent": parent,
                            "detection": "proactive" if name == "weapon_found" else "reported",
                        }
                        for name, parent in TREE.items()
                    ],
                }
            ],
            "schemes": [scheme],
            "measures": [
                {
                    "id": "crime",
                    "title": "Crime",
                    "lists": ["offences"],
                    "scheme": "severity",
                    "reason": "all",
                    **(measure or {}),
                }
            ],
            "geographies": [
                {"id": name, "title": name.title(), "editions": [{"id": "1", "file": f"{name}.geojson"}]}
                for name in ("sector", "beat")
            ],
        }
    )


def _source(name: str, agency: str, sensitivity: int) -> dict[str, Any]:
    return {
        "id": name,
        "title": name.title(),
        "files": [f"{name}.csv"],
        "occurred": {"column": "day", "grain": "day"},
        "category": {"list": "offences", "column": "kind"},
        "attributes": {"status": "Status", "tool": "Tool"},
        "policy": {"agency": agency, "sensitivity": sensitivity},
    }


ATTRIBUTE_COLUMNS = frozenset({"attr_status", "attr_tool"})


@dataclass
class SmallForce:
    """A cache of compact events with a gate before it."""

    engine: Duck
    gate: Gate
    context: Context

    @contextmanager
    def question(self, reader: Reader = LOCAL, **words: object) -> Iterator[Question]:
        """A question asked on a reader's own cursor."""
        with self.gate.narrowed(reader) as cursor:
            yield ask(cursor, self.context, words)

    def scored(self, reader: Reader = LOCAL, *, tally: bool = True, **words: object) -> dict[str, twin.Score]:
        """The scores by area code, as the twin gives them; `tally` False reads every compact event."""
        with self.question(reader, **words) as question:
            return scores(question, question.pick(), tally=tally)


def scores(question: Question, picked: Pick, *, tally: bool = True) -> dict[str, twin.Score]:
    """Both steps of scoring, run and read back."""
    asked = picked if tally else replace(picked, tally=None)
    codes = (twin.UNPLACED, *question.context.book(question.selection.by).codes)
    found: dict[str, twin.Score] = {}
    cursor, column, named = question.cursor, question.area_column, question.attributes
    sql = f"""
        select s.area_no, s.events, s.harm, s.variance, s.largest
        from ({score_sql(asked, column, named)}) s order by all
    """
    for area, events, harm, variance, largest in cursor.rows("score", sql, parameters(asked)):
        own = found.setdefault(codes[area], twin.Score())
        own.events += events
        own.harm += harm or Decimal(0)
        own.variance += variance or 0.0
        own.largest = max(own.largest, largest or 0.0)
    clusters = cursor.rows("cluster", cluster_sql(asked, column, named), parameters(asked, tallied=False))
    for area, variance, _ in clusters:
        found[codes[area]].variance += variance or 0.0
    return found


def small_force(folder: Path, declared: Domain, events: Sequence[twin.Event]) -> SmallForce:
    """The events as a ledger's tables, rolled up; `folder` holds the audit trail alone."""
    engine = Duck(threads=1)
    _ledger(engine, events)
    build_compact(
        engine,
        CompactInput(
            event="event",
            pieces=[
                Piece(
                    f"(select * from event where event_id % 2 = {half})",
                    {"sector": "in_sector", "beat": "in_beat"},
                    ATTRIBUTE_COLUMNS,
                )
                for half in (0, 1)
            ],
            closing="closing",
            areas=["sector", "beat"],
            categories=list(declared.categories),
            sources=[source.id for source in declared.sources],
            attributes=declared.attributes,
            weighing=sorted({name for scheme in declared.schemes for name in scheme.attributes}),
            columns=ATTRIBUTE_COLUMNS,
        ),
    )
    build_links(
        engine,
        LinkInput(
            event="event",
            closing="closing",
            link="linked_to",
            about={source.id: source.about.source for source in declared.sources if source.about},
            registers=tuple(source.id for source in declared.sources if source.delivery == "register"),
        ),
    )
    build_values(engine, declared.attributes)
    books = {
        name: AreaBook(
            declared.geography(name), "1", codes, codes, (None,) * len(codes), {}, np.ones(len(codes))
        )
        for name, codes in (("sector", SECTORS), ("beat", BEATS))
    }
    lookup = Lookup(
        domain=declared,
        dictionaries=read_dictionaries(engine, declared.attributes),
        areas={name: book.numbers for name, book in books.items()},
        columns={"sector": "sector", "beat": "beat"},
        weighing=frozenset(name for scheme in declared.schemes for name in scheme.attributes),
    )
    held = Held(
        compact="compact_event",
        tally="tally",
        wide="wide_tally",
        event="event",
        row="source_row",
        clustered="clustered",
        extent="extent",
        linked="linked",
        link="link",
        register="register_row",
        astray="astray",
        value="value",
        entity="entity",
        place="place",
        file="delivered",
        area="areas",
        denominator="figures",
    )
    policies = {POLICIES[source.id]: source.policy for source in declared.sources}
    sources = {source.id: source.policy for source in declared.sources}
    gate = Gate(engine, held, policies, Audit(folder / "audit.sqlite"), sources=sources)
    return SmallForce(engine, gate, Context(declared, lookup, books, "000001-test", "test"))


def _ledger(engine: Engine, events: Sequence[twin.Event]) -> None:
    """The tables of a ledger that compact events and the gate read, with a row per event."""
    ids = range(1, len(events) + 1)

    def texts(values: Sequence[str | None]) -> pa.Array:
        return pa.array(values, pa.string())

    engine.register(
        "given",
        pa.table(
            {
                "event_id": pa.array(ids, pa.int64()),
                "source": texts([each.source for each in events]),
                "day": pa.array([each.day for each in events], pa.date32()),
                "hour": pa.array([None if each.whole_month else each.hour for each in events], pa.int8()),
                "grain": texts(["month" if each.whole_month else "instant" for each in events]),
                "category": texts([each.category for each in events]),
                "quantity": pa.array([each.quantity for each in events], pa.decimal128(18, 6)),
                "incident": texts([each.incident for each in events]),
                "policy_id": pa.array([POLICIES[each.source] for each in events], pa.int32()),
                "precision": texts(["exact"] * len(events)),
                "known_from": pa.array([each.known_from for each in events], pa.date32()),
                "reference_of": texts([each.key for each in events]),
                "about": texts([each.about for each in events]),
                "starts": pa.array([each.starts for each in events], pa.date32()),
                "ends": pa.array([each.ends for each in events], pa.date32()),
                "attr_status": texts([each.attributes.get("status") for each in events]),
                "attr_tool": texts([each.attributes.get("tool") for each in events]),
            }
        ),
    )
    engine.create(
        "event",
        """
        select g.*, g.policy_id as file_no, g.event_id as line, 'ref ' || g.event_id as reference,
               null::varchar as category_text, g.day::timestamp as occurred_from, g.reference_of as key
        from given g
        """,
        temporary=False,
    )
    engine.register(
        "given",
        pa.table(
            {
                "event_id": pa.array(ids, pa.int64()),
                "known_to": pa.array([each.known_to for each in events], pa.date32()),
            }
        ),
    )
    engine.create("closing", "select * from given where known_to is not null", temporary=False)
    for geography, codes in (("sector", SECTORS), ("beat", BEATS)):
        numbers = [codes.index(each.area[geography]) + 1 if geography in each.area else 0 for each in events]
        engine.register(
            "given",
            pa.table({"event_id": pa.array(ids, pa.int64()), "area_no": pa.array(numbers, pa.int32())}),
        )
        engine.create(f"in_{geography}", "select * from given", temporary=False)
    links = [
        (no, place, *link)
        for no, each in zip(ids, events, strict=True)
        for place, link in enumerate(each.links)
    ]
    engine.register(
        "given",
        pa.table(
            {
                "event_id": pa.array([each[0] for each in links], pa.int64()),
                "place": pa.array([each[1] for each in links], pa.int8()),
                "kind": texts([each[2] for each in links]),
                "key": texts([each[3] for each in links]),
                "role": texts([each[4] for each in links]),
                "title": texts([f"name of {each[3]}" for each in links]),
            }
        ),
    )
    engine.create("linked_to", "select * from given", temporary=False)
    engine.drop("given")
    engine.create(
        "source_row", "select e.event_id, 'row ' || e.event_id as raw from event e", temporary=False
    )
    nothing = "select null::integer as none where false"
    for name in ("place", "areas", "figures"):
        engine.create(name, nothing, temporary=False)
    engine.create(
        "delivered",
        """
        select distinct e.source, e.policy_id as file_no, e.source || '.csv' as shown,
               date '2030-01-01' as as_of, 1 as accepted, 'accept' as action
        from event e
        """,
        temporary=False,
    )


def an_event(
    day: date, category: str, sector: str | None = "S1", beat: str | None = "B1", **more: Any
) -> twin.Event:
    """An event of the twin, its quantity given as any number."""
    area = {name: code for name, code in (("sector", sector), ("beat", beat)) if code is not None}
    return twin.Event(day, category, area, **(more | {"quantity": Decimal(more.get("quantity", 1))}))
