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

    `field` is the stem of its columns (`SECTOR` for SECTOR_CODE); `members` gives, for each small area, the place
    of its area in `code`; `parent` the code of the area that each lies in, empty for the force.
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
    >>> areas = cut_areas(np.random.default_rng(9))
    >>> levels = name_levels(areas, settle(areas, np.random.default_rng(9)))
    >>> levels["sectors"].name[11], len(set(levels["beats"].name))
    ('Staithe Quay', 110)
    """
    here = np.arange(len(areas.shapes))
    levels: dict[str, Level] = {}
    levels["force"] = _level(areas, "FORCE", names.FORCE_CODE, here * 0, [1], [names.FORCE_NAME], 0, None)
    commands = [name for name, _, _ in names.COMMANDS]
    numbers = range(1, 1 + len(commands))
    levels["area_commands"] = _level(
        areas, "COMMAND", "C", areas.command, numbers, commands, 1, levels["force"]
    )
    sectors = _sectors(areas, people)
    levels["sectors"] = _level(
        areas,
        "SECTOR",
        "S",
        areas.sector,
        [n for n, _ in sectors],
        [name for _, name in sectors],
        2,
        levels["area_commands"],
    )
    numbers_of_beats = _in_order_of(levels["sectors"].members, areas.beat)
    beats = _beats(areas, people)
    levels["beats"] = _level(areas, "BEAT", "B", areas.beat, numbers_of_beats, beats, 3, levels["sectors"])
    numbers_of_small = _in_order_of(levels["beats"].members, here)
    small = _small_areas(levels["beats"], numbers_of_small)
    levels["small_areas"] = _level(
        areas, "SMALL_AREA", "A", here, numbers_of_small, small, 4, levels["beats"]
    )
    return levels


def _level(
    areas: Areas,
    field: str,
    prefix: str,
    group: Ints,
    numbers: Sequence[int],
    named: Sequence[str],
    width: int,
    above: Level | None,
) -> Level:
    """Sort the groups by their numbers; `numbers` and `named` give those of group 0, 1, 2 ..."""
    order = np.argsort(np.asarray(numbers))
    place = np.argsort(order)
    members = place[group]
    first = [int(np.flatnonzero(members == index)[0]) for index in range(len(order))]
    return Level(
        field=field,
        code=tuple(f"{prefix}{numbers[index]:0{width}d}" if width else prefix for index in order),
        name=tuple(named[index] for index in order),
        parent=tuple("" if above is None else above.code[above.members[index]] for index in first),
        shapes=np.array(
            [_union(areas.shapes[members == index]) for index in range(len(order))], dtype=object
        ),
        members=np.asarray(members, dtype=np.int64),
    )


def _union(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """The union of shapes that share their borders: nothing but their own corners is left."""
    return shapely.normalize(shapely.coverage_union_all(shapes))


def _sectors(areas: Areas, people: People) -> list[tuple[int, str]]:
    """Number and name of each sector: the placed names first, then towns by density, then the country."""
    middle, density = _middles(areas, areas.sector), _density(areas, people, areas.sector)
    residents = np.bincount(areas.sector, people.residents)
    given: dict[int, tuple[int, str]] = {}
    for number, name, x, y, at_least in names.PLACED_SECTORS:
        apart = np.hypot(*(middle - (x, y)).T) + np.where(residents < at_least, 1_000.0, 0.0)
        apart[list(given)] = np.inf
        given[int(apart.argmin())] = (number, name)
    free = [int(index) for index in (-density).argsort() if int(index) not in given]
    given |= dict(zip(free, (*names.TOWN_SECTORS, *names.COUNTRY_SECTORS), strict=True))
    return [given[index] for index in range(len(density))]


def _beats(areas: Areas, people: People) -> list[str]:
    """A town name for the dense half of the beats, a country name for the rest; by the shore from north down."""
    density = _density(areas, people, areas.beat)
    dense_first = (-density).argsort()
    named = dict(zip(dense_first.tolist(), (*names.TOWN_BEATS, *names.COUNTRY_BEATS), strict=False))
    return [named[index] for index in range(len(density))]


def _small_areas(beats: Level, numbers: Sequence[int]) -> list[str]:
    """The beat's name and a letter, in the order of the numbers."""
    order = np.argsort(np.asarray(numbers))
    named = [""] * len(order)
    seen: dict[int, int] = {}
    for index in order:
        beat = int(beats.members[index])
        seen[beat] = seen.get(beat, 0) + 1
        named[index] = f"{beats.name[beat]} {chr(64 + seen[beat])}"
    return named


def _in_order_of(above: Ints, group: Ints) -> list[int]:
    """Numbers from 1 for the groups, those of the first area above coming first."""
    parent = np.zeros(int(group.max()) + 1, np.int64)
    parent[group] = above
    return [int(rank) + 1 for rank in parent.argsort(kind="stable").argsort(kind="stable")]


def _middles(areas: Areas, group: Ints) -> Floats:
    """The centre of the people of each group, in kilometres from the origin."""
    centres = (shapely.get_coordinates(shapely.centroid(areas.shapes)) - ORIGIN) / 1_000.0
    total = np.bincount(group, areas.weight)
    return np.column_stack([np.bincount(group, areas.weight * centres[:, axis]) / total for axis in (0, 1)])


def _density(areas: Areas, people: People, group: Ints) -> Floats:
    return np.asarray(np.bincount(group, people.residents) / np.bincount(group, shapely.area(areas.shapes)))
