"""What a group's events come to, seen from three sides: by role, by sharing rule, by area.

Every figure is over distinct events: one that five members are tied to counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from harmscape.engine import quoted
from harmscape.model.entity import EVERYTHING, EntityKind
from harmscape.model.measure import Sharing
from harmscape.model.selection import Condition
from harmscape.scoring.score import event_sql, score_sql
from harmscape.scoring.ties import known_sql, subject_name, subject_sql
from harmscape.views.context import AreaBook
from harmscape.views.question import Question, parameters
from harmscape.views.scored import score_areas


@dataclass(frozen=True, slots=True)
class RoleHarm:
    """The distinct events to which members (or the group itself) are tied in one role, and their harm.

    counts: whether the workspace lets this role count for the group. Events of several roles stand in each,
    so roles do not add up to the group.
    """

    role: str
    counts: bool
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class SharedHarm:
    """The group's harm where an event linked to several groups counts as one rule says."""

    rule: str
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class FallsIn:
    """An area (UNPLACED for none) in which events of the group fall; each event is whole here."""

    area_id: str
    name: str
    events: int
    harm: Decimal


def harm_by_role(question: Question, kind: EntityKind, index: int) -> list[RoleHarm]:
    """Harm by the role of the link, most first. Of flows alone: what a register holds has no such roles."""
    measure = question.measure
    if measure.kind not in ("flow", "sum"):
        return []
    roles = _roles(question, kind)
    tied = " union all ".join(
        f"select {quoted(role)} as role, s.event_id from ({_one_role_sql(question, kind, role)}) s"
        f" where s.subject_no = {index + 1}"
        for role in roles
    )
    if not tied:
        return []
    cursor = question.cursor
    cursor.create("tied_in_role", tied, _known(question))
    everything = question.selection.model_copy(update={"by": EVERYTHING, "areas": (), "stocks": False})
    picked = replace(question, selection=everything, rolled={}, trending=None).pick()
    rows = cursor.rows(
        "harm by role",
        f"""
        with weighed as ({event_sql(picked, f"a_{EVERYTHING}", question.attributes)})
        select t.role, count(*), coalesce(sum(w.harm), 0)
        from tied_in_role t join weighed w on w.event_id = t.event_id group by t.role
        """,
        parameters(picked, tallied=False),
    )
    found = [RoleHarm(role, roles[role], events, Decimal(harm)) for role, events, harm in rows]
    return sorted(found, key=lambda each: (not each.counts, -each.harm, each.role))


def _roles(question: Question, kind: EntityKind) -> Mapping[str, bool]:
    """The roles that some link to the group or to members has, and whether each counts for the group."""
    assert kind.members is not None, "only kinds with members have a profile of their roles"
    rows = question.cursor.rows(
        "roles",
        f"""
        select l.role, bool_or(l.kind = $group), bool_or(l.kind = $member)
        from counted_link l
        where l.role is not null and l.kind in ($group, $member)
            and {known_sql("l", question.selection.as_known_at)}
        group by l.role order by l.role
        """,
        _known(question) | {"group": kind.id, "member": kind.members.kind},
    )
    own = {role.casefold() for role in kind.roles}
    through = {role.casefold() for role in kind.members.roles}
    return {
        role: (direct and (not own or role in own)) or (member and (not through or role in through))
        for role, direct, member in rows
    }


def _one_role_sql(question: Question, kind: EntityKind, role: str) -> str:
    assert kind.members is not None
    members = kind.members.model_copy(update={"roles": (role,)})
    only = kind.model_copy(update={"roles": (role,), "members": members})
    return subject_sql(only, "full", {}, question.selection.as_known_at)


def harm_by_rule(question: Question, kind: EntityKind) -> list[SharedHarm]:
    """The same group under each rule of sharing. Leaves the rule `full` on the cursor."""
    measure, known_at = question.measure, question.selection.as_known_at
    rules: list[Sharing] = ["role_weighted"] if measure.role_shares else []
    found = []
    for rule in [*rules, "split", "full"]:
        sql = subject_sql(kind, rule, measure.role_shares, known_at)
        question.cursor.create(subject_name(kind.id), sql, _known(question))
        picked = replace(question, rolled={}, trending=None).pick()
        ((events, harm),) = question.cursor.rows(
            "harm by rule",
            f"""
            with score as ({score_sql(picked, question.area_column, question.attributes)})
            select coalesce(sum(s.events), 0)::bigint, coalesce(sum(s.harm), 0) from score s
            """,
            parameters(picked),
        )
        found.append(SharedHarm(rule, events, Decimal(harm)))
    return found[::-1]


def harm_by_area(question: Question, kind: EntityKind, index: int, book: AreaBook) -> list[FallsIn]:
    """Where the events of the group fall, most harm first; needs the rule `full` on the cursor."""
    own = Condition(field=kind.id, values=(question.book.codes[index],))
    asked = question.selection.model_copy(
        update={"by": book.geography.id, "areas": (), "where": (*question.selection.where, own)}
    )
    scored = score_areas(replace(question, selection=asked, rolled={}, trending=None))
    found = [
        FallsIn(code, book.names[i], int(scored.events[i]), scored.harm[i])
        for i, code in enumerate(book.codes)
        if scored.events[i]
    ]
    found.sort(key=lambda each: (-each.harm, each.area_id))
    if scored.unplaced_events:
        found.append(FallsIn("UNPLACED", "No area", scored.unplaced_events, scored.unplaced_harm))
    return found


def _known(question: Question) -> dict[str, object]:
    known_at = question.selection.as_known_at
    return {"known_at": known_at} if known_at else {}
