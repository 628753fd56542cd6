"""Scores: compact events times the weights in force, rolled up to areas."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.engine import identifier
from harmscape.model.tables import HARM, QUANTITY, TOTAL_QUANTITY
from harmscape.scoring.pick import Pick

# Uncast, the engine multiplies in the wider of the two types, and a quantity in the thousands overflows.
_PRODUCT = f"(e.quantity::{TOTAL_QUANTITY} * w.points)::{HARM}"


def weighed_join(attributes: Sequence[str]) -> str:
    """The join of an event `e` to the one weight `w` in force for it."""
    on_attributes = "".join(f" and w.t_{identifier(name)} = e.t_{name}" for name in attributes)
    return f"""left join weight w on w.category = e.category{on_attributes}
        and e.day >= w.starts and e.day < w.ends"""


def score_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`score`: one row per area and weight in force (weight_no null: no weight holds).

    area_no 0 is UNPLACED. events a count; quantity and harm exact; variance is the sum of squared points
    of events that stand alone and squares that of their quantities; largest is the points of the greatest
    single event.
    """
    return f"""
        with {_summed_sql(pick, f"e.{identifier(area_column)}", "area_no", attributes)}
        select s.area_no, s.category, s.weight_no, s.events, s.quantity,
               (s.quantity * s.points)::{HARM} as harm,
               s.squares * s.points::double * s.points::double as variance, s.squares,
               (s.largest * s.points)::double as largest
        from summed s
        order by all
    """


def _summed_sql(pick: Pick, column: str, name: str, attributes: Sequence[str]) -> str:
    """The common table `summed`: quantities by a column, category and weight, before any is weighed.

    It reads the tally where that can answer. A weight is the same for all events of its group, so one
    product a group is exact, and cheap.
    """
    source, where = (pick.table, pick.tally.sql) if pick.tally else ("counted_event", pick.events.sql)
    return f"""
        summed as (
            select {column} as {name}, e.category, w.weight_no, any_value(w.points) as points, {_sums(pick)}
            from {source} e {weighed_join(attributes)}
            where {where}
            group by {name}, e.category, w.weight_no
        )
    """


def own_tally_sql(pick: Pick, codes: Sequence[str]) -> str:
    """`own_tally`: a selection's events by month, category and some codes, with the columns of the tally.

    One scan of compact events, after which every step of a page is cheap.
    """
    listed = "".join(f", e.{identifier(code)}" for code in codes)
    sums = (
        f"count(*)::{QUANTITY} as quantity, count(*)::double as squares, 1::{QUANTITY} as largest"
        if pick.singles
        else f"""sum(e.quantity)::{TOTAL_QUANTITY} as quantity,
            sum(e.quantity::double * e.quantity::double) as squares,
            max(e.quantity)::{TOTAL_QUANTITY} as largest"""
    )
    return f"""
        select date_trunc('month', e.day)::date as day, e.category,
               e.incident is not null as clustered{listed}, count(*) as events, {sums}
        from counted_event e where {pick.events.sql}
        group by all
    """


def _sums(pick: Pick) -> str:
    """Events, quantity, squared quantity of events that stand alone, and the largest quantity."""
    if pick.tally:
        return f"""sum(e.events)::bigint as events, sum(e.quantity)::{TOTAL_QUANTITY} as quantity,
            sum(case when e.clustered then 0 else e.squares end) as squares,
            max(e.largest)::{TOTAL_QUANTITY} as largest"""
    if pick.singles:
        return f"""count(*) as events, count(*)::{TOTAL_QUANTITY} as quantity,
            (count(*) filter (e.incident is null))::double as squares, 1::{TOTAL_QUANTITY} as largest"""
    return f"""count(*) as events, sum(e.quantity)::{TOTAL_QUANTITY} as quantity,
        sum(case when e.incident is null then e.quantity::double * e.quantity::double else 0 end) as squares,
        max(e.quantity)::{TOTAL_QUANTITY} as largest"""


def cluster_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`cluster`: variance of events that share an incident: the square of each incident's sum, by area.

    Floats are summed in order of size, so that threads change no digit.
    """
    return f"""
        with incident as (
            select e.{identifier(area_column)} as area_no, e.incident,
                   sum({_PRODUCT})::double as h, sum(e.quantity)::double as q
            from counted_cluster e {weighed_join(attributes)}
            where w.weight_no is not null and {pick.events.sql}
            group by all
        )
        select i.area_no, sum(i.h * i.h order by i.h) as variance, sum(i.q * i.q order by i.q) as squares
        from incident i group by i.area_no
    """


def month_sql(pick: Pick, attributes: Sequence[str]) -> str:
    """One row per month: events and harm, whatever the area."""
    month = "e.day" if pick.tally else "date_trunc('month', e.day)::date"
    return f"""
        with {_summed_sql(pick, month, "month", attributes)}
        select s.month, sum(s.events)::bigint as events,
               coalesce(sum((s.quantity * s.points)::{HARM}), 0)::{HARM} as harm
        from summed s
        group by s.month order by s.month
    """


def hour_sql(pick: Pick) -> str:
    """One row per weekday (1 Monday) and hour, of events whose time is known."""
    return f"""
        select isodow(e.day)::integer as weekday, e.hour::integer as hour, count(*) as events
        from counted_event e where e.hour is not null and not e.whole_month and {pick.events.sql}
        group by all
    """


def event_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`weighed_event`: one row per event: its points and harm; harm is null where no weight holds.

    visible: whether this reader may open the row, beside counting it.
    """
    return f"""
        select e.event_id, e.day, e.hour, e.whole_month, e.category, e.source, e.quantity, e.visible,
               e.{identifier(area_column)} as area_no, w.weight_no, w.points,
               {_PRODUCT} as harm
        from counted_event e {weighed_join(attributes)}
        where {pick.events.sql}
    """
