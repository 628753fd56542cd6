"""The counts behind an impact: events and harm of every unit by month and kind, with the months that count.

A gap is a gap: a month that some source lacks is in no sum, and nan where a series is read. All months are
weighed with the weights in force in the last of them, so that a new weight is no change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from harmscape.model.period import Period
from harmscape.scoring.score import weighed_join
from harmscape.views.areas import root_of
from harmscape.views.question import Question, parameters

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """Events of u units over m months, by unit, month and kind of event.

    events: shape (u, m), nan in a month that is missing. at, month, kind, number: one entry for each unit,
    month and kind that has any, shape (n,): how many of it. points: of one event of each kind, shape (k,).
    branch: the branch of categories of each kind, shape (k,). usable: months no source lacks, shape (m,).
    """

    months: tuple[date, ...]
    events: Floats
    usable: Flags
    at: NDArray[np.int64]
    month: NDArray[np.int64]
    kind: NDArray[np.int64]
    number: Floats
    points: Floats
    branch: NDArray[np.int64]
    titles: tuple[str, ...]

    @property
    def calendar(self) -> NDArray[np.int64]:
        """Months of the year, 1 to 12, shape (m,)."""
        return np.array([month.month for month in self.months])

    def series(self, units: Flags) -> Floats:
        """Events a month of some units together, shape (m,); nan in a gap."""
        return self.events[units].sum(axis=0) if units.any() else np.where(self.usable, 0.0, np.nan)

    def harm(self) -> Floats:
        """Points of every unit by month, shape (u, m); nan in a gap."""
        found = np.zeros(self.events.shape)
        np.add.at(found, (self.at, self.month), self.number * self.points[self.kind])
        found[:, ~self.usable] = np.nan
        return found

    def by_kind(self, units: Flags, before: Flags, after: Flags) -> Floats:
        """Events of some units before and after by kind, shape (2, k)."""
        found = np.zeros((2, len(self.points)))
        for row, when in enumerate((before, after)):
            held = units[self.at] & when[self.month]
            np.add.at(found[row], self.kind[held], self.number[held])
        return found

    def mix(self, before: Flags) -> Floats:
        """Events of every unit before by branch of the categories, shape (u, b)."""
        found = np.zeros((len(self.events), int(self.branch.max(initial=0)) + 1))
        held = before[self.month]
        np.add.at(found, (self.at[held], self.branch[self.kind[held]]), self.number[held])
        return found


def read_counts(question: Question) -> Counts:
    """The counts of a question over its own period of whole months."""
    period = question.selection.period
    months = tuple(period.months)
    rows = _rows(question, period)
    place = {month: index for index, month in enumerate(months)}
    kinds, kind_of = _kinds(question, period)
    at = np.array([row[0] for row in rows], dtype=np.int64) - 1
    month = np.array([place[row[1]] for row in rows], dtype=np.int64)
    kind = np.array([kind_of[row[2], row[3]] for row in rows], dtype=np.int64)
    number = np.array([float(row[5]) for row in rows])
    events = np.zeros((len(question.book.codes), len(months)))
    np.add.at(events, (at, month), [row[4] for row in rows])
    gaps = question.gaps()
    usable = np.array([each not in gaps and question.reaches(each) for each in months])
    events[:, ~usable] = np.nan
    kept = usable[month]
    return Counts(
        months=months,
        events=events,
        usable=usable,
        at=at[kept],
        month=month[kept],
        kind=kind[kept],
        number=number[kept],
        points=np.array([each.points for each in kinds]),
        branch=np.array([each.branch for each in kinds], dtype=np.int64),
        titles=tuple(each.title for each in kinds),
    )


def total(series: Floats, when: Flags) -> float:
    """The sum of a series over some months that are at hand."""
    return float(series[when].sum())


@dataclass(frozen=True)
class _Kind:
    """A category with attributes that weigh: its points in the last month, and its branch."""

    title: str
    points: float
    branch: int


def _rows(question: Question, period: Period) -> Sequence[tuple[int, date, int | None, int, int, Decimal]]:
    """Unit, month, weight, category, events, quantity; events of UNPLACED are in no unit."""
    picked = question.pick(period)
    if picked.tally is not None:
        source, where, count = picked.table, picked.tally.sql, "sum(e.events)::bigint, sum(e.quantity)"
        month = "date_trunc('month', e.day)::date"
    else:
        source, where, count = picked.relation(), picked.events.sql, "count(*), sum(e.quantity)"
        month = "e.month"
    column = f"e.{question.area_column}"
    return question.cursor.rows(
        "events by unit, month and kind",
        f"""
        select {column} as area_no, {month} as month, w.weight_no, e.category, {count}
        from {source} e {weighed_join(question.attributes)}
        where {where} and {column} > 0
        group by all order by all
        """,
        parameters(picked),
    )


def _kinds(question: Question, period: Period) -> tuple[list[_Kind], Mapping[tuple[int | None, int], int]]:
    """Kinds of events, and the kind of each weight and category.

    Weights that follow each other for the same events are one kind, with the points of the last in force.
    """
    domain = question.context.domain
    roots: dict[str, int] = {}
    kinds: list[_Kind] = []
    number_of: dict[tuple[int, tuple[int, ...]], int] = {}
    kind_of: dict[tuple[int | None, int], int] = {}
    for each in sorted(question.weights, key=lambda one: one.starts):
        branch = roots.setdefault(root_of(domain, each.category), len(roots))
        key = (each.category_no, tuple(each.attributes.values()))
        kind = _Kind(domain.categories[each.category].title, float(each.points), branch)
        if key not in number_of:
            number_of[key] = len(kinds)
            kinds.append(kind)
        elif each.starts < period.ends:
            kinds[number_of[key]] = kind
        kind_of[each.no, each.category_no] = number_of[key]
    for number, name in question.category_ids.items():
        # Events that no weight holds for are counted, and add nothing to the harm.
        if name in domain.categories:
            kind_of[None, number] = len(kinds)
            branch = roots.setdefault(root_of(domain, name), len(roots))
            kinds.append(_Kind(domain.categories[name].title, 0.0, branch))
    return kinds, kind_of
