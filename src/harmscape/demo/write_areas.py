"""The boundary files and the counts of people, as a force's mapping and performance units keep them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyproj
import shapely

from harmscape.demo.levels import Level
from harmscape.demo.people import People
from harmscape.demo.terrain import Floats

# EPSG:1314 (OSGB36 to WGS 84, seven parameters), spelt out so that the files do not depend on installed
# grids.
GRID_TO_DEGREES = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 "
    "+ellps=airy "
    "+step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def write_level(path: Path, level: Level, above: Level | None) -> None:
    """One GeoJSON file (EPSG:4326): FIELD_CODE, FIELD_NAME and the code of the area it lies in."""
    degrees = shapely.transform(level.shapes, to_degrees)
    features = []
    for number, shape in enumerate(degrees):
        properties = {f"{level.field}_CODE": level.code[number], f"{level.field}_NAME": level.name[number]}
        if above is not None:
            properties[f"{above.field}_CODE"] = level.parent[number]
        geometry = json.loads(shapely.to_geojson(shape))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    text = f'{{"type":"FeatureCollection","name":"{path.stem}","features":[\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def write_denominators(path: Path, level: Level, people: People) -> None:
    """One CSV: code, residents, households, children; small areas also their fifth (1: the most deprived)."""
    columns = [level.total(people.residents), level.total(people.households), level.total(people.children)]
    header = ["code", "residents", "households", "children"]
    if len(level.code) == len(people.fifth):
        header.append("deprivation_fifth")
        columns.append(level.total(people.fifth))
    rows = [
        ",".join([code, *(str(value) for value in values)])
        for code, *values in zip(level.code, *columns, strict=True)
    ]
    path.write_text("\n".join([",".join(header), *rows]) + "\n", encoding="utf-8", newline="\n")


def to_degrees(points: Floats) -> Floats:
    """Longitude and latitude of grid points (n x 2, metres), to 7 decimals: about a centimetre.

    >>> to_degrees(np.array([[545_000.0, 613_000.0]]))
    array([[ 0.2875651, 55.3895347]])
    """
    transformer = pyproj.Transformer.from_pipeline(GRID_TO_DEGREES)
    return np.asarray(np.round(np.column_stack(transformer.transform(points[:, 0], points[:, 1])), 7))
