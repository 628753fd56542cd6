"""Groups and who belongs to them, when and as what; with one network whose brokers are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.nominals import AT_HOME, Nominals, settle_people
from harmscape.demo.person_names import OCG_NAMES, PCG_NAMES, UCG_NAMES
from harmscape.demo.records import NEVER
from harmscape.demo.terrain import Floats

ROLES = ("Principal", "Lieutenant", "Enforcer", "Courier", "Associate")
ROLE_OFFENDS = np.array([0.35, 0.6, 1.2, 1.3, 0.9])
BANDS = ("A", "B", "C", "D")
STAY_DAYS, GAP_DAYS, LEAD_DAYS = 1_900.0, 120.0, 4_000
"""How long a member stays and a seat stays empty, in the mean, and how long before the span it all began."""
DUAL_MEMBERS = 24
BROKER_OFFENDS = 5.0


class GroupKind(NamedTuple):
    """A kind of group: seats a group, mean and spread of the age of members in years, how near they live (in
    kilometres), how often women are among them."""

    title: str
    prefix: str
    names: tuple[str, ...]
    seats: tuple[int, int]
    age: tuple[float, float]
    youngest: int
    near_km: float


GROUP_KINDS = (
    GroupKind("OCG member", "OCG", OCG_NAMES, (18, 34), (34, 8), 18, 2.2),
    GroupKind("PCG member", "PCG", PCG_NAMES, (13, 24), (24, 3.5), 16, 1.3),
    GroupKind("UCG member", "UCG", UCG_NAMES, (12, 22), (19, 2.5), 14, 1.0),
)
# The planted network: Harrow is tied to Cutlass by two people and to the Larkmoor Lads by one; nobody else.
NETWORK = (("OCG-14", "OCG-02"), ("OCG-14", "OCG-02"), ("OCG-14", "PCG-01"))


@dataclass(frozen=True, slots=True)
class Groups:
    """One entry a group. `kind`: a number in `GROUP_KINDS`; `anchor`: the small area it gathers in."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    kind: Ints
    anchor: Ints
    seats: Ints
    band: Ints


@dataclass(frozen=True, slots=True)
class Memberships:
    """One entry a stay of a person in a group, by group. Days from the first of the span, which a stay can
    begin before; `left` is the first day no longer a member, `NEVER` for those who are still in."""

    person: Ints
    group: Ints
    role: Ints
    crew: Ints
    joined: Ints
    left: Ints

    def active(self, day: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which stays a day lies in."""
        return (self.joined <= day) & (day < self.left)


@dataclass(frozen=True, slots=True)
class Underworld:
    """Groups, the people in them (the first of all nominals), their stays, and the brokers by person."""

    groups: Groups
    members: Nominals
    stays: Memberships
    brokers: tuple[int, ...]


def draw_groups(land: Land, span: Span, rng: np.random.Generator) -> Underworld:
    """Draw every group, its members in the span and the year before, and those who stand in two groups."""
    groups = _found(land, rng)
    person, group, role, crew, joined, left = _fill_seats(groups, span, rng)
    stays = Memberships(person, group, role, crew, joined, left)
    kinds = [GROUP_KINDS[number] for number in groups.kind[group]]
    mean, spread = np.array([kind.age for kind in kinds]).T
    youngest = np.array([kind.youngest for kind in kinds])
    age_joined = np.maximum(rng.normal(mean, spread), youngest)
    area = _near(land, groups.anchor[group], np.array([kind.near_km for kind in kinds]), rng)
    members = settle_people(
        land, area, age_joined + (span.days - joined) / 365.25, span, rng,
        men=0.91, lives=(0.90, 0.05, 0.05), imprisoned=0.22, unevenness=0.7,
    )  # fmt: skip
    members = replace(members, offends=members.offends * ROLE_OFFENDS[role])
    return _join_two(Underworld(groups, members, stays, ()), span, rng)


def _found(land: Land, rng: np.random.Generator) -> Groups:
    """Groups by id: each gathers in a poor part of a town, no two in the same small area."""
    people = land.people
    weight = people.residents * np.exp(0.8 * people.deprivation) * (people.rural < 0.5)
    kinds = [number for number, kind in enumerate(GROUP_KINDS) for _ in kind.names]
    numbers = [number + 1 for kind in GROUP_KINDS for number in range(len(kind.names))]
    names = [name for kind in GROUP_KINDS for name in kind.names]
    told = list(zip(kinds, numbers, names, strict=True))
    return Groups(
        id=tuple(f"{GROUP_KINDS[kind].prefix}-{number:02d}" for kind, number, _ in told),
        name=tuple(f"{GROUP_KINDS[kind].prefix} {number}/{name}" for kind, number, name in told),
        kind=np.array(kinds),
        anchor=rng.choice(len(weight), len(told), replace=False, p=weight / weight.sum()),
        seats=np.array([rng.integers(*GROUP_KINDS[kind].seats) for kind in kinds]),
        band=rng.choice(len(BANDS), len(told), p=(0.15, 0.35, 0.35, 0.15)),
    )


def _fill_seats(groups: Groups, span: Span, rng: np.random.Generator) -> tuple[Ints, ...]:
    """Stay after stay in each seat, from long before the span, so that numbers are steady from its start."""
    rows: list[tuple[int, int, int, int, int]] = []
    for group, seats in enumerate(groups.seats.tolist()):
        for seat in range(seats):
            role = 0 if seat == 0 else 1 if seat < 4 else int(rng.integers(2, 5))
            day = -LEAD_DAYS
            while day < span.days:
                joined = day + int(rng.exponential(GAP_DAYS))
                day = joined + 30 + int(rng.exponential(STAY_DAYS))
                if day >= -365 and joined < span.days:
                    left = day if day < span.days else NEVER
                    rows.append((group, role, seat // 5, joined, left))
    group_, role_, crew, joined_, left_ = np.array(rows, np.int64).T
    return np.arange(len(rows)), group_, role_, crew, joined_, left_


def _near(land: Land, anchor: Ints, near_km: Floats, rng: np.random.Generator) -> Ints:
    """A small area for each, near the one given: the closer and the more people, the likelier."""
    apart = area_distances_km(land)[anchor]
    weight = land.people.residents * np.exp(-apart / near_km[:, None])
    total = weight.cumsum(axis=1)
    drawn = rng.random(len(anchor)) * total[:, -1]
    return np.asarray((total < drawn[:, None]).sum(axis=1))


def area_distances_km(land: Land) -> Floats:
    """Small areas x small areas: kilometres between the middles of their places."""
    places, count = land.places, len(land.people.residents)
    held = np.bincount(places.area, minlength=count)
    east, north = (
        np.bincount(places.area, axis) / held / 1_000 for axis in (places.easting, places.northing)
    )
    return np.asarray(np.hypot(east[:, None] - east, north[:, None] - north))


def _join_two(under: Underworld, span: Span, rng: np.random.Generator) -> Underworld:
    """Put some people into a second group: the brokers of the planted network, and others outside of it."""
    groups, stays, members = under.groups, under.stays, under.members
    network = {groups.id.index(name) for pair in NETWORK for name in pair}
    added: list[tuple[int, int, int, int, int, int]] = []
    brokers: list[int] = []
    joined, left, lives = stays.joined.copy(), stays.left.copy(), members.lives.copy()
    prison, offends = members.prison_from.copy(), members.offends.copy()
    for first, second in NETWORK:
        seats = np.flatnonzero((stays.group == groups.id.index(first)) & (stays.role >= 2))
        row = int(next(seat for seat in seats if stays.person[seat] not in brokers))
        brokers.append(int(stays.person[row]))
        joined[row], left[row] = -300, NEVER
        lives[brokers[-1]], prison[brokers[-1]], offends[brokers[-1]] = AT_HOME, NEVER, BROKER_OFFENDS
        added.append((brokers[-1], groups.id.index(second), 4, 0, -200, NEVER))
    outside = np.flatnonzero(~np.isin(stays.group, list(network)))
    for row in rng.choice(outside, DUAL_MEMBERS, replace=False).tolist():
        others = [number for number in range(len(groups.id)) if number not in network | {stays.group[row]}]
        other = int(rng.choice(others))
        ends = min(int(stays.left[row]), span.days)
        begins = int(rng.integers(int(stays.joined[row]), max(ends - 20, int(stays.joined[row]) + 1)))
        added.append((int(stays.person[row]), other, 4, 1, begins, int(stays.left[row])))
    more = np.array(added, np.int64).T
    parts = (stays.person, stays.group, stays.role, stays.crew, joined, left)
    both = [np.concatenate([part, column]) for part, column in zip(parts, more, strict=True)]
    order = both[1].argsort(kind="stable")
    members = replace(members, lives=lives, prison_from=prison, offends=offends)
    return Underworld(groups, members, Memberships(*(part[order] for part in both)), tuple(brokers))
