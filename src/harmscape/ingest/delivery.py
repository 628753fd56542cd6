"""Comparing a delivery with what the ledger already holds: what was added, changed, withdrawn, or the same.

A delivery is all files of one source that tell of one day (its as-of). Nothing is updated: a record that
changed gives a new version and a closing of the old one, a record withdrawn gives a closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from harmscape.engine import Engine
from harmscape.model.source import Source


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
    refused: Sequence[str] = (),
) -> list[FileChange]:
    """Compare the table `incoming` with the table `version`, and leave behind what comes of it.

    incoming: accepted rows of all files of the delivery: file_no, line, key, content, cover, category.
    version: the versions of this source the ledger holds (`version_sql` of the workspace): event_id, key,
    content, cover, category, known_from, known_to.
    refused: the verbatim rows that checks refused. A record that the delivery still names, in a row that
    cannot be used, is kept as it was known: it was not withdrawn.
    Leaves the temporary tables `repeated`, `verdict`, `new_closing` and `new_reject` (file_no, line, reason);
    `harmscape.ingest.versions` makes the versions to append from them. A row in none of them was added.
    Returns the counts of every file, in order.
    """
    engine.create("repeated", _repeated_sql())
    engine.create("new_reject", _duplicate_sql())
    engine.create("standing_version", _standing_sql(), {"as_of": as_of})
    engine.create("verdict", _verdict_sql())
    engine.register("refused_row", pa.table({"raw": pa.array(refused, pa.string())}))
    engine.create("gone", _gone_sql() if source.restates else _nothing_gone_sql())
    engine.create("new_closing", _closing_sql(), {"as_of": as_of, "load_no": load_no})
    counts = engine.rows("count delivery", _counts_sql())
    return [FileChange(*(int(each) for each in row)) for row in counts]


def drop_delivery(engine: Engine) -> None:
    """Forget the temporary tables of a delivery."""
    for name in _LEFT_BEHIND:
        engine.drop(name)


_LEFT_BEHIND: Sequence[str] = (
    "repeated",
    "new_reject",
    "standing_version",
    "verdict",
    "gone",
    "refused_row",
    "new_closing",
)


def _repeated_sql() -> str:
    """`repeated`: one row per row whose key (or, without a key, whose content) stands more than once.

    A short code finds the few rows that may be: only those are compared word for word.
    """
    return """
        with coded as not materialized (
            select i.file_no, i.line, i.key, i.content, case when i.key is null then i.content end as alike,
                   hash(i.key, case when i.key is null then i.content end) as code
            from incoming i
        ),
        twice as (select c.code from coded c group by c.code having count(*) > 1)
        select c.file_no, c.line, c.key is not null as keyed,
               row_number() over one as nth, c.content = first_value(c.content) over one as same
        from coded c
        semi join twice t on t.code = c.code
        window one as (partition by c.key, c.alike order by c.file_no, c.line)
        qualify count(*) over (partition by c.key, c.alike) > 1
    """


def _kept_sql() -> str:
    """`kept`: incoming rows without repeats of a key; rows without a key carry which copy they are."""
    return """
        select i.file_no, i.line, i.key, i.content, i.category, coalesce(r.nth, 1) as nth
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
    """`standing_version`: versions that stood on the delivery's day, and those told only later, where the
    delivery has their key, their content or their part of the world.

    Copies without a key are numbered, so that the n-th copy here is the n-th copy there.
    """
    return """
        with placed as (
            select v.event_id, v.key, v.content, v.cover, v.category, v.known_from, v.known_to,
                   v.known_from <= $as_of and (v.known_to is null or v.known_to > $as_of) as stands
            from version v
            where (v.known_from > $as_of or v.known_to is null or v.known_to > $as_of)
                and (v.cover in (select distinct i.cover from incoming i where i.cover is not null)
                     or v.key in (select i.key from incoming i where i.key is not null)
                     or (v.key is null
                         and v.content in (select i.content from incoming i where i.key is null)))
        )
        select p.*, 1 as nth from placed p where p.key is not null
        union all
        select p.*, row_number() over (partition by p.content, p.stands order by p.event_id) as nth
        from placed p where p.key is null
    """


def _verdict_sql() -> str:
    """`verdict`: one row per kept row that a version stands beside or that was told late: added, changed or
    unchanged, and that version.

    A row told late is known until a later telling takes over: for the n-th copy without a key, the day from
    which n copies are known anyway.
    """
    return f"""
        with kept as not materialized ({_kept_sql()}),
        standing as (select * from standing_version where stands),
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
            select k.file_no, k.line, s.event_id, s.known_to, s.content = k.content as same,
                   s.category is distinct from k.category as reclassified
            from kept k join standing s on s.key = k.key
            union all
            select k.file_no, k.line, s.event_id, s.known_to, true, s.category is distinct from k.category
            from kept k join standing s on s.content = k.content and s.nth = k.nth
            where k.key is null and s.key is null
        )
        select file_no, line, f.event_id as old_event_id,
               case when f.event_id is null then 'added' when f.same then 'unchanged' else 'changed' end
                   as verdict,
               coalesce(f.reclassified, false) as reclassified,
               coalesce(f.known_to, u.later_from) as known_to
        from found f full join until u using (file_no, line)
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


def _closing_sql() -> str:
    """`new_closing`: one row per older version that stops being known."""
    return """
        select v.old_event_id as event_id, $as_of::date as known_to, $load_no::integer as load_no,
               'changed' as reason
        from verdict v where v.verdict = 'changed'
        union all
        select g.event_id, $as_of::date, $load_no::integer, 'withdrawn' from gone g
    """


def _counts_sql() -> str:
    """One row per file, in the order of `FileChange`; a row that nothing else says of was added."""
    return """
        with files as (select i.file_no, count(*) as records from incoming i group by i.file_no),
        verdicts as (
            select v.file_no,
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
        select f.file_no,
               f.records - coalesce(v.changed, 0) - coalesce(v.unchanged, 0)
                   - coalesce(c.duplicate_exact, 0) - coalesce(c.duplicate_conflict, 0) as added,
               coalesce(v.changed, 0), coalesce(v.unchanged, 0), coalesce(w.withdrawn, 0),
               coalesce(v.reclassified, 0), coalesce(c.possible_duplicate, 0),
               coalesce(c.duplicate_exact, 0), coalesce(c.duplicate_conflict, 0)
        from files f
        left join verdicts v using (file_no)
        left join withdrawals w using (file_no)
        left join copies c using (file_no)
        order by f.file_no
    """
