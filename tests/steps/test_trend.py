"""The months of a trend: a month that nobody told of is a gap, before the first and after the last too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.small_force import an_event, domain, small_force

from harmscape.model.errors import SelectionError
from harmscape.views.sector_overview import SectorOverview, trend
from harmscape.workspace import Workspace

WEIGHTS = [{"category": "theft", "points": 10}, {"category": "violence", "points": 100}]


def test_months_that_no_source_of_the_measure_told_of_are_gaps(tmp_path: Path) -> None:
    events = [
        # Crimes are told of from February to May, without April; intelligence reaches further both ways.
        an_event(date(2024, 1, 5), "violence", source="intelligence"),
        an_event(date(2024, 2, 5), "burglary"),
        an_event(date(2024, 3, 5), "violence"),
        an_event(date(2024, 5, 5), "burglary"),
        an_event(date(2024, 6, 5), "violence", source="intelligence"),
        # Crimes are so many that a month without any is missing.
        *(an_event(date(2024, month, day), "violence") for month in (2, 3, 5) for day in range(10, 17)),
    ]
    made = small_force(tmp_path, domain(WEIGHTS, measure={"sources": ["crimes"]}), events)
    with made.question(window="7m", to="2024-07", where="category=theft") as question:
        found = {month.month: (month.events, month.harm, month.gap) for month in trend(question)}
    # March held crimes, none of them a theft: that is a zero, and the others are gaps.
    assert found == {
        "2024-01": (None, None, True),
        "2024-02": (1, Decimal(10), False),
        "2024-03": (0, Decimal(0), False),
        "2024-04": (None, None, True),
        "2024-05": (1, Decimal(10), False),
        "2024-06": (None, None, True),
        "2024-07": (None, None, True),
    }


def test_a_standing_without_its_months_is_the_same_standing(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    for words in ({"by": "sector", "window": "3m"}, {"by": "group", "window": "3m"}):
        whole, alone = (workspace.ask("rank", words, months=said) for said in ("yes", "no"))
        assert isinstance(whole, SectorOverview)
        assert isinstance(alone, SectorOverview)
        assert (whole.areas, whole.total) == (alone.areas, alone.total)
        assert (bool(whole.trend), alone.trend) == (True, ())
    with pytest.raises(SelectionError, match="months is yes"):
        workspace.ask("rank", {}, months="perhaps")
