"""Northumbria's street crime, the real open data: half of it in how few places, beside a plain count.

Source: data.police.uk (Open Government Licence v3.0). No figure here is written down: each is counted a
second way, row by row in plain Python.
"""

from __future__ import annotations

import statistics
from collections import Counter

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.shared import shared

from harmscape.concentration.excess import concentration
from harmscape.concentration.gini import gini
from harmscape.concentration.harm_spots import harm_spots
from harmscape.concentration.lorenz import places_holding
from harmscape.concentration.placement import incidents, placements


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str | None]]:
    """Burglaries of a year: area, street name and point, as published."""
    path = shared("data/crime_northumbria") / "northumbria_street_2020-05_2022-08.parquet"
    names = ["Month", "LSOA code", "Location", "Longitude", "Latitude"]
    table = pq.read_table(path, columns=names, filters=[("Crime type", "=", "Burglary")])
    return [row for row in table.to_pylist() if "2021-09" <= str(row["Month"])[:7] <= "2022-08"]


def counted(places: Counter[object], share: float) -> int:
    """How many of the fullest places hold a share, one place after another."""
    held, wanted = 0, share * sum(places.values())
    for number, (_, events) in enumerate(places.most_common(), 1):
        held += events
        if held >= wanted:
            return number
    return 0


@pytest.mark.parametrize("columns", [("LSOA code",), ("Location", "LSOA code"), ("Longitude", "Latitude")])
def test_half_and_four_fifths_by_area_street_and_map_point(
    rows: list[dict[str, str | None]], columns: tuple[str, ...]
) -> None:
    named = Counter(
        tuple(row[each] for each in columns) for row in rows if all(row[each] for each in columns)
    )
    values = np.array(list(named.values()), dtype=float)
    assert values.sum() > 6_000
    for share in (0.5, 0.8):
        assert int(places_holding(values, share)) == counted(Counter(named), share)
    # The plain Gini of places: the mean difference of all pairs over twice the mean, pair by pair of sizes.
    sizes = Counter(named.values())
    total, n = sum(named.values()), len(named)
    apart = sum(abs(a - b) * sizes[a] * sizes[b] for a in sizes for b in sizes)
    assert float(gini(values)) == pytest.approx(apart / (2 * n * total))


def test_harm_spots_are_those_past_the_mean_and_two_deviations(rows: list[dict[str, str | None]]) -> None:
    named = Counter(row["LSOA code"] for row in rows if row["LSOA code"])
    values = [float(each) for each in named.values()]
    line = statistics.fmean(values) + 2 * statistics.pstdev(values)
    drawn = placements(incidents(np.ones(int(sum(values)))), len(values), draws=99)
    found = harm_spots(values, drawn)
    assert found.line == pytest.approx(line)
    assert found.number == sum(value >= line for value in values)
    # Real burglary is gathered beyond chance by any measure.
    beside = concentration(values, drawn)
    assert beside.half.p == pytest.approx(0.01)
    assert beside.gini.excess_lo > 0.1
