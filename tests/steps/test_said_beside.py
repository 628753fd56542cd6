"""What is said beside a standing: trial weights, events without a day or hour, one and many."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.views.sector_overview import SectorOverview, sector_overview
from harmscape.views.words import standing_sentence

WEIGHTS: list[dict[str, Any]] = [
    {"category": "theft", "points": 10},
    {"category": "violence", "points": "42.2"},
]


def standing(folder: Path, **words: object) -> SectorOverview:
    """Three thefts known by month alone, one by day and one violence by day, all in June 2024."""
    events = [an_event(date(2024, 6, 1), "burglary", whole_month=True) for _ in range(3)]
    events += [an_event(date(2024, 6, 3), "theft"), an_event(date(2024, 6, 4), "violence")]
    made = small_force(folder, domain(WEIGHTS), events)
    with made.gate.narrowed(LOCAL) as cursor:
        return sector_overview(
            cursor, made.context, {"window": "1m", "to": "2024-06", "by": "sector", **words}
        )


@pytest.mark.parametrize("asked", ["weekday=mon", "hour=3", "weekday=mon;category=theft"])
def test_events_without_a_day_or_an_hour_are_counted_where_one_is_asked(tmp_path: Path, asked: str) -> None:
    found = standing(tmp_path, where=asked)
    (said,) = [each for each in found.warnings if "known only by month" in each]
    assert said.startswith("3 events are known only by month, without a day or an hour")
    assert not any("known only by month" in each for each in standing(tmp_path / "b").warnings)


def test_trial_weights_are_said_with_those_they_replace(tmp_path: Path) -> None:
    # By hand: burglary falls back to theft, 10 points; weapons have no weight at all.
    found = standing(tmp_path, points="burglary=999,weapon_found=5.5")
    said = "burglary 999 points in place of 10; weapon_found 5.5 points in place of no weight"
    assert found.descriptor.endswith(f", with trial weights: {said}.")
    assert f"Trial weights, for this answer alone: {said}." in found.warnings
    plain = standing(tmp_path / "b")
    assert "trial" not in f"{plain.descriptor} {plain.warnings}".lower()


def test_one_area_is_clearly_low_and_two_are() -> None:
    one = standing_sentence(["clearly_low", "not_told_apart"], "Sector", "Sectors")
    two = standing_sentence(["clearly_low", "clearly_low"], "Sector", "Sectors")
    assert one[1] == "One cannot be told apart, one is clearly low."
    assert two[1] == "Two are clearly low."
