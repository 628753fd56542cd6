"""The areas of the county: county, districts, localities and small areas on the invented land.

It is the land of the demo force, so no part of it lies anywhere; the names of its areas are the county's own.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np

from harmscape.demo.land import Land
from harmscape.demo.levels import Level
from harmscape.demo.people import People

COUNTY_CODE, COUNTY_NAME = "TM", "Tarnmarch County"
FAMILIES_A_HOUSEHOLD = 0.31
"""About 80,000 families with children in the county."""

DISTRICTS = ("Tideland", "Upper Tarn", "Saltcote", "Fellgate")
LOCALITIES = (
    "Aldergarth", "Bramblecote", "Cinderwick", "Dovehope", "Elderholm", "Fennimoor", "Garthwick",
    "Hollinbeck", "Inglesyke", "Jarrowlee", "Kestrelby", "Larchgate", "Millholm", "Nunsgarth", "Orchardlaw",
    "Plumbeck", "Quernside", "Rookgarth", "Sorrelby", "Thistlecote", "Underhope", "Vetchmoor", "Willowgarth",
    "Yarrowlee", "Ashenholm", "Beckfold", "Clovergate", "Damsonby", "Emberholm", "Flaxmoor", "Gorsecote",
    "Hazelhope", "Ivelaw", "Juniperlee", "Kilnbeck", "Lindenby", "Meadholm", "Nettlegate", "Oakenshope",
    "Pearcote",
)  # fmt: skip


def county_levels(land: Land) -> dict[str, Level]:
    """The four levels of the county by the stem of their files, from the whole down to small areas.

    >>> from harmscape.demo.land import lay_the_land
    >>> levels = county_levels(lay_the_land())
    >>> [(level.field, level.code[0], level.name[0]) for level in levels.values()][1:3]
    [('DISTRICT', 'D1', 'Tideland'), ('LOCALITY', 'L01', 'Aldergarth')]
    >>> levels["small_areas"].name[0] in {f"{name} 1" for name in LOCALITIES}
    True
    """
    whole, middle, lower = (land.levels[stem] for stem in ("force", "area_commands", "sectors"))
    codes = {old: f"D{number + 1}" for number, old in enumerate(middle.code)}
    county = _renamed(whole, "COUNTY", (COUNTY_CODE,), (COUNTY_NAME,), ("",))
    district = _renamed(middle, "DISTRICT", tuple(codes.values()), DISTRICTS, (COUNTY_CODE,) * len(codes))
    locality = _renamed(
        lower,
        "LOCALITY",
        tuple(f"L{number + 1:02d}" for number in range(len(lower.code))),
        LOCALITIES,
        tuple(codes[old] for old in lower.parent),
    )
    return {"county": county, "districts": district, "localities": locality} | {
        "small_areas": _small_areas(land.levels["small_areas"], locality)
    }


def _small_areas(level: Level, locality: Level) -> Level:
    """Small areas named after their locality with a running number."""
    seen: Counter[int] = Counter()
    inside = [0] * len(level.code)
    names = [""] * len(level.code)
    for area, own in enumerate(level.members):
        above = int(locality.members[area])
        seen[above] += 1
        inside[int(own)], names[int(own)] = above, f"{locality.name[above]} {seen[above]}"
    codes = tuple(f"Z{number + 1:03d}" for number in range(len(level.code)))
    return _renamed(level, "SMALL_AREA", codes, tuple(names), tuple(locality.code[above] for above in inside))


def _renamed(
    level: Level, field: str, code: tuple[str, ...], name: tuple[str, ...], parent: tuple[str, ...]
) -> Level:
    if not len(level.code) == len(code) == len(name) == len(parent):
        raise ValueError(f"{field} has {len(level.code)} areas and {len(name)} names")
    return dataclasses.replace(level, field=field, code=code, name=name, parent=parent)


def write_figures(path: Path, level: Level, people: People) -> None:
    """One CSV: code, residents, households, families, children; one row an area."""
    families = np.rint(people.households * FAMILIES_A_HOUSEHOLD).astype(np.int64)
    figures = (people.residents, people.households, families, people.children)
    columns = [level.total(figure) for figure in figures]
    lines = ["code,residents,households,families,children"]
    lines += [",".join([code, *map(str, values)]) for code, *values in zip(level.code, *columns, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
