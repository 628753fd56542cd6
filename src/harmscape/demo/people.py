"""Who lives in the small areas: residents, households, children and how deprived they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from harmscape.demo.areas import Areas, Ints
from harmscape.demo.terrain import ORIGIN, TOWNS, Floats, distance

RESIDENTS = 589_000
ESTATES = 16
"""Small areas in the towns that were built as estates and have done badly since."""


@dataclass(frozen=True, slots=True)
class People:
    """One entry a small area. `deprivation` is a score, higher is worse; `fifth` 1 is the most deprived."""

    residents: Ints
    households: Ints
    children: Ints
    deprivation: Floats
    fifth: Ints
    centre: Floats
    """How much of a town centre it is, 0 to 1."""
    rural: Floats
    """1 in the open country, 0 in a town."""


def settle(areas: Areas, rng: np.random.Generator) -> People:
    """Put people into the small areas, more children and more need where it is poorer.

    >>> from harmscape.demo.areas import cut_areas
    >>> people = settle(cut_areas(np.random.default_rng(11)), np.random.default_rng(11))
    >>> bool((people.households < people.residents).all()), sorted(set(people.fifth.tolist()))
    (True, [1, 2, 3, 4, 5])
    """
    count = len(areas.shapes)
    spread = areas.weight * np.exp(rng.normal(0, 0.08, count))
    residents = np.round(RESIDENTS * spread / spread.sum()).astype(np.int64)
    density = residents / (shapely.area(areas.shapes) / 1e6)
    rural = 1 / (1 + (density / 250.0) ** 1.5)
    middle = (shapely.get_coordinates(shapely.centroid(areas.shapes)) - ORIGIN) / 1_000.0
    away = np.column_stack([distance(middle, town) for town in TOWNS])
    size = np.sqrt([town.residents / TOWNS[0].residents for town in TOWNS])
    centre = (size * np.exp(-away.argsort(axis=0).argsort(axis=0) / 3.0)).max(axis=1)
    deprivation = _deprivation(away.min(axis=1), rural, rng)
    return People(
        residents=residents,
        households=np.round(residents / rng.normal(2.28, 0.12, count)).astype(np.int64),
        children=np.round(residents * np.clip(0.19 + 0.018 * deprivation, 0.12, 0.27)).astype(np.int64),
        deprivation=deprivation,
        fifth=1 + (-deprivation).argsort().argsort() * 5 // count,
        centre=centre,
        rural=rural,
    )


def _deprivation(away: Floats, rural: Floats, rng: np.random.Generator) -> Floats:
    """A score of mean 0 and spread 1: worse near the centres, worst on the estates, best in the country."""
    score = 0.8 * np.exp(-1.5 * away**2) - 0.5 * rural + rng.normal(0, 0.35, len(rural))
    towns = np.flatnonzero(rural < 0.4)
    score[rng.choice(towns, min(ESTATES, len(towns)), replace=False)] += 1.2
    return np.asarray((score - score.mean()) / score.std())
