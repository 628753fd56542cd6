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


def write_crimes(
    path: Path,
    rows: Ints,
    as_of: int,
    *,
    events: Events,
    records: Records,
    numbers: tuple[pa.Array, pa.Array],
    places: Places,
    span: Span,
) -> None:
    """One delivery of crimes as CSV, as known at the end of day `as_of`; `numbers` are those of crimes and incidents."""
    days = pa.array([span.day(number).isoformat() for number in range(span.days + 100)])
    with path.open("wb") as sink:
        sink.write((",".join(CRIME_COLUMNS) + "\n").encode())
        for piece in chunks(rows):
            offence, status = state_on(events, records, piece, as_of)
            place, day_only = events.place[piece], records.day_only[piece]
            no_place = records.place_known_to[piece] == len(PLACE_KNOWN_TO) - 1
            until = records.committed_to[piece]
            columns = [
                numbers[0].take(pa.array(piece)),
                _moment(days, records.recorded[piece]),
                _moment(days, events.minute[piece], day_only=day_only),
                _moment(days, until, day_only=day_only, missing=until == events.minute[piece]),
                _pick(
                    [*CODES, *(code.lower() for code in CODES)],
                    offence + len(CODES) * records.lower_case[piece],
                ),
                _pick([entry.title for entry in OFFENCES], offence),
                _metres(places.easting[place], missing=no_place),
                _metres(places.northing[place], missing=no_place),
                _pick(PLACE_KNOWN_TO, records.place_known_to[piece]),
                _pick(STATUSES, status),
                _pick(FOUND_BY, records.by_police[piece]),
                numbers[1].take(pa.array(piece)),
            ]
            _append(sink, columns)


def write_reports(path: Path, after: int, as_of: int, *, reports: Reports, places: Places, span: Span) -> int:
    """One delivery of partner events as CSV: those after day `after`, up to day `as_of`; gives their number."""
    day = reports.minute // 1440
    rows = np.flatnonzero((day > after) & (day <= as_of))
    days = pa.array([span.day(number).isoformat() for number in range(span.days)])
    place, missing = reports.place[rows], ~reports.located[rows]
    columns = [
        pc.binary_join_element_wise("NSP-", _padded(rows + 1, 7), ""),
        _moment(days, reports.minute[rows], between="T"),
        _pick([kind.name for kind in KINDS], reports.kind[rows]),
        _metres(places.easting[place], missing=missing),
        _metres(places.northing[place], missing=missing),
        _pick(SOURCES, reports.source[rows]),
    ]
    with path.open("wb") as sink:
        sink.write((",".join(PARTNER_COLUMNS) + "\n").encode())
        _append(sink, columns)
    return len(rows)


def running_numbers(events: Events, records: Records, span: Span) -> tuple[pa.Array, pa.Array]:
    """The crime numbers (NS/26/100001 ..., in the order of recording) and the incident numbers (LOG/0000001 ...)."""
    last = span.days + 100
    year = np.array([span.day(number).year for number in range(last)])[records.recorded_on]
    starts = np.searchsorted(year, np.unique(year))
    within = np.arange(len(year)) - starts[np.searchsorted(np.unique(year), year)]
    years = _pick([f"{number % 100:02d}" for number in range(year.max(initial=0) + 1)], year)
    crime = pc.binary_join_element_wise("NS", years, _padded(within + 100_001, 6), "/")
    _, first, inverse = np.unique(events.incident, return_index=True, return_inverse=True)
    incident = first.argsort().argsort()[inverse]
    return crime, pc.binary_join_element_wise("LOG", _padded(incident + 1, 7), "/")


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


def _metres(values: Ints, *, missing: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=missing)


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
