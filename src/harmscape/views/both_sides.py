"""The two sides of a comparison put to their questions, measure by measure and area by area."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from harmscape.engine import Engine
from harmscape.model.measure import Measure
from harmscape.views.areas import RATE_BASE, chance_cells
from harmscape.views.changed_words import lag_words
from harmscape.views.compared import Counted, Pair, Weighed, pairs
from harmscape.views.context import Context
from harmscape.views.past import Floats, Mark, Past, by_month, past_of
from harmscape.views.pools import Pool, pools_of
from harmscape.views.question import Question, ask
from harmscape.views.scored import Scored, score_areas
from harmscape.views.sides import Sides, known_days, same_lag, side_marks, weights_note
from harmscape.views.words import day_name


@dataclass(frozen=True)
class One:
    """What one measure came to: its line, and what must be said."""

    lines: list[Pair]
    marks: list[Mark]
    notes: list[str]
    against: str
    lag: str


@dataclass(frozen=True)
class Side:
    """A side of one measure: its question and score, and its harm and events in all."""

    question: Question
    scored: Scored

    @property
    def is_whole(self) -> bool:
        return not self.question.selection.areas

    @property
    def events(self) -> float:
        if self.is_whole:
            return float(self.scored.total_events)
        return float(self.scored.events.sum() + self.scored.unplaced_events)

    def weighed(self) -> Weighed:
        """All of it as one line; what is certain is no matter of chance."""
        scored = self.scored
        harm = sum(float(each) for each in scored.harm) + float(scored.unplaced_harm) - scored.certain.sum()
        loose = float((scored.unplaced_quantities * scored.points**2).sum())
        return Weighed(np.array([max(harm, 0.0)]), np.array([scored.variance.sum() + loose]), self.heaviest)

    def weighed_areas(self) -> Weighed:
        harm = np.array([float(each) for each in self.scored.harm]) - self.scored.certain
        return Weighed(np.maximum(harm, 0.0), self.scored.variance, self.heaviest)

    @property
    def heaviest(self) -> float:
        chance = chance_cells(self.question, self.scored)
        return float(max(self.scored.points[chance], default=0.0))

    def base(self) -> float | None:
        """Residents, say, of the areas of this side, where `per` asks for them."""
        per = self.question.selection.per
        held = self.question.book.base(per) if per else None
        if held is None:
            return None
        named = self.question.selection.areas
        at = [self.question.book.index(code) for code in named] if named else slice(None)
        return float(np.nansum(held[2][at])) or None


@dataclass(frozen=True)
class BothSides:
    """The two sides, asked measure by measure."""

    cursor: Engine
    context: Context
    sides: Sides
    how: str
    asked: dict[str, _Asked] = field(default_factory=dict)
    """What was asked already, by measure: all of it and its areas are of one answer."""

    def measure(self, measure: Measure, kind: str) -> One:
        a, past, monthly, b, lag = self._ask(measure)
        total = None if monthly is None else monthly.sum(axis=0)[None, :]
        counted, against = self._counted(a, b, past, total, np.array([a.events]), np.array([b.events]))
        note = weights_note(a.question, self.sides)
        harm = None if note and note.startswith("Harm is not") else (a.weighed(), b.weighed())
        length = self._length(a, b, past)
        line = pairs(kind, [measure.id], [measure.title], counted, harm, length=length)[0]
        rates = _rates(a, b, length)
        line = replace(line, a_rate=rates[0], b_rate=rates[1])
        marks = list(past.marks) if past and self.how == "baseline" else []
        marks += [
            mark
            for mark in side_marks(a.question, measure, self.sides)
            if mark.id not in {m.id for m in marks}
        ]
        of_b = [f"Of B: {line}" for line in b.question.notes() if line not in a.question.notes()]
        notes = [*a.question.notes(), *of_b, *([note] if note else [])]
        if past and self.how == "baseline" and past.short:
            notes.append(past.short)
        return One([line], marks, notes, against, lag)

    def areas(self, measure: Measure) -> tuple[list[Pair], list[Pair]]:
        """Every area, and those with too few events for a test pooled."""
        a, past, monthly, b, _ = self._ask(measure)
        book = a.question.book
        events = a.scored.events.astype(float), b.scored.events.astype(float)
        of_areas = None if monthly is None else monthly[1:]
        counted, _ = self._counted(a, b, past, of_areas, *events)
        length = self._length(a, b, past)
        note = weights_note(a.question, self.sides)
        harm = None if note and note.startswith("Harm is not") else (a.weighed_areas(), b.weighed_areas())
        lines = pairs("area", book.codes, book.names, counted, harm, length=length)
        small = np.array([not line.is_tested for line in lines])
        pooled: list[Pair] = []
        for pool in pools_of(book, self.context, small, counted.against * counted.exposure):
            monthly = None if of_areas is None else pool.put(of_areas)[None, :]
            own, _ = self._counted(a, b, past, monthly, pool.put(events[0]), pool.put(events[1]))
            both = None if harm is None else (_put(harm[0], pool), _put(harm[1], pool))
            pooled += pairs("pool", [pool.id], [pool.title], own, both, length=length)
        return lines, pooled

    def _ask(self, measure: Measure) -> _Asked:
        """Both sides of a measure; B as it was known at A's age, where a delivery tells."""
        if measure.id not in self.asked:
            self.asked[measure.id] = self._put(measure)
        return self.asked[measure.id]

    def _put(self, measure: Measure) -> _Asked:
        own = {"measure": measure.id, "stocks": "no", "weights": self.sides.a.weights}
        question = ask(self.cursor, self.context, {**self.sides.a_words, **own})
        a = Side(question, score_areas(question))
        past = monthly = None
        if question.selection.period.is_whole_months and (self.how == "baseline" or _has_past(question)):
            past = past_of(question, measure)
            monthly = by_month(question, past)
        elif self.how == "baseline":
            past_of(question, measure)
        then = None
        if self.sides.differ == "periods" and not self.sides.b.as_known_at:
            then = same_lag(question, self.sides.a.period, self.sides.b.period)
        second = {**self.sides.b_words, **own, "weights": self.sides.b.weights}
        if self.sides.a.measure != self.sides.b.measure:
            second["measure"] = self.sides.b.measure
        other = ask(self.cursor, self.context, {**second, **({"as_known_at": then} if then else {})})
        return a, past, monthly, Side(other, score_areas(other)), self._lag(past, then)

    def _lag(self, past: Past | None, then: str | None) -> str:
        if self.sides.a.period == self.sides.b.period and self.how == "pair":
            return "Both sides are of the same days, and as old."
        if then:
            known = day_name(date.fromisoformat(then))
            return f"Both sides as recorded at the same age: B as it was known on {known}."
        return lag_words(past) if past else ""

    def _counted(
        self, a: Side, b: Side, past: Past | None, monthly: Floats | None, in_a: Floats, in_b: Floats
    ) -> tuple[Counted, str]:
        """What A's counts are tested against: the months before, or B."""
        beside = past.beside(monthly) if past is not None and monthly is not None else None
        spread = beside.dispersion if beside is not None else np.ones(len(in_a))
        if self.how == "baseline" and beside is not None and past is not None:
            against = f"the {past.months_used} months from {past.words}, by month and season"
            return Counted(in_a, in_b, beside.earlier, beside.exposure, spread, beside.lo, beside.hi), against
        return Counted(in_a, in_b, in_b, self._length(a, b, past), spread), "B"

    def _length(self, a: Side, b: Side, past: Past | None) -> float:
        """What A is worth beside B: its known days, the share that is recorded, and its residents."""
        days = known_days(a.question, self.sides.a.period) / max(
            known_days(b.question, self.sides.b.period), 1
        )
        recorded = 1.0
        if past is not None and self.sides.differ == "periods" and b.question.selection.as_known_at is None:
            recorded = float(past.known[past.asked].mean())
        bases = a.base(), b.base()
        people = bases[0] / bases[1] if bases[0] and bases[1] else 1.0
        return max(days, 1e-6) * recorded * people


_Asked = tuple[Side, Past | None, Floats | None, Side, str]
"""A, the months before it and the events of each, B, and what is said of their age."""


def _has_past(question: Question) -> bool:
    firsts = [min(extent.months) for extent in question.counted_extents]
    return bool(firsts) and max(firsts) < question.selection.period.starts


def _put(weighed: Weighed, pool: Pool) -> Weighed:
    return Weighed(pool.put(weighed.harm), pool.put(weighed.variance), weighed.heaviest)


def _rates(a: Side, b: Side, length: float) -> tuple[float | None, float | None]:
    """Harm of each side per 1,000 residents, say, of its own; B's as if it had A's length."""
    bases = a.base(), b.base()
    if not bases[0] or not bases[1]:
        return None, None
    # length holds A's residents over B's, so that B's own are left.
    harms = float(a.weighed().harm[0]), float(b.weighed().harm[0]) * length
    return harms[0] * RATE_BASE / bases[0], harms[1] * RATE_BASE / bases[0]
