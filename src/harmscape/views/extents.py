"""How far each source reaches, as far as this reader may count it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from harmscape.engine import Engine
from harmscape.model.period import Period, month_start
from harmscape.views.context import Context

EXPECTED_BEFORE_SILENCE_TELLS = 7
"""Where so many events are expected, none at all has a chance under 0.001 (Poisson: e^-7 is 0.0009)."""
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class SourceExtent:
    """What this reader may count of a source: its months with their events, and how far it reaches.

    restates: whether its deliveries say all there is to say of a month, so that every month must hold some.
    """

    source: str
    months: Mapping[date, int]
    up_to: date
    restates: bool = True

    @property
    def mean(self) -> float:
        """Events in a month that has any: for seldom events a little over the true mean, never under it."""
        return sum(self.months.values()) / len(self.months)

    @property
    def gaps(self) -> list[date]:
        """The months between its first and its last that hold nothing: gaps, not zeros.

        A source that tells only of what is new may have nothing to tell of a month. Its silence is a gap
        where it has 7 events a month or more, since so many are none with a chance under 0.001.
        """
        if not self.restates and self.mean < EXPECTED_BEFORE_SILENCE_TELLS:
            return []
        first, last = min(self.months), max(self.months)
        span = Period(first, month_start(last, 1)).months
        return [month for month in span if month not in self.months]


def read_extents(cursor: Engine, context: Context) -> list[SourceExtent]:
    """How far each source reaches, among the events this reader may count."""
    cursor.prepare(
        "month_reach",
        """
        select x.source, x.month, sum(x.events)::bigint as events, max(x.last_day) as last_day,
               bool_or(x.whole_month) as whole_month
        from counted_extent x group by all
        """,
    )
    cursor.prepare(
        "source_told",
        """
        select f.source, max(f.as_of) filter (f.accepted > 0) as told,
               max(f.as_of) filter (f.action <> 'refuse') as asked
        from delivered_file f group by f.source
        """,
    )
    rows = cursor.rows("extents", "select r.* from month_reach r order by r.source, r.month")
    told = {
        source: {"told": day, "asked": asked}
        for source, day, asked in cursor.rows("told", "select t.source, t.told, t.asked from source_told t")
    }
    months: dict[int, dict[date, int]] = {}
    last: dict[int, tuple[date, bool]] = {}
    for source, month, events, last_day, whole in rows:
        months.setdefault(source, {})[month] = events
        last[source] = (last_day, whole or last.get(source, (last_day, False))[1])
    names = {number: name for name, number in context.lookup.dictionaries.source.items()}
    found = []
    for number, held in months.items():
        name = names[number]
        restates = context.domain.source(name).restates
        days = told.get(name, {"told": None, "asked": None})
        extent = SourceExtent(name, held, _up_to(*last[number], days["told"]), restates)
        found.append(extent if restates else _with_silence(extent, days["asked"]))
    return found


def told_categories(cursor: Engine, context: Context) -> set[tuple[str, str]]:
    """The sources with the categories they ever told of, among the events this reader may count."""
    cursor.prepare(
        "source_category", "select distinct t.source, t.category from counted_tally t where t.category > 0"
    )
    sources = {number: name for name, number in context.lookup.dictionaries.source.items()}
    categories = {number: name for name, number in context.lookup.dictionaries.category.items()}
    rows = cursor.rows("source categories", "select s.source, s.category from source_category s")
    return {(sources[source], categories[category]) for source, category in rows}


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


def _with_silence(extent: SourceExtent, asked: date | None) -> SourceExtent:
    """A source of what is new reaches to the day of its latest delivery, an empty one too, where the days
    without events before it are no longer than chance allows; a longer silence is taken for missing rows."""
    if asked is None or asked <= extent.up_to:
        return extent
    expected = extent.mean * (asked - extent.up_to).days / _DAYS_A_MONTH
    return replace(extent, up_to=asked) if expected < EXPECTED_BEFORE_SILENCE_TELLS else extent


def _up_to(last: date, whole_month: bool, told: date | None) -> date:
    month_end = month_start(last, 1) - timedelta(days=1)
    return month_end if whole_month or (told is not None and told >= month_end) else last
