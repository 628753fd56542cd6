"""Two figures compared: counts by a conditional test, harm by its own limits, in the fixed words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from harmscape.change.counts import compare_counts
from harmscape.change.discovery import adjusted
from harmscape.change.mover import Interval, difference, interval, ratio
from harmscape.ranking.interval import harm_interval
from harmscape.views.tested import ENOUGH, finite, verdict

Floats = NDArray[np.float64]
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Harm:
    """Harm of A and B with 95 % limits, their difference and ratio; B as if it had A's length and size.

    verdict as of counts. Missing where the two are not weighed alike.
    """

    a: float
    a_lo: float
    a_hi: float
    b: float
    b_lo: float
    b_hi: float
    difference: float
    difference_lo: float
    difference_hi: float
    ratio: float | None
    ratio_lo: float | None
    ratio_hi: float | None
    p: float
    q: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a comparison: the sum, a measure, an area, or areas pooled because each is too small.

    a_events, b_events: as counted. expected: of A if nothing differed from what it is tested against, with
    its 95 % range. ratio: A over what was expected, with 95 % limits. p, q, verdict: as in `changed`;
    `not_tested` with fewer than ten events happened and expected. rate: harm per 1,000 of the figure asked
    for, that of B as if it had A's length.
    """

    kind: str
    id: str
    title: str
    a_events: int
    b_events: int
    expected: float
    expected_lo: int | None
    expected_hi: int | None
    ratio: float | None
    ratio_lo: float | None
    ratio_hi: float | None
    p: float
    q: float
    verdict: str
    is_tested: bool
    harm: Harm | None
    a_rate: float | None = None
    b_rate: float | None = None

    @property
    def sentence(self) -> str:
        """The line in words: small counts as counts, never as a percentage."""
        if self.expected_lo is not None:
            expected = f"{self.expected_lo:,}–{self.expected_hi:,}"
            return f"{self.title}: {self.a_events:,}, where {expected} were expected."
        return f"{self.title}: {self.a_events:,} against {self.b_events:,}."


@dataclass(frozen=True)
class Counted:
    """Counts of some lines to be compared, shape (p,), and what each is tested against.

    against: the events that A is tested against, with exposure: what A's time and size are worth beside
    theirs. lo, hi: the range to be expected, None where two figures of one time are compared.
    """

    a: Floats
    b: Floats
    against: Floats
    exposure: float
    dispersion: Floats
    lo: Floats | None = None
    hi: Floats | None = None


@dataclass(frozen=True)
class Weighed:
    """Harm of some lines of one side: points, their variance, shape (p,), and the heaviest possible event."""

    harm: Floats
    variance: Floats
    heaviest: float


def pairs(
    kind: str,
    ids: Sequence[str],
    titles: Sequence[str],
    counted: Counted,
    weighed: tuple[Weighed, Weighed] | None,
    *,
    length: float,
) -> list[Pair]:
    """Lines of one kind, before the many of a page are allowed for.

    weighed: A and B. length: what A's time and size are worth in units of B's, for harm.
    """
    found = compare_counts(
        counted.a / counted.dispersion, counted.against / counted.dispersion, counted.exposure
    )
    expected = counted.against * counted.exposure
    enough = (expected >= ENOUGH) | (counted.a >= ENOUGH)
    harms = _harms(weighed, counted.dispersion, length) if weighed else [None] * len(ids)
    return [
        Pair(
            kind=kind,
            id=ids[i],
            title=titles[i],
            a_events=int(counted.a[i]),
            b_events=int(counted.b[i]),
            expected=round(float(expected[i]), 1),
            expected_lo=None if counted.lo is None else int(counted.lo[i]),
            expected_hi=None if counted.hi is None else int(counted.hi[i]),
            ratio=finite(found.ratio[i]),
            ratio_lo=finite(found.lo[i]),
            ratio_hi=finite(found.hi[i]),
            p=float(found.p[i]) if counted.a[i] + counted.against[i] > 0 else np.nan,
            q=np.nan,
            verdict="",
            is_tested=bool(enough[i]),
            harm=harms[i] if enough[i] else None,
        )
        for i in range(len(ids))
    ]


def judged(lines: Sequence[Pair]) -> list[Pair]:
    """The lines with their verdicts: one false-discovery line over every count and every harm.

    Lines too small to be tested are allowed for too, so that what happened does not choose the number of
    tests.
    """
    with_harm = [at for at, line in enumerate(lines) if line.harm is not None]
    p = [line.p for line in lines] + [line.harm.p for line in lines if line.harm is not None]
    q = adjusted(p)
    at_harm = dict(zip(with_harm, q[len(lines) :].tolist(), strict=True))
    made = []
    for at, line in enumerate(lines):
        tested = line.p if line.is_tested else np.nan
        said = verdict(tested, float(q[at]), higher=line.a_events > line.expected)
        harm = line.harm
        if harm is not None:
            own = at_harm[at]
            harm = replace(harm, q=own, verdict=verdict(harm.p, own, higher=harm.difference > 0))
        made.append(replace(line, q=float(q[at]), verdict=said, harm=harm))
    return made


def _harms(weighed: tuple[Weighed, Weighed], dispersion: Floats, length: float) -> list[Harm]:
    a, b = (_limits(each, dispersion) for each in weighed)
    gap, times = difference(a, b, exposure=length), ratio(a, b, exposure=length)
    # The distance to no difference, in the units in which the nearer limit is 1.96 away.
    side = np.where(gap.estimate > 0, gap.estimate - gap.lo, gap.hi - gap.estimate)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(side > 0, np.abs(gap.estimate) / side * _Z95, 0.0)
    p = 2 * special.ndtr(-z)
    return [
        Harm(
            a=float(a.estimate[i]),
            a_lo=float(a.lo[i]),
            a_hi=float(a.hi[i]),
            b=float(b.estimate[i]) * length,
            b_lo=float(b.lo[i]) * length,
            b_hi=float(b.hi[i]) * length,
            difference=float(gap.estimate[i]),
            difference_lo=float(gap.lo[i]),
            difference_hi=float(gap.hi[i]),
            ratio=finite(times.estimate[i]),
            ratio_lo=finite(times.lo[i]),
            ratio_hi=finite(times.hi[i]),
            p=float(p[i]),
            q=np.nan,
            verdict="",
        )
        for i in range(len(p))
    ]


def _limits(side: Weighed, dispersion: Floats) -> Interval:
    """Harm with its gamma limits; scatter beyond chance widens its variance as it does that of counts."""
    has = side.harm > 0
    harm = np.where(has, side.harm, 0.0)
    variance = np.where(has, np.maximum(side.variance, 1e-9) * dispersion, 0.0)
    lo, hi = harm_interval(harm, variance, heaviest=side.heaviest)
    return interval(harm, np.minimum(lo, harm), np.maximum(hi, harm))
