"""Is the harm in few places or in many? Lorenz curve, harm spots and hot areas, all beside chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.discovery import adjusted
from harmscape.concentration.excess import Beyond, Concentration, concentration
from harmscape.concentration.getis_ord import HotAreas, hot_areas
from harmscape.concentration.gini import generalised_gini
from harmscape.concentration.harm_spots import HarmSpots, harm_spots
from harmscape.concentration.moran import Alike, moran_by_chance
from harmscape.concentration.placement import placements
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.views.concentration_borders import borders_of
from harmscape.views.concentration_events import Lying, gather, lying, of_flows
from harmscape.views.concentration_places import AREAS, kinds_of_place, put_in_places
from harmscape.views.concentration_words import alike_sentence, finding, heat_sentence, spots_sentence
from harmscape.views.context import Context
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

HALF, MOST = 0.5, 0.8
FALSE_RATE = 0.10
"""Of the hot and cold areas of a page, at most this share is expected to be chance."""
_DRAWS, _FEWEST, _CELLS = 999, 99, 6_000_000
"""Draws of chance, and fewer where there are many places, so that all of them fit."""
_LISTED = 1_000
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Holding:
    """How few places hold a share of the total: seen, and by chance with the 95 % range; places and shares.

    p: how seldom chance gathers as much, one-sided.
    """

    share: float
    places: int
    part: float
    chance_places: float
    chance_part: float
    chance_part_lo: float
    chance_part_hi: float
    p: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A Lorenz curve at each hundredth of the places, worst first, beside that of chance with its 95 % band.

    gini: of what is seen; excess: above the mean of chance, with the range that luck leaves it. generalised:
    Bernasco and Steenbeek's, unbiased, of counts alone.
    """

    gini: float
    gini_chance: float
    excess: float
    excess_lo: float
    excess_hi: float
    p: float
    generalised: float | None
    half: Holding
    most: Holding
    seen: tuple[float, ...]
    chance: tuple[float, ...]
    chance_lo: tuple[float, ...]
    chance_hi: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spots:
    """Harm spots: places with at least the mean and two standard deviations; beside those of chance."""

    places: int
    line: float
    share: float
    chance_places: float
    chance_share: float
    chance_share_lo: float
    chance_share_hi: float
    p: float


@dataclass(frozen=True, slots=True)
class Together:
    """Whether neighbours are alike: Moran's I of standardised harm, its 95 % range by chance, p two-sided."""

    i: float
    chance_lo: float
    chance_hi: float
    p: float


@dataclass(frozen=True, slots=True)
class Place:
    """One place, most harm first. share: of all harm. heat: `hot`, `cold` or None, with its surroundings.

    window: the harm here and in the areas that border it, times what its exposure would give. q: the rate
    of false discoveries at which the page would believe its heat. stands_out: unlike its own neighbours.
    """

    place_id: str
    name: str
    events: int
    harm: Decimal
    share: float
    is_spot: bool
    heat: str | None
    window_ratio: float | None
    gi_star: float | None
    q: float | None
    stands_out: bool


@dataclass(frozen=True, kw_only=True)
class ConcentrationView(Result):
    """How harm gathers. `places` are those with most harm; `of` says how many there are, `things` what.

    kind: of place, one of `kinds`.
    """

    ROWS: ClassVar[str] = "places"

    sentence: Sentence
    spots_sentence: str
    heat_sentence: str
    alike_sentence: str
    places: tuple[Place, ...]
    of: int
    kind: str
    kinds: tuple[str, ...]
    things: str
    harm: Curve
    events: Curve
    spots: Spots
    together: Together | None
    exposure: str | None
    total_events: int
    total_harm: Decimal
    unplaced: int
    draws: int
    by: Mapping[str, str]
    descriptor: str
    selection: Mapping[str, str]


def concentration_view(
    cursor: Engine, context: Context, words: Mapping[str, object], *, places: str = AREAS
) -> ConcentrationView:
    """Set where harm lies beside where chance would put the same incidents.

    places: `areas` of --by; `points`, the places that events have; or an attribute, such as the street.
    With `per` chance follows that figure (residents); else every place has the same chance. Raises
    SelectionError for a measure that counts no events, and for snapped points unless they are asked for by
    name.
    """
    question = of_flows(ask(cursor, context, words))
    gather(question)
    book, notes = question.book, list(question.notes())
    if places == AREAS:
        held = lying(question, book.codes, book.names)
    else:
        codes, names, said = put_in_places(question, places)
        notes += said
        held = lying(question, codes, names)
    exposure, named = _exposure(question, places, notes)
    if not held.codes:
        raise SelectionError("there are no such places here, so nothing can be gathered in them")
    ((unplaced,),) = cursor.rows("unplaced", "select count(*) from gathered g where g.place_no = 0")
    draws = int(np.clip(_CELLS // len(held.codes), _FEWEST, _DRAWS))
    return _answer(question, held, places, exposure, draws, notes, unplaced=unplaced, named=named)


def _answer(
    question: Question,
    held: Lying,
    kind: str,
    exposure: NDArray[np.float64] | None,
    draws: int,
    notes: list[str],
    *,
    unplaced: int,
    named: str | None,
) -> ConcentrationView:
    p, points = len(held.codes), held.points
    drawn = placements(held.harm_fallen, p, exposure=exposure, draws=draws, seed=_SEED)
    gathered = concentration(points, drawn, half=HALF, most=MOST)
    spots = harm_spots(points, drawn)
    hot, alike = None, None
    if kind == AREAS and p > 1 and points.sum() > 0:
        borders, squares = borders_of(question), held.harm_fallen.squares
        hot = hot_areas(points, drawn, borders, squares=squares, exposure=exposure, seed=_SEED)
        alike = moran_by_chance(points, drawn, borders, squares=squares, exposure=exposure)
    del drawn
    counted = placements(held.events_fallen, p, exposure=exposure, draws=draws, seed=_SEED)
    counts = concentration(held.events, counted, half=HALF, most=MOST)
    del counted
    listed = _places(held, spots, hot, alike)
    geography = question.book.geography
    thing, things = (geography.title, geography.many) if kind == AREAS else _named(kind)
    heats = [each.heat for each in listed] if hot is not None else None
    return ConcentrationView(
        sentence=finding(_holding(gathered.half, HALF, p), p, things, total=float(points.sum())),
        spots_sentence=spots_sentence(
            spots.number, p, spots.share, spots.chance_share, spots.p, thing, things
        ),
        heat_sentence=heat_sentence(heats, thing, things),
        alike_sentence="" if alike is None else alike_sentence(alike.p, alike.i),
        places=tuple(listed[:_LISTED]),
        of=p,
        kind=kind,
        kinds=kinds_of_place(question),
        things=things,
        harm=_curve(gathered, p, None),
        events=_curve(counts, p, float(generalised_gini(held.events, unbiased=True))),
        spots=_spots(spots),
        together=None if alike is None else Together(alike.i, alike.chance_lo, alike.chance_hi, alike.p),
        exposure=named,
        total_events=int(held.events.sum()),
        total_harm=sum(held.harm, Decimal(0)),
        unplaced=unplaced,
        draws=draws,
        by={"id": geography.id, "title": geography.title, "plural": geography.many},
        descriptor=_descriptor(question),
        warnings=tuple(notes),
        selection=question.selection.words(),
    )


def _exposure(
    question: Question, places: str, notes: list[str]
) -> tuple[NDArray[np.float64] | None, str | None]:
    """The figure that chance follows, shape (p,), and its name; None where all places are alike."""
    wanted = question.selection.per
    if wanted is None:
        return None, None
    base = question.book.base(wanted)
    if places != AREAS or base is None:
        raise SelectionError(f"{wanted} is not known of these places; leave out --per")
    kind, _, values = base
    missing = int((~np.isfinite(values) | (values <= 0)).sum())
    if missing:
        notes.append(f"{missing:,} areas have no {kind}: by chance nothing falls there.")
    known = np.where(np.isfinite(values), np.maximum(values, 0.0), 0.0)
    if known.sum() <= 0:
        raise SelectionError(f"{kind} is not known of any of these areas; leave out --per")
    return known, kind


def _holding(beyond: Beyond, share: float, of: int) -> Holding:
    return Holding(
        share,
        int(beyond.seen),
        beyond.seen / of,
        beyond.chance,
        beyond.chance / of,
        beyond.chance_lo / of,
        beyond.chance_hi / of,
        beyond.p,
    )


def _curve(found: Concentration, of: int, generalised: float | None) -> Curve:
    def rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
        return tuple(np.round(values, 5).tolist())

    return Curve(
        gini=found.gini.seen,
        gini_chance=found.gini.chance,
        excess=found.gini.excess,
        excess_lo=found.gini.excess_lo,
        excess_hi=found.gini.excess_hi,
        p=found.gini.p,
        generalised=generalised,
        half=_holding(found.half, HALF, of),
        most=_holding(found.most, MOST, of),
        seen=rounded(found.curve),
        chance=rounded(found.curve_chance),
        chance_lo=rounded(found.curve_lo),
        chance_hi=rounded(found.curve_hi),
    )


def _spots(found: HarmSpots) -> Spots:
    return Spots(
        found.number,
        found.line,
        found.share,
        found.chance_number,
        found.chance_share,
        found.chance_share_lo,
        found.chance_share_hi,
        found.p,
    )


def _places(held: Lying, spots: HarmSpots, hot: HotAreas | None, alike: Alike | None) -> list[Place]:
    """Every place, most harm first."""
    points = held.points
    total = float(points.sum())
    q = np.full(len(points), np.nan) if hot is None else adjusted(hot.p)
    # An area goes against its neighbours where that is beyond chance among all areas.
    out = np.zeros(len(points), bool) if alike is None else adjusted(alike.tails.low) <= FALSE_RATE
    out &= points > 0
    order = sorted(range(len(points)), key=lambda at: (-points[at], held.codes[at]))
    return [
        Place(
            place_id=held.codes[at],
            name=held.names[at],
            events=int(held.events[at]),
            harm=held.harm[at],
            share=float(points[at] / total) if total > 0 else 0.0,
            is_spot=bool(spots.is_spot[at]),
            heat=None if hot is None or q[at] > FALSE_RATE else "hot" if hot.is_high[at] else "cold",
            window_ratio=None
            if hot is None or hot.expected[at] <= 0
            else float(hot.window[at] / hot.expected[at]),
            gi_star=None if hot is None else float(hot.z[at]),
            q=None if hot is None else float(q[at]),
            stands_out=bool(out[at]),
        )
        for at in order
    ]


def _named(kind: str) -> tuple[str, str]:
    if kind == "points":
        return "point", "points"
    return "named place", "named places"


def _descriptor(question: Question) -> str:
    scheme = question.context.domain.scheme(question.selection.weights)
    return (
        f"{question.measure.title}, {question.selection.period}. Weights: {scheme.title} ({scheme.status})."
    )
