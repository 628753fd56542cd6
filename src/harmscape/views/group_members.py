"""Who belongs to a group: memberships from registers, what else their members belong to, where they live.

Only what rows tell that the reader may open is listed; of the rest there is one count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from harmscape.engine import identifier
from harmscape.model.entity import EntityKind
from harmscape.scoring.ties import known_sql, numbered_name
from harmscape.views.context import AreaBook
from harmscape.views.entity_names import entity_names
from harmscape.views.question import Question


@dataclass(frozen=True, slots=True)
class Member:
    """One membership. `starts` and `ends` bound it, [starts, ends); ends is missing while it holds.

    in_force: whether it holds on the last day of the window. also_in: the codes of the other groups that
    this member belongs to on that day.
    """

    code: str
    name: str
    kind: str
    role: str | None
    listed_as: str
    starts: date
    ends: date | None
    in_force: bool
    also_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broker:
    """A member who belongs to two or more groups on the last day of the window, this one among them."""

    code: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedMembers:
    """Another group with the same people in it: on the last day of the window, and at any time."""

    code: str
    name: str
    now: int
    ever: int


@dataclass(frozen=True, slots=True)
class Home:
    """An area (UNPLACED for none) with the members that the last snapshot of a register has there."""

    area_id: str
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class Belonging:
    """All that registers tell of a group. withheld: members told only by rows this reader may not open."""

    members: tuple[Member, ...]
    withheld: int
    brokers: tuple[Broker, ...]
    sharing: tuple[SharedMembers, ...]
    homes: tuple[Home, ...]


def belonging(question: Question, kind: EntityKind, index: int, homes_by: AreaBook) -> Belonging:
    """Who belongs to the group at an index of the question's book; needs `registered` on the cursor."""
    cursor = question.cursor
    on = question.selection.period.ends - timedelta(days=1)
    ((group_no,),) = cursor.rows(
        "group", f"select n.entity_no from {numbered_name(kind.id)} n where n.no = ?", [index + 1]
    )
    bound = _known(question) | {"kind": kind.id}
    cursor.create("membership", _membership_sql(question, kind), bound)
    mates = _mates(question, group_no, on)
    names = entity_names(cursor, kind.id, {each for held in mates.values() for each in held[0] | held[1]})
    members = _members(question, group_no, on, mates, names)
    return Belonging(
        members=tuple(members),
        withheld=_withheld(question, kind, group_no),
        brokers=tuple(_brokers(members, question.book.codes[index])),
        sharing=tuple(_sharing(mates, names)),
        homes=tuple(_homes(question, kind, group_no, on, homes_by)),
    )


def _known(question: Question) -> dict[str, object]:
    known_at = question.selection.as_known_at
    return {"known_at": known_at} if known_at else {}


def _role_sql(question: Question, kind: EntityKind) -> str:
    """What a member is: as the register's own attribute says, or else the role of its link."""
    name = kind.members.role_told_by if kind.members else None
    columns = {column for column, *_ in question.cursor.rows("columns", "describe seen_event")}
    if name is None or f"attr_{name}" not in columns:
        return "l.role"
    return f"coalesce(s.attr_{identifier(name)}, l.role)"


def _membership_sql(question: Question, kind: EntityKind) -> str:
    """`membership`: the entries of registers in groups of $kind that rows tell which the reader may open:
    member_kind, member_no, group_no, category, role, starts, ends."""
    told = _role_sql(question, kind)
    return f"""
        with seen as (
            select r.category, r.member_kind, r.member_no, r.group_no, arg_max({told}, r.day) as role
            from counted_register r
            join seen_event s on s.event_id = r.event_id
            left join counted_link l on l.event_id = r.event_id and l.kind = r.member_kind
                and l.entity_no = r.member_no
            where r.group_kind = $kind and {known_sql("r", question.selection.as_known_at)}
            group by all
        )
        select g.member_kind, g.member_no, g.group_no, g.category, s.role, g.starts, g.ends
        from registered g
        join seen s on s.category = g.category and s.member_kind = g.member_kind
            and s.member_no = g.member_no and s.group_no = g.group_no
        where g.group_kind = $kind
    """


def _mates(question: Question, group_no: int, on: date) -> dict[tuple[str, int], tuple[set[int], set[int]]]:
    """By member of this group, the other groups they belong to on a day, and all they ever belonged to."""
    rows = question.cursor.rows(
        "other groups",
        """
        select m.member_kind, m.member_no, o.group_no,
               bool_or(o.starts <= $on and (o.ends is null or $on < o.ends))
               and bool_or(m.starts <= $on and (m.ends is null or $on < m.ends))
        from membership m
        join membership o on o.member_kind = m.member_kind and o.member_no = m.member_no
            and o.group_no <> m.group_no
        where m.group_no = $group group by all
        """,
        {"on": on, "group": group_no},
    )
    found: dict[tuple[str, int], tuple[set[int], set[int]]] = {}
    for kind, member, other, now in rows:
        held = found.setdefault((kind, member), (set(), set()))
        held[1].add(other)
        if now:
            held[0].add(other)
    return found


def _members(
    question: Question,
    group_no: int,
    on: date,
    mates: Mapping[tuple[str, int], tuple[set[int], set[int]]],
    names: Mapping[int, tuple[str, str]],
) -> list[Member]:
    rows = question.cursor.rows(
        "members",
        """
        select m.member_kind, m.member_no, m.role, m.category, m.starts, m.ends,
               m.starts <= $on and (m.ends is null or $on < m.ends) as in_force
        from membership m where m.group_no = $group order by in_force desc, m.starts, m.member_no
        """,
        {"on": on, "group": group_no},
    )
    kinds = {row[0] for row in rows}
    called = {
        kind: entity_names(question.cursor, kind, [r[1] for r in rows if r[0] == kind]) for kind in kinds
    }
    titles = question.context.domain.categories
    return [
        Member(
            *called[kind][member],
            kind=kind,
            role=role,
            listed_as=titles[question.category_ids[category]].title if category else "Uncategorised",
            starts=starts,
            ends=ends,
            in_force=in_force,
            also_in=tuple(sorted(names[each][0] for each in mates.get((kind, member), (set(), set()))[0])),
        )
        for kind, member, role, category, starts, ends, in_force in rows
    ]


def _withheld(question: Question, kind: EntityKind, group_no: int) -> int:
    ((count,),) = question.cursor.rows(
        "withheld",
        """
        select count(distinct (r.member_kind, r.member_no)) from registered r
        where r.group_kind = $kind and r.group_no = $group and not exists (
            select 1 from membership m where m.group_no = r.group_no
                and m.member_kind = r.member_kind and m.member_no = r.member_no)
        """,
        {"kind": kind.id, "group": group_no},
    )
    return int(count)


def _brokers(members: Sequence[Member], own: str) -> list[Broker]:
    found = {
        (each.kind, each.code): Broker(each.code, each.name, (own, *each.also_in))
        for each in members
        if each.in_force and each.also_in
    }
    return sorted(found.values(), key=lambda each: (-len(each.groups), each.code))


def _sharing(
    mates: Mapping[tuple[str, int], tuple[set[int], set[int]]], names: Mapping[int, tuple[str, str]]
) -> list[SharedMembers]:
    found = [
        SharedMembers(
            *names[number],
            now=sum(number in now for now, _ in mates.values()),
            ever=sum(number in ever for _, ever in mates.values()),
        )
        for number in names
    ]
    return sorted(found, key=lambda each: (-each.now, -each.ever, each.code))


def _homes(question: Question, kind: EntityKind, group_no: int, on: date, book: AreaBook) -> list[Home]:
    """Members in force by the area that the last snapshot before the end of the window has for them.

    A register may still list who has left: where they live says nothing of the group any more.
    """
    known = known_sql("r", question.selection.as_known_at)
    column = identifier(question.lookup.area_column(book.geography.id))
    rows = question.cursor.rows(
        "homes",
        f"""
        select c.{column}, count(distinct (r.member_kind, r.member_no))
        from counted_register r
        join counted_linked c on c.event_id = r.event_id
        semi join seen_event s on s.event_id = r.event_id
        semi join membership m on m.group_no = r.group_no and m.member_kind = r.member_kind
            and m.member_no = r.member_no and m.starts <= $on and (m.ends is null or $on < m.ends)
        where r.group_kind = $kind and r.group_no = $group and {known} and (r.source, r.day) in (
            select r.source, max(r.day) from counted_register r
            where r.day < $ends and {known} group by r.source)
        group by all
        """,
        _known(question)
        | {"kind": kind.id, "group": group_no, "on": on, "ends": question.selection.period.ends},
    )
    found = [
        Home(book.codes[no - 1] if no else "UNPLACED", book.names[no - 1] if no else "No area", members)
        for no, members in rows
    ]
    return sorted(found, key=lambda each: (-each.members, each.area_id))
