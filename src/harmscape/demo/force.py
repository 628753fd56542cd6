"""An invented police force in a folder: its map, its people, and the exports of its record systems."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from harmscape.demo.changes import apply_changes
from harmscape.demo.deliveries import last_news, month_end, plan, rows_of
from harmscape.demo.events import Events, Span, draw_events
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.operations import effects, operation_lines, operations_truth
from harmscape.demo.output import Output
from harmscape.demo.partners import draw_reports, partner_rates
from harmscape.demo.rates import DOUBLED_CODE, HIGH_SECTORS, MARKET_SECTOR, Doubling, true_rates
from harmscape.demo.records import Records, keep_records
from harmscape.demo.settings import Places
from harmscape.demo.truth import README, tell_truth
from harmscape.demo.write_areas import write_denominators, write_level
from harmscape.demo.write_events import CrimeText, write_crimes
from harmscape.demo.write_partners import PARTNER_SHARE, RETURNS_SHARE, write_others, write_returns
from harmscape.model.errors import HarmscapeError

MONTHS_DOUBLED = 6


@dataclass(frozen=True, slots=True)
class ForceSummary:
    """What was written. `crimes` and `partner_events` count events, `rows` the lines of all event files."""

    folder: Path
    files: tuple[Path, ...]
    starts: date
    ends: date
    crimes: int
    partner_events: int
    rows: int
    high_sectors: tuple[str, ...]


def make_force(
    folder: Path,
    *,
    events: int = 400_000,
    seed: int = 1,
    null: bool = False,
    ends: date = date(2026, 10, 31),
    years: int = 5,
) -> ForceSummary:
    """Write the raw files of an invented force, Northshire Police, into a folder.

    events: how many to expect in all; the number drawn differs by chance. null: the twin in which no rate
    changes over time. ends: the last day told of, the last of a month. The same arguments give the same
    bytes. Raises HarmscapeError if `ends` is not the last day of a month, or for less than a year or 1,000
    events.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     summary = make_force(Path(folder), events=2_000, years=1)
    >>> summary.starts.isoformat(), summary.high_sectors[0]
    ('2025-11-01', 'S12')
    """
    if ends != month_end(ends, 0):
        raise HarmscapeError(
            f"ends must be the last day of a month, such as {month_end(ends, 0)}, got {ends}"
        )
    if years < 1 or events < 1_000:
        raise HarmscapeError(f"a force tells of at least 1 year and 1,000 events, got {years} and {events}")
    span = Span(month_end(ends, -12 * years) + timedelta(days=1), ends)
    doubled_from = month_end(ends, -MONTHS_DOUBLED) + timedelta(days=1)
    doubling = None if null else Doubling(MARKET_SECTOR, DOUBLED_CODE, doubled_from)
    land = lay_the_land()
    draw = [np.random.default_rng([seed, stream]) for stream in range(16)]
    rates = true_rates(land, events * (1 - PARTNER_SHARE), draw[0])
    partner = partner_rates(land, events * RETURNS_SHARE, draw[1])
    reports = draw_reports(partner, span, draw[2])
    changes = [] if null else effects(land, ends)
    crimes = draw_events(rates, land, span, doubling, draw[3])
    crimes = apply_changes(crimes, rates, land, span, changes, draw[6])
    crimes, records = keep_records(crimes, last_news(crimes, span), draw[4])

    output = Output(folder)
    _write_land(output, land)
    rows = _write_crimes(output, crimes, records, land.places, span, draw[5])
    rows += write_returns(output, reports, land, span, draw[7])
    others = write_others(output, land, span, events, draw[8])
    output.text("operations/operations.csv", "\n".join(operation_lines(ends)))
    told = np.vstack([partner, others.death_rates])
    truth = tell_truth(rates, told, land, span, doubling, changes)
    truth["operations"] = operations_truth(land, ends, null=null)
    output.text("truth.json", json.dumps({"seed": seed, "null": null, "events": events} | truth, indent=1))
    output.text("README.txt", README)
    return ForceSummary(
        folder, tuple(output.files), span.starts, ends, len(crimes.offence),
        len(reports.minute) + others.events, rows + others.rows,
        tuple(HIGH_SECTORS),
    )  # fmt: skip


def _write_land(output: Output, land: Land) -> None:
    above = None
    for stem, level in land.levels.items():
        write_level(output.path(f"geographies/{stem}.geojson"), level, above)
        write_denominators(output.path(f"denominators/{stem}.csv"), level, land.people)
        above = level


def _write_crimes(
    output: Output, crimes: Events, records: Records, places: Places, span: Span, rng: np.random.Generator
) -> int:
    text = CrimeText(crimes, records, places, span)
    written = 0
    for delivery in plan(span):
        rows = rows_of(delivery, crimes, records, span, rng)
        path = output.path(f"crimes/{delivery.as_of}-crimes.csv")
        renamed = delivery.as_of == month_end(span.ends, -1)
        write_crimes(path, rows, span.number(delivery.as_of), text, renamed=renamed)
        written += len(rows)
    return written
