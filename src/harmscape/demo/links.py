"""Who is linked to which crime: suspects alone and together, those charged, victims, witnesses and others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Flags, Whole
from harmscape.demo.diversion import Referrals
from harmscape.demo.events import Events
from harmscape.demo.group_crime import draw_members, draw_second, group_of_crime
from harmscape.demo.groups import Underworld
from harmscape.demo.land import Land
from harmscape.demo.nominals import IN_PRISON, Nominals
from harmscape.demo.offences import OFFENCES, Offence
from harmscape.demo.records import NEVER, OUTCOMES, Records
from harmscape.demo.terrain import Floats

ROLES = ("Suspect", "Charged", "Victim", "Witness", "Associate")
SUSPECT, CHARGED, VICTIM, WITNESS, ASSOCIATE = range(5)
SECOND_SHARE, ASSOCIATE_SHARE, ORDINARY_SECOND_SHARE = 0.28, 0.06, 0.04
WITNESS_SHARE, CHARGED_SHARE = 0.012, 0.9


@dataclass(frozen=True, slots=True)
class Links:
    """One entry a link in the order they were made. `crime`, `person`: by number; `role`: a place in `ROLES`,
    never `CHARGED`, which a suspect becomes on `charged_on`; days from the first of the span."""

    crime: Ints
    person: Ints
    role: Ints
    linked_on: Ints
    charged_on: Ints


def draw_links(
    events: Events,
    records: Records,
    land: Land,
    people: Nominals,
    under: Underworld,
    referrals: Referrals,
    rng: np.random.Generator,
) -> Links:
    """Link people to crimes; crimes that are withdrawn have none. `people`: members of groups come first."""
    day = events.minute // 1440
    kept = records.withdrawn_on == NEVER
    suspected = np.flatnonzero(kept & (rng.random(len(day)) < _suspect_chance(events, records)))
    group = group_of_crime(
        events.offence[suspected], land.places.area[events.place[suspected]], land, under, rng
    )
    rows = suspected[group >= 0]
    stay = draw_members(group[group >= 0], day[rows], under, rng)
    unknown = np.concatenate([suspected[group < 0], rows[stay < 0]])
    rows, stay = rows[stay >= 0], stay[stay >= 0]
    ordinary = _Pool(land, people, len(under.members), people.offends)
    lone = ordinary.draw(land.places.area[events.place[unknown]], rng, local=0.6)

    parts = [(rows, under.stays.person[stay], SUSPECT), (unknown, lone, SUSPECT)]
    for share, role in ((SECOND_SHARE, SUSPECT), (ASSOCIATE_SHARE, ASSOCIATE)):
        some = np.flatnonzero(rng.random(len(rows)) < share)
        other = draw_second(stay[some], day[rows[some]], under, rng)
        parts.append((rows[some[other >= 0]], under.stays.person[other[other >= 0]], role))
    some = unknown[rng.random(len(unknown)) < ORDINARY_SECOND_SHARE]
    parts.append((some, ordinary.draw(land.places.area[events.place[some]], rng, local=0.9), SUSPECT))
    parts += _bystanders(events, land, people, len(under.members), kept, rng)
    return _put_in_order(parts, day, records, people, referrals, rng)


def _put_in_order(
    parts: list[tuple[Ints, Ints, int]],
    day: Whole,
    records: Records,
    people: Nominals,
    referrals: Referrals,
    rng: np.random.Generator,
) -> Links:
    """All links by the day they were made, each person once a crime, without what diversion or prison
    prevented."""
    crime = np.concatenate([rows for rows, _, _ in parts])
    person = np.concatenate([who for _, who, _ in parts])
    role = np.concatenate([np.full(len(rows), part) for rows, _, part in parts])
    _, first = np.unique(crime.astype(np.int64) * 2**32 + person, return_index=True)
    crime, person, role = crime[first], person[first], role[first]
    free = people.whereabouts(person, day[crime]) != IN_PRISON
    keep = (role != SUSPECT) | (referrals.still_offends(person, day[crime], rng) & free)
    crime, person, role = crime[keep], person[keep], role[keep]
    linked = records.recorded_on[crime] + np.rint(rng.exponential(2.0, len(crime))).astype(np.int64)
    charge = (records.outcome[crime] == OUTCOMES.index("Charged")) & (records.closed_on[crime] != NEVER)
    charge &= (role == SUSPECT) & (rng.random(len(crime)) < CHARGED_SHARE)
    charged = np.where(charge, np.maximum(records.closed_on[crime], linked), NEVER)
    order = np.lexsort((person, crime, linked))
    return Links(crime[order], person[order], role[order], linked[order], charged[order])


def _suspect_chance(events: Events, records: Records) -> Floats:
    """How likely a crime has a suspect: nearly always where someone is charged, seldom else."""
    found = np.array([offence.found_by == "proactive" for offence in OFFENCES])[events.offence]
    grave = np.array([offence.subgroup == "Homicide" for offence in OFFENCES])[events.offence]
    charged = (records.outcome == OUTCOMES.index("Charged")) & (records.closed_on != NEVER)
    return np.where(charged | grave, np.where(found, 0.97, 0.72), np.where(found, 0.45, 0.018))


def _victim_chance(offence: Offence) -> float:
    """How likely the victim of a crime is on record as a nominal: always where someone died."""
    if offence.subgroup == "Homicide":
        return 1.0
    if offence.group not in ("Violence against the person", "Sexual offences", "Robbery"):
        return 0.04 if offence.subgroup in ("Theft from the person", "Domestic burglary") else 0.0
    return 0.45 if offence.weight > 250 and offence.share < 2_000 else 0.11


def _bystanders(
    events: Events, land: Land, people: Nominals, members: int, kept: Flags, rng: np.random.Generator
) -> list[tuple[Ints, Ints, int]]:
    """Victims and witnesses, most of them from nearby."""
    chance = np.array([_victim_chance(offence) for offence in OFFENCES])[events.offence]
    pool = _Pool(land, people, members, people.suffers)
    drawn = []
    for role, share in ((VICTIM, chance), (WITNESS, WITNESS_SHARE * (chance > 0))):
        rows = np.flatnonzero(kept & (rng.random(len(kept)) < share))
        drawn.append((rows, pool.draw(land.places.area[events.place[rows]], rng, local=0.8), role))
    return drawn


class _Pool:
    """People outside of groups by the small area they live in, drawn by a weight."""

    def __init__(self, land: Land, people: Nominals, members: int, weight: Floats) -> None:
        area = land.places.area[people.home[members:]]
        order = area.argsort(kind="stable")
        self._person = members + order
        self._total = np.concatenate([[0.0], weight[members:][order].cumsum()])
        self._starts, self._ends = (
            np.searchsorted(area[order], np.arange(len(land.people.residents) + 1), side=side)
            for side in ("left", "right")
        )

    def draw(self, area: Ints, rng: np.random.Generator, *, local: float) -> Ints:
        """A person for each small area: from it with chance `local` if any live there, else from anywhere."""
        near = (rng.random(len(area)) < local) & (self._ends[area] > self._starts[area])
        low = np.where(near, self._total[self._starts[area]], 0.0)
        high = np.where(near, self._total[self._ends[area]], self._total[-1])
        found = np.searchsorted(self._total, low + rng.random(len(area)) * (high - low), side="right") - 1
        return np.asarray(self._person[np.minimum(found, len(self._person) - 1)])
