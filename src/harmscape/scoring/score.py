"""Scores: compact events times the weights in force, rolled up to subjects."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.engine import identifier
from harmscape.model.tables import HARM, TOTAL_QUANTITY
from harmscape.scoring.pick import Pick


def weighed_join(attributes: Sequence[str]) -> str:
    """The join of an event `e` to the one weight `w` in force for it."""
    on_attributes = "".join(f" and w.t_{identifier(name)} = e.t_{name}" for name in attributes)
    return f"""left join weight w on w.category = e.category{on_attributes}
        and e.day >= w.starts and e.day < w.ends"""


def score_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`score`: one row per subject, weight in force (weight_no null: no weight holds) and mark.

    area_no 0 is UNPLACED. events a count; quantity and harm exact; variance is the sum of squared points
    of events that stand alone and squares that of their quantities; largest is the points of the greatest
    single event. parts and certain: see `counted`; what is certain has no variance.
    """
    return f"""
        with {_summed_sql(pick, f"e.{identifier(area_column)}", "area_no", attributes, (area_column,))}
        select s.area_no, s.category, s.weight_no, s.parts, s.certain, s.events, s.quantity,
               (s.quantity * s.points)::{HARM} as harm,
               s.squares * s.points::double * s.points::double as variance, s.squares,
               case when s.certain then 0 else (s.largest * s.points)::double end as largest
        from summed s
        order by all
    """


def _summed_sql(
    pick: Pick, columns: str, names: str, attributes: Sequence[str], codes: Sequence[str] = ()
) -> str:
    """The common table `summed`: quantities by columns, category, weight and mark, before any is weighed.

    It reads a tally where one can answer. A weight is the same for all events of its group, so one
    product a group is exact, and cheap. codes: the area columns that `columns` speak of.
    """
    source, where = pick.relation(), pick.events.sql
    if pick.tally:
        source, where = pick.table, pick.tally.sql
        if not pick.is_own:
            source, where = _together(pick, codes, attributes), "true"
    parts, certain = ("e.parts", "e.certain") if pick.marked else ("0::bigint", "false")
    return f"""
        summed as (
            select {columns} as {names}, e.category, w.weight_no, {parts} as parts, {certain} as certain,
                   any_value(w.points) as points, {_sums(pick)}
            from {source} e {weighed_join(attributes)}
            where {where}
            group by all
        )
    """


def _together(pick: Pick, codes: Sequence[str], attributes: Sequence[str]) -> str:
    """The shared tally by day, category and some codes alone: fewer rows to find the weight of."""
    assert pick.tally is not None
    table = "counted_wide" if pick.wide is not None and pick.wide.issuperset(codes) else pick.table
    listed = "".join(f", e.{identifier(code)}" for code in (*codes, *(f"t_{name}" for name in attributes)))
    return f"""(
        select e.day, e.category{listed}, sum(e.events) as events, sum(e.quantity) as quantity,
               coalesce(sum(e.squares) filter (not e.clustered), 0) as squares, max(e.largest) as largest
        from {table} e where {pick.tally.sql} group by all
    )"""


def _sums(pick: Pick) -> str:
    """Events, quantity, squared quantity of events that stand alone, and the largest quantity."""
    times, alone = pick.times, "e.incident is null"
    if pick.is_own and pick.singles:
        return f"""sum(e.events)::bigint as events, sum(e.events)::{TOTAL_QUANTITY} as quantity,
            sum(e.squares) as squares, 1::{TOTAL_QUANTITY} as largest"""
    if pick.tally:
        alone = "true"
        sums = ("sum(e.events)::bigint", f"sum({_times('e.quantity', times)})", "e.squares", "e.largest")
    elif pick.singles:
        return f"""count(*) as events, count(*)::{TOTAL_QUANTITY} as quantity,
            (count(*) filter ({alone}))::double as squares, 1::{TOTAL_QUANTITY} as largest"""
    else:
        square = "e.quantity::double * e.quantity::double"
        sums = ("count(*)", f"sum({_times('e.quantity', times)})", square, "e.quantity")
    events, quantity, square, largest = sums
    certain = " and not e.certain" if pick.marked else ""
    return f"""{events} as events, {quantity}::{TOTAL_QUANTITY} as quantity,
        sum(case when {alone}{certain} then {_times(_times(square, times), times)} else 0 end) as squares,
        max({_times(largest, times)})::{TOTAL_QUANTITY} as largest"""


def _times(value: str, times: str) -> str:
    return value if times == "1" else f"{value} * ({times})"


def _product(pick: Pick) -> str:
    # Uncast, the engine multiplies in the wider of the two types, and a quantity in the thousands overflows.
    return f"({_times('e.quantity', pick.times)}::{TOTAL_QUANTITY} * w.points)::{HARM}"


def cluster_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`cluster`: variance of events that share an incident: the square of each incident's sum, by area.

    Most incidents are alike, so each kind of them is squared once; floats are summed in order of size, so
    that threads change no digit.
    """
    return f"""
        with incident as (
            select e.{identifier(area_column)} as area_no, e.incident, sum({_product(pick)})::double as h,
                   sum({_times("e.quantity", pick.times)})::double as q
            from {pick.relation("counted_cluster")} e {weighed_join(attributes)}
            where w.weight_no is not null and e.incident is not null and {pick.events.sql}
            group by all
        ), alike as (select i.area_no, i.h, i.q, count(*) as n from incident i group by all)
        select a.area_no, sum(a.n * a.h * a.h order by a.h, a.q) as variance,
               sum(a.n * a.q * a.q order by a.h, a.q) as squares
        from alike a group by a.area_no
    """


def month_sql(pick: Pick, attributes: Sequence[str]) -> str:
    """One row per month: events and harm, whatever the area."""
    month = "date_trunc('month', e.day)::date" if pick.tally else "e.month"
    return f"""
        with {_summed_sql(pick, month, "month", attributes)}
        select s.month, sum(s.events)::bigint as events,
               coalesce(sum((s.quantity * s.points)::{HARM}), 0)::{HARM} as harm
        from summed s
        group by s.month order by s.month
    """


def area_month_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """One row per area and month: events, harm and the sum of squared points; what is certain is left out.

    area_no 0 is UNPLACED. harm and squares are doubles: they are for ranges, not for exact sums.
    """
    month = "date_trunc('month', e.day)::date" if pick.tally else "e.month"
    columns = f"e.{identifier(area_column)} as area_no, {month}"
    return f"""
        with {_summed_sql(pick, columns, "month", attributes, (area_column,))}
        select s.area_no, s.month, sum(s.events)::bigint as events,
               coalesce(sum(s.quantity::double * s.points::double), 0) as harm,
               coalesce(sum(s.quantity::double * s.points::double * s.points::double), 0) as squares
        from summed s where not s.certain
        group by s.area_no, s.month order by s.area_no, s.month
    """


def hour_sql(pick: Pick) -> str:
    """One row per weekday (1 Monday; null for events known by month alone) and hour (null where unknown)."""
    return f"""
        select e.weekday::integer as weekday, e.hour::integer as hour, count(*) as events
        from {pick.relation()} e where {pick.events.sql} group by all
    """


def event_sql(pick: Pick, area_column: str, attributes: Sequence[str]) -> str:
    """`weighed_event`: one row per event: its points and harm; harm is null where no weight holds.

    visible: whether this reader may open the row, beside counting it. parts: the measures of a sum it is in.
    """
    parts = "e.parts" if pick.marked else "0::bigint"
    return f"""
        select e.event_id, e.incident, e.day, e.hour, e.whole_month, e.category, e.source, e.quantity,
               e.visible, e.{identifier(area_column)} as area_no, w.weight_no, w.points, {parts} as parts,
               {_product(pick)} as harm
        from {pick.relation()} e {weighed_join(attributes)}
        where {pick.events.sql}
    """
