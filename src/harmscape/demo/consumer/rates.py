"""The true rates: complaints of each type to expect at each postcode, and what is planted there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from harmscape.demo.consumer.kinds import KINDS, NUMBER, RARE_SERIOUS, Kind
from harmscape.demo.consumer.places import Region
from harmscape.demo.consumer.weights import mean_points
from harmscape.demo.settings import Setting, pull
from harmscape.demo.terrain import Floats

SETTINGS = {
    "home": Setting(0.0, 0.02, 0.12, 0.5),
    "older": Setting(0.0, -0.12, 0.18, 0.7),
    "poorer": Setting(0.0, 0.22, 0.14, 0.6),
}
"""Who complains of what: all people alike, those where the retired live, and those with less."""

ASKED_SHARE = 0.72
"""How many complainants are asked whether they are vulnerable; of doorstep crime against them, nearly all."""
ASKED_OF_RARE_SERIOUS = 0.98

ROGUE_SHARE = 40 / 156
"""The share of the rare and serious type that one trader does: each a crime against somebody vulnerable."""

DOUBLED_KIND, DOUBLED_COUNCIL = "online_shopping", "Fennhythe"


@dataclass(frozen=True, slots=True)
class Doubling:
    """One type doubled in one council from a day on."""

    council: str
    category: str
    starts: date
    ratio: float = 2.0


def true_rates(region: Region, complaints: int, rng: np.random.Generator) -> Floats:
    """Types x postcodes: the complaints to expect over the whole span, `complaints` in all."""
    shapes = {name: pull(setting, region.places, region.people, rng) for name, setting in SETTINGS.items()}
    share = np.array([kind.share for kind in KINDS], float)
    spread = np.array([shapes[kind.where] for kind in KINDS])
    return np.asarray(spread * (complaints * share / share.sum())[:, None])


def asked_share(kind: Kind) -> float:
    """How often the vulnerable question is asked."""
    return ASKED_OF_RARE_SERIOUS if kind.id == RARE_SERIOUS else ASKED_SHARE


def expected_points(kind: Kind) -> float:
    """The points to expect of one complaint of a type, once it has been read and corrected."""
    mean = mean_points(kind, criminal=kind.criminal, vulnerable=asked_share(kind) * kind.vulnerable)
    if kind.id != RARE_SERIOUS:
        return mean
    return (1 - ROGUE_SHARE) * mean + ROGUE_SHARE * mean_points(kind, criminal=1.0, vulnerable=1.0)


def rogue_complaints(rates: Floats) -> float:
    """How many complaints to expect of the rogue trader over the whole span, known to be of it or not."""
    return float(rates[NUMBER[RARE_SERIOUS]].sum() * ROGUE_SHARE)
