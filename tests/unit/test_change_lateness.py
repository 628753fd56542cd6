"""Late arrivals: the published triangle, a slow twin, and the share that a simulation planted."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.change.lateness import growth, share_known, triangle_of

TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
"""The triangle of Mack 1993 (from Taylor and Ashe 1983): what was known of ten years, year by year."""


def padded(rows: list[list[int]]) -> np.ndarray:
    wide = np.full((len(rows), max(map(len, rows))), np.nan)
    for at, row in enumerate(rows):
        wide[at, : len(row)] = row
    return wide


def test_the_factors_of_the_published_triangle() -> None:
    # Mack 1993, ASTIN Bulletin 23:213, his example: 3.49, 1.75, 1.46, 1.174, 1.104, 1.086, 1.054, 1.077 and
    # 1.018, which the lines of the table above give by adding up columns.
    found = growth(padded(TAYLOR_ASHE))
    assert found.round(2).tolist()[:3] == [3.49, 1.75, 1.46]
    assert found.round(3).tolist()[3:] == [1.174, 1.104, 1.086, 1.054, 1.077, 1.018]


def test_a_share_is_one_over_the_factors_still_to_come() -> None:
    # By hand: 80 grew to 100, 90 to 99: 199/170; then 100 stayed 100.
    found = share_known([[80, 100, 100], [90, 99, np.nan], [70, np.nan, np.nan]])
    assert found.tolist() == pytest.approx([170 / 199, 1.0, 1.0])


def test_one_look_says_nothing_of_what_is_to_come() -> None:
    triangle = triangle_of([0, 1, 2], [[5], [7], [9]], [[0], [0], [0]], [2], most_age=3)
    assert growth(triangle).tolist() == pytest.approx([np.nan] * 3, nan_ok=True)
    assert share_known(triangle).tolist() == pytest.approx([1, 1, 1, np.nan], nan_ok=True)


def test_withdrawn_records_make_a_factor_below_one_and_a_share_of_one() -> None:
    assert growth([[100, 90]])[0] == pytest.approx(0.9)
    assert share_known([[100, 90]])[0] == 1.0


def test_a_month_in_progress_is_not_looked_at() -> None:
    # A look in month 1 cannot have seen month 2 whole.
    assert np.isnan(triangle_of([2], [[4, 6]], [[0, 0]], [1, 2], most_age=1)[0]).tolist() == [False, True]
    assert triangle_of([2], [[4, 6]], [[0, 0]], [1, 2], most_age=1)[0, 0] == 10


def slow_triangle(delays: list[tuple[int, int]], months: int, looks: list[int], most: int) -> np.ndarray:
    """Month by month and look by look: how many had come."""
    found = np.full((months, most + 1), np.nan)
    for month in range(months):
        for look in looks:
            if 0 <= look - month <= most:
                found[month, look - month] = sum(m == month and m + d <= look for m, d in delays)
    return found


def test_the_share_that_was_planted_is_found_and_the_triangle_equals_its_twin() -> None:
    # The truth: 70 % of a month is known at its end, 20 % comes in the month after, 10 % one later.
    rng = np.random.default_rng(5)
    months, looks = 30, list(range(12, 30))
    delays = [(m, int(d)) for m in range(months) for d in rng.choice(3, rng.poisson(200), p=[0.7, 0.2, 0.1])]
    came = np.zeros((months, len(looks)))
    for month, delay in delays:
        seen = [at for at, look in enumerate(looks) if look >= month + delay]
        if seen:
            came[month, seen[0]] += 1
    triangle = triangle_of(range(months), came, np.zeros_like(came), looks, most_age=6)
    np.testing.assert_array_equal(triangle, slow_triangle(delays, months, looks, 6))
    assert share_known(triangle)[:3].tolist() == pytest.approx([0.7, 0.9, 1.0], abs=0.02)
