"""Points to areas on real boundaries, against geopandas' spatial join in the same run.

Run with `python -m bench places`; needs the open boundaries in ../shared beside the checkout.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from bench.figure import Figure, timed
from harmscape.places.area import to_geojson
from harmscape.places.assign import Areas, assign
from harmscape.places.boundaries import read_boundaries
from harmscape.places.locate import Locator

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
LSOA = SHARED / "boundaries/northumbria_lsoa11.parquet"
NATION = SHARED / "boundaries/england_wales_lsoa11_supergeneralised.parquet"
CRIMES = SHARED / "crime_northumbria/northumbria_street_2020-05_2022-08.parquet"
SEED = 20240630
TIMES = 3
POINTS = 1_000_000
PEER_POINTS = 200_000

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    if not NATION.exists():
        yield Figure("points to areas", "not run: ../shared/data is not beside this checkout")
        return
    for name, path, speed, ratio in (("916 LSOAs", LSOA, 5.0, 10.0), ("34,753 LSOAs", NATION, 1.5, None)):
        polygons = read_boundaries(path).polygons()
        locator, seconds = timed(lambda shapes=polygons: Locator(shapes), TIMES)
        yield Figure(f"{name}: build the locator", f"{seconds:.2f} s")
        for how, draw in (("anywhere in the box", in_the_box), ("as many in each area", in_each_area)):
            points = draw(polygons, POINTS)
            yield against_geopandas(f"{name}: distinct points {how}", locator, polygons, points, speed, ratio)
    yield crimes()
    yield memory()
    nation = read_boundaries(NATION)
    text, seconds = timed(lambda: to_geojson(nation.codes, nation.names, nation.wkb, 4326, tolerance_m=50))
    yield Figure("34,753 LSOAs: GeoJSON for the map, 50 m", f"{seconds:.2f} s, {len(text) / 1e6:.1f} MB")


def against_geopandas(
    what: str, locator: Locator, polygons: NDArray[Any], points: Points, speed: float, ratio: float | None
) -> Figure:
    """Placing points with the locator ready, against a join that builds its own index."""
    some = tuple(part[:PEER_POINTS] for part in points)
    areas = geopandas.GeoDataFrame(geometry=polygons)
    ours = theirs = float("inf")
    # Turn about, so that a busy moment of the machine slows both.
    for _ in range(TIMES):
        ours = min(ours, timed(lambda: locator.locate(*points))[1])
        joined, seconds = timed(lambda: join(some, areas))
        theirs = min(theirs, seconds)
    lowest = joined["index_right"].groupby(level=0).min()
    assert (locator.locate(*some)[lowest.index] == lowest.to_numpy()).all()
    rate, peer_rate = POINTS / ours / 1e6, PEER_POINTS / theirs / 1e6
    is_met = rate >= speed and (ratio is None or rate >= ratio * peer_rate)
    bar = f">= {speed} M/s" + ("" if ratio is None else f", {ratio:.0f}x")
    return Figure(what, f"{rate:.1f} M/s", f"{peer_rate:.2f} M/s", rate / peer_rate, bar, is_met)


def join(points: Points, areas: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The same question asked of geopandas."""
    return geopandas.GeoDataFrame(geometry=shapely.points(*points)).sjoin(areas, predicate="intersects")


def crimes() -> Figure:
    """Two years of one force, points repeating as published, with labels compared."""
    table = pq.read_table(CRIMES, columns=["Longitude", "Latitude", "LSOA code"])
    x, y = (pc.cast(table[name], "float64").to_numpy() for name in ("Longitude", "Latitude"))
    boundaries = read_boundaries(LSOA)

    def place() -> Any:
        return assign(x, y, epsg=4326, areas=Areas.of(boundaries), labels=table["LSOA code"])

    areas = geopandas.GeoDataFrame(geometry=boundaries.polygons())
    _, ours = timed(place, TIMES)
    _, theirs = timed(lambda: join((x, y), areas))
    return Figure(
        f"{len(x):,} crimes: build, place, compare labels", f"{ours:.2f} s", f"{theirs:.2f} s", theirs / ours
    )


def memory() -> Figure:
    """Peak memory of a fresh process that places 10 million points in all LSOAs of England and Wales."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        peak, seconds = pool.submit(place_the_nation, 10_000_000).result()
    rate = 10 / seconds
    is_met = peak <= 1.5 and rate >= 1.5
    return Figure(
        "34,753 LSOAs: 10 M points in a fresh process",
        f"{rate:.1f} M/s, {peak:.2f} GB",
        "-",
        None,
        "<= 1.5 GB",
        is_met,
    )


def place_the_nation(count: int) -> tuple[float, float]:
    """Peak resident memory in GB and the seconds to place points, after building the locator."""
    polygons = read_boundaries(NATION).polygons()
    locator = Locator(polygons)
    points = in_the_box(polygons, count)
    _, seconds = timed(lambda: locator.locate(*points))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, seconds


def in_the_box(polygons: NDArray[Any], count: int) -> Points:
    west, south, east, north = shapely.total_bounds(polygons)
    rng = np.random.default_rng(SEED)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def in_each_area(polygons: NDArray[Any], count: int) -> Points:
    """Points spread over the boxes of areas, as many for a small area as for a large one, like residents."""
    rng = np.random.default_rng(SEED)
    west, south, east, north = shapely.bounds(polygons)[rng.integers(0, len(polygons), count)].T
    return rng.uniform(west, east), rng.uniform(south, north)
