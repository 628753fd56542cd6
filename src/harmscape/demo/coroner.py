"""Drug-related deaths as the coroner tells of them: provisional first, registered months later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Flags, day_cells, numbered, pick, write_table
from harmscape.demo.events import Span
from harmscape.demo.partners import Reports
from harmscape.demo.settings import Places, home_in

SUBSTANCES = (
    ("Heroin or morphine", 0.46), ("Cocaine", 0.31), ("Alcohol", 0.30), ("Diazepam", 0.24),
    ("Pregabalin", 0.21), ("Methadone", 0.19), ("Etizolam", 0.11), ("Gabapentin", 0.09),
    ("Nitazenes", 0.06), ("Amphetamine", 0.05), ("Fentanyl", 0.03),
)  # fmt: skip
"""What toxicology finds, and in what share of deaths; one found alone where chance gives none."""
DIED_AT_HOME = 0.68
NO_FIXED_HOME = 0.05


@dataclass(frozen=True, slots=True)
class Deaths:
    """One entry a death in the order they happened; days from the first of the span, places by number."""

    day: Ints
    notified_on: Ints
    registered_on: Ints
    place: Ints
    home: Ints
    located: Flags
    has_home: Flags
    age: Ints
    is_male: Flags
    substances: tuple[str, ...]


def hold_inquests(reports: Reports, places: Places, rng: np.random.Generator) -> Deaths:
    """Turn deaths that were drawn into cases: who died, where they lived, what was found and when."""
    count, day = len(reports.minute), reports.minute // 1440
    notified = day + rng.integers(1, 15, count)
    elsewhere = home_in(places, places.area[reports.place], rng)
    at_home = (rng.random(count) < DIED_AT_HOME) & ~places.is_venue[reports.place]
    return Deaths(
        day=day,
        notified_on=notified,
        # Inquests into drug deaths take half a year and more; the median of this draw is 190 days.
        registered_on=notified + np.rint(30 + rng.gamma(2.6, 70.0, count)).astype(np.int64),
        place=reports.place,
        home=np.where(at_home, reports.place, elsewhere),
        located=reports.located,
        has_home=rng.random(count) >= NO_FIXED_HOME,
        age=np.clip(np.rint(rng.normal(44, 11, count)), 16, 84).astype(np.int64),
        is_male=rng.random(count) < 0.71,
        substances=_toxicology(count, rng),
    )


def write_deaths(path: Path, after: int, as_of: int, *, deaths: Deaths, places: Places, span: Span) -> int:
    """One delivery: cases first notified or newly registered after day `after`, as known on day `as_of`."""
    told = (deaths.notified_on <= as_of) & (deaths.notified_on > after)
    concluded = deaths.registered_on <= as_of
    rows = np.flatnonzero(told | (concluded & (deaths.registered_on > after)))
    open_case, place, home = ~concluded[rows], deaths.place[rows], deaths.home[rows]
    nowhere, homeless = ~deaths.located[rows], ~deaths.has_home[rows]
    return write_table(path, {
        "Case": numbered("COR-", rows + 1, 5),
        "Date of death": day_cells(span, deaths.day[rows]),
        "Date registered": day_cells(span, deaths.registered_on[rows], missing=open_case),
        "Status": pick(("Concluded", "Provisional"), open_case),
        "Easting": pa.array(places.easting[place], mask=nowhere),
        "Northing": pa.array(places.northing[place], mask=nowhere),
        "Home easting": pa.array(places.easting[home], mask=homeless),
        "Home northing": pa.array(places.northing[home], mask=homeless),
        "Substances": pc.take(pa.array(deaths.substances, pa.string()), pa.array(rows)),
        "Age": pa.array(deaths.age[rows]),
        "Sex": pick(("Female", "Male"), deaths.is_male[rows]),
    })  # fmt: skip


def _toxicology(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    found = rng.random((count, len(SUBSTANCES))) < np.array([share for _, share in SUBSTANCES])
    found[~found.any(axis=1), 0] = True
    names = np.array([name for name, _ in SUBSTANCES])
    return tuple(";".join(names[row]) for row in found)
