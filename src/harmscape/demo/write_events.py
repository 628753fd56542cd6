"""The event files, as the record systems of the force and its partners export them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.deliveries import chunks
from harmscape.demo.events import Events, Span
from harmscape.demo.offences import CODES, OFFENCES
from harmscape.demo.partners import KINDS, SOURCES, Reports
from harmscape.demo.records import PLACE_KNOWN_TO, STATUSES, Records, state_on
from harmscape.demo.settings import Places

CRIME_COLUMNS = (
    "Crime number", "Recorded on", "Committed from", "Committed to", "Offence code", "Offence",
    "Easting", "Northing", "Place known to", "Status", "Found by", "Incident number",
)  # fmt: skip
PARTNER_COLUMNS = ("event_id", "occurred_at", "kind", "easting", "northing", "source")
FOUND_BY = ("Reported", "Proactive")

_HOURS = pa.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)])


class CrimeText:
    """The crimes of a span as cells of text, made for some rows at a time."""

    def __init__(self, events: Events, records: Records, places: Places, span: Span) -> None:
        self._events, self._records, self._places = events, records, places
        self._days = _day_words(span)
        self._crime, self._incident = running_numbers(events, records, span)

    def columns(self, rows: Ints, as_of: int) -> list[pa.Array]:
        """The cells of `CRIME_COLUMNS` for some rows, as known at the end of day `as_of`."""
        records, days = self._records, self._days
        offence, status = state_on(self._events, records, rows, as_of)
        place, minute = self._events.place[rows], self._events.minute[rows]
        until, day_only = records.committed_to[rows], records.day_only[rows]
        no_place = records.place_known_to[rows] == len(PLACE_KNOWN_TO) - 1
        codes = [*CODES, *(code.lower() for code in CODES)]
        return [
            self._crime.take(pa.array(rows)),
            _moment(days, records.recorded[rows]),
            _moment(days, minute, day_only=day_only),
            _moment(days, until, day_only=day_only, missing=until == minute),
            _pick(codes, offence + len(CODES) * records.lower_case[rows]),
            _pick([entry.title for entry in OFFENCES], offence),
            pa.array(self._places.easting[place], mask=no_place),
            pa.array(self._places.northing[place], mask=no_place),
            _pick(PLACE_KNOWN_TO, records.place_known_to[rows]),
            _pick(STATUSES, status),
            _pick(FOUND_BY, records.by_police[rows]),
            self._incident.take(pa.array(rows)),
        ]


def write_crimes(path: Path, rows: Ints, as_of: int, text: CrimeText) -> None:
    """One delivery of crimes as CSV, as known at the end of day `as_of`."""
    with path.open("wb") as sink:
        sink.write((",".join(CRIME_COLUMNS) + "\n").encode())
        for piece in chunks(rows):
            _append(sink, text.columns(piece, as_of))


def write_reports(path: Path, after: int, as_of: int, *, reports: Reports, places: Places, span: Span) -> int:
    """One delivery of partner events as CSV, from after day `after` to day `as_of`; gives their number."""
    day = reports.minute // 1440
    rows = np.flatnonzero((day > after) & (day <= as_of))
    place, missing = reports.place[rows], ~reports.located[rows]
    columns = [
        pc.binary_join_element_wise("NSP-", _padded(rows + 1, 7), ""),
        _moment(_day_words(span), reports.minute[rows], between="T"),
        _pick([kind.name for kind in KINDS], reports.kind[rows]),
        pa.array(places.easting[place], mask=missing),
        pa.array(places.northing[place], mask=missing),
        _pick(SOURCES, reports.source[rows]),
    ]
    with path.open("wb") as sink:
        sink.write((",".join(PARTNER_COLUMNS) + "\n").encode())
        _append(sink, columns)
    return len(rows)


def running_numbers(events: Events, records: Records, span: Span) -> tuple[pa.Array, pa.Array]:
    """The numbers of crimes (NS/26/100001, by recording) and of incidents (LOG/0000001)."""
    last = int(records.recorded_on.max(initial=0))
    year = np.array([span.day(number).year for number in range(last + 1)])[records.recorded_on]
    starts = np.searchsorted(year, np.unique(year))
    within = np.arange(len(year)) - starts[np.searchsorted(np.unique(year), year)]
    years = _pick([f"{number % 100:02d}" for number in range(year.max(initial=0) + 1)], year)
    crime = pc.binary_join_element_wise("NS", years, _padded(within + 100_001, 6), "/")
    _, first, inverse = np.unique(events.incident, return_index=True, return_inverse=True)
    incident = first.argsort().argsort()[inverse]
    return crime, pc.binary_join_element_wise("LOG", _padded(incident + 1, 7), "/")


def _day_words(span: Span) -> pa.Array:
    """The days of a span as text; the last crimes are recorded after it, but none so late is exported."""
    return pa.array([span.day(number).isoformat() for number in range(span.days + 2)])


def _moment(
    days: pa.Array,
    minute: NDArray[np.int32] | Ints,
    *,
    between: str = " ",
    day_only: NDArray[np.bool_] | None = None,
    missing: NDArray[np.bool_] | None = None,
) -> pa.Array:
    """Minutes as YYYY-MM-DD HH:MM; only the day where no more is known; empty where missing."""
    day = days.take(pa.array(minute // 1440))
    text = pc.binary_join_element_wise(day, _HOURS.take(pa.array(minute % 1440)), between)
    if day_only is not None:
        text = pc.if_else(pa.array(day_only), day, text)
    return text if missing is None else pc.if_else(pa.array(missing), None, text)


def _pick(words: Sequence[str], number: NDArray[np.integer | np.bool_]) -> pa.Array:
    return pa.array(_quoted(words)).take(pa.array(np.asarray(number, np.int32)))


def _padded(values: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")


def _append(sink: BinaryIO, columns: list[pa.Array]) -> None:
    """Write rows of plain cells; those that need quotes come with them."""
    text = [column.cast(pa.string()) for column in columns]
    lines = pc.binary_join_element_wise(*text, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(lines, "", "\n")
    if len(lines):
        sink.write(lines.buffers()[2])


def _quoted(words: Sequence[str]) -> list[str]:
    return [f'"{word}"' if "," in word else word for word in words]
