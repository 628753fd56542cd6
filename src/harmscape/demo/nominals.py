"""The people the force knows by a nominal number: who they are, where they live, if they are in prison."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Flags, numbered, pick
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.person_names import MEN, SURNAMES, full_names
from harmscape.demo.records import NEVER
from harmscape.demo.settings import Places, home_in
from harmscape.demo.terrain import Floats

WHEREABOUTS = ("At home", "In prison", "No fixed abode", "Out of force")
AT_HOME, IN_PRISON, NO_FIXED_ABODE, OUT_OF_FORCE = range(4)
NEXT_DOOR_M = 70_000
"""Who lives out of force lives as far to the east, where the land is another force's."""


@dataclass(frozen=True, slots=True)
class Nominals:
    """One entry a person.

    `number`: of the nominal; `born`: day, from the first of the span; `home`: a place by its number;
    `lives`: a place in `WHEREABOUTS`, never in prison; days of prison, `NEVER` for none; `offends`,
    `suffers`: how much more often than others a person is suspect or victim.
    """

    number: Ints
    given: Ints
    surname: Ints
    is_male: Flags
    born: Ints
    home: Ints
    lives: Ints
    prison_from: Ints
    prison_to: Ints
    offends: Floats
    suffers: Floats

    def __len__(self) -> int:
        return len(self.number)

    def whereabouts(self, rows: Ints, day: Ints | int) -> Ints:
        """Where some people are on a day: a place in `WHEREABOUTS`."""
        inside = (self.prison_from[rows] <= day) & (day < self.prison_to[rows])
        return np.where(inside, IN_PRISON, self.lives[rows])

    def ids(self, rows: Ints) -> pa.Array:
        """Nominal ids such as NOM0001234."""
        return numbered("NOM", self.number[rows], 7)

    def names(self, rows: Ints) -> pa.Array:
        """Given names and surnames."""
        return full_names(self.given[rows], self.surname[rows], self.is_male[rows])

    def home_cells(self, rows: Ints, places: Places) -> tuple[pa.Array, pa.Array]:
        """Easting and northing of the homes of some people; empty for those of no fixed abode."""
        nowhere, away = self.lives[rows] == NO_FIXED_ABODE, self.lives[rows] == OUT_OF_FORCE
        east = places.easting[self.home[rows]] + NEXT_DOOR_M * away
        north = places.northing[self.home[rows]]
        return pa.array(east, mask=nowhere), pa.array(north, mask=nowhere)


def settle_people(
    land: Land,
    area: Ints,
    age: Floats,
    span: Span,
    rng: np.random.Generator,
    *,
    men: float,
    lives: tuple[float, float, float],
    imprisoned: float,
    unevenness: float,
) -> Nominals:
    """Make people who live in some small areas and have an age on the last day, numbered from 0.

    lives: shares at home, of no fixed abode and out of force. imprisoned: the share with a stay in prison.
    unevenness: how unlike they are in what they do and suffer (log, standard deviation).
    """
    count = len(area)
    since = rng.integers(-400, span.days, count)
    stay = np.rint(60 + rng.exponential(300, count)).astype(np.int64)
    jailed = rng.random(count) < imprisoned
    where = np.array([AT_HOME, NO_FIXED_ABODE, OUT_OF_FORCE])
    return Nominals(
        number=np.arange(count),
        given=rng.integers(0, 10 * len(MEN), count),
        surname=rng.integers(0, len(SURNAMES), count),
        is_male=rng.random(count) < men,
        born=span.days - np.rint(age * 365.25).astype(np.int64) - rng.integers(0, 365, count),
        home=home_in(land.places, area, rng),
        lives=where[rng.choice(3, count, p=lives)],
        prison_from=np.where(jailed, since, NEVER),
        prison_to=np.where(jailed, since + stay, NEVER),
        offends=np.exp(rng.normal(0, unevenness, count)),
        suffers=np.exp(rng.normal(0, 1.3, count)),
    )


def draw_ordinary(land: Land, count: int, span: Span, rng: np.random.Generator) -> Nominals:
    """The people who stand in no group: suspects, victims, or both in turn."""
    people = land.people
    weight = people.residents * np.exp(0.35 * people.deprivation)
    area = rng.choice(len(weight), count, p=weight / weight.sum())
    age = np.clip(rng.gamma(6.0, 5.8, count), 12, 90)
    return settle_people(
        land, area, age, span, rng, men=0.63, lives=(0.93, 0.03, 0.04), imprisoned=0.02, unevenness=1.2
    )


def together(first: Nominals, second: Nominals, rng: np.random.Generator) -> Nominals:
    """Two lots of people in one, with nominal numbers that say nothing of which lot they are from."""
    joined = {
        field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
        for field in fields(Nominals)
    }
    joined["number"] = 1_001 + rng.permutation(len(first) + len(second))
    return Nominals(**joined)


def nominal_columns(people: Nominals, rows: Ints, places: Places, span: Span) -> dict[str, pa.Array]:
    """The columns of the file of nominals for some people, by their number, as known on the last day."""
    rows = rows[people.number[rows].argsort()]
    east, north = people.home_cells(rows, places)
    born = np.datetime64(span.starts) + people.born[rows].astype("timedelta64[D]")
    days: NDArray[np.datetime64] = born
    return {
        "Nominal": people.ids(rows),
        "Name": people.names(rows),
        "Sex": pick(("Female", "Male"), people.is_male[rows]),
        "Date of birth": pa.array(days).cast(pa.string()),
        "Easting": east,
        "Northing": north,
        "Whereabouts": pick(WHEREABOUTS, people.whereabouts(rows, span.days - 1)),
    }
