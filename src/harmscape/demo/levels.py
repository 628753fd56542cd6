"""The five levels of the geography, with the codes and names of their areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.demo import names
from harmscape.demo.areas import Areas, Ints
from harmscape.demo.people import People
from harmscape.demo.terrain import ORIGIN, Floats


@dataclass(frozen=True, slots=True)
class Level:
    """One level: a code, a name and a shape (British grid) for each area, in the order of their codes.

    `field` is the stem of its columns (`SECTOR` for SECTOR_CODE); `members` gives, for each small area, the
    place of its area in `code`; `parent` the code of the area that each lies in, empty for the force.
    """

    field: str
    code: tuple[str, ...]
    name: tuple[str, ...]
    parent: tuple[str, ...]
    shapes: NDArray[np.object_]
    members: Ints

    def total(self, values: Ints) -> Ints:
        """Sum a count over the small areas of each area."""
        return np.bincount(self.members, values, len(self.code)).round().astype(np.int64)


def name_levels(areas: Areas, people: People) -> dict[str, Level]:
    """The five levels by the stem of their files, from the force down to the small areas.

    >>> from harmscape.demo.areas import cut_areas
    >>> from harmscape.demo.people import settle
    >>> areas = cut_areas(np.random.default_rng(11))
    >>> levels = name_levels(areas, settle(areas, np.random.default_rng(11)))
    >>> levels["sectors"].name[11], len(set(levels["beats"].name))
    ('Staithe Quay', 110)
    """
    each = np.arange(len(areas.shapes))
    commands = [(f"C{number + 1}", name) for number, (name, _, _) in enumerate(names.COMMANDS)]
    force = _level("FORCE", areas, each * 0, [(names.FORCE_CODE, names.FORCE_NAME)], None)
    command = _level("COMMAND", areas, areas.command, commands, force)
    sector = _level("SECTOR", areas, areas.sector, _sectors(areas, people), command)
    beat = _level("BEAT", areas, areas.beat, _beats(areas, people, sector), sector)
    small = _level("SMALL_AREA", areas, each, _small_areas(beat), beat)
    return {"force": force, "area_commands": command, "sectors": sector, "beats": beat, "small_areas": small}


def _level(
    field: str, areas: Areas, group: Ints, labels: Sequence[tuple[str, str]], above: Level | None
) -> Level:
    """A level in the order of its codes; `labels` gives the code and name of group 0, 1, 2 ..."""
    order = sorted(range(len(labels)), key=lambda number: labels[number][0])
    members = np.argsort(order)[group]
    shapes = [_union(areas.shapes[members == index]) for index in range(len(order))]
    first = [int(np.flatnonzero(members == index)[0]) for index in range(len(order))]
    return Level(
        field=field,
        code=tuple(labels[number][0] for number in order),
        name=tuple(labels[number][1] for number in order),
        parent=tuple("" if above is None else above.code[above.members[index]] for index in first),
        shapes=np.array(shapes, dtype=object),
        members=np.asarray(members, dtype=np.int64),
    )


def _union(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """The union of shapes that share their borders: nothing but their own corners is left."""
    return shapely.normalize(shapely.coverage_union_all(shapes))


def _sectors(areas: Areas, people: People) -> list[tuple[str, str]]:
    """The placed names where they belong, then town names from the densest down, then the country's."""
    middle, density = _middles(areas, areas.sector), _density(areas, people, areas.sector)
    residents = np.bincount(areas.sector, people.residents)
    given: dict[int, tuple[int, str]] = {}
    for number, name, x, y, at_least in names.PLACED_SECTORS:
        apart = np.hypot(*(middle - (x, y)).T) + np.where(residents < at_least, 1_000.0, 0.0)
        apart[list(given)] = np.inf
        given[int(apart.argmin())] = (number, name)
    free = [int(index) for index in (-density).argsort() if int(index) not in given]
    given |= dict(zip(free, (*names.TOWN_SECTORS, *names.COUNTRY_SECTORS), strict=True))
    return [(f"S{given[index][0]:02d}", given[index][1]) for index in range(len(density))]


def _beats(areas: Areas, people: People, sector: Level) -> list[tuple[str, str]]:
    """Codes that follow those of the sectors; town names for the densest, country names for the rest."""
    density = _density(areas, people, areas.beat)
    above = np.zeros(len(density), np.int64)
    above[areas.beat] = sector.members
    number = above.argsort(kind="stable").argsort()
    words = (*names.TOWN_BEATS, *names.COUNTRY_BEATS)
    rank = (-density).argsort().argsort()
    return [(f"B{number[index] + 1:03d}", words[rank[index]]) for index in range(len(density))]


def _small_areas(beat: Level) -> list[tuple[str, str]]:
    """Codes that follow those of the beats; the name of the beat and a letter."""
    labels = [("", "")] * len(beat.members)
    letters: dict[int, int] = {}
    for number, index in enumerate(beat.members.argsort(kind="stable")):
        inside = int(beat.members[index])
        letters[inside] = letters.get(inside, 0) + 1
        labels[index] = (f"A{number + 1:04d}", f"{beat.name[inside]} {chr(64 + letters[inside])}")
    return labels


def _middles(areas: Areas, group: Ints) -> Floats:
    """The centre of the people of each group, in kilometres from the origin."""
    centres = (shapely.get_coordinates(shapely.centroid(areas.shapes)) - ORIGIN) / 1_000.0
    total = np.bincount(group, areas.weight)
    return np.column_stack([np.bincount(group, areas.weight * centres[:, axis]) / total for axis in (0, 1)])


def _density(areas: Areas, people: People, group: Ints) -> Floats:
    return np.asarray(np.bincount(group, people.residents) / np.bincount(group, shapely.area(areas.shapes)))
