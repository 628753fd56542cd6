"""Weights in force: a scheme resolved to one row for every category, attribute values and span of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise, product

import pyarrow as pa

from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError
from harmscape.model.scheme import Scheme, Weight
from harmscape.rollup import Dictionaries

FOREVER = (date(1, 1, 1), date(9999, 12, 31))
_MOST = 200_000
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class InForce:
    """One resolved weight: points for one event, summed over the dimensions asked for.

    `no` counts from 1; attributes hold dictionary numbers (0: none); parts are the weights it is made of.
    """

    no: int
    category: str
    category_no: int
    attributes: Mapping[str, int]
    starts: date
    ends: date
    points: Decimal
    parts: tuple[Weight, ...]


def weights_in_force(
    scheme: Scheme,
    domain: Domain,
    dictionaries: Dictionaries,
    categories: Iterable[str],
    *,
    dimensions: Sequence[str] = (),
    trial: Mapping[str, Decimal] | None = None,
) -> list[InForce]:
    """Resolve a scheme for some categories.

    A category without weights of its own takes those of the nearest category above it, where the scheme
    falls back. Among the weights whose conditions an event meets, the one with most conditions holds.
    dimensions: those that are summed, all of the scheme's unless some are named; each is multiplied by its
    swing weight before.
    trial: points that stand in front of the scheme's, by category ("what if a farm were 200 points?").
    """
    wanted = tuple(dimensions) or scheme.dimensions
    named = scheme.attributes
    if not set(named) <= set(dictionaries.attributes):
        raise SelectionError(f"scheme {scheme.id!r} has conditions on attributes that no source declares")
    lines = {
        one: list(listed.line(one)) for listed in domain.category_lists for one in _ids(listed.categories)
    }
    own = _by_category(scheme)
    choices = [_choices(name, dictionaries) for name in named]
    resolved: list[InForce] = []
    for category in sorted(set(categories)):
        for numbers in product(*(sorted(each) for each in choices)):
            met = {
                name: choices[i][number] for i, (name, number) in enumerate(zip(named, numbers, strict=True))
            }
            line = lines[category] if scheme.fallback else lines[category][:1]
            found = next((own[name] for name in line if name in own), ())
            spans = _spans(found, wanted, met, scheme.swing)
            if trial and category in trial:
                spans = [(*FOREVER, trial[category], ())]
            for starts, ends, points, parts in spans:
                resolved.append(
                    InForce(
                        no=len(resolved) + 1,
                        category=category,
                        category_no=dictionaries.category[category],
                        attributes=dict(zip(named, numbers, strict=True)),
                        starts=starts,
                        ends=ends,
                        points=points,
                        parts=parts,
                    )
                )
            if len(resolved) > _MOST:
                raise SelectionError(
                    f"the conditions of scheme {scheme.id!r} name too many combinations of values"
                )
    return resolved


def weight_table(weights: Sequence[InForce], attributes: Sequence[str]) -> pa.Table:
    """`weight`: one row per resolved weight, to be joined on category, attributes and day."""
    columns: dict[str, pa.Array] = {
        "weight_no": pa.array([each.no for each in weights], pa.int32()),
        "category": pa.array([each.category_no for each in weights], pa.int16()),
        "starts": pa.array([each.starts for each in weights], pa.date32()),
        "ends": pa.array([each.ends for each in weights], pa.date32()),
        "points": pa.array([each.points for each in weights], pa.decimal128(12, 4)),
    }
    for name in attributes:
        columns[f"t_{name}"] = pa.array([each.attributes[name] for each in weights], pa.int32())
    return pa.table(columns)


def cut_days(weights: Sequence[InForce]) -> set[date]:
    """The days on which some weight begins or ends: a tally by month serves only when all are firsts."""
    return {day for each in weights for day in (each.starts, each.ends) if day not in FOREVER}


def _ids(categories: Iterable[object]) -> list[str]:
    return [str(getattr(each, "id", "")) for each in categories]


def _by_category(scheme: Scheme) -> dict[str, list[Weight]]:
    own: dict[str, list[Weight]] = {}
    for weight in scheme.weights:
        own.setdefault(weight.category, []).append(weight)
    return own


def _choices(name: str, dictionaries: Dictionaries) -> dict[int, str | None]:
    """Every number an attribute can have, with the value it stands for."""
    held: dict[int, str | None] = {0: None}
    return held | {number: value for value, number in dictionaries.attributes[name].items()}


def _spans(
    weights: Sequence[Weight],
    dimensions: Sequence[str],
    met: Mapping[str, str | None],
    swing: Mapping[str, Decimal],
) -> list[tuple[date, date, Decimal, tuple[Weight, ...]]]:
    """Spans of days with the points in force, for one category and one set of attribute values."""
    open_to = [
        weight
        for weight in weights
        if weight.dimension in dimensions
        and all(met.get(name) == value for name, value in weight.when.items())
    ]
    cuts = sorted(
        {FOREVER[0], FOREVER[1], *(d for w in open_to for d in (w.starts, w.ends) if d is not None)}
    )
    spans = []
    for starts, ends in pairwise(cuts):
        parts = tuple(filter(None, (_strongest(open_to, dimension, starts) for dimension in dimensions)))
        if parts:
            # A weight has four decimal places; so has what it is worth beside other kinds of harm.
            points = sum((part.points * swing.get(part.dimension, 1) for part in parts), Decimal(0))
            spans.append((starts, ends, points.quantize(_PLACES), parts))
    return spans


def _strongest(weights: Sequence[Weight], dimension: str, day: date) -> Weight | None:
    in_force = [
        weight
        for weight in weights
        if weight.dimension == dimension
        and (weight.starts is None or weight.starts <= day)
        and (weight.ends is None or day < weight.ends)
    ]
    if not in_force:
        return None
    most = max(len(weight.when) for weight in in_force)
    best = [weight for weight in in_force if len(weight.when) == most]
    if len(best) > 1:
        raise SelectionError(
            f"two weights of {best[0].category!r} with {most} conditions each meet the same event;"
            " give one of them a condition more"
        )
    return best[0]
