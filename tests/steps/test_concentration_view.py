"""How harm gathers, on a small force in memory: figures a reader can count."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests import twin
from tests.small_force import LOCAL, SmallForce, an_event, domain, small_force
from tests.small_land import in_a_row, pointed

from harmscape.access import Reader
from harmscape.model.errors import SelectionError
from harmscape.model.role import OWNER
from harmscape.views.clusters_view import Clusters, clusters_view
from harmscape.views.concentration_view import ConcentrationView, concentration_view
from harmscape.views.concentration_words import finding
from harmscape.views.near_repeat_view import NearRepeats, near_repeat_view

DECLARED = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
WINDOW = {"window": "3m", "to": "2024-03"}
FIRST = date(2024, 1, 1)


def asked(force: SmallForce, *, places: str = "areas", **words: object) -> ConcentrationView:
    with force.gate.narrowed(LOCAL) as cursor:
        return concentration_view(cursor, force.context, {**WINDOW, **words}, places=places)


def some(sector: str, number: int, category: str = "burglary", **more: object) -> list[twin.Event]:
    return [an_event(FIRST + timedelta(days=step % 90), category, sector, **more) for step in range(number)]


def test_half_of_the_harm_is_in_one_of_three_sectors(tmp_path: Path) -> None:
    force = in_a_row(small_force(tmp_path, DECLARED, [*some("S1", 80), *some("S2", 10), *some("S3", 10)]))
    found = asked(force)
    # By hand: 800 of 1,000 points in S1; by chance a third each, so half is in two of three.
    assert str(found.sentence) == (
        "Half of the harm is in 1 of 3 sectors (33%); chance alone would put half in 67%."
    )
    assert (found.harm.half.places, found.harm.half.chance_places) == (1, 2.0)
    assert found.harm.half.p == pytest.approx(1 / 1000)
    assert found.harm.gini == pytest.approx(2 * (1 * 100 + 2 * 100 + 3 * 800) / (3 * 1000) - 4 / 3)
    assert [each.place_id for each in found.places] == ["S1", "S2", "S3"]
    assert [each.harm for each in found.places] == [800, 100, 100]
    assert sum(each.share for each in found.places) == pytest.approx(1)
    assert found.total_harm == Decimal(1000)
    assert found.harm.seen[0] == 0
    assert found.harm.seen[-1] == 1


def test_what_lies_evenly_cannot_be_told_from_chance(tmp_path: Path) -> None:
    force = in_a_row(
        small_force(tmp_path, DECLARED, [each for name in ("S1", "S2", "S3") for each in some(name, 30)])
    )
    found = asked(force)
    assert "cannot be told apart" in found.sentence.rest
    assert found.spots.places == 0
    assert all(each.heat is None for each in found.places)


def test_crimes_of_one_incident_fall_together(tmp_path: Path) -> None:
    # Ten crimes of one incident are one piece of luck: chance too puts all ten into one sector.
    together = some("S1", 10, incident="fight")
    apart = some("S1", 10)
    one = asked(in_a_row(small_force(tmp_path / "one", DECLARED, together)))
    ten = asked(in_a_row(small_force(tmp_path / "ten", DECLARED, apart)))
    assert (one.harm.half.chance_places, one.harm.gini_chance) == (1.0, pytest.approx(2 / 3))
    assert one.harm.p == 1.0
    assert ten.harm.p < 0.01


def test_nothing_happened(tmp_path: Path) -> None:
    force = in_a_row(small_force(tmp_path, DECLARED, some("S1", 1, "nuisance")))
    found = asked(force)
    assert str(found.sentence) == "There is no harm to gather."
    assert (found.spots.places, found.together, found.total_events) == (0, None, 1)


def test_one_place_holds_all(tmp_path: Path) -> None:
    found = asked(in_a_row(small_force(tmp_path, DECLARED, some("S1", 4))))
    assert str(finding(found.harm.half, 1, "sectors", total=40.0)) == (
        "There is one place only, and all of the harm is in it."
    )


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"areas": "S1"}, "leave out --areas"),
        ({"where": "sector=S1"}, "whole force"),
        ({"per": "residents"}, "residents"),
    ],
)
def test_what_cannot_be_asked_says_why(tmp_path: Path, words: dict[str, str], what: str) -> None:
    force = in_a_row(small_force(tmp_path, DECLARED, some("S1", 5)))
    with pytest.raises(SelectionError, match=what):
        asked(force, **words)


def test_points_are_places_of_their_own(tmp_path: Path) -> None:
    points = [(0.0, 0.0)] * 6 + [(10.0, 0.0)] * 2 + [None, (20.0, 0.0)]
    force = pointed(in_a_row(small_force(tmp_path, DECLARED, some("S1", 10))), points)
    found = asked(force, places="points")
    # By hand: three points with 6, 2 and 1 events of 10 points; one event has none.
    assert [(each.events, each.harm) for each in found.places] == [(6, 60), (2, 20), (1, 10)]
    assert (found.of, found.unplaced, found.total_events) == (3, 1, 9)
    assert found.places[0].heat is None


def test_snapped_points_are_refused_unless_asked_for_by_name(tmp_path: Path) -> None:
    force = pointed(in_a_row(small_force(tmp_path, DECLARED, some("S1", 4))), [(0.0, 0.0)] * 4, snapped=True)
    with pytest.raises(SelectionError, match="several addresses share one"):
        asked(force, places="points")
    marked = asked(force, places="points", finer="yes")
    assert any("map point" in line for line in marked.warnings)
    with pytest.raises(SelectionError, match="no kind of place"):
        asked(force, places="strete")


def test_streets_of_one_name_in_two_areas_are_two_places(tmp_path: Path) -> None:
    events = [
        *some("S1", 3, attributes={"status": "High Street"}),
        *some("S2", 2, attributes={"status": "High Street"}),
    ]
    force = pointed(in_a_row(small_force(tmp_path, DECLARED, events)), [(0.0, 0.0)] * 5)
    found = asked(force, places="status")
    assert [(each.name, each.events) for each in found.places] == [
        ("High Street, S1", 3),
        ("High Street, S2", 2),
    ]


def repeats(force: SmallForce, **options: object) -> NearRepeats:
    words = {**WINDOW, **{key: options.pop(key) for key in list(options) if key == "finer"}}
    with force.gate.narrowed(LOCAL) as cursor:
        return near_repeat_view(cursor, force.context, words, **options)  # type: ignore[arg-type]


def burgled_twice() -> tuple[list[twin.Event], list[tuple[float, float] | None]]:
    """Thirty houses a kilometre apart, each burgled twice within two days, on days of their own."""
    days = np.random.default_rng(1).permutation(30) * 3
    events = [
        an_event(FIRST + timedelta(days=int(day) + late), "burglary", "S1") for day in days for late in (0, 1)
    ]
    return events, [(at * 1_000.0, 0.0) for at in range(30) for _ in (0, 1)]


def test_houses_burgled_twice_are_near_repeats(tmp_path: Path) -> None:
    events, points = burgled_twice()
    found = repeats(pointed(small_force(tmp_path, DECLARED, events), points))
    first = found.bands[0]
    assert (first.metres_to, first.gap_from, first.gap_to, first.pairs) == (1.0, 0, 7, 30)
    assert first.is_more
    assert first.p == pytest.approx(0.001)
    assert "at the same place within 7 days" in found.sentence.sure
    assert sum(band.pairs for band in found.bands) == 30
    assert found.paired.incidents == 60


def test_records_of_one_incident_are_no_near_repeats(tmp_path: Path) -> None:
    events = [an_event(FIRST, "burglary", "S1", incident="one") for _ in range(4)]
    found = repeats(pointed(small_force(tmp_path, DECLARED, events), [(0.0, 0.0)] * 4))
    assert found.paired.incidents == 1
    assert str(found.sentence) == "There are too few events with a point to pair."


def test_snapped_points_are_left_out_of_near_repeats(tmp_path: Path) -> None:
    events, points = burgled_twice()
    force = pointed(small_force(tmp_path, DECLARED, events), points, snapped=True)
    assert repeats(force).paired.incidents == 0
    marked = repeats(force, finer="yes")
    assert marked.on_map_points
    assert "at the same map point" in marked.sentence.sure
    with pytest.raises(SelectionError, match="metres"):
        repeats(force, metres="1")


def scanned(force: SmallForce, **options: object) -> Clusters:
    with force.gate.narrowed(LOCAL) as cursor:
        return clusters_view(cursor, force.context, WINDOW, **options)  # type: ignore[arg-type]


def test_six_deaths_in_three_days_are_more_than_bad_luck(tmp_path: Path) -> None:
    days = [40, 40, 41, 41, 42, 42, 3, 70, 85]
    events = [an_event(FIRST + timedelta(days=day), "wounding", "S2") for day in days]
    found = scanned(small_force(tmp_path, DECLARED, events), days="7")
    whole, area = found.windows
    assert (whole.events, whole.of, whole.starts, whole.ends) == (6, 9, date(2024, 2, 10), date(2024, 2, 16))
    assert whole.is_more
    assert (area.area_id, area.events, area.is_more) == ("S2", 6, True)
    assert "more than bad luck makes in 91 days" in found.sentence.sure


def test_a_missing_month_is_cut_out_of_the_record(tmp_path: Path) -> None:
    # January and March have events, February has none from any source: a gap, not a quiet month.
    events = [
        an_event(date(2024, month, day), "wounding", "S1") for month in (1, 3) for day in range(2, 30, 3)
    ]
    found = scanned(small_force(tmp_path, DECLARED, events), days=7)
    assert found.record_days == 62
    assert any("cut out" in line for line in found.warnings)


def test_a_scan_says_what_it_is_not_for(tmp_path: Path) -> None:
    months = [an_event(date(2024, month, 1), "wounding", "S1", whole_month=True) for month in (1, 2, 3)]
    force = small_force(tmp_path, DECLARED, months)
    with pytest.raises(SelectionError, match="known only by month"):
        scanned(force)
    with pytest.raises(SelectionError, match="days must be"):
        scanned(force, days="x")
    with pytest.raises(SelectionError, match="twice as long"):
        scanned(force, days=60)


def test_nothing_to_scan(tmp_path: Path) -> None:
    events = [an_event(date(2023, 5, 1), "wounding", "S1"), an_event(date(2024, 3, 30), "wounding", None)]
    found = scanned(small_force(tmp_path, DECLARED, events))
    # One event, and that in no area: it is its own fullest window, and no area is tested.
    assert (found.tested, found.windows[0].events, found.windows[0].is_more) == (0, 1, False)


def test_a_reader_learns_of_no_attribute_of_a_closed_source(tmp_path: Path) -> None:
    # Both sources are closed to a role that may count nothing, so their attribute is not named to it.
    blind = Reader("bo", OWNER.model_copy(update={"count": (), "see": ()}))
    force = pointed(in_a_row(small_force(tmp_path, DECLARED, some("S1", 2))), [(0.0, 0.0)] * 2)
    with force.gate.narrowed(blind) as cursor, pytest.raises(SelectionError) as fault:
        concentration_view(cursor, force.context, WINDOW, places="statu")
    assert "status" not in str(fault.value)
    with force.gate.narrowed(LOCAL) as cursor, pytest.raises(SelectionError, match="status"):
        concentration_view(cursor, force.context, WINDOW, places="statu")
