"""Happenings told of three times: a crime of firearms, a discharge and a report of intelligence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Events
from harmscape.demo.land import Land
from harmscape.demo.offences import NUMBER
from harmscape.demo.partners import KIND_NUMBER, Reports
from harmscape.demo.places_near import places_within
from harmscape.demo.records import NEVER, PLACE_KNOWN_TO, Records

FIREARMS_CODES = ("10A", "10B")
TOLD_THREE_TIMES = 0.25
NEAR_M, HOURS_APART, INTELLIGENCE_DAYS = 150.0, 3, 4
"""How near and how soon the others follow: a shot is heard a street away, intelligence comes within days."""


@dataclass(frozen=True, slots=True)
class Triples:
    """One entry a happening: the row of the crime, of the discharge and of the intelligence."""

    crime: Ints
    discharge: Ints
    intelligence: Ints


def tell_thrice(
    events: Events, records: Records, reports: Reports, land: Land, days: int, rng: np.random.Generator
) -> tuple[Reports, Triples]:
    """Move a quarter of discharges, each with a report of intelligence, to a firearms crime of their sector.

    Counts by sector and kind stay what they were. Gives the reports in the order they happen, and the rows.
    """
    crime, discharge, intelligence = _match(events, records, reports, land, days, rng)
    place, minute, located = reports.place.copy(), reports.minute.copy(), reports.located.copy()
    last = days * 1440 - 1
    for rows, spread in ((discharge, HOURS_APART * 60), (intelligence, INTELLIGENCE_DAYS * 1440)):
        earliest = -spread if rows is discharge else 30
        moved = events.minute[crime] + rng.integers(earliest, spread, len(rows))
        place[rows] = places_within(land, events.place[crime], NEAR_M, rng)
        minute[rows] = np.clip(moved, 0, last)
        located[rows] = True
    order = minute.argsort(kind="stable")
    where = order.argsort()
    reports = replace(reports, place=place, minute=minute, located=located).take(order)
    return reports, Triples(crime, where[discharge], where[intelligence])


def _match(
    events: Events, records: Records, reports: Reports, land: Land, days: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """In each sector, as many crimes, discharges and reports of intelligence as shall tell of the same."""
    # Near the last day the reports that follow would fall outside the span.
    told = np.isin(events.offence, [NUMBER[code] for code in FIREARMS_CODES])
    told &= (records.withdrawn_on == NEVER) & (records.recorded_on < days)
    told &= events.minute < (days - INTELLIGENCE_DAYS - 1) * 1440
    told &= records.place_known_to != len(PLACE_KNOWN_TO) - 1
    crimes = rng.permutation(np.flatnonzero(told))
    shots, words = (
        rng.permutation(np.flatnonzero(reports.kind == KIND_NUMBER[name]))
        for name in ("firearms discharge", "firearms intelligence")
    )
    sector = land.sector_of_place
    chosen: list[tuple[Ints, Ints, Ints]] = []
    for number in range(len(land.sectors.code)):
        here = [rows[sector[place[rows]] == number] for rows, place in (
            (crimes, events.place), (shots, reports.place), (words, reports.place))]  # fmt: skip
        count = min(round(TOLD_THREE_TIMES * len(here[1])), len(here[0]), len(here[2]))
        chosen.append((here[0][:count], here[1][:count], here[2][:count]))
    first, second, third = (np.concatenate(part) for part in zip(*chosen, strict=True))
    return first, second, third
