"""The two sides of a cohort about the month of a referral: those referred, and others who were not yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from harmscape.change.cohort import Matches
from harmscape.change.cohort_pace import pace, pace_of_matches
from harmscape.views.cohort_people import Floats, People, Referral
from harmscape.views.impact_figure import known

Ints = NDArray[np.int64]

WINDOW_MONTHS, WINDOWS = 6, 4
"""People are matched on what they did in each half year of the two years before."""
AFTER_MONTHS, STEP_MONTHS = 12, 3
_BEFORE_MONTHS = WINDOW_MONTHS * WINDOWS
_PER_PEOPLE, _MONTH_DAYS = 100, 365.25 / 12


@dataclass(frozen=True, slots=True)
class Balance:
    """A half year before: events of a referred person and of a match on average, how far apart the two are
    in standard deviations of people, and the share of the half year that each was free."""

    months_before: int
    referred: float
    matches: float
    apart: float
    referred_free: float
    matches_free: float


@dataclass(frozen=True, slots=True)
class Step:
    """Three months about the referral: events a month for 100 people who are free, with 95 % limits.

    from_month, to_month: counted from the month of the referral, which is 0 and on neither side.
    """

    from_month: int
    to_month: int
    side: str
    referred: float | None
    referred_lo: float | None
    referred_hi: float | None
    matches: float | None
    matches_lo: float | None
    matches_hi: float | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People who were referred and are not compared, and why."""

    why: str
    people: int


@dataclass(frozen=True)
class Side:
    """People about a month, a row each: events and days free by half year before; events, points and days
    free in the year after; events and days free by step. `row`: the person; `at`: the month."""

    row: Ints
    at: Ints
    before: Floats
    free_before: Floats
    after: Floats
    harm_after: Floats
    free_after: Floats
    steps: Floats
    free_steps: Floats

    def where(self, kept: NDArray[np.bool_]) -> Side:
        return Side(**{each.name: getattr(self, each.name)[kept] for each in fields(self)})

    @property
    def free_shares(self) -> Floats:
        """Days free by half year over those of a half year."""
        return self.free_before / (WINDOW_MONTHS * _MONTH_DAYS)


def followed(
    people: People, referred: Mapping[int, Referral], months: Mapping[date, int]
) -> tuple[Side, list[LeftOut]]:
    """Those referred who can be followed, and who is left out."""
    own, at, early, late = [], [], 0, 0
    first = min(months)
    for person, each in referred.items():
        if not each.counts:
            continue
        place = months.get(each.month, -1 if each.month < first else len(months))
        if place < _BEFORE_MONTHS:
            early += 1
        elif place + AFTER_MONTHS >= len(months):
            late += 1
        else:
            own.append(people.row[person])
            at.append(place)
    side = about(people, np.array(own, dtype=np.int64), np.array(at, dtype=np.int64))
    free = side.free_after > 0
    told = [
        LeftOut("referred before two years were known of them", early),
        LeftOut("referred less than a year before the data end", late),
        LeftOut("away all of the year after", int((~free).sum())),
    ]
    return side.where(free), [each for each in told if each.people]


def not_yet(
    people: People, referred: Mapping[int, Referral], months: Mapping[date, int], groups: Ints
) -> Side:
    """For each month of referral, those who were referred only after the year that follows it."""
    row = np.array([people.row[person] for person in referred])
    first = np.array([months.get(each.month, len(months)) for each in referred.values()])
    early = np.array([each.month < min(months) for each in referred.values()])
    rows, at = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for group in groups.tolist():
        waiting = row[(first > group + AFTER_MONTHS) & ~early]
        rows.append(waiting)
        at.append(np.full(len(waiting), group))
    side = about(people, np.concatenate(rows), np.concatenate(at))
    return side.where(side.free_after > 0)


def about(people: People, rows: Ints, at: Ints) -> Side:
    """What some people did, and how long they were free, before and after a month each."""
    halves = at[:, None] - WINDOW_MONTHS * np.arange(WINDOWS, -1, -1)
    year = np.stack([at + 1, at + 1 + AFTER_MONTHS], axis=1)
    earlier = at[:, None] - STEP_MONTHS * np.arange(_BEFORE_MONTHS // STEP_MONTHS, -1, -1)
    later = at[:, None] + 1 + STEP_MONTHS * np.arange(AFTER_MONTHS // STEP_MONTHS + 1)

    def within(table: Floats, edges: Ints) -> Floats:
        total = np.concatenate([np.zeros((len(table), 1)), np.cumsum(table, axis=1)], axis=1)
        return np.diff(total[rows[:, None], edges], axis=1)

    def stepped(table: Floats) -> Floats:
        return np.concatenate([within(table, earlier), within(table, later)], axis=1)

    return Side(
        row=rows,
        at=at,
        before=within(people.events, halves),
        free_before=within(people.free, halves),
        after=within(people.events, year)[:, 0],
        harm_after=within(people.harm, year)[:, 0],
        free_after=within(people.free, year)[:, 0],
        steps=stepped(people.events),
        free_steps=stepped(people.free),
    )


def balance(ours: Side, theirs: Side, matches: Matches) -> tuple[Balance, ...]:
    """How alike the matched and their matches were in each half year before."""
    kept = matches.matched
    free, matched_free = ours.free_shares[kept].mean(axis=0), _of_matches(theirs.free_shares, matches)
    spread = np.sqrt((ours.before[kept].var(axis=0, ddof=1) + theirs.before.var(axis=0, ddof=1)) / 2)
    apart = np.abs(matches.ours - matches.theirs) / np.where(spread > 0, spread, 1.0)
    return tuple(
        Balance(
            months_before=(WINDOWS - n) * WINDOW_MONTHS,
            referred=round(float(matches.ours[n]), 4),
            matches=round(float(matches.theirs[n]), 4),
            apart=round(float(apart[n]), 4),
            referred_free=min(round(float(free[n]), 4), 1.0),
            matches_free=min(round(float(matched_free[n]), 4), 1.0),
        )
        for n in range(WINDOWS)
    )


def away_after(ours: Side, theirs: Side, matches: Matches) -> tuple[float, float]:
    """The shares of the year after in which the matched and their matches were away."""
    year = AFTER_MONTHS * _MONTH_DAYS
    if not matches.matched.any():
        return 0.0, 0.0
    mine = float(ours.free_after[matches.matched].mean())
    other = float(_of_matches(theirs.free_after[:, None], matches)[0])
    return max(1 - mine / year, 0.0), max(1 - other / year, 0.0)


def steps(ours: Side, theirs: Side, matches: Matches) -> tuple[Step, ...]:
    """The picture: events by three months about the referral, of both sides."""
    unit = _PER_PEOPLE * _MONTH_DAYS
    mine = pace(ours.steps[matches.matched], ours.free_steps[matches.matched])
    other = pace_of_matches(theirs.steps, theirs.free_steps, matches, who=theirs.row)
    before = _BEFORE_MONTHS // STEP_MONTHS
    found = []
    for n in range(before + AFTER_MONTHS // STEP_MONTHS):
        starts = (n - before) * STEP_MONTHS if n < before else (n - before) * STEP_MONTHS + 1
        figures = [known(round(float(each[n]) * unit, 4)) for each in (*mine, *other)]
        side = "before" if n < before else "after"
        found.append(Step(starts, starts + STEP_MONTHS - 1, side, *figures))
    return tuple(found)


def _of_matches(table: Floats, matches: Matches) -> Floats:
    """The mean of a figure over matches, each person's matches together counting as one."""
    rows = matches.chosen[matches.matched]
    some = (rows >= 0)[:, :, None]
    return np.asarray((np.where(some, table[rows], 0.0).sum(axis=1) / some.sum(axis=1)).mean(axis=0))
