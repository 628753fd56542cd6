"""Registers, told anew each month: who belongs to which group, and who is watched as a priority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from harmscape.demo.areas import Ints
from harmscape.demo.cells import day_cells, numbered, pick, write_table
from harmscape.demo.deliveries import month_end
from harmscape.demo.events import Span
from harmscape.demo.groups import BANDS, GROUP_KINDS, ROLES, Underworld
from harmscape.demo.nominals import WHEREABOUTS, Nominals
from harmscape.demo.settings import Places

SNAPSHOTS = 24
KEPT_DAYS = 70
"""How long someone who has left stays on the register, with the day of leaving: two or three snapshots."""
REASONS = ("Firearms", "Drugs supply", "Serious violence", "Exploitation of children", "Wanted on warrant")
PRIORITY_MEMBERS, PRIORITY_OTHERS, WATCHED_SINCE_DAYS = 160, 80, 2_000


@dataclass(frozen=True, slots=True)
class Priorities:
    """One entry a time somebody is watched, from `since` to `until`; days from the first of the span."""

    person: Ints
    since: Ints
    until: Ints
    reason: Ints


def snapshot_days(span: Span) -> list[date]:
    """The last days of the last 24 months of a span, or of as many as it has.

    >>> days = snapshot_days(Span(date(2021, 11, 1), date(2026, 10, 31)))
    >>> len(days), str(days[0]), str(days[-1])
    (24, '2024-11-30', '2026-10-31')
    """
    back = [month_end(span.ends, -months) for months in range(SNAPSHOTS)]
    return [day for day in reversed(back) if day >= span.starts]


def choose_priorities(
    people: Nominals, under: Underworld, span: Span, rng: np.random.Generator
) -> Priorities:
    """Some members of groups and some others, the likelier the more they offend; as many at any time."""
    members = np.unique(under.stays.person[under.stays.left > span.days - 1_000])
    others = np.arange(len(under.members), len(people))
    person = np.concatenate([
        rng.choice(pool, min(count, len(pool)), replace=False, p=_shares(people, pool))
        for pool, count in ((members, PRIORITY_MEMBERS), (others, PRIORITY_OTHERS))
    ])  # fmt: skip
    since = rng.integers(span.days - WATCHED_SINCE_DAYS, span.days, len(person))
    until = since + rng.integers(90, 900, len(person))
    order = since.argsort(kind="stable")
    reason = rng.integers(0, len(REASONS), len(person))
    return Priorities(person[order], since[order], until[order], reason)


def write_groups(
    path: Path, day: date, *, under: Underworld, people: Nominals, places: Places, span: Span
) -> int:
    """The register of memberships as it stands at the end of a day; who left lately is on it still."""
    stays, groups, as_of = under.stays, under.groups, span.number(day)
    rows = np.flatnonzero((stays.joined <= as_of) & (stays.left > as_of - KEPT_DAYS))
    person, group = stays.person[rows], stays.group[rows]
    east, north = people.home_cells(person, places)
    return write_table(path, {
        "Entry id": numbered("MEM-", rows + 1, 5),
        "Group id": pick(groups.id, group),
        "Group name": pick(groups.name, group),
        "Kind": pick([kind.title for kind in GROUP_KINDS], groups.kind[group]),
        "Nominal": people.ids(person),
        "Name": people.names(person),
        "Role": pick(ROLES, stays.role[rows]),
        "Joined": day_cells(span, stays.joined[rows]),
        "Left": _day_if_known(span, stays.left[rows], as_of),
        "Whereabouts": pick(WHEREABOUTS, people.whereabouts(person, as_of)),
        "Easting": east,
        "Northing": north,
        "Band": pick(BANDS, groups.band[group]),
    })  # fmt: skip


def write_priorities(
    path: Path, day: date, *, priorities: Priorities, people: Nominals, places: Places, span: Span
) -> int:
    """The register of priority individuals as it stands at the end of a day."""
    as_of = span.number(day)
    rows = np.flatnonzero((priorities.since <= as_of) & (priorities.until > as_of - KEPT_DAYS))
    person = priorities.person[rows]
    east, north = people.home_cells(person, places)
    return write_table(path, {
        "Entry id": numbered("PRI-", rows + 1, 4),
        "Nominal": people.ids(person),
        "Name": people.names(person),
        "Since": day_cells(span, priorities.since[rows]),
        "Until": _day_if_known(span, priorities.until[rows], as_of),
        "Reason": pick(REASONS, priorities.reason[rows]),
        "Whereabouts": pick(WHEREABOUTS, people.whereabouts(person, as_of)),
        "Easting": east,
        "Northing": north,
    })  # fmt: skip


def _day_if_known(span: Span, day: Ints, as_of: int) -> pa.Array:
    """A day that has come; empty for one that nobody can know of yet."""
    ahead = day > as_of
    return day_cells(span, np.where(ahead, 0, day), missing=ahead)


def _shares(people: Nominals, pool: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(people.offends[pool] / people.offends[pool].sum())
