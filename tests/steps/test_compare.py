"""Two sides compared, charts, classes and funnels: areas beside others or their past, on a small force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import log1p
from pathlib import Path
from typing import Any

import pytest
from tests import twin
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.model.recording import RecordingChange
from harmscape.views.changed import changed
from harmscape.views.chart import chart
from harmscape.views.classes_view import classes_view
from harmscape.views.compare import Compare, compare
from harmscape.views.funnel_view import funnel_view

DECLARED = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
MONTHS = Period(date(2022, 1, 1), date(2024, 4, 1)).months
QUARTER = {"window": "3m", "to": "2024-03"}


def steady(
    sector: str | None, each_month: int, *, last: int | None = None, without: date | None = None
) -> list[twin.Event]:
    """So many burglaries in every month, another number in the last three, none in one that is missing."""
    return [
        an_event(month.replace(day=1 + number % 28), "burglary", sector)
        for month in MONTHS
        if month != without
        for number in range(each_month if last is None or month < date(2024, 1, 1) else last)
    ]


def marked(starts: str, ends: str | None = None, **more: object) -> Domain:
    change = {
        "id": "other",
        "title": "Other counting",
        "from": starts,
        "to": ends,
        "reason": "a test",
        **more,
    }
    settings = DECLARED.settings.model_copy(
        update={"recording_changes": (RecordingChange.model_validate(change),)}
    )
    return DECLARED.model_copy(update={"settings": settings})


def asked(
    view: Any, tmp_path: Path, events: list[twin.Event], declared: Domain = DECLARED, /, **words: Any
) -> Any:
    options = {
        key: words.pop(key) for key in list(words) if key.startswith("b.") or key in ("tested", "basis")
    }
    force = small_force(tmp_path, declared, events)
    with force.gate.narrowed(LOCAL) as cursor:
        context = replace(force.context, domain=declared)
        return view(cursor, context, words, **options)


def lines(found: Compare) -> dict[tuple[str, str], Any]:
    return {(line.kind, line.id): line for line in found.lines}


def test_a_period_is_tested_against_the_months_before_and_shown_beside_the_one_before(tmp_path: Path) -> None:
    found = asked(compare, tmp_path, [*steady("S1", 20, last=40), *steady("S2", 20)], **QUARTER)
    assert (found.differ, found.tested) == ("periods", "baseline")
    whole, one, two = (lines(found)[each] for each in (("all", "crime"), ("area", "S1"), ("area", "S2")))
    # By hand: 24 months of 40 before; 120 were to be expected of three, 180 came, 120 in the quarter before.
    assert (whole.a_events, whole.b_events, whole.expected) == (180, 120, 120.0)
    assert (one.a_events, one.b_events, one.expected, one.verdict) == (120, 60, 60.0, "clearly_higher")
    assert two.verdict == "not_told_apart"
    # By hand: burglary weighs 10 points; 600 in the 92 days before are 593.5 in 91.
    assert (one.harm.a, one.harm.b) == (1200.0, pytest.approx(600 * 91 / 92))
    assert one.harm.difference_lo < one.harm.difference == pytest.approx(606.52, abs=0.01)
    assert one.harm.difference < one.harm.difference_hi
    assert one.harm.verdict == "clearly_higher"
    assert any("24 months" in line for line in found.warnings)
    assert "January 2022 to December 2023" in found.against


def test_two_areas_are_compared_with_each_other(tmp_path: Path) -> None:
    events = [*steady("S1", 20), *steady("S2", 5)]
    found = asked(compare, tmp_path, events, **QUARTER, areas="S1", **{"b.areas": "S2"})
    (line,) = found.lines
    assert (found.differ, found.tested, found.against) == ("areas", "pair", "B")
    assert (line.a_events, line.b_events, line.ratio, line.verdict) == (60, 15, 4.0, "clearly_higher")
    assert line.expected_lo is None
    assert str(found.sentence) == "Crime: 60 against 15: clearly higher."


def test_periods_of_other_length_are_compared_by_their_days(tmp_path: Path) -> None:
    found = asked(
        compare,
        tmp_path,
        steady("S1", 20),
        window="3m",
        to="2024-03",
        **{"b.window": "12m", "b.to": "2023-12"},
    )
    whole = lines(found)["all", "crime"]
    # By hand: 240 in 365 days; 91 days of 2024 are worth 59.8 of them.
    assert (whole.a_events, whole.b_events) == (60, 240)
    assert whole.expected == pytest.approx(240 * 91 / 365, abs=0.05)
    assert whole.verdict == "not_told_apart"


def test_the_rate_of_a_longer_side_is_told_at_the_length_of_the_other(tmp_path: Path) -> None:
    found = asked(
        compare,
        tmp_path,
        steady("S1", 20),
        per="area_km2",
        window="3m",
        to="2024-03",
        **{"b.window": "12m", "b.to": "2023-12", "b.per": "area_km2"},
    )
    whole = lines(found)["all", "crime"]
    # By hand: 60 events beside 240 in 365 days, of which 91 days are worth 59.8, over the same land.
    assert whole.b_rate / whole.a_rate == pytest.approx(240 * 91 / 365 / 60)
    assert whole.b_rate / whole.a_rate == pytest.approx(whole.harm.b / whole.harm.a)


def test_a_missing_month_in_a_side_is_a_gap_and_never_a_zero(tmp_path: Path) -> None:
    events = steady("S1", 20, without=date(2024, 2, 1))
    found = asked(compare, tmp_path, events, **QUARTER)
    whole = lines(found)["all", "crime"]
    # By hand: two known months of 20 where two of 20 were to be expected.
    assert (whole.a_events, whole.expected, whole.verdict) == (40, 40.0, "not_told_apart")
    assert any("February 2024 is missing" in line for line in found.warnings)


def test_months_before_the_data_begin_are_unknown_and_no_zeros(tmp_path: Path) -> None:
    found = asked(
        compare, tmp_path, steady("S1", 20), window="12m", to="2022-12", tested="pair", **{"b.to": "2022-04"}
    )
    whole = lines(found)["all", "crime"]
    # By hand: of B, May 2021 to April 2022, four months are known: 80 events in 120 days, of 365 in A.
    assert (whole.b_events, whole.expected) == (80, pytest.approx(80 * 365 / 120, abs=0.05))
    assert whole.verdict == "not_told_apart"
    assert any(line.startswith("Of B: The data begin in January 2022") for line in found.warnings)


def test_small_areas_stand_together_and_small_measures_are_named(tmp_path: Path) -> None:
    found = asked(compare, tmp_path, [*steady("S1", 20), *steady("S2", 2), *steady("S3", 2)], **QUARTER)
    pool = lines(found)["pool", "rest"]
    # By hand: 6 and 6 events in the quarter, 12 to be expected.
    assert (pool.title, pool.a_events, pool.expected) == ("2 small areas", 12, 12.0)
    assert ("area", "S2") not in lines(found)
    assert "too small to be tested one by one" in found.pooled


def test_a_measure_too_small_by_itself_is_named_event_by_event(tmp_path: Path) -> None:
    found = asked(compare, tmp_path, steady("S1", 1), **QUARTER)
    assert lines(found)["all", "crime"].verdict == "not_tested"
    assert [each.day for each in found.happened] == ["2024-03-01", "2024-02-01", "2024-01-01"]


def test_harm_is_not_compared_across_two_sets_of_weights(tmp_path: Path) -> None:
    other = DECLARED.schemes[0].model_copy(update={"id": "mild", "title": "Mild"})
    declared = DECLARED.model_copy(update={"schemes": (*DECLARED.schemes, other)})
    found = asked(
        compare, tmp_path, steady("S1", 20), declared, **QUARTER, **{"b.weights": "mild", "b.to": "2023-12"}
    )
    assert all(line.harm is None for line in found.lines)
    assert any("weighed by different weights" in line for line in found.warnings)


def test_weights_that_change_between_the_sides_are_marked(tmp_path: Path) -> None:
    weights = [
        {"category": "theft", "points": 10, "to": "2024-01-01"},
        {"category": "theft", "points": 20, "from": "2024-01-01"},
        {"category": "violence", "points": 100},
    ]
    found = asked(compare, tmp_path, steady("S1", 20), domain(weights), **QUARTER)
    assert any("Weights change on 2024-01-01" in line for line in found.warnings)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ({"b.by": "beat"}, "other polygons"),
        ({"b.window": "3m", "b.to": "2024-03"}, "both sides ask the same"),
        ({"tested": "bas"}, "expected --tested baseline or pair"),
        ({"window": "3m", "to": "2022-03"}, "nothing before January 2022"),
        ({"window": "10d", "to": "2024-03-15"}, "whole months"),
    ],
)
def test_sides_that_cannot_be_compared_are_told_why(
    tmp_path: Path, words: dict[str, str], cause: str
) -> None:
    with pytest.raises(SelectionError, match=cause):
        asked(compare, tmp_path, steady("S1", 20), **{**QUARTER, **words})


def test_a_baseline_in_an_unusual_span_is_said_before_the_finding(tmp_path: Path) -> None:
    events = [*steady("S1", 20, last=40), *steady("S2", 20)]
    declared = marked("2021-06-01", "2023-12-31")
    for view in (changed, compare):
        found = asked(view, tmp_path / view.__name__, events, declared, **QUARTER)
        assert str(found.sentence).startswith("Not like with like:")
        assert "consistent with a return to what is usual and is not read as a failure" in str(found.sentence)
        assert [mark.is_alike for mark in found.marks][:1] == [False]


def test_an_unusual_span_teaches_nothing_where_enough_other_months_are_left(tmp_path: Path) -> None:
    # The first nine months held twice as much; left out, the fifteen others have 20 a month.
    events = [*steady("S1", 20), *(each for each in steady("S1", 20) if each.day < date(2022, 10, 1))]
    unmarked = asked(changed, tmp_path / "plain", events, **QUARTER)
    found = asked(changed, tmp_path / "marked", events, marked("2022-01-01", "2022-09-30"), **QUARTER)
    assert unmarked.cells[0].verdict == "clearly_lower"
    assert (found.cells[0].expected, found.cells[0].verdict) == (60.0, "not_told_apart")
    assert found.marks[0].is_alike
    assert found.baseline == "October 2022 to December 2023"


def test_a_lasting_change_begins_the_baseline_anew(tmp_path: Path) -> None:
    found = asked(changed, tmp_path, steady("S1", 20), marked("2022-07-01"), **QUARTER)
    assert found.baseline == "July 2022 to December 2023"
    assert "the baseline begins after it" in found.marks[0].says
    within = asked(changed, tmp_path / "within", steady("S1", 20), marked("2024-02-01"), **QUARTER)
    assert "falls within the window" in within.marks[0].says
    other = asked(
        changed,
        tmp_path / "other",
        steady("S1", 20),
        marked("2022-07-01", categories=["violence"]),
        **QUARTER,
    )
    assert len(other.marks) == 1  # the measure counts violence too
    assert (
        asked(
            changed,
            tmp_path / "source",
            steady("S1", 20),
            marked("2022-07-01", sources=["intelligence"]),
            **QUARTER,
        ).marks
        == ()
    )


def test_a_chart_shows_the_months_with_limits_and_the_signal(tmp_path: Path) -> None:
    found = asked(chart, tmp_path, steady("S1", 20, last=50), **QUARTER)
    assert (found.kind, len(found.steps)) == ("u", 27)
    first, last = found.steps[0], found.steps[-1]
    # By hand: 20 a month, limits 20 +- 3 sqrt(20).
    assert (first.events, first.centre, first.lo, first.hi) == (20, 20.0, 6.58, 33.42)
    assert last.signals == ("beyond the limits, above",)
    assert str(found.sentence).startswith("March 2024 stands out: 50, beyond the limits, above (7–33).")


def test_rare_events_are_charted_by_the_days_between_them(tmp_path: Path) -> None:
    events = [an_event(month.replace(day=1), "assault", "S1") for month in MONTHS[:-3:2]]
    close = [an_event(date(2024, 3, day), "assault", "S1") for day in (1, 2, 3, 4, 5)]
    found = asked(chart, tmp_path, [*events, *close, *steady("S2", 20)], areas="S1", **QUARTER)
    assert found.kind == "g"
    # By hand: events on 1 January 2022 and every second month to 1 November 2023: 669 days, 11 gaps of 60.8.
    assert found.centre == pytest.approx(0.693147 / -log1p(-1 / (669 / 11 + 1)) - 1, abs=0.05)
    assert found.gaps[-1].signals == ("5 events close together",)
    assert "close together" in str(found.sentence)
    few = asked(chart, tmp_path / "few", [*events[:3], *steady("S2", 20)], areas="S1", **QUARTER)
    assert (few.kind, few.sentence.sure) == ("none", "Too few events for a chart.")


def test_classes_over_nine_quarters(tmp_path: Path) -> None:
    events = [*steady("S1", 60), *steady("S2", 10, last=90), *steady("S3", 20)]
    found = asked(classes_view, tmp_path, events, **QUARTER)
    assert len(found.periods) == 9
    kinds = {area.area_id: area.kind for area in found.areas}
    assert kinds == {"S1": "persistent", "S2": "emerging", "S3": "none"}
    assert str(found.sentence).startswith("One sector is newly high.")
    with pytest.raises(SelectionError, match="too few for classes"):
        asked(classes_view, tmp_path / "short", events, window="3m", to="2022-09")


def test_a_missing_month_leaves_its_quarter_out_of_the_classes(tmp_path: Path) -> None:
    both = [*steady("S1", 60, without=date(2023, 5, 1)), *steady("S2", 20, without=date(2023, 5, 1))]
    found = asked(classes_view, tmp_path, both, **QUARTER)
    assert [area.high[5] for area in found.areas] == [None, None, None]


def test_a_funnel_of_events_asks_for_their_weight(tmp_path: Path) -> None:
    heavy = [an_event(date(2024, 2, 1 + number % 28), "assault", "S3") for number in range(30)]
    found = asked(funnel_view, tmp_path, [*steady("S1", 20), *steady("S2", 20), *heavy], **QUARTER)
    assert (found.basis, found.bases, found.factor > 1) == ("events", ("events",), True)
    points = {point.area_id: point for point in found.points}
    # By hand: 60 events of 10 points, and 30 of 100.
    assert (points["S1"].value, points["S3"].value) == (10.0, 100.0)
    assert found.common == pytest.approx((2 * 600 + 3000) / 150)
    assert found.points[0].area_id == "S3"
    alike = asked(funnel_view, tmp_path / "alike", [*steady("S1", 20), *steady("S2", 5)], **QUARTER)
    assert (alike.points, alike.sentence.sure) == ((), "No funnel can be drawn.")
    assert alike.left == ("S3",)
