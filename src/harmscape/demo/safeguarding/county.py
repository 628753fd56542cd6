"""An invented county in a folder: its map, and what nine agencies and their safeguarding hub have on file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from harmscape.demo.deliveries import month_end
from harmscape.demo.deliveries import plan as plan_deliveries
from harmscape.demo.events import Span
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.levels import Level
from harmscape.demo.output import Output
from harmscape.demo.safeguarding.enquiries import draw_cases, expected_enquiries
from harmscape.demo.safeguarding.families import Families, Flags, Persons, draw_families, eldest_child
from harmscape.demo.safeguarding.forms import draw_forms
from harmscape.demo.safeguarding.geography import county_levels, write_figures
from harmscape.demo.safeguarding.identity import spell
from harmscape.demo.safeguarding.plan import Plan, make_plan
from harmscape.demo.safeguarding.police import draw_crimes, draw_missing
from harmscape.demo.safeguarding.records import STREAMS, Records, join
from harmscape.demo.safeguarding.truth import (
    README,
    draw_outcomes,
    states_in_window,
    tell_truth,
    write_families,
    write_people,
)
from harmscape.demo.safeguarding.write import Sheets, family_id, rows_of, write_stream
from harmscape.demo.services import write_services
from harmscape.demo.write_areas import write_level
from harmscape.model.errors import HarmscapeError

EVENTS_A_FAMILY = 9
CASE_SHARE, FORM_SHARE, MISSING_SHARE, CRIME_SHARE = 0.45, 0.40, 0.07, 0.08
TEENAGER_DAYS = 10 * 365
"""Before the span begins, so that they turn thirteen within it."""
FEWEST_EVENTS, YEARS = 2_000, (2, 5)


@dataclass(frozen=True, slots=True)
class CountySummary:
    """What was written. `records` counts records, `rows` the lines of all their files; `families` those told
    of; `repeat_families` have most repeat enquiries in truth, the most first."""

    folder: Path
    files: tuple[Path, ...]
    starts: date
    ends: date
    records: int
    rows: int
    families: int
    repeat_families: tuple[str, ...]


def make_county(
    folder: Path,
    *,
    events: int = 60_000,
    seed: int = 1,
    null: bool = False,
    ends: date = date(2026, 10, 31),
    years: int = 3,
) -> CountySummary:
    """Write the raw files of an invented county's safeguarding hub and its agencies into a folder.

    events: how many records to expect in all; the number drawn differs by chance. null: the twin in which no
    rate changes over time. ends: the last day told of, the last of a month. The same arguments give the same
    bytes. Raises HarmscapeError if `ends` is not the last day of a month, for less than 2 or more than 5
    years, or for less than 2,000 events.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     summary = make_county(Path(folder), events=2_000, years=2)
    >>> summary.starts.isoformat(), len(summary.repeat_families), len(summary.files)
    ('2024-11-01', 3, 101)
    """
    _refuse_what_cannot_be(events, ends, years)
    span = Span(month_end(ends, -12 * years) + timedelta(days=1), ends)
    land = lay_the_land()
    levels = county_levels(land)
    draw = [np.random.default_rng([seed, stream]) for stream in range(9)]
    families, persons = draw_families(round(events / EVENTS_A_FAMILY), land, span, draw[0])
    families, plan = make_plan(
        families, land, span, enquiries=expected_enquiries(events * CASE_SHARE),
        missing=events * MISSING_SHARE, localities=levels["localities"].code, null=null,
        has_teenager=persons.born[eldest_child(families)] < -TEENAGER_DAYS, rng=draw[1],
    )  # fmt: skip
    records = _draw_records(plan, families, persons, land, span, events, draw[2:6])
    output = Output(folder)
    _write_land(output, land, levels)
    write_services(output.path(f"services/{span.ends}-services.csv"), land, levels["localities"].name)
    spelt = spell(families, persons, records.person, records.day, land=land, span=span, rng=draw[6])
    sheets = Sheets(records, families, persons, plan, spelt=spelt, land=land, span=span, rng=draw[7])
    rows = _write_streams(output, records, sheets, span, draw[7])
    told = np.bincount(sheets.family, minlength=len(plan.pattern)) > 0
    given = {"seed": seed, "null": null, "events": events}
    _write_truth(output, given, plan, families, records, sheets, land, span, levels, told, draw[8])
    return CountySummary(
        folder, tuple(output.files), span.starts, ends, len(records.person), rows, int(told.sum()),
        tuple(family_id(int(family)) for family in plan.top),
    )  # fmt: skip


def _refuse_what_cannot_be(events: int, ends: date, years: int) -> None:
    if ends != month_end(ends, 0):
        raise HarmscapeError(
            f"ends must be the last day of a month, such as {month_end(ends, 0)}, got {ends}"
        )
    if not YEARS[0] <= years <= YEARS[1] or events < FEWEST_EVENTS:
        raise HarmscapeError(
            f"a county tells of 2 to 5 years and at least 2,000 events, got {years} and {events}"
        )


def _draw_records(
    plan: Plan, families: Families, persons: Persons, land: Land, span: Span, events: int,
    draw: list[np.random.Generator],
) -> Records:  # fmt: skip
    """All records that the last delivery can know, by stream in the order of recording."""
    records = join(
        [
            draw_cases(plan, families, persons, span, draw[0]),
            draw_forms(plan, families, span, events * FORM_SHARE / 4, draw[1]),
            draw_missing(plan, families, land, span, draw[2]),
            draw_crimes(plan, families, span, events * CRIME_SHARE, draw[3]),
        ]
    )
    order = np.lexsort((records.minute, records.recorded, records.stream))
    records = records.take(order)
    return records.take(records.recorded < span.days)


def _write_land(output: Output, land: Land, levels: dict[str, Level]) -> None:
    above = None
    for stem, level in levels.items():
        write_level(output.path(f"geographies/{stem}.geojson"), level, above)
        write_figures(output.path(f"denominators/{stem}.csv"), level, land.people)
        above = level


def _write_streams(
    output: Output, records: Records, sheets: Sheets, span: Span, rng: np.random.Generator
) -> int:
    """Every stream of every delivery; gives the number of lines."""
    written = 0
    for number, stream in enumerate(STREAMS):
        told = -1
        for at, delivery in enumerate(plan_deliveries(span)):
            as_of = span.number(delivery.as_of)
            path = output.path(f"{stream.folder}/{delivery.as_of}-{stream.stem}.csv")
            rows = rows_of(records, number, delivery, told, span)
            written += write_stream(path, number, rows, as_of, delivery=at, sheets=sheets, rng=rng)
            told = as_of
    return written


def _write_truth(
    output: Output, given: dict[str, Any], plan: Plan, families: Families, records: Records, sheets: Sheets,
    land: Land, span: Span, levels: dict[str, Level], told: Flags, rng: np.random.Generator,
) -> None:  # fmt: skip
    later, follows = draw_outcomes(plan, rng)
    truth = tell_truth(
        plan, families, records, sheets, land=land, span=span, levels=levels, later=later, follows=follows
    )
    write_people(output.path("truth_people.csv"), records, families, sheets)
    write_families(
        output.path("truth_families.csv"), plan, states_in_window(plan, records, sheets, span),
        later=later, follows=follows, told=told.tolist(),
    )  # fmt: skip
    output.text("truth.json", json.dumps(given | truth, indent=1))
    output.text("README.txt", README.rstrip("\n"))
