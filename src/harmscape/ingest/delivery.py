"""Comparing a delivery with what the ledger already holds: what was added, changed, withdrawn, or the same.

A delivery is all files of one source that tell of one day (its as-of). Nothing is updated: a record that
changed gives a new version and a closing of the old one, a record withdrawn gives a closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from harmscape.engine import Engine, identifier
from harmscape.model.source import Source
from harmscape.model.tables import EVENT


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one file of a delivery came to; `duplicates` are refused rows by reason class."""

    file_no: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    reclassified: int = 0
    possible_duplicate: int = 0
    duplicate_exact: int = 0
    duplicate_conflict: int = 0


def compare_delivery(
    engine: Engine,
    source: Source,
    *,
    as_of: date,
    load_no: int,
    first_event_id: int,
    policy_id: int,
    refused: Sequence[str] = (),
) -> list[FileChange]:
    """Compare the table `incoming` with the table `version`, and leave what to append behind.

    incoming: accepted rows of all files of the delivery, as the readers give them, with `file_no`.
    version: the versions of this source the ledger holds (`version_sql` of the workspace): event_id, key,
    content, cover, category, known_from, known_to.
    refused: the verbatim rows that checks refused. A record that the delivery still names, in a row that
    cannot be used, is kept as it was known: it was not withdrawn.
    Leaves the temporary tables `new_event` (grain: a version), `new_row` (its verbatim record), `new_link`
    (grain: a version and an entity it names), `new_closing` and `new_reject` (file_no, line, reason).
    Returns the counts of every file, in order.
    """
    engine.create("repeated", _repeated_sql())
    engine.create("kept", _kept_sql())
    engine.create("new_reject", _duplicate_sql())
    engine.create("standing_version", _standing_sql(), {"as_of": as_of})
    engine.create("verdict", _verdict_sql())
    engine.register("refused_row", pa.table({"raw": pa.array(refused, pa.string())}))
    engine.create("gone", _gone_sql() if source.restates else _nothing_gone_sql())
    engine.create("new_number", _number_sql(), [first_event_id])
    engine.create("new_event", _event_sql(source), [load_no, as_of, policy_id])
    engine.create(
        "new_row", "select n.event_id, i.raw from new_number n join incoming i using (file_no, line)"
    )
    engine.create("new_link", _link_sql(source))
    engine.create("new_closing", _closing_sql(), {"as_of": as_of, "load_no": load_no})
    counts = engine.rows("count delivery", _counts_sql())
    return [FileChange(*(int(each) for each in row)) for row in counts]


def drop_delivery(engine: Engine) -> None:
    """Forget the temporary tables of a delivery."""
    for name in _LEFT_BEHIND:
        engine.drop(name)


_LEFT_BEHIND: Sequence[str] = (
    "repeated",
    "kept",
    "new_reject",
    "standing_version",
    "verdict",
    "gone",
    "refused_row",
    "new_number",
    "new_event",
    "new_row",
    "new_link",
    "new_closing",
)


def _repeated_sql() -> str:
    """`repeated`: one row per row whose key (or, without a key, whose content) stands more than once.

    Only those few need a window, which is dear over all rows.
    """
    return """
        with twice as (
            select i.key, case when i.key is null then i.content end as alike
            from incoming i group by all having count(*) > 1
        )
        select i.file_no, i.line, i.key is not null as keyed,
               row_number() over one as nth, i.content = first_value(i.content) over one as same
        from incoming i
        join twice t on i.key is not distinct from t.key
            and (case when i.key is null then i.content end) is not distinct from t.alike
        window one as (
            partition by i.key, case when i.key is null then i.content end order by i.file_no, i.line
        )
    """


def _kept_sql() -> str:
    """`kept`: incoming rows without repeats of a key; rows without a key carry which copy they are."""
    return """
        select i.file_no, i.line, i.key, i.content, i.cover, i.category, coalesce(r.nth, 1) as nth
        from incoming i
        left join repeated r using (file_no, line)
        where r.nth is null or r.nth = 1 or not r.keyed
    """


def _duplicate_sql() -> str:
    """`new_reject`: rows that repeat a key of the delivery, the first copy in file order being kept."""
    return """
        select r.file_no, r.line,
               case when r.same then 'duplicate_exact' else 'duplicate_conflict' end as reason
        from repeated r where r.keyed and r.nth > 1
    """


def _standing_sql() -> str:
    """`standing_version`: versions that stood on the delivery's day, and those told only later.

    Copies without a key are numbered, so that the n-th copy here is the n-th copy there.
    """
    return """
        with placed as (
            select v.event_id, v.key, v.content, v.cover, v.category, v.known_from, v.known_to,
                   v.known_from <= $as_of and (v.known_to is null or v.known_to > $as_of) as stands
            from version v
            where v.known_from > $as_of or v.known_to is null or v.known_to > $as_of
        )
        select p.*, case when p.key is null
                         then row_number() over (
                             partition by p.content, p.key is null, p.stands order by p.event_id)
                         else 1 end as nth
        from placed p
    """


def _verdict_sql() -> str:
    """`verdict`: one row per kept row: added, changed or unchanged, and the version it stands beside.

    A row told late is known until a later telling takes over: for the n-th copy without a key, the day from
    which n copies are known anyway.
    """
    return """
        with standing as (select * from standing_version where stands),
        later as (
            select s.key, null::blob as alike, min(s.known_from) as later_from, 1 as copies
            from standing_version s where not s.stands and s.key is not null group by s.key
            union all
            select null, d.content, d.known_from, count(*)
            from (
                select distinct s.content, s.known_from
                from standing_version s where not s.stands and s.key is null
            ) d
            join standing_version s on s.content = d.content and s.key is null
                and s.known_from <= d.known_from and (s.known_to is null or s.known_to > d.known_from)
            group by all
        ),
        until as (
            select k.file_no, k.line, min(l.later_from) as later_from
            from kept k
            join later l on l.key is not distinct from k.key
                and l.alike is not distinct from (case when k.key is null then k.content end)
                and l.copies >= k.nth
            group by all
        ),
        found as (
            select k.file_no, k.line, s.event_id, s.known_to,
                   s.content as old_content, s.category as old_category
            from kept k join standing s on s.key = k.key
            union all
            select k.file_no, k.line, s.event_id, s.known_to, s.content, s.category
            from kept k join standing s on s.content = k.content and s.nth = k.nth
            where k.key is null and s.key is null
        )
        select k.file_no, k.line, f.event_id as old_event_id,
               case when f.event_id is null then 'added'
                    when f.old_content = k.content then 'unchanged' else 'changed' end as verdict,
               f.event_id is not null and f.old_category is distinct from k.category as reclassified,
               coalesce(f.known_to, u.later_from) as known_to
        from kept k
        left join found f using (file_no, line)
        left join until u using (file_no, line)
    """


def _gone_sql() -> str:
    """`gone`: standing versions in a part of the world this delivery restates, and that it no longer has."""
    return """
        with covered as (select i.cover, min(i.file_no) as file_no from incoming i group by i.cover),
        named as (
            select distinct lower(trim(cell)) as key
            from (select unnest(string_split_regex(r.raw, '[,;"{}\t]+')) as cell from refused_row r)
        )
        select s.event_id, c.file_no
        from standing_version s
        join covered c using (cover)
        where s.stands and s.event_id not in (
            select v.old_event_id from verdict v where v.old_event_id is not null
        ) and (s.key is null or s.key not in (select n.key from named n))
    """


def _nothing_gone_sql() -> str:
    return "select null::bigint as event_id, null::integer as file_no where false"


def _number_sql() -> str:
    """`new_number`: an event id for every version to be written, in file order."""
    return """
        select v.file_no, v.line, v.old_event_id, v.known_to,
               ? + row_number() over (order by v.file_no, v.line) - 1 as event_id
        from verdict v where v.verdict <> 'unchanged'
    """


def _event_sql(source: Source) -> str:
    """`new_event`: the versions to append, with the columns of `event` and the source's attributes."""
    attributes = [f"attr_{identifier(name)}" for name in source.attributes]
    precision = f"'{source.point.precision}'" if source.point else "null"
    given = {
        "event_id": "n.event_id",
        "source": f"'{identifier(source.id)}'",
        "load_no": "?::integer",
        "known_from": "?::date",
        "policy_id": "?::integer",
        "quantity": "coalesce(i.quantity, 1)",
        **({} if source.about else {"about": "null"}),
        **({} if source.register_ else {"starts": "null", "ends": "null"}),
        "precision": f"case when i.x is null then null else {precision} end",
        "flags": """nullif(concat_ws(',', i.flags,
            case when r.nth > 1 then 'possible_duplicate' end), '')""",
    }
    columns = ", ".join(
        f"({given.get(name, f'i.{name}')})::{kind} as {name}"
        for name, kind in [*EVENT.columns.items(), *((name, "VARCHAR") for name in attributes)]
    )
    return f"""
        select {columns}
        from new_number n
        join incoming i using (file_no, line)
        left join repeated r using (file_no, line)
        order by n.event_id
    """


def _link_sql(source: Source) -> str:
    """`new_link`: the entities that each version to be written names."""
    if not source.links:
        return """select 0::bigint as event_id, 0::tinyint as place, '' as kind, '' as key, '' as role,
            null::varchar as title where false"""
    return " union all ".join(
        f"""
        select n.event_id, {at}::tinyint as place, '{identifier(link.kind)}' as kind,
               i.link_{at}_key as key, i.link_{at}_role as role, i.link_{at}_title as title
        from new_number n join incoming i using (file_no, line)
        where i.link_{at}_key is not null
        """
        for at, link in enumerate(source.links)
    )


def _closing_sql() -> str:
    """`new_closing`: one row per version that stops being known, old ones and late-told ones alike."""
    return """
        select n.old_event_id as event_id, $as_of::date as known_to, $load_no::integer as load_no,
               'changed' as reason
        from new_number n where n.old_event_id is not null
        union all
        select g.event_id, $as_of::date, $load_no::integer, 'withdrawn' from gone g
        union all
        select n.event_id, n.known_to, $load_no::integer, 'told_late'
        from new_number n where n.known_to is not null
    """


def _counts_sql() -> str:
    """One row per file, in the order of `FileChange`."""
    return """
        with files as (select distinct i.file_no from incoming i),
        verdicts as (
            select v.file_no,
                   count(*) filter (v.verdict = 'added') as added,
                   count(*) filter (v.verdict = 'changed') as changed,
                   count(*) filter (v.verdict = 'unchanged') as unchanged,
                   count(*) filter (v.verdict = 'changed' and v.reclassified) as reclassified
            from verdict v group by v.file_no
        ),
        withdrawals as (select g.file_no, count(*) as withdrawn from gone g group by g.file_no),
        copies as (
            select r.file_no,
                   count(*) filter (not r.keyed and r.nth > 1) as possible_duplicate,
                   count(*) filter (r.keyed and r.nth > 1 and r.same) as duplicate_exact,
                   count(*) filter (r.keyed and r.nth > 1 and not r.same) as duplicate_conflict
            from repeated r group by r.file_no
        )
        select f.file_no, coalesce(v.added, 0), coalesce(v.changed, 0), coalesce(v.unchanged, 0),
               coalesce(w.withdrawn, 0), coalesce(v.reclassified, 0), coalesce(c.possible_duplicate, 0),
               coalesce(c.duplicate_exact, 0), coalesce(c.duplicate_conflict, 0)
        from files f
        left join verdicts v using (file_no)
        left join withdrawals w using (file_no)
        left join copies c using (file_no)
        order by f.file_no
    """
