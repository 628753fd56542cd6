"""Ties: which events are linked to whom, on the day they happened, and what each subject's part of them is.

Every function gives one select over the views of the gate. Numbers are those of our own dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from harmscape.engine import identifier, quoted
from harmscape.model.declared import digest_of
from harmscape.model.entity import EntityKind
from harmscape.model.measure import Linked, Sharing
from harmscape.model.tables import QUANTITY


def known_sql(alias: str, known_at: date | None) -> str:
    """The condition that a row was known on a day ($known_at), or is known now."""
    if known_at is None:
        return f"{alias}.known_to is null"
    return f"{alias}.known_from <= $known_at and ({alias}.known_to is null or {alias}.known_to > $known_at)"


def registered_sql(known_at: date | None, sources: Sequence[int] | None = None) -> str:
    """`registered`: one row per entry of a register and span of days `[starts, ends)` in which it holds.

    sources: numbers of the registers to read; all of them unless said. An entry holds from its own first day,
    or else from the first snapshot that has it; to its own last, or else to the first snapshot without it.
    ends is null while it still holds.
    """
    of = "true" if sources is None else _among("r.source", sources)
    return f"""
        with told as (select r.* from counted_register r where {known_sql("r", known_at)} and {of}),
        snapshot as (select distinct t.source, t.day from told t),
        entry as (
            select t.source, t.category, t.member_kind, t.member_no, t.group_kind, t.group_no,
                   coalesce(t.starts, min(t.day)) as starts, max(t.day) as last_day,
                   arg_max(coalesce(t.ends, '9999-12-31'::date), t.day) as ends
            from told t
            group by t.source, t.category, t.member_kind, t.member_no, t.group_kind, t.group_no, t.starts
        ),
        followed as (
            select e.*, (select min(s.day) from snapshot s
                         where s.source = e.source and s.day > e.last_day) as next_day
            from entry e
        )
        select f.category, f.member_kind, f.member_no, f.group_kind, f.group_no, f.starts,
               case when f.ends < '9999-12-31'::date then f.ends else f.next_day end as ends
        from followed f
    """


def tied_name(linked: Linked) -> str:
    """The temporary table that holds the events tied so."""
    return f"tied_{digest_of(linked)}"


def tied_sql(linked: Linked, through: Sequence[int], known_at: date | None) -> str:
    """`tied`: the events with a link as a measure asks for it. through: numbers of its categories."""
    terms = _link_terms(linked.kind, linked.roles, known_at)
    if not linked.through:
        return f"select distinct l.event_id from counted_link l where {terms}"
    return f"""
        select distinct l.event_id
        from counted_link l
        join counted_linked e on e.event_id = l.event_id
        join registered r on r.member_kind = l.kind and r.member_no = l.entity_no
            and {_among("r.category", through)} and {_in_force(linked.lag_days)}
        where {terms}
    """


def subject_name(kind: str) -> str:
    """The temporary table that holds what each event is to the entities of a kind."""
    return f"subject_{identifier(kind)}"


def numbered_name(kind: str) -> str:
    """The temporary table that numbers the entities of a kind that a reader may know of."""
    return f"numbered_{identifier(kind)}"


def numbered_sql(kind: EntityKind, categories: Sequence[int]) -> str:
    """`numbered`: the peers among the entities of a kind: entity_no, `no` from 1 without gaps, code.

    Peers are those that some event of these categories ever named, and those that have members.
    """
    named = quoted(identifier(kind.id))
    return f"""
        with peer as (
            select l.entity_no
            from counted_link l join counted_linked e on e.event_id = l.event_id
            where l.kind = {named} and {_among("e.category", categories)}
            union
            select r.group_no from counted_register r where r.group_kind = {named}
        )
        select n.entity_no, row_number() over (order by n.entity_no)::integer as no, n.code
        from known_entity n semi join peer p on p.entity_no = n.entity_no where n.kind = {named}
    """


def subject_sql(
    kind: EntityKind, shared: Sharing, role_shares: Mapping[str, Decimal], known_at: date | None
) -> str:
    """`subject`: one row per event and entity of a kind that it reaches: `subject_no`, and `part`, the
    quantity that counts for this entity.

    An event reaches an entity by its own links, and through the memberships of the kind's members that were
    in force on its day. With `full` every part is the whole; else parts add up to the whole, to six
    places, by largest remainder in order of the entities' numbers.
    """
    role = _role_sql(role_shares) if shared == "role_weighted" else "1"
    return f"""
        with reached as ({_reached_sql(kind, known_at)}),
        held as (
            select r.event_id, n.no as subject_no, max({role})::hugeint as share
            from reached r join {numbered_name(kind.id)} n on n.entity_no = r.entity_no group by all
        ),
        whole as (
            select h.*, e.quantity, (e.quantity * 1000000)::hugeint as units,
                   sum(h.share) over (partition by h.event_id) as shares,
                   count(*) over (partition by h.event_id) as subjects
            from held h join counted_linked e on e.event_id = h.event_id
        ),
        -- Where no role has a share, all have the same.
        fair as (
            select w.event_id, w.subject_no, w.quantity, w.units,
                   case when w.shares = 0 then 1 else w.share end as share,
                   (case when w.shares = 0 then w.subjects else w.shares end)::hugeint as shares
            from whole w
        ),
        cut as (
            select f.*, f.units * f.share // f.shares as own, f.units * f.share % f.shares as rest from fair f
        ),
        dealt as (
            select c.*, c.units - sum(c.own) over (partition by c.event_id) as over,
                   row_number() over (partition by c.event_id order by c.rest desc, c.subject_no) as nth
            from cut c
        )
        select d.event_id, d.subject_no, {_part_sql(shared)} as part from dealt d where d.share > 0
    """


def _part_sql(shared: Sharing) -> str:
    if shared == "full":
        return "d.quantity"
    units = "(d.own + (case when d.nth <= d.over then 1 else 0 end))::decimal(18,0)"
    return f"({units} * 0.000001::decimal(7,6))::{QUANTITY}"


def _reached_sql(kind: EntityKind, known_at: date | None) -> str:
    own = f"""
        select l.event_id, l.entity_no, l.role
        from counted_link l where {_link_terms(kind.id, kind.roles, known_at)}
    """
    if kind.members is None:
        return own
    members = kind.members
    return f"""{own} union
        select l.event_id, r.group_no as entity_no, l.role
        from counted_link l
        join counted_linked e on e.event_id = l.event_id
        join registered r on r.member_kind = l.kind and r.member_no = l.entity_no
            and r.group_kind = {quoted(kind.id)} and {_in_force(members.lag_days)}
        where {_link_terms(members.kind, members.roles, known_at)}
    """


def _link_terms(kind: str, roles: Sequence[str], known_at: date | None) -> str:
    terms = [f"l.kind = {quoted(identifier(kind))}", known_sql("l", known_at)]
    if roles:
        terms.append(f"l.role in ({', '.join(quoted(role.casefold()) for role in roles)})")
    return " and ".join(terms)


def _in_force(lag_days: int) -> str:
    return f"e.day >= r.starts and (r.ends is null or e.day < r.ends + {int(lag_days)})"


def _role_sql(shares: Mapping[str, Decimal]) -> str:
    cases = " ".join(
        f"when {quoted(role.casefold())} then {int(share * 10_000)}" for role, share in sorted(shares.items())
    )
    return f"(case r.role {cases} else 0 end)"


def _among(column: str, numbers: Sequence[int]) -> str:
    return f"{column} in ({', '.join(str(int(each)) for each in numbers)})" if numbers else "false"
