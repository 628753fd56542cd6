"""Compact events: every event version as integer codes, ready to be counted and weighed.

They are a cache of the ledger, built once for a snapshot and its boundaries; nothing in them is weighed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from harmscape.engine import Engine, identifier
from harmscape.model.tables import TOTAL_QUANTITY

FORM = 11
"""The form of the cache: part of its name, so that a program never reads one made by another."""

_MOST_WIDE = 100
"""Areas of a geography up to which the wide tally keeps it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the events, as SQL relations: themselves, and for each area column their `event_area`.

    columns: those that these events have; sources differ in their attributes.
    """

    event: str
    areas: Mapping[str, str]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompactInput:
    """What compact events are made from, as SQL relations over the ledger.

    pieces: the events in parts that can be joined in memory, one at least; together they are `event`.
    areas: the area columns (`ward`, or `ward__2021` for an older edition).
    attributes: the declared attributes; weighing: those that some scheme names, which the tally keeps too.
    """

    event: str
    pieces: Sequence[Piece]
    closing: str
    areas: Sequence[str]
    categories: Sequence[str]
    sources: Sequence[str]
    attributes: Sequence[str]
    weighing: Sequence[str]
    columns: frozenset[str]


def build_compact(engine: Engine, given: CompactInput) -> None:
    """Make the stored tables `compact_event`, `clustered`, `tally`, `wide_tally`, `extent` and dictionaries.

    compact_event, grain: one event version, by day within a piece. day, month (its first day), weekday
    (1 Monday) and hour are local; `whole_month` marks events known only by month, which have no weekday;
    category, source, policy and each `a_<area>` and `t_<attribute>` are numbers (0: none).
    clustered: those of them that share an incident.
    """
    _dictionaries(engine, given)
    engine.create("incident_no", _incident_sql(given))
    engine.create("closed", _closed_sql(given))
    for nth, piece in enumerate(given.pieces):
        sql = _compact_sql(given, piece)
        if nth == 0:
            engine.create("compact_event", sql, temporary=False)
        else:
            engine.run("append compact_event", f"insert into compact_event {sql}")
    engine.create(
        "clustered", "select c.* from compact_event c where c.incident is not null", temporary=False
    )
    engine.create("tally", tally_sql(given.areas, given.weighing), temporary=False)
    engine.create("wide_tally", _wide_sql(_narrow(engine, given.areas)), temporary=False)
    engine.create("extent", _extent_sql(), temporary=False)
    engine.drop("closed")
    engine.drop("incident_no")


def _dictionaries(engine: Engine, given: CompactInput) -> None:
    for name, values in (("category", given.categories), ("source", given.sources)):
        engine.register(
            "listed",
            pa.table(
                {
                    "no": pa.array(range(1, len(values) + 1), pa.int16()),
                    "value": pa.array(list(values), pa.string()),
                }
            ),
        )
        engine.create(f"dict_{name}", "select no, value from listed", temporary=False)
        engine.drop("listed")
    for name in given.attributes:
        held = f"e.attr_{identifier(name)}" if f"attr_{name}" in given.columns else "null::varchar"
        engine.create(
            f"dict_t_{name}",
            f"""
            select row_number() over (order by value)::integer as no, value
            from (select distinct {held} as value from {given.event} e) where value is not null
            """,
            temporary=False,
        )


def _incident_sql(given: CompactInput) -> str:
    """`incident_no`: a number for each incident that several events share.

    A short code finds the few that may be, so that the texts of all others are never held.
    """
    return f"""
        with twice as (
            select hash(e.incident) as code from {given.event} e
            where e.incident is not null group by code having count(*) > 1
        )
        select e.incident, row_number() over (order by e.incident) as no
        from {given.event} e semi join twice t on t.code = hash(e.incident)
        where e.incident is not null group by e.incident having count(*) > 1
    """


def _closed_sql(given: CompactInput) -> str:
    """`closed`: one row per version that stopped being known, with the earliest day that says so."""
    return f"select x.event_id, min(x.known_to) as known_to from {given.closing} x group by x.event_id"


def _compact_sql(given: CompactInput, piece: Piece) -> str:
    """`compact_event` of one piece: see `build_compact`."""
    areas = "".join(f",\n coalesce(a_{n}.area_no, 0)::integer as a_{identifier(n)}" for n in given.areas)
    area_joins = "".join(
        f"\n left join {relation} a_{identifier(name)} on a_{name}.event_id = e.event_id"
        for name, relation in piece.areas.items()
    )
    held = [name for name in given.attributes if f"attr_{name}" in piece.columns]
    attributes = "".join(
        f",\n coalesce(t_{n}.no, 0)::integer as t_{n}" if n in held else f",\n 0::integer as t_{n}"
        for n in given.attributes
    )
    attribute_joins = "".join(f"\n left join dict_t_{n} t_{n} on t_{n}.value = e.attr_{n}" for n in held)
    return f"""
        select e.event_id, e.day, date_trunc('month', e.day)::date as month, e.hour,
               e.grain = 'month' as whole_month,
               case when e.grain <> 'month' then isodow(e.day)::utinyint end as weekday,
               coalesce(c.no, 0)::smallint as category, s.no as source, e.policy_id as policy,
               e.quantity, i.no::bigint as incident, e.known_from, k.known_to,
               coalesce(e.precision = 'snapped', false) as snapped{areas}{attributes}
        from {piece.event} e
        left join dict_category c on c.value = e.category
        join dict_source s on s.value = e.source
        left join incident_no i on i.incident = e.incident
        left join closed k on k.event_id = e.event_id{area_joins}{attribute_joins}
        order by e.day, e.event_id
    """


def _extent_sql() -> str:
    """`extent`: one row per source, policy and month: current events, their last day, whether some are known
    only by month."""
    return """
        select c.source, c.policy, c.month, count(*) as events, max(c.day) as last_day,
               bool_or(c.whole_month) as whole_month
        from compact_event c where c.known_to is null group by all order by all
    """


def tally_sql(areas: Sequence[str], weighing: Sequence[str]) -> str:
    """`tally`: counts of current compact events by month and every code that a scheme can ask for.

    Grain: month x category x source x policy x areas x weighing attributes x clustered. `squares` is the sum
    of squared quantities, `largest` the greatest single quantity, `last_day` the last of their days; events
    of shared incidents stand apart, and `whole_month` tells whether some are known only by month.
    """
    codes = [f"a_{identifier(name)}" for name in areas] + [f"t_{identifier(name)}" for name in weighing]
    listed = "".join(f", c.{code}" for code in codes)
    return f"""
        select c.month as day, c.category, c.source, c.policy, c.snapped,
               c.incident is not null as clustered{listed},
               count(*) as events, sum(c.quantity)::{TOTAL_QUANTITY} as quantity,
               sum(c.quantity::double * c.quantity::double) as squares, max(c.quantity) as largest,
               max(c.day) as last_day, bool_or(c.whole_month) as whole_month
        from compact_event c
        where c.known_to is null
        group by all
        order by day
    """


def _narrow(engine: Engine, areas: Sequence[str]) -> list[str]:
    """The area columns of the tally with more areas than the wide one keeps."""
    if not areas:
        return []
    counts = ", ".join(f"count(distinct c.a_{identifier(name)})" for name in areas)
    [found] = engine.rows("areas", f"select {counts} from tally c")
    return [
        f"a_{identifier(name)}"
        for name, areas_told in zip(areas, found, strict=True)
        if areas_told > _MOST_WIDE
    ]


def _wide_sql(left_out: Sequence[str]) -> str:
    """`wide_tally`: the tally without the geographies of many areas, a third of its rows or fewer."""
    sums = ("events", "quantity", "squares", "largest", "last_day", "whole_month")
    return f"""
        select c.* exclude ({", ".join([*sums, *left_out])}),
               sum(c.events)::bigint as events, sum(c.quantity)::{TOTAL_QUANTITY} as quantity,
               sum(c.squares) as squares, max(c.largest) as largest
        from tally c group by all order by day
    """
