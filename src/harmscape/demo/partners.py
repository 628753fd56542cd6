"""What partners tell of serious and organised crime: discharges, farms, supply, deaths, intelligence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.rates import HIGH_SECTORS
from harmscape.demo.rhythm import RHYTHMS, day_shares, draw_minutes
from harmscape.demo.settings import SETTINGS, Setting, pull
from harmscape.demo.terrain import Floats

NO_LOCATION_SHARE = 0.02
HIGH_RATIO = 3.0
"""How many times their own share the high sectors have."""


class Kind(NamedTuple):
    """One kind of event: its share, how it is spread, when it happens and who tells of it how often."""

    name: str
    share: float
    setting: Setting
    rhythm: str
    sources: tuple[tuple[str, float], ...]


KINDS = (
    Kind("firearms discharge", 0.10, SETTINGS["estate"], "night",
         (("Northshire Police", 0.9), ("Northshire Ambulance", 0.1))),
    Kind("cannabis farm", 0.13, Setting(0.25, 0.35, 0.3, 1.0), "daytime",
         (("Northshire Police", 0.5), ("Tell Northshire", 0.3), ("Northshire Grid", 0.2))),
    Kind("drugs supply", 0.17, SETTINGS["estate"], "evening",
         (("Northshire Police", 0.6), ("Carrow Council", 0.2), ("Harbour Housing", 0.2))),
    Kind("firearms intelligence", 0.60, SETTINGS["estate"], "daytime",
         (("Northshire Police", 0.55), ("Tell Northshire", 0.3), ("Harbour Ports Unit", 0.15))),
)  # fmt: skip
"""What the partnership's monthly returns hold."""
DEATHS = (
    Kind("drug-related death", 1.0, Setting(0.05, 0.85, 0.25, 1.2), "any", (("Northshire Coroner", 1.0),)),
)
"""What the coroner tells, in files of its own."""
KIND_NUMBER = {kind.name: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Reports:
    """One entry an event, in the order they happened; `kind`, `source`: numbers among the kinds it was drawn
    from and in `sources` of them."""

    kind: Ints
    source: Ints
    place: Ints
    minute: Ints
    located: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def take(self, order: Ints) -> Reports:
        """The same reports in another order, or some of them."""
        return Reports(
            self.kind[order], self.source[order], self.place[order], self.minute[order], self.located[order]
        )


def sources(kinds: Sequence[Kind]) -> tuple[str, ...]:
    """Everyone who tells of some kinds, by name."""
    return tuple(sorted({name for kind in kinds for name, _ in kind.sources}))


def partner_rates(
    land: Land, expected: float, rng: np.random.Generator, kinds: Sequence[Kind] = KINDS
) -> Floats:
    """Kinds x places: how many events to expect over the whole span, `expected` in all."""
    high = np.isin(land.sector_of_place, [land.sectors.code.index(code) for code in HIGH_SECTORS])
    shares = np.array([pull(kind.setting, land.places, land.people, rng) for kind in kinds])
    shares *= np.where(high, HIGH_RATIO, 1.0)
    wanted = expected * np.array([kind.share for kind in kinds])
    return np.asarray(shares / shares.sum(axis=1, keepdims=True) * wanted[:, None])


def draw_reports(
    rates: Floats, span: Span, rng: np.random.Generator, kinds: Sequence[Kind] = KINDS
) -> Reports:
    """Draw the events of every kind and who told of them."""
    names = sources(kinds)
    numbers, told, placed, minutes = [], [], [], []
    for number, kind in enumerate(kinds):
        by_place = rates[number].cumsum()
        count = int(rng.poisson(by_place[-1]))
        rhythm = RHYTHMS[kind.rhythm]
        by_day = day_shares(rhythm, span.starts, span.days).cumsum()
        day = np.minimum(np.searchsorted(by_day, rng.random(count), side="right"), span.days - 1)
        told_by = rng.choice(len(kind.sources), count, p=[share for _, share in kind.sources])
        numbers.append(np.full(count, number))
        told.append(np.array([names.index(name) for name, _ in kind.sources])[told_by])
        placed.append(np.searchsorted(by_place, rng.random(count) * by_place[-1], side="right"))
        minutes.append(draw_minutes(rhythm, span.starts, day, rng))
    minute = np.concatenate(minutes)
    order = minute.argsort(kind="stable")
    located = rng.random(len(order)) >= NO_LOCATION_SHARE
    return Reports(
        np.concatenate(numbers)[order],
        np.concatenate(told)[order],
        np.concatenate(placed)[order],
        minute[order],
        located,
    )
