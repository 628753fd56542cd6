"""Rates that change from a day on in some small areas, applied to crimes drawn without the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Events, Span, draw_offence, join
from harmscape.demo.land import Land
from harmscape.demo.offences import COMPANIONS, NUMBER, OFFENCES
from harmscape.demo.rates import Rates
from harmscape.demo.rhythm import RHYTHMS, day_shares
from harmscape.demo.terrain import Floats


@dataclass(frozen=True, slots=True)
class Change:
    """From `starts` on, crimes of `codes` come `ratio` times as often in the small areas numbered `areas`."""

    areas: tuple[int, ...]
    codes: tuple[str, ...]
    starts: date
    ratio: float


def apply_changes(
    events: Events, rates: Rates, land: Land, span: Span, changes: Sequence[Change], rng: np.random.Generator
) -> Events:
    """Drop crimes where a rate falls, draw more where it rises; either way the counts stay Poisson counts."""
    for change in changes:
        if change.ratio < 1:
            numbers = [NUMBER[code] for code in change.codes]
            after = events.minute // 1440 >= span.number(change.starts)
            hit = after & np.isin(events.offence, numbers) & inside(land, change)[events.place]
            events = events.take(np.flatnonzero(~hit | (rng.random(len(hit)) < change.ratio)))
        else:
            events = join([events, *_more(events, rates, land, span, change, rng)])
    return events


def changed_by_sector(rates: Rates, land: Land, span: Span, change: Change, begins: int) -> Floats:
    """Offences x sectors: how many crimes more (or fewer, below 0) a change brings from day `begins` on."""
    sectors, first = land.sectors, max(begins, span.number(change.starts), 0)
    added = np.zeros((len(OFFENCES), len(sectors.code)))
    for number, leader, chance in _ways(change):
        row = rates.leading[leader] * inside(land, change)
        share = float(day_shares(RHYTHMS[OFFENCES[leader].rhythm], span.starts, span.days)[first:].sum())
        by_sector = np.bincount(land.sector_of_place, row, len(sectors.code))
        added[number] += (change.ratio - 1) * chance * share * by_sector
    return added


def inside(land: Land, change: Change) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each place whether it lies in a change's areas."""
    return np.isin(land.places.area, change.areas)


def _ways(change: Change) -> Iterator[tuple[int, int, float]]:
    """Each way a crime of the change's codes comes about: its number, the one that leads to it, how often."""
    for code in change.codes:
        yield NUMBER[code], NUMBER[code], 1.0
        for leader, brought, chance in COMPANIONS:
            if brought == code:
                yield NUMBER[code], NUMBER[leader], chance


def _more(
    events: Events, rates: Rates, land: Land, span: Span, change: Change, rng: np.random.Generator
) -> list[Events]:
    """The crimes that a rise adds, each an incident of its own."""
    here, begins = inside(land, change), max(span.number(change.starts), 0)
    incident = int(events.incident.max(initial=-1)) + 1
    added = []
    for number, leader, chance in _ways(change):
        expected = rates.leading[leader] * here * chance * (change.ratio - 1)
        drawn = draw_offence(leader, expected, span, begins, rng)
        count = len(drawn.offence)
        numbers: Ints = incident + np.arange(count)
        offence = np.full(count, number, np.int16)
        added.append(Events(offence, drawn.place, drawn.minute, numbers.astype(np.int32)))
        incident += count
    return added
