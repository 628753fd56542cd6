"""The last 7 and 28 days beside the weeks before, on counts worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.views.recent import Recent, recent, usual_range

FLAT = ({"category": "violence", "points": "100"}, {"category": "theft", "points": "10"})
LAST = date(2024, 3, 31)


def asked(folder: Path, weekly: list[int], **words: object) -> Recent:
    """Thefts spread so that the weeks to the last day held these counts, the last week last."""
    events = [
        an_event(LAST - timedelta(days=7 * (len(weekly) - 1 - week)), "theft")
        for week, count in enumerate(weekly)
        for _ in range(count)
    ]
    force = small_force(folder, domain(FLAT), events)
    with force.gate.narrowed(LOCAL) as cursor:
        return recent(cursor, force.context, words)


def test_even_weeks_have_the_range_of_a_poisson_count() -> None:
    # No dispersion beyond Poisson: 1, widened by 1 + 1/52 for the mean; 53/52 x quantiles of 10 x 52/53.
    assert usual_range(np.full(52, 10), 1)[0] == 10
    scale = 53 / 52
    low, high = (poisson.ppf(p, 10 / scale) * scale for p in (0.025, 0.975))
    assert usual_range(np.full(52, 10), 1)[1:] == (int(low), int(-(-high // 1)))


def test_uneven_weeks_widen_it_by_their_dispersion() -> None:
    # Weeks of 0 and 20: mean 10, variance 52 x 100 / 51 = 101.96, so a dispersion of 10.196.
    weekly = np.array([0, 20] * 26)
    expected, lo, hi = usual_range(weekly, 1)
    assert expected == 10
    assert (lo, hi) == (0, int(np.ceil(poisson.ppf(0.975, 10 / (10.196078 * 53 / 52)) * 10.196078 * 53 / 52)))
    assert usual_range(np.zeros(52, dtype=int), 4) == (0.0, 0, 0)


def test_the_range_holds_nineteen_in_twenty_of_what_does_not_change() -> None:
    seeded = np.random.default_rng(20261122)
    weeks = seeded.poisson(12, size=(2000, 53))
    ranges = [usual_range(row[:52], 1)[1:] for row in weeks]
    held = np.mean([lo <= row[52] <= hi for row, (lo, hi) in zip(weeks, ranges, strict=True)])
    # A discrete count cannot meet 95 % exactly; its range holds at least that, here to a tenth more.
    assert 0.94 <= held <= 0.985


@pytest.mark.parametrize(
    ("last", "word"), [(30, "more than usual"), (10, "as usual"), (0, "fewer than usual")]
)
def test_the_last_week_is_told_by_its_range(tmp_path: Path, last: int, word: str) -> None:
    found = asked(tmp_path, [*[10] * 55, 10, last] if last else [*[10] * 56, 1])
    week = found.measures[0].windows[0]
    assert (week.days, week.events, week.expected, week.weeks) == (7, last or 1, 10, 52)
    assert week.word == word
    assert (week.starts, week.last) == (date(2024, 3, 25), LAST)
    month = found.measures[0].windows[1]
    assert (month.events, month.expected) == (30 + (last or 1), 40)


def test_the_parts_add_up_to_the_measure(tmp_path: Path) -> None:
    found = asked(tmp_path, [10] * 57)
    parts = {each.id: each.windows[0].events for each in found.measures if each.is_part}
    assert parts == {"violence": 0, "theft": 10, "weapon_found": 0, "nuisance": 0}


def test_with_little_history_nothing_is_called_usual(tmp_path: Path) -> None:
    week = asked(tmp_path, [10] * 12).measures[0].windows[0]
    # Of the 11 weeks before, the first begins before the first event, so 10 are whole.
    assert (week.events, week.expected, week.word, week.weeks) == (10, None, None, 10)


def test_without_events_nothing_is_told(tmp_path: Path) -> None:
    found = asked(tmp_path, [], to="2024-03")
    assert (found.measures, found.data_to, found.provisional) == ((), None, True)
