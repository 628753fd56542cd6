"""A question in the making: a selection, its weights in force, and the cursor the gate handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.model.selection import Selection, parse_selection
from harmscape.scoring.pick import Pick, cut_months, over_own_tally, pick
from harmscape.scoring.score import own_tally_sql
from harmscape.scoring.weights import InForce, cut_days, weight_table, weights_in_force
from harmscape.views.context import Context


@dataclass(frozen=True, slots=True)
class SourceExtent:
    """What this reader may count of a source: its months with their events, and how far it reaches."""

    source: str
    months: Mapping[date, int]
    up_to: date

    @property
    def gaps(self) -> list[date]:
        """The months between its first and its last that hold nothing: gaps, never zeros."""
        first, last = min(self.months), max(self.months)
        span = Period(first, month_start(last, 1)).months
        return [month for month in span if month not in self.months]


@dataclass(frozen=True)
class Question:
    """A selection on the reader's own cursor, with the weights in force registered as `weight`.

    own: the months that a tally of its own holds, once it was rolled up.
    """

    cursor: Engine
    context: Context
    selection: Selection
    weights: tuple[InForce, ...]
    extents: tuple[SourceExtent, ...]
    own: Period | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        return self.context.domain.scheme(self.selection.weights).attributes

    @property
    def area_column(self) -> str:
        return self.context.lookup.area_column(self.selection.by)

    @cached_property
    def by_number(self) -> Mapping[int, InForce]:
        return {each.no: each for each in self.weights}

    @cached_property
    def category_ids(self) -> Mapping[int, str]:
        return {number: name for name, number in self.context.lookup.dictionaries.category.items()}

    @cached_property
    def known_sources(self) -> frozenset[str]:
        """The declared sources that this reader may know of."""
        return frozenset(
            name for (name,) in self.cursor.rows("sources", "select s.source from known_source s")
        )

    def put_weights(self) -> None:
        """Let the steps on this cursor weigh with these weights from here on."""
        self.cursor.register("weight", weight_table(self.weights, self.attributes))

    def pick(self, period: Period | None = None, *, without_areas: bool = False) -> Pick:
        """The events of the selection, in its period or another."""
        asked = self.selection.model_copy(update={"areas": ()}) if without_areas else self.selection
        span, lookup = period or self.selection.period, self.context.lookup
        found = pick(asked, lookup, span, cuts=sorted(cut_days(self.weights)))
        if found.tally is None and self._own_answers(span):
            return over_own_tally(found, asked, lookup, span)
        return found

    def roll_up(self, *others: Period) -> Question:
        """This question on a tally of its own, where the shared one cannot answer it for its periods.

        Conditions on hours, say, or on what was known on an earlier day, are then scanned for once, not by
        every step. A window that cuts a month stays with the events.
        """
        periods = (self.selection.period, *others)
        if self.pick().tally is not None or not all(each.is_whole_months for each in periods):
            return self
        span = Period(min(each.starts for each in periods), max(each.ends for each in periods))
        picked = self.pick(span, without_areas=True)
        lookup, here = self.context.lookup, self.context.book(self.selection.by).geography
        child = self.context.child(here.id)
        codes = [self.area_column, *([lookup.area_column(child.id)] if child else [])]
        named = {name for scheme in self.context.domain.schemes for name in scheme.attributes}
        codes += [f"t_{name}" for name in sorted(named)]
        self.cursor.create("own_tally", own_tally_sql(picked, codes), picked.events.parameters)
        return replace(self, own=span)

    def _own_answers(self, period: Period) -> bool:
        return (
            self.own is not None
            and self.own.starts <= period.starts
            and period.ends <= self.own.ends
            and period.is_whole_months
            and all(day.day == 1 for day in cut_days(self.weights))
        )

    def gaps(self) -> dict[date, list[str]]:
        """The months that are missing from sources this selection counts, each with those sources."""
        found: dict[date, list[str]] = {}
        for extent in self._counted_extents():
            for month in extent.gaps:
                found.setdefault(month, []).append(extent.source)
        return found

    def reaches(self, month: date) -> bool:
        """Whether a month lies between the first and the last of some source that this selection counts."""
        return any(min(each.months) <= month <= max(each.months) for each in self._counted_extents())

    def complete_to(self) -> date | None:
        """The last day up to which every source that this selection counts has told its events."""
        return min((extent.up_to for extent in self._counted_extents()), default=None)

    def _counted_extents(self) -> list[SourceExtent]:
        domain = self.context.domain
        measure = domain.measure(self.selection.measure)
        wanted = domain.categories_of(measure)
        listed = {
            each.id
            for each in domain.category_lists
            if any(category.id in wanted for category in each.categories)
        }
        return [
            extent
            for extent in self.extents
            if domain.source(extent.source).category.list in listed
            and (not measure.sources or extent.source in measure.sources)
        ]

    def notes(self) -> list[str]:
        """What must be said beside any answer to this question."""
        period, said = self.selection.period, []
        for month, sources in sorted(self.gaps().items()):
            if period.starts <= month < period.ends:
                said.append(
                    f"{month:%B %Y} is missing from {', '.join(sources)}:"
                    " a gap in the data, not a month of nothing."
                )
        first = min((min(extent.months) for extent in self._counted_extents()), default=None)
        if first is not None and period.starts < first:
            said.append(
                f"The data begin in {first:%B %Y}: the window reaches back to {period.starts},"
                " and before that month nothing is known."
            )
        up_to = self.complete_to()
        if up_to is not None and period.ends > up_to + timedelta(days=1):
            said.append(
                f"Provisional: the data reach {up_to}, the window runs to {period.ends - timedelta(days=1)}."
            )
        whole = [extent for extent in self._counted_extents() if extent.up_to]
        if whole and not period.is_whole_months:
            cut = ", ".join(f"{month:%B %Y}" for month in cut_months(period))
            said.append(
                f"The window cuts {cut}: events known only by month are left out of the months it cuts."
            )
        return said


def ask(cursor: Engine, context: Context, words: Mapping[str, object]) -> Question:
    """Read a selection from words and prepare the cursor for its steps."""
    extents = tuple(read_extents(cursor, context))
    selection = parse_selection(words, context.domain, last_day=last_complete_day(extents))
    domain = context.domain
    if selection.by not in context.books:
        context.book(selection.by)
    weights = tuple(
        weights_in_force(
            domain.scheme(selection.weights),
            domain,
            context.lookup.dictionaries,
            domain.categories_of(domain.measure(selection.measure)),
            trial=dict(selection.points),
        )
    )
    question = Question(cursor, context, selection, weights, extents)
    question.put_weights()
    _refuse_too_fine(question)
    return question


def read_extents(cursor: Engine, context: Context) -> list[SourceExtent]:
    """How far each source reaches, among the events this reader may count."""
    rows = cursor.rows(
        "extents",
        "select t.source, t.day, sum(t.events)::bigint, max(t.last_day), bool_or(t.whole_month)"
        " from counted_tally t group by all order by t.source, t.day",
    )
    told = dict(
        cursor.rows(
            "told",
            "select f.source, max(f.as_of) from delivered_file f where f.accepted > 0 group by f.source",
        )
    )
    months: dict[int, dict[date, int]] = {}
    last: dict[int, tuple[date, bool]] = {}
    for source, month, events, last_day, whole in rows:
        months.setdefault(source, {})[month] = events
        last[source] = (last_day, whole or last.get(source, (last_day, False))[1])
    names = {number: name for name, number in context.lookup.dictionaries.source.items()}
    return [SourceExtent(names[s], held, _up_to(*last[s], told.get(names[s]))) for s, held in months.items()]


def _up_to(last: date, whole_month: bool, told: date | None) -> date:
    month_end = month_start(last, 1) - timedelta(days=1)
    return month_end if whole_month or (told is not None and told >= month_end) else last


def last_complete_day(extents: tuple[SourceExtent, ...]) -> date | None:
    """The last day of the last month that the data hold whole; None without data."""
    if not extents:
        return None
    up_to = max(extent.up_to for extent in extents)
    following = up_to + timedelta(days=1)
    return month_start(following) - timedelta(days=1)


def _refuse_too_fine(question: Question) -> None:
    geography = question.context.book(question.selection.by).geography
    if not geography.finer_than_lsoa or question.selection.finer:
        return
    where = question.pick().events
    found = question.cursor.rows(
        "snapped", f"select 1 from counted_event e where e.snapped and {where.sql} limit 1", where.parameters
    )
    if found:
        raise SelectionError(
            f"{geography.title} is finer than an LSOA, and these points were snapped to map points by their"
            " publisher: nothing so fine can be claimed of them. Ask for it by name with --finer,"
            " and it will be marked"
        )


def parameters(picked: Pick, *, tallied: bool = True) -> dict[str, Any]:
    """What a step binds: the tally's values where the step may use it, else those of the events."""
    return dict(picked.tally.parameters if tallied and picked.tally else picked.events.parameters)
