"""The promises of a forecast, by simulation: ranges hold what they say, none is worse than last year.

Counts of 40 areas are Gamma-Poisson about rates with a season. Of nine years five are learned from and four
are to come and never seen. Short forms here, long ones in `make soak`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from harmscape.forecast.ahead import YEAR, Ahead, sums
from harmscape.forecast.back_test import FLOOR, METHODS, Made, Score, score
from harmscape.forecast.demand import demand

SEED = 20261122
LEARNED, TO_COME = 60, 48
CALENDAR = np.tile(np.arange(1, 13), (LEARNED + TO_COME) // YEAR)


@dataclass(frozen=True)
class World:
    """How 40 areas live: events a month and area, how far each and all of them drift in a month, scatter."""

    name: str
    rate: float = 20.0
    own_drift: float = 0.0
    common_drift: float = 0.0
    scatter: float = 1.5

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        months = LEARNED + TO_COME
        season = 1 + 0.25 * np.sin(2 * np.pi * (CALENDAR - 4) / YEAR)
        own = np.cumsum(rng.normal(0, self.own_drift, (40, months)), axis=1)
        common = np.cumsum(rng.normal(0, self.common_drift, months))
        mean = rng.gamma(2, self.rate / 2, (40, 1)) * np.exp(own + common) * season
        return rng.poisson(rng.gamma(mean / (self.scatter - 1), self.scatter - 1)).astype(float)


STEADY = World("steady")
FEW = World("one event a month", rate=1.0)
DRIFTING = World("areas and force drift", own_drift=0.02, common_drift=0.01)


def scored(world: World, forces: int, years: Sequence[int]) -> dict[str, Score]:
    """Yearly totals so many years ahead: of areas and the whole, by the method chosen and by last year."""
    rng = np.random.default_rng(SEED)
    made: dict[str, list[Made]] = {"areas": [], "whole": [], "areas, floor": [], "whole, floor": []}
    for _ in range(forces):
        counts = world.draw(rng)
        learned, known = counts[:, :LEARNED], CALENDAR[:LEARNED]
        found = demand(learned, known, 4)
        assert found is not None
        total = counts.sum(axis=0, keepdims=True)
        floors = [METHODS[FLOOR](each[:, :LEARNED], known, TO_COME, None) for each in (counts, total)]
        for year in years:
            for name, ahead, came in (
                ("areas", found.parts, counts),
                ("whole", found.whole, total),
                ("areas, floor", floors[0], counts),
                ("whole, floor", floors[1], total),
            ):
                made[name].append(told(ahead, came, year))
    return {name: score(name, "years", each) for name, each in made.items()}


def told(ahead: Ahead, counts: np.ndarray, year: int) -> Made:
    span = slice((year - 1) * YEAR, year * YEAR)
    came = counts[:, LEARNED:][:, span].sum(axis=1)
    return Made(LEARNED, LEARNED + span.start, year, *sums(ahead, span), came)


def shares(found: Score) -> tuple[float, float]:
    return found.within_80 / found.forecasts, found.within_95 / found.forecasts


@pytest.mark.parametrize("world", [STEADY, FEW, DRIFTING], ids=lambda world: world.name)
def test_next_year_of_areas_lies_in_its_ranges_and_scores_better_than_last_year(world: World) -> None:
    found = scored(world, 5, (1,))
    # 200 forecasts of five forces: a standard error of some 3 points at 80 %.
    in_80, in_95 = shares(found["areas"])
    assert 0.73 <= in_80 <= 0.89
    assert 0.90 <= in_95 <= 0.995
    assert found["areas"].crps < found["areas, floor"].crps


def test_four_years_on_is_held_and_not_worse_than_last_year() -> None:
    found = scored(DRIFTING, 5, (4,))
    in_80, in_95 = shares(found["areas"])
    assert 0.70 <= in_80 <= 0.92
    assert in_95 >= 0.88
    assert found["areas"].crps <= found["areas, floor"].crps * 1.02


@pytest.mark.soak
@pytest.mark.parametrize("world", [STEADY, FEW, DRIFTING], ids=lambda world: world.name)
@pytest.mark.parametrize("year", [1, 2, 3, 4])
def test_years_lie_in_their_ranges_at_length(world: World, year: int) -> None:
    found = scored(world, 120, (year,))
    for name, each in found.items():
        print(
            f"{world.name}, year {year}, {name}: {shares(each)[0]:.3f} {shares(each)[1]:.3f}, {each.crps:.1f}"
        )
    areas, whole = shares(found["areas"]), shares(found["whole"])
    # Ranges keep room for a level to move that never moved in five years: they may hold more than they say.
    assert areas[0] >= 0.76
    assert areas[1] >= 0.93
    assert whole[0] >= 0.72
    assert whole[1] >= 0.88
    if year == 1:
        assert areas[0] <= 0.87
    assert found["areas"].crps <= found["areas, floor"].crps
    # A drifting total is a random walk, of which last year's count is nearly the best forecast.
    assert found["whole"].crps <= found["whole, floor"].crps * 1.01
