"""The versions that a delivery appends to the ledger, a piece of its rows at a time.

A piece is some rows of a delivery in file order, with all their columns. However large the delivery, only one
piece is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from harmscape.engine import Engine, identifier
from harmscape.model.source import Source
from harmscape.model.tables import EVENT


@dataclass(frozen=True, slots=True)
class Appended:
    """One query over a numbered piece: the ledger's table, the select, its parameters, its number of rows."""

    table: str
    sql: str
    parameters: list[object]
    rows: int


def versions_of(
    engine: Engine,
    source: Source,
    piece: pa.Table,
    *,
    as_of: date,
    load_no: int,
    policy_id: int,
    first_event_id: int,
) -> list[Appended]:
    """What to append for one piece, after `compare_delivery`: `event`, `source_row`, `link`, `closing`.

    piece: rows of `incoming` in file order with the columns of `events_schema` and `file_no`.
    Versions are numbered from first_event_id in that order; `event` comes first and tells how many there are.
    The queries may be run until the next piece is given.
    """
    numbered, versions = _numbered(engine, piece, first_event_id)
    engine.register("piece", numbered)
    queries: list[tuple[str, str, list[object]]] = [
        ("event", _event_sql(source), [load_no, as_of, policy_id]),
        ("source_row", "select p.event_id, p.raw from piece p where p.event_id is not null", []),
        ("link", _link_sql(source), []),
        ("closing", _late_sql(), [load_no]),
    ]
    appended = []
    for table, sql, parameters in queries:
        one_each = table in ("event", "source_row")
        rows = versions if one_each else _count(engine, sql, parameters)
        if rows:
            appended.append(Appended(table, sql, parameters, rows))
    return appended


def drop_versions(engine: Engine) -> None:
    """Forget the last piece."""
    for name in ("piece", "placed"):
        engine.drop(name)


def _count(engine: Engine, sql: str, parameters: list[object]) -> int:
    return int(engine.rows("count", f"select count(*) from ({sql})", parameters)[0][0])


def _numbered(engine: Engine, piece: pa.Table, first_event_id: int) -> tuple[pa.Table, int]:
    """The piece with `event_id`, null for a row that is no new version, and `is_copy`; and how many are."""
    engine.register(
        "placed",
        piece.select(["file_no", "line"]).append_column("at", pa.array(np.arange(piece.num_rows))),
    )
    silent = _marked(engine, piece, "select v.file_no, v.line from verdict v where v.verdict = 'unchanged'"
                     " union all select r.file_no, r.line from new_reject r")  # fmt: skip
    copy = _marked(engine, piece, "select r.file_no, r.line from repeated r where not r.keyed and r.nth > 1")
    number = first_event_id - 1 + np.cumsum(~silent, dtype=np.int64)
    numbered = piece.append_column("event_id", pa.array(number, mask=silent))
    return numbered.append_column("is_copy", pa.array(copy)), int((~silent).sum())


def _marked(engine: Engine, piece: pa.Table, rows: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows of the piece a query names."""
    named = engine.arrow("mark", f"select p.at from placed p semi join ({rows}) r using (file_no, line)")
    hit = np.zeros(piece.num_rows, bool)
    hit[named.column("at").to_numpy()] = True
    return hit


def _event_sql(source: Source) -> str:
    """`event`: the versions to append, with the columns of the table and the source's attributes.

    A select without joins or grouping keeps the order of the piece, so that ids ascend in the file.
    """
    attributes = [f"attr_{identifier(name)}" for name in source.attributes]
    precision = f"'{source.point.precision}'" if source.point else "null"
    given = {
        "source": f"'{identifier(source.id)}'",
        "load_no": "?::integer",
        "known_from": "?::date",
        "policy_id": "?::integer",
        "quantity": "coalesce(p.quantity, 1)",
        **({} if source.about else {"about": "null"}),
        **({} if source.register_ else {"starts": "null", "ends": "null"}),
        "precision": f"case when p.x is null then null else {precision} end",
        "flags": "nullif(concat_ws(',', p.flags, case when p.is_copy then 'possible_duplicate' end), '')",
    }
    columns = ", ".join(
        f"({given.get(name, f'p.{name}')})::{kind} as {name}"
        for name, kind in [*EVENT.columns.items(), *((name, "VARCHAR") for name in attributes)]
    )
    return f"select {columns} from piece p where p.event_id is not null"


def _link_sql(source: Source) -> str:
    """`link`: the entities that each version to be written names."""
    if not source.links:
        return """select 0::bigint as event_id, 0::tinyint as place, '' as kind, '' as key, '' as role,
            null::varchar as title where false"""
    told = " union all ".join(
        f"""
        select p.event_id, {at}::tinyint as place, '{identifier(link.kind)}' as kind,
               p.link_{at}_key as key, p.link_{at}_role as role, p.link_{at}_title as title
        from piece p where p.event_id is not null and p.link_{at}_key is not null
        """
        for at, link in enumerate(source.links)
    )
    return f"select l.* from ({told}) l order by l.event_id, l.place"


def _late_sql() -> str:
    """`closing`: one row per version told late, of which a later telling is known already."""
    return """
        select p.event_id, v.known_to, ?::integer as load_no, 'told_late' as reason
        from piece p join verdict v using (file_no, line)
        where p.event_id is not null and v.known_to is not null
    """
