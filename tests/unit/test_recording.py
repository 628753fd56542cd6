"""Recording changes: what they touch, and what is said where they are declared wrongly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.errors import ConfigError
from harmscape.model.period import Period
from harmscape.model.recording import RecordingChange
from harmscape.workspace.begin import begin

YEAR = Period(date(2021, 1, 1), date(2022, 1, 1))


def change(starts: str, ends: str | None = None) -> RecordingChange:
    return RecordingChange.model_validate(
        {"id": "one", "title": "One", "from": starts, "to": ends, "reason": "a test"}
    )


def test_a_lasting_change_lies_within_a_period_unless_it_begins_or_ends_it() -> None:
    assert change("2021-06-01").is_within(YEAR)
    assert not change("2021-01-01").is_within(YEAR)
    assert not change("2022-01-01").is_within(YEAR)
    assert not change("2021-06-01").overlaps(YEAR)


def test_an_unusual_span_shares_its_first_and_its_last_day() -> None:
    assert change("2020-03-23", "2021-01-01").overlaps(YEAR)
    assert change("2021-12-31", "2022-05-01").overlaps(YEAR)
    assert not change("2020-03-23", "2020-12-31").overlaps(YEAR)
    assert not change("2022-01-01", "2022-12-31").overlaps(YEAR)
    with pytest.raises(ValueError, match="ends before it begins"):
        change("2021-06-01", "2021-05-01")


def test_a_name_that_nobody_declared_is_told_at_its_line(tmp_path: Path) -> None:
    begin(tmp_path / "ws", "police-uk")
    path = tmp_path / "ws" / "harmscape.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "      to: 2021-07-18\n",
            "      to: 2021-07-18\n      categories: [burglry]\n      sources: [stret]\n",
        ),
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as found:
        load_domain(tmp_path / "ws")
    said = str(found.value)
    assert "did you mean 'burglary'?" in said
    assert "did you mean 'street'?" in said
