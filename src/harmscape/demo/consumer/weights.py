"""What one complaint is worth: three dimensions, conditions, swing weights; the template's scheme in numbers.

The scheme that a workspace uses stands in the template, where a person can change it. These are the points
the truth is told in; a test holds the two together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from harmscape.demo.consumer.kinds import Kind

DIMENSIONS = ("personal", "financial", "emotional")
SWING = {"personal": Decimal("0.5"), "financial": Decimal("0.2"), "emotional": Decimal("0.3")}
CONDITIONAL_FROM = 5
"""Emotional points from which breach and vulnerability were told apart."""


class Line(NamedTuple):
    """One weight: points in a dimension for a complaint whose attributes have these values."""

    dimension: str
    when: tuple[tuple[str, str], ...]
    points: Decimal
    reason: str


_CRIMINAL, _VULNERABLE = ("breach", "criminal"), ("vulnerable", "yes")


def lines(kind: Kind) -> list[Line]:
    """Every weight of one type.

    >>> from harmscape.demo.consumer.kinds import KINDS
    >>> [(line.dimension, str(line.points)) for line in lines(KINDS[0])][:4]
    [('personal', '50'), ('personal', '100'), ('financial', '55'), ('financial', '82.5')]
    """
    personal, financial, emotional = (Decimal(str(value)) for value in kind.points)
    told = [Line("personal", (), personal, "Health and safety of whoever complains")]
    if personal:
        reason = "Twice the base; somebody vulnerable is hurt more and for longer"
        told.append(Line("personal", (_VULNERABLE,), _plain(2 * personal), reason))
    told.append(Line("financial", (), financial, "Money lost beside what such people have"))
    if kind.criminal:
        reason = "Half as much again; what a crime took is seldom paid back"
        told.append(Line("financial", (_CRIMINAL,), _plain(financial * 3 / 2), reason))
    told.append(Line("emotional", (), emotional, "Distress and loss of trust"))
    if emotional >= CONDITIONAL_FROM:
        told += [
            Line(
                "emotional", (_CRIMINAL,), _plain(emotional * 5 / 4), "A quarter more; fear of the offender"
            ),
            Line(
                "emotional", (_VULNERABLE,), _plain(emotional * 3 / 2), "Half as much again; shame and worry"
            ),
            Line(
                "emotional", (_CRIMINAL, _VULNERABLE), _plain(2 * emotional), "Twice the base; both at once"
            ),
        ]
    return told


def points(kind: Kind, *, breach: str, vulnerable: str) -> Decimal:
    """The points of one complaint: in each dimension the weight with most conditions met, times its swing.

    >>> from harmscape.demo.consumer.kinds import KINDS
    >>> points(KINDS[0], breach="criminal", vulnerable="yes")  # 0.5 x 100 + 0.2 x 82.5 + 0.3 x 90
    Decimal('93.50')
    """
    has = {("breach", breach), ("vulnerable", vulnerable)}
    total = Decimal(0)
    for dimension in DIMENSIONS:
        met = [line for line in lines(kind) if line.dimension == dimension and has >= set(line.when)]
        total += SWING[dimension] * max(met, key=lambda line: len(line.when)).points
    return total


def mean_points(kind: Kind, *, criminal: float, vulnerable: float) -> float:
    """The points to expect of a complaint whose breach and flag are drawn apart, with these probabilities."""
    return sum(
        float(points(kind, breach=breach, vulnerable=flag)) * chance * share
        for breach, chance in (("criminal", criminal), ("none", 1 - criminal))
        for flag, share in (("yes", vulnerable), ("no", 1 - vulnerable))
    )


def _plain(value: Decimal) -> Decimal:
    """Without zeros at the end, as one writes it."""
    return Decimal(f"{value.normalize():f}")
