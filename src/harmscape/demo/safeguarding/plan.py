"""What is planted: which families repeat, which have several circumstances, where, and what doubles when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.deliveries import month_end
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.safeguarding.families import NEVER, Families, Flags
from harmscape.demo.terrain import Floats

BACKGROUND, YES, HIDDEN, PAST = 0, 1, 2, 3
PATTERNS = ("background", "yes", "hidden", "past")
"""yes: three or four circumstances on record in the last 12 months. hidden: three in life, one never asked
about. past: three on record over the years, but not in the last 12 months."""

YES_SHARE, HIDDEN_SHARE, PAST_SHARE = 0.025, 0.015, 0.010
TOP_SHARE, TOP_RATES, MOST_OTHERS = 0.005, (9.0, 20.0), 2.5
"""The families with most repeat enquiries: their share, their enquiries a year, and the most of any other."""
CLUSTERED_AREAS = (0.22, 0.16, 0.12, 0.09, 0.06)
"""The shares of the `yes` families in the five small areas that have most of them."""
MONTHS_DOUBLED, MISSING_RATIO = 6, 2.0
MISSING_IN_LOCALITY = 0.12
CIRCUMSTANCE_PREVALENCE = (0.40, 0.34, 0.28, 0.10)


@dataclass(frozen=True, slots=True)
class Doubling:
    """Missing episodes in one locality double from a day on; `locality` is its code."""

    locality: str
    starts: date
    ratio: float = MISSING_RATIO


@dataclass(frozen=True, slots=True)
class Plan:
    """The truths of each family: its pattern, its circumstances in life (families x 4), its rates a year.

    `top` are the families with most repeat enquiries, the most first; `areas` the small areas (numbers) with
    most `yes` families, the most first. `missing` is a family's missing episodes a year before any doubling.
    """

    pattern: Ints
    has: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    enquiries: Floats
    missing: Floats
    top: Ints
    areas: Ints
    locality: int
    doubling: Doubling | None


def make_plan(
    families: Families,
    land: Land,
    span: Span,
    *,
    enquiries: float,
    missing: float,
    localities: tuple[str, ...],
    has_teenager: Flags,
    null: bool,
    rng: np.random.Generator,
) -> tuple[Families, Plan]:
    """Plant the truths; gives the families anew, as some are housed where the plan needs them.

    enquiries, missing: how many to expect over the span before anything doubles. has_teenager: the families
    whose children may go missing.
    """
    count, years = len(families.home), span.days / 365.25
    order = rng.permutation(count)
    sizes = [max(3, round(count * share)) for share in (YES_SHARE, HIDDEN_SHARE, PAST_SHARE, TOP_SHARE)]
    yes, hidden, past, top = np.split(order, np.cumsum(sizes))[:4]
    pattern = np.zeros(count, np.int64)
    for kind, chosen in ((YES, yes), (HIDDEN, hidden), (PAST, past)):
        pattern[chosen] = kind
    areas = _clustered_areas(land)
    families = _house(families, yes, areas, land, rng)
    locality = int(np.bincount(land.sectors.members, land.people.households).argmax())
    inside = land.sectors.members[land.places.area[families.home]] == locality
    rate = _missing(inside, has_teenager & (pattern != YES), missing / years, rng)
    wanders = rate > 0
    families = replace(families, moved_on=np.where(wanders | (pattern == YES), NEVER, families.moved_on))
    starts = month_end(span.ends, -MONTHS_DOUBLED) + timedelta(days=1)
    return families, Plan(
        pattern=pattern,
        has=_circumstances(pattern, rng),
        enquiries=_enquiries(pattern, top, enquiries / years, rng),
        missing=rate,
        top=top,
        areas=areas,
        locality=locality,
        doubling=None if null else Doubling(localities[locality], starts),
    )


def _clustered_areas(land: Land) -> Ints:
    """The most deprived small area of each of the most deprived localities."""
    need = np.where(np.bincount(land.places.area, ~land.places.is_venue) > 40, land.people.deprivation, -9)
    worst: dict[int, int] = {}
    for area in (-need).argsort(kind="stable"):
        worst.setdefault(int(land.sectors.members[area]), int(area))
    return np.array(list(worst.values())[: len(CLUSTERED_AREAS)])


def _house(families: Families, yes: Ints, areas: Ints, land: Land, rng: np.random.Generator) -> Families:
    """Move `yes` families into homes of their own in the small areas planned; the rest of them elsewhere."""
    home, household = families.home.copy(), families.household.copy()
    wanted = np.floor(np.array(CLUSTERED_AREAS) * len(yes)).astype(int)
    for area, chosen in zip(areas, np.split(yes, wanted.cumsum())[: len(areas)], strict=True):
        homes = np.flatnonzero((land.places.area == area) & ~land.places.is_venue)
        home[chosen] = rng.choice(homes, len(chosen), replace=len(chosen) > len(homes))
    rest = yes[wanted.sum() :]
    # One at most in any other small area, so that the areas planned have more than all others.
    free = np.setdiff1d(np.arange(len(land.people.households)), areas)
    for family, area in zip(rest, rng.permutation(np.resize(free, max(len(free), len(rest)))), strict=False):
        home[family] = rng.choice(np.flatnonzero((land.places.area == area) & ~land.places.is_venue))
    guests = np.flatnonzero(household != np.arange(len(household)))
    parted = guests[np.isin(guests, yes) | np.isin(household[guests], yes)]
    household[parted] = parted
    return replace(families, home=home, household=household)


def _missing(inside: Flags, may: Flags, total: float, rng: np.random.Generator) -> Floats:
    """Missing episodes a year: few families, and most in fewer still, as children go missing again."""
    weight = rng.gamma(0.9, 1.0, len(inside)) * may * (rng.random(len(inside)) < np.where(inside, 0.4, 0.18))
    if not weight[inside].any() and (inside & may).any():
        weight[np.flatnonzero(inside & may)[0]] = 1.0
    within, outside = weight * inside, weight * ~inside
    rate = MISSING_IN_LOCALITY * within / max(within.sum(), 1e-9)
    return np.asarray(total * (rate + (1 - MISSING_IN_LOCALITY) * outside / outside.sum()))


def _enquiries(pattern: Ints, top: Ints, total: float, rng: np.random.Generator) -> Floats:
    """Enquiries a year of each family; those with several circumstances have two and a half times as many."""
    rate = rng.gamma(1.2, 1.0, len(pattern)) * np.where(np.isin(pattern, (YES, HIDDEN)), 2.5, 1.0)
    planted = np.linspace(TOP_RATES[1], TOP_RATES[0], len(top))
    rate[top] = 0.0
    for _ in range(4):
        rate = np.minimum(rate * (total - planted.sum()) / rate.sum(), MOST_OTHERS)
    rate[top] = planted
    return np.asarray(rate)


def _circumstances(
    pattern: Ints, rng: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """What families truly live with: two at most, but three or four where the pattern says so."""
    count = len(pattern)
    likely = rng.random((count, 4)) / np.array(CIRCUMSTANCE_PREVALENCE)
    rank = likely.argsort(axis=1).argsort(axis=1)
    many = np.where((pattern == YES) & (rng.random(count) < 0.25), 4, 3)
    few = (likely < 1.0) & (rank < 2)
    return np.asarray(np.where((pattern == BACKGROUND)[:, None], few, rank < many[:, None]))
