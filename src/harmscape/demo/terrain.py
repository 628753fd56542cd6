"""The invented land: its coast, its estuary and river, its towns, and where people live on it.

Everything is drawn in kilometres east and north of `ORIGIN`, a spot in the open North Sea, so that nobody can
take it for a real place. The land is the same whatever the seed of the events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ORIGIN = (516_000.0, 572_000.0)
"""British grid metres of kilometre (0, 0): about 55.0 N, 0.2 W, more than 70 km from any shore."""

COAST = [
    (28, 88), (24.5, 84), (21, 84.5), (18.5, 79), (14, 78.5), (13, 74), (9, 72.5), (10, 69), (6.5, 67),
    (7.5, 61.5), (3, 58.5), (4, 55), (8.5, 53.5), (11, 51.5), (13, 44.5), (8.5, 44), (6, 40), (2.5, 39),
    (2.5, 35), (0.5, 32), (4.5, 27.5), (9.5, 28.5), (12, 25), (9, 21.5), (12.5, 16), (18.5, 17),
    (20.5, 12.5), (25, 11.5), (26, 6.5), (30.5, 6.5), (32, 1),
]  # fmt: skip
LAND_BORDER = [
    (37, 4.5), (44, 6), (44, 13), (52, 17.5), (51, 24), (56.5, 29), (59, 35.5), (54.5, 41), (56.5, 46),
    (61, 50.5), (58, 57.5), (53, 61), (57.5, 67), (56, 74.5), (49.5, 76.5), (47, 83), (40, 82.5), (35, 87.5),
]  # fmt: skip
ISLAND = [(-4.5, 64.5), (-3, 66.2), (-1.2, 65.4), (-1.6, 63.2), (-3.2, 62.4)]
ESTUARY = [(9, 47.7), (14, 47.8), (19, 46.6), (24, 47.6), (28.5, 46.2), (32.5, 46.9), (36, 45.8)]
ESTUARY_HALF_WIDTH = [3.6, 2.5, 1.9, 1.6, 1.1, 0.7, 0.25]


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its centre in kilometres, its residents, its radius, and how it lies."""

    name: str
    x: float
    y: float
    residents: int
    radius_km: float
    stretch: float = 1.0


TOWNS = (
    Town("Carrowmouth", 32.5, 45.8, 300_000, 4.6, 1.5),
    Town("Brackenlow", 40.5, 66.0, 82_000, 2.7),
    Town("Saltmere", 6.0, 35.0, 62_000, 2.3, 0.8),
    Town("Thrale", 36.0, 21.0, 52_000, 2.2, 1.2),
    Town("Skerry Point", 13.5, 71.5, 27_000, 1.7),
)
RURAL_RESIDENTS = 62_000


def land(rng: np.random.Generator) -> shapely.MultiPolygon:
    """The land in kilometres: mainland without its estuary, and one island.

    >>> shape = land(np.random.default_rng(0))
    >>> len(shape.geoms), bool(shape.is_valid)
    (2, True)
    """
    coast = _rough(_smooth(np.array(COAST, float), 1), 0.2, rng)
    border = _rough(_smooth(np.array([COAST[-1], *LAND_BORDER, COAST[0]], float)), 0.08, rng)
    mainland = shapely.make_valid(shapely.Polygon(np.vstack([coast, border])))
    island = shapely.Polygon(_rough(np.array([*ISLAND, ISLAND[0]], float), 0.13, rng))
    parts = [_largest(shapely.difference(mainland, estuary(rng))), _largest(shapely.make_valid(island))]
    return shapely.MultiPolygon(parts)


def estuary(rng: np.random.Generator) -> shapely.Polygon:
    """The water of the estuary, wide at the sea and narrow at the bridge."""
    middle = _smooth(np.array(ESTUARY, float))
    along = np.linspace(0, 1, len(middle))
    width = np.interp(along, np.linspace(0, 1, len(ESTUARY_HALF_WIDTH)), ESTUARY_HALF_WIDTH)[:, None]
    step = np.gradient(middle, axis=0)
    across = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
    banks = [_rough(middle + side * width * across, 0.1, rng) for side in (1, -1)]
    return _largest(shapely.make_valid(shapely.Polygon(np.vstack([banks[0], banks[1][::-1]]))))


def residents_per_km2(points: Floats) -> Floats:
    """How densely people live at points (n x 2, kilometres): towns with an edge, and the country between."""
    density = np.full(len(points), RURAL_RESIDENTS / 3_300.0)
    for town in TOWNS:
        # The whole of exp(-(r / R)^3) over the plane is Gamma(5/3) pi R^2.
        density += (
            town.residents * np.exp(-(distance(points, town) ** 3)) / (0.9027 * np.pi * town.radius_km**2)
        )
    return density


def distance(points: Floats, town: Town) -> Floats:
    """Distance of points (n x 2, kilometres) from the centre of a town, in its radii, along its own shape."""
    east, north = (points - (town.x, town.y)).T
    return np.asarray(np.hypot(east / np.sqrt(town.stretch), north * np.sqrt(town.stretch)) / town.radius_km)


def warp(points: Floats, rng: np.random.Generator) -> Floats:
    """Bend the plane as borders bend: points n x 2, kilometres, displaced by waves of every length.

    Each octave leans by the same slope and the slopes together stay below 1, so that lines that did not cross
    before do not cross afterwards; borders bent with it keep their neighbours.
    """
    moved = points.copy()
    for wave_km in (12.0, 6.0, 3.0, 1.5, 0.75):
        turn = rng.uniform(0, 2 * np.pi, size=(2, 3))
        phase = rng.uniform(0, 2 * np.pi, size=(2, 3))
        for axis in (0, 1):
            ways = np.column_stack([np.cos(turn[axis]), np.sin(turn[axis])]) * 2 * np.pi / wave_km
            moved[:, axis] += 0.17 * wave_km / (2 * np.pi) * np.sin(points @ ways.T + phase[axis]).sum(axis=1)
    return moved


def _smooth(points: Floats, times: int = 2) -> Floats:
    """Cut the corners of an open line (Chaikin 1974)."""
    for _ in range(times):
        ahead, behind = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.vstack([points[:1], np.stack([ahead, behind], axis=1).reshape(-1, 2), points[-1:]])
    return points


def _rough(points: Floats, roughness: float, rng: np.random.Generator, shortest_km: float = 0.22) -> Floats:
    """Break a line into short pieces, each middle pushed sideways (midpoint displacement)."""
    while True:
        step = np.diff(points, axis=0)
        length = np.hypot(*step.T)
        if length.max() <= shortest_km:
            return points
        push = np.clip(rng.normal(0, roughness, len(step)), -2 * roughness, 2 * roughness)[:, None]
        middle = points[:-1] + step / 2 + push * np.column_stack([-step[:, 1], step[:, 0]])
        long = length > shortest_km
        order = np.concatenate([np.arange(len(points)), np.flatnonzero(long) + 0.5])
        points = np.vstack([points, middle[long]])[np.argsort(order, kind="stable")]


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return max(polygons, key=lambda part: float(part.area))
