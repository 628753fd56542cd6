"""Who may be a match? Three rules on invented people whose rates never change, by why they are referred."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harmscape.change.cohort import cohort_change, match_people

PEOPLE, MONTHS, HALF, YEAR = 6_000, 60, 6, 12
NEVER = 10**6
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def lives(rng: np.random.Generator, trigger: float, by_rate: float) -> tuple[Floats, Ints]:
    """Events by person and month, and the month of referral: likelier by the rate, or soon after events."""
    rate = rng.gamma(0.6, 0.2, PEOPLE)
    events = rng.poisson(rate[:, None] * np.ones(MONTHS)).astype(float)
    likely = 0.004 * (rate / rate.mean()) ** by_rate
    when = np.full(PEOPLE, NEVER)
    for month in range(HALF, MONTHS):
        lately = events[:, month - 2 : month + 1].sum(axis=1)
        chance = np.minimum(likely * np.exp(trigger * lately), 0.5)
        when[(when == NEVER) & (rng.random(PEOPLE) < chance)] = month
    return events, when


def about(events: Floats, rows: Ints, at: Ints, until: Ints) -> tuple[Floats, Floats, Floats]:
    """Events by half year before a month; events and months after it, up to a year or until a month."""
    total = np.hstack([np.zeros((len(events), 1)), events.cumsum(axis=1)])
    before = np.diff(total[rows[:, None], at[:, None] - HALF * np.arange(4, -1, -1)], axis=1)
    ends = np.minimum(at + 1 + YEAR, until)
    return before, total[rows, ends] - total[rows, at + 1], (ends - at - 1).astype(float)


def ratio(events: Floats, when: Ints, rule: str) -> float:
    """The effect told of those referred, which is none; rule: who may be a match."""
    own = np.flatnonzero((when >= 4 * HALF) & (when + YEAR < MONTHS))
    rows, at, until = [], [], []
    for month in np.unique(when[own]).tolist():
        who = {
            "after the year": (when > month + YEAR) & (when < MONTHS),
            "any later": (when > month) & (when < MONTHS),
            "not yet or never": when > month,
        }[rule]
        rows.append(np.flatnonzero(who))
        at.append(np.full(who.sum(), month))
        until.append(np.where(rule == "after the year", MONTHS, np.minimum(when[who] + 1, MONTHS)))
    joined, months = np.concatenate(rows), np.concatenate(at)
    before, after, _ = about(events, own, when[own], np.full(len(own), MONTHS))
    others, followed, free = about(events, joined, months, np.concatenate(until))
    matches = match_people(before, others, group=when[own], people_group=months)
    year = np.full(len(own), float(YEAR))
    return cohort_change(after, followed, matches, at_risk=year, people_at_risk=free).effect.ratio


@pytest.mark.soak
@pytest.mark.parametrize(("trigger", "by_rate"), [(0.0, 1.0), (0.5, 0.0), (0.5, 1.0), (1.0, 0.0)])
def test_those_referred_after_the_year_stray_least(trigger: float, by_rate: float) -> None:
    rng = np.random.default_rng(3)
    forces = [lives(rng, trigger, by_rate) for _ in range(12)]
    found = {
        rule: float(np.median([ratio(*each, rule) for each in forces]))
        for rule in ("after the year", "any later", "not yet or never")
    }
    print(f"\nafter events {trigger}, by rate {by_rate}: {found}")
    assert found["after the year"] == pytest.approx(1.0, abs=0.08)
    # Each of the others strays further somewhere: by whom one refers, or by when.
    if by_rate:
        assert found["not yet or never"] > 1.1
    if trigger:
        assert found["any later"] < 0.93


def test_a_fall_after_a_bad_spell_is_no_effect_with_those_referred_after_the_year() -> None:
    events, when = lives(np.random.default_rng(5), 1.0, 0.0)
    assert ratio(events, when, "after the year") == pytest.approx(1.0, abs=0.12)
