"""What is drawn agrees with what truth.json tells, seed after seed; and the twin in which nothing changes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pyproj
import pytest
from tests.shared import shared

from harmscape.demo import make_force
from harmscape.demo.events import Events, Span, draw_events
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.offences import NUMBER, OFFENCES
from harmscape.demo.partners import KINDS, draw_reports, partner_rates
from harmscape.demo.rates import HIGH_SECTORS, Doubling, true_rates, weights, with_companions
from harmscape.demo.terrain import Floats
from harmscape.demo.truth import expected_last_12_months
from harmscape.ranking.standing import Standings, standings

SPAN = Span(date(2023, 11, 1), date(2026, 10, 31))
DOUBLING = Doubling("S12", "92A", date(2026, 5, 1))
SEEDS = range(1, 6)

# Share of crimes in the densest 5 % of all 1 km and 500 m grid cells of the force area (5,566 km2), and of
# the cells that hold any crime: Northumbria street crimes, 2020-05 to 2022-08, without anti-social behaviour,
# a random 58,000 of them (data.police.uk, Open Government Licence v3.0; snap points of the publisher).
NORTHUMBRIA = {"all 1 km": 0.843, "all 500 m": 0.918, "occupied 500 m": 0.299}


def _draw(seed: int, *, events: float = 60_000, doubling: Doubling | None = None) -> tuple[Events, Floats]:
    land = lay_the_land()
    rates = true_rates(land, events, np.random.default_rng([seed, 0]))
    drawn = draw_events(rates, land, SPAN, doubling, np.random.default_rng([seed, 3]))
    return drawn, expected_last_12_months(rates, land.sectors, SPAN, doubling)


def _counts(events: Events, land: Land, *, last_days: int = 365) -> Floats:
    """Offences x sectors, over the last days of the span."""
    late = events.minute // 1440 >= SPAN.days - last_days
    cell = events.offence[late].astype(np.int64) * 40 + land.sector_of_place[events.place[late]]
    return np.bincount(cell, minlength=len(OFFENCES) * 40).reshape(len(OFFENCES), 40).astype(float)


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_scatter_about_the_truth_as_poisson_counts_do(seed: int) -> None:
    drawn, expected = _draw(seed, doubling=DOUBLING)
    found = _counts(drawn, lay_the_land())
    large = expected >= 5
    z2 = (found[large] - expected[large]) ** 2 / expected[large]
    # Mean 1 with sd sqrt(2 / n) for n cells; five sd, so a seed fails by chance less than once in a million.
    assert abs(z2.mean() - 1) < 5 * np.sqrt(2 / large.sum())
    assert found.sum() == pytest.approx(expected.sum(), abs=5 * 1.1 * np.sqrt(expected.sum()))


def test_the_high_sectors_are_the_top_five_by_true_harm_whatever_the_seed() -> None:
    land = lay_the_land()
    high = [land.sectors.code.index(code) for code in HIGH_SECTORS]
    for seed in range(1, 21):
        rates = true_rates(land, 60_000, np.random.default_rng([seed, 0]))
        harm = weights() @ with_companions(rates.by_sector)
        best_other = np.delete(harm, high).max()
        assert harm[high] / best_other == pytest.approx(list(HIGH_SECTORS.values()), rel=1e-9)


def test_the_crimes_expected_are_those_asked_for() -> None:
    rates = true_rates(lay_the_land(), 60_000, np.random.default_rng(1))
    assert with_companions(rates.by_sector).sum() == pytest.approx(60_000)


def test_the_planted_measure_doubles_in_its_sector_and_nowhere_else() -> None:
    land = lay_the_land()
    here = land.sectors.code.index(DOUBLING.sector)
    days = SPAN.days - SPAN.number(DOUBLING.starts)
    inside, before, outside, outside_before = 0.0, 0.0, 0.0, 0.0
    for seed in SEEDS:
        drawn, _ = _draw(seed, events=400_000, doubling=DOUBLING)
        late = _counts(drawn, land, last_days=days)[NUMBER["92A"]]
        early = _counts(drawn, land, last_days=SPAN.days)[NUMBER["92A"]] - late
        inside, before = inside + late[here], before + early[here]
        outside, outside_before = (
            outside + late.sum() - late[here],
            outside_before + early.sum() - early[here],
        )
    length = days / (SPAN.days - days)
    # Of some 4,000 crimes each ratio has a sd of about 3 %.
    assert inside / before / length == pytest.approx(2.0, rel=0.12)
    assert outside / outside_before / length == pytest.approx(1.0, rel=0.12)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_twin_no_sector_changes_otherwise_than_the_force(seed: int) -> None:
    drawn, _ = _draw(seed)
    land = lay_the_land()
    late = _counts(drawn, land).sum(axis=0)
    whole = _counts(drawn, land, last_days=SPAN.days).sum(axis=0)
    share = late.sum() / whole.sum()
    z2 = (late - whole * share) ** 2 / (whole * share * (1 - share))
    # 39 degrees of freedom, 0.9998 quantile 78; crimes that come together widen the counts by some 5 %.
    assert z2.sum() < 78 * 1.1


def _standings(drawn: Events, land: Land) -> Standings:
    """The standing of the sectors by the last twelve months, crimes of one incident taken together."""
    late = drawn.minute // 1440 >= SPAN.days - 365
    sector, points = land.sector_of_place[drawn.place[late]], weights()[drawn.offence[late]]
    together, at = np.unique(np.stack([sector, drawn.incident[late]]), axis=1, return_inverse=True)
    at = at.reshape(-1)
    counts, harm = _counts(drawn, land).T, np.bincount(sector, points, 40)
    return standings(
        counts,
        weights(),
        [Decimal(str(round(each, 4))) for each in harm],
        np.bincount(together[0], np.bincount(at, points) ** 2, 40),
        np.where(counts > 0, weights(), 0.0).max(axis=1),
        None,
        list(land.sectors.code),
        events_squared=np.bincount(together[0], np.bincount(at).astype(float) ** 2, 40),
    )


def test_in_the_twin_the_true_rank_lies_in_its_range() -> None:
    # Ranges are to hold the true rank in nine of ten areas; `make soak` does the same with the whole program.
    land, shares = lay_the_land(), []
    for seed in SEEDS:
        drawn, expected = _draw(seed)
        harm = weights() @ expected
        true = 1 + (harm[:, None] < harm).sum(axis=1)
        found = _standings(drawn, land)
        shares.append(np.mean((found.rank_lo <= true) & (true <= found.rank_hi)))
    assert np.mean(shares) >= 0.9, shares


def test_truth_json_tells_the_same_and_the_twin_has_no_doubling(tmp_path: Path) -> None:
    plain, twin = (
        json.loads((make_force(tmp_path / name, events=3_000, null=null).folder / "truth.json").read_text())
        for name, null in (("plain", False), ("twin", True))
    )
    assert plain["doubled"] == {"sector": "S12", "code": "92A", "starts": "2026-05-01", "ratio": 2.0}
    assert twin["doubled"] is None
    assert plain["crimes_per_year"] == twin["crimes_per_year"]
    for sector, codes in plain["expected_crimes_last_12_months"].items():
        harm = sum(count * plain["weights"][code] for code, count in codes.items())
        assert harm == pytest.approx(plain["harm_last_12_months"][sector], abs=0.2)
    by_harm = sorted(plain["true_rank"], key=lambda sector: -plain["harm_last_12_months"][sector])
    assert [plain["true_rank"][sector] for sector in by_harm] == list(range(1, 41))
    assert by_harm[:5] == plain["high_sectors"] == ["S12", "S07", "S31", "S03", "S18"]


def test_partner_events_come_in_their_shares() -> None:
    land = lay_the_land()
    rates = partner_rates(land, 20_000, np.random.default_rng(2))
    assert rates.sum(axis=1) == pytest.approx([20_000 * kind.share for kind in KINDS])
    reports = draw_reports(rates, SPAN, np.random.default_rng(3))
    found = np.bincount(reports.kind, minlength=len(KINDS))
    assert found == pytest.approx([2_000, 2_600, 3_400, 12_000], rel=0.1)
    assert (~reports.located).mean() == pytest.approx(0.02, abs=0.005)


def _densest(east: Floats, north: Floats, cell_m: int, cells: int | None) -> float:
    """Share of points in the densest 5 % of the cells: of `cells`, or of those that hold any."""
    _, counts = np.unique((east // cell_m) * 1e6 + north // cell_m, return_counts=True)
    top = round(0.05 * (len(counts) if cells is None else cells))
    return float(np.sort(counts)[::-1][:top].sum() / counts.sum())


def _concentration(east: Floats, north: Floats, force_km2: float) -> dict[str, float]:
    return {
        "all 1 km": _densest(east, north, 1_000, round(force_km2)),
        "all 500 m": _densest(east, north, 500, round(4 * force_km2)),
        "occupied 500 m": _densest(east, north, 500, None),
    }


def test_crime_gathers_in_few_cells_as_it_does_in_northumbria() -> None:
    drawn, _ = _draw(1)
    land = lay_the_land()
    place = drawn.place[np.random.default_rng(1).permutation(len(drawn.place))[:58_000]]
    area_km2 = land.levels["force"].shapes[0].area / 1e6
    east, north = land.places.easting[place].astype(float), land.places.northing[place].astype(float)
    found = _concentration(east, north, area_km2)
    for name, real in NORTHUMBRIA.items():
        assert found[name] == pytest.approx(real, abs=0.08), name


def test_the_real_concentration_is_what_is_stated() -> None:
    path = shared("data/crime_northumbria/northumbria_street_2020-05_2022-08.parquet")
    table = pq.read_table(path, columns=["Longitude", "Latitude", "Crime type"]).drop_null()
    crime = table["Crime type"].to_numpy(zero_copy_only=False) != "Anti-social behaviour"
    degrees = [
        table[name].to_numpy(zero_copy_only=False).astype(float)[crime] for name in ("Longitude", "Latitude")
    ]
    metres = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(*degrees)
    east, north = (np.asarray(each, dtype=np.float64) for each in metres)
    some = np.random.default_rng(0).permutation(len(east))[:58_000]
    assert _concentration(east[some], north[some], 5_566.0) == pytest.approx(NORTHUMBRIA, abs=0.005)


@pytest.mark.soak
def test_five_million_events_in_a_minute_and_four_gigabytes(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    summary = make_force(tmp_path, events=5_000_000)
    assert abs(summary.crimes + summary.partner_events - 5_000_000) < 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4 * 1024**2  # kilobytes on Linux
