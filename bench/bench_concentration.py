"""Concentration against the clock: hot areas, surfaces, shifts of pattern, near repeats, beside named peers.

Run with `python -m bench concentration`. Peers, in the same run: esda's G_Local for Gi* and for areas dealt
out anew, numpy draw by draw for events dropped anew, scikit-learn's KernelDensity, scipy's filter of numpy's
histograms for a surface over another, scipy's test of one table after another for shares of two periods and
numpy's resamples one after another (as crimepy does them), pointpats' knox. A peer that would take minutes
does less and its time is scaled up.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from scipy import ndimage, sparse, stats

from bench.figure import Figure, timed
from harmscape.concentration.getis_ord import gi_star, window_p
from harmscape.concentration.near_repeat import near_repeat
from harmscape.concentration.pattern_shift import andresen, shifted
from harmscape.concentration.placement import incidents, placements, shuffles
from harmscape.concentration.relative_surface import between
from harmscape.concentration.surface import grid_over, surface

TIMES = 3
PERMUTATIONS = 999


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    yield analytic(50_000, 0.2)
    yield permutations(5_000, 1.0)
    yield shuffled(5_000)
    yield kernel(1_000_000, 0.6)
    yield ratio(100_000, 2.0)
    yield shift(5_000, 0.2)
    yield resampled(5_000)
    yield knox(20_000, 5.0)


def analytic(areas: int, bar: float) -> Figure:
    """Gi* by formula, against esda with one permutation, which it cannot do without."""
    borders, y = _checkers(areas), np.random.default_rng(1).gamma(1.0, size=areas)
    _, seconds = timed(lambda: gi_star(y, borders), TIMES)
    g_local, graph = _esda(borders)
    _, theirs = timed(lambda: g_local(y, graph, transform="B", star=True, permutations=0), 1)
    return _figure(f"{areas:,} areas: Gi* by formula", seconds, "esda", theirs, bar)


def permutations(areas: int, bar: float) -> Figure:
    """Ten events an area of seven weights dropped anew 999 times, against numpy draw by draw: p-values of
    both tails from the draws of all alike areas, as ours are."""
    generator = np.random.default_rng(2)
    weights = np.array([3, 10, 20, 60, 150, 400, 2500.0])
    each = generator.choice(weights, 10 * areas, p=[0.3, 0.3, 0.2, 0.1, 0.06, 0.03, 0.01])
    borders = _checkers(areas)
    fallen = incidents(each)
    y = np.bincount(generator.integers(areas, size=len(each)), each, areas)

    def ours() -> object:
        return window_p(y, placements(fallen, areas, draws=PERMUTATIONS), borders)

    def peer() -> object:
        window, lucky = y + borders @ y, np.empty((PERMUTATIONS, areas))
        for draw in range(PERMUTATIONS):
            laid = np.bincount(generator.integers(areas, size=len(each)), each, areas)
            lucky[draw] = laid + borders @ laid
        high, low, members = np.empty(areas), np.empty(areas), borders.sum(axis=1)
        for number in np.unique(members):
            own = members == number
            pool = np.sort(lucky[:, own].ravel())
            high[own] = len(pool) - np.searchsorted(pool, window[own], side="left")
            low[own] = np.searchsorted(pool, window[own], side="right")
        return high, low

    _, seconds = timed(ours, TIMES)
    _, theirs = timed(peer, 2)
    what = f"{areas:,} areas, {10 * areas:,} events dropped {PERMUTATIONS} times"
    return _figure(what, seconds, "draw by draw", theirs, bar)


def shuffled(areas: int) -> Figure:
    """The areas' own figures dealt out anew 999 times, against esda, which does just this."""
    borders, y = _checkers(areas), np.random.default_rng(6).gamma(1.0, size=areas)
    _, seconds = timed(lambda: window_p(y, shuffles(y, draws=PERMUTATIONS), borders), TIMES)
    g_local, graph = _esda(borders)
    _, theirs = timed(
        lambda: g_local(y, graph, transform="B", star=True, permutations=PERMUTATIONS, n_jobs=1, seed=1),
        TIMES,
    )
    return _figure(f"{areas:,} areas dealt out anew {PERMUTATIONS} times", seconds, "esda", theirs, 1.0)


def kernel(points: int, bar: float) -> Figure:
    """A weighted Gaussian surface of 300 x 300 cells, against KernelDensity on a thousandth of the cells."""
    from sklearn.neighbors import KernelDensity

    generator = np.random.default_rng(3)
    x, y = generator.normal(15_000, 5_000, (2, points))
    weights = generator.gamma(1.0, size=points)
    grid = grid_over(0, 0, 30_000, 30_000, cell_m=100)
    inside = np.ones((grid.rows, grid.columns), dtype=bool)
    _, seconds = timed(lambda: surface(x, y, weights, grid, bandwidth_m=300, inside=inside), TIMES)

    def peer() -> object:
        made = KernelDensity(bandwidth=300.0, rtol=1e-2).fit(np.column_stack([x, y]), sample_weight=weights)
        at = np.array(np.meshgrid(grid.x[15::30], grid.y[15::30])).reshape(2, -1).T
        return made.score_samples(at)

    # Not scaled up: a thousandth of the cells already takes it longer.
    _, theirs = timed(peer)
    return _figure(f"{points:,} points: weighted surface", seconds, "scikit-learn, 0.1 %", theirs, bar)


def ratio(incidents_: int, bar: float) -> Figure:
    """A surface over that of the period before on 200 x 200 cells, with its line of chance from 199 dealings,
    against scipy's filter of two of numpy's histograms a dealing."""
    generator = np.random.default_rng(7)
    x, y = generator.normal(20_000, 6_000, (2, incidents_)).clip(0, 39_999)
    weights, now = generator.gamma(1.0, size=incidents_), generator.random(incidents_) < 0.5
    grid = grid_over(0, 0, 40_000, 40_000, cell_m=200)
    inside = np.ones((grid.rows, grid.columns), dtype=bool)
    _, seconds = timed(lambda: between(x, y, weights, now, grid, bandwidth_m=400, inside=inside), TIMES)
    edges = np.arange(201) * 200.0

    def peer() -> object:
        found = []
        for _ in range(20):
            dealt = generator.permutation(now)
            laid = [
                ndimage.gaussian_filter(
                    np.histogram2d(y[some], x[some], bins=[edges, edges], weights=weights[some])[0], 2.0
                )
                for some in (dealt, ~dealt)
            ]
            found.append(laid[0] / np.maximum(laid[1], 1e-12))
        return found

    _, theirs = timed(peer)
    what = f"{incidents_:,} incidents: surface over surface, 199 dealings"
    return _figure(what, seconds, "scipy, scaled", theirs * 199 / 20, bar)


def resampled(areas: int) -> Figure:
    """Andresen's S from 200 resamples, against numpy resample by resample."""
    generator = np.random.default_rng(8)
    mean = generator.gamma(2.0, 5.0, areas)
    before, after = generator.poisson(mean) + 1, generator.poisson(mean) + 1
    _, seconds = timed(lambda: andresen(before, after), TIMES)
    lying = np.repeat(np.arange(areas), after)

    def peer() -> object:
        size = int(0.85 * len(lying))
        drawn = [
            np.bincount(generator.choice(lying, size, replace=False), minlength=areas) / size
            for _ in range(200)
        ]
        return np.quantile(drawn, [0.025, 0.975], axis=0)

    _, theirs = timed(peer)
    return _figure(f"{areas:,} areas: Andresen's resamples", seconds, "resample by resample", theirs, 0.5)


def shift(areas: int, bar: float) -> Figure:
    """Shares of two periods, against scipy's table after table."""
    generator = np.random.default_rng(4)
    mean = generator.gamma(2.0, 5.0, areas)
    before, after = generator.poisson(mean) + 1, generator.poisson(mean) + 1
    _, seconds = timed(lambda: shifted(before, after), TIMES)
    n1, n2 = before.sum(), after.sum()

    def peer() -> object:
        return [
            stats.chi2_contingency([[a, n1 - a], [b, n2 - b]]) for a, b in zip(before, after, strict=True)
        ]

    _, theirs = timed(peer)
    return _figure(f"{areas:,} areas: shares of two periods", seconds, "table by table", theirs, bar)


def knox(points: int, bar: float) -> Figure:
    """Near repeats with 999 permutations in four bands by three, against pointpats' one band,
    timed with 99 and scaled up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pointpats
    generator = np.random.default_rng(5)
    x, y = generator.uniform(0, 20_000, (2, points))
    day = generator.integers(0, 365, points)
    _, seconds = timed(
        lambda: near_repeat(
            x, y, day, metres=[0, 100, 200, 300, 400], days=[0, 7, 14, 28], draws=PERMUTATIONS
        ),
        2,
    )
    place, when = np.column_stack([x, y]), day[:, None].astype(float)
    _, theirs = timed(lambda: pointpats.knox(place, when, delta=400, tau=28, permutations=99))
    theirs *= PERMUTATIONS / 99
    what = f"{points:,} points: near repeat, {PERMUTATIONS} permutations"
    return _figure(what, seconds, "pointpats, scaled", theirs, bar)


def _checkers(areas: int) -> sparse.csr_array:
    """Squares in rows, each bordering four."""
    wide = int(np.sqrt(areas))
    high = -(-areas // wide)
    line = [sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(n, n)) for n in (wide, high)]
    across = sparse.kron(sparse.eye_array(high), line[0])
    return sparse.csr_array((across + sparse.kron(line[1], sparse.eye_array(wide))).tocsr()[:areas, :areas])


def _esda(borders: sparse.csr_array):  # type: ignore[no-untyped-def]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.graph import Graph
    return G_Local, Graph.from_sparse(sparse.coo_array(borders))


def _figure(what: str, seconds: float, peer: str, theirs: float, bar: float) -> Figure:
    return Figure(
        what, f"{seconds:.3f} s", f"{peer} {theirs:.2f} s", theirs / seconds, f"<= {bar:g} s", seconds <= bar
    )
