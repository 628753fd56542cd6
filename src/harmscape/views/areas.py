"""Areas in their standing: one row per area, with every figure a standing must carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError
from harmscape.model.geography import AREA_KM2
from harmscape.model.measure import Measure
from harmscape.ranking.competition import competition_ranks
from harmscape.ranking.standing import Standings, standings
from harmscape.views.question import Question
from harmscape.views.scored import NOTHING, Scored

FEW = 10
RATE_BASE = 1000
"""A rate is harm for each thousand residents, households ... and for each one square kilometre."""
_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A branch of the categories within an area: its events and harm."""

    id: str
    title: str
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class Before:
    """The same area in the period compared with. No test has been made of the difference."""

    events: int
    harm: Decimal
    rank: int


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """One area among its peers. harm in the scheme's points; intervals 95 %, rank ranges 90 %.

    rate: harm for each `rate_base` of the base (residents, say); None without a base. tier by the
    simultaneous rank set; p_top_k is the chance to be truly among the first k.
    """

    area_id: str
    name: str
    events: int
    harm: Decimal
    harm_lo: float
    harm_hi: float
    shrunk: float
    rate: float | None
    rate_base: int | None
    base: float | None
    rank: int
    rank_lo: int
    rank_hi: int
    p_top_k: float
    tier: str
    volume_rank: int
    share_largest: float | None
    variance_share_largest: float | None
    rank_apart: int | None
    few: bool
    parts: tuple[Part, ...]
    before: Before | None = None


def rank_areas(question: Question, scored: Scored) -> Standings:
    """The standings of all areas of a score; with `per`, by the rate, its limits given back in points."""
    book = question.book
    per = question.selection.per
    base = book.base(per)
    exposure = base[2] if base is not None and bool(np.all(base[2] > 0)) else None
    if per is not None and exposure is None:
        lacking = "all" if base is None else f"{int((~(base[2] > 0)).sum()):,}"
        raise SelectionError(
            f"{lacking} {book.geography.many} have no {per}, so they cannot be ranked by a rate"
        )
    chance = chance_cells(question, scored)
    found = standings(
        scored.quantities[:, chance],
        scored.points[chance],
        list(scored.harm),
        scored.variance,
        scored.largest,
        exposure,
        list(book.codes),
        k=question.selection.k,
        rate=per is not None,
        certain=scored.certain,
        events_squared=scored.squares,
    )
    if per is None or exposure is None:
        return found
    return replace(
        found,
        harm_lo=found.harm_lo * exposure,
        harm_hi=found.harm_hi * exposure,
        shrunk=found.shrunk * exposure,
    )


def area_rows(
    question: Question,
    scored: Scored,
    found: Standings,
    *,
    apart: Sequence[int] | None,
) -> list[AreaStanding]:
    """One row per area, most harm first; areas that tie stand in order of their codes."""
    book = question.book
    base = book.base(question.selection.per)
    volume = competition_ranks(scored.events)
    roots = part_titles(question, scored)
    parts = parts_by_area(question, scored, roots)
    rows = [
        AreaStanding(
            area_id=code,
            name=book.names[i],
            events=int(scored.events[i]),
            harm=scored.harm[i],
            harm_lo=float(found.harm_lo[i]),
            harm_hi=float(found.harm_hi[i]),
            shrunk=float(found.shrunk[i]),
            rate=_rate(scored.harm[i], base[2][i], base[0]) if base else None,
            rate_base=_rate_base(base[0]) if base else None,
            base=_known(base[2][i]) if base else None,
            rank=int(found.rank[i]),
            rank_lo=int(found.rank_lo[i]),
            rank_hi=int(found.rank_hi[i]),
            p_top_k=float(found.p_top_k[i]),
            tier=str(found.tier[i]),
            volume_rank=int(volume[i]),
            share_largest=_known(found.share_largest[i]),
            variance_share_largest=_known(found.variance_share_largest[i]),
            rank_apart=apart[i] if apart is not None else None,
            few=int(scored.events[i]) < FEW,
            parts=parts[i],
        )
        for i, code in enumerate(book.codes)
    ]
    return sorted(rows, key=lambda row: (row.rank, row.area_id))


def chance_cells(question: Question, scored: Scored) -> NDArray[np.bool_]:
    """The cells in which events happen by chance: not those that only a register's stock can fill."""
    domain = question.context.domain
    parts = measures_of(question) or [question.measure]
    flows = frozenset[str]().union(*(domain.categories_of(part) for part in parts if part.kind != "stock"))
    flows |= {part.stands_as for part in parts if part.stands_as}
    return np.array([cell.category in flows for cell in scored.cells], dtype=bool)


def measures_of(question: Question) -> list[Measure]:
    """The measures that a sum adds, in order; none where the measure is no sum."""
    return [question.context.domain.measure(name) for name in question.measure.measures]


def root_of(domain: Domain, category: str) -> str:
    """The top of a category's tree, by which parts are told."""
    return domain.roots.get(category, category)


def part_titles(question: Question, scored: Scored) -> dict[str, str]:
    """The parts of a score with their titles: the measures of a sum; else the branches that carry most harm,
    most first, and the rest as `other`."""
    domain = question.context.domain
    if question.measure.measures:
        return {each.id: each.title for each in measures_of(question)}
    harm: dict[str, Decimal] = {}
    for cell, points in zip(scored.cells, scored.harm_by_cell, strict=True):
        root = root_of(domain, cell.category)
        harm[root] = harm.get(root, NOTHING) + points
    order = sorted((root for root in harm if harm[root] > 0), key=lambda root: (-harm[root], root))
    kept = order if len(order) <= _COLOURS else order[: _COLOURS - 1]
    titles = {root: domain.categories[root].title for root in kept}
    return titles if len(kept) == len(order) else titles | {"other": "Other"}


def parts_by_area(question: Question, scored: Scored, titles: dict[str, str]) -> list[tuple[Part, ...]]:
    """For each area, its parts in the order of `titles`; they sum to the area's harm."""
    if question.measure.measures:
        return _measures_by_area(question, len(scored.harm), titles)
    domain = question.context.domain
    of_cell = {cell.no: branch_of(domain, cell.category, titles) for cell in scored.cells}
    held: list[dict[str, list[Decimal | int]]] = [{} for _ in scored.harm]
    rows = question.cursor.rows(
        "parts",
        "select s.area_no, s.weight_no, sum(s.events)::bigint, sum(s.harm) from score s"
        " where s.weight_no is not null and s.area_no > 0 group by all",
    )
    for number, weight_no, events, harm in rows:
        if weight_no in of_cell:
            part = held[number - 1].setdefault(of_cell[weight_no], [0, NOTHING])
            part[0] += events
            part[1] += harm
    return [
        tuple(
            Part(name, title, int(own[name][0]), Decimal(own[name][1]))
            for name, title in titles.items()
            if name in own
        )
        for own in held
    ]


def _measures_by_area(question: Question, areas: int, titles: dict[str, str]) -> list[tuple[Part, ...]]:
    """The measures of a sum in each area. As published an event stands in each of its measures; else in the
    first of them, so that the parts add up to the harm either way."""
    names, published = list(titles), question.selection.sums == "published"
    held: list[dict[str, list[Decimal | int]]] = [{} for _ in range(areas)]
    for number, parts, events, harm in question.cursor.rows(
        "measures",
        "select s.area_no, s.parts, sum(s.events)::bigint, sum(s.harm) from score s"
        " where s.weight_no is not null and s.area_no > 0 group by all",
    ):
        bits = [bit for bit in range(len(names)) if parts >> bit & 1]
        for bit in bits if published else bits[:1]:
            part = held[number - 1].setdefault(names[bit], [0, NOTHING])
            part[0] += events
            part[1] += harm / len(bits) if published else harm
    return [
        tuple(
            Part(name, title, int(own[name][0]), Decimal(own[name][1]))
            for name, title in titles.items()
            if name in own
        )
        for own in held
    ]


def branch_of(domain: Domain, category: str, titles: Mapping[str, str]) -> str:
    """The part of a score that a category belongs to, where parts are branches: see `part_titles`."""
    root = root_of(domain, category)
    return root if root in titles else "other"


def _rate(harm: Decimal, base: float, kind: str) -> float | None:
    return float(harm) * _rate_base(kind) / base if base > 0 else None


def _rate_base(kind: str) -> int:
    return 1 if kind == AREA_KM2 else RATE_BASE


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
