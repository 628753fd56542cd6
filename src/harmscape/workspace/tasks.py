"""The tasking register: what was agreed, by whom, where, and what the measure was before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import Geography
from harmscape.model.period import parse_day
from harmscape.views.before_after import BeforeAfter, before_after
from harmscape.workspace.state import Change, Store, checked_text
from harmscape.workspace.writing import keep

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

TaskState = Literal["open", "done", "dropped"]
STATES: tuple[TaskState, ...] = ("open", "done", "dropped")
MOST_POINTS = 500
_MOST_NAME, _MOST_AREAS = 120, 200
_AGREED = ("owner", "partner", "by", "areas", "polygon", "aim", "measure", "review")
_CHANGEABLE = ("owner", "partner", "aim", "review", "state", "reason")
_MEASURED_DAYS = 92
"""Closed tasks are measured for a quarter longer; after that their figures say little of them."""


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A change to a task: what it set, by whom, when and why."""

    at: datetime
    by: str
    why: str | None
    sets: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One agreed piece of work. `made_on` is the local day it was agreed, from which its figures run.

    by and areas: codes of a geography; polygon: GeoJSON in degrees, where it was drawn instead.
    """

    id: int
    owner: str
    partner: str | None
    by: str
    areas: tuple[str, ...]
    area_names: tuple[str, ...]
    polygon: Mapping[str, Any] | None
    aim: str
    measure: str
    review: date
    state: TaskState
    reason: str | None
    made_at: datetime
    made_on: date
    made_by: str
    snapshot: str
    changes: tuple[TaskChange, ...]
    figures: BeforeAfter | None = None


def add_task(workspace: Workspace, given: Mapping[str, Any], *, at: datetime | None = None) -> int:
    """Write a task down and return its number. Raises SelectionError that says what is missing or wrong."""
    return keep(workspace, "task", _checked_task(workspace, given), at=at)


def power_of(workspace: Workspace, given: Mapping[str, Any]) -> str | None:
    """What fall could be seen at all where a task is, in one sentence; None where that cannot be told."""
    words = {key: given[key] for key in ("by", "areas", "measure") if given.get(key)}
    polygon = given.get("polygon")
    if polygon is not None:
        outer = polygon["coordinates"][0]
        words = {
            "measure": given.get("measure"),
            "within": ";".join(f"{lon},{lat}" for lon, lat in outer[:-1]),
        }
    try:
        found = workspace.ask("power", words)
    except SelectionError:  # without a year of data, or with more corners than a question takes
        return None
    return str(found.to_dict()["sentence"])


def change_task(
    workspace: Workspace, number: int, given: Mapping[str, Any], *, at: datetime | None = None
) -> None:
    """Change who, until when or how a task stands. Where and by what it is measured stays as agreed."""
    for key in given:
        if key not in _CHANGEABLE:
            stays = " (where and by what a task is measured stays as agreed)" if key in _AGREED else ""
            raise SelectionError(
                f"a task's {str(key)[:40]!r} cannot be changed{stays}{nearest(str(key)[:40], _CHANGEABLE)}"
            )
    body = {key: _checked_field(key, given[key]) for key in given if key != "reason"}
    why = checked_text(given.get("reason"), "reason", needed=body.get("state") in ("done", "dropped"))
    if not body:
        raise SelectionError("nothing to change: say " + ", ".join(_CHANGEABLE[:-1]))
    keep(workspace, "task", body, id=number, why=why or None, at=at)


def read_tasks(workspace: Workspace, *, today: date | None = None) -> list[Task]:
    """All tasks, the open ones first and the newest of them first, with their figures before and after."""
    zone = ZoneInfo(workspace.domain.settings.timezone)
    tasks = _tasks(workspace.state, zone)
    now = today or datetime.now(zone).date()
    held = workspace.snapshot()

    def measured(cursor: Any) -> list[Task]:
        return [_measured(cursor, held.context, task, now) for task in tasks]

    found = workspace.read("tasks", {"tasks": len(tasks)}, measured) if tasks else []
    return sorted(found, key=lambda task: (task.state != "open", -task.made_at.timestamp(), -task.id))


def _measured(cursor: Any, context: Any, task: Task, today: date) -> Task:
    book = context.book(task.by)
    names = {code: book.names[number - 1] for code, number in book.numbers.items()}
    named = replace(task, area_names=tuple(names.get(code, code) for code in task.areas))
    last = max((change.at.date() for change in task.changes), default=task.made_on)
    if task.state != "open" and (today - last).days > _MEASURED_DAYS:
        return named
    words = {"by": task.by, "measure": task.measure, "areas": list(task.areas)}
    return replace(named, figures=before_after(cursor, context, words, task.made_on, task.polygon))


def _tasks(store: Store, zone: ZoneInfo) -> list[Task]:
    held: dict[int, list[Change]] = {}
    for each in store.changes("task"):
        held.setdefault(each.id, []).append(each)
    return [_task(number, changes, zone) for number, changes in held.items()]


def _task(number: int, changes: list[Change], zone: ZoneInfo) -> Task:
    first, later = changes[0], changes[1:]
    now: dict[str, Any] = dict(first.body)
    reason = None
    for each in later:
        now |= each.body
        reason = each.why if "state" in each.body else reason
    return Task(
        id=number,
        owner=now["owner"],
        partner=now["partner"],
        by=now["by"],
        areas=tuple(now["areas"]),
        area_names=(),
        polygon=now["polygon"],
        aim=now["aim"],
        measure=now["measure"],
        review=date.fromisoformat(now["review"]),
        state=now["state"],
        reason=reason,
        made_at=first.at,
        made_on=first.at.astimezone(zone).date(),
        made_by=first.by,
        snapshot=now["snapshot"],
        changes=tuple(TaskChange(each.at, each.by, each.why, each.body) for each in later),
    )


def _checked_task(workspace: Workspace, given: Mapping[str, Any]) -> dict[str, Any]:
    for key in given:
        if key not in _AGREED:
            raise SelectionError(f"a task has no {str(key)[:40]!r}{nearest(str(key)[:40], _AGREED)}")
    domain, context = workspace.domain, workspace.snapshot().context
    subject = domain.subject(_word(given, "by", domain.settings.defaults.by))
    if not isinstance(subject, Geography):
        raise SelectionError("a task is about areas: say by with a geography, or draw a polygon")
    measure = domain.measure(_word(given, "measure", domain.settings.defaults.measure))
    body = {key: _checked_field(key, given.get(key)) for key in ("owner", "partner", "aim", "review")}
    areas, polygon = _checked_areas(given.get("areas")), given.get("polygon")
    if bool(areas) == (polygon is not None):
        raise SelectionError("a task names its areas, or has a polygon drawn: one of the two")
    book = context.book(subject.id)
    codes = [book.codes[book.index(each)] for each in areas]
    return body | {
        "by": subject.id,
        "areas": list(dict.fromkeys(codes)),
        "polygon": checked_polygon(polygon) if polygon is not None else None,
        "measure": measure.id,
        "state": "open",
        "snapshot": context.snapshot,
    }


def _word(given: Mapping[str, Any], key: str, default: str) -> str:
    value = given.get(key) or default
    if not isinstance(value, str):
        raise SelectionError(f"{key} must be text")
    return value


def _checked_areas(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SelectionError("areas must be a list of codes")
    if len(value) > _MOST_AREAS:
        raise SelectionError(f"a task takes up to {_MOST_AREAS} areas")
    return value


def _checked_field(key: str, value: object) -> Any:
    if key == "state":
        if value not in STATES:
            raise SelectionError(f"a task is open, done or dropped{nearest(str(value)[:40], STATES)}")
        return value
    if key == "review":
        return str(parse_day(checked_text(value, "review", most=40)))
    if key == "aim":
        return checked_text(value, "aim")
    text = checked_text(value, key, most=_MOST_NAME, needed=key == "owner")
    return text or None


def checked_polygon(value: object) -> dict[str, Any]:
    """A drawn area: one GeoJSON Polygon in degrees, of at most 500 points, closed, not crossing itself."""
    if not isinstance(value, Mapping) or value.get("type") != "Polygon" or set(value) - _POLYGON:
        raise SelectionError("a drawn area must be a GeoJSON Polygon with its coordinates")
    rings = value.get("coordinates")
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) for ring in rings):
        raise SelectionError("a drawn area must have its rings in coordinates")
    if sum(len(ring) for ring in rings) > MOST_POINTS:
        raise SelectionError(f"a drawn area takes up to {MOST_POINTS} points")
    for ring in rings:
        if len(ring) < 4 or not all(_is_position(each) for each in ring) or ring[0] != ring[-1]:
            raise SelectionError(
                "each ring of a drawn area needs four points or more, longitude then latitude in degrees,"
                " the last the same as the first"
            )
    import shapely

    shape = {"type": "Polygon", "coordinates": rings}
    if not shapely.is_valid(shapely.from_geojson(json.dumps(shape))):
        raise SelectionError("the lines of the drawn area cross each other")
    return shape


_POLYGON = {"type", "coordinates"}


def _is_position(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    if not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in value):
        return False
    lon, lat = value
    return isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90
