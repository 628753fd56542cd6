"""Difference in differences for counts: how the treated areas moved beyond what all others did.

Answers "did the operation cut it, given what happened everywhere?". Events of unit u in month m are counts
with mean  exposure x a_u x g_m x r  where treated and after, and  exposure x a_u x g_m  elsewhere: every unit
has its own level, every month its own height, and r is the effect. The fit meets each unit's total, each
month's total and the treated total after exactly, so it is found by scaling each in turn.

Two things scatter beyond a Poisson count, and both widen the limits. Months do: phi, Pearson's X^2 over its
degrees of freedom within each side and period. And units drift apart of their own accord, whether or not
anything was done to them: tau, learned from how unlike each other the units of each side changed. Drift is
learned from all units together, so that one treated unit is allowed as much of it as the others show.

Sources: Wooldridge 1999, Journal of Econometrics 90:77 (Poisson with fixed effects); Deming and Stephan 1940,
Annals of Mathematical Statistics 11:427 (scaling in turn); McCullagh and Nelder 1989, section 9.2 (phi);
Conley and Taber 2011, Review of Economics and Statistics 93:113 (few treated: learn from the others);
DerSimonian and Laird 1986, Controlled Clinical Trials 7:177 (tau by moments); Satterthwaite 1946, Biometrics
2:110 (degrees of freedom of a sum).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from harmscape.change.counts import Floats
from harmscape.change.effect import Change, Ratio, events_changed, ratio_of_ratios
from harmscape.change.panel import Panel, panel, scaled, within_dispersion

FEWEST_UNITS = 4
"""Units that could move from which drift is learned; with fewer the limits know of months only."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The effect as a ratio and in events of the treated units after, and what it rests on.

    observed, expected: treated events after, and those without the effect. dispersion: phi, at least 1.
    drift: tau, how far units drift apart by themselves, as a share; nan where too few units tell. units: with
    events, treated and others.
    """

    effect: Ratio
    change: Change
    observed: float
    expected: float
    dispersion: float
    drift: float
    units: tuple[int, int]


def difference_in_differences(
    counts: ArrayLike,
    treated: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    offset: ArrayLike | None = None,
    level: float = 0.95,
) -> Difference:
    """The treated units' change from before to after beside that of the others.

    counts: events by unit and month, shape (u, m), nan for a gap. treated: shape (u,). before, after: months,
    shape (m,), never both; months in neither are left out. offset: people, days or places at risk, shape
    (u, m) or what can be spread to it; above 0. level: of the limits.
    Raises ValueError where shapes do not fit, a month is both, or a side has no unit or no month.

    >>> y = [[10, 10, 5, 5], [20, 20, 22, 18], [30, 30, 30, 30]]
    >>> found = difference_in_differences(y, [1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1])
    >>> round(found.effect.ratio, 6), round(found.expected, 6), round(found.change.estimate, 6)
    (0.5, 20.0, -10.0)
    """
    held = panel(counts, treated, before, after, offset)
    mean, without = scaled(held.counts, held.exposure, held.effect)
    corners = held.corners()
    t_after, t_before, c_after, c_before = corners
    expected = float(without[held.effect].sum())
    blocks = product((held.treated, ~held.treated), (held.before, held.after))
    phi = within_dispersion(held.counts, held.exposure, blocks)
    scatter = _scatter(held, mean, phi)
    some = min(corners[1:]) > 0 and expected > 0
    # Offsets and gaps move what the four corners alone would have us expect.
    exposure = expected / (t_before * c_after / c_before) if some else 1.0
    effect = ratio_of_ratios(
        t_after, t_before, c_after, c_before,
        exposure=exposure, dispersion=scatter.design, freedom=scatter.freedom, level=level,
    )  # fmt: skip
    # Of all that scatters, only the months of what was observed are its own: drift lies in what was expected.
    parts = [1 / max(each, 0.5) for each in corners]
    relative = float(np.sqrt(scatter.design * sum(parts) - phi * parts[0]))
    change = events_changed(
        t_after, expected, relative=relative, dispersion=phi, freedom=scatter.freedom, level=level
    )
    return Difference(effect, change, t_after, expected, phi, scatter.drift, held.units())


class Scatter(NamedTuple):
    """Variance over a Poisson's in all, its degrees of freedom, and tau."""

    design: float
    freedom: float
    drift: float


def _scatter(held: Panel, means: Floats, phi: float) -> Scatter:
    """How much more the log ratio scatters than a Poisson's, from months (phi) and from drift (tau).

    A unit's score, its events after less those fitted, has variance phi i + tau^2 i^2, i being its
    information; tau^2 is found by moments, each unit weighted by how well it tells.
    """
    after = held.after.astype(float)
    scores, informations, shares = [], [], []
    for side in (held.treated, ~held.treated):
        mean = means[side]
        residual = after - (mean.sum(axis=0) @ after) / max(mean.sum(), 1e-300)
        information = mean @ (residual**2)
        total = max(float(information.sum()), 1e-300)
        scores.append((held.counts[side] - mean) @ residual)
        informations.append(information)
        shares.append(information / total)
    i, share = np.concatenate(informations), np.concatenate(shares)
    moves = (i > 0) & (share < 0.999)
    known = [float(each.sum()) for each in informations]
    if moves.sum() < FEWEST_UNITS or min(known) <= 0:
        return Scatter(phi, np.inf, float("nan"))
    plain = phi * sum(1 / each for each in known)
    tau2, worth = _drift(np.concatenate(scores)[moves] ** 2 / (1 - share[moves]), i[moves], phi)
    drifted = tau2 * float((share**2).sum())
    freedom = (plain + drifted) ** 2 / (drifted**2 / max(worth - 1, 1.0)) if drifted > 0 else np.inf
    return Scatter(phi * (1 + drifted / plain), freedom, float(np.sqrt(tau2)))


def _drift(square: Floats, i: Floats, phi: float) -> tuple[float, float]:
    """tau^2 from  square = phi i + tau^2 i^2,  and how many equal units those that told it are worth."""
    tau2 = 0.0
    for _ in range(8):
        told = i**2 / (phi * i + tau2 * i**2) ** 2
        tau2 = max(float((told * (square - phi * i)).sum() / (told * i**2).sum()), 0.0)
    weight = told * i**2
    return tau2, float(weight.sum() ** 2 / (weight**2).sum())
