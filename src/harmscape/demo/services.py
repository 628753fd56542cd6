"""The directory of services: where people go for help or are dealt with, with invented names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from harmscape.demo.areas import Ints
from harmscape.demo.cells import write_table
from harmscape.demo.land import Land

SERVICES_SEED = 29
"""The services are the same whatever the seed of the events, as the land is."""

PLACELESS = "Refuge"
KINDS = {
    "Drug and alcohol treatment": 7,
    "Family hub": 8,
    "Youth centre": 6,
    PLACELESS: 3,
    "Police station": 5,
}
"""So many of each kind; a refuge stands in the directory without its place."""


def service_columns(land: Land, named: Sequence[str] | None = None) -> dict[str, pa.Array]:
    """The directory by the names of its columns: venues of different sectors, named after them.

    named: what the sectors are called, where not by their own names.

    >>> from harmscape.demo.land import lay_the_land
    >>> columns = service_columns(lay_the_land())
    >>> len(columns["Name"]), columns["Easting"].null_count
    (29, 3)
    """
    rng = np.random.default_rng(SERVICES_SEED)
    places, sectors = land.places, land.sectors
    venues = np.flatnonzero(places.is_venue)
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    chosen = np.concatenate(
        [_in_different_sectors(venues, land.sector_of_place[venues], count, rng) for count in KINDS.values()]
    )
    hidden = np.array([kind == PLACELESS for kind in kinds])
    called = named or sectors.name
    names = [f"{called[land.sector_of_place[at]]} {kind.lower()}"
             for at, kind in zip(chosen.tolist(), kinds, strict=True)]  # fmt: skip
    names = [f"Refuge {number}" if shut else name
             for number, (name, shut) in enumerate(zip(names, hidden, strict=True), 1)]  # fmt: skip
    return {
        "Service id": pa.array([f"SVC-{number:03d}" for number in range(1, len(kinds) + 1)]),
        "Kind": pa.array(kinds),
        "Name": pa.array(names),
        "Easting": pa.array(places.easting[chosen], mask=hidden),
        "Northing": pa.array(places.northing[chosen], mask=hidden),
        "Opened": pa.array(["2015-04-01"] * len(kinds)),
        "Closed": pa.array([None] * len(kinds), pa.string()),
    }


def write_services(path: Path, land: Land, named: Sequence[str] | None = None) -> None:
    """One file of the directory; see `service_columns`."""
    write_table(path, service_columns(land, named))


def _in_different_sectors(venues: Ints, sector: Ints, count: int, rng: np.random.Generator) -> Ints:
    chosen = rng.choice(np.unique(sector), count, replace=False)
    return np.array([rng.choice(venues[sector == each]) for each in chosen], dtype=np.int64)
