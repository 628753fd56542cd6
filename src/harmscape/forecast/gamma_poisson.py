"""Areas as parts of the force: each one's rate is learned from its counts and drawn to the rate of all.

Answers "how much of it will come here?". An area's count is Poisson with its rate times what the month
offers: for areas the force's own count in that month, so that season, trend and shocks that all share are
taken from where they are told best; for the force by itself, its season. A rate is Gamma distributed. Older
months count for less (discount d a month), so that an area can move; how fast is learned from all areas
together, averaged over a grid by how well each did. The Gamma before any count is that of the areas: a small
area borrows from the rest, and no crime yet is not never. The chance about a rate is widened where counts
scatter more than Poisson.

Not knowing the rate is variance that all months to come share: 1 / shape now, and each month to come adds
what a month adds in the filter, 1 / shape (1 / d - 1). So it grows in a straight line, as that of a random
walk.

Sources: Clayton and Kaldor 1987, Biometrics 43:671 (areas); Smith and Miller 1986, Journal of the Royal
Statistical Society B 48:79, and Harvey and Fernandes 1989, Journal of Business & Economic Statistics 7:407
(discounted Gamma-Poisson); Marshall 1991, Applied Statistics 40:283 (the prior by moments)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import Ahead, with_drift
from harmscape.forecast.season import season_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DISCOUNTS = (0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.985, 0.995)
WEAKEST = 0.5
"""The shape of the Gamma before any count where one series stands alone or areas differ without end."""
_BURN, _ROUNDS = 6, 3


def gamma_poisson(counts: Floats, calendar: Ints, months: int, whole: Ahead | None = None) -> Ahead:
    """The rates of p series times what the months to come offer.

    counts: events, shape (p, m), NaN in a month that is missing. calendar: month of the year, 1 to 12, (m,).
    months: how many to come, H. whole: the forecast of their sum, shape (1, H); without it each series has
    only its season to go by.

    >>> calendar = np.tile(np.arange(1, 13), 2)
    >>> found = gamma_poisson(np.full((1, 24), 30.0), calendar, 13)
    >>> found.mean[0, [0, 12]].round(2).tolist(), bool(found.level[0, 12] > found.level[0, 0])
    ([30.0, 30.0], True)
    """
    season = season_of(counts, calendar)
    ahead = (calendar[-1] + np.arange(months)) % 12
    offered, to_come = season.worth[:, calendar - 1], season.worth[:, ahead]
    if whole is not None:
        total = counts.sum(axis=0)
        common = np.maximum(season_of(total[None], calendar).worth[0], 1e-6)
        offered = offered * (total / common[calendar - 1])
        to_come = to_come * (whole.mean[0] / common[ahead])
    rate, shared, scatter = learn_rates(counts, offered, months, taken=season.taken)
    shared = with_drift(shared, int(np.isfinite(counts[0]).sum()), len(counts))
    mean = rate[:, None] * to_come
    own = scatter * mean + mean**2 * season.variance[ahead]
    if whole is not None:
        excess = np.maximum(whole.own[0] - whole.mean[0], 0.0) / np.maximum(whole.mean[0], 1e-9) ** 2
        own = own + mean**2 * excess
        shared = shared + whole.level
    return Ahead(mean, own, shared)


def learn_rates(
    counts: Floats, offered: Floats, months: int, *, taken: int = 0
) -> tuple[Floats, Floats, float]:
    """Rates (p,), their relative variance as the months go on (p, H), and variance over mean about them.

    offered: what each month offered, shape (p, m): a rate times it is what is expected. taken: how many
    figures a season took from the series before.
    """
    known = np.isfinite(counts[0]) & np.isfinite(offered[0])
    y, e = np.where(known, counts, 0.0), np.where(known, offered, 0.0)
    shape, rate_of_all = _before_any(y, e)
    m = len(known)
    back = np.arange(m, 0, -1)
    found, weight = [], []
    for discount in DISCOUNTS:
        # What is believed before month t is a sum over the months before it, each discounted by its age.
        age = np.arange(m)[None, :] - np.arange(m)[:, None]
        memory = np.where(age > 0, discount ** np.maximum(age, 1), 0.0)
        alpha, beta = shape + y @ memory, shape / rate_of_all + e @ memory
        scatter, likelihood = _how_well(y, e * alpha / beta, alpha, known)
        last = y @ (discount**back)
        rate = (shape + last) / (shape / rate_of_all + e @ (discount**back))
        walk = 1 + np.arange(months) * (1 / discount - 1)
        found.append((rate, scatter * walk / (shape + last)[:, None], scatter))
        weight.append(likelihood)
    w = np.exp(np.array(weight) - max(weight))
    w /= w.sum()
    rates = np.array([each[0] for each in found])
    rate = np.asarray(w @ rates)
    between = np.asarray(w @ (rates - rate) ** 2) / np.maximum(rate, 1e-9) ** 2
    level = sum(share * each[1] for share, each in zip(w, found, strict=True)) + between[:, None]
    free = known.sum() / max(known.sum() - taken, 1)
    return rate, np.asarray(level), float(w @ np.array([each[2] for each in found])) * float(free)


def _before_any(y: Floats, e: Floats) -> tuple[float, float]:
    """Shape and mean of the Gamma of the areas' rates, by Marshall's moments."""
    events, base = y.sum(axis=1), e.sum(axis=1)
    if base.sum() <= 0 or events.sum() <= 0:
        return WEAKEST, 1e-9
    mean = float(events.sum() / base.sum())
    if len(events) == 1:
        return WEAKEST, mean
    rates = events / np.maximum(base, 1e-9)
    spread = float((base * (rates - mean) ** 2).sum() / base.sum()) - mean / float(base.mean())
    # Areas that do not differ at all would be one rate for ever; a shape of 1,000 is that to the eye.
    return min(max(mean**2 / max(spread, 1e-12), WEAKEST), 1_000.0), mean


def _how_well(y: Floats, expected: Floats, alpha: Floats, known: NDArray[np.bool_]) -> tuple[float, float]:
    """Variance over mean (at least 1) and the quasi log-likelihood of one-step forecasts."""
    told = known.copy()
    told[:_BURN] = False
    if not told.any():
        return 1.0, 0.0
    mean, error = np.maximum(expected[:, told], 1e-9), y[:, told] - expected[:, told]
    base = mean + mean**2 / alpha[:, told]
    scatter = max(float((error**2 / base).mean()), 1.0)
    likelihood = -0.5 * float((np.log(scatter * base) + error**2 / (scatter * base)).sum())
    return scatter, likelihood
