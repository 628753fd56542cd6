"""What forms say of circumstances: four answers each, recorded, looked for and none, or not asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.deliveries import month_end
from harmscape.demo.events import Span
from harmscape.demo.safeguarding.agencies import AGENCIES, NONE, NOT_ASKED, RECORDED, SOCIAL_CARE
from harmscape.demo.safeguarding.families import NEVER, Families, Flags
from harmscape.demo.safeguarding.plan import BACKGROUND, HIDDEN, PAST, YES, Plan
from harmscape.demo.safeguarding.records import FIRST_CIRCUMSTANCE, FIRST_FORMS, Records, make_records
from harmscape.demo.safeguarding.rhythm import days_of_agencies, minutes_of
from harmscape.demo.terrain import Floats

SEEN_SHARE = 0.85
"""How often asking finds what is there."""
FILLED_IN_SHARE = 0.01
"""Forms on which what was not asked is asked later, and the answer is none."""
LATEST_PLANNED, EARLIEST_PLANNED = 50, 330
"""Planned forms are filled in so many days before the end, so that they are in the last 12 months."""

Grid = NDArray[np.int64]


def draw_forms(
    plan: Plan, families: Families, span: Span, expected: float, rng: np.random.Generator
) -> Records:
    """Draw about `expected` forms and give a record for each of their four answers."""
    family, day, agency = _occasions(plan, span, expected, rng)
    planned = np.arange(len(family)) < _planned(plan).size
    answers = _answers(plan, family, day, agency, planned, span, rng)
    count = len(family)
    other_adult = rng.integers(0, 1 << 30, count) % families.adults[family]
    person = families.first[family] + np.where(plan.pattern[family] == YES, 0, other_adult)
    recorded = day + np.minimum(rng.geometric(0.35, count) - 1, 30)
    first = _first_answers(answers, plan.pattern[family] == BACKGROUND, rng)
    kinds, first_kinds = (FIRST_CIRCUMSTANCE + 3 * np.arange(4) + grid for grid in (answers, first))
    filled_in = recorded + rng.integers(8, 60, count)
    four = np.repeat(np.arange(count), 4)
    return make_records(
        stream=(FIRST_FORMS + agency)[four], kind=kinds.ravel(), first_kind=first_kinds.ravel(),
        person=person[four], minute=minutes_of(day, rng)[four], recorded=recorded[four], occasion=four,
        changed=np.where((kinds != first_kinds).ravel(), filled_in[four], NEVER),
    )  # fmt: skip


def _planned(plan: Plan) -> Ints:
    """The families of planned forms: two in the last year for each, and one before it for `past`."""
    yes, hidden, past = (np.flatnonzero(plan.pattern == kind) for kind in (YES, HIDDEN, PAST))
    return np.concatenate([yes, yes, hidden, hidden, past, past, past])


def _occasions(plan: Plan, span: Span, expected: float, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Family, day and agency of each form, the planned ones first."""
    planned = _planned(plan)
    past = int((plan.pattern == PAST).sum())
    days = span.days - rng.integers(LATEST_PLANNED, EARLIEST_PLANNED, len(planned))
    first_day = 10
    before = window_starts(span) - 40
    days[len(days) - past :] = rng.integers(first_day, before, past)
    weight = 0.5 + np.minimum(plan.enquiries / plan.enquiries.mean(), 4.0)
    rest = max(expected - len(planned), 0.0)
    others = np.repeat(np.arange(len(weight)), rng.poisson(rest * weight / weight.sum()))
    agency = rng.choice(len(AGENCIES), len(others), p=[each.forms for each in AGENCIES])
    return (
        np.concatenate([planned, others]),
        np.concatenate([days, days_of_agencies(agency, span, rng)]),
        np.concatenate([np.full(len(planned), SOCIAL_CARE), agency]),
    )


def window_starts(span: Span) -> int:
    """The first day of the last 12 months."""
    return span.number(month_end(span.ends, -12)) + 1


def _answers(
    plan: Plan, family: Ints, day: Ints, agency: Ints, planned: Flags, span: Span, rng: np.random.Generator
) -> Grid:
    """Forms x 4: the place of each answer in `ANSWERS`."""
    chance: Floats = np.array([each.asks for each in AGENCIES])[agency]
    has, pattern = plan.has[family], plan.pattern[family]
    asked = rng.random(has.shape) < chance
    seen = rng.random(has.shape) < SEEN_SHARE
    answers = np.where(asked, np.where(has & seen, RECORDED, NONE), NOT_ASKED)
    answers[planned] = np.where(has[planned], RECORDED, NONE)
    last = _one_of(plan.has, rng)[family]
    in_window = (day >= window_starts(span))[:, None]
    # Of half the families with three, nobody asked about the fourth: a blank that must not count as a no.
    never_asked = (rng.random(len(plan.has)) < 0.5)[family, None] & (pattern == YES)[:, None] & ~has
    answers[never_asked | ((pattern == HIDDEN)[:, None] & last)] = NOT_ASKED
    over = (pattern == PAST)[:, None] & last & in_window
    answers[over] = NONE
    return np.asarray(answers, np.int64)


def _one_of(
    has: np.ndarray[tuple[int, int], np.dtype[np.bool_]], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """For each family one of the circumstances it has; none if it has none."""
    draw = np.where(has, rng.random(has.shape), -1.0)
    return np.asarray(has & (draw == draw.max(axis=1, keepdims=True)))


def _first_answers(answers: Grid, background: Flags, rng: np.random.Generator) -> Grid:
    late = background & (rng.random(len(answers)) < FILLED_IN_SHARE)
    return np.where(late[:, None] & (answers == NONE), NOT_ASKED, answers)
