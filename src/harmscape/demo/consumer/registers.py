"""The registers of the service, delivered whole each time: traders in the region, and licensed premises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.consumer.kinds import BRANCHES
from harmscape.demo.consumer.traders import Traders
from harmscape.demo.events import Span

LICENCES = ("Alcohol", "Fireworks", "Petroleum storage")
LICENSED_TRADES = ("underage_sales", "buying", "food")
LEAVERS_SHARE = 0.05
LEAVING_DAYS = 150
"""Firms leave the register over so many days before the end."""
NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Registers:
    """Who leaves the register of traders, and the licences. `left_on`: one entry a trader, NEVER as a rule;
    `vanishes`: it is gone from the next snapshot, with no date told. The rest: one entry a licence."""

    left_on: Ints
    vanishes: NDArray[np.bool_]
    holder: Ints
    licence: Ints
    licensed_from: Ints


def keep_registers(traders: Traders, span: Span, rng: np.random.Generator) -> Registers:
    """Draw who leaves, and one or two licences for shops that need them."""
    count = len(traders.name)
    leaves = rng.random(count) < LEAVERS_SHARE
    trades = [list(BRANCHES).index(name) for name in LICENSED_TRADES]
    shops = np.flatnonzero(np.isin(traders.trade, trades) & (traders.council >= 0))
    holder = np.sort(np.concatenate([shops, rng.choice(shops, len(shops) // 3, replace=False)]))
    first = np.concatenate([[True], holder[1:] != holder[:-1]])
    licence = np.where(first, 0, rng.integers(1, len(LICENCES), len(holder)))
    return Registers(
        left_on=np.where(leaves, span.days - rng.integers(5, LEAVING_DAYS, count), NEVER),
        vanishes=rng.random(count) < 0.5,
        holder=holder,
        licence=licence,
        licensed_from=np.maximum(traders.since[holder], -2_500) + rng.integers(0, 200, len(holder)),
    )


def listed_traders(registers: Registers, traders: Traders, as_of: int) -> Ints:
    """The traders in the snapshot of a day: those in the region, known by then, and not vanished."""
    here = (traders.council >= 0) & (traders.since <= as_of)
    return np.flatnonzero(here & ~(registers.vanishes & (registers.left_on <= as_of)))


def listed_licences(registers: Registers, traders: Traders, as_of: int) -> Ints:
    """The licences in the snapshot of a day; they end with their holder."""
    begun = (registers.licensed_from <= as_of) & (traders.since[registers.holder] <= as_of)
    return np.flatnonzero(begun & (registers.left_on[registers.holder] > as_of))
