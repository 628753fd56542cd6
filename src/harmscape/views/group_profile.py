"""Who is this group? Its figures, its members and their roles, its areas, and whom it shares people with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError, nearest
from harmscape.views.context import AreaBook, Context
from harmscape.views.group_harm import (
    FallsIn,
    RoleHarm,
    SharedHarm,
    harm_by_area,
    harm_by_role,
    harm_by_rule,
)
from harmscape.views.group_members import Broker, Home, Member, SharedMembers, belonging
from harmscape.views.place_profile import PlaceProfile, place_profile
from harmscape.views.question import ask
from harmscape.views.result import Result


@dataclass(frozen=True, kw_only=True)
class GroupProfile(Result):
    """The profile of one entity that has members; `members` lists its memberships, those in force first.

    figures: its standing, categories, months and hours, under the sharing rule of the question. withheld:
    members told only by rows that this reader may not open. areas: where its events fall; homes: where its
    members live by the last snapshot; both by one geography.
    """

    ROWS: ClassVar[str] = "members"

    figures: PlaceProfile
    shared: str
    members: tuple[Member, ...]
    withheld: int
    brokers: tuple[Broker, ...]
    sharing: tuple[SharedMembers, ...]
    by_role: tuple[RoleHarm, ...]
    by_rule: tuple[SharedHarm, ...]
    areas: tuple[FallsIn, ...]
    homes: tuple[Home, ...]
    geography: Mapping[str, str]
    selection: Mapping[str, str]


def group_profile(
    cursor: Engine, context: Context, words: Mapping[str, object], *, geography: str = ""
) -> GroupProfile:
    """The profile of the one group that `areas` names, by code or name.

    by: a kind of entity that declares `members`; the first such kind unless said. geography: by which areas
    its events and homes are told; the workspace's own default unless said.
    """
    kind = _kind_of(words, context)
    said = {**words, "by": kind.id}
    figures = place_profile(cursor, context, said)
    question = ask(cursor, context, {**said, "areas": [figures.area.area_id]})
    index = question.book.index(figures.area.area_id)
    areas_by = _areas_by(geography, context)
    held = belonging(question, kind, index, areas_by)
    by_role = harm_by_role(question, kind, index)
    by_rule = harm_by_rule(question, kind)
    return GroupProfile(
        figures=figures,
        shared=question.selection.shared or question.measure.shared,
        members=held.members,
        withheld=held.withheld,
        brokers=held.brokers,
        sharing=held.sharing,
        by_role=tuple(by_role),
        by_rule=tuple(by_rule),
        areas=tuple(harm_by_area(question, kind, index, areas_by)),
        homes=held.homes,
        geography={"id": areas_by.geography.id, "title": areas_by.geography.title},
        warnings=figures.warnings,
        selection=figures.selection,
    )


def _kind_of(words: Mapping[str, object], context: Context) -> EntityKind:
    kinds = [kind for kind in context.domain.entities if kind.members is not None]
    if not kinds:
        raise SelectionError("no kind of entity in this workspace has members, so there are no groups")
    if not words.get("by"):
        return kinds[0]
    asked = context.domain.subject(str(words["by"]))
    if isinstance(asked, EntityKind) and asked.members is not None:
        return asked
    hint = nearest(asked.id, [kind.id for kind in kinds])
    raise SelectionError(f"{asked.title} has no members{hint}; `place` shows its figures")


def _areas_by(geography: str, context: Context) -> AreaBook:
    if geography:
        return context.book(context.domain.geography(geography).id)
    default = context.domain.settings.defaults.by
    subject = context.domain.subject(default)
    if not isinstance(subject, EntityKind):
        return context.book(subject.id)
    return context.book(context.domain.geographies[0].id)
