"""A reader's own tally: what the shared one cannot answer is scanned once, and every step runs over that."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.engine import identifier
from harmscape.model.tables import TOTAL_QUANTITY
from harmscape.scoring.pick import Pick


def own_tally_sql(pick: Pick, codes: Sequence[str], *, by: str | None) -> str:
    """`own_tally`: a selection's events by category and some codes: events, quantity, squares, largest.

    by: `e.month` or `e.day`, where a trend or a change of weights needs them apart; None puts all days
    together, under the first. squares are those of events that stand alone. Where every event has a quantity
    of 1, events and squares say all, and quantity and largest are left out: they cost a third of the scan.
    """
    listed = "".join(f", e.{identifier(code)}" for code in codes)
    marks = ", e.parts, e.certain" if pick.marked else ""
    sums = (
        "count(*) as events, (count(*) - count(e.incident))::double as squares"
        if pick.singles
        else f"""count(*) as events, sum(e.quantity)::{TOTAL_QUANTITY} as quantity,
            sum(case when e.incident is null then e.quantity::double * e.quantity::double else 0 end)
                as squares,
            max(e.quantity)::{TOTAL_QUANTITY} as largest"""
    )
    day = by or "min(e.day)"
    return f"""
        select {day} as day, e.category{marks}{listed}, {sums}
        from {pick.relation()} e where {pick.events.sql}
        group by e.category{marks}{listed}{f", {by}" if by else ""}
    """
