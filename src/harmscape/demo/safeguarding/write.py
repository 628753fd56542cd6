"""The files of the agencies: a history, then three monthly deliveries, with two clocks and ordinary dirt."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.deliveries import Delivery
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.safeguarding.agencies import AGENCIES
from harmscape.demo.safeguarding.enquiries import ASSESSMENT_OUTCOMES, CONTACT_OUTCOMES, STATUSES, URGENCIES
from harmscape.demo.safeguarding.families import Families, Flags, Persons, lives_at
from harmscape.demo.safeguarding.identity import Spelt
from harmscape.demo.safeguarding.plan import YES, Plan
from harmscape.demo.safeguarding.records import (
    ASSESSMENTS,
    CRIMES_SEEN,
    FIRST_CONTACTS,
    FIRST_FORMS,
    HUB_ENQUIRIES,
    KINDS,
    MISSING_EPISODES,
    STREAMS,
    Records,
)

IDENTITY = (
    "Record", "Person id", "Family id", "Household id", "Given name", "Surname", "Born", "Sex",
    "Child or adult", "Address", "Postcode", "Easting", "Northing", "Agency", "Sensitivity",
)  # fmt: skip
OWN_COLUMNS = {
    HUB_ENQUIRIES: (
        "Opened at", "Recorded on", "Kind", "Raised by", "Urgency", "Repeat", "Status", "Case",
    ),
    ASSESSMENTS: ("Assessed on", "Recorded on", "Kind", "Raised by", "Outcome", "Case"),
    MISSING_EPISODES: ("Reported missing", "Returned", "Recorded on", "Kind"),
    CRIMES_SEEN: ("Committed at", "Recorded on", "Kind"),
    FIRST_CONTACTS: ("Contact at", "Recorded on", "Kind", "Outcome", "Case"),
    FIRST_FORMS: ("Form dated", "Recorded on", "Kind", "Circumstance", "Answer", "Form"),
}  # fmt: skip
"""The columns after `IDENTITY`, by the first stream that has them."""
RENAMED = {("housing-contacts", 2): {"Family id": "Family ref", "Given name": "Forename"}}
"""A delivery (counted from 0) in which an agency's export called columns by other names."""
NO_FAMILY_SHARE, NO_HOME_SHARE, LOWER_CASE_SHARE, DUPLICATED_SHARE = 0.015, 0.012, 0.004, 0.001

Row = list[str]


class Sheets:
    """The records as cells of text, made for some rows at a time."""

    def __init__(
        self, records: Records, families: Families, persons: Persons, plan: Plan, *, spelt: Spelt,
        land: Land, span: Span, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._records, self._spelt, self._span = records, spelt, span
        self._persons, self._land = persons, land
        self.family: Ints = persons.family[records.person]
        self.household, self.place = lives_at(families, persons, records.person, records.day)
        count = len(records.person)
        loose = (records.stream == CRIMES_SEEN) | (
            (records.stream >= FIRST_CONTACTS) & (records.stream < FIRST_FORMS)
        )
        self.matched: Flags = ~(loose & (rng.random(count) < NO_FAMILY_SHARE))
        firm = (plan.pattern[self.family] == YES) & (records.stream >= FIRST_FORMS)
        self.placed: Flags = firm | (rng.random(count) >= NO_HOME_SHARE)
        self._lower_case = rng.random(count) < LOWER_CASE_SHARE
        self.number = _numbers(records)
        # All four answers of a form stand under one name, one address and one point.
        self._form = _first_of_form(records)
        self.placed = self.placed[self._form]

    def record(self, row: int) -> str:
        """The number that the agency gave a record."""
        return f"{STREAMS[int(self._records.stream[row])].prefix}-{int(self.number[row]):06d}"

    def rows(self, chosen: Ints, as_of: int) -> Iterator[Row]:
        """The cells of some records as known at the end of day `as_of`."""
        for row in chosen.tolist():
            yield [*self._identity(row), *self._own(row, as_of)]

    def _identity(self, row: int) -> Row:
        spelt, person, place = self._spelt, int(self._records.person[row]), int(self.place[row])
        stream = STREAMS[int(self._records.stream[row])]
        named = int(self._form[row])
        born, surname = spelt.born[named], spelt.surname[named]
        if stream.agency == "police":
            # The police export capitals and days as they are spoken.
            born, surname = "/".join(reversed(born.split("-"))) if born else "", surname.upper()
        matched, placed = bool(self.matched[row]), bool(self.placed[row])
        return [
            self.record(row), f"P{person + 1:06d}",
            family_id(int(self.family[row])) if matched else "",
            f"H{int(self.household[row]) + 1:06d}" if matched else "",
            spelt.given[named], surname, born, "F" if self._persons.is_female[person] else "M",
            "adult" if self._persons.is_adult[person] else "child",
            spelt.address[named], spelt.postcode[named],
            str(self._land.places.easting[place]) if placed else "",
            str(self._land.places.northing[place]) if placed else "",
            stream.agency, str(stream.sensitivity),
        ]  # fmt: skip

    def _own(self, row: int, as_of: int) -> Row:
        records = self._records
        stream, known = int(records.stream[row]), int(records.changed[row]) <= as_of
        at, recorded = self._minute(int(records.minute[row])), self._day(int(records.recorded[row]))
        number = int(records.kind[row] if known else records.first_kind[row])
        kind = KINDS[number].lower() if self._lower_case[row] else KINDS[number]
        state, case = int(records.state[row]), f"CASE-{int(records.case[row]) + 1:06d}"
        raised_by = AGENCIES[int(records.raised_by[row])].id
        if stream == HUB_ENQUIRIES:
            urgency, repeat = URGENCIES[int(records.urgency[row])], "Yes" if records.repeat[row] else "No"
            status = STATUSES[state if known else 0]
            return [at, recorded, kind, raised_by, urgency, repeat, status, case]
        if stream == ASSESSMENTS:
            return [at[:10], recorded, kind, raised_by, ASSESSMENT_OUTCOMES[state], case]
        if stream == MISSING_EPISODES:
            return [at, self._minute(int(records.until[row])) if known else "", recorded, kind]
        if stream == CRIMES_SEEN:
            return [at, recorded, kind]
        if stream < FIRST_FORMS:
            return [at, recorded, kind, CONTACT_OUTCOMES[state if known else 0], case]
        circumstance, answer = KINDS[number].split(": ")
        return [at[:10], recorded, kind, circumstance, answer, f"FORM-{int(records.occasion[row]) + 1:06d}"]

    def _day(self, number: int) -> str:
        return (self._span.starts + timedelta(days=number)).isoformat()

    def _minute(self, minute: int) -> str:
        return f"{self._day(minute // 1440)} {minute % 1440 // 60:02d}:{minute % 60:02d}"


def family_id(number: int) -> str:
    """The id that the hub's case system gives a family.

    >>> family_id(0)
    'F00001'
    """
    return f"F{number + 1:05d}"


def columns_of(stream: int) -> tuple[str, ...]:
    """The columns of a stream's files."""
    return (*IDENTITY, *OWN_COLUMNS[max(first for first in OWN_COLUMNS if first <= stream)])


def rows_of(records: Records, stream: int, delivery: Delivery, told: int, span: Span) -> Ints:
    """The records of a stream in one delivery, by number; `told`: the day of the delivery before, or -1.

    A restated stream tells of its months anew, without what was withdrawn; others what is new or changed.
    """
    as_of, first = span.number(delivery.as_of), span.number(delivery.first)
    mine = (records.stream == stream) & (records.recorded <= as_of) & (records.day <= as_of)
    if STREAMS[stream].restated:
        return np.flatnonzero(mine & (records.day >= first) & (records.withdrawn > as_of))
    news = (records.changed > told) & (records.changed <= as_of)
    return np.flatnonzero(mine & ((records.recorded > told) | news))


def write_stream(
    path: Path,
    stream: int,
    rows: Ints,
    as_of: int,
    *,
    delivery: int,
    sheets: Sheets,
    rng: np.random.Generator,
) -> int:
    """One file of a stream, a few rows twice, as exports have them; gives the number of lines."""
    twice = np.repeat(rows, 1 + (rng.random(len(rows)) < DUPLICATED_SHARE))
    names = RENAMED.get((STREAMS[stream].stem, delivery), {})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names.get(name, name) for name in columns_of(stream))
        writer.writerows(sheets.rows(twice, as_of))
    return len(twice)


def _first_of_form(records: Records) -> Ints:
    """For each record the first of its form; itself, if it is on none."""
    own = np.arange(len(records.occasion))
    form = np.where(records.occasion >= 0, records.occasion, records.occasion.max(initial=0) + 1 + own)
    _, first, inverse = np.unique(form, return_index=True, return_inverse=True)
    return np.asarray(first[inverse])


def _numbers(records: Records) -> Ints:
    """A running number in each stream, from 1, in the order of the records."""
    number = np.zeros(len(records.stream), np.int64)
    for stream in range(len(STREAMS)):
        rows = np.flatnonzero(records.stream == stream)
        number[rows] = 1 + np.arange(len(rows))
    return number
