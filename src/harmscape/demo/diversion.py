"""Referrals to schemes that lead people away from crime, with a known effect on those who engage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Flags, day_cells, numbered, pick, write_table
from harmscape.demo.events import Span
from harmscape.demo.nominals import IN_PRISON, Nominals
from harmscape.demo.records import NEVER

ENGAGED_RATIO = 0.6
"""After an engaged referral a person is suspect in so many crimes, times what it was before."""
SCHEMES = ("Turning Tide", "Second Harbour", "Fresh Rope", "Northshire Pathways")
OUTCOMES = ("Pending", "Did not engage", "Engaged", "Completed")
ENGAGED_SHARE, DECIDED_AFTER_DAYS = 0.6, 28
PEOPLE_PER_REFERRAL = 60


@dataclass(frozen=True, slots=True)
class Referrals:
    """One entry a referral in the order they were made, one a person; days from the first of the span.

    `ratio` is the true effect of engaging: 1 in the twin in which nothing changes.
    """

    person: Ints
    scheme: Ints
    referred_on: Ints
    engaged: Flags
    ended_on: Ints
    ratio: float

    def still_offends(self, person: Ints, day: Ints, rng: np.random.Generator) -> Flags:
        """For each suspect on a day whether the crime is still theirs, or was prevented by a referral."""
        count = max(int(person.max(initial=0)), int(self.person.max(initial=0))) + 1
        since = np.full(count, NEVER, np.int64)
        since[self.person[self.engaged]] = self.referred_on[self.engaged]
        return np.asarray((day < since[person]) | (rng.random(len(person)) < self.ratio))


def refer(people: Nominals, span: Span, rng: np.random.Generator, *, null: bool) -> Referrals:
    """Refer people, the likelier the more they offend, on days that have nothing to do with their crimes.

    Days that do not follow on a crime spare the reader a fall that would have come anyway.
    """
    count = max(20, len(people) // PEOPLE_PER_REFERRAL)
    chance = people.offends * (people.born < span.days - 14 * 365)
    person = rng.choice(len(people), count, replace=False, p=chance / chance.sum())
    day = np.sort(rng.integers(span.days // 6, span.days - 20, count))
    free = people.whereabouts(person, day) != IN_PRISON
    engaged = (rng.random(count) < ENGAGED_SHARE) & free
    length = np.where(engaged, rng.integers(60, 300, count), DECIDED_AFTER_DAYS)
    scheme = rng.choice(len(SCHEMES), count, p=(0.4, 0.3, 0.2, 0.1))
    return Referrals(person, scheme, day, engaged, day + length, 1.0 if null else ENGAGED_RATIO)


def write_referrals(
    path: Path, after: int, as_of: int, *, referrals: Referrals, people: Nominals, span: Span
) -> int:
    """One delivery: referrals that are new or stand otherwise than on day `after`, as known on `as_of`."""
    before, now = _outcome(referrals, after), _outcome(referrals, as_of)
    rows = np.flatnonzero(
        (referrals.referred_on <= as_of) & ((referrals.referred_on > after) | (before != now))
    )
    person = referrals.person[rows]
    return write_table(path, {
        "Referral id": numbered("DIV-", rows + 1, 5),
        "Nominal": people.ids(person),
        "Name": people.names(person),
        "Scheme": pick(SCHEMES, referrals.scheme[rows]),
        "Referred on": day_cells(span, referrals.referred_on[rows]),
        "Outcome": pick(OUTCOMES, now[rows]),
        "Ended on": day_cells(span, referrals.ended_on[rows], missing=referrals.ended_on[rows] > as_of),
    })  # fmt: skip


def _outcome(referrals: Referrals, day: int) -> Ints:
    decided = day >= referrals.referred_on + DECIDED_AFTER_DAYS
    ended = day >= referrals.ended_on
    engaged = np.where(ended, 3, 2)
    return np.where(decided, np.where(referrals.engaged, engaged, 1), 0)
