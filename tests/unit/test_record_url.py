"""The address of a record in its own system: only https or http, only the reference, never another site."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from harmscape.model.source import Source

SOURCE: dict[str, Any] = {
    "id": "crimes",
    "title": "Crimes",
    "files": ["crimes.csv"],
    "reference": "Crime number",
    "occurred": {"column": "day", "grain": "day"},
    "category": {"list": "offences", "column": "kind"},
    "policy": {"agency": "police"},
}


@pytest.mark.parametrize(
    "url", ["https://records.example/{reference}", "http://10.0.0.7:8080/crime?id={reference}&view=full"]
)
def test_an_address_with_the_reference_in_it_is_sound(url: str) -> None:
    assert Source.model_validate(SOURCE | {"record_url": url}).record_url == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert('{reference}')",
        "file:///records/{reference}",
        "https://{reference}",
        "https://{reference}.example/",
        "https://records.example/",
        "https://records.example/{reference}/{day}",
        "https://records.example/{reference} x",
        'https://records.example/{reference}"onload',
        "//records.example/{reference}",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="record_url must be an https or http address"):
        Source.model_validate(SOURCE | {"record_url": url})


def test_an_address_needs_a_reference_column() -> None:
    given = {key: value for key, value in SOURCE.items() if key != "reference"}
    with pytest.raises(ValidationError, match="must name its reference column"):
        Source.model_validate(given | {"record_url": "https://records.example/{reference}"})
