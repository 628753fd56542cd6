"""Picking: where the events of a selection are read from, and which of them.

Days are bound as parameters; what people write never reaches the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from harmscape.model.entity import CATEGORY
from harmscape.model.measure import Measure
from harmscape.model.period import Period, month_start
from harmscape.model.selection import Selection
from harmscape.scoring.counted import category_no_sql, counted_sql, is_plain
from harmscape.scoring.terms import Lookup, all_of, area_term, asked_terms, measure_terms
from harmscape.scoring.ties import known_sql


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on rows `e` and the values it binds."""

    sql: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class Pick:
    """A selection over compact events, and over a tally where one can answer it.

    over: the relation of its events, with `{base}` for the view it reads. singles: every event has a quantity
    of 1, so that a count is the sum of quantities. table: the tally that answers, the shared one or
    (is_own) the reader's own. wide: the area columns by which the wide tally can answer instead, none where
    it cannot. marked: its rows carry `parts` and `certain`. times: how often a row counts in the sum.
    """

    events: Predicate
    tally: Predicate | None
    over: str = "{base}"
    singles: bool = False
    table: str = "counted_tally"
    is_own: bool = False
    wide: frozenset[str] | None = None
    marked: bool = False
    times: str = "1"

    def relation(self, base: str = "counted_event") -> str:
        """The events of the selection among the rows of a view, as something to select from."""
        return base if self.over == "{base}" else f"({self.over.replace('{base}', base)})"


def pick(
    selection: Selection,
    lookup: Lookup,
    period: Period,
    *,
    cuts: Sequence[date] = (),
    monthly: bool = False,
) -> Pick:
    """The events of a selection in a period, as they were known at its day.

    cuts: days on which weights change; a tally by month serves only when all are the first of a month.
    monthly: stocks by month, for a trend.
    Events known only by month fall whole into calendar months: those of a month that the period cuts
    stay out, and `cut_months` says so.
    """
    when, bound = _when(selection, period)
    area = area_term(selection, lookup)
    areas = [area] if area else []
    if not is_plain(selection, lookup) and not _tallied_by_category(selection, lookup):
        over = counted_sql(selection, lookup, period, when, monthly=monthly)
        within = Predicate(" and ".join(term.sql for term in areas) or "true", bound)
        # Shares and stocks are parts of a whole, so a count does not say what a sum would.
        times = "bit_count(e.parts)" if selection.sums == "published" else "1"
        return Pick(within, None, over=over, marked=True, times=times)
    measure = lookup.domain.measure(selection.measure)
    terms = [*measure_terms(measure, lookup), *asked_terms(selection, lookup), *areas]
    said = all_of(terms, lookup)
    days = "e.day >= $starts and e.day < $ends"
    tally = Predicate(f"{said} and {days}", {"starts": period.starts, "ends": period.ends})
    tallied = (
        period.is_whole_months
        and selection.as_known_at is None
        and all(day.day == 1 for day in cuts)
        and all(term.in_tally for term in terms)
    )
    found = Pick(
        Predicate(f"{said} and {when}", bound),
        tally if tallied else None,
        singles=lookup.dictionaries.singles,
        wide=_wide(selection, measure, lookup),
    )
    if selection.by == CATEGORY.id:
        named = f"select e.*, {category_no_sql(lookup)} as {lookup.area_column(CATEGORY.id)} from {{base}} e"
        return replace(found, over=named, wide=None, table=f"({named.replace('{base}', 'counted_tally')})")
    return found


def over_own_tally(
    picked: Pick, selection: Selection, lookup: Lookup, table: str, period: Period | None = None
) -> Pick:
    """The same selection over a tally of the reader's own, which holds all its conditions but the areas.

    period: the days to keep, where the tally holds more.
    """
    area = area_term(selection, lookup)
    terms = [area.sql] if area else []
    bound: dict[str, object] = {}
    if period is not None:
        terms.append("e.day >= $starts and e.day < $ends")
        bound = {"starts": period.starts, "ends": period.ends}
    own = Predicate(" and ".join(terms) or "true", bound)
    return replace(picked, tally=own, table=table, is_own=True)


def cut_months(period: Period) -> list[date]:
    """The months a period cuts, whose month-grain events it leaves out."""
    return [
        month
        for month in period.months
        if month < period.starts or month_start(month, 1) > period.ends
    ]  # fmt: skip


def _tallied_by_category(selection: Selection, lookup: Lookup) -> bool:
    measure = lookup.domain.measure(selection.measure)
    return selection.by == CATEGORY.id and measure.kind == "flow"


def _wide(selection: Selection, measure: Measure, lookup: Lookup) -> frozenset[str] | None:
    """The area columns of the wide tally; None where a condition names one that it does not have."""
    asked = {*measure.where, *measure.without, *(each.field for each in selection.where)}
    if selection.areas:
        asked.add(selection.by)
    columns = {lookup.area_column(name) for name in asked if name in lookup.columns}
    return lookup.dictionaries.wide if columns <= lookup.dictionaries.wide else None


def _when(selection: Selection, period: Period) -> tuple[str, dict[str, object]]:
    """The condition on days and on what was known."""
    bound: dict[str, object] = {"starts": period.starts, "ends": period.ends}
    terms = ["e.day >= $starts and e.day < $ends", known_sql("e", selection.as_known_at)]
    if selection.as_known_at is not None:
        bound["known_at"] = selection.as_known_at
    if not period.is_whole_months:
        terms.append("(not e.whole_month or e.day >= $whole_starts and e.day < $whole_ends)")
        bound |= {"whole_starts": _ceiling(period.starts), "whole_ends": month_start(period.ends)}
    return " and ".join(f"({term})" for term in terms), bound


def _ceiling(day: date) -> date:
    return day if day.day == 1 else month_start(day, 1)
