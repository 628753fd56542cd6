"""The nested areas of the force: small areas cut from the land, then merged into beats, sectors and commands.

One set of border lines makes every level, so neighbours share their borders to the last digit, and a beat is
exactly the union of its small areas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.demo import terrain
from harmscape.demo.names import COMMANDS
from harmscape.demo.terrain import Floats

Ints = NDArray[np.int64]

SMALL_AREAS, BEATS, SECTORS = 252, 110, 40
GRID_M = 1.0
"""Borders lie on whole metres of the British grid and are noded on it, so no sliver hides between them."""


@dataclass(frozen=True, slots=True)
class Areas:
    """The coverage: one polygon a small area (British grid, metres), and who belongs to whom.

    `beat`, `sector` and `command` give, for each small area, the number of the area it belongs to, from 0.
    `weight` is the share of the force's people that the terrain puts in it.
    """

    shapes: NDArray[np.object_]
    weight: Floats
    beat: Ints
    sector: Ints
    command: Ints


def cut_areas(rng: np.random.Generator, *, small_areas: int = SMALL_AREAS) -> Areas:
    """Cut the land into small areas of about equal people and merge them level by level.

    >>> areas = cut_areas(np.random.default_rng(4))
    >>> bool(shapely.coverage_is_valid(areas.shapes)), len(set(areas.sector)), len(set(areas.command))
    (True, 40, 4)
    """
    land = terrain.land(rng)
    points = _scatter(land, 20_000, rng)
    people = terrain.residents_per_km2(points) ** 0.88
    centres = _centres(points, people, small_areas, rng)
    bend_seed = int(rng.integers(2**31))
    shapes = _cells(land, centres, bend_seed)
    weight = _people_in(shapes, points)
    size = 0.6 * weight + 0.4 * shapely.area(shapes) / shapely.area(shapes).sum()
    beat = merge(shapes, size, BEATS)
    sector = merge(shapes, size, SECTORS, start=beat)
    command = _around_headquarters(shapes, sector)
    return Areas(shapes, weight, beat, sector, command)


def merge(shapes: NDArray[np.object_], size: Floats, groups: int, *, start: Ints | None = None) -> Ints:
    """Join neighbours, the smallest first, until `groups` remain; the group of each shape, numbered from 0.

    The smallest joins the neighbour that keeps the pair small and compact; an island joins the nearest.
    """
    group = np.arange(len(shapes)) if start is None else start.copy()
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    left, right, _ = borders(shapes)
    while (count := int(group.max()) + 1) > groups:
        total = np.bincount(group, size)
        middle = np.column_stack([np.bincount(group, size * centres[:, axis]) / total for axis in (0, 1)])
        small = int(total.argmin())
        near = np.setdiff1d(group[right[group[left] == small]], [small])
        candidates = near if len(near) else np.setdiff1d(np.arange(count), [small])
        apart = np.hypot(*(middle[candidates] - middle[small]).T)
        cost = (total[candidates] + total[small]) * (0.3 * apart.mean() + apart) if len(near) else apart
        group[group == small] = candidates[cost.argmin()]
        group[group > small] -= 1
    return group


def _around_headquarters(shapes: NDArray[np.object_], sector: Ints) -> Ints:
    """The command of each shape: the one whose headquarters lie nearest to the middle of its sector."""
    area = shapely.area(shapes)
    middle = shapely.get_coordinates(shapely.centroid(shapes)) * area[:, None]
    sums = np.column_stack([np.bincount(sector, middle[:, axis]) for axis in (0, 1)])
    at = sums / np.bincount(sector, area)[:, None]
    seats = np.array([(x, y) for _, x, y in COMMANDS]) * 1_000.0 + terrain.ORIGIN
    nearest = np.hypot(*(at[:, None, :] - seats).transpose(2, 0, 1)).argmin(axis=1)
    return np.asarray(nearest[sector], dtype=np.int64)


def borders(shapes: NDArray[np.object_]) -> tuple[Ints, Ints, Floats]:
    """Which shapes share a border, both ways round, and for how long (in the units of the shapes)."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left != right], right[left != right]
    length = shapely.length(shapely.intersection(shapes[left], shapes[right]))
    return left[length > 0], right[length > 0], length[length > 0]


def _scatter(land: shapely.MultiPolygon, count: int, rng: np.random.Generator) -> Floats:
    west, south, east, north = land.bounds
    points = rng.uniform((west, south), (east, north), size=(count, 2))
    return np.asarray(points[shapely.contains_xy(land, points[:, 0], points[:, 1])])


def _centres(points: Floats, weight: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Centres of about equal weight: weighted k-means (Lloyd 1982) from a weighted draw."""
    centres = points[rng.choice(len(points), count, replace=False, p=weight / weight.sum())]
    for _ in range(8):
        nearest = shapely.STRtree(shapely.points(centres)).nearest(shapely.points(points))
        total = np.bincount(nearest, weight, count)
        sums = [np.bincount(nearest, weight * points[:, axis], count) for axis in (0, 1)]
        centres = np.where(
            total[:, None] > 0, np.column_stack(sums) / np.maximum(total, 1e-9)[:, None], centres
        )
    return centres


def _cells(land: shapely.MultiPolygon, centres: Floats, bend_seed: int) -> NDArray[np.object_]:
    """One polygon a centre, in British grid metres: bent Voronoi borders noded with the shore."""

    def bend(points: Floats) -> Floats:
        return terrain.warp(points, np.random.default_rng(bend_seed)) * 1_000.0 + terrain.ORIGIN

    frame = shapely.box(*land.bounds).buffer(20)
    lines = shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=frame, only_edges=True)
    edges = shapely.get_parts(shapely.intersection(lines, frame))
    fine = shapely.segmentize(edges, np.clip(shapely.length(edges) / 14, 0.06, 0.4))
    borders = shapely.transform(fine, bend)
    shore = shapely.transform(land.boundary, lambda points: points * 1_000.0 + terrain.ORIGIN)
    network = shapely.union_all([*borders, shore], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    ground = shapely.transform(land, lambda points: points * 1_000.0 + terrain.ORIGIN)
    faces = faces[shapely.contains(ground.buffer(2 * GRID_M), shapely.point_on_surface(faces))]
    seed, face = shapely.STRtree(faces).query(shapely.points(bend(centres)), predicate="within")
    owner = np.full(len(faces), -1)
    owner[face] = seed
    return _join_orphans(faces, owner)


def _join_orphans(faces: NDArray[np.object_], owner: Ints) -> NDArray[np.object_]:
    """Give each face that the shore cut from its centre to the neighbour with the longest shared border."""
    left, right, border = borders(faces)
    while (orphans := np.flatnonzero(owner < 0)).size:
        adopted = False
        for orphan in orphans:
            beside = (left == orphan) & (owner[right] >= 0)
            if beside.any():
                owner[orphan] = owner[right[beside][border[beside].argmax()]]
                adopted = True
        if not adopted:
            owner[orphans[0]] = owner.max() + 1
    names = np.unique(owner)
    return np.array([shapely.coverage_union_all(faces[owner == name]) for name in names], dtype=object)


def _people_in(shapes: NDArray[np.object_], points: Floats) -> Floats:
    """The share of people in each shape, from the density at points scattered evenly over the land."""
    placed = shapely.points(points * 1_000.0 + terrain.ORIGIN)
    point, shape = shapely.STRtree(shapes).query(placed, predicate="within")
    people = np.bincount(shape, terrain.residents_per_km2(points)[point], len(shapes))
    return np.asarray(np.maximum(people, people.mean() / 5) / people.sum())
