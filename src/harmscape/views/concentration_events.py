"""The events that concentration asks about: what lies where, and what fell together, to be dropped anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.concentration.placement import Incidents, incidents
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.scoring.score import event_sql
from harmscape.views.question import Question, kind_of, parameters

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Lying:
    """What lies in p places. harm: exact, by place; events: counts, int64[p]. codes and names of the places.

    harm_fallen, events_fallen: the incidents that hold it, by what they weigh in points and in events.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    harm: tuple[Decimal, ...]
    events: NDArray[np.int64]
    harm_fallen: Incidents
    events_fallen: Incidents

    @property
    def points(self) -> NDArray[np.float64]:
        """Harm by place as floats, shape (p,)."""
        return np.array([float(each) for each in self.harm])


def of_flows(question: Question, *, some_areas: bool = False) -> Question:
    """The same question without registers, and each event once: only events can have fallen elsewhere.

    some_areas: whether it may be asked of some areas only. Raises SelectionError for what is no area, for
    some areas only where it may not, and for a measure that counts no events.
    """
    selection, domain = question.selection, question.context.domain
    if kind_of(question) != "area":
        raise SelectionError("concentration is told of places: say --by with a geography")
    if selection.areas and not some_areas:
        raise SelectionError("concentration is told of all areas together; leave out --areas")
    shapes = {each.id for each in domain.geographies}
    named = [each.field for each in selection.where if each.field in shapes]
    if named or selection.within:
        raise SelectionError(
            "concentration is told of the whole force; leave out the condition on "
            + (named[0] if named else "a drawn area")
            + (", and say --areas" if some_areas else "")
        )
    if question.measure.kind == "stock":
        raise SelectionError(
            f"{question.measure.title} counts no events, so nothing can have fallen elsewhere"
        )
    asked = selection.model_copy(update={"stocks": False, "sums": "distinct"})
    return replace(question, selection=asked, rolled={}, trending=None)


def gather(question: Question, period: Period | None = None, *, into: str = "gathered") -> None:
    """Leave `gathered` on the cursor: event_id, place_no (0: no area), incident, day, harm, visible, source.

    place_no is the number of the area; `put_in_places` gives others. period: another than the window.
    """
    picked = question.pick(period)
    question.cursor.create(
        into,
        f"""
        select w.event_id, w.area_no as place_no, w.area_no, w.incident, w.day, w.whole_month, w.visible,
               w.source, coalesce(w.harm, 0) as harm
        from ({event_sql(picked, question.area_column, question.attributes)}) w
        """,
        parameters(picked, tallied=False),
    )


def lying(question: Question, codes: tuple[str, ...], names: tuple[str, ...]) -> Lying:
    """What lies in each place, of `gathered`; places are numbered from 1 in the order of their codes."""
    harm, events = [NOTHING] * len(codes), np.zeros(len(codes), dtype=np.int64)
    for number, count, points in question.cursor.rows(
        "by place",
        "select g.place_no, count(*), sum(g.harm) from gathered g where g.place_no > 0 group by g.place_no",
    ):
        harm[number - 1], events[number - 1] = Decimal(points), count
    rows = question.cursor.arrow(
        "incidents",
        """
        with incident as (
            select sum(g.harm)::double as points, count(*) as events
            from gathered g where g.place_no > 0 group by coalesce(-g.incident, g.event_id)
        )
        select i.points, i.events, count(*) as number from incident i group by all order by all
        """,
    )
    points, size, number = (_floats(rows, name) for name in ("points", "events", "number"))
    return Lying(
        codes,
        names,
        tuple(harm),
        events,
        incidents(points, number.astype(np.int64)),
        incidents(size, number.astype(np.int64)),
    )


def _floats(rows: pa.Table, name: str) -> NDArray[np.float64]:
    return np.asarray(rows.column(name).to_numpy().astype(np.float64))
