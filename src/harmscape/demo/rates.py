"""The true rates: how many of each offence to expect at each place, and the truths planted among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.land import Land
from harmscape.demo.levels import Level
from harmscape.demo.offences import COMPANIONS, NUMBER, OFFENCES
from harmscape.demo.settings import SETTINGS, pull
from harmscape.demo.terrain import Floats

HIGH_SECTORS = {"S12": 1.7, "S07": 1.55, "S31": 1.45, "S03": 1.35, "S18": 1.25}
"""Sectors planted as truly high: their harm as a multiple of the highest of all the others."""
MARKET_SECTOR, MARKET_SHARE = "S12", 0.30
"""The open drug market: the sector and its share of drug trafficking before the high ones are raised."""
DOUBLED_CODE = "92A"


@dataclass(frozen=True, slots=True)
class Doubling:
    """One offence doubled in one sector from a day on."""

    sector: str
    code: str
    starts: date
    ratio: float = 2.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Expected crimes over the whole period, before any doubling.

    `leading`: offences x places, crimes that open an incident; `by_sector`: the same, offences x sectors.
    """

    leading: Floats
    by_sector: Floats


def true_rates(land: Land, crimes: float, rng: np.random.Generator) -> Rates:
    """Spread `crimes` (the number expected over the period) over offences and places, truths planted."""
    sectors, sector = land.sectors, land.sector_of_place
    shapes = {name: pull(setting, land.places, land.people, rng) for name, setting in SETTINGS.items()}
    share = np.array([offence.share for offence in OFFENCES], float)
    brought = companions()
    leading = np.array([shapes[offence.setting] for offence in OFFENCES])
    # Shares are those of all recorded crime; what is brought along by others need not lead its own incident.
    lead_share = np.clip(np.linalg.solve((np.eye(len(share)) + brought).T, share), share * 0.2, None)
    leading *= lead_share[:, None]
    _open_market(leading, sector, sectors)
    leading *= _planted(leading, sector, sectors, brought)[sector]
    leading *= crimes / (leading.sum(axis=1) @ (1 + brought.sum(axis=1)))
    by_sector = np.array([np.bincount(sector, row, len(sectors.code)) for row in leading])
    return Rates(leading, by_sector)


def with_companions(by_sector: Floats) -> Floats:
    """All crimes, offences x sectors, when those that open an incident are given."""
    return np.asarray(by_sector + companions().T @ by_sector)


def companions() -> Floats:
    """Offences x offences: the chance that a crime of the first brings one of the second in its incident.

    >>> companions()[NUMBER["28E"], NUMBER["48"]]
    np.float64(0.05)
    """
    table = np.zeros((len(OFFENCES), len(OFFENCES)))
    for code, brought, chance in COMPANIONS:
        table[NUMBER[code], NUMBER[brought]] = chance
    return table


def weights() -> Floats:
    """Points for one crime of each offence."""
    return np.array([offence.weight for offence in OFFENCES])


def _planted(leading: Floats, sector: Ints, sectors: Level, brought: Floats) -> Floats:
    """How much to raise each sector so that the high ones stand at their multiples above all the others."""
    points = (weights() + brought @ weights()) @ leading
    harm = np.bincount(sector, points, len(sectors.code))
    high = [sectors.code.index(code) for code in HIGH_SECTORS]
    others = np.delete(harm, high).max()
    raised = np.ones(len(harm))
    raised[high] = np.array(list(HIGH_SECTORS.values())) * others / harm[high]
    return raised


def _open_market(leading: Floats, sector: Ints, sectors: Level) -> None:
    """Move drug trafficking, in place, so that the market has its share and the force as much as before."""
    row = leading[NUMBER[DOUBLED_CODE]]
    inside = sector == sectors.code.index(MARKET_SECTOR)
    total, here = row.sum(), row[inside].sum()
    row[inside] *= MARKET_SHARE * total / here
    row[~inside] *= (1 - MARKET_SHARE) * total / (total - here)
