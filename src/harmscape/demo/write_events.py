"""The event files, as the record systems of the force and its partners export them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from harmscape.demo.areas import Ints
from harmscape.demo.cells import append, day_words, header, moment, numbered, pick, write_table
from harmscape.demo.deliveries import chunks
from harmscape.demo.events import Events, Span
from harmscape.demo.numbers import RunningNumbers
from harmscape.demo.offences import CODES, OFFENCES
from harmscape.demo.partners import KINDS, Reports, sources
from harmscape.demo.records import PLACE_KNOWN_TO, STATUSES, Records, state_on
from harmscape.demo.settings import Places

CRIME_COLUMNS = (
    "Crime number", "Recorded on", "Committed from", "Committed to", "Offence code", "Offence",
    "Easting", "Northing", "Place known to", "Status", "Found by", "Incident number",
)  # fmt: skip
RENAMED = {"Committed from": "Occurred from"}
"""What one delivery calls a column otherwise, as happens when an export is changed and changed back."""
FOUND_BY = ("Reported", "Proactive")


class CrimeText:
    """The crimes of a span as cells of text, made for some rows at a time."""

    def __init__(self, events: Events, records: Records, places: Places, span: Span) -> None:
        self._events, self._records, self._places = events, records, places
        self._days = day_words(span)
        self.numbers = RunningNumbers(events, records, span)

    def columns(self, rows: Ints, as_of: int) -> list[pa.Array]:
        """The cells of `CRIME_COLUMNS` for some rows, as known at the end of day `as_of`."""
        records, days = self._records, self._days
        offence, status = state_on(self._events, records, rows, as_of)
        place, minute = self._events.place[rows], self._events.minute[rows]
        until, day_only = records.committed_to[rows], records.day_only[rows]
        no_place = records.place_known_to[rows] == len(PLACE_KNOWN_TO) - 1
        codes = [*CODES, *(code.lower() for code in CODES)]
        return [
            self.numbers.crimes(rows),
            moment(days, records.recorded[rows]),
            moment(days, minute, day_only=day_only),
            moment(days, until, day_only=day_only, missing=until == minute),
            pick(codes, offence + len(CODES) * records.lower_case[rows]),
            pick([entry.title for entry in OFFENCES], offence),
            pa.array(self._places.easting[place], mask=no_place),
            pa.array(self._places.northing[place], mask=no_place),
            pick(PLACE_KNOWN_TO, records.place_known_to[rows]),
            pick(STATUSES, status),
            pick(FOUND_BY, records.by_police[rows]),
            self.numbers.incidents(rows),
        ]


def write_crimes(path: Path, rows: Ints, as_of: int, text: CrimeText, *, renamed: bool = False) -> None:
    """One delivery of crimes as CSV, as known at the end of day `as_of`; see `RENAMED`."""
    with path.open("wb") as sink:
        header(sink, [RENAMED.get(name, name) if renamed else name for name in CRIME_COLUMNS])
        for piece in chunks(rows):
            append(sink, text.columns(piece, as_of))


def write_reports(
    path: Path,
    after: int,
    as_of: int,
    *,
    reports: Reports,
    grades: dict[str, pa.Array],
    places: Places,
    span: Span,
) -> int:
    """One delivery of partner events as CSV, from after day `after` to day `as_of`; gives their number."""
    day = reports.minute // 1440
    rows = np.flatnonzero((day > after) & (day <= as_of))
    place, missing = reports.place[rows], ~reports.located[rows]
    return write_table(path, {
        "event_id": report_ids(rows),
        "occurred_at": moment(day_words(span), reports.minute[rows], between="T"),
        "kind": pick([kind.name for kind in KINDS], reports.kind[rows]),
        "easting": pa.array(places.easting[place], mask=missing),
        "northing": pa.array(places.northing[place], mask=missing),
        "source": pick(sources(KINDS), reports.source[rows]),
        **{name: cells.take(pa.array(rows)) for name, cells in grades.items()},
    })  # fmt: skip


def report_ids(rows: Ints) -> pa.Array:
    """The ids of partner events by their row."""
    return numbered("NSP-", rows + 1, 7)
