"""What moved: every area beside its own past, on a small force in memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests import twin
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.views.changed import Changed, changed

DECLARED = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
MONTHS = Period(date(2022, 1, 1), date(2024, 4, 1)).months


def steady(
    sector: str | None, each_month: int, *, last: int | None = None, without: date | None = None
) -> list[twin.Event]:
    """So many events in every month, another number in the last three, none in one that is missing."""
    return [
        an_event(month.replace(day=1 + number % 28), "burglary", sector)
        for month in MONTHS
        if month != without
        for number in range(each_month if last is None or month < date(2024, 1, 1) else last)
    ]


def asked(tmp_path: Path, events: list[twin.Event], **words: object) -> Changed:
    force = small_force(tmp_path, DECLARED, events)
    with force.gate.narrowed(LOCAL) as cursor:
        return changed(cursor, force.context, {"window": "3m", "to": "2024-03", **words})


def test_only_the_sector_that_doubled_is_called_changed(tmp_path: Path) -> None:
    events = [*steady("S1", 20, last=40), *steady("S2", 20), *steady("S3", 1)]
    found = asked(tmp_path, events)
    first, second = found.cells[:2]
    # By hand: 24 months of 20 before; 60 were to be expected of three, and 120 came.
    assert (first.area_id, first.events, first.expected, first.verdict) == ("S1", 120, 60.0, "clearly_higher")
    assert first.ratio == pytest.approx(2.0)
    assert first.sentence.startswith("Crime, S1: 120, where ")
    assert (second.area_id, second.verdict) == ("S2", "not_told_apart")
    # S3 has 3 and expects 3: too few to be tested by itself.
    assert len(found.cells) == 2
    assert found.believed == 1
    assert str(found.sentence).startswith("One count in one sector changed beyond chance.")
    assert found.baseline == "January 2022 to December 2023"
    assert any("24 months" in line for line in found.warnings)


def test_a_missing_month_is_no_fall(tmp_path: Path) -> None:
    events = steady("S1", 20, without=date(2023, 6, 1))
    found = asked(tmp_path, events)
    # By hand: 23 months of 20; three months expect 60.
    assert (found.cells[0].expected, found.cells[0].verdict) == (60.0, "not_told_apart")
    assert str(found.sentence).startswith("Nothing changed beyond chance.")


def test_hours_are_compared_with_the_same_hours(tmp_path: Path) -> None:
    found = asked(tmp_path, steady("S1", 20), where="hour=12")
    assert (found.cells[0].events, found.cells[0].expected) == (60, 60.0)
    assert asked(tmp_path / "other", steady("S1", 20), where="hour=3").cells == ()


def test_rare_measures_are_named_and_not_tested(tmp_path: Path) -> None:
    found = asked(tmp_path, steady("S1", 1))
    assert found.cells == ()
    assert [(each.measure, each.events, each.expected) for each in found.untested] == [("crime", 3, 3.0)]
    assert str(found.sentence).startswith("Nothing is frequent enough to be tested.")


def test_a_measure_too_rare_by_area_is_tested_over_all(tmp_path: Path) -> None:
    # By hand: two sectors of 2 a month expect 6 each in three months, 12 together; the unplaced count too.
    everywhere = [*steady("S1", 2), *steady("S2", 2), *steady(None, 1)]
    found = asked(tmp_path, everywhere)
    (rare,) = found.untested
    assert (found.cells, rare.events, rare.expected, rare.verdict) == ((), 15, 15.0, "not_told_apart")
    assert found.believed == 0
    assert str(found.sentence) == (
        "Nothing changed beyond chance. 1 measure was tested for all sectors together."
    )
    more = [*everywhere, *(an_event(date(2024, 2, 1 + n), "burglary", "S2") for n in range(3))]
    more += [an_event(date(2024, 3, 1 + n), "burglary", None) for n in range(20)]
    moved = asked(tmp_path / "more", more)
    (rare,) = moved.untested
    assert (moved.cells, rare.events, rare.verdict, moved.believed) == ((), 38, "clearly_higher", 1)
    assert str(moved.sentence).startswith("One measure over all sectors changed beyond chance. Crime: 38 in")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ({"areas": "S1"}, "told of all areas"),
        ({"window": "10d", "to": "2024-03-15"}, "whole months"),
        ({"window": "3m", "to": "2022-03"}, "nothing before January 2022"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(
    tmp_path: Path, words: dict[str, str], cause: str
) -> None:
    with pytest.raises(SelectionError, match=cause):
        asked(tmp_path, steady("S1", 5), **words)
