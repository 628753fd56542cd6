"""An invented trading standards region in a folder: its map, its people, its traders, and what is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from harmscape.demo.consumer.complaints import draw_complaints
from harmscape.demo.consumer.filing import file_complaints, rows_of
from harmscape.demo.consumer.places import Region, lay_the_region
from harmscape.demo.consumer.rates import DOUBLED_COUNCIL, DOUBLED_KIND, Doubling, true_rates
from harmscape.demo.consumer.registers import keep_registers
from harmscape.demo.consumer.traders import found_traders
from harmscape.demo.consumer.truth import README, tell_truth
from harmscape.demo.consumer.visits import VISITS_A_COMPLAINT, draw_visits
from harmscape.demo.consumer.write import RENAMED_IN, Books, write_licences, write_traders, write_visits
from harmscape.demo.deliveries import month_end, plan
from harmscape.demo.events import Span
from harmscape.demo.output import Output
from harmscape.demo.write_areas import write_denominators, write_level
from harmscape.model.errors import HarmscapeError

MONTHS_DOUBLED = 6
TRADERS_SEED = 23
"""There is one Eastmere: its land and its traders are the same whatever the seed of the complaints."""


@dataclass(frozen=True, slots=True)
class RegionSummary:
    """What was written. `complaints`, `visits`: events; `rows`: the lines of all files but the map's."""

    folder: Path
    files: tuple[Path, ...]
    starts: date
    ends: date
    complaints: int
    visits: int
    rows: int


def make_region(
    folder: Path,
    *,
    complaints: int = 60_000,
    seed: int = 1,
    null: bool = False,
    ends: date = date(2026, 10, 31),
    years: int = 3,
) -> RegionSummary:
    """Write the raw files of an invented trading standards region, Eastmere, into a folder.

    complaints: how many to expect; the number drawn differs by chance. null: the twin in which no rate
    changes over time. ends: the last day told of, the last of a month. The same arguments give the same
    bytes. Raises HarmscapeError if `ends` is not the last day of a month, or for less than a year or 1,000
    complaints.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     summary = make_region(Path(folder), complaints=1_000, years=1)
    >>> summary.starts.isoformat(), len(summary.files)
    ('2025-11-01', 26)
    """
    if ends != month_end(ends, 0):
        raise HarmscapeError(
            f"ends must be the last day of a month, such as {month_end(ends, 0)}, got {ends}"
        )
    if years < 1 or complaints < 1_000:
        raise HarmscapeError(
            f"a region tells of at least 1 year and 1,000 complaints, got {years} and {complaints}"
        )
    span = Span(month_end(ends, -12 * years) + timedelta(days=1), ends)
    region = lay_the_region()
    doubling = None if null else _doubling(region, ends)
    draw = [np.random.default_rng([seed, stream]) for stream in range(6)]
    traders = found_traders(region, np.random.default_rng(TRADERS_SEED))
    rates = true_rates(region, complaints, draw[0])
    told, filed = file_complaints(
        draw_complaints(rates, region, traders, span, doubling, draw[1]), span, draw[2]
    )
    visits = draw_visits(complaints * VISITS_A_COMPLAINT, traders, span, draw[3])
    registers = keep_registers(traders, span, draw[4])

    output = Output(folder)
    _write_land(output, region)
    books = Books(told, filed, traders, region, span)
    known, rows = -1, 0
    for number, delivery in enumerate(plan(span)):
        as_of, day = span.number(delivery.as_of), delivery.as_of.isoformat()
        held = rows_of(delivery, told, filed, span, draw[5])
        path = output.path(f"complaints/{day}-complaints.csv")
        books.write(path, held, as_of, renamed=number == RENAMED_IN)
        path = output.path(f"visits/{day}-visits.csv")
        rows += len(held)
        rows += write_visits(path, known, as_of, visits=visits, traders=traders, region=region, span=span)
        for name, write in (("traders", write_traders), ("licences", write_licences)):
            path = output.path(f"registers/{day}-{name}.csv")
            rows += write(path, as_of, registers=registers, traders=traders, region=region, span=span)
        known = as_of
    truth = tell_truth(rates, region, traders, span, doubling)
    opening = {"seed": seed, "null": null, "complaints": complaints}
    output.text("truth.json", json.dumps(opening | truth, indent=1))
    output.text("README.txt", README.rstrip())
    return RegionSummary(
        folder, tuple(output.files), span.starts, ends, len(told.kind), len(visits.kind), rows
    )


def _doubling(region: Region, ends: date) -> Doubling:
    council = region.councils.code[region.councils.name.index(DOUBLED_COUNCIL)]
    return Doubling(council, DOUBLED_KIND, month_end(ends, -MONTHS_DOUBLED) + timedelta(days=1))


def _write_land(output: Output, region: Region) -> None:
    above = None
    for stem, level in region.levels.items():
        write_level(output.path(f"geographies/{stem}.geojson"), level, above)
        write_denominators(output.path(f"denominators/{stem}.csv"), level, region.people)
        above = level
