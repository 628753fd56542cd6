"""How much is to come: the view on a small force in memory, with gaps, short histories and nothing at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests import twin
from tests.small_force import LOCAL, an_event, domain, small_force

from harmscape.forecast.back_test import LEVEL_ALONE
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.views.forecast_result import Forecast
from harmscape.views.forecast_view import forecast

DECLARED = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
ENDS = date(2024, 1, 1)


def events(
    months: int, a_month: dict[str, float], *, without: date | None = None, category: str = "burglary"
) -> list[twin.Event]:
    """Poisson events of each sector over months that end with December 2023; none in one that is missing."""
    rng = np.random.default_rng(7)
    return [
        an_event(month.replace(day=1 + number % 28), category, sector or None)
        for month in Period(month_start(ENDS, -months), ENDS).months
        if month != without
        for sector, rate in a_month.items()
        for number in range(int(rng.poisson(rate)))
    ]


def asked(tmp_path: Path, happened: list[twin.Event], **words: object) -> Forecast:
    force = small_force(tmp_path, DECLARED, happened)
    with force.gate.narrowed(LOCAL) as cursor:
        return forecast(cursor, force.context, {"to": "2023-12", **words})


def test_four_years_with_their_ranges_and_their_back_test(tmp_path: Path) -> None:
    happened = events(48, {"S1": 12, "S2": 5, "S3": 1})
    found = asked(tmp_path, happened)
    assert [each.ends for each in found.years] == ["2024-12", "2025-12", "2026-12", "2027-12"]
    assert (len(found.history), len(found.months)) == (48, 48)
    # By hand: events of 2023.
    last = sum(1 for each in happened if each.day.year == 2023)
    assert found.last_year == last
    first, final = found.years[0], found.years[3]
    assert first.lo_95 <= first.lo_80 <= first.events <= first.hi_80 <= first.hi_95
    assert final.hi_95 - final.lo_95 > first.hi_95 - first.lo_95
    # Burglaries are 10 points each here.
    assert first.harm == pytest.approx(10 * first.events, abs=10)
    assert first.harm_lo < first.harm < first.harm_hi
    assert [each.of for each in found.back_tests] == ["total", "areas", "harm"]
    assert [year.tests for year in found.years] == [12, 1, 0, 0]
    text = str(found.sentence)
    assert " by 2027 " in text
    assert "if things go on as they have." in text
    assert " times of 13" in text
    assert any("up to 2 years ahead" in line for line in found.how)


def test_areas_add_up_to_every_year(tmp_path: Path) -> None:
    found = asked(tmp_path, events(48, {"S1": 12, "S2": 5, "S3": 1, "": 2}))
    assert found.unplaced is not None
    rows = [*found.areas, found.unplaced]
    assert sum(row.next_year for row in rows) == found.years[0].events
    assert sum(row.final or 0 for row in rows) == found.years[-1].events
    assert sum(row.last_year for row in rows) == found.last_year
    assert sum(row.harm for row in rows) == pytest.approx(found.years[0].harm, abs=0.5)


def test_one_area_is_told_as_it_stands_among_the_others(tmp_path: Path) -> None:
    happened = events(48, {"S1": 12, "S2": 5, "S3": 1})
    whole, one = asked(tmp_path / "a", happened), asked(tmp_path / "b", happened, areas="S2")
    row = next(each for each in whole.areas if each.area_id == "S2")
    assert one.place == {"area_id": "S2", "name": "S2"}
    assert (one.years[0].events, one.years[0].lo_95, one.years[0].hi_95) == (
        row.next_year,
        row.next_lo,
        row.next_hi,
    )
    assert one.last_year == row.last_year
    assert "in S2" in str(one.sentence)


def test_the_method_shown_is_the_one_with_the_least_score_of_those_without_a_trend(tmp_path: Path) -> None:
    found = asked(tmp_path, events(60, {"S1": 20, "S2": 20, "S3": 20}))
    for tested in found.back_tests[:2]:
        level = [each for each in tested.methods if each.method in LEVEL_ALONE]
        best = min(level, key=lambda each: each.crps)
        # Nothing grows here, so no trend can be better by a fifth.
        assert best.is_chosen
        assert tested.is_better == (best.method != "last_year")
        floor = next(each for each in level if each.method == "last_year")
        assert tested.gain == pytest.approx(1 - best.crps / floor.crps)
        assert "last_year" in {each.method for each in tested.methods}
    beat = found.back_tests[0].is_better
    assert ("and beat last year's count." in str(found.sentence)) == beat
    assert ("expect last year's count again" in str(found.sentence)) == (not beat)


def test_ranges_that_held_too_seldom_are_said_to_be_too_narrow(tmp_path: Path) -> None:
    # A level that trebles at once after 40 of 60 months: hardly a test made before it can hold what came.
    steady, more = events(60, {"S1": 30}), events(20, {"S1": 60})
    found = asked(tmp_path, [*steady, *more])
    shown = next(each for each in found.back_tests[0].methods if each.is_chosen)
    assert shown.held_80 < 0.6 * shown.forecasts
    assert found.warnings[0].startswith(f"The 80% range held only {shown.held_80} of {shown.forecasts}")
    quiet = asked(tmp_path / "quiet", steady)
    assert not any("too narrow" in line for line in quiet.warnings)


def test_what_repeats_every_year_is_told_as_last_year_s_count(tmp_path: Path) -> None:
    rhythm = [3, 30, 7, 22, 1, 28, 9, 2, 31, 5, 17, 11]
    months = Period(month_start(ENDS, -60), ENDS).months
    happened = [
        an_event(month.replace(day=1 + number % 28), "burglary", "S1")
        for month in months
        for number in range(rhythm[month.month - 1])
    ]
    found = asked(tmp_path, happened)
    assert str(found.sentence).startswith("Crime: expect last year's count again, about 166 a year")
    assert found.method == "last year's count"
    assert "No method beat it by enough when tested" in str(found.sentence)


def test_a_missing_month_is_a_gap_and_no_fall(tmp_path: Path) -> None:
    steady = {"S1": 20.0, "S2": 12.0}
    gap = date(2023, 6, 1)
    found = asked(tmp_path, events(48, steady, without=gap))
    month = next(each for each in found.history if each.month == "2023-06")
    assert (month.events, month.gap, month.learned) == (None, True, False)
    assert any("June 2023 is missing" in line for line in found.warnings)
    # By hand: 32 a month are 384 a year.
    assert found.years[0].events == pytest.approx(384, rel=0.08)
    assert found.years[0].lo_95 < 384 < found.years[0].hi_95


@pytest.mark.parametrize("months", [12, 18, 24])
def test_a_short_history_gives_last_year_and_no_four_years(tmp_path: Path, months: int) -> None:
    found = asked(tmp_path, events(months, {"S1": 20}))
    assert len(found.years) == 1
    assert found.back_tests == ()
    assert found.areas[0].final is None
    assert found.years[0].events == found.last_year
    assert f"With {months} months known it is last year's count, and no forecast could be tested" in str(
        found.sentence
    )


def test_months_alone_are_tested_where_no_whole_year_can_be(tmp_path: Path) -> None:
    found = asked(tmp_path, events(28, {"S1": 20}))
    assert len(found.years) == 4
    assert {each.unit for each in found.back_tests} == {"months"}
    assert any("too short to test a whole year" in line for line in found.how)


def test_too_little_is_said_plainly(tmp_path: Path) -> None:
    found = asked(tmp_path, events(7, {"S1": 20}))
    assert str(found.sentence) == (
        "Too little is known to forecast crime. Twelve whole months are needed, and 7 are known."
    )
    assert (found.years, found.areas, len(found.history)) == ((), (), 7)


def test_nothing_in_a_category_is_not_never(tmp_path: Path) -> None:
    found = asked(tmp_path, events(48, {"S1": 20}), where="category=weapon_found")
    assert str(found.sentence).startswith("Crime: none in 48 months, and none is forecast.")
    # The rule of three: 3 / 48 a month are .75 a year, said as .8.
    assert "can still be 0.8 a year (95%)" in str(found.sentence)
    assert found.where is None


def test_a_declared_span_is_left_out_or_named(tmp_path: Path) -> None:
    change = {
        "id": "closed",
        "title": "Everything was closed",
        "from": "2021-01-01",
        "to": "2021-05-31",
        "reason": "as an example",
    }
    settings = DECLARED.settings.model_copy(
        update={"recording_changes": (type_of_change().model_validate(change),)}
    )
    declared = DECLARED.model_copy(update={"settings": settings})
    force = small_force(tmp_path, declared, events(48, {"S1": 20}))
    with force.gate.narrowed(LOCAL) as cursor:
        found = forecast(cursor, force.context, {"to": "2023-12"})
        short = forecast(cursor, force.context, {"to": "2022-04"})
    assert [each.month for each in found.history if not each.learned] == [f"2021-0{n}" for n in range(1, 6)]
    assert any("5 months that are not like the rest are left out" in line for line in found.warnings)
    assert any("learned from all the same" in line for line in short.warnings)


def type_of_change():  # type: ignore[no-untyped-def]
    from harmscape.model.recording import RecordingChange

    return RecordingChange


def test_where_it_would_be_most_is_set_beside_what_came(tmp_path: Path) -> None:
    happened = events(60, {"S1": 3, "S2": 20, "S3": 9})
    found = asked(tmp_path, happened, k=1).where
    assert found is not None
    assert (found.starts, found.ends) == ("2023-01", "2023-12")
    assert [each.area_id for each in found.areas] == ["S2"]
    by_sector = {
        s: sum(e.day.year == 2023 and e.area["sector"] == s for e in happened) for s in ("S1", "S2", "S3")
    }
    assert found.areas[0].came == by_sector["S2"]
    assert found.hit_rate == pytest.approx(by_sector["S2"] / sum(by_sector.values()))
    assert "fewer events first" in found.tie_order


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ({"areas": "S1,S2"}, "of all areas or of one"),
        ({"window": "10d", "to": "2023-12-15"}, "whole months"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why_it_is_not(
    tmp_path: Path, words: dict[str, str], cause: str
) -> None:
    with pytest.raises(SelectionError, match=cause):
        asked(tmp_path, events(30, {"S1": 5}), **words)
