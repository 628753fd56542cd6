"""Simulations of what impact promises: its ranges hold the truth 93 to 97 times in 100.

Monthly counts scatter beyond Poisson's (negative binomial, variance over mean as stated), over several sizes;
the truth is a ratio of 0.7. The short form looks for blunders, its bounds wide enough for its few draws; the
long form, by `make soak`, prints its table and holds the bar, less three standard errors of a simulation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harmscape.change.difference import difference_in_differences
from harmscape.change.displacement import displacement_ratio, weighted_displacement
from harmscape.change.interrupted import interrupted_series

RATIO = 0.7
SHORT, LONG = 80, 4_000


def drawn(rng: np.random.Generator, mean: np.ndarray, phi: float) -> np.ndarray:
    """Counts with variance phi times the mean."""
    return rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)


Case = Callable[[np.random.Generator], list[bool]]


def held(case: Case, times: int, seed: int) -> list[float]:
    """The share of draws in which each range holds the truth."""
    rng = np.random.default_rng(seed)
    return [float(each) for each in np.mean([case(rng) for _ in range(times)], axis=0)]


def displacement_case(mean: float, phi: float) -> Case:
    def once(rng: np.random.Generator) -> list[bool]:
        treated = [drawn(rng, np.array(4 * mean), phi), drawn(rng, np.array(RATIO * mean), phi)]
        control = [drawn(rng, np.array(8 * mean), phi), drawn(rng, np.array(2 * mean), phi)]
        found = weighted_displacement(
            treated, control, time=(4, 1), area=(1, 2, 1, 1), dispersion=phi, limits="gamma"
        ).local
        ratio = displacement_ratio(treated, control, time=(4, 1), dispersion=phi)
        return [found.lo <= (RATIO - 1) * mean <= found.hi, ratio.lo <= RATIO <= ratio.hi]

    return once


def harm_case(size: float) -> Case:
    points = np.array([1.0, 10.0, 100.0, 2000.0])
    rate = np.array([20.0, 8.0, 2.0, 0.1]) * size

    def once(rng: np.random.Generator) -> list[bool]:
        treated, control = rng.poisson([rate, RATIO * rate]), rng.poisson([3 * rate, 3 * rate])
        found = weighted_displacement(
            treated, control, area=(1, 3, 1, 1), points=points, limits="gamma"
        ).local
        return [found.lo <= (RATIO - 1) * float(rate @ points) <= found.hi]

    return once


def difference_case(units: int, treated: int, mean: float, phi: float, drift: float) -> Case:
    after = np.arange(48) >= 36
    ours = np.arange(units) < treated

    def once(rng: np.random.Generator) -> list[bool]:
        level = rng.gamma(2, mean / 2, units) + 0.2
        rate = np.outer(level, 1 + 0.3 * np.sin(np.arange(48) / 6 * np.pi))
        rate[:, after] *= np.exp(rng.normal(0, drift, units))[:, None]
        rate[np.ix_(ours, after)] *= RATIO
        true = float(rate[np.ix_(ours, after)].sum()) * (1 - 1 / RATIO)
        found = difference_in_differences(drawn(rng, rate, phi), ours, ~after, after)
        return [found.effect.lo <= RATIO <= found.effect.hi, found.change.lo <= true <= found.change.hi]

    return once


def series_case(mean: float, phi: float) -> Case:
    after, month = np.arange(60) >= 42, np.arange(60) % 12 + 1

    def once(rng: np.random.Generator) -> list[bool]:
        usual = mean * np.exp(0.1 * np.sin(month / 6 * np.pi) + 0.04 * np.arange(60) / 12)
        found = interrupted_series(
            drawn(rng, np.where(after, RATIO, 1.0) * usual, phi), after, month, harmonics=1
        )
        true = (RATIO - 1) * float(usual[after].sum())
        return [found.step.lo <= RATIO <= found.step.hi, found.change.lo <= true <= found.change.hi]

    return once


CASES: dict[str, Case] = {
    "displacement, 3 events a span": displacement_case(3, 1.0),
    "displacement, 20 events, phi 2": displacement_case(20, 2.0),
    "displacement, 60 events, phi 2": displacement_case(60, 2.0),
    "harm displacement, 30 events": harm_case(1),
    "harm displacement, 480 events": harm_case(16),
    "difference, 1 of 6 units, 2 a month": difference_case(6, 1, 2, 1.7, 0.0),
    "difference, 3 of 20 units, 5 a month": difference_case(20, 3, 5, 1.7, 0.0),
    "difference, 10 of 40 units that drift": difference_case(40, 10, 5, 1.7, 0.2),
    "difference, 8 of 300 units that drift": difference_case(300, 8, 8, 1.7, 0.2),
    "interrupted series, 6 a month": series_case(6, 1.5),
    "interrupted series, 40 a month": series_case(40, 3.0),
}
CAREFUL = {
    # Few events, or a heavy kind that is often not seen at all: the range is wider than it need be.
    "displacement, 3 events a span",
    "harm displacement, 30 events",
}


@pytest.mark.parametrize("name", CASES)
def test_ranges_of_impact_hold_the_truth(name: str) -> None:
    for share in held(CASES[name], SHORT, seed=1):
        assert share >= 0.87, (name, share)


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_ranges_of_impact_hold_the_truth_93_to_97_times_in_100(name: str) -> None:
    shares = held(CASES[name], LONG, seed=2)
    print(f"\n{name:44} {' '.join(f'{share:.3f}' for share in shares)}")
    for share in shares:
        assert 0.93 - 0.011 <= share <= (0.99 if name in CAREFUL else 0.97 + 0.008), (name, share)
