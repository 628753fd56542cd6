"""The families the hub hears of: their people, their households over time, and where these are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.safeguarding.person_names import GROUPS
from harmscape.demo.terrain import Floats

NEVER = int(np.iinfo(np.int32).max)
NEED = 0.5
"""How steeply the hub's families follow deprivation (log rate per unit of the score)."""
APART_SHARE, MOVED_SHARE, SHARED_HOUSEHOLD_SHARE = 0.15, 0.12, 0.03
CHILDREN = ((1, 0.38), (2, 0.36), (3, 0.17), (4, 0.09))

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Families:
    """One entry a family. `home`, `new_home`, `apart_home`: places; a family moves on day `moved_on`.

    `household`, `new_household` and `apart_household` number who lives there; families may share one.
    `group`: a place in `GROUPS`; `first` and `size` tell which persons it has.
    """

    home: Ints
    new_home: Ints
    apart_home: Ints
    moved_on: Ints
    household: Ints
    new_household: Ints
    apart_household: Ints
    group: Ints
    first: Ints
    adults: Ints
    size: Ints


@dataclass(frozen=True, slots=True)
class Persons:
    """One entry a person, family by family, adults first. `born`: days from the first day of the span.

    `given`: a place in the names of group and sex; `family_name`, `other_name`: places in the group's family
    names (another name is one before or after marriage, or the other parent's); `apart`: lives elsewhere.
    """

    family: Ints
    is_adult: Flags
    is_female: Flags
    born: Ints
    given: Ints
    family_name: Ints
    other_name: Ints
    apart: Flags


def homes_of(land: Land) -> Floats:
    """The share of families at each place: households and need, shared evenly by the homes of an area."""
    people, places = land.people, land.places
    weight = people.households * np.exp(NEED * people.deprivation)
    homes = np.bincount(places.area, ~places.is_venue, len(weight))
    shares = np.where(places.is_venue, 0.0, (weight / homes)[places.area])
    return np.asarray(shares / shares.sum())


def draw_families(count: int, land: Land, span: Span, rng: np.random.Generator) -> tuple[Families, Persons]:
    """Draw families and their people; numbers of households are given in the order of first use.

    >>> from datetime import date
    >>> from harmscape.demo.land import lay_the_land
    >>> span = Span(date(2023, 11, 1), date(2026, 10, 31))
    >>> families, persons = draw_families(50, lay_the_land(), span, np.random.default_rng(1))
    >>> len(families.home), int(families.size.sum()) == len(persons.family)
    (50, True)
    """
    share = homes_of(land).cumsum()
    home, new_home, apart_home = (_drawn(share, count, rng) for _ in range(3))
    adults = 1 + (rng.random(count) < 0.66).astype(np.int64)
    children = _pick(CHILDREN, count, rng)
    household = np.arange(count)
    joined = np.flatnonzero(rng.random(count) < SHARED_HOUSEHOLD_SHARE)
    joined = joined[joined > 0]
    host = joined - 1
    household[joined], home[joined] = household[host], home[host]
    settled = np.isin(np.arange(count), [joined, host])
    moves = (rng.random(count) < MOVED_SHARE) & ~settled
    families = Families(
        home=home,
        new_home=new_home,
        apart_home=apart_home,
        moved_on=np.where(moves, rng.integers(30, span.days - 30, count), NEVER),
        household=household,
        new_household=count + np.arange(count),
        apart_household=2 * count + np.arange(count),
        group=np.searchsorted(np.cumsum([group.share for group in GROUPS]), rng.random(count) * 0.999999),
        first=np.concatenate([[0], (adults + children).cumsum()[:-1]]),
        adults=adults,
        size=adults + children,
    )
    return families, _people(families, span, rng)


def _people(families: Families, span: Span, rng: np.random.Generator) -> Persons:
    family = np.repeat(np.arange(len(families.size)), families.size)
    order = np.arange(len(family)) - families.first[family]
    is_adult = order < families.adults[family]
    second = is_adult & (order == 1)
    # Children are under 18 for the whole span and born before it begins, so that no row tells of the unborn.
    latest, eldest = -10, span.days - int(17.9 * 365.25)
    child_born = rng.integers(eldest, latest, len(family))
    # The eldest child comes first: those who go missing are mostly teenagers.
    child_born = child_born[np.lexsort((child_born, order >= families.adults[family], family))]
    first_child = np.full(len(families.size), latest)
    np.minimum.at(first_child, family[~is_adult], child_born[~is_adult])
    adult_born = first_child[family] - rng.integers(int(18 * 365.25), int(38 * 365.25), len(family))
    names = np.array([len(group.family) for group in GROUPS])[families.group[family]]
    own = rng.integers(0, 1 << 30, len(family)) % names
    shared = (rng.integers(0, 1 << 30, len(families.size)))[family] % names
    first_name = own[families.first][family]
    is_female = np.where(
        is_adult, (order == 0) ^ (rng.random(len(family)) < 0.08), rng.random(len(family)) < 0.49
    )
    married = (rng.random(len(families.size)) < 0.55)[family]
    return Persons(
        family=family,
        is_adult=is_adult,
        is_female=is_female.astype(np.bool_),
        born=np.where(is_adult, adult_born, child_born),
        given=rng.integers(0, 1 << 30, len(family)),
        family_name=np.where(married, shared, np.where(second, own, first_name)),
        other_name=np.where(married, np.where(is_adult, own, first_name), shared),
        apart=second & (rng.random(len(family)) < APART_SHARE / 0.66),
    )


def eldest_child(families: Families) -> Ints:
    """The number of the eldest child of each family."""
    return np.asarray(families.first + families.adults)


def lives_at(families: Families, persons: Persons, person: Ints, day: Ints) -> tuple[Ints, Ints]:
    """The household and the place of each person on a day."""
    family = persons.family[person]
    moved = day >= families.moved_on[family]
    apart = persons.apart[person]
    household = np.where(moved, families.new_household[family], families.household[family])
    place = np.where(moved, families.new_home[family], families.home[family])
    household = np.where(apart, families.apart_household[family], household)
    return household, np.where(apart, families.apart_home[family], place)


def _drawn(cumulative: Floats, count: int, rng: np.random.Generator) -> Ints:
    return np.asarray(np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right"), np.int64)


def _pick(shares: tuple[tuple[int, float], ...], count: int, rng: np.random.Generator) -> Ints:
    return np.asarray(rng.choice([v for v, _ in shares], count, p=[p for _, p in shares]), np.int64)
