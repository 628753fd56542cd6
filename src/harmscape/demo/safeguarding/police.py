"""What the police tell besides contacts: children missing and found, and crimes with a child present."""

from __future__ import annotations

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.safeguarding.families import Families
from harmscape.demo.safeguarding.plan import Plan
from harmscape.demo.safeguarding.records import (
    CRIMES,
    CRIMES_SEEN,
    FIRST_CRIME,
    MISSING,
    MISSING_EPISODES,
    Records,
    make_records,
)
from harmscape.demo.safeguarding.rhythm import day_weights, draw_days, minutes_of, off_the_clock_change

SAME_CHILD = 0.85
"""How often it is the eldest child of a family who is missing."""
HOURS_MISSING = (11.0, 1.0)
"""The median of hours missing, and their spread (log)."""
CRIME_SHARES = (0.62, 0.05, 0.15, 0.18)


def draw_missing(plan: Plan, families: Families, land: Land, span: Span, rng: np.random.Generator) -> Records:
    """Draw the missing episodes; in one locality there are more from a day on, if the plan says so."""
    years = span.days / 365.25
    weights = day_weights(span, office=False, term=False)
    family = np.repeat(np.arange(len(plan.missing)), rng.poisson(plan.missing * years))
    day = draw_days(weights, len(family), rng)
    if plan.doubling is not None:
        starts = span.number(plan.doubling.starts)
        inside = land.sectors.members[land.places.area[families.home]] == plan.locality
        added = plan.missing * inside * years * weights[starts:].sum() * (plan.doubling.ratio - 1)
        more = np.repeat(np.arange(len(added)), rng.poisson(added))
        family = np.concatenate([family, more])
        day = np.concatenate([day, draw_days(weights, len(more), rng, first=starts)])
    return _episodes(family, day, families, span, rng)


def _episodes(family: Ints, day: Ints, families: Families, span: Span, rng: np.random.Generator) -> Records:
    count = len(family)
    children = families.size[family] - families.adults[family]
    other = rng.integers(0, 1 << 30, count) % children
    child = np.where(rng.random(count) < SAME_CHILD, 0, other)
    minute = minutes_of(day, rng, hour=21.5, spread=2.8)
    hours = np.exp(rng.normal(np.log(HOURS_MISSING[0]), HOURS_MISSING[1], count))
    until = minute + np.rint(np.minimum(hours, 24 * 25) * 60).astype(np.int64) + 5
    minute, until = off_the_clock_change(minute, span), off_the_clock_change(until, span)
    return make_records(
        stream=MISSING_EPISODES, kind=MISSING, minute=minute,
        person=families.first[family] + families.adults[family] + child,
        recorded=minute // 1440, until=until, changed=until // 1440,
    )  # fmt: skip


def draw_crimes(
    plan: Plan, families: Families, span: Span, expected: float, rng: np.random.Generator
) -> Records:
    """Draw about `expected` crimes at which a child of the family was present."""
    weight = 0.3 + np.minimum(plan.enquiries, 4.0)
    family = np.repeat(np.arange(len(weight)), rng.poisson(expected * weight / weight.sum()))
    count = len(family)
    children = families.size[family] - families.adults[family]
    child = families.first[family] + families.adults[family] + rng.integers(0, 1 << 30, count) % children
    day = draw_days(day_weights(span, office=False, term=False), count, rng)
    return make_records(
        stream=CRIMES_SEEN, kind=FIRST_CRIME + rng.choice(len(CRIMES), count, p=CRIME_SHARES), person=child,
        minute=off_the_clock_change(minutes_of(day, rng, hour=20.0, spread=4.0), span),
        recorded=day + np.minimum(rng.geometric(0.4, count) - 1, 30),
    )  # fmt: skip
