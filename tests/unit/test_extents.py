"""Which silence of a source is a gap, and how far a source of what is new reaches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests import twin
from tests.small_force import domain, small_force

from harmscape.views.extents import SourceExtent, _with_silence

JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


@pytest.mark.parametrize(
    ("events", "restates", "gaps"),
    [(6, False, []), (7, False, [FEBRUARY]), (1, True, [FEBRUARY])],
)
def test_a_month_without_rows_is_a_gap_where_chance_would_not_leave_it_empty(
    events: int, gaps: list[date], *, restates: bool
) -> None:
    # By hand: e^-7 is 0.00091, under 0.001; e^-6 is 0.0025. What restates a month leaves none out.
    held = {JANUARY: events, MARCH: events}
    assert SourceExtent("calls", held, date(2024, 3, 31), restates).gaps == gaps


@pytest.mark.parametrize(
    ("events", "asked", "reaches"),
    [
        # By hand: 4 a month over 45 days are 5.9 expected events; over 60 days they are 7.9.
        (4, date(2024, 5, 15), date(2024, 5, 15)),
        (4, date(2024, 5, 30), date(2024, 3, 31)),
        (200, date(2024, 4, 1), date(2024, 4, 1)),
        (4, date(2024, 2, 1), date(2024, 3, 31)),
        (4, None, date(2024, 3, 31)),
    ],
)
def test_a_silence_that_chance_allows_is_told_up_to_the_delivery(
    events: int, asked: date | None, reaches: date
) -> None:
    held = SourceExtent("calls", {JANUARY: events, MARCH: events}, date(2024, 3, 31), False)
    assert _with_silence(held, asked).up_to == reaches


def test_a_source_that_never_told_of_what_is_counted_is_not_missed(tmp_path: Path) -> None:
    # crimes tells of violence every month; intelligence, of the same list, of nuisance, and not in February.
    told = [("crimes", "assault", month) for month in (1, 2, 3)]
    told += 8 * [("intelligence", "nuisance", month) for month in (1, 3)]
    events = [twin.Event(date(2024, month, 5), category, source=source) for source, category, month in told]
    weights = [{"category": "violence", "points": 1}]
    for counted, missed in (("violence", []), ("nuisance", [FEBRUARY]), ("theft", [FEBRUARY])):
        declared = domain(weights, measure={"lists": [], "categories": [counted]})
        (tmp_path / counted).mkdir()
        with small_force(tmp_path / counted, declared, events).question(
            window="3m", to="2024-03"
        ) as question:
            # Of theft nobody ever told: all that might have are asked after.
            assert list(question.gaps()) == missed
