"""Northshire: its areas, the people in them, and the places where events can happen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from harmscape.demo.areas import Ints, cut_areas
from harmscape.demo.levels import Level, name_levels
from harmscape.demo.people import People, settle
from harmscape.demo.settings import Places, lay_out

LAND_SEED = 11
"""There is one Northshire: its land, names and people are the same whatever the seed of the events."""


@dataclass(frozen=True, slots=True)
class Land:
    """The stage of all events: five levels of areas by the stem of their files, people, and places."""

    levels: dict[str, Level]
    people: People
    places: Places

    @property
    def sectors(self) -> Level:
        """The level that the planted truths speak of."""
        return self.levels["sectors"]

    @property
    def sector_of_place(self) -> Ints:
        """For each place the number of its sector."""
        return self.sectors.members[self.places.area]


@cache
def lay_the_land() -> Land:
    """Northshire, always the same.

    >>> land = lay_the_land()
    >>> [len(level.code) for level in land.levels.values()]
    [1, 4, 40, 110, 248]
    """
    rng = np.random.default_rng(LAND_SEED)
    areas = cut_areas(rng)
    people = settle(areas, rng)
    return Land(name_levels(areas, people), people, lay_out(areas, people, rng))
