"""Selections: one grammar; what it leaves out, how it prints itself, and the nearest word for a wrong one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.small_force import domain

from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.model.selection import Condition, Selection, parse_selection

DECLARED = domain([{"category": "theft", "points": 1}])
LAST = date(2024, 6, 30)


def parsed(**words: object) -> Selection:
    return parse_selection(words, DECLARED, last_day=LAST)


def test_what_is_not_said_comes_from_the_workspace() -> None:
    assert parsed() == Selection(
        by="sector",
        measure="crime",
        weights="severity",
        period=Period(date(2023, 7, 1), date(2024, 7, 1)),
    )


def test_the_words_of_a_selection_give_it_again() -> None:
    asked = parsed(
        by="Beat",
        window="28d",
        to="2024-05-14",
        against="prev",
        as_known_at="2024-06-01",
        areas="B1, B2",
        where="hour=1,2;weekday=mon;detection=reported",
        k="3",
        apart="yes",
        finer=True,
        points="theft=200",
    )
    assert parse_selection(asked.words(), DECLARED, last_day=None) == asked
    assert asked.words() == {
        "by": "beat",
        "measure": "crime",
        "weights": "severity",
        "window": "28d",
        "to": "2024-05-14",
        "against": "2024-03-20..2024-04-16",
        "as_known_at": "2024-06-01",
        "areas": "B1,B2",
        "where": "detection=reported;hour=1,2;weekday=mon",
        "k": "3",
        "points": "theft=200",
        "apart": "yes",
        "finer": "yes",
    }


def test_two_ways_to_say_a_thing_have_one_digest() -> None:
    said = parsed(window="3m", to="2024-06", where="weekday=mon;hour=1")
    assert parsed(window="91d", to="2024-06-30", where=["hour=1", "weekday=mon"]).digest == said.digest
    assert parsed(window="3m", to="2024-05").digest != said.digest


@pytest.mark.parametrize(
    ("against", "starts", "ends"),
    [
        ("prev", date(2024, 1, 1), date(2024, 4, 1)),
        ("2023-04-01..2023-06-30", date(2023, 4, 1), date(2023, 7, 1)),
    ],
)
def test_a_comparison_is_the_period_before_or_two_days(against: str, starts: date, ends: date) -> None:
    assert parsed(window="3m", to="2024-06", against=against).against == Period(starts, ends)


def test_nothing_can_be_asked_of_no_events_without_a_day() -> None:
    with pytest.raises(SelectionError, match="holds no events yet"):
        parse_selection({}, DECLARED, last_day=None)
    assert parse_selection({"to": "2024-01"}, DECLARED, last_day=None).period.ends == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"wherre": "hour=1"}, "no such word in a selection: 'wherre'; did you mean 'where'"),
        ({"by": "secter"}, "nothing to rank is called 'secter'; did you mean 'sector'"),
        ({"measure": "crimes"}, "no measure 'crimes'; did you mean 'crime'"),
        ({"weights": "severty"}, "no scheme 'severty'; did you mean 'severity'"),
        ({"where": "hours=1"}, "--where knows no field 'hours'; did you mean 'hour'"),
        ({"where": "category=thefts"}, "no category 'thefts'; did you mean 'theft'"),
        ({"where": "weekday=monday"}, "no weekday 'monday'; did you mean 'mon'"),
        ({"where": "hour=24"}, "no hour '24'"),
        ({"where": "hour"}, "expected --where field=value"),
        ({"where": "hour="}, "expected --where field=value"),
        ({"where": "hour=1;hour=2"}, "--where names 'hour' twice"),
        ({"where": "status=" + ",".join(map(str, range(201)))}, "takes up to 200 values"),
        ({"where": "status=" + "x" * 201}, "of 200 characters"),
        ({"against": "last year"}, "expected --against prev or two days"),
        ({"against": "2024-02-01..2024-01-01"}, "must start before it ends"),
        ({"as_known_at": "2024-06"}, "expected a day such as"),
        ({"k": "0"}, "k must be a whole number of at least 1"),
        ({"k": "\u0663"}, "k must be a whole number of at least 1"),
        ({"k": "2.5"}, "k must be a whole number of at least 1"),
        ({"apart": "maybe"}, "expected yes or no"),
        ({"points": "thefts=1"}, "no category 'thefts'; did you mean 'theft'"),
        ({"points": "theft=-1"}, "points from 0 to 10,000,000, four places"),
        ({"points": "theft=1.00001"}, "four places"),
        ({"points": "theft=many"}, "expected --points category=points"),
        ({"points": "theft=NaN"}, "expected --points category=points"),
        ({"points": "theft=10000001"}, "points from 0 to 10,000,000"),
        ({"areas": 7}, "expected a list of words"),
    ],
)
def test_a_word_that_does_not_fit_is_told_with_what_would(words: dict[str, Any], message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        parsed(**words)
    assert message in str(caught.value)


def test_values_take_the_spelling_of_what_is_declared() -> None:
    asked = parsed(where="Category=THEFT,theft;WEEKDAY=Mon")
    assert asked.where == (
        Condition(field="category", values=("theft",)),
        Condition(field="weekday", values=("mon",)),
    )


def test_flags_and_points_read_the_plain_types_of_python() -> None:
    assert parsed(apart=None).apart is False
    assert parsed(apart="no", finer="1").finer is True
    assert parsed(points=["theft=1.5", "violence=2"]).points == (
        ("theft", Decimal("1.5")),
        ("violence", Decimal(2)),
    )
    assert parsed(areas=("S1", " ", "S2")).areas == ("S1", "S2")
