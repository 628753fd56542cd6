"""Schemes: weights with dates, conditions and dimensions; what may not stand together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from harmscape.model.scheme import Scheme, Weight

CHANGE = date(2024, 1, 1)


def scheme(*weights: dict[str, Any], **more: Any) -> Scheme:
    return Scheme.model_validate(
        {
            "id": "severity",
            "title": "Severity",
            "source": "invented",
            "status": "derived",
            "categories": ["offences"],
            "weights": list(weights),
            **more,
        }
    )


THEFT = {"category": "theft", "points": 10}


@pytest.mark.parametrize("points", ["0", "0.0001", "7978.7931", "99999999.9999"])
def test_points_have_four_places_and_eight_digits_before_them(points: str) -> None:
    assert scheme(THEFT | {"points": points}).weights[0].points == Decimal(points)


@pytest.mark.parametrize("points", ["-0.01", "0.00001", "100000000", "NaN", "Infinity", "ten"])
def test_points_of_another_shape_are_refused(points: str) -> None:
    with pytest.raises(ValidationError):
        scheme(THEFT | {"points": points})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"to": CHANGE}, {}),
        ({"to": date(2024, 1, 2)}, {"from": CHANGE}),
        ({"from": CHANGE}, {"from": date(2025, 1, 1)}),
        ({"when": {"a": "1", "b": "2"}}, {"when": {"b": "2", "a": "1"}}),
    ],
)
def test_two_weights_on_one_day_are_refused(first: dict[str, Any], second: dict[str, Any]) -> None:
    with pytest.raises(
        ValidationError, match="another weight of 'theft' in 'harm' is in force on the same day"
    ):
        scheme(THEFT | first, THEFT | second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"to": CHANGE}, {"from": CHANGE}),
        ({"when": {"a": "1"}}, {"when": {"a": "2"}}),
        ({"when": {"a": "1"}}, {}),
        ({"category": "arson"}, {}),
        ({"dimension": "personal"}, {"dimension": "harm"}),
    ],
)
def test_weights_apart_in_time_condition_category_or_dimension_stand_together(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert len(scheme(THEFT | first, THEFT | second, dimensions=["harm", "personal"]).weights) == 2


def test_the_place_of_the_other_weight_is_named() -> None:
    with pytest.raises(ValidationError, match=r"and stands in schemes/css\.yml:12"):
        scheme(THEFT | {"file": "schemes/css.yml", "line": 12}, THEFT)


def test_an_unknown_dimension_names_the_nearest() -> None:
    with pytest.raises(ValidationError, match="no dimension 'persnal'; did you mean 'personal'"):
        scheme(THEFT | {"dimension": "persnal"}, dimensions=["personal", "financial"])


@pytest.mark.parametrize("ends", [CHANGE, date(2023, 1, 1)])
def test_a_weight_must_start_before_it_ends(ends: date) -> None:
    with pytest.raises(ValidationError, match="the weight of 'theft' must start before it ends"):
        scheme(THEFT | {"from": CHANGE, "to": ends})


def test_unknown_keys_are_errors() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        scheme(THEFT | {"weight": 10})


def test_local_weights_warn_until_somebody_signs() -> None:
    made = scheme(
        THEFT | {"status": "local"},
        {"category": "arson", "points": 1, "status": "local", "signed_by": "harm board"},
        {"category": "robbery", "points": 2},
    )
    assert [weight.category for weight in made.unsigned()] == ["theft"]
    assert [made.status_of(weight) for weight in made.weights] == ["local", "local", "derived"]


def test_attributes_are_those_that_conditions_name() -> None:
    made = scheme(THEFT | {"when": {"status": "charged", "armed": "yes"}}, {"category": "arson", "points": 1})
    assert made.attributes == ("armed", "status")


def test_the_digest_follows_the_figures_and_not_their_place_in_a_file() -> None:
    base = scheme(THEFT)
    assert scheme(THEFT | {"file": "a.yml", "line": 9}).digest == base.digest
    assert scheme(THEFT | {"points": "10.0001"}).digest != base.digest
    assert scheme(THEFT | {"from": CHANGE}).digest != base.digest


def test_overlap_is_the_same_from_both_sides() -> None:
    early, late = (
        Weight(category="t", points=Decimal(1), ends=CHANGE),
        Weight(category="t", points=Decimal(1)),
    )
    after = Weight(category="t", points=Decimal(1), starts=CHANGE)
    assert early.overlaps(late)
    assert late.overlaps(early)
    assert not early.overlaps(after)
    assert not after.overlaps(early)
