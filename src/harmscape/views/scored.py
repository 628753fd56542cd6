"""Scored areas: a selection's events, rolled up to the areas of a geography and weighed, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from harmscape.model.entity import EVERYTHING
from harmscape.model.period import Period
from harmscape.scoring.pick import Pick
from harmscape.scoring.score import cluster_sql, score_sql
from harmscape.scoring.weights import InForce
from harmscape.views.question import Question, parameters

Floats = NDArray[np.float64]
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Scored:
    """Scores of p areas over m cells (weights in force); index p - 1 of nothing is UNPLACED, kept apart.

    quantities: shape (p, m). points: shape (m,). events, variance, largest: shape (p,). harm: p Decimals.
    squares: the sum over incidents of squared quantity, shape (p,): how far events come together.
    certain: the part of harm that is no matter of chance, such as a register's stock, shape (p,); it is in no
    quantity. distinct: events and harm in all where those of the subjects do not add up to them.
    by_parts: the same for each set of measures of a sum, one bit a measure, every event once.
    unweighted: events by category id that no weight holds for, with those of UNPLACED.
    """

    cells: tuple[InForce, ...]
    quantities: Floats
    points: Floats
    events: NDArray[np.int64]
    harm: tuple[Decimal, ...]
    variance: Floats
    squares: Floats
    largest: Floats
    unplaced_events: int
    unplaced_harm: Decimal
    unplaced_quantities: Floats
    certain: Floats
    distinct: tuple[int, Decimal] | None
    by_parts: dict[int, tuple[int, Decimal]]
    unweighted: dict[str, int]
    events_by_cell: NDArray[np.int64]
    harm_by_cell: tuple[Decimal, ...]

    @property
    def total_events(self) -> int:
        return self.distinct[0] if self.distinct else int(self.events.sum()) + self.unplaced_events

    @property
    def total_harm(self) -> Decimal:
        return self.distinct[1] if self.distinct else self.added_harm

    @property
    def added_harm(self) -> Decimal:
        """The harm of all subjects added up: more than the total where one event counts for several."""
        return sum(self.harm, NOTHING) + self.unplaced_harm


def score_areas(question: Question, period: Period | None = None) -> Scored:
    """Score every area of the selection's geography in its period or another.

    Leaves the temporary table `score` on the cursor.
    """
    picked = question.pick(period)
    by_parts = _by_parts(question, picked, period)
    cursor, attributes = question.cursor, question.attributes
    cursor.create("score", score_sql(picked, question.area_column, attributes), parameters(picked))
    cells = tuple(question.weights)
    areas = len(question.book.codes)
    rows = cursor.arrow("score", "select * from score where weight_no is not null")
    at, cell = _index(rows, "area_no"), _index(rows, "weight_no") - 1
    quantities = np.zeros((areas + 1, len(cells)))
    sure = rows.column("certain").to_numpy()
    chance = np.where(sure, 0.0, rows.column("quantity").to_numpy().astype(np.float64))
    np.add.at(quantities, (at, cell), chance)
    certain = np.zeros(areas + 1)
    np.add.at(certain, at, np.where(sure, rows.column("harm").to_numpy().astype(np.float64), 0.0))
    variance, largest = np.zeros(areas + 1), np.zeros(areas + 1)
    np.add.at(variance, at, rows.column("variance").to_numpy())
    np.maximum.at(largest, at, rows.column("largest").to_numpy())
    by_cell = np.zeros(len(cells), dtype=np.int64)
    np.add.at(by_cell, cell, rows.column("events").to_numpy())
    squares = np.zeros(areas + 1)
    np.add.at(squares, at, rows.column("squares").to_numpy())
    clustered, clustered_squares = _clusters(question, picked, areas)
    variance += clustered
    squares += clustered_squares
    harm, events = [NOTHING] * (areas + 1), np.zeros(areas + 1, dtype=np.int64)
    totals = cursor.rows(
        "areas", "select s.area_no, sum(s.events)::bigint, sum(s.harm) from score s group by s.area_no"
    )
    for number, count, points in totals:
        events[number], harm[number] = count, points or NOTHING
    return Scored(
        cells=cells,
        quantities=quantities[1:],
        points=np.array([float(each.points) for each in cells]),
        events=events[1:],
        harm=tuple(harm[1:]),
        variance=variance[1:],
        squares=squares[1:],
        largest=largest[1:],
        unplaced_events=int(events[0]),
        unplaced_harm=harm[0],
        unplaced_quantities=quantities[0],
        certain=certain[1:],
        distinct=_distinct(by_parts, published=question.selection.sums == "published"),
        by_parts=by_parts,
        unweighted=_unweighted(question),
        events_by_cell=by_cell,
        harm_by_cell=_harm_by_cell(question, len(cells)),
    )


def _by_parts(question: Question, picked: Pick, period: Period | None) -> dict[int, tuple[int, Decimal]]:
    """Events and harm in all, each event and entity once, by the measures of a sum they belong to.

    Empty where the subjects' figures add up to the total.
    """
    if not picked.marked:
        return {}
    everything = question.selection.model_copy(update={"by": EVERYTHING, "areas": (), "sums": "distinct"})
    whole = replace(question, selection=everything, rolled={}, trending=None).pick(period)
    sql = f"""
        with score as ({score_sql(whole, f"a_{EVERYTHING}", question.attributes)})
        select s.parts, sum(s.events)::bigint, coalesce(sum(s.harm), 0) from score s group by s.parts
    """
    rows = question.cursor.rows("everything", sql, parameters(whole))
    return {int(parts): (int(events), Decimal(harm)) for parts, events, harm in rows}


def _distinct(by_parts: dict[int, tuple[int, Decimal]], *, published: bool) -> tuple[int, Decimal] | None:
    if not by_parts:
        return None
    harm = (points * (parts.bit_count() if published else 1) for parts, (_, points) in by_parts.items())
    return sum(events for events, _ in by_parts.values()), sum(harm, NOTHING)


def without_cells(scored: Scored, question: Question, apart: NDArray[np.bool_]) -> Scored:
    """The same scores without some cells, exact to the digit; `apart` is one flag a cell."""
    numbers = [cell.no for cell, out in zip(scored.cells, apart, strict=True) if out]
    rows = question.cursor.rows(
        "set apart",
        """
        select s.area_no, sum(s.events)::bigint, sum(s.harm),
               sum(s.variance order by s.weight_no), sum(s.squares order by s.weight_no)
        from score s
        where list_contains($numbers, s.weight_no) group by s.area_no
        """,
        {"numbers": numbers},
    )
    events, harm = scored.events.copy(), list(scored.harm)
    variance, squares = scored.variance.copy(), scored.squares.copy()
    unplaced_events, unplaced_harm = scored.unplaced_events, scored.unplaced_harm
    for number, count, points, spread, square in rows:
        if number == 0:
            unplaced_events, unplaced_harm = unplaced_events - count, unplaced_harm - points
            continue
        events[number - 1] -= count
        harm[number - 1] -= points
        variance[number - 1] = max(variance[number - 1] - spread, 0.0)
        squares[number - 1] = max(squares[number - 1] - square, 0.0)
    kept = ~apart
    distinct = None
    if scored.distinct is not None:
        out = sum(int(scored.events_by_cell[i]) for i in np.flatnonzero(apart))
        less = sum((scored.harm_by_cell[i] for i in np.flatnonzero(apart)), NOTHING)
        distinct = (scored.distinct[0] - out, scored.distinct[1] - less)
    quantities = np.where(kept, scored.quantities, 0.0)
    return replace(
        scored,
        cells=tuple(cell for cell, keep in zip(scored.cells, kept, strict=True) if keep),
        quantities=quantities[:, kept],
        points=scored.points[kept],
        events=events,
        harm=tuple(harm),
        variance=variance,
        squares=squares,
        largest=np.max(np.where(quantities > 0, scored.points, 0.0), axis=1, initial=0.0),
        unplaced_events=unplaced_events,
        unplaced_harm=unplaced_harm,
        unplaced_quantities=scored.unplaced_quantities[kept],
        distinct=distinct,
        events_by_cell=scored.events_by_cell[kept],
        harm_by_cell=tuple(h for h, keep in zip(scored.harm_by_cell, kept, strict=True) if keep),
    )


def rare_cells(scored: Scored, question: Question) -> NDArray[np.bool_]:
    """The cells that are rare and huge by the workspace's own rule, one flag a cell."""
    rule = question.context.domain.settings.rare
    areas = max(len(scored.harm), 1)
    weighed = int(scored.events_by_cell.sum())
    if weighed == 0:
        return np.zeros(len(scored.cells), dtype=bool)
    mean = float(sum(scored.harm_by_cell, NOTHING)) / weighed
    seldom = scored.events_by_cell < rule.events_per_area * areas
    huge = scored.points >= rule.times_mean * mean
    return np.asarray((scored.events_by_cell > 0) & seldom & huge)


def _clusters(question: Question, picked: Pick, areas: int) -> tuple[Floats, Floats]:
    """Of events that share an incident: the squared points and squared quantities of each, summed by area.

    Shape (areas + 1,), UNPLACED first.
    """
    rows = question.cursor.rows(
        "clusters",
        cluster_sql(picked, question.area_column, question.attributes),
        parameters(picked, tallied=False),
    )
    variance, squares = np.zeros(areas + 1), np.zeros(areas + 1)
    for number, spread, square in rows:
        variance[number], squares[number] = spread or 0.0, square
    return variance, squares


def _harm_by_cell(question: Question, cells: int) -> tuple[Decimal, ...]:
    harm = [NOTHING] * cells
    for number, points in question.cursor.rows(
        "cells",
        "select s.weight_no, sum(s.harm) from score s where s.weight_no is not null group by s.weight_no",
    ):
        harm[number - 1] = points
    return tuple(harm)


def _unweighted(question: Question) -> dict[str, int]:
    rows = question.cursor.rows(
        "unweighted",
        "select s.category, sum(s.events)::bigint from score s where s.weight_no is null group by s.category",
    )
    return {question.category_ids.get(category, "none"): events for category, events in rows}


def _index(rows: object, name: str) -> NDArray[np.int64]:
    column = rows.column(name)  # type: ignore[attr-defined]
    return np.asarray(column.to_numpy(), dtype=np.int64)
