"""What entities are called: their codes, and their names as far as a reader may open a row that tells one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harmscape.engine import Engine
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError


def entity_names(cursor: Engine, kind: str, numbers: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    """Code and name by entity number: the name that most rows give, among those that this reader may open;
    without any it is the code.

    numbers: entities of one kind, by the numbers of `known_entity`; those a reader may not know of are left
    out.
    """
    rows = cursor.rows(
        "names",
        """
        select n.entity_no, upper(n.code), t.title
        from known_entity n
        left join (
            select l.entity_no, l.title
            from counted_link l where l.kind = $kind and l.title is not null
            group by l.entity_no, l.title
            qualify row_number() over (partition by l.entity_no order by count(*) desc, l.title) = 1
        ) t on t.entity_no = n.entity_no
        where n.kind = $kind and list_contains($numbers, n.entity_no)
        """,
        {"kind": kind, "numbers": sorted(set(numbers))},
    )
    return {number: (code, title or code) for number, code, title in rows}


def find_entity(cursor: Engine, kind: EntityKind, code: str) -> tuple[int, str, str]:
    """Number, code and name of the entity of a kind with a code, case ignored.

    Raises SelectionError where this reader may know of none; it names no other, for codes may be people's.
    """
    rows = cursor.rows(
        "entity",
        "select n.entity_no from known_entity n where n.kind = $kind and lower(n.code) = lower($code)",
        {"kind": kind.id, "code": code.strip()},
    )
    if not rows:
        raise SelectionError(f"no {kind.title.lower()} has the code {code.strip()[:40]!r}")
    number = int(rows[0][0])
    return number, *entity_names(cursor, kind.id, [number])[number]
