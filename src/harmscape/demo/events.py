"""What truly happens: crimes and their incidents, drawn from the true rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.land import Land
from harmscape.demo.offences import COMPANIONS, NUMBER, OFFENCES
from harmscape.demo.rates import Doubling, Rates
from harmscape.demo.rhythm import RHYTHMS, day_shares, draw_minutes
from harmscape.demo.terrain import Floats


@dataclass(frozen=True, slots=True)
class Span:
    """The days the force tells of: from `starts` to `ends`, both included."""

    starts: date
    ends: date

    @property
    def days(self) -> int:
        return (self.ends - self.starts).days + 1

    def number(self, day: date) -> int:
        """The number of a day, 0 for the first."""
        return (day - self.starts).days

    def day(self, number: int) -> date:
        return self.starts + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Events:
    """One entry a crime. `offence`, `place`: numbers in their tables; `minute`: since midnight of the first
    day; `incident`: crimes of one incident share it."""

    offence: NDArray[np.int16]
    place: NDArray[np.int32]
    minute: NDArray[np.int32]
    incident: NDArray[np.int32]

    def take(self, order: Ints) -> Events:
        """The same events in another order, or some of them."""
        return Events(self.offence[order], self.place[order], self.minute[order], self.incident[order])


def draw_events(
    rates: Rates, land: Land, span: Span, doubling: Doubling | None, rng: np.random.Generator
) -> Events:
    """Draw every crime: Poisson counts by place, days and hours by rhythm, and the crimes that come along."""
    drawn = [draw_offence(number, expected, span, 0, rng) for number, expected in enumerate(rates.leading)]
    leading = join(drawn)
    leading.incident[:] = np.arange(len(leading.incident))
    brought = _companions(leading, rng)
    if doubling is None:
        return join([leading, *brought])
    here = land.sector_of_place == land.sectors.code.index(doubling.sector)
    number = NUMBER[doubling.code]
    added = rates.leading[number] * here * (doubling.ratio - 1)
    extra = draw_offence(number, added, span, span.number(doubling.starts), rng)
    later = Events(extra.offence, extra.place, extra.minute, extra.incident + np.int32(len(leading.offence)))
    return join([leading, *brought, later])


def draw_offence(
    number: int, expected: Floats, span: Span, first_day: int, rng: np.random.Generator
) -> Events:
    """Crimes of one offence on the days from `first_day`; `expected` a place over the whole span."""
    rhythm = RHYTHMS[OFFENCES[number].rhythm]
    by_day = day_shares(rhythm, span.starts, span.days).cumsum()
    before = by_day[first_day - 1] if first_day else 0.0
    by_place = expected.cumsum()
    count = int(rng.poisson(by_place[-1] * (1 - before)))
    place = np.searchsorted(by_place, rng.random(count) * by_place[-1], side="right")
    day = np.searchsorted(by_day, before + rng.random(count) * (1 - before), side="right")
    minute = draw_minutes(rhythm, span.starts, np.minimum(day, span.days - 1), rng)
    return Events(
        np.full(count, number, np.int16),
        place.astype(np.int32),
        minute.astype(np.int32),
        np.arange(count, dtype=np.int32),
    )


def _companions(leading: Events, rng: np.random.Generator) -> list[Events]:
    """The crimes that others bring along: same place, same minute, same incident."""
    brought = []
    for code, companion, chance in COMPANIONS:
        of_code = np.flatnonzero(leading.offence == NUMBER[code])
        chosen = leading.take(of_code[rng.random(len(of_code)) < chance])
        offence = np.full(len(chosen.offence), NUMBER[companion], np.int16)
        brought.append(Events(offence, chosen.place, chosen.minute, chosen.incident))
    return brought


def join(drawn: list[Events]) -> Events:
    """The events of several draws, one after the other."""
    return Events(
        np.concatenate([part.offence for part in drawn]),
        np.concatenate([part.place for part in drawn]),
        np.concatenate([part.minute for part in drawn]),
        np.concatenate([part.incident for part in drawn]),
    )
