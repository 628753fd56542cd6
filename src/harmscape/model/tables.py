"""The tables of the house: their columns and types, once. Only these identifiers reach SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

QUANTITY = "DECIMAL(18,6)"
TOTAL_QUANTITY = "DECIMAL(38,6)"
"""A sum of quantities: one row may hold all eighteen digits, so their sum needs more."""

HARM = "DECIMAL(38,10)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its grain in words, its columns in order."""

    name: str
    grain: str
    columns: Mapping[str, str]


FILE = Table(
    "file",
    "one row per table read from a file, or refused, in a load",
    {
        "file_no": "INTEGER",
        "load_no": "INTEGER",
        "source": "VARCHAR",
        "shown": "VARCHAR",
        "content_digest": "VARCHAR",
        "as_of": "DATE",
        "loaded_at": "TIMESTAMP",
        "action": "VARCHAR",
        "reason": "VARCHAR",
        "records": "BIGINT",
        "accepted": "BIGINT",
        "rejected": "BIGINT",
        "added": "BIGINT",
        "changed": "BIGINT",
        "withdrawn": "BIGINT",
        "unchanged": "BIGINT",
        "flags": "VARCHAR",
    },
)

COVER = Table(
    "cover",
    "one row per file and part of the world that it restates",
    {"file_no": "INTEGER", "source": "VARCHAR", "cover": "VARCHAR", "as_of": "DATE", "records": "BIGINT"},
)

SOURCE_ROW = Table(
    "source_row",
    "one row per event version: the record it was read from, word for word",
    {"event_id": "BIGINT", "raw": "VARCHAR"},
)

EVENT = Table(
    "event",
    "one row per version of an event; nothing is updated",
    {
        "event_id": "BIGINT",
        "source": "VARCHAR",
        "key": "VARCHAR",
        "content": "BLOB",
        "cover": "VARCHAR",
        "file_no": "INTEGER",
        "line": "BIGINT",
        "load_no": "INTEGER",
        "known_from": "DATE",
        "reference": "VARCHAR",
        "occurred_from": "TIMESTAMP",
        "occurred_to": "TIMESTAMP",
        "grain": "VARCHAR",
        "day": "DATE",
        "hour": "TINYINT",
        "category": "VARCHAR",
        "category_text": "VARCHAR",
        "x": "DOUBLE",
        "y": "DOUBLE",
        "epsg": "INTEGER",
        "precision": "VARCHAR",
        "label": "VARCHAR",
        "quantity": QUANTITY,
        "incident": "VARCHAR",
        "policy_id": "INTEGER",
        "about": "VARCHAR",
        "starts": "DATE",
        "ends": "DATE",
        "flags": "VARCHAR",
    },
)
"""`about` is the key of another source's event; `starts` and `ends` bound an entry of a register.

Declared attributes follow as `attr_<id>` VARCHAR columns, as each source has them."""

LINK = Table(
    "link",
    "one row per event version and entity that it names, `place` being the link's place in the mapping",
    {
        "event_id": "BIGINT",
        "place": "TINYINT",
        "kind": "VARCHAR",
        "key": "VARCHAR",
        "role": "VARCHAR",
        "title": "VARCHAR",
    },
)

CLOSING = Table(
    "closing",
    "one row per reason for which a version stopped being known; the earliest day counts",
    {"event_id": "BIGINT", "known_to": "DATE", "load_no": "INTEGER", "reason": "VARCHAR"},
)

EVENT_AREA = Table(
    "event_area",
    "one row per event version and edition of a geography; area_no 0 is UNPLACED",
    {
        "event_id": "BIGINT",
        "area_no": "INTEGER",
        "method": "VARCHAR",
        "reason": "VARCHAR",
        "agrees": "BOOLEAN",
    },
)

AREA = Table(
    "area",
    "one row per area of an edition of a geography, numbered from 1 in order of code",
    {
        "geography": "VARCHAR",
        "edition": "VARCHAR",
        "area_no": "INTEGER",
        "code": "VARCHAR",
        "name": "VARCHAR",
        "parent_code": "VARCHAR",
        "area_m2": "DOUBLE",
        "lon": "DOUBLE",
        "lat": "DOUBLE",
        "epsg": "INTEGER",
        "geometry": "BLOB",
    },
)

DENOMINATOR = Table(
    "denominator",
    "one row per area of an edition, kind of figure and year",
    {
        "geography": "VARCHAR",
        "edition": "VARCHAR",
        "code": "VARCHAR",
        "kind": "VARCHAR",
        "year": "INTEGER",
        "value": QUANTITY,
    },
)

POLICY = Table(
    "policy",
    "one row per distinct policy of rows",
    {
        "policy_id": "INTEGER",
        "agency": "VARCHAR",
        "share_with": "VARCHAR",
        "sensitivity": "TINYINT",
        "subject_class": "VARCHAR",
        "handling": "VARCHAR",
    },
)

LEDGER: Mapping[str, Table] = {
    table.name: table
    for table in (FILE, COVER, SOURCE_ROW, EVENT, LINK, CLOSING, EVENT_AREA, AREA, DENOMINATOR, POLICY)
}
"""The tables of the ledger by name."""
