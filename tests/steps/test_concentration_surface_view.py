"""Surfaces and shifts on a small force in memory: what lies where, what is refused, what thin data say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import twin
from tests.small_force import LOCAL, SmallForce, an_event, domain, small_force
from tests.small_land import in_a_row, pointed

from harmscape.model.errors import SelectionError
from harmscape.views.concentration_shift import Shift, shift_view
from harmscape.views.concentration_surface import Surface, surface_view

DECLARED = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
WINDOW = {"window": "3m", "to": "2024-03"}
FIRST = date(2024, 1, 1)
Spot = tuple[float, float] | None


def land(folder: Path, events: list[tuple[twin.Event, Spot]], *, snapped: bool = False) -> SmallForce:
    """A force of three sectors in a row, ten kilometres square each; each event with its point, or none."""
    force = in_a_row(small_force(folder, DECLARED, [event for event, _ in events]), side=10_000)
    return pointed(force, [spot for _, spot in events], snapped=snapped)


def at(
    x: float, y: float, number: int, category: str = "burglary", **more: Any
) -> list[tuple[twin.Event, Spot]]:
    """So many events at a point of a sector, on days of the window."""
    sector, first = f"S{int(x // 10_000) + 1}", more.pop("first", FIRST)
    return [
        (an_event(first + timedelta(days=step % 85), category, sector, **more), (x, y))
        for step in range(number)
    ]


def drawn(
    force: SmallForce, *, bandwidth: float | str = "auto", what: str = "harm", **asked: object
) -> Surface:
    with force.gate.narrowed(LOCAL) as cursor:
        return surface_view(cursor, force.context, {**WINDOW, **asked}, bandwidth=bandwidth, what=what)


def moved(force: SmallForce, **asked: object) -> Shift:
    with force.gate.narrowed(LOCAL) as cursor:
        return shift_view(cursor, force.context, {**WINDOW, **asked})


def test_two_spots_and_what_lies_in_each(tmp_path: Path) -> None:
    force = land(tmp_path, [*at(5_000, 5_000, 60), *at(25_000, 5_000, 50)])
    found = drawn(force, bandwidth=500)
    # By hand: 600 points at one spot, 500 at the other; three squares of ten kilometres are 300 km2.
    assert found.land_km2 == pytest.approx(300)
    assert [(each.no, each.place_id, each.events, each.harm) for each in found.hearts] == [
        (1, "S1", 60, Decimal(600)),
        (2, "S3", 50, Decimal(500)),
    ]
    assert [each.share for each in found.hearts] == pytest.approx([6 / 11, 5 / 11])
    assert found.hearts[0].largest == pytest.approx(1 / 60)
    # A Gaussian at one point has 600 / (2 pi 0.5^2) points a km2 at its top. The point is the corner of four
    # cells of 250 m, so their middles lie 250 / sqrt(2) away; shared among them it is 2 % lower still.
    corner = 600 / (2 * np.pi * 0.25) * np.exp(-(0.25**2 / 2) / (2 * 0.25))
    assert found.cells[0].per_km2 == pytest.approx(corner, rel=0.025)
    assert [band.share for band in found.bands] == [0.1, 0.25, 0.5, 0.8]
    assert found.bands[2].km2 < 0.02 * 300
    assert "in two places" in found.sentence.sure
    assert str(found.sentence).endswith("Most lies around S1.")
    assert (found.bandwidth_said, found.beside) == ("as asked", None)


def test_one_grave_incident_is_said_to_be_one(tmp_path: Path) -> None:
    force = land(tmp_path, [*at(5_000, 5_000, 9), *at(5_000, 5_000, 1, "wounding"), *at(25_000, 5_000, 5)])
    found = drawn(force, bandwidth=500)
    # By hand: 90 points of burglaries, 100 of the wounding: 100 of 190.
    assert found.hearts[0].largest == pytest.approx(100 / 190)
    assert "one incident makes 53% of it" in found.sentence.rest
    assert "one incident" not in drawn(force, bandwidth=500, what="events").sentence.rest


def test_crimes_of_one_incident_lie_at_one_point(tmp_path: Path) -> None:
    fight = [*at(5_000, 5_000, 4, incident="fight"), *at(15_000, 5_000, 3)]
    found = drawn(land(tmp_path, fight), bandwidth=500)
    assert found.incidents == 4
    assert (found.hearts[0].incidents, found.hearts[0].events, found.hearts[0].largest) == (1, 4, 1.0)


def test_thin_data_are_answered_plainly(tmp_path: Path) -> None:
    none = drawn(land(tmp_path / "none", [(event, None) for event, _ in at(5_000, 5_000, 3)]))
    assert str(none.sentence) == "Nothing was recorded here with a point that can be drawn."
    assert (none.hearts, none.bands, none.cells) == ((), (), ())
    assert any("3 events without a point" in line for line in none.warnings)
    harmless = drawn(land(tmp_path / "harmless", at(5_000, 5_000, 2, "nuisance")))
    assert str(harmless.sentence) == "There is no harm to draw."
    one = drawn(land(tmp_path / "one", at(5_000, 5_000, 1)))
    assert one.sentence.sure == "There is one incident only: the surface is the kernel around it."
    assert "do not tell widths apart" in one.bandwidth_said


def test_some_areas_only_are_land(tmp_path: Path) -> None:
    force = land(tmp_path, [*at(5_000, 5_000, 6), *at(9_900, 5_000, 4), *at(15_000, 5_000, 50)])
    found = drawn(force, areas="S1", bandwidth=500)
    assert (found.land_km2, found.incidents) == (pytest.approx(100), 10)
    # The kernel of those at the border reaches out; inside, nothing of the ten is lost.
    whole = sum(each.per_km2 for each in found.cells) * 0.0625
    assert whole <= 100 * 1.001
    with pytest.raises(SelectionError, match="say --areas"):
        drawn(force, where="sector=S1")


def test_snapped_points_bear_no_narrow_kernel(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    events = [each for x in rng.uniform(1_000, 9_000, 60) for each in at(round(x, -2), 5_000, 2)]
    force = land(tmp_path, events, snapped=True)
    found = drawn(force)
    assert found.bandwidth_m == 500
    assert "bear none narrower" in found.bandwidth_said
    assert any("nothing finer than 500 metres" in line for line in found.warnings)
    with pytest.raises(SelectionError, match="narrower than 500 metres"):
        drawn(force, bandwidth=200)
    marked = drawn(force, bandwidth=200, finer="yes")
    assert any("draws map points" in line for line in marked.warnings)
    exact = drawn(land(tmp_path / "exact", events))
    assert exact.bandwidth_m == 150


def test_what_doubled_at_one_spot_is_told(tmp_path: Path) -> None:
    autumn = {"first": date(2023, 10, 1)}
    events = [
        *at(5_000, 5_000, 100, **autumn), *at(25_000, 5_000, 100, **autumn),
        *at(5_000, 5_000, 200), *at(25_000, 5_000, 100),
    ]  # fmt: skip
    found = drawn(land(tmp_path, events), against="prev", bandwidth=500).beside
    assert found is not None
    # By hand: S1 from 1/2 to 2/3, S3 from 1/2 to 1/3.
    assert [(each.is_more, each.place_id) for each in sorted(found.spots, key=lambda s: s.place_id)] == [
        (True, "S1"),
        (False, "S3"),
    ]
    up = next(each for each in found.spots if each.is_more)
    assert (up.share, up.usual, up.ratio) == (
        pytest.approx(2 / 3),
        pytest.approx(1 / 2),
        pytest.approx(4 / 3),
    )
    assert (up.incidents, found.bandwidth_m, found.known_share) == (200, 1_000, pytest.approx(1))
    assert found.sentence.sure == (
        "One spot holds clearly more and one spot holds clearly less than in October 2023 to December 2023,"
        " whatever the level."
    )
    assert found.p == pytest.approx(1 / 200)


def test_twice_as_many_everywhere_moves_nothing(tmp_path: Path) -> None:
    autumn = {"first": date(2023, 10, 1)}
    events = [
        *at(5_000, 5_000, 60, **autumn), *at(25_000, 5_000, 60, **autumn),
        *at(5_000, 5_000, 120), *at(25_000, 5_000, 120),
    ]  # fmt: skip
    force = land(tmp_path, events)
    beside = drawn(force, against="prev", bandwidth=500).beside
    assert beside is not None
    assert beside.spots == ()
    assert beside.sentence.sure.startswith("No spot holds clearly more or clearly less than in")
    shift = moved(force)
    assert (shift.gained, shift.lost, shift.s, shift.s_andresen) == (0, 0, 1.0, 1.0)
    assert "cannot be told apart" in shift.sentence.sure


def test_a_period_that_is_not_known_is_not_called_nothing(tmp_path: Path) -> None:
    force = land(tmp_path, at(5_000, 5_000, 30))
    found = drawn(force, against="prev")
    assert found.beside is None
    assert any("is not known" in line and "does not mean a zero" in line for line in found.warnings)
    with pytest.raises(SelectionError, match="is not known"):
        moved(force)


def test_beside_a_figure_of_the_areas(tmp_path: Path) -> None:
    force = land(tmp_path, [*at(5_000, 5_000, 300), *at(25_000, 5_000, 20)])
    found = drawn(force, per="area_km2", bandwidth=1_000).beside
    assert found is not None
    assert (found.kind, found.title) == ("figure", "land")
    # By hand: 300 of 320 lie around one point of S1, and its share of three equal areas is small.
    top = found.spots[0]
    assert (top.is_more, top.place_id, top.incidents) == (True, "S1", 300)
    assert top.share == pytest.approx(300 / 320)
    assert top.usual == pytest.approx(top.km2 / 300, rel=0.01)
    # The land around, where by its size much should lie and nothing does, holds less.
    assert found.sentence.sure.startswith("One spot holds clearly more and ")
    assert found.sentence.sure.endswith(" hold clearly less than their land would give.")
    with pytest.raises(SelectionError, match="leave out one"):
        drawn(force, per="area_km2", against="prev")


def test_shares_beside_the_period_before(tmp_path: Path) -> None:
    autumn = {"first": date(2023, 10, 1)}
    events = [
        *at(5_000, 5_000, 60, **autumn), *at(15_000, 5_000, 60, **autumn),
        *at(5_000, 5_000, 100), *at(15_000, 5_000, 20),
    ]  # fmt: skip
    found = moved(land(tmp_path, events))
    # By hand: S1 had 60 of 120, S2 too; now 100 and 20 of 120: both shares changed, none is as before.
    assert {(each.area_id, each.before, each.after, each.way) for each in found.areas} == {
        ("S1", 60, 100, "gained"),
        ("S2", 60, 20, "lost"),
    }
    assert (found.s, found.s_andresen, found.of) == (0.0, 0.0, 2)
    assert found.sentence.sure == "Two of 2 sectors clearly changed their share: one gained, one lost."


def test_one_area_has_one_share(tmp_path: Path) -> None:
    events = [*at(5_000, 5_000, 4, first=date(2023, 10, 1)), *at(5_000, 5_000, 9)]
    found = moved(land(tmp_path, events))
    assert found.sentence.sure == "There is one place only, and all of it is there in both periods."


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"bandwidth": "wide"}, "bandwidth"),
        ({"bandwidth": 20}, "bandwidth"),
        ({"what": "hram"}, "did you mean 'harm'"),
    ],
)
def test_what_cannot_be_drawn_says_why(tmp_path: Path, options: dict[str, object], what: str) -> None:
    with pytest.raises(SelectionError, match=what):
        drawn(land(tmp_path, at(5_000, 5_000, 3)), **options)


def test_without_boundaries_there_is_no_land(tmp_path: Path) -> None:
    force = land(tmp_path, at(5_000, 5_000, 3))
    force.engine.drop("areas")
    force.engine.create(
        "areas",
        "select 'sector' as geography, '1' as edition, 1::integer as area_no, null::blob as geometry,"
        " 27700::integer as epsg",
        temporary=False,
    )
    with pytest.raises(SelectionError, match="no boundaries"):
        drawn(force)
