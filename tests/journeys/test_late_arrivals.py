"""How late records come: the curve of data health against counts as known on each delivery's day."""

from __future__ import annotations

from datetime import date

import pytest

from harmscape.engine import Engine
from harmscape.views.changed import Changed
from harmscape.views.data_health import DataHealth
from harmscape.workspace import Workspace

LOOKS = {"2026-07": "2026-07-31", "2026-08": "2026-08-31", "2026-09": "2026-09-30", "2026-10": "2026-10-31"}
"""The demo's deliveries: each tells of the months before it anew."""


def known(demo: Workspace, month: str, day: str) -> int:
    """The crimes of a month as they were known on a day, counted one by one."""

    def count(cursor: Engine) -> int:
        number = demo.snapshot().context.lookup.dictionaries.source["crimes"]
        rows = cursor.rows(
            "known",
            "select e.month, e.known_from, e.known_to from counted_event e where e.source = $source",
            {"source": number},
        )
        asked = date.fromisoformat(day)
        return sum(
            f"{each:%Y-%m}" == month and came <= asked and (went is None or went > asked)
            for each, came, went in rows
        )

    return demo.read("known", {}, count)


def test_the_share_known_at_a_months_end_is_what_was_counted_then(
    demo: Workspace,
) -> None:
    months, days = list(LOOKS), list(LOOKS.values())
    at_end = sum(known(demo, months[at], days[at]) for at in range(3))
    a_month_later = sum(known(demo, months[at], days[at + 1]) for at in range(3))
    found = demo.ask("health")
    assert isinstance(found, DataHealth)
    crimes = next(source for source in found.sources if source.id == "crimes")
    # The chain ladder: between one age and the next, all months seen at both are added up.
    assert crimes.late[0] / crimes.late[1] == pytest.approx(at_end / a_month_later, rel=2e-4)
    assert 0.8 < crimes.late[0] < 0.99
    assert crimes.late[-1] > 0.9995
    members = next(source for source in found.sources if source.id == "group_members")
    assert members.late == ()  # a register tells of itself, and is never late


def test_months_still_arriving_are_told_with_the_share_that_is_known(demo: Workspace) -> None:
    moved, health = demo.ask("changed"), demo.ask("health")
    assert isinstance(moved, Changed)
    assert isinstance(health, DataHealth)
    crimes = next(source for source in health.sources if source.id == "crimes")
    # All crime comes from one source: its curve is that source's, the newest month at the least share.
    wanted = [round(share, 4) for share in crimes.late if share < 0.9995]
    assert [each.known for each in moved.arriving] == pytest.approx(wanted[::-1], abs=1e-4)
    assert moved.arriving[-1].month == "2026-10"
