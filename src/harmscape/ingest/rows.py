"""The checks every record passes, whatever its file: what is required, when, what, where, how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.block import Block, Refused
from harmscape.ingest.events import FLAGS, GRAINS, contents, events_schema
from harmscape.ingest.header import Columns
from harmscape.ingest.points import Points, read_points
from harmscape.ingest.records import Mask, Records
from harmscape.ingest.text import JOIN, folded
from harmscape.ingest.when import When, read_when
from harmscape.ingest.zone import DAY
from harmscape.model.category import CategoryList, spelling
from harmscape.model.errors import HarmscapeError, nearest
from harmscape.model.source import CoverColumn, Occurred, Source

_INSTANT, _DAY, _MONTH, _SPAN = range(len(GRAINS))
_MICROS_AN_HOUR = 3_600_000_000
_QUANTITY = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
_MONTH_PART = r"^[0-9]{4}-(0[1-9]|1[0-2])([-T ].*)?$"


@dataclass(frozen=True, slots=True)
class Judged:
    """The accepted records as events, the refused with their reasons, and what was marked."""

    events: pa.RecordBatch
    refused: list[Refused]
    flags: dict[str, int]
    unknown_categories: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the checks found of each record."""

    when: When
    ends: NDArray[np.int64]
    grain: NDArray[np.int8]
    cover: pa.Array
    category: pa.Array
    unknown: Mask
    points: Points
    quantity: pa.Array
    span: tuple[pa.Array, pa.Array]


class RowChecks:
    """The checks of one table, compiled from its source once and applied to block after block."""

    def __init__(
        self, source: Source, columns: Columns, categories: CategoryList, *, as_of: date, timezone: str
    ) -> None:
        self._source, self._columns, self._categories = source, columns, categories
        self._as_of, self._timezone = as_of, timezone
        self._spellings = categories.spellings()
        self._schema = events_schema(source)
        value = source.category.value
        if value is not None and spelling(value) not in self._spellings:
            raise HarmscapeError(
                f"source {source.id!r}: category list {categories.id!r} has no {value!r}"
                f"{nearest(value, [each.id for each in categories.categories])}"
            )

    def judge(self, block: Block) -> Judged:
        """Check the records of a block; each refused one has the first reason that applies."""
        rows = Records(self._columns, block)
        for reason, hit in block.faults.items():
            rows.refuse(reason, hit)
        rows.refuse("missing_required", self._missing(rows))
        when, ends, grain = self._when(rows)
        cover = self._cover(rows, when)
        category, unknown = self._category(rows)
        points = self._points(rows)
        quantity, span = self._quantity(rows), self._span(rows)
        found = _Found(when, ends, grain, cover, category, unknown, points, quantity, span)
        occurred = self._source.occurred
        flags = {
            "no_location": points.nowhere & (self._source.point is not None),
            "ambiguous_local_time": when.twice,
            "date_only": when.dated & (occurred is not None and occurred.grain == "instant"),
            "unknown_category": unknown,
        }
        kept = rows.verdict < 0
        batch = pa.RecordBatch.from_arrays(self._columns_of(rows, found, flags), schema=self._schema)
        texts = pc.value_counts(rows.cells(self._source.category.column).filter(pa.array(unknown & kept)))
        return Judged(
            batch if kept.all() else batch.filter(pa.array(kept)),
            sorted([*block.refused, *rows.refusals()]),
            {name: int((hit & kept).sum()) for name, hit in flags.items() if (hit & kept).any()},
            {count["values"].as_py(): count["counts"].as_py() for count in texts},
        )

    def _missing(self, rows: Records) -> Mask:
        source = self._source
        needed = [
            *source.required,
            *(cover.column for cover in source.covers),
            *([source.occurred.column] if source.occurred else []),
            *([source.category.column] if source.category.column else []),
        ]
        missing = np.zeros(rows.size, bool)
        for name in dict.fromkeys(needed):
            if name in self._columns.place or name not in source.may_lack:
                missing |= rows.empty(name)
        keyless = np.zeros(rows.size, bool)
        for name, values in source.without_key.items():
            keyless |= rows.spelt(name, {spelling(value) for value in values})
        for name in source.key:
            missing |= rows.empty(name) & ~keyless
        return missing

    def _when(self, rows: Records) -> tuple[When, NDArray[np.int64], NDArray[np.int8]]:
        """When each record happened, the end of its time, and its grain."""
        occurred, zone = self._source.occurred, self._timezone
        if occurred is None:
            # An entry of a register speaks of the day of its delivery.
            day = self._same(rows, self._as_of.isoformat())
            when = read_when(day, grain="day", timezone=zone)
            return when, when.ends, np.full(rows.size, _DAY, np.int8)
        when = read_when(
            rows.cells(occurred.column), grain=occurred.grain, timezone=zone, shape=occurred.format
        )
        base = {"instant": _INSTANT, "day": _DAY, "month": _MONTH}[occurred.grain]
        grain = np.where(when.dated, _DAY, base).astype(np.int8)
        ends, outside = when.ends, self._out_of_range(when, occurred)
        if occurred.to is None or occurred.to not in self._columns.place:
            rows.refuse("bad_date", when.bad)
            rows.refuse("nonexistent_local_time", when.never)
            rows.refuse("date_out_of_range", outside)
            return when, ends, grain
        until = read_when(rows.cells(occurred.to), grain=occurred.grain, timezone=zone, shape=occurred.format)
        given = ~rows.empty(occurred.to)
        rows.refuse("bad_date", when.bad | (given & until.bad))
        rows.refuse("nonexistent_local_time", when.never | (given & until.never))
        rows.refuse("date_out_of_range", outside | (given & self._out_of_range(until, occurred)))
        rows.refuse("ends_before_start", given & (until.ends < when.starts))
        longer = given & (until.ends > when.ends)
        return when, np.where(longer, until.ends, ends), np.where(longer, _SPAN, grain).astype(np.int8)

    def _out_of_range(self, when: When, occurred: Occurred) -> Mask:
        first, last = np.datetime64(occurred.earliest), np.datetime64(self._as_of)
        day = (when.local // DAY).astype("datetime64[D]")
        if occurred.grain == "month":
            month = day.astype("datetime64[M]")
            beyond: Mask = (month < first.astype("datetime64[M]")) | (month > last.astype("datetime64[M]"))
            return beyond
        outside: Mask = (day < first) | (day > last)
        return outside

    def _category(self, rows: Records) -> tuple[pa.Array, Mask]:
        """The category of each record, and which are not in an open list."""
        category = self._source.category
        if category.column is None:
            assert category.value is not None
            only = self._spellings[spelling(category.value)]
            return self._same(rows, only), np.zeros(rows.size, bool)
        distinct = rows.distinct(category.column)
        found = pa.array(
            [self._spellings.get(spelling(text)) for text in distinct.dictionary.to_pylist()], pa.string()
        ).take(distinct.indices)
        unknown: Mask = found.is_null().to_numpy(zero_copy_only=False)
        if self._categories.closed:
            # The contract's name for the reason, whatever the list holds.
            rows.refuse("unknown_crime_type", unknown)
            return found, np.zeros(rows.size, bool)
        return found, unknown

    def _points(self, rows: Records) -> Points:
        point = self._source.point
        if point is None:
            nothing = np.full(rows.size, np.nan)
            return Points(nothing, nothing, np.ones(rows.size, bool), {})
        points = read_points(rows.cells(point.x), rows.cells(point.y), epsg=point.epsg)
        for reason, hit in points.faults.items():
            rows.refuse(reason, hit)
        return points

    def _quantity(self, rows: Records) -> pa.Array:
        column = self._source.quantity
        if column is None:
            return pa.nulls(rows.size, pa.decimal128(18, 6))
        distinct = rows.distinct(column)
        plain = pc.match_substring_regex(distinct.dictionary, _QUANTITY)
        numbers = pc.cast(pc.if_else(plain, distinct.dictionary, None), pa.decimal128(18, 6))
        quantity = numbers.take(distinct.indices)
        rows.refuse("bad_quantity", quantity.is_null().to_numpy(zero_copy_only=False) & ~rows.empty(column))
        return quantity

    def _span(self, rows: Records) -> tuple[pa.Array, pa.Array]:
        """The first day on which each entry of a register holds, and the first on which it no longer does."""
        register, nothing = self._source.register_, pa.nulls(rows.size, pa.date32())
        if register is None:
            return nothing, nothing
        starts, ends = (self._day(rows, name) for name in (register.starts, register.ends))
        backwards = pc.less(ends, starts).fill_null(False).to_numpy(zero_copy_only=False)
        rows.refuse("ends_before_start", backwards)
        return starts, ends

    def _day(self, rows: Records, name: str | None) -> pa.Array:
        """A column of days, null where it is empty."""
        if name is None:
            return pa.nulls(rows.size, pa.date32())
        given = ~rows.empty(name)
        when = read_when(rows.cells(name), grain="day", timezone=self._timezone)
        rows.refuse("bad_date", given & when.bad)
        return pa.array((when.local // DAY).astype("datetime64[D]"), mask=~given | when.bad)

    def _same(self, rows: Records, text: str) -> pa.Array:
        """One text for every record."""
        return pa.array([text]).take(pa.array(np.zeros(rows.size, np.int32)))

    def _links(self, rows: Records) -> list[pa.Array]:
        """The columns of `link_columns`: keys and roles as they are compared, titles as they are written."""
        found: list[pa.Array] = []
        for link in self._source.links:
            key, title = rows.optional(link.column), rows.optional(link.title)
            role = self._same(rows, link.role) if link.role else folded(rows.cells(link.role_column))
            found += [folded(key), role, title]
        return found

    def _columns_of(self, rows: Records, found: _Found, flags: dict[str, Mask]) -> list[pa.Array]:
        """The columns of `events_schema`, for all records; what the refused hold is of no meaning."""
        source = self._source
        point, points, when = source.point, found.points, found.when
        hour = (when.local % DAY // _MICROS_AN_HOUR).astype(np.int8)
        instant = found.grain == _INSTANT
        epsg = np.full(rows.size, point.epsg if point else 0, np.int32)
        return [
            pa.array(rows.block.line),
            rows.block.raw.cast(pa.large_string()),
            self._key(rows),
            rows.optional(source.reference),
            found.cover,
            pa.array(when.starts.astype("datetime64[us]")),
            pa.array(found.ends.astype("datetime64[us]"), mask=instant),
            pa.DictionaryArray.from_arrays(pa.array(found.grain), pa.array(GRAINS)),
            pa.array((when.local // DAY).astype("datetime64[D]")),
            pa.array(hour, mask=~instant),
            found.category,
            pc.if_else(pa.array(found.unknown), rows.cells(source.category.column), None),
            pa.array(points.x, mask=points.nowhere),
            pa.array(points.y, mask=points.nowhere),
            pa.array(epsg, mask=points.nowhere),
            rows.optional(source.label.column if source.label else None),
            found.quantity,
            rows.optional(source.incident),
            *(rows.optional(column) for column in source.attributes.values()),
            *self._links(rows),
            folded(rows.optional(source.about.column)) if source.about else pa.nulls(rows.size, pa.string()),
            *found.span,
            _flag_texts(flags),
            self._contents(rows),
        ]

    def _contents(self, rows: Records) -> pa.Array:
        """What each record says. Its key counts as keys are compared, so that another case is no change."""
        keys = {self._columns.place[name] for name in self._source.key}
        columns = ((at in keys, rows.column(at)) for at in self._columns.order)
        return contents([folded(column) if is_key else column for is_key, column in columns])

    def _key(self, rows: Records) -> pa.Array:
        if not self._source.key:
            return pa.nulls(rows.size, pa.string())
        parts = [folded(rows.cells(name)) for name in self._source.key]
        lacking = np.zeros(rows.size, bool)
        for name in self._source.key:
            lacking |= rows.empty(name)
        if self._source.delivery == "register":
            parts.append(self._same(rows, self._as_of.isoformat()))
        key = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, JOIN)
        return pc.if_else(pa.array(lacking), None, key) if lacking.any() else key

    def _cover(self, rows: Records, when: When) -> pa.Array:
        if self._source.delivery == "register":
            return self._same(rows, self._as_of.isoformat())
        if not self._source.covers:
            return pa.nulls(rows.size, pa.string())
        parts = [self._cover_part(rows, when, cover) for cover in self._source.covers]
        return pc.binary_join_element_wise(*parts, JOIN)

    def _cover_part(self, rows: Records, when: When, cover: CoverColumn) -> pa.Array:
        distinct = rows.distinct(cover.column)
        if cover.part == "whole":
            return folded(distinct.dictionary).take(distinct.indices)
        if self._source.occurred and cover.column == self._source.occurred.column:
            month = (when.local // DAY).astype("datetime64[D]").astype("datetime64[M]")
            months, codes = np.unique(month, return_inverse=True)
            texts = pa.array(months.astype(str)).take(pa.array(codes))
        else:
            texts = distinct.dictionary.take(distinct.indices)
            shaped = pc.match_substring_regex(distinct.dictionary, _MONTH_PART).take(distinct.indices)
            rows.refuse("bad_date", ~shaped.to_numpy(zero_copy_only=False))
        return pc.utf8_slice_codeunits(texts, 0, 7 if cover.part == "month" else 4)


def _flag_texts(flags: dict[str, Mask]) -> pa.Array:
    """The names of the flags of each row, joined by commas; null where none is set."""
    bits = sum(flags[name].astype(np.int32) << at for at, name in enumerate(FLAGS))
    texts = [
        ",".join(name for at, name in enumerate(FLAGS) if code >> at & 1) or None
        for code in range(1 << len(FLAGS))
    ]
    return pa.array(texts, pa.string()).take(pa.array(bits))
