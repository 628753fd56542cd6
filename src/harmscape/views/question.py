"""A question in the making: a selection, its weights in force, and the cursor the gate handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from harmscape.engine import Engine
from harmscape.model.entity import CATEGORY, EVERYTHING
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.period import Period
from harmscape.model.selection import Selection, parse_selection
from harmscape.scoring.own_tally import own_tally_sql
from harmscape.scoring.pick import Pick, cut_months, over_own_tally, pick
from harmscape.scoring.terms import Lookup
from harmscape.scoring.weights import InForce, cut_days, weight_table
from harmscape.views.context import AreaBook, Context
from harmscape.views.drawn import drawn_notes, prepare_drawn
from harmscape.views.extents import SourceExtent, gaps_of, last_complete_day, read_extents, told_categories
from harmscape.views.subjects import prepare_ties, subject_books


@dataclass(frozen=True)
class Question:
    """A selection on the reader's own cursor, with the weights in force registered as `weight`.

    books: the subjects of the kinds of entity and of the categories that the question names. rolled: the
    tally of its own that answers for a period, once it was rolled up; trending: that for the
    months of a trend.
    """

    cursor: Engine
    context: Context
    selection: Selection
    weights: tuple[InForce, ...]
    extents: tuple[SourceExtent, ...]
    books: Mapping[str, AreaBook] = field(default_factory=dict)
    rolled: Mapping[Period, str] = field(default_factory=dict)
    trending: str | None = None

    @property
    def measure(self) -> Measure:
        return self.context.domain.measure(self.selection.measure)

    @property
    def attributes(self) -> tuple[str, ...]:
        return self.context.domain.scheme(self.selection.weights).attributes

    @cached_property
    def book(self) -> AreaBook:
        """The subjects that the question ranks."""
        by = self.selection.by
        return self.books[by] if by in self.books else self.context.book(by)

    @property
    def area_column(self) -> str:
        return self.lookup.area_column(self.selection.by)

    @cached_property
    def lookup(self) -> Lookup:
        """The numbers of everything the question names."""
        named = {kind: book.numbers for kind, book in self.books.items()}
        return replace(self.context.lookup, areas={**self.context.lookup.areas, **named})

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

    def pick(
        self, period: Period | None = None, *, without_areas: bool = False, monthly: bool = False
    ) -> Pick:
        """The events of the selection, in its period or another. monthly: for a trend."""
        asked = self.selection.model_copy(update={"areas": ()}) if without_areas else self.selection
        span = period or self.selection.period
        cuts = sorted(cut_days(self.weights))
        found = pick(asked, self.lookup, span, cuts=cuts, monthly=monthly)
        if monthly and found.marked and not self.selection.areas:
            # A month of all subjects counts an event once, as the total does, whomever it is linked to.
            whole = asked.model_copy(update={"by": EVERYTHING})
            found = pick(whole, self.lookup, span, cuts=cuts, monthly=True)
        if found.tally is None and monthly and self.trending:
            return over_own_tally(found, asked, self.lookup, self.trending, span)
        if found.tally is None and not monthly and span in self.rolled:
            return over_own_tally(found, asked, self.lookup, self.rolled[span])
        return found

    def roll_up(self, *others: Period, trend: Period | None = None) -> Question:
        """This question on tallies of its own, where the shared one cannot answer it for its periods.

        Conditions on hours, say, or on what was known on an earlier day, are then scanned for once, not by
        every step. others: the periods it is asked for beside its own; trend: the months of its trend.
        """
        if self.pick().tally is not None:
            return self
        rolled: dict[Period, str] = {}
        for period in dict.fromkeys([self.selection.period, *others]):
            picked = self.pick(period, without_areas=True)
            changes = any(period.starts < day < period.ends for day in cut_days(self.weights))
            by = ("e.month" if self._weights_hold_by_month else "e.day") if changes else None
            rolled[period] = f"own_tally_{len(rolled)}"
            sql = own_tally_sql(picked, self._codes, by=by)
            self.cursor.create(rolled[period], sql, picked.events.parameters)
        if trend is None:
            return replace(self, rolled=rolled)
        picked = self.pick(trend, without_areas=True, monthly=True)
        by = "e.month" if self._weights_hold_by_month else "e.day"
        codes = [*([self.area_column] if self.selection.areas else []), *self._weighing]
        self.cursor.create("own_trend", own_tally_sql(picked, codes, by=by), picked.events.parameters)
        return replace(self, rolled=rolled, trending="own_trend")

    @cached_property
    def _weights_hold_by_month(self) -> bool:
        return all(day.day == 1 for day in cut_days(self.weights))

    @cached_property
    def _weighing(self) -> list[str]:
        named = {name for scheme in self.context.domain.schemes for name in scheme.attributes}
        return [f"t_{name}" for name in sorted(named)]

    @cached_property
    def _codes(self) -> list[str]:
        """The codes of the own tally: the subject, the areas just below it, what weighs."""
        child = self.context.child(self.selection.by)
        below = [self.lookup.area_column(child.id)] if child else []
        return [self.area_column, *below, *self._weighing]

    def gaps(self) -> dict[Any, list[str]]:
        """The months that are missing from sources this selection counts, each with those sources."""
        return gaps_of(self.counted_extents)

    def reaches(self, month: Any) -> bool:
        """Whether a month lies between the first and the reach of some source that this selection counts."""
        return any(min(each.months) <= month <= each.up_to for each in self.counted_extents)

    def complete_to(self) -> Any:
        """The last day up to which every source that this selection counts has told its events."""
        return min((extent.up_to for extent in self.counted_extents), default=None)

    @cached_property
    def counted_extents(self) -> list[SourceExtent]:
        """The reach of the sources that ever told of what is counted; where none did, of those that might."""
        domain = self.context.domain
        wanted = domain.categories_of(self.measure)
        listed = {
            each.id
            for each in domain.category_lists
            if any(category.id in wanted for category in each.categories)
        }
        able = [
            extent
            for extent in self.extents
            if domain.source(extent.source).category.list in listed
            and (not self.measure.sources or extent.source in self.measure.sources)
        ]
        telling = {
            source for source, category in told_categories(self.cursor, self.context) if category in wanted
        }
        return [extent for extent in able if extent.source in telling] or able

    def notes(self) -> list[str]:
        """What must be said beside any answer to this question."""
        period, said = self.selection.period, []
        if self.selection.within:
            said += drawn_notes(self.cursor, self.context)
        for month, sources in sorted(self.gaps().items()):
            if period.starts <= month < period.ends:
                titles = ", ".join(self.context.domain.source(each).title for each in sources)
                said.append(
                    f"{month:%B %Y} is missing from {titles}: a gap in the data, not a month of nothing."
                )
        first = min((min(extent.months) for extent in self.counted_extents), default=None)
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
        whole = [extent for extent in self.counted_extents if extent.up_to]
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
    books = subject_books(cursor, context, selection)
    if selection.by not in books:
        context.book(selection.by)
    weights = context.weights(
        context.domain.scheme(selection.weights),
        weighed_categories(selection, context),
        dimensions=selection.dimensions,
        trial=selection.points,
    )
    question = Question(cursor, context, selection, weights, extents, books)
    prepare_ties(cursor, selection, question.lookup)
    if selection.within:
        prepare_drawn(cursor, context, selection.within)
    question.put_weights()
    _refuse_too_fine(question)
    return question


def weighed_categories(selection: Selection, context: Context) -> frozenset[str]:
    """The categories whose weights a question needs; what entities together stand as is one of them."""
    measure = context.domain.measure(selection.measure)
    found = context.domain.categories_of(measure)
    return found | {measure.stands_as} if measure.stands_as else found


def _refuse_too_fine(question: Question) -> None:
    geography = question.book.geography
    if not question.book.finer or question.selection.finer:
        return
    picked = question.pick()
    found = question.cursor.rows(
        "snapped",
        f"select 1 from {picked.relation()} e where e.snapped and {picked.events.sql} limit 1",
        picked.events.parameters,
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


def kind_of(question: Question) -> str:
    """Whether the question ranks areas (`area`), entities (`entity`) or categories (`category`)."""
    by = question.selection.by
    return "category" if by == CATEGORY.id else "entity" if by in question.books else "area"
