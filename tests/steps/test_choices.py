"""What else could be chosen: states and figures of each field, counted on a few events by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.small_force import LOCAL, SmallForce, an_event, domain, small_force

from harmscape.access import Reader
from harmscape.model.errors import SelectionError
from harmscape.model.role import Grant, Role
from harmscape.views import choices as module
from harmscape.views.choices import Choices, choices

FLAT = (
    {"category": "violence", "points": "100"},
    {"category": "theft", "points": "10"},
    {"category": "burglary", "points": "50"},
)
YEAR = {"window": "3m", "to": "2024-03"}
WED, THU = date(2024, 1, 10), date(2024, 2, 1)


@pytest.fixture
def force(tmp_path: Path) -> SmallForce:
    """Three crimes on a Wednesday, one on a Thursday, one known only by month, one from the hub."""
    events = [
        an_event(WED, "wounding", "S1", attributes={"status": "open"}),
        an_event(WED, "burglary", "S1", attributes={"status": "closed"}),
        an_event(WED, "burglary", "S2", quantity=3, attributes={"status": "closed"}),
        an_event(THU, "theft", "S2", attributes={"status": "open"}),
        an_event(THU, "theft", None, whole_month=True),
        an_event(THU, "assault", "S3", source="intelligence", attributes={"tool": "knife"}),
    ]
    return small_force(tmp_path, domain(FLAT), events)


def asked(force: SmallForce, fields: str = "", reader: Reader = LOCAL, **words: object) -> Choices:
    with force.gate.narrowed(reader) as cursor:
        return choices(cursor, force.context, {**YEAR, **words}, fields=fields)


def told(found: Choices, field: str) -> Mapping[str, tuple[int, Decimal, str]]:
    (one,) = [each for each in found.fields if each.id == field]
    return {each.value: (each.events, each.harm, each.state) for each in one.values if each.events or
            each.state != "excluded"}  # fmt: skip


def test_without_conditions_what_holds_events_is_possible_and_the_rest_excluded(force: SmallForce) -> None:
    found = asked(force, "category,weekday,agency,sector")
    # By hand: wounding 100 + assault 100; burglary 50 + 3 x 50, theft 10 + 10.
    assert told(found, "category") == {
        "violence": (2, Decimal(200), "possible"),
        "theft": (4, Decimal(220), "possible"),
    }
    assert {v.value for v in found.fields[0].values} == {"violence", "theft", "weapon_found", "nuisance"}
    # The theft known only by month has no weekday.
    assert told(found, "weekday") == {
        "wed": (3, Decimal(300), "possible"),
        "thu": (2, Decimal(110), "possible"),
    }
    assert told(found, "agency") == {
        "police": (5, Decimal(320), "possible"),
        "hub": (1, Decimal(100), "possible"),
    }
    assert told(found, "sector")["UNPLACED"] == (1, Decimal(10), "possible")
    assert (found.total.events, found.total.harm) == (6, Decimal(420))


def test_a_field_is_counted_without_its_own_condition(force: SmallForce) -> None:
    found = asked(force, "weekday,category,status", where="weekday=wed")
    assert told(found, "weekday") == {
        "wed": (3, Decimal(300), "selected"),
        "thu": (2, Decimal(110), "alternative"),
    }
    assert told(found, "category") == {
        "violence": (1, Decimal(100), "possible"),
        "theft": (2, Decimal(200), "possible"),
    }
    assert told(found, "status") == {
        "open": (1, Decimal(100), "possible"),
        "closed": (2, Decimal(200), "possible"),
    }
    assert (found.total.events, found.total.harm) == (3, Decimal(300))


def test_a_value_that_other_conditions_empty_is_excluded_though_chosen(force: SmallForce) -> None:
    found = asked(force, "category,status", where="category=violence;status=closed")
    assert told(found, "category") == {
        "violence": (0, Decimal(0), "selected_excluded"),
        "theft": (2, Decimal(200), "alternative"),
    }
    assert told(found, "status") == {
        "closed": (0, Decimal(0), "selected_excluded"),
        "open": (1, Decimal(100), "alternative"),
    }
    assert (found.total.events, found.total.harm) == (0, Decimal(0))


def test_a_chosen_category_below_a_branch_is_listed_beside_the_branches(force: SmallForce) -> None:
    found = asked(force, "category", where="category=burglary")
    assert told(found, "category")["burglary"] == (2, Decimal(200), "selected")
    assert told(found, "category")["theft"] == (4, Decimal(220), "alternative")


def test_areas_asked_for_are_a_condition_of_their_own_geography(force: SmallForce) -> None:
    found = asked(force, "sector,weekday", by="sector", areas="S2")
    assert told(found, "sector")["S2"] == (2, Decimal(160), "selected")
    assert told(found, "sector")["S1"] == (2, Decimal(150), "alternative")
    assert told(found, "weekday") == {
        "wed": (1, Decimal(150), "possible"),
        "thu": (1, Decimal(10), "possible"),
    }


def test_a_reader_learns_of_no_value_that_only_hidden_rows_bear(force: SmallForce) -> None:
    role = Role(id="desk", title="Desk", count=(Grant(sensitivity=1),), reason="a test")
    found = asked(force, "tool,source,agency,category", Reader("bo", role))
    listed = {field.id: [each.value for each in field.values] for field in found.fields}
    assert listed["tool"] == []
    assert listed["source"] == ["crimes"]
    assert listed["agency"] == ["police"]
    assert told(found, "category")["violence"] == (1, Decimal(100), "possible")


def test_events_of_what_is_set_apart_are_left_out(tmp_path: Path) -> None:
    weights = ({"category": "violence", "points": "9000"}, {"category": "theft", "points": "10"})
    events = [an_event(WED, "wounding", "S1"), *[an_event(WED, "theft", "S2")] * 50]
    force = small_force(tmp_path, domain(weights), events)
    # One wounding in three sectors is fewer than two an area, and 9000 is over ten times the mean of 186.
    assert told(asked(force, "category", apart=True), "category") == {"theft": (50, Decimal(500), "possible")}


def test_with_too_many_values_those_of_most_harm_and_those_chosen_stay(
    force: SmallForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 2)
    (field,) = asked(force, "sector", areas="S3").fields
    # S2 holds 160, S1 150, S3 100, UNPLACED 10; S3 is chosen.
    assert [each.value for each in field.values] == ["S2", "S3"]
    assert field.left_out == 2


def test_an_unknown_field_names_the_likeliest(force: SmallForce) -> None:
    with pytest.raises(SelectionError, match="no field 'wekday' to choose by; did you mean 'weekday'"):
        asked(force, "wekday")
    with pytest.raises(SelectionError, match="at most 40 fields"):
        asked(force, ",".join(["hour"] * 41))


def test_all_fields_are_told_where_none_is_named(force: SmallForce) -> None:
    assert [field.id for field in asked(force).fields] == [
        "category", "sector", "agency", "source", "detection", "weekday", "hour", "status", "tool",
    ]  # fmt: skip


def test_a_weight_that_changes_within_the_window_holds_from_its_day(tmp_path: Path) -> None:
    weights = (
        {"category": "theft", "points": "10", "to": "2024-01-20"},
        {"category": "theft", "points": "30", "from": "2024-01-20"},
    )
    force = small_force(tmp_path, domain(weights), [an_event(WED, "theft"), an_event(THU, "theft")])
    # 10 January weighs 10, 1 February 30.
    assert told(asked(force, "category"), "category") == {"theft": (2, Decimal(40), "possible")}
