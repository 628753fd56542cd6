"""A reader's own tally: what the shared one cannot answer is scanned once, and every step runs over that."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.engine import identifier
from harmscape.model.tables import QUANTITY, TOTAL_QUANTITY
from harmscape.scoring.pick import Pick


def own_tally_sql(pick: Pick, codes: Sequence[str], *, by: str = "e.month") -> str:
    """A selection's events by month, category and some codes, with the columns of the tally.

    by: the day under which events stand together.
    """
    listed = "".join(f", e.{identifier(code)}" for code in codes)
    marks = ", e.parts, e.certain" if pick.marked else ""
    sums = (
        f"count(*)::{QUANTITY} as quantity, count(*)::double as squares, 1::{QUANTITY} as largest"
        if pick.singles
        else f"""sum(e.quantity)::{TOTAL_QUANTITY} as quantity,
            sum(e.quantity::double * e.quantity::double) as squares,
            max(e.quantity)::{TOTAL_QUANTITY} as largest"""
    )
    return f"""
        select {by} as day, e.category, e.incident is not null as clustered{marks}{listed},
               count(*) as events, {sums}
        from {pick.relation()} e where {pick.events.sql}
        group by all
    """


def months_together_sql(table: str, codes: Sequence[str], *, marked: bool) -> str:
    """The rows of an own tally in a period, its months together: a fraction of the rows, for many steps.

    Only where no weight changes within the period. Binds starts and ends.
    """
    listed = "".join(f", e.{identifier(code)}" for code in codes)
    marks = ", e.parts, e.certain" if marked else ""
    return f"""
        select min(e.day) as day, e.category, e.clustered{marks}{listed}, sum(e.events)::bigint as events,
               sum(e.quantity)::{TOTAL_QUANTITY} as quantity, sum(e.squares) as squares,
               max(e.largest)::{TOTAL_QUANTITY} as largest
        from {identifier(table)} e where e.day >= $starts and e.day < $ends
        group by e.category, e.clustered{marks}{listed}
    """
