"""The steps of scoring on a few rows: harm, variance, largest, months, hours, rows; from tally and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests import twin
from tests.small_force import SmallForce, an_event, domain, scores, small_force

from harmscape.model.period import Period
from harmscape.scoring.score import event_sql, hour_sql, month_sql
from harmscape.views.question import parameters
from harmscape.views.scored import score_areas

JAN, FEB, MAR = date(2024, 1, 10), date(2024, 2, 10), date(2024, 3, 10)
FLAT = (
    {"category": "violence", "points": "100"},
    {"category": "wounding", "points": "7978.7931"},
    {"category": "burglary", "points": "447.3"},
)
YEAR = {"window": "3m", "to": "2024-03"}


def force(
    folder: Path, events: Sequence[twin.Event], weights: Sequence[Any] = FLAT, **more: Any
) -> SmallForce:
    return small_force(folder, domain(weights, **more), events)


def test_harm_is_quantity_times_points_summed_by_area(tmp_path: Path) -> None:
    made = force(
        tmp_path,
        [
            an_event(JAN, "wounding", "S1"),
            an_event(FEB, "burglary", "S1", quantity="2.5"),
            an_event(FEB, "burglary", "S2"),
            an_event(MAR, "assault", None),
        ],
    )
    # By hand: S1 7978.7931 + 2.5 x 447.3 = 9097.0431; S2 447.3; assault takes violence's 100, UNPLACED.
    # Variance: 7978.7931^2 + 1118.25^2 = 63,661,139.33... + 1,250,483.0625.
    found = made.scored(**YEAR)
    assert {area: (own.events, own.harm) for area, own in found.items()} == {
        "S1": (2, Decimal("9097.0431")),
        "S2": (1, Decimal("447.3")),
        twin.UNPLACED: (1, Decimal(100)),
    }
    assert found["S1"].variance == pytest.approx(7978.7931**2 + 1118.25**2, rel=1e-14)
    assert found["S1"].largest == 7978.7931
    assert found["S2"].variance == pytest.approx(447.3**2, rel=1e-14)


def test_events_without_a_weight_are_counted_and_add_nothing(tmp_path: Path) -> None:
    made = force(tmp_path, [an_event(JAN, "nuisance"), an_event(JAN, "nuisance"), an_event(JAN, "assault")])
    with made.question(**YEAR) as question:
        found = score_areas(question)
    assert list(found.events) == [3, 0, 0]
    assert found.harm[0] == Decimal(100)
    assert found.unweighted == {"nuisance": 2}


@pytest.mark.parametrize("tally", [True, False], ids=["tally", "events"])
def test_events_of_one_incident_vary_together(tmp_path: Path, tally: bool) -> None:
    made = force(
        tmp_path,
        [
            an_event(JAN, "assault", "S1", incident="A"),
            an_event(JAN, "assault", "S1", incident="A"),
            an_event(JAN, "assault", "S2", incident="A"),
            an_event(JAN, "assault", "S1", incident="B"),
        ],
    )
    found = made.scored(tally=tally, **YEAR)
    # By hand: in S1 incident A is (100 + 100)^2 and B 100^2; in S2 A is 100^2 alone.
    assert (found["S1"].variance, found["S2"].variance) == (50_000, 10_000)
    # The largest single event, not the largest incident.
    assert found["S1"].largest == 100


def test_a_weight_ends_the_day_before_the_next_begins(tmp_path: Path) -> None:
    weights = (
        {"category": "theft", "points": 10, "to": date(2024, 2, 1)},
        {"category": "theft", "points": 30, "from": date(2024, 2, 1)},
    )
    made = force(
        tmp_path, [an_event(date(2024, 1, 31), "burglary"), an_event(date(2024, 2, 1), "burglary")], weights
    )
    with made.question(**YEAR) as question:
        assert question.pick().tally is not None
    assert made.scored(**YEAR)["S1"].harm == 40


def test_a_weight_that_changes_inside_a_month_is_read_from_the_events(tmp_path: Path) -> None:
    weights = (
        {"category": "theft", "points": 10, "to": date(2024, 2, 15)},
        {"category": "theft", "points": 30, "from": date(2024, 2, 15)},
    )
    made = force(
        tmp_path, [an_event(date(2024, 2, 14), "burglary"), an_event(date(2024, 2, 15), "burglary")], weights
    )
    with made.question(**YEAR) as question:
        assert question.pick().tally is None
    assert made.scored(**YEAR)["S1"].harm == 40


def test_dimensions_add_up_and_conditions_choose(tmp_path: Path) -> None:
    weights = (
        {"category": "theft", "points": 5, "dimension": "personal"},
        {"category": "theft", "points": 50, "dimension": "personal", "when": {"status": "charged"}},
        {"category": "theft", "points": 7, "dimension": "financial"},
    )
    made = force(
        tmp_path,
        [
            an_event(JAN, "burglary", "S1", attributes={"status": "charged"}),
            an_event(JAN, "burglary", "S2", attributes={"status": "dropped"}),
            an_event(JAN, "burglary", "S3"),
        ],
        weights,
        dimensions=("personal", "financial"),
    )
    found = made.scored(**YEAR)
    assert {area: own.harm for area, own in found.items()} == {"S1": 57, "S2": 12, "S3": 12}


def test_sums_far_beyond_one_row_stay_exact(tmp_path: Path) -> None:
    # Three rows of the greatest quantity a file may hold: their sum needs a digit more than one row has.
    most = "999999999999.999999"
    made = force(tmp_path, [an_event(JAN, "burglary", quantity=most) for _ in range(3)])
    assert made.scored(**YEAR)["S1"].harm == 3 * Decimal(most) * Decimal("447.3")
    assert made.scored(tally=False, **YEAR)["S1"].harm == 3 * Decimal(most) * Decimal("447.3")


def test_months_hold_events_and_harm_whatever_the_area(tmp_path: Path) -> None:
    made = force(
        tmp_path,
        [an_event(JAN, "burglary", "S1"), an_event(JAN, "nuisance", None), an_event(MAR, "assault", "S2")],
    )
    with made.question(**YEAR) as question:
        picked = question.pick()
        rows = question.cursor.rows("months", month_sql(picked, question.attributes), parameters(picked))
    assert rows == [(date(2024, 1, 1), 2, Decimal("447.3")), (date(2024, 3, 1), 1, Decimal(100))]


def test_events_known_only_by_month_have_no_hour_and_are_counted(tmp_path: Path) -> None:
    made = force(
        tmp_path, [an_event(JAN, "burglary"), an_event(date(2024, 1, 1), "burglary", whole_month=True)]
    )
    with made.question(**YEAR) as question:
        picked = question.pick()
        rows = question.cursor.rows("hours", hour_sql(picked), parameters(picked, tallied=False))
    # 10 January 2024 was a Wednesday; small_force puts every timed event at noon.
    assert sorted(rows, key=str) == [(3, 12, 1), (None, None, 1)]


def test_rows_carry_the_weight_that_made_them(tmp_path: Path) -> None:
    made = force(tmp_path, [an_event(JAN, "burglary", quantity=2), an_event(FEB, "nuisance", None)])
    with made.question(**YEAR) as question:
        picked = question.pick()
        sql = event_sql(picked, question.area_column, question.attributes)
        rows = question.cursor.rows(
            "rows",
            f"select w.event_id, w.area_no, w.points, w.harm, w.visible from ({sql}) w order by w.event_id",
            parameters(picked, tallied=False),
        )
    assert rows == [(1, 1, Decimal("447.3"), Decimal("894.6"), True), (2, 0, None, None, True)]


def test_a_window_that_cuts_a_month_leaves_its_month_grain_events_out(tmp_path: Path) -> None:
    made = force(
        tmp_path,
        [
            an_event(date(2024, 1, 1), "assault", whole_month=True),
            an_event(date(2024, 2, 1), "assault", whole_month=True),
            an_event(date(2024, 3, 1), "assault", whole_month=True),
            an_event(date(2024, 1, 20), "assault"),
        ],
    )
    # 15 January to 15 March: only February is whole; the day of 20 January lies within.
    assert made.scored(window="61d", to="2024-03-15")["S1"].events == 2
    assert made.scored(window="3m", to="2024-03")["S1"].events == 4


def test_a_figure_is_asked_as_it_was_known(tmp_path: Path) -> None:
    told = date(2024, 4, 1)
    changed = date(2024, 5, 1)
    made = force(
        tmp_path,
        [
            an_event(JAN, "assault", known_from=told, known_to=changed),
            an_event(JAN, "wounding", known_from=changed),
        ],
    )
    by_day = {
        "2024-03-31": {},
        "2024-04-01": {"S1": Decimal(100)},
        "2024-04-30": {"S1": Decimal(100)},
        "2024-05-01": {"S1": Decimal("7978.7931")},
    }
    for day, wanted in by_day.items():
        found = made.scored(as_known_at=day, **YEAR)
        assert {area: own.harm for area, own in found.items()} == wanted
    assert made.scored(**YEAR)["S1"].harm == Decimal("7978.7931")


def test_a_quantity_in_the_thousands_at_a_great_weight_is_exact(tmp_path: Path) -> None:
    # By hand: 25,000 x 7978.7931 = 199,469,827.5; the variance is its square.
    made = force(tmp_path, [an_event(JAN, "wounding", quantity=25_000)])
    for tally in (True, False):
        found = made.scored(tally=tally, **YEAR)["S1"]
        assert found.harm == Decimal("199469827.5")
        assert found.largest == 199469827.5
        assert found.variance == pytest.approx(199469827.5**2, rel=1e-14)


@pytest.mark.parametrize("quantity", [1, "2.5"])
@pytest.mark.parametrize(
    "words",
    [
        {"where": "weekday=wed"},
        {"where": "tool=knife"},
        {"as_known_at": "2024-06-01"},
        {"where": "weekday=wed", "areas": "S1"},
    ],
    ids=str,
)
def test_a_tally_of_its_own_answers_as_the_events_do(
    tmp_path: Path, words: dict[str, str], quantity: float | str
) -> None:
    knife = {"tool": "knife"}
    events = [
        an_event(JAN, "assault", attributes=knife, quantity=quantity),
        an_event(JAN, "assault", incident="I1"),
        an_event(JAN, "burglary", attributes=knife, incident="I1"),
        an_event(date(2024, 1, 11), "burglary", "S2", attributes=knife),
    ]
    with force(tmp_path, events).question(window="1m", to="2024-01", **words) as question:
        plain = scores(question, question.pick(), tally=False)
        rolled = question.roll_up()
        assert rolled.pick().table == "own_tally_0"
        assert scores(rolled, rolled.pick()) == plain
        assert plain
        # Rolled up again it stays as it is, and outside its months the events answer.
        assert rolled.roll_up() is rolled
        assert rolled.pick(Period(date(2023, 1, 1), date(2023, 2, 1))).tally is None
