"""Everything partners tell, written: the monthly returns, the coroner's cases and four more feeds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from harmscape.demo.coroner import hold_inquests, write_deaths
from harmscape.demo.events import Span
from harmscape.demo.feeds import FEEDS, extra_cells, write_feed
from harmscape.demo.grades import graded_cells
from harmscape.demo.land import Land
from harmscape.demo.output import Output
from harmscape.demo.partners import DEATHS, Reports, draw_reports, partner_rates
from harmscape.demo.terrain import Floats
from harmscape.demo.write_events import write_reports

RETURNS_SHARE, DEATHS_SHARE = 0.010, 0.002
PARTNER_SHARE = RETURNS_SHARE + DEATHS_SHARE + sum(feed.share for feed in FEEDS)
"""Shares of all events of the force."""


@dataclass(frozen=True, slots=True)
class Told:
    """How much was told: events, rows of files, and the true rate of deaths (1 x places, over the span)."""

    events: int
    rows: int
    death_rates: Floats


def write_returns(output: Output, reports: Reports, land: Land, span: Span, rng: np.random.Generator) -> int:
    """The monthly returns of serious and organised crime; gives the number of rows."""
    grades = graded_cells(reports.kind, rng)
    write = partial(write_reports, reports=reports, grades=grades, places=land.places, span=span)
    return output.deltas("soc", "soc", span, write)


def write_others(output: Output, land: Land, span: Span, events: float, rng: np.random.Generator) -> Told:
    """The coroner's files and those of the other partners, of a force of so many events."""
    rates = partner_rates(land, events * DEATHS_SHARE, rng, DEATHS)
    deaths = hold_inquests(draw_reports(rates, span, rng, DEATHS), land.places, rng)
    write = partial(write_deaths, deaths=deaths, places=land.places, span=span)
    count, rows = len(deaths.day), output.deltas("coroner", "deaths", span, write)
    for feed in FEEDS:
        wanted = partner_rates(land, events * feed.share, rng, feed.kinds)
        reports = draw_reports(wanted, span, rng, feed.kinds)
        extra = extra_cells(feed, len(reports.minute), rng)
        tell = partial(write_feed, feed=feed, reports=reports, extra=extra, places=land.places, span=span)
        rows += output.deltas("partners", feed.stem, span, tell)
        count += len(reports.minute)
    return Told(count, rows, rates)
