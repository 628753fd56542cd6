"""What consumers truly complain of: drawn from the true rates, with all that an officer would find out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.consumer.kinds import BRANCHES, KINDS, NUMBER, RARE_SERIOUS
from harmscape.demo.consumer.places import Region
from harmscape.demo.consumer.rates import ROGUE_SHARE, Doubling, asked_share
from harmscape.demo.consumer.traders import ROGUE, Traders
from harmscape.demo.events import Span
from harmscape.demo.rhythm import RHYTHMS, day_shares
from harmscape.demo.terrain import Floats

BREACHES = ("criminal", "civil", "none")
DRIVERS = ("trader", "consumer")
FLAGS = ("yes", "no", "not asked")
AGENCIES = ("helpline", "council", "bank protocol", "police")
AGENCY_SHARES = {
    "doorstep_crime": (0.45, 0.18, 0.17, 0.20), "scams": (0.66, 0.08, 0.18, 0.08),
    "underage_sales": (0.35, 0.55, 0.0, 0.10), "goods": (0.55, 0.40, 0.0, 0.05),
    "food": (0.45, 0.55, 0.0, 0.0),
}  # fmt: skip
OTHER_AGENCIES = (0.88, 0.12, 0.0, 0.0)

FLAG_ASKED_SHARE = 0.8
NAME_ONLY_SHARE = 0.06
OWN_COUNCIL_PULL = 14.0
"""How many times likelier a local firm of the complainant's own council is."""
LOSS_SPREAD = 1.0


@dataclass(frozen=True, slots=True)
class Complaints:
    """One entry a complaint. Numbers stand for places in `KINDS`, `BREACHES`, `DRIVERS`, `FLAGS`, `AGENCIES`.

    day: since the first day of the span; trader: -1 where nobody knows it; name_only: the trader is named but
    not found in the books; spelling: which of its spellings; loss: whole pounds, whether stated or not.
    """

    kind: Ints
    place: Ints
    day: Ints
    trader: Ints
    name_only: NDArray[np.bool_]
    spelling: Ints
    breach: Ints
    driver: Ints
    vulnerable: Ints
    repeat: Ints
    cold_call: Ints
    loss: Ints
    states_loss: NDArray[np.bool_]
    agency: Ints

    def take(self, order: Ints) -> Complaints:
        """The same complaints in another order, or some of them."""
        return Complaints(*(getattr(self, field.name)[order] for field in fields(self)))


def draw_complaints(
    rates: Floats, region: Region, traders: Traders, span: Span, doubling: Doubling | None,
    rng: np.random.Generator,
) -> Complaints:  # fmt: skip
    """Draw every complaint: Poisson counts by type and postcode, then all its answers."""
    kind, place, day = _draw(rates, span, 0, rng)
    if doubling is not None:
        number = NUMBER[doubling.category]
        added = np.zeros_like(rates)
        here = region.council_of_place == region.councils.code.index(doubling.council)
        added[number] = rates[number] * here * (doubling.ratio - 1)
        more = _draw(added, span, span.number(doubling.starts), rng)
        kind, place, day = (np.concatenate(pair) for pair in zip((kind, place, day), more, strict=True))
    rogue = (kind == NUMBER[RARE_SERIOUS]) & (rng.random(len(kind)) < ROGUE_SHARE)
    trader = _traders(kind, place, region, traders, rng)
    trader[rogue] = np.where(rng.random(rogue.sum()) < 0.85, ROGUE, -1)
    spellings = np.array([len(each) for each in traders.spellings])[trader]
    oddly = rng.random(len(kind)) < np.where(rogue, 0.75, 0.25)
    return Complaints(
        kind=kind,
        place=place,
        day=day,
        trader=trader,
        name_only=(rng.random(len(kind)) < NAME_ONLY_SHARE) & (trader >= 0),
        spelling=np.where(oddly, (rng.random(len(kind)) * spellings).astype(np.int64), 0),
        breach=np.where(rogue, 0, _breach(kind, rng)),
        driver=(rng.random(len(kind)) >= _of("by_trader", kind)).astype(np.int64) * ~rogue,
        vulnerable=np.where(rogue, 0, _flag(_of("vulnerable", kind), _asked(kind), rng)),
        repeat=_flag(_of("repeat", kind), FLAG_ASKED_SHARE, rng),
        cold_call=_flag(_of("cold_call", kind), FLAG_ASKED_SHARE, rng),
        loss=_loss(kind, rogue, rng),
        states_loss=(rng.random(len(kind)) < _of("loss_told", kind)) | rogue,
        agency=_agency(kind, rng),
    )


def _draw(rates: Floats, span: Span, first_day: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Type, postcode and day of complaints on the days from `first_day`; `rates` over the whole span."""
    by_day = day_shares(RHYTHMS["daytime"], span.starts, span.days).cumsum()
    before = by_day[first_day - 1] if first_day else 0.0
    count = rng.poisson(rates.sum(axis=1) * (1 - before))
    kind = np.repeat(np.arange(len(KINDS)), count)
    places = [
        np.searchsorted(row.cumsum(), rng.random(wanted) * row.sum(), side="right")
        for row, wanted in zip(rates, count, strict=True)
    ]
    place = np.minimum(np.concatenate(places), rates.shape[1] - 1)
    day = np.searchsorted(by_day, before + rng.random(len(kind)) * (1 - before), side="right")
    return kind, place, np.minimum(day, span.days - 1)


def _traders(kind: Ints, place: Ints, region: Region, traders: Traders, rng: np.random.Generator) -> Ints:
    """A trader of the trade for each complaint, most often a near one; -1 where nobody knows."""
    branch = np.array([list(BRANCHES).index(each.branch) for each in KINDS])[kind]
    council = region.council_of_place[place]
    found = np.full(len(kind), -1)
    for trade in range(len(BRANCHES)):
        firms = np.flatnonzero(traders.trade == trade)
        for here in range(len(region.councils.code)):
            rows = np.flatnonzero((branch == trade) & (council == here))
            near = np.where(traders.council[firms] == here, OWN_COUNCIL_PULL, 1.0)
            share = traders.size[firms] * near
            found[rows] = rng.choice(firms, len(rows), p=share / share.sum())
    return np.where(rng.random(len(kind)) < _of("unknown", kind), -1, found)


def _of(field: str, kind: Ints) -> Floats:
    return np.array([getattr(each, field) for each in KINDS], float)[kind]


def _asked(kind: Ints) -> Floats:
    return np.array([asked_share(each) for each in KINDS])[kind]


def _breach(kind: Ints, rng: np.random.Generator) -> Ints:
    chance = rng.random(len(kind))
    criminal, civil = _of("criminal", kind), _of("civil", kind)
    return np.where(chance < criminal, 0, np.where(chance < criminal + civil, 1, 2))


def _flag(yes: Floats, asked: Floats | float, rng: np.random.Generator) -> Ints:
    answered = np.where(rng.random(len(yes)) < yes, 0, 1)
    return np.where(rng.random(len(yes)) < asked, answered, 2)


def _loss(kind: Ints, rogue: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Whole pounds around the median of the type, at least one; the rogue takes three times as much."""
    pounds = _of("median", kind) * np.exp(rng.normal(0, LOSS_SPREAD, len(kind))) * np.where(rogue, 3, 1)
    return np.maximum(np.rint(pounds), 1).astype(np.int64)


def _agency(kind: Ints, rng: np.random.Generator) -> Ints:
    shares = np.array([AGENCY_SHARES.get(each.branch, OTHER_AGENCIES) for each in KINDS]).cumsum(axis=1)
    chance = rng.random(len(kind))
    return np.asarray((shares[kind, :-1] <= chance[:, None]).sum(axis=1))
