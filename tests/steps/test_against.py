"""The period compared with: what the data do not tell of is not known, never a zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.views.sector_overview import SectorOverview, sector_overview

WEIGHTS = [{"category": "theft", "points": 10}]


def standing(folder: Path, months: list[int], *, window: str, more: tuple[int, ...] = ()) -> SectorOverview:
    """Crimes in months of 2024 and intelligence in others, the window up to June against the one before."""
    events = [an_event(date(2024, month, day), "burglary") for month in months for day in range(1, 15)]
    events += [
        an_event(date(2024, month, day), "burglary", source="intelligence")
        for month in more
        for day in range(1, 15)
    ]
    made = small_force(folder, domain(WEIGHTS), events)
    with made.gate.narrowed(LOCAL) as cursor:
        return sector_overview(
            cursor, made.context, {"window": window, "to": "2024-06", "against": "prev", "by": "sector"}
        )


@pytest.mark.parametrize("months", [[4, 5, 6], [2, 3, 4, 5, 6]])
def test_a_period_that_begins_before_the_data_is_not_known(tmp_path: Path, months: list[int]) -> None:
    # January to March; the data begin in April, or within the period in February.
    found = standing(tmp_path, months, window="3m")
    assert [area.before for area in found.areas] == [None, None, None]
    (said,) = [each for each in found.warnings if "period compared with" in each]
    assert "January 2024 to March 2024" in said
    assert "is not known" in said
    assert not any("The period before is shown" in each for each in found.warnings)


def test_a_gap_in_the_period_compared_with_is_named(tmp_path: Path) -> None:
    # By hand: 14 crimes in January and 14 in March; February is missing.
    found = standing(tmp_path, [1, 3, 4, 5, 6], window="3m")
    before = [area.before for area in found.areas if area.before]
    assert sum(each.harm for each in before) == Decimal(280)
    (said,) = [each for each in found.warnings if "in the period compared with" in each]
    assert said.startswith("February 2024, in the period compared with, is missing from Crimes")
    assert any("is shown beside" in each for each in found.warnings)


def test_a_source_that_begins_within_the_period_compared_with_is_named(tmp_path: Path) -> None:
    found = standing(tmp_path, [1, 2, 3, 4, 5, 6], window="3m", more=(3, 4, 5, 6))
    (said,) = [each for each in found.warnings if each.startswith("In the period compared with")]
    assert said.endswith("Intelligence is not known before March 2024.")
