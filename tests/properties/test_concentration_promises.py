"""What concentration promises, in simulation: where nothing but chance is at work it seldom says otherwise.

The short form runs always; the long one, with more worlds, is soak. Seeds are fixed. A share of false alarms
is held to its level plus three standard errors of the simulation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import sparse, special

from harmscape.change.discovery import adjusted
from harmscape.concentration.excess import concentration
from harmscape.concentration.getis_ord import hot_areas
from harmscape.concentration.gini import gini
from harmscape.concentration.harm_spots import harm_spots
from harmscape.concentration.moran import moran_by_chance
from harmscape.concentration.near_repeat import near_repeat
from harmscape.concentration.pattern_shift import shifted
from harmscape.concentration.placement import Incidents, incidents, placements
from harmscape.concentration.relative_surface import beside, between
from harmscape.concentration.scan import scan
from harmscape.concentration.surface import Grid

Worlds = Iterator[tuple[np.ndarray, Incidents, np.ndarray]]

POINTS = np.array([3.0, 10, 60, 400, 8_000])
CHANCES = [0.5, 0.3, 0.15, 0.045, 0.005]
AREAS = 100
RUNS = [200, pytest.param(2_000, marks=pytest.mark.soak)]


def at_most(level: float, runs: int) -> float:
    return level + 3 * math.sqrt(level * (1 - level) / runs)


def lattice() -> sparse.csr_array:
    line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(10, 10))
    return sparse.csr_array(sparse.kron(sparse.eye_array(10), line) + sparse.kron(line, sparse.eye_array(10)))


def chance_worlds(runs: int, events: int = 600) -> Worlds:
    """Harm by area where every incident falls anywhere, with what fell and draws of the same."""
    rng = np.random.default_rng(2026)
    for run in range(runs):
        each = rng.choice(POINTS, events, p=CHANCES)
        fallen = incidents(each)
        harm = np.bincount(rng.integers(AREAS, size=events), each, AREAS)
        yield harm, fallen, placements(fallen, AREAS, draws=99, seed=run)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_nothing_is_called_concentrated(runs: int) -> None:
    excess, beyond, spots = [], 0, 0
    for harm, _, drawn in chance_worlds(runs):
        found = concentration(harm, drawn)
        excess.append(found.gini.excess)
        beyond += found.gini.p <= 0.05
        spots += harm_spots(harm, drawn).p <= 0.05
    assert abs(np.mean(excess)) < 4 * np.std(excess) / math.sqrt(runs)
    assert beyond / runs <= at_most(0.05, runs)
    assert spots / runs <= at_most(0.05, runs)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_few_maps_show_a_hot_area_and_neighbours_are_not_alike(runs: int) -> None:
    borders, false, single, alike, local = lattice(), 0, 0, 0, 0
    for harm, fallen, drawn in chance_worlds(runs):
        found = hot_areas(harm, drawn, borders, squares=fallen.squares)
        # A page with any hot or cold area is a false alarm: no more of them than the false-discovery rate.
        false += bool((adjusted(found.p) <= 0.10).any())
        single += int((found.p <= 0.05).sum())
        near = moran_by_chance(harm, drawn, borders, squares=fallen.squares)
        alike += near.p <= 0.05
        local += int((near.tails.low <= 0.05).sum())
    assert false / runs <= at_most(0.10, runs)
    assert alike / runs <= at_most(0.05, runs)
    # Areas of one map hang together, so the number of maps, not of areas, bounds these.
    assert single / (runs * AREAS) <= at_most(0.05, runs)
    assert local / (runs * AREAS) <= at_most(0.05, runs)


@pytest.mark.parametrize("runs", RUNS)
def test_areas_unlike_one_another_but_nowhere_together_are_not_called_hot(runs: int) -> None:
    # Levels of areas differ by a factor of several, as real ones do, but are dealt over the map at random.
    rng, borders, false = np.random.default_rng(7), lattice(), 0
    for run in range(runs):
        level = rng.gamma(2.0, size=AREAS)
        each = rng.choice(POINTS, 3_000, p=CHANCES)
        harm = np.bincount(rng.choice(AREAS, 3_000, p=level / level.sum()), each, AREAS)
        fallen = incidents(each)
        drawn = placements(fallen, AREAS, draws=99, seed=run)
        found = hot_areas(harm, drawn, borders, squares=fallen.squares, seed=run)
        false += bool((adjusted(found.p) <= 0.10).any())
    assert false / runs <= at_most(0.10, runs)


def test_planted_knots_are_found() -> None:
    # A knot of five areas at three times the level of the rest, counts of 30 an area: nine maps in ten.
    rng, borders, found = np.random.default_rng(8), lattice(), 0
    mean = np.full(AREAS, 30.0)
    mean[[44, 45, 43, 34, 54]] = 90
    for run in range(50):
        counts = rng.poisson(mean).astype(float)
        fallen = incidents([1.0], [int(counts.sum())])
        drawn = placements(fallen, AREAS, draws=99, seed=run)
        hot = hot_areas(counts, drawn, borders, squares=fallen.squares, seed=run)
        found += bool(hot.is_high[44] and adjusted(hot.p)[44] <= 0.10)
    assert found >= 45


def test_the_gini_of_drawn_events_is_that_of_poisson_counts() -> None:
    # Ramasubban 1958, Sankhya 20:291: Poisson counts of mean m have the Gini exp(-2m) (I0(2m) + I1(2m)).
    for mean in (0.2, 3.0):
        published = special.ive(0, 2 * mean) + special.ive(1, 2 * mean)
        drawn = placements(incidents([1.0], [int(mean * 500)]), 500, draws=400, seed=3)
        # A fixed number of events on finitely many places is close to Poisson counts, within a hundredth.
        assert float(gini(drawn).mean()) == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_nothing_repeats(runs: int) -> None:
    # Places of unequal use and weeks of unequal activity, but no event brings on another.
    rng, false = np.random.default_rng(9), 0
    for run in range(runs):
        spot = rng.choice(60, 120, p=(level := rng.gamma(1.0, size=60)) / level.sum())
        x, y = (spot % 8) * 150.0, (spot // 8) * 150.0
        day = (rng.beta(2, 4, 120) * 180).astype(int)
        found = near_repeat(x, y, day, metres=[0, 100, 200], days=[0, 7, 14], draws=99, seed=run)
        false += found.p[0, 0] <= 0.05
    assert false / runs <= at_most(0.05, runs)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_no_cluster_in_time(runs: int) -> None:
    rng, false, steady = np.random.default_rng(10), 0, 0
    for run in range(runs):
        number = max(int(rng.poisson(30)), 1)
        found = scan(rng.integers(730, size=number), length=730, window=28, draws=199, seed=run)
        assert found is not None
        false += found.p <= 0.05
        steady += found.naus <= 0.05
    assert false / runs <= at_most(0.05, runs)
    assert steady / runs <= at_most(0.05, runs)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_few_surfaces_differ_anywhere(runs: int) -> None:
    # Two periods of one unequal force with a heavy tail of harm; and harm that falls as people live.
    rng, grid, land = np.random.default_rng(12), Grid(0, 0, 100, 24, 24), np.ones((24, 24), bool)
    people = rng.gamma(0.5, size=(24, 24))
    chance = (people / people.sum()).ravel()
    periods, figures = 0, 0
    for run in range(runs):
        cell = rng.choice(chance.size, 900, p=chance)
        x, y, points = (cell % 24) * 100 + 50.0, (cell // 24) * 100 + 50.0, rng.choice(POINTS, 900, p=CHANCES)
        now = rng.random(900) < 0.4
        moved = between(x, y, points, now, grid, bandwidth_m=200, inside=land, draws=19, seed=run)
        periods += bool((moved.is_more | moved.is_less).any())
        above = beside(x, y, np.minimum(points, 60), people, grid, bandwidth_m=200, draws=19, seed=run)
        figures += bool((above.is_more | above.is_less).any())
    assert periods / runs <= at_most(0.05, runs)
    assert figures / runs <= at_most(0.05, runs)


@pytest.mark.parametrize("runs", RUNS)
def test_by_chance_alone_no_pattern_shifts(runs: int) -> None:
    rng, false = np.random.default_rng(11), 0
    for _ in range(runs):
        level = rng.gamma(2.0, size=AREAS)
        before, after = (rng.multinomial(n, level / level.sum()) for n in (900, 700))
        false += bool((adjusted(shifted(before, after).p) <= 0.05).any())
    assert false / runs <= at_most(0.05, runs)
