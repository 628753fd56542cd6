"""The week of a selection, counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.views.hours import Week, week

WEIGHTS = [{"category": "violence", "points": 100}, {"category": "theft", "points": 10}]
MONDAY, TUESDAY = date(2024, 1, 8), date(2024, 1, 9)
WORDS = {"window": "1m", "to": "2024-01"}


def the_week(folder: Path, **words: str) -> Week:
    events = [
        an_event(MONDAY, "assault", hour=23),
        an_event(MONDAY, "burglary", hour=23),
        an_event(MONDAY, "assault", hour=0),
        an_event(TUESDAY, "assault", hour=5),
        an_event(TUESDAY, "assault", hour=None),  # its hour is not known
    ]
    force = small_force(folder, domain(WEIGHTS), events)
    with force.gate.narrowed(LOCAL) as cursor:
        return week(cursor, force.context, {**WORDS, **words})


def test_events_stand_at_their_weekday_and_hour(tmp_path: Path) -> None:
    found = the_week(tmp_path)
    assert found.hours is not None
    cells = found.hours.cells
    assert (found.hours.known, found.hours.events) == (4, 5)
    assert (cells[0][23], cells[0][0], cells[1][5], sum(map(sum, cells))) == (2, 1, 1, 4)
    assert [(day.day, day.events, day.peak_hour) for day in found.days[:3]] == [
        ("Monday", 3, 23),
        ("Tuesday", 1, 5),
        ("Wednesday", 0, None),
    ]
    assert str(found.sentence).startswith("Monday has most: 75% of the events with a time. 4 of 5 events")


def test_a_selection_narrows_the_week(tmp_path: Path) -> None:
    found = the_week(tmp_path, where="category=theft")
    assert found.hours is not None
    assert (found.hours.known, found.hours.cells[0][23]) == (1, 1)


def test_without_a_time_there_is_no_week_and_that_is_said(tmp_path: Path) -> None:
    found = the_week(tmp_path, window="1d", to="2024-01-20")
    assert (found.hours, found.days) == (None, ())
    assert "No event of this selection has a time" in str(found.sentence)
