"""What the service does of its own accord: inspections, test purchases, patrols and responses at premises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.consumer.kinds import BRANCHES
from harmscape.demo.consumer.traders import ROGUE, Traders
from harmscape.demo.events import Span
from harmscape.demo.rhythm import RHYTHMS, day_shares

VISITS_A_COMPLAINT = 0.06
ROGUE_RESPONSES = 0.25
"""The share of rapid responses that end at the rogue trader's yard."""
OUTCOMES = ("compliant", "advice given", "breach found", "result awaited")
AWAITED = OUTCOMES.index("result awaited")
AWAITED_SHARE = 0.3
LONGEST_WAIT_DAYS = 50


class VisitKind(NamedTuple):
    """One kind of visit: its share, the trades it goes to, and how often it finds a breach."""

    title: str
    share: float
    trades: tuple[str, ...]
    breach: float


VISIT_KINDS = (
    VisitKind("Inspection", 0.46, ("food", "goods", "used_cars", "lettings", "buying"), 0.22),
    VisitKind("Test purchase", 0.20, ("underage_sales",), 0.16),
    VisitKind("Advice visit", 0.20, ("home_improvements", "used_cars", "food"), 0.05),
    VisitKind("Market patrol", 0.10, ("goods",), 0.40),
    VisitKind("Rapid response", 0.04, ("doorstep_crime",), 0.60),
)


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry a visit, by day; numbers stand for places in `VISIT_KINDS`, the traders and `OUTCOMES`.

    known_on: the day from which the outcome is known; before it the result is awaited.
    """

    kind: Ints
    trader: Ints
    day: Ints
    outcome: Ints
    known_on: Ints


def draw_visits(expected: float, traders: Traders, span: Span, rng: np.random.Generator) -> Visits:
    """Draw the visits of the whole span to firms in the region, at the premises on their books."""
    count = rng.poisson(expected * np.array([kind.share for kind in VISIT_KINDS]))
    kind = np.repeat(np.arange(len(VISIT_KINDS)), count)
    by_day = day_shares(RHYTHMS["daytime"], span.starts, span.days).cumsum()
    day = np.minimum(np.searchsorted(by_day, rng.random(len(kind)), side="right"), span.days - 1)
    trader = np.concatenate([_visited(each, size, traders, rng) for each, size in enumerate(count)])
    breach = rng.random(len(kind)) < np.array([each.breach for each in VISIT_KINDS])[kind]
    other = np.where(rng.random(len(kind)) < 0.3, 1, 0)
    waits = rng.random(len(kind)) < AWAITED_SHARE
    wait = np.where(waits, rng.integers(5, LONGEST_WAIT_DAYS, len(kind)), 0)
    order = np.lexsort((trader, kind, day))
    found = Visits(kind, trader, day, np.where(breach, 2, other), day + wait)
    return Visits(*(getattr(found, name)[order] for name in Visits.__slots__))


def rows_of(visits: Visits, after: int, as_of: int) -> Ints:
    """The visits that a delivery tells of: the new ones, and those whose outcome came in since the last."""
    new = (visits.day > after) & (visits.day <= as_of)
    settled = (visits.day <= after) & (visits.known_on > after) & (visits.known_on <= as_of)
    return np.flatnonzero(new | settled)


def outcome_on(visits: Visits, rows: Ints, day: int) -> Ints:
    """The outcome of some visits as known at the end of a day."""
    return np.where(visits.known_on[rows] <= day, visits.outcome[rows], AWAITED)


def _visited(kind: int, wanted: int, traders: Traders, rng: np.random.Generator) -> Ints:
    trades = [list(BRANCHES).index(name) for name in VISIT_KINDS[kind].trades]
    firms = np.flatnonzero(np.isin(traders.trade, trades) & (traders.council >= 0))
    firms = firms[firms != ROGUE]
    found = rng.choice(firms, wanted)
    if "doorstep_crime" in VISIT_KINDS[kind].trades:
        found[rng.random(wanted) < ROGUE_RESPONSES] = ROGUE
    return found
