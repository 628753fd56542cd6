"""The traders of the invented region: how many of each trade, how large, where, and in how many spellings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.consumer import names
from harmscape.demo.consumer.kinds import BRANCHES
from harmscape.demo.consumer.places import Region
from harmscape.demo.terrain import Floats

OUTSIDE = "Outside the region"
ROGUE = 0
"""The number of the rogue trader."""


class Trade(NamedTuple):
    """A trade: its name, how many firms it has, how steeply their size falls (power of the rank), how many
    of them lie in the region, and the words their names end with."""

    title: str
    firms: int
    steepness: float
    local: float
    words: tuple[str, ...]


TRADES = {
    "doorstep_crime": Trade("Home repairs", 45, 0.4, 0.6, ("Drives", "Roofing", "Gardens", "Tree Care")),
    "scams": Trade("Online selling", 80, 0.5, 0.1, ("Online", "Direct", "Capital", "Deals")),
    "used_cars": Trade("Used cars", 130, 0.75, 0.8, ("Cars", "Motors", "Autos", "Car Centre")),
    "home_improvements": Trade("Building", 260, 0.6, 0.85, ("Builders", "Kitchens", "Windows", "Lofts")),
    "goods": Trade("Imports and markets", 140, 0.5, 0.5, ("Trading", "Imports", "Outlet", "Market Stall")),
    "underage_sales": Trade("Shops and vapes", 160, 0.4, 1.0, ("Stores", "News", "Vapes", "Off Licence")),
    "food": Trade("Food", 190, 0.4, 0.95, ("Kitchen", "Bakery", "Grill", "Foods")),
    "energy": Trade("Energy", 11, 0.9, 0.0, ("Energy", "Power")),
    "lettings": Trade("Lettings", 70, 0.6, 0.85, ("Lettings", "Homes", "Estates")),
    "telecoms": Trade("Telecoms", 9, 0.9, 0.0, ("Telecom", "Mobile")),
    "buying": Trade("Retail and travel", 110, 0.9, 0.2, ("Retail", "Stores", "Travel", "Furnishings")),
}


@dataclass(frozen=True, slots=True)
class Traders:
    """One entry a trader, the rogue first. `trade`: a place in `BRANCHES`; `size`: its share of its trade;
    `council`: a number, -1 outside the region; `place`: its premises, -1 outside; `since`: days from the
    first day of the span, below 0 before it; `spellings`: how its name is written, the right way first."""

    name: tuple[str, ...]
    trade: Ints
    size: Floats
    council: Ints
    place: Ints
    since: Ints
    spellings: tuple[tuple[str, ...], ...]

    def id(self, number: int) -> str:
        """The number it has in the service's books."""
        return f"T{10_001 + 7 * number}"


def found_traders(region: Region, rng: np.random.Generator) -> Traders:
    """Draw the firms of every trade, each with premises where shops are if it lies in the region."""
    trades = list(BRANCHES)
    trade = np.repeat(np.arange(len(trades)), [TRADES[each].firms for each in trades])
    count = len(trade)
    size = np.concatenate([_sizes(TRADES[each]) for each in trades])
    local = rng.random(count) < np.array([TRADES[each].local for each in trades])[trade]
    local[ROGUE] = True
    venues = np.flatnonzero(region.places.is_venue)
    place = np.where(local, venues[rng.integers(len(venues), size=count)], -1)
    council = np.where(local, region.council_of_place[place], -1)
    titles = _titles(trade, trades, rng)
    size[ROGUE] = 0.0  # its complaints are planted, not drawn
    spellings = [_spellings(title, rng) for title in titles]
    spellings[ROGUE] = (names.ROGUE_NAME, *names.ROGUE_ALSO)
    return Traders(
        name=tuple(titles),
        trade=trade,
        size=size,
        council=council,
        place=place,
        since=np.where(
            rng.random(count) < 0.85, -rng.integers(30, 6_000, count), rng.integers(0, 1_090, count)
        ),
        spellings=tuple(spellings),
    )


def _sizes(trade: Trade) -> Floats:
    size = np.arange(1, trade.firms + 1, dtype=float) ** -trade.steepness
    return np.asarray(size / size.sum())


def _titles(trade: Ints, trades: list[str], rng: np.random.Generator) -> list[str]:
    """A name of its own for each firm."""
    words = [
        first + (f" {middle}" if middle else "")
        for middle in names.TRADER_MIDDLE
        for first in names.TRADER_FIRST
    ]
    taken: set[str] = set()
    titles = []
    for number in trade.tolist():
        own = TRADES[trades[number]].words
        while True:
            ending = " Ltd" if rng.random() < 0.6 else ""
            title = f"{words[rng.integers(len(words))]} {own[rng.integers(len(own))]}{ending}"
            if title.removesuffix(" Ltd") not in taken:
                break
        taken.add(title.removesuffix(" Ltd"))
        titles.append(title)
    titles[ROGUE] = names.ROGUE_NAME
    return titles


def _spellings(name: str, rng: np.random.Generator) -> tuple[str, ...]:
    """The right spelling, then what people make of it."""
    short = name.removesuffix(" Ltd")
    at = int(rng.integers(1, len(short) - 2))
    swapped = short[:at] + short[at + 1] + short[at] + short[at + 2 :]
    return (name, name.upper(), short, f"{short} Limited", swapped)
