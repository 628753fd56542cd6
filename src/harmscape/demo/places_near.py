"""Places near others, for what is told of the same happening from a street away."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely

from harmscape.demo.areas import Ints
from harmscape.demo.cells import Whole
from harmscape.demo.land import Land, lay_the_land


def places_within(land: Land, place: Whole, near_m: float, rng: np.random.Generator) -> Ints:
    """For each place one in the same sector and at most `near_m` metres away; it may be the same."""
    tree = _tree() if land is lay_the_land() else shapely.STRtree(_points(land))
    asked, found = tree.query(_points(land)[place], predicate="dwithin", distance=near_m)
    sector = land.sector_of_place
    same = sector[place[asked]] == sector[found]
    asked, found = asked[same], found[same]
    order = np.lexsort((found, asked))
    asked, found = asked[order], found[order]
    starts, ends = (np.searchsorted(asked, np.arange(len(place)), side=side) for side in ("left", "right"))
    return np.asarray(found[starts + (rng.random(len(place)) * (ends - starts)).astype(np.int64)])


@cache
def _tree() -> shapely.STRtree:
    return shapely.STRtree(_points(lay_the_land()))


def _points(land: Land) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.asarray(shapely.points(land.places.easting, land.places.northing))
