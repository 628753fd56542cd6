"""Where things happen: addresses and meeting places, and how each kind of offence gathers at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

from harmscape.demo.areas import Areas, Ints
from harmscape.demo.people import People
from harmscape.demo.terrain import Floats

RESIDENTS_A_PLACE = 14
CLEAR_OF_BORDER_M = 3.0
VILLAGE_SHARE, VILLAGE_M = 0.985, 160.0
"""How much of the open country lives in villages, and how far these spread (standard deviation, metres)."""


class Setting(NamedTuple):
    """How an offence is spread.

    venues: the share that happens at shops, bars and stations rather than where people live. need: how
    steeply it follows deprivation (log rate per unit of the score). unevenness: how unlike the small areas
    are beyond that (log, standard deviation). repeat: how unlike single places are (log, standard
    deviation).
    """

    venues: float
    need: float
    unevenness: float
    repeat: float


SETTINGS = {
    "home": Setting(0.03, 0.28, 0.14, 0.9),
    "street": Setting(0.14, 0.30, 0.15, 1.0),
    "night": Setting(0.60, 0.25, 0.20, 1.1),
    "shop": Setting(0.90, 0.10, 0.25, 1.1),
    "estate": Setting(0.06, 0.50, 0.20, 1.2),
    "car": Setting(0.06, 0.12, 0.14, 0.8),
    "yard": Setting(0.22, 0.12, 0.16, 1.0),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Points where events can happen. `easting`, `northing`: whole metres; `area`: the small area, from 0."""

    easting: Ints
    northing: Ints
    area: Ints
    is_venue: np.ndarray[tuple[int], np.dtype[np.bool_]]


def lay_out(areas: Areas, people: People, rng: np.random.Generator) -> Places:
    """Put homes and venues inside each small area, off its borders; country homes gather in villages."""
    homes = np.maximum(people.residents // RESIDENTS_A_PLACE, 25)
    venues = np.round(4 + 60 * people.centre**2).astype(np.int64)
    points = []
    for number, shape in enumerate(areas.shapes):
        inner = shape.buffer(-CLEAR_OF_BORDER_M)
        shapely.prepare(inner)
        wanted = int(homes[number] + venues[number])
        points.append(_inside(inner, wanted, float(people.rural[number]), rng))
    count = homes + venues
    area = np.repeat(np.arange(len(count)), count)
    within = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    whole = np.rint(np.vstack(points)).astype(np.int64)
    return Places(whole[:, 0], whole[:, 1], area, within < venues[area])


def pull(setting: Setting, places: Places, people: People, rng: np.random.Generator) -> Floats:
    """The share of an offence that falls at each place, summing to 1: people and need, venues, and chance."""
    uneven = np.exp(rng.normal(0, setting.unevenness, len(people.residents)))
    living = people.residents * np.exp(setting.need * people.deprivation) * uneven
    trading = (0.06 + 3.0 * people.centre**2) * people.residents**0.5 * uneven
    single = np.exp(rng.normal(0, setting.repeat, len(places.area)))
    shares = np.zeros(len(places.area))
    for chosen, draw, share in (
        (~places.is_venue, living, 1 - setting.venues),
        (places.is_venue, trading, setting.venues),
    ):
        area = places.area[chosen]
        in_area = np.bincount(area, single[chosen], len(living))
        shares[chosen] = share * draw[area] / draw.sum() * single[chosen] / in_area[area]
    return shares


def home_in(places: Places, area: Ints, rng: np.random.Generator) -> Ints:
    """For each small area the number of a place in it, drawn from those where people live."""
    homes = np.flatnonzero(~places.is_venue)
    starts, ends = (np.searchsorted(places.area[homes], area, side=side) for side in ("left", "right"))
    return np.asarray(homes[starts + (rng.random(len(area)) * (ends - starts)).astype(np.int64)])


def _inside(shape: shapely.Geometry, wanted: int, rural: float, rng: np.random.Generator) -> Floats:
    """Points in a shape: evenly in a town; the more rural, the more of them in a few villages."""
    hamlets = _evenly(shape, int(rng.integers(2, 4)), rng)
    gathered = round(VILLAGE_SHARE * wanted * min(1.0, 1.8 * rural))
    return np.vstack([_about(shape, hamlets, gathered, rng), _evenly(shape, wanted - gathered, rng)])


def _about(shape: shapely.Geometry, middles: Floats, wanted: int, rng: np.random.Generator) -> Floats:
    found = middles[:0]
    while len(found) < wanted:
        near = middles[rng.integers(len(middles), size=wanted)] + rng.normal(0, VILLAGE_M, (wanted, 2))
        found = np.vstack([found, near[shapely.contains_xy(shape, near[:, 0], near[:, 1])]])
    return found[:wanted]


def _evenly(shape: shapely.Geometry, wanted: int, rng: np.random.Generator) -> Floats:
    west, south, east, north = shape.bounds
    found = np.empty((0, 2))
    while len(found) < wanted:
        tried = rng.uniform((west, south), (east, north), size=(2 * wanted + 8, 2))
        found = np.vstack([found, tried[shapely.contains_xy(shape, tried[:, 0], tried[:, 1])]])
    return found[:wanted]
