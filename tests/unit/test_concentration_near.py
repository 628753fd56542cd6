"""Near repeats and clusters in time: the packages' published figures, plain twins, figures by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harmscape.concentration import near_repeat as module
from harmscape.concentration.near_repeat import TooManyPairsError, near_repeat
from harmscape.concentration.scan import naus, scan


def burkitt() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import libpysal

    table = libpysal.io.open(libpysal.examples.get_path("burkitt.dbf"))
    x, y, t = (np.array(table.by_col[name], dtype=float) for name in ("X", "Y", "T"))
    table.close()
    return x, y, t.astype(int)


def test_knox_of_burkitts_lymphoma_in_pointpats_own_test() -> None:
    # pointpats, tests/test_spacetime.py: 188 cases in West Nile, delta 20, tau 5 (both "at most"): 13 pairs
    # near in both, 3,416 more in space, 39 in time, and 10.1438161 expected.
    x, y, day = burkitt()
    found = near_repeat(x, y, day, metres=[0, 20 + 1e-9], days=[0, 6], draws=1_999)
    assert found.seen.tolist() == [[13]]
    assert found.chance[0, 0] == pytest.approx(10.1438161, abs=4 * 3.2 / math.sqrt(1_999))
    assert found.p[0, 0] == pytest.approx(0.21, abs=0.05)  # their 99 permutations say 0.21


def test_pairs_equal_a_plain_count_of_all_pairs() -> None:
    rng = np.random.default_rng(9)
    x, y, day = rng.uniform(0, 500, 80), rng.uniform(0, 500, 80), rng.integers(0, 40, 80)
    metres, days = [0, 50, 100, 200], [0, 1, 7, 14]
    found = near_repeat(x, y, day, metres=metres, days=days, draws=5)
    plain = np.zeros((3, 3), int)
    for i in range(80):
        for j in range(i):
            far, late = math.hypot(x[i] - x[j], y[i] - y[j]), abs(int(day[i]) - int(day[j]))
            for s in range(3):
                for t in range(3):
                    plain[s, t] += metres[s] <= far < metres[s + 1] and days[t] <= late < days[t + 1]
    assert found.seen.tolist() == plain.tolist()


def test_bands_are_half_open() -> None:
    # Exactly 100 m and 7 days apart: in [100, 200) m and [7, 14) days, not below.
    found = near_repeat([0, 100], [0, 0], [0, 7], metres=[0, 100, 200], days=[0, 7, 14], draws=3)
    assert found.seen.tolist() == [[0, 0], [0, 1]]
    # What lies before the first edge is in no band.
    found = near_repeat([0, 10], [0, 0], [0, 0], metres=[20, 100], days=[1, 7], draws=3)
    assert found.seen.tolist() == [[0]]


def test_p_is_one_plus_draws_with_as_many_over_one_plus_draws() -> None:
    # All events on one day: every draw shows the same pairs, so p is 1; a planted repeat is beyond them all.
    same = near_repeat([0, 1, 2], [0, 0, 0], [4, 4, 4], metres=[0, 5], days=[0, 1], draws=19)
    assert same.p.tolist() == [[1.0]]
    assert same.ratio.tolist() == [[1.0]]
    # Twenty places far apart, each hit twice in one day, on twenty days of their own.
    x = np.repeat(np.arange(20) * 1_000.0, 2)
    day = np.repeat(np.arange(20) * 30, 2)
    planted = near_repeat(x, np.zeros(40), day, metres=[0, 100], days=[0, 1], draws=99)
    assert planted.seen.tolist() == [[20]]
    assert planted.p.tolist() == [[0.01]]


@pytest.mark.parametrize("events", [0, 1])
def test_nothing_to_pair(events: int) -> None:
    found = near_repeat([0] * events, [0] * events, [0] * events, metres=[0, 100], days=[0, 7], draws=9)
    assert found.seen.tolist() == [[0]]
    assert found.p.tolist() == [[1.0]]
    assert np.isnan(found.ratio).all()


def test_edges_must_rise_and_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="rising"):
        near_repeat([0, 1], [0, 0], [0, 1], metres=[100, 50], days=[0, 7])
    monkeypatch.setattr(module, "MOST_PAIRS", 5)
    with pytest.raises(TooManyPairsError, match="more than 5 pairs"):
        near_repeat([0] * 4, [0] * 4, [0] * 4, metres=[0, 50], days=[0, 7])


def test_naus_of_londons_cyclists() -> None:
    # ptools, tests/testthat/test-scan.R, after Aberdein and Spiegelhalter 2013, Significance 10:46: six
    # deaths in a window whose mean is 0.6, 208 windows: 0.03902238; and six where the mean is 1: 0.486814,
    # for which its author's exponent is one more than Naus's, as if the record were 261 windows long.
    assert naus(6, 0.6, 208) == pytest.approx(0.039, abs=5e-4)
    assert naus(6, 1.0, 261) == pytest.approx(0.487, abs=5e-4)


def test_naus_of_pairs_equals_the_exact_spacing_law() -> None:
    # For two events the chance of no two within a window is known in full: sum over n of
    # e^(-m L) m^n (L - n + 1)^n / n!, over n with L > n - 1. Exact for L = 2 and 3; close beyond.
    def exact(mean: float, windows: float) -> float:
        terms = [
            mean**n * (windows - max(n - 1, 0)) ** n / math.factorial(n) for n in range(int(windows) + 2)
        ]
        return 1 - math.exp(-mean * windows) * sum(terms)

    for mean in (0.05, 0.3, 0.8):
        assert naus(2, mean, 2) == pytest.approx(exact(mean, 2), rel=1e-9)
        assert naus(2, mean, 3) == pytest.approx(exact(mean, 3), rel=1e-9)
        assert naus(2, mean, 12) == pytest.approx(exact(mean, 12), rel=0.01)


def test_naus_of_three_windows_equals_simulation() -> None:
    # 200,000 Poisson records of three windows, four events in one with a mean of 1.5: four standard errors.
    rng = np.random.default_rng(10)
    number = rng.poisson(4.5, 200_000)
    most = int(number.max())
    at = np.sort(np.where(np.arange(most) < number[:, None], rng.random((200_000, most)) * 3, 1e6), axis=1)
    late = np.where(at[:, 3:] < 1e6, at[:, 3:] - at[:, :-3], 1e6)
    share = (late < 1).any(axis=1).mean()
    assert naus(4, 1.5, 3) == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 200_000))


def test_naus_at_its_ends() -> None:
    assert naus(0, 1.0, 10) == 1.0
    assert naus(3, 0.0, 10) == 0.0
    assert naus(1, 0.5, 10) == pytest.approx(1 - math.exp(-5))


def test_the_fullest_window_by_hand() -> None:
    # Days 3, 4, 5 within three days; 3 and 6 are not: a window of three days from day 3 ends before day 6.
    found = scan([60, 3, 5, 4], length=100, window=3, draws=99)
    assert found is not None
    assert (found.events, found.starts) == (3, 3)
    apart = scan([3, 6], length=100, window=3, draws=99)
    assert apart is not None
    assert apart.events == 1
    assert apart.p == 1.0
    assert scan([], length=100, window=7) is None
    with pytest.raises(ValueError, match="window"):
        scan([1], length=5, window=5)


def test_p_of_a_pair_in_one_day_is_the_birthday_problem() -> None:
    # Twenty-three birthdays of a year of 365 days: two share a day with chance 0.5073.
    day = np.arange(23) * 10
    day[1] = 0
    found = scan(day, length=365, window=1, draws=20_000)
    assert found is not None
    assert found.events == 2
    assert found.p == pytest.approx(0.5073, abs=4 * 0.5 / math.sqrt(20_000))
