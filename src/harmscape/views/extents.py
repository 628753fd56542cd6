"""How far each source reaches, as far as this reader may count it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from harmscape.engine import Engine
from harmscape.model.period import Period, month_start
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


def read_extents(cursor: Engine, context: Context) -> list[SourceExtent]:
    """How far each source reaches, among the events this reader may count."""
    rows = cursor.rows(
        "extents",
        "select x.source, x.month, sum(x.events)::bigint, max(x.last_day), bool_or(x.whole_month)"
        " from counted_extent x group by all order by x.source, x.month",
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


def gaps_of(extents: Iterable[SourceExtent]) -> dict[date, list[str]]:
    """The months that are missing from some sources, each with those sources."""
    found: dict[date, list[str]] = {}
    for extent in extents:
        for month in extent.gaps:
            found.setdefault(month, []).append(extent.source)
    return found


def last_complete_day(extents: tuple[SourceExtent, ...]) -> date | None:
    """The last day of the last month that the data hold whole; None without data."""
    if not extents:
        return None
    up_to = max(extent.up_to for extent in extents)
    following = up_to + timedelta(days=1)
    return month_start(following) - timedelta(days=1)


def _up_to(last: date, whole_month: bool, told: date | None) -> date:
    month_end = month_start(last, 1) - timedelta(days=1)
    return month_end if whole_month or (told is not None and told >= month_end) else last
