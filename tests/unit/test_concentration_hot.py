"""Gi*, Moran's I and their p-values: the packages' published figures, plain twins, figures by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import sparse

from harmscape.concentration.getis_ord import gi_star, hot_areas, window_p
from harmscape.concentration.moran import local_moran, moran, moran_by_chance
from harmscape.concentration.placement import incidents, placements
from harmscape.concentration.standardised import standardised
from harmscape.concentration.tails import tails

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import libpysal
    from esda.getisord import G_Local
    from esda.moran import Moran, Moran_Local
    from esda.smoothing import assuncao_rate
    from libpysal.weights import WSP2W, DistanceBand


def of_weights(weights) -> sparse.csr_array:  # type: ignore[no-untyped-def]
    found = sparse.csr_array(weights.sparse)
    found.data[:] = 1.0
    return found


def lattice(wide: int, high: int) -> sparse.csr_array:
    line = [sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(n, n)) for n in (wide, high)]
    across = sparse.kron(sparse.eye_array(high), line[0])
    return sparse.csr_array(across + sparse.kron(line[1], sparse.eye_array(wide)))


def test_gi_star_of_six_points_in_esdas_own_test() -> None:
    # esda, tests/test_getisord.py, test_star_binary: six points, neighbours within 15, Zs[0] = -1.39727626.
    points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        borders = of_weights(DistanceBand(points, threshold=15))
    assert gi_star([2, 3, 3.2, 5, 8, 7], borders)[0] == pytest.approx(-1.39727626)
    # Again by hand: the window {1, 2, 4} has 10 of mean 4.7, deviation sqrt(157.24 / 6 - 4.7^2).
    deviation = np.sqrt((4 + 9 + 10.24 + 25 + 64 + 49) / 6 - 4.7**2)
    assert gi_star([2, 3, 3.2, 5, 8, 7], borders)[0] == pytest.approx(
        (10 - 3 * 4.7) / (deviation * np.sqrt((6 * 3 - 9) / 5))
    )


def test_gi_star_equals_esda_on_a_lattice() -> None:
    borders, y = lattice(9, 7), np.random.default_rng(4).gamma(1.0, size=63)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = G_Local(y, WSP2W(libpysal.weights.WSP(borders)), transform="B", star=True, permutations=0)
    assert gi_star(y, borders) == pytest.approx(theirs.Zs)


def test_gi_star_of_equal_values_one_area_and_islands() -> None:
    assert gi_star([3, 3, 3, 3], lattice(2, 2)).tolist() == [0, 0, 0, 0]
    assert gi_star([5], sparse.csr_array((1, 1))).tolist() == [0]
    # An island's window is itself: (5 - mean) / deviation, as all of its neighbours are none.
    alone = gi_star([5, 1, 0], sparse.csr_array((3, 3)))
    assert alone[0] == pytest.approx((5 - 2) / np.sqrt(26 / 3 - 4))


def test_moran_of_sudden_infant_deaths_in_esdas_own_test() -> None:
    # esda, tests/test_moran.py, test_moran_rate: North Carolina 1979-84, I = 0.16622343552567395.
    table = libpysal.io.open(libpysal.examples.get_path("sids2.dbf"))
    deaths, births = (np.array(table.by_col[name], dtype=float) for name in ("SID79", "BIR79"))
    table.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        listed = libpysal.io.open(libpysal.examples.get_path("sids2.gal"))
        borders = of_weights(listed.read())
        listed.close()
    z = standardised(deaths, squares=deaths.sum(), exposure=births)
    assert z == pytest.approx(assuncao_rate(deaths, births))
    assert moran(z, borders) == pytest.approx(0.16622343552567395)


def test_standardised_rates_by_hand() -> None:
    # Rates 2 and 6 with exposures 1 and 3: mean 20 / 4 = 5, spread (1 x 9 + 3 x 1) / 4 = 3,
    # luck 20 / 4 = 5, between max(3 - 5 x 2 / 4, 0) = 0.5; variances 0.5 + 5 and 0.5 + 5 / 3.
    found = standardised([2, 18], squares=20, exposure=[1, 3])
    assert found.tolist() == pytest.approx([-3 / np.sqrt(5.5), 1 / np.sqrt(0.5 + 5 / 3)])
    assert standardised([0, 0], squares=0).tolist() == [0, 0]
    assert standardised([4, 4], squares=8, exposure=[0, 2])[0] == 0  # nobody lives there: nothing is said


def test_local_and_global_moran_equal_esda() -> None:
    borders, y = lattice(6, 8), np.random.default_rng(5).normal(size=48)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = WSP2W(libpysal.weights.WSP(borders))
        whole, local = Moran(y, weights, permutations=0), Moran_Local(y, weights, permutations=0)
    assert moran(y, borders) == pytest.approx(whole.I)
    assert local_moran(y, borders) == pytest.approx(local.Is)
    assert moran(np.stack([y, -y]), borders).tolist() == pytest.approx([whole.I, whole.I])


def test_moran_of_nothing_to_compare() -> None:
    assert moran([2, 2, 2, 2], lattice(2, 2)) == 0
    assert moran([1, 2, 3], sparse.csr_array((3, 3))) == 0
    assert local_moran([2, 2, 2, 2], lattice(2, 2)).tolist() == [0, 0, 0, 0]


def test_tails_equal_a_plain_count() -> None:
    rng = np.random.default_rng(6)
    seen, drawn, alike = rng.integers(0, 9, 12).astype(float), rng.integers(0, 9, (30, 12)), np.arange(12) % 3
    found = tails(seen, drawn, alike)
    for at in range(12):
        own = drawn[:, at]
        pool = drawn[:, alike == alike[at]].ravel()
        for p, beyond in ((found.high, np.greater_equal), (found.low, np.less_equal)):
            told = pool if beyond(own, seen[at]).sum() <= 10 else own
            assert p[at] == pytest.approx((1 + beyond(told, seen[at]).sum()) / (1 + len(told)))
    alone = tails(seen, drawn)
    assert alone.high == pytest.approx((1 + (drawn >= seen).sum(axis=0)) / 31)


def test_sums_in_another_order_are_ties() -> None:
    # 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in the last digit, and are the same harm.
    assert tails([0.1 + 0.2 + 0.3], [[0.3 + 0.2 + 0.1]]).high.tolist() == [1.0]


def test_window_p_equals_a_plain_loop() -> None:
    borders = lattice(4, 3)
    y, drawn = np.arange(12.0), placements(incidents([1.0] * 66), 12, draws=50)
    found = window_p(y, drawn, borders, exposure=np.ones(12))
    full = borders.toarray() + np.eye(12)
    for at in range(12):
        mine, lucky = full[at] @ y, drawn @ full[at]
        assert found.high[at] == pytest.approx((1 + (lucky >= mine).sum()) / 51)
        assert found.low[at] == pytest.approx((1 + (lucky <= mine).sum()) / 51)


def test_a_planted_knot_is_hot_and_a_lone_busy_area_is_not() -> None:
    # Five areas of a knot at four times the level; and elsewhere no knot at all.
    rng = np.random.default_rng(7)
    borders = lattice(15, 15)
    mean = np.full(225, 20.0)
    knot = [112, 111, 113, 97, 127]
    mean[knot] = 80
    y = rng.poisson(mean).astype(float)
    fallen = incidents(np.ones(int(y.sum())))
    found = hot_areas(y, placements(fallen, 225, draws=399), borders, squares=fallen.squares)
    assert found.is_high[112]
    assert found.p[112] < 1e-3
    assert found.window[112] == pytest.approx(y[knot].sum())
    assert found.expected[112] == pytest.approx(y.sum() * 5 / 225)
    assert found.z[112] > 5


def test_one_grave_event_makes_no_hot_area() -> None:
    # One incident of 8,000 points among 2,000 of 1: by formula its window is far out, by chance it is not.
    rng = np.random.default_rng(8)
    borders = lattice(15, 15)
    y = rng.multinomial(2_000, np.full(225, 1 / 225)).astype(float)
    y[112] += 8_000
    fallen = incidents([8_000.0, 1.0], [1, 2_000])
    found = hot_areas(y, placements(fallen, 225, draws=399), borders, squares=fallen.squares)
    assert gi_star(y, borders)[112] > 5
    assert found.p[112] > 0.02


def test_neighbours_alike_and_unlike() -> None:
    borders = lattice(10, 10)
    y = np.repeat([30.0, 2.0], 50)
    fallen = incidents(np.ones(int(y.sum())))
    drawn = placements(fallen, 100, draws=199)
    alike = moran_by_chance(y, drawn, borders, squares=fallen.squares)
    assert alike.i > 0.8
    assert alike.p == pytest.approx(2 / 200)
    chess = np.indices((10, 10)).sum(axis=0).ravel() % 2 * 32.0
    unlike = moran_by_chance(chess, drawn, borders, squares=fallen.squares)
    assert unlike.i == pytest.approx(-1.0)
    # Every area is as unlike its neighbours as can be, which chance seldom shows, corners more often.
    assert unlike.tails.low.max() < 0.1
    assert unlike.tails.high.min() > 0.9
