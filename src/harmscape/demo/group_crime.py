"""What groups do: more drugs, weapons and violence, near where they gather, and with each other."""

from __future__ import annotations

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Whole
from harmscape.demo.groups import Underworld, area_distances_km
from harmscape.demo.land import Land
from harmscape.demo.offences import OFFENCES, Offence
from harmscape.demo.terrain import Floats

# Fields of crime: how often a suspect is a member of some group, and how it draws OCGs, PCGs and UCGs.
FIELDS = {
    "Drug offences": (0.34, (2.2, 1.0, 0.6)),
    "Possession of weapons offences": (0.32, (1.0, 1.4, 1.4)),
    "Robbery": (0.20, (0.6, 1.4, 1.6)),
    "Violence against the person": (0.13, (0.9, 1.2, 1.2)),
    "Theft offences": (0.06, (0.6, 1.2, 1.3)),
    "other": (0.05, (0.8, 1.1, 1.1)),
}
REACH_KM, MOST = 2.2, 0.75
"""How far from where it gathers a group acts, and the largest share of suspects it can have anywhere."""
LAPSED_DAYS, LAPSED = 365, 0.3
"""Who has left goes on for a year, at this rate."""
OTHER_CREW = 0.25
_TRIES = 12


def group_of_crime(
    offence: Whole, area: Ints, land: Land, under: Underworld, rng: np.random.Generator
) -> Ints:
    """For each crime with a suspect, by offence and small area, the number of a group, -1 for none."""
    field = _field_of_offence()[offence]
    draws = _draws(land, under)
    chance = np.array([share for share, _ in FIELDS.values()])[field] * _presence(draws, land)[field, area]
    ours = np.flatnonzero(rng.random(len(area)) < np.minimum(chance, MOST))
    total = draws.cumsum(axis=2)[field[ours], area[ours]]
    group = np.full(len(area), -1)
    group[ours] = (total < rng.random(len(ours))[:, None] * total[:, -1:]).sum(axis=1)
    return group


def draw_members(group: Ints, day: Whole, under: Underworld, rng: np.random.Generator) -> Ints:
    """For each crime of a group the stay of a member who was in it on the day; -1 where none was free."""
    weight = np.concatenate([[0.0], under.members.offends[under.stays.person].cumsum()])
    starts, ends = (np.searchsorted(under.stays.group, group, side=side) for side in ("left", "right"))
    found = np.full(len(group), -1)
    for _ in range(_TRIES):
        open_ = np.flatnonzero(found < 0)
        low, high = weight[starts[open_]], weight[ends[open_]]
        stay = np.searchsorted(weight, low + rng.random(len(open_)) * (high - low), side="right") - 1
        accepted = rng.random(len(open_)) < _readiness(stay, day[open_], under)
        found[open_[accepted]] = stay[accepted]
    return found


def draw_second(first: Ints, day: Whole, under: Underworld, rng: np.random.Generator) -> Ints:
    """For each stay another of the same group to offend with, mostly of the same crew; -1 where none is."""
    stays, found = under.stays, np.full(len(first), -1)
    for _ in range(_TRIES):
        open_ = np.flatnonzero(found < 0)
        stay = draw_members(stays.group[first[open_]], day[open_], under, rng)
        same_crew = stays.crew[stay] == stays.crew[first[open_]]
        fits = (stay >= 0) & (stays.person[stay] != stays.person[first[open_]])
        fits &= same_crew | (rng.random(len(open_)) < OTHER_CREW)
        found[open_[fits]] = stay[fits]
    return found


def _readiness(stay: Ints, day: Whole, under: Underworld) -> Floats:
    """How likely someone acts for the group on a day: not before joining nor in prison, seldom once left."""
    stays, members = under.stays, under.members
    person = stays.person[stay]
    since = day - stays.left[stay]
    ready = np.where(since < 0, 1.0, np.where(since < LAPSED_DAYS, LAPSED, 0.0))
    free = (day < members.prison_from[person]) | (day >= members.prison_to[person])
    return ready * (stays.joined[stay] <= day) * free


def _draws(land: Land, under: Underworld) -> Floats:
    """Fields x small areas x groups: how much each group draws of what happens there."""
    groups = under.groups
    near = np.exp(-area_distances_km(land)[:, groups.anchor] / REACH_KM) * groups.seats
    taste = np.array([[tastes[kind] for kind in groups.kind] for _, tastes in FIELDS.values()])
    return np.asarray(near[None, :, :] * taste[:, None, :])


def _presence(draws: Floats, land: Land) -> Floats:
    """Fields x small areas: how strong groups are there, 1 in the mean over all people."""
    total = draws.sum(axis=2)
    mean = total @ land.people.residents / land.people.residents.sum()
    return np.asarray(total / mean[:, None])


def _field_of_offence() -> Ints:
    def field(offence: Offence) -> str:
        return offence.group if offence.group in FIELDS else "other"

    return np.array([list(FIELDS).index(field(offence)) for offence in OFFENCES])
