"""What each value of several fields holds, counted together in one scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from harmscape.engine import identifier
from harmscape.model.tables import HARM, TOTAL_QUANTITY
from harmscape.scoring.pick import Pick
from harmscape.scoring.score import weighed_join

Held = Mapping[Any, tuple[int, Decimal]]
"""Events and harm by code or value."""


def choice_sql(pick: Pick, codes: Sequence[str], attributes: Sequence[str], *, daily: bool) -> str:
    """One row per field (`which`, from 0), code of it and weight in force: events and exact harm.

    codes: an expression over an event `e` for each field. Reads the tally of `pick` where it has one.
    daily: some weight changes within the period, so that days must be told apart.
    """
    source, where = (pick.table, pick.tally.sql) if pick.tally else (pick.relation(), pick.events.sql)
    if pick.is_own and pick.singles:
        events, quantity = "sum(e.events)", "sum(e.events)"
    elif pick.tally:
        events, quantity = "sum(e.events)", "sum(e.quantity)"
    else:
        events, quantity = "count(*)", "count(*)" if pick.singles else "sum(e.quantity)"
    if pick.times != "1":
        quantity = f"sum(e.quantity * ({pick.times}))"
    named = [f"code_{at}" for at in range(len(codes))]
    by = ", ".join(f"{code} as {name}" for code, name in zip(codes, named, strict=True))
    weighing = "".join(f", e.t_{identifier(name)}" for name in attributes)
    day = ", e.day" if daily else ""
    sets = ", ".join(f"(e.category{day}{weighing}, e.{name})" for name in named)
    which = " ".join(f"when grouping(e.{name}) = 0 then {at}" for at, name in enumerate(named))
    code = " ".join(f"when grouping(e.{name}) = 0 then e.{name}" for name in named)
    return f"""
        with told as (select e.*, {by} from {source} e where {where}),
        counted as (
            select (case {which} end)::integer as which, (case {code} end)::integer as code, e.category,
                   {"e.day" if daily else "min(e.day) as day"}{weighing},
                   {events} as events, {quantity}::{TOTAL_QUANTITY} as quantity
            from told e group by grouping sets ({sets})
        )
        select e.which, e.code, w.weight_no, sum(e.events)::bigint as events,
               (sum(e.quantity) * any_value(w.points))::{HARM} as harm
        from counted e {weighed_join(attributes)}
        group by e.which, e.code, w.weight_no
    """
