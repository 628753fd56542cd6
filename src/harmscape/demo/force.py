"""An invented police force in a folder: its map, its people, and the exports of its record systems."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from harmscape.demo.changes import apply_changes
from harmscape.demo.deliveries import last_news, month_end, plan, rows_of
from harmscape.demo.doubles import Triples, tell_thrice
from harmscape.demo.events import Events, Span, draw_events
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.operations import effects, operation_lines, operations_truth
from harmscape.demo.output import Output
from harmscape.demo.partners import Reports, draw_reports, partner_rates
from harmscape.demo.rates import DOUBLED_CODE, HIGH_SECTORS, MARKET_SECTOR, Doubling, Rates, true_rates
from harmscape.demo.readme import README
from harmscape.demo.records import Records, keep_records
from harmscape.demo.services import write_services
from harmscape.demo.terrain import Floats
from harmscape.demo.truth import tell_truth
from harmscape.demo.truth_people import people_truth, triples_truth
from harmscape.demo.write_areas import write_denominators, write_level
from harmscape.demo.write_events import CrimeText, write_crimes
from harmscape.demo.write_partners import PARTNER_SHARE, RETURNS_SHARE, Told, write_others, write_returns
from harmscape.demo.write_people import Cast, draw_cast, write_cast
from harmscape.model.errors import HarmscapeError

MONTHS_DOUBLED = 6


@dataclass(frozen=True, slots=True)
class ForceSummary:
    """What was written. `crimes` and `partner_events` count events, `rows` the lines of all files
    of events and links."""

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
    happened = _let_happen(span, doubling, events=events, seed=seed, null=null)
    output = Output(folder)
    others = _write(output, happened, span)
    told = np.vstack([happened.partner, others.death_rates])
    changes = [] if null else effects(happened.land, ends)
    truth = tell_truth(happened.rates, told, happened.land, span, doubling, changes)
    truth["operations"] = operations_truth(happened.land, ends, null=null)
    truth |= people_truth(happened.cast, happened.land, span)
    truth["told_three_times"] = triples_truth(happened.triples, happened.text.numbers)
    output.text("truth.json", json.dumps({"seed": seed, "null": null, "events": events} | truth, indent=1))
    output.text("README.txt", README)
    return ForceSummary(
        folder, tuple(output.files), span.starts, ends, len(happened.crimes.offence),
        len(happened.reports.minute) + others.events, others.rows, tuple(HIGH_SECTORS),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Happened:
    """All that is drawn before a file is written, and the streams of chance for writing."""

    land: Land
    rates: Rates
    partner: Floats
    crimes: Events
    records: Records
    text: CrimeText
    reports: Reports
    triples: Triples
    cast: Cast
    events: int
    draw: list[np.random.Generator]


def _let_happen(span: Span, doubling: Doubling | None, *, events: int, seed: int, null: bool) -> _Happened:
    """Draw everything; each part has a stream of its own, so that one can grow and leave the others alone."""
    land = lay_the_land()
    draw = [np.random.default_rng([seed, stream]) for stream in range(11)]
    rates = true_rates(land, events * (1 - PARTNER_SHARE), draw[0])
    partner = partner_rates(land, events * RETURNS_SHARE, draw[1])
    reports = draw_reports(partner, span, draw[2])
    crimes = draw_events(rates, land, span, doubling, draw[3])
    crimes = apply_changes(crimes, rates, land, span, [] if null else effects(land, span.ends), draw[6])
    crimes, records = keep_records(crimes, last_news(crimes, span), draw[4])
    reports, triples = tell_thrice(crimes, records, reports, land, span.days, draw[9])
    cast = draw_cast(crimes, records, land, span, draw[10], null=null)
    text = CrimeText(crimes, records, land.places, span)
    return _Happened(land, rates, partner, crimes, records, text, reports, triples, cast, events, draw)


def _write(output: Output, happened: _Happened, span: Span) -> Told:
    """Write every file but the last two; what it gives counts the rows of events and links."""
    land, draw = happened.land, happened.draw
    _write_land(output, land)
    rows = _write_crimes(output, happened.crimes, happened.records, happened.text, span, draw[5])
    rows += write_cast(output, happened.cast, happened.text.numbers, land, span)
    rows += write_returns(output, happened.reports, land, span, draw[7])
    output.text("operations/operations.csv", "\n".join(operation_lines(span.ends)))
    write_services(output.path(f"services/{span.ends}-services.csv"), land)
    others = write_others(output, land, span, happened.events, draw[8])
    return replace(others, rows=others.rows + rows)


def _write_land(output: Output, land: Land) -> None:
    above = None
    for stem, level in land.levels.items():
        write_level(output.path(f"geographies/{stem}.geojson"), level, above)
        write_denominators(output.path(f"denominators/{stem}.csv"), level, land.people)
        above = level


def _write_crimes(
    output: Output,
    crimes: Events,
    records: Records,
    text: CrimeText,
    span: Span,
    rng: np.random.Generator,
) -> int:
    written = 0
    for delivery in plan(span):
        rows = rows_of(delivery, crimes, records, span, rng)
        path = output.path(f"crimes/{delivery.as_of}-crimes.csv")
        renamed = delivery.as_of == month_end(span.ends, -1)
        write_crimes(path, rows, span.number(delivery.as_of), text, renamed=renamed)
        written += len(rows)
    return written
