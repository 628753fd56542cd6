"""One area's own months before and after a day: a step, a change of slope, season and trend allowed for.

Answers "did it change when we began?" where no control is at hand. Monthly counts have mean
exposure x exp(level + trend + season + step after the start (+ extra slope after it)); the season is a few
sine and cosine waves of a year. Months scatter more than a Poisson count (phi, Pearson's X^2 over its degrees
of freedom); a bad month is often followed by another, and limits can allow for that too (`lags`). It cannot
know what else began that month: a control answers that, see `difference`.

Sources: Lopez Bernal, Cummins and Gasparrini 2017, International Journal of Epidemiology 46:348 (the design,
over-dispersion, waves; on their series of Sicily, without waves, this gives their ratio 0.894 with phi 3.56);
McCullagh and Nelder 1989, section 2.5 (iterated weighted least squares); Newey and West 1987, Econometrica
55:703 (errors that run on).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.change.counts import Floats
from harmscape.change.effect import (
    NO_CHANGE,
    NO_RATIO,
    Change,
    Ratio,
    events_changed,
    gamma_limits,
    quantile,
    unlogged,
    wald,
)

Mask = NDArray[np.bool_]

_ROUNDS, _NEAR = 100, 1e-10


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Ratios, events, and the picture: months, shape (m,), gaps filled by what was fitted.

    step: at the start. slope: of the extra trend a year, or None; with it `overall` is all after the start
    over all expected, else it is the step. trend: a year, whatever was done. observed, expected: events
    after, and those without the effect, over the months that are known. without: expected each month had
    nothing been done, with its limits (of the mean, not of a single month's count).
    """

    step: Ratio
    slope: Ratio | None
    overall: Ratio
    trend: Ratio
    change: Change
    observed: float
    expected: float
    dispersion: float
    fitted: Floats
    without: Floats
    without_lo: Floats
    without_hi: Floats


def interrupted_series(
    counts: ArrayLike,
    after: ArrayLike,
    calendar: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    slope: bool = False,
    harmonics: int = 2,
    lags: int | None = None,
    level: float = 0.95,
) -> Interrupted:
    """Fit one series of consecutive months.

    counts: events a month, shape (m,), nan for a gap. after: months from the start on, shape (m,). calendar:
    month of the year, 1 to 12, shape (m,). exposure: people or days at risk, shape (m,), above 0. slope: let
    the trend change too. harmonics: waves of a year, 0 to 5. lags: months an error may run on (Newey and
    West); None for none.
    Raises ValueError where months before or after are missing or too few to tell the model's terms apart.

    >>> found = interrupted_series([20] * 12 + [10] * 6, [0] * 12 + [1] * 6, [*range(1, 13), *range(1, 7)])
    >>> round(found.step.ratio, 3), round(found.expected, 3), round(found.change.estimate, 3)
    (0.5, 120.0, -60.0)
    """
    y, late = np.asarray(counts, dtype=float), np.asarray(after, dtype=bool)
    month, e = np.asarray(calendar, dtype=int), np.ones_like(y) if exposure is None else np.asarray(exposure)
    known = np.isfinite(y)
    if not y.shape == late.shape == month.shape == e.shape or y.ndim != 1:
        raise ValueError("counts, after, calendar and exposure are one figure a month")
    if not ((known & late).any() and (known & ~late).any()):
        raise ValueError("months before and months after the start are needed")
    if (y[known] < 0).any() or not (e > 0).all():
        raise ValueError("counts must be at least 0 and exposures above 0")
    x = _design(late, month, harmonics, slope)
    if y[known & ~late].sum() == 0:
        return _nothing_before(float(y[known].sum()), len(y), slope)
    own = 2 + 2 * harmonics
    if y[known & ~late].sum() < own:
        raise ValueError(f"too few events before to tell {own} terms apart: ask for fewer waves")
    plain = np.where(np.arange(x.shape[1]) < own, x, 0.0)
    if y[known & late].sum() == 0:
        # Nothing after has a step without end: what came before alone says what was to be expected.
        early = known & ~late
        fit = _fit(y[early], x[early, :own], np.log(e[early]), lags)
        without = _without(fit, plain[:, :own], e, known & late, level)
        step = _gone(without, fit.dispersion, level)
        fitted, extra = np.where(late, 0.0, without.mean), NO_RATIO
    else:
        fit = _fit(y[known], x[known], np.log(e[known]), lags)
        without = _without(fit, plain, e, known & late, level)
        step, extra = fit.ratio(own, level), fit.ratio(x.shape[1] - 1, level)
        fitted = e * np.exp(x @ fit.beta)
    observed = float(y[known & late].sum())
    overall = _overall(observed, without, fit, level) if slope and observed > 0 else step
    change = events_changed(
        observed, without.expected, relative=without.relative, dispersion=fit.dispersion,
        freedom=fit.freedom, level=level,
    )  # fmt: skip
    return Interrupted(
        step, extra if slope else None, overall, fit.ratio(1, level), change, observed, without.expected,
        fit.dispersion, fitted, without.mean, without.lo, without.hi,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fit:
    """Coefficients, (k,), their covariance, (k, k), phi and its degrees of freedom."""

    beta: Floats
    covariance: Floats
    dispersion: float
    freedom: float

    def ratio(self, column: int, level: float) -> Ratio:
        error = float(np.sqrt(self.covariance[column, column]))
        return wald(float(self.beta[column]), error, freedom=self.freedom, level=level)


def _design(late: Mask, month: NDArray[np.int64], harmonics: int, slope: bool) -> Floats:
    """One, years from the start, waves, step, and years after the start; shape (m, k)."""
    years = (np.arange(len(late)) - int(np.argmax(late))) / 12
    angle = 2 * np.pi * month / 12
    waves = [turn(each * angle) for each in range(1, harmonics + 1) for turn in (np.sin, np.cos)]
    columns = [np.ones(len(late)), years, *waves, late.astype(float)]
    return np.stack([*columns, years * late] if slope else columns, axis=1)


def _fit(y: Floats, x: Floats, offset: Floats, lags: int | None) -> _Fit:
    """Poisson means by iterated weighted least squares; errors by phi, or by what runs on."""
    if np.linalg.matrix_rank(x) < x.shape[1] or len(y) <= x.shape[1]:
        raise ValueError(
            f"{len(y)} months cannot tell {x.shape[1]} terms apart: "
            "ask for fewer waves, no slope, or a longer past"
        )
    try:
        beta, inverse = _weighted(y, x, offset)
    except np.linalg.LinAlgError:
        raise ValueError("too few events to tell a trend and a season: ask for fewer waves") from None
    mean = np.exp(x @ beta + offset)
    freedom = len(y) - x.shape[1]
    phi = max(float(((y - mean) ** 2 / mean).sum()) / freedom, 1.0)
    if lags is None:
        return _Fit(np.asarray(beta), np.asarray(phi * inverse), phi, float(freedom))
    score = (y - mean)[:, None] * x
    middle = score.T @ score
    for lag in range(1, lags + 1):
        beside = score[lag:].T @ score[:-lag] * (1 - lag / (lags + 1))
        middle = middle + beside + beside.T
    running = inverse @ middle @ inverse * len(y) / freedom
    return _Fit(np.asarray(beta), np.asarray(running), phi, float(freedom))


def _weighted(y: Floats, x: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Coefficients, and the inverse of what the data tell of them."""
    beta = np.linalg.lstsq(x, np.log(y + 0.5) - offset, rcond=None)[0]
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(x @ beta + offset, -50, 50))
        step = np.linalg.solve(x.T @ (mean[:, None] * x), x.T @ (y - mean))
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < _NEAR:
            break
    mean = np.exp(x @ beta + offset)
    return np.asarray(beta, dtype=float), np.asarray(np.linalg.inv(x.T @ (mean[:, None] * x)), dtype=float)


class _Without(NamedTuple):
    """Means had nothing been done, (m,), with limits; their sum after; the error of that sum's logarithm."""

    mean: Floats
    lo: Floats
    hi: Floats
    expected: float
    relative: float


def _without(fit: _Fit, plain: Floats, e: Floats, asked: Mask, level: float) -> _Without:
    mean = e * np.exp(plain @ fit.beta)
    expected = float(mean[asked].sum())
    gradient = mean[asked] @ plain[asked] / expected
    error = np.sqrt(np.einsum("mk,kl,ml->m", plain, fit.covariance, plain))
    reach = unlogged(quantile((1 + level) / 2, fit.freedom) * error)
    relative = float(np.sqrt(gradient @ fit.covariance @ gradient))
    return _Without(mean, mean / reach, mean * reach, expected, relative)


def _overall(observed: float, without: _Without, fit: _Fit, level: float) -> Ratio:
    error = float(np.hypot(without.relative, np.sqrt(fit.dispersion / observed)))
    return wald(float(np.log(observed / without.expected)), error, freedom=fit.freedom, level=level)


def _gone(without: _Without, phi: float, level: float) -> Ratio:
    """No event after: the most that would seldom be seen as none, over the least that was expected."""
    most = float(gamma_limits(0.0, 0.0, phi, level=level)[1])
    least = without.expected * float(unlogged(-1.96 * without.relative))
    return Ratio(0.0, 0.0, most / least, min(1.0, float(np.exp(-without.expected / phi))))


def _nothing_before(observed: float, months: int, slope: bool) -> Interrupted:
    """No event before: there is nothing to compare with, and nothing to draw."""
    found = NO_RATIO._replace(ratio=float("inf")) if observed > 0 else NO_RATIO
    none = np.full(months, np.nan)
    return Interrupted(
        found, NO_RATIO if slope else None, found, NO_RATIO, NO_CHANGE, observed, 0.0, 1.0,
        none, none, none, none,
    )  # fmt: skip
