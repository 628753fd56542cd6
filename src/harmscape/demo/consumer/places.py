"""Eastmere: a region of eight councils with their wards and small areas, the people, and their postcodes.

The land of the demo force turned half round, so that its sea lies in the east, and named anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.demo.areas import Ints, merge
from harmscape.demo.consumer import names
from harmscape.demo.land import lay_the_land
from harmscape.demo.levels import Level
from harmscape.demo.people import People
from harmscape.demo.settings import Places
from harmscape.demo.terrain import Floats


@dataclass(frozen=True, slots=True)
class Region:
    """The stage of all complaints: four levels of areas by the stem of their files, people, and postcodes."""

    levels: dict[str, Level]
    people: People
    places: Places

    @property
    def councils(self) -> Level:
        """The level that the planted truths speak of."""
        return self.levels["councils"]

    @property
    def council_of_place(self) -> Ints:
        """For each place the number of its council."""
        return self.councils.members[self.places.area]


@cache
def lay_the_region() -> Region:
    """Eastmere, always the same.

    >>> region = lay_the_region()
    >>> [len(level.code) for level in region.levels.values()], region.councils.name[0]
    ([1, 8, 110, 248], 'Fennhythe')
    """
    land = lay_the_land()
    west, south, east, north = land.levels["force"].shapes[0].bounds
    about = np.array([round(west + east), round(south + north)])

    def turned(points: Floats) -> Floats:
        return about - points

    small = land.levels["small_areas"]
    shapes = np.asarray(
        shapely.normalize(shapely.transform(small.shapes[small.members], turned)), dtype=object
    )
    size = (
        land.people.residents / land.people.residents.sum()
        + shapely.area(shapes) / shapely.area(shapes).sum()
    )
    ward = land.levels["beats"].members
    council = merge(shapes, size, len(names.COUNCILS), start=ward)
    places = replace(
        land.places, easting=about[0] - land.places.easting, northing=about[1] - land.places.northing
    )
    return Region(_levels(shapes, ward, _from_the_west(shapes, council)), land.people, places)


def _levels(shapes: NDArray[np.object_], ward: Ints, council: Ints) -> dict[str, Level]:
    """The four levels; wards are numbered council by council, small areas ward by ward."""
    each = np.arange(len(shapes))
    first = np.array([council[ward == number][0] for number in range(ward.max() + 1)])
    ward = first.argsort(kind="stable").argsort()[ward]
    small = ward.argsort(kind="stable").argsort()
    region = _level("REGION", shapes, each * 0, [(names.REGION_CODE, names.REGION_NAME)], None)
    councils = [(f"K{number + 1}", name) for number, name in enumerate(names.COUNCILS)]
    upper = _level("COUNCIL", shapes, council, councils, region)
    wards = [(f"W{number + 1:03d}", _ward_name(number)) for number in range(ward.max() + 1)]
    middle = _level("WARD", shapes, ward, wards, upper)
    lowest = _level("SMALL_AREA", shapes, small, _small_area_labels(ward[small.argsort()], middle), middle)
    return {"region": region, "councils": upper, "wards": middle, "small_areas": lowest}


def _level(
    field: str, shapes: NDArray[np.object_], members: Ints, labels: list[tuple[str, str]], above: Level | None
) -> Level:
    unions = [
        shapely.normalize(shapely.coverage_union_all(shapes[members == number]))
        for number in range(len(labels))
    ]
    first = [int(np.flatnonzero(members == number)[0]) for number in range(len(labels))]
    return Level(
        field=field,
        code=tuple(code for code, _ in labels),
        name=tuple(name for _, name in labels),
        parent=tuple("" if above is None else above.code[above.members[index]] for index in first),
        shapes=np.array(unions, dtype=object),
        members=np.asarray(members, np.int64),
    )


def _from_the_west(shapes: NDArray[np.object_], group: Ints) -> Ints:
    """The same groups numbered from west to east."""
    east = shapely.get_x(shapely.centroid(shapes)) * shapely.area(shapes)
    middle = np.bincount(group, east) / np.bincount(group, shapely.area(shapes))
    return np.asarray(middle.argsort().argsort()[group], np.int64)


def _ward_name(number: int) -> str:
    first = names.WARD_FIRST[number % len(names.WARD_FIRST)]
    return first + names.WARD_SECOND[number % len(names.WARD_SECOND)]


def _small_area_labels(ward: Ints, wards: Level) -> list[tuple[str, str]]:
    """Codes in order; the name of the ward and a letter. ward: the ward of each small area, in order."""
    letters: dict[int, int] = {}
    labels = []
    for number, inside in enumerate(ward.tolist()):
        letters[inside] = letters.get(inside, 0) + 1
        labels.append((f"Q{number + 1:04d}", f"{wards.name[inside]} {chr(64 + letters[inside])}"))
    return labels
