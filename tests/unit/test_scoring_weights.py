"""Weights in force: fallback along the tree, dates, conditions, dimensions, trial points; by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.small_force import TREE, domain

from harmscape.model.errors import SelectionError
from harmscape.rollup import Dictionaries
from harmscape.scoring import weights as subject
from harmscape.scoring.weights import FOREVER, InForce, cut_days, weight_table, weights_in_force

NUMBERS = {name: number for number, name in enumerate(TREE, start=1)}
CODES = Dictionaries(
    category=NUMBERS,
    source={"crimes": 1, "intelligence": 2},
    attributes={"status": {"charged": 1, "dropped": 2}, "tool": {"knife": 1}},
    singles=False,
    present=frozenset(NUMBERS.values()),
    wide=frozenset(),
)
CHANGE = date(2024, 3, 1)


def resolved(
    weights: Sequence[Mapping[str, Any]],
    *categories: str,
    trial: Mapping[str, Decimal] | None = None,
    **more: Any,
) -> list[InForce]:
    declared = domain(weights, **more)
    return weights_in_force(declared.schemes[0], declared, CODES, categories, trial=trial)


def said(found: Sequence[InForce]) -> list[tuple[str, Decimal]]:
    return [(each.category, each.points) for each in found]


def test_a_category_takes_the_weight_of_the_nearest_above_it() -> None:
    weights = [{"category": "violence", "points": 100}, {"category": "wounding", "points": 900}]
    found = resolved(weights, "assault", "wounding", "violence", "burglary")
    # Burglary falls under theft, which has no weight: it has none, and is not worth nothing.
    assert said(found) == [("assault", 100), ("violence", 100), ("wounding", 900)]
    assert [each.no for each in found] == [1, 2, 3]
    assert [each.parts[0].category for each in found] == ["violence", "violence", "wounding"]
    assert all((each.starts, each.ends) == FOREVER for each in found)


def test_a_scheme_without_fallback_weighs_only_what_it_names() -> None:
    weights = [{"category": "violence", "points": 100}]
    assert said(resolved(weights, "assault", "violence", fallback=False)) == [("violence", 100)]


def test_a_category_with_a_later_weight_has_none_before_it() -> None:
    weights = [
        {"category": "violence", "points": 100},
        {"category": "assault", "points": 7, "from": CHANGE},
    ]
    (only,) = resolved(weights, "assault")
    assert (only.points, only.starts, only.ends) == (7, CHANGE, FOREVER[1])


def test_dated_weights_follow_one_another() -> None:
    weights = [
        {"category": "theft", "points": 10, "to": CHANGE},
        {"category": "theft", "points": 30, "from": CHANGE, "to": date(2025, 1, 1)},
    ]
    found = resolved(weights, "theft")
    assert [(each.points, each.starts, each.ends) for each in found] == [
        (10, FOREVER[0], CHANGE),
        (30, CHANGE, date(2025, 1, 1)),
    ]
    assert cut_days(found) == {CHANGE, date(2025, 1, 1)}
    assert cut_days(resolved([{"category": "theft", "points": 1}], "theft")) == set()


def test_the_weight_with_most_conditions_met_holds() -> None:
    weights = [
        {"category": "theft", "points": 10},
        {"category": "theft", "points": 20, "when": {"status": "charged"}},
        {"category": "theft", "points": 50, "when": {"status": "charged", "tool": "knife"}},
    ]
    found = {
        (each.attributes["status"], each.attributes["tool"]): each.points
        for each in resolved(weights, "theft")
    }
    # status: 0 none, 1 charged, 2 dropped; tool: 0 none, 1 knife.
    assert found == {(0, 0): 10, (0, 1): 10, (1, 0): 20, (1, 1): 50, (2, 0): 10, (2, 1): 10}


def test_a_condition_nobody_meets_leaves_the_event_without_a_weight() -> None:
    weights = [{"category": "theft", "points": 20, "when": {"status": "charged"}}]
    assert [each.attributes for each in resolved(weights, "theft")] == [{"status": 1}]


def test_two_weights_that_one_event_meets_alike_are_refused() -> None:
    weights = [
        {"category": "theft", "points": 10, "when": {"status": "charged"}},
        {"category": "theft", "points": 20, "when": {"tool": "knife"}},
    ]
    with pytest.raises(SelectionError, match="two weights of 'theft' with 1 conditions each"):
        resolved(weights, "theft")


def test_conditions_on_attributes_nobody_declares_are_refused() -> None:
    with pytest.raises(
        SelectionError, match="'severity' has conditions on attributes that no source declares"
    ):
        resolved([{"category": "theft", "points": 1, "when": {"colour": "red"}}], "theft")


def test_dimensions_add_up_or_are_asked_for_alone() -> None:
    weights = [
        {"category": "theft", "points": 5, "dimension": "personal"},
        {"category": "theft", "points": "7.5", "dimension": "financial"},
    ]
    declared = domain(weights, dimensions=("personal", "financial"))
    (both,) = weights_in_force(declared.schemes[0], declared, CODES, ["theft"])
    assert (both.points, len(both.parts)) == (Decimal("12.5"), 2)
    (one,) = weights_in_force(declared.schemes[0], declared, CODES, ["theft"], dimensions=["financial"])
    assert (one.points, len(one.parts)) == (Decimal("7.5"), 1)


def test_trial_points_stand_in_front_of_the_scheme() -> None:
    weights = [
        {"category": "theft", "points": 10, "to": CHANGE},
        {"category": "theft", "points": 30, "from": CHANGE},
        {"category": "violence", "points": 100},
    ]
    found = resolved(weights, "theft", "violence", trial={"theft": Decimal(200)})
    assert said(found) == [("theft", 200), ("violence", 100)]
    assert found[0].parts == ()
    assert (found[0].starts, found[0].ends) == FOREVER


def test_too_many_combinations_of_conditions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_MOST", 2)
    weights = [
        {"category": "theft", "points": 10},
        {"category": "theft", "points": 1, "when": {"status": "charged"}},
    ]
    with pytest.raises(SelectionError, match="too many combinations of values"):
        resolved(weights, "theft")


def test_the_table_has_a_row_per_weight_with_its_attributes() -> None:
    weights = [
        {"category": "theft", "points": "447.3", "when": {"status": "charged"}, "from": CHANGE},
        {"category": "violence", "points": 100},
    ]
    table = weight_table(resolved(weights, "theft"), ["status"])
    assert table.to_pylist() == [
        {
            "weight_no": 1,
            "category": NUMBERS["theft"],
            "starts": CHANGE,
            "ends": FOREVER[1],
            "points": Decimal("447.3000"),
            "t_status": 1,
        }
    ]
