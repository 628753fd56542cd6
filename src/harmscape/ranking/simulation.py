"""Does it hold what it promises? Tables drawn from known rates, and how often the truth lay where we said.

    python -m harmscape.ranking.simulation [tables]

prints, per scenario, the coverage and width of the intervals, rank ranges and rank sets. Truth is an area's
expected harm in the period, sum of weight x rate; a place that is tied in truth counts as held if one of its
places is in the range, and, for the sets, only if all of them are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harmscape.ranking.interval import (
    Limits,
    dobson_byar,
    fay_feuer,
    fay_kim_mid_p,
    harm_interval,
    pooled_next_weight,
    tiwari,
)
from harmscape.ranking.rank_range import rank_ranges
from harmscape.ranking.rank_set import rank_sets
from harmscape.ranking.shrinkage import Posterior, shrink
from harmscape.ranking.tier import tiers

Floats = NDArray[np.float64]
Mix = tuple[tuple[float, ...], tuple[float, ...]]

# Weights like the Crime Severity Score's and shares of events: homicide, rape, robbery, burglary, violence
# with injury, theft, criminal damage. The effective weight is 6.6 times the mean weight.
SEVEN_KINDS: Mix = ((7979, 3050, 746, 438, 184, 33, 7), (0.0006, 0.016, 0.03, 0.15, 0.2, 0.3, 0.3034))
RARE_HOMICIDE: Mix = ((7979, 746, 184, 33), (0.003, 0.05, 0.347, 0.6))
THREE_ORDERS: Mix = ((1000, 100, 10, 1), (0.25, 0.25, 0.25, 0.25))
ONE_WEIGHT: Mix = ((1,), (1.0,))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world to draw tables from.

    mix: weights and shares of events. areas, events: how many, and mean events per area. sizes: `equal`, or
    how the areas' true sizes differ: `gamma` (relative variance 1/4), `close` (1/50), `heavy` (Pareto, index
    1.5). mixes: relative variance of each kind's share between areas. more_per_incident: mean events beyond
    the first.
    """

    name: str
    mix: Mix = SEVEN_KINDS
    areas: int = 40
    events: float = 145
    sizes: str = "gamma"
    mixes: float = 1 / 8
    more_per_incident: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """One table: true harm, counts (p, m), weights, variance by incident, squared events by incident."""

    truth: Floats
    counts: Floats
    weights: Floats
    variance: Floats
    events_squared: Floats

    @property
    def harm(self) -> Floats:
        """Recorded harm, points per area."""
        return np.asarray(self.counts @ self.weights, dtype=float)

    def posterior(self) -> Posterior:
        """What `shrink` makes of the table."""
        return shrink(self.counts, self.weights, self.variance, events_squared=self.events_squared)


SIZES: Mapping[str, Callable[[np.random.Generator, int], Floats]] = {
    "equal": lambda _, areas: np.ones(areas),
    "close": lambda rng, areas: rng.gamma(50, 1 / 50, areas),
    "gamma": lambda rng, areas: rng.gamma(4, 1 / 4, areas),
    "heavy": lambda rng, areas: (rng.pareto(1.5, areas) + 0.2) / 2.2,
}


def draw(rng: np.random.Generator, scenario: Scenario) -> Drawn:
    """One table of the scenario: true rates, then Poisson incidents, then their events."""
    weights, shares = (np.asarray(part, dtype=float) for part in scenario.mix)
    size = SIZES[scenario.sizes](rng, scenario.areas)
    mixes = np.ones((scenario.areas, len(weights)))
    if scenario.mixes:
        mixes = rng.gamma(1 / scenario.mixes, scenario.mixes, mixes.shape)
    rate: Floats = scenario.events * size[:, None] * shares * mixes
    if not scenario.more_per_incident:
        counts = rng.poisson(rate).astype(float)
        events = np.asarray(counts.sum(axis=1), dtype=float)
        return Drawn(rate @ weights, counts, weights, np.asarray(counts @ weights**2, dtype=float), events)
    incidents = rng.poisson(rate.sum(axis=1) / (1 + scenario.more_per_incident))
    area = np.repeat(np.arange(scenario.areas), incidents)
    held = 1 + rng.poisson(scenario.more_per_incident, len(area))
    incident = np.repeat(np.arange(len(area)), held)
    chances = np.cumsum(rate / rate.sum(axis=1, keepdims=True), axis=1)[area[incident]]
    kind = np.minimum((rng.random((len(incident), 1)) > chances).sum(axis=1), len(weights) - 1)
    counts = np.zeros(rate.shape)
    np.add.at(counts, (area[incident], kind), 1)
    harm = np.bincount(incident, weights[kind], len(area))
    variance, squared = (
        np.asarray(np.bincount(area, part**2, scenario.areas), dtype=float)
        for part in (harm, held.astype(float))
    )
    return Drawn(rate @ weights, counts, weights, variance, squared)


def interval_coverage(scenario: Scenario, tables: int, seed: int) -> dict[str, tuple[float, float]]:
    """Per method, the share of areas whose 95% interval held the true harm, and its median width / truth."""
    rng = np.random.default_rng(seed)
    held: dict[str, list[Floats]] = {}
    for _ in range(tables):
        table = draw(rng, scenario)
        for method, limits in _intervals(table).items():
            inside = (limits.lo <= table.truth) & (table.truth <= limits.hi)
            held.setdefault(method, []).append(np.array([inside, (limits.hi - limits.lo) / table.truth]))
    found = {method: np.concatenate(parts, axis=1) for method, parts in held.items()}
    return {method: (float(part[0].mean()), float(np.nanmedian(part[1]))) for method, part in found.items()}


def _intervals(table: Drawn) -> dict[str, Limits]:
    y, v, w = table.harm, table.variance, table.weights
    least = np.where(y > 0, table.posterior().expected_variance, 0.0)
    normal = 1.96 * np.sqrt(v)
    return {
        "ours": harm_interval(y, v, heaviest=w.max(), expected_variance=least),
        "ours, alone": harm_interval(y, v, heaviest=w.max()),
        "mid-p": fay_kim_mid_p(y, v, heaviest=w.max()),
        "max": fay_feuer(y, v, heaviest=w.max()),
        "tcz": tiwari(y, v, weights=w),
        "dobson": dobson_byar(y, v, events=table.counts.sum(axis=1)),
        "normal": Limits(y - normal, y + normal),
    }


def rank_coverage(scenario: Scenario, tables: int, seed: int) -> dict[str, float]:
    """How often truth lay in the ranges and sets.

    all, top, bottom: share of areas with their true rank in the marginal range; in the true first and last
    tenth. width: mean of (hi - lo) / p. sets: share of tables with every area's rank in its set. set_width:
    as width. wrong_tier: share of tables with an area in the wrong half. top_5: sum of (p_top_k - truth)^2
    per area (Brier).
    """
    rng = np.random.default_rng(seed)
    rows = [_rank_row(draw(rng, scenario)) for _ in range(tables)]
    names = ("all", "top", "bottom", "width", "sets", "set_width", "wrong_tier", "top_5")
    columns = np.array(rows, dtype=float).T
    return {name: float(np.nanmean(column)) for name, column in zip(names, columns, strict=True)}


def _rank_row(table: Drawn) -> tuple[float, ...]:
    truth, p = np.round(table.truth, 6), len(table.truth)
    best = 1 + (truth > truth[:, None]).sum(axis=1)
    worst = p - (truth < truth[:, None]).sum(axis=1)
    learned, y = table.posterior(), table.harm
    found = rank_ranges(
        learned.mean, learned.variance, wide_mean=learned.wide_mean, wide_variance=learned.wide_variance
    )
    next_weight = pooled_next_weight(y, table.variance, heaviest=table.weights.max())
    expected = np.where(y > 0, learned.expected_variance, 0.0)
    sets = rank_sets(y, expected, next_weight=next_weight)
    recorded = 1 + (y > y[:, None]).sum(axis=1)
    lo, hi = np.minimum(found.lo, recorded), np.maximum(found.hi, recorded)
    held, tenth = (lo <= worst) & (hi >= best), max(1, p // 10)
    tier = tiers(sets.lo, sets.hi)
    wrong = ((tier == "clearly_high") & (best > p // 2)) | ((tier == "clearly_low") & (worst <= p - p // 2))
    return (
        held.mean(),
        held[best <= tenth].mean(),
        held[worst > p - tenth].mean(),
        (hi - lo).mean() / p,
        ((sets.lo <= best) & (sets.hi >= worst)).all(),
        (sets.hi - sets.lo).mean() / p,
        wrong.any(),
        ((found.p_top_k - (best <= 5)) ** 2).mean(),
    )


INTERVAL_SCENARIOS = (
    *(Scenario(f"seven kinds, {n}", events=n, sizes="equal", mixes=0) for n in (15, 73, 145, 580, 2900)),
    *(Scenario(f"seven kinds, areas differ, {n}", events=n) for n in (15, 145, 580, 2900)),
    *(Scenario(f"seven kinds, incidents, {n}", events=n, more_per_incident=0.6) for n in (15, 145, 580)),
    *(Scenario(f"rare homicide, {n}", RARE_HOMICIDE, events=n, mixes=0) for n in (15, 145, 580, 2900)),
    *(Scenario(f"three orders, {n}", THREE_ORDERS, events=n) for n in (15, 145, 2900)),
    *(Scenario(f"one weight, {n}", ONE_WEIGHT, events=n, mixes=0) for n in (15, 145, 2900)),
)

QUARTER = Scenario("40 sectors, a quarter")
RANK_SCENARIOS = (
    QUARTER,
    replace(QUARTER, name="40 sectors, a year", events=580),
    replace(QUARTER, name="40 close sectors, a quarter", sizes="close", mixes=1 / 30),
    replace(QUARTER, name="40 close sectors, a year", sizes="close", mixes=1 / 30, events=580),
    replace(QUARTER, name="40 sectors, heavy tails", sizes="heavy"),
    replace(QUARTER, name="40 sectors, incidents", more_per_incident=0.6),
    replace(QUARTER, name="40 equal sectors", sizes="equal", mixes=0),
    replace(QUARTER, name="40 equal sectors, 15 events", sizes="equal", mixes=0, events=15),
    replace(QUARTER, name="250 small areas, 70 events", areas=250, events=70),
    replace(QUARTER, name="250 small areas, incidents", areas=250, events=70, more_per_incident=0.6),
    replace(QUARTER, name="250 small areas, heavy tails", areas=250, events=70, sizes="heavy"),
    replace(QUARTER, name="250 tiny areas, 15 events", areas=250, events=15),
    replace(QUARTER, name="250 tiny areas, heavy tails", areas=250, events=15, sizes="heavy"),
)


def report(tables: int, seed: int = 20261121) -> str:
    """Both tables as text, coverage before width."""
    methods = ("ours", "ours, alone", "mid-p", "max", "tcz", "dobson", "normal")
    lines = [f"{'95% intervals: coverage (median width)':42s}" + "".join(f"{name:>14s}" for name in methods)]
    for scenario in INTERVAL_SCENARIOS:
        found = interval_coverage(scenario, tables, seed)
        cells = (f"{found[name][0]:.3f} ({found[name][1]:.2f})" for name in methods)
        lines.append(f"{scenario.name:42s}" + "".join(f"{cell:>14s}" for cell in cells))
    names = ("all", "top", "bottom", "width", "sets", "set_width", "wrong_tier", "top_5")
    lines += ["", f"{'90% ranks':42s}" + "".join(f"{name:>12s}" for name in names)]
    for scenario in RANK_SCENARIOS:
        ranked = rank_coverage(scenario, tables, seed)
        lines.append(f"{scenario.name:42s}" + "".join(f"{ranked[name]:12.3f}" for name in names))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report(int(sys.argv[1]) if len(sys.argv) > 1 else 100) + "\n")
