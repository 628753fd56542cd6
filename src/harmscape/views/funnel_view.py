"""For its size, is it further out than chance puts it? Every area on a funnel, tested with all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from harmscape.change.discovery import adjusted
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.ranking.funnel import Funnel, funnel
from harmscape.views.areas import RATE_BASE
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, kind_of
from harmscape.views.result import Result
from harmscape.views.scored import Scored, score_areas
from harmscape.views.sector_overview import Sentence
from harmscape.views.tested import FALSE_RATE
from harmscape.views.words import mid_sentence, number_word

_STEPS = 80
_Z95, _Z998 = 1.959964, 3.090232
Basis = Literal["size", "events"]


@dataclass(frozen=True, slots=True)
class Point:
    """One area: its size (residents or events), its figure, the limits at its size, and how far out it lies.

    value and limits: harm for each `per` of the size. z: in standard deviations, over-dispersion allowed for.
    q: the false-discovery rate at which it would be called apart. where: `above_998`, `above_95`, `inside`,
    `below_95`, `below_998`; is_apart: whether it is apart once all areas are allowed for.
    """

    area_id: str
    name: str
    size: float
    events: int
    value: float
    lo_998: float
    lo_95: float
    hi_95: float
    hi_998: float
    z: float
    p: float
    q: float
    where: str
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits at one size, for the curves of the funnel."""

    size: float
    lo_998: float
    lo_95: float
    hi_95: float
    hi_998: float


@dataclass(frozen=True, kw_only=True)
class FunnelView(Result):
    """The funnel; `points` lists the furthest above first. Without one, `points` is empty and the sentence
    says why.

    factor: over-dispersion, 1 where areas differ no more than chance. tau: how much true rates differ, over
    the common rate. left: areas without a size, which cannot be drawn.
    """

    ROWS: ClassVar[str] = "points"

    sentence: Sentence
    note: str
    points: tuple[Point, ...]
    curve: tuple[Limit, ...]
    common: float | None
    factor: float | None
    tau: float | None
    per: int
    along: str
    bases: tuple[str, ...]
    basis: str
    left: tuple[str, ...]
    by: Mapping[str, str]
    selection: Mapping[str, str]


def funnel_view(
    cursor: Engine, context: Context, words: Mapping[str, object], *, basis: str = ""
) -> FunnelView:
    """Harm against size: residents (or the figure of `per`) where every area has some, else events.

    basis: `residents` or `events`. By events the funnel asks whether the events of an area are heavier than
    those of others, not whether there are more of them. Raises SelectionError for one area, or another basis.
    """
    question = ask(cursor, context, words)
    if question.selection.areas:
        raise SelectionError("a funnel compares every area with all others; leave out --areas")
    scored = score_areas(question)
    base = question.book.base(question.selection.per)
    has_base = base is not None and bool((base[2] > 0).any())
    bases = (*(("residents",) if has_base else ()), "events")
    wanted = basis or bases[0]
    if wanted not in bases:
        raise SelectionError(f"a funnel here goes by {' or '.join(bases)}{nearest(wanted[:40], bases)}")
    by_size = wanted == "residents"
    size = base[2] if by_size and base is not None else scored.events.astype(float)
    along = base[0] if by_size and base is not None else "events"
    per = RATE_BASE if by_size else 1
    drawn = np.isfinite(size) & (size > 0)
    kept = np.flatnonzero(drawn)
    harm = np.array([float(each) for each in scored.harm]) - scored.certain
    given: Basis = "size" if by_size else "events"
    found = (
        funnel(np.maximum(harm, 0.0)[kept], size[kept], scored.variance[kept], given=given)
        if len(kept)
        else None
    )
    points = _points(question, scored, found, kept, size, harm, per) if found else []
    geography = question.book.geography
    return FunnelView(
        sentence=_sentence(question, points, by_size=by_size),
        note=_note(found, geography.many, along, per, int((~drawn).sum())),
        points=tuple(points),
        curve=tuple(_curve(found, float(size[kept].max()), per)) if found else (),
        common=found.rate * per if found else None,
        factor=round(found.factor, 3) if found else None,
        tau=round(found.tau, 4) if found else None,
        per=per,
        along=along,
        bases=bases,
        basis=wanted,
        left=tuple(question.book.names[i] for i in np.flatnonzero(~drawn)),
        by={
            "id": geography.id,
            "title": geography.title,
            "plural": geography.many,
            "kind": kind_of(question),
        },
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def _points(
    question: Question,
    scored: Scored,
    found: Funnel,
    kept: np.ndarray,
    size: np.ndarray,
    harm: np.ndarray,
    per: int,
) -> list[Point]:
    q = adjusted(found.p)
    own = size[kept]
    limits = {level: found.limits(own, level) for level in (0.95, 0.998)}
    scale = per / own
    made = [
        Point(
            area_id=question.book.codes[i],
            name=question.book.names[i],
            size=float(own[k]),
            events=int(scored.events[i]),
            value=float(harm[i] * scale[k]),
            lo_998=float(limits[0.998][0][k] * scale[k]),
            lo_95=float(limits[0.95][0][k] * scale[k]),
            hi_95=float(limits[0.95][1][k] * scale[k]),
            hi_998=float(limits[0.998][1][k] * scale[k]),
            z=round(float(found.z[k]), 4),
            p=float(found.p[k]),
            q=float(q[k]),
            where=_where(float(found.z[k])),
            is_apart=bool(q[k] <= FALSE_RATE),
        )
        for k, i in enumerate(kept.tolist())
    ]
    return sorted(made, key=lambda point: (-point.z, point.area_id))


def _curve(found: Funnel, far: float, per: int) -> list[Limit]:
    """The limits by size up to a little beyond the largest, closer together where they bend."""
    sizes = far * 1.05 * np.maximum(np.arange(_STEPS + 1) / _STEPS, 0.02) ** 2
    inner, outer = found.limits(sizes, 0.95), found.limits(sizes, 0.998)
    columns = (outer[0], inner[0], inner[1], outer[1])
    return [
        Limit(float(n), *(float(each[k] * per / n) for each in columns)) for k, n in enumerate(sizes.tolist())
    ]


def _where(z: float) -> str:
    side = "above" if z > 0 else "below"
    return f"{side}_998" if abs(z) > _Z998 else f"{side}_95" if abs(z) > _Z95 else "inside"


def _sentence(question: Question, points: list[Point], *, by_size: bool) -> Sentence:
    geography = question.book.geography
    many = mid_sentence(geography.many)
    if not points:
        return Sentence(
            "No funnel can be drawn.", f"It takes three {many} with harm that chance has a part in."
        )
    above = sum(point.is_apart and point.z > 0 for point in points)
    below = sum(point.is_apart and point.z < 0 for point in points)
    said = "for their size" if by_size else "for their number of events"
    outside = sum(point.where.endswith("998") for point in points)
    lie = "lies" if outside == 1 else "lie"
    alone = f"{number_word(outside)} {lie} outside the 99.8% limits, before all are allowed for."
    if not above and not below:
        none = f"None of {len(points):,} {many} stands apart {said}."
        return Sentence(none, alone if outside else "None lies outside the 99.8% limits.")
    sure = f"{_none_or(above)} of {len(points):,} {many} {_stand(above)} above the rest {said}."
    return Sentence(sure, f"{_none_or(below)} {_stand(below)} below. {alone}")


def _none_or(count: int) -> str:
    return number_word(count) if count else "None"


def _stand(count: int) -> str:
    return "stands" if count <= 1 else "stand"


def _note(found: Funnel | None, many: str, along: str, per: int, left: int) -> str:
    if found is None:
        return ""
    unit = f"harm per {per:,} {along}" if per > 1 else f"harm per {along.removesuffix('s')}"
    if found.factor > 1:
        wider = (
            f"The limits are {found.factor**0.5:.1f} times as wide as chance alone would make them"
            f" (over-dispersion factor {found.factor:.1f}): {mid_sentence(many)} truly differ."
        )
    else:
        wider = f"Not over-dispersed: {mid_sentence(many)} differ no more than chance makes them."
    missing = f" {left:,} without {along} cannot be drawn." if left else ""
    return f"{unit[:1].upper()}{unit[1:]} against {along}. {wider}{missing}"
