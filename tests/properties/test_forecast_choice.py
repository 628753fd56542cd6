"""Which forecast to show: the rule of the fifth beside the least score, over worlds that move unlike.

Forces of 40 areas, five years learned from and four to come; the total alone is told. In each world the total
by the rule must be no worse than last year's count, in every year to come. Short form here, long in `make
soak`, which prints the table of docs/explanation/forecast.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR, sums
from harmscape.forecast.back_test import FLOOR, METHODS, back_test_whole
from harmscape.forecast.crps import crps_counts

Floats = NDArray[np.float64]

SEED, AREAS, LEARNED, TO_COME = 77, 40, 60, 48
MONTHS = LEARNED + TO_COME
CALENDAR = np.tile(np.arange(1, 13), MONTHS // YEAR)
SEASON = 1 + 0.25 * np.sin(2 * np.pi * (CALENDAR - 4) / YEAR)


@dataclass(frozen=True)
class World:
    """How a force lives: events a month and area, drift a month of each and of all, and what all do besides.

    moves: the logarithm of the common level by month, on top of its drift.
    """

    name: str
    moves: Callable[[np.random.Generator], Floats] = lambda _: np.zeros(MONTHS)
    rate: float = 20.0
    own: float = 0.0
    common: float = 0.0

    def draw(self, rng: np.random.Generator) -> Floats:
        """Counts of the whole force, shape (1, months), half as unsteady again as Poisson's."""
        own = np.cumsum(rng.normal(0, self.own, (AREAS, MONTHS)), axis=1)
        common = np.cumsum(rng.normal(0, self.common, MONTHS)) + self.moves(rng)
        mean = rng.gamma(2, self.rate / 2, (AREAS, 1)) * np.exp(own + common) * SEASON
        counts = rng.poisson(rng.gamma(2 * mean, 0.5))
        return np.asarray(counts.sum(axis=0, keepdims=True), dtype=float)


def grew(_: np.random.Generator) -> Floats:
    """6 % a year for as long as is learned, less and less after it."""
    ahead = np.arange(MONTHS) - LEARNED + 1
    return np.cumsum(0.06 / YEAR * 0.95 ** np.maximum(ahead, 0))


def stepped(rng: np.random.Generator) -> Floats:
    """One step of 15 %, up or down, somewhere in what is learned."""
    at, by = rng.integers(YEAR, LEARNED), rng.choice([-0.15, 0.15])
    return np.where(np.arange(MONTHS) >= at, by, 0.0)


def returning(rng: np.random.Generator) -> Floats:
    """A level that wanders 8 % about its mean and is half way back after eight months."""
    level, news = np.zeros(MONTHS), rng.normal(0, 0.08 * np.sqrt(1 - 0.92**2), MONTHS)
    for month in range(1, MONTHS):
        level[month] = 0.92 * level[month - 1] + news[month]
    return level


WORLDS = [
    World("steady"),
    World("one event a month", rate=1.0),
    World("drifts by 1 % a month", own=0.02, common=0.01),
    World("drifts by 2 % a month", own=0.02, common=0.02),
    World("grows by 4 % a year", lambda _: 0.04 * np.arange(MONTHS) / YEAR, own=0.01, common=0.003),
    World("grew by 6 %, then less", grew, own=0.01, common=0.005),
    World("one step of 15 %", stepped, own=0.01),
    World("returns to its mean", returning, own=0.01),
]


def told(world: World, forces: int) -> tuple[Floats, Floats, Floats]:
    """CRPS of four years to come: by last year's count, by the least score of all, by the rule; each (4,)."""
    rng = np.random.default_rng(SEED)
    scores = np.zeros((3, TO_COME // YEAR))
    for _ in range(forces):
        total = world.draw(rng)
        known = total[:, :LEARNED]
        tested = back_test_whole(known, CALENDAR[:LEARNED])
        assert tested is not None
        least = min((s for s in tested.scores if s.unit == tested.unit), key=lambda s: s.crps).method
        for place, name in enumerate((FLOOR, least, tested.chosen)):
            ahead = METHODS[name](known, CALENDAR[:LEARNED], TO_COME, None)
            for year in range(TO_COME // YEAR):
                span = slice(year * YEAR, (year + 1) * YEAR)
                mean, variance = sums(ahead, span)
                came = total[:, LEARNED:][:, span].sum(axis=1)
                scores[place, year] += float(crps_counts(mean, variance, came)[0])
    return scores[0], scores[1], scores[2]


def test_a_step_is_not_carried_on_as_a_trend() -> None:
    floor, least, rule = told(WORLDS[6], 12)
    assert rule[3] < least[3]
    assert (rule <= 1.1 * floor).all()


@pytest.mark.soak
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_world_is_told_worse_than_by_last_year_s_count(world: World) -> None:
    floor, least, rule = told(world, 100)
    print(f"\n{world.name}: least {(least / floor).round(3)}, rule {(rule / floor).round(3)}")
    assert (rule <= floor).all()
