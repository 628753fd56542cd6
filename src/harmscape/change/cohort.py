"""People referred or diverted, beside people like them who were not: did harm fall more than it would have?

Answers "did the referral help?" without being misled by when people are referred: after a bad spell, which
would have eased anyway. Everyone referred is matched with others who had just as many events in the newest
window before the day, and as nearly as can be in the windows before that and in age or other traits; both
then ease alike. Each person's windows are counted from their own day, and a match's from the same day. A
raw before and after is not given anywhere. Who is in prison can do little: days not free are taken out of
what is expected, before and after and of both sides, or a sentence would look like an effect.

Sources: Stuart 2010, Statistical Science 25:1 (matching, and choosing before outcomes are seen); Ho, Imai,
King and Stuart 2007, Political Analysis 15:199 (exact, then nearest); Abadie and Imbens 2006, Econometrica
74:235 (the scatter of matched figures, with matches that serve several).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.change.counts import Floats
from harmscape.change.effect import NO_CHANGE, NO_RATIO, Change, Ratio, gamma_limits, quantile, wald

Ints = NDArray[np.int64]


class Matches(NamedTuple):
    """Rows of people by referred person, (n, each), -1 for none; who has any, (n,); means by window, (b,).

    ours, theirs: mean events before of the matched referred and of their matches, to be shown side by side.
    scale: what the matches' figures are multiplied by for each person, (n,), as matches are near, not equal.
    """

    chosen: Ints
    matched: NDArray[np.bool_]
    ours: Floats
    theirs: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class Cohort:
    """Events or points of the matched referred people after, beside what their matches lead one to expect."""

    effect: Ratio
    change: Change
    observed: float
    expected: float
    referred: int
    matched: int


def match_people(
    before: ArrayLike,
    people: ArrayLike,
    *,
    traits: ArrayLike | None = None,
    people_traits: ArrayLike | None = None,
    group: ArrayLike | None = None,
    people_group: ArrayLike | None = None,
    free: ArrayLike | None = None,
    people_free: ArrayLike | None = None,
    each: int = 5,
) -> Matches:
    """Match referred people with others: alike exactly in the newest window, then as near as can be.

    before: events by referred person and window before their day, shape (n, b), newest last. people: the same
    of those who may be matches, counted from the same day, shape (c, b); one person may stand on several rows
    with several days. traits, people_traits: age, time at risk and the like, shapes (n, t), (c, t). group,
    people_group: rows meet only within a group (the month of the day, say), shapes (n,), (c,). each: matches
    wanted for one person; the same match may serve several. free, people_free: the share of each window in
    which the person was free to do anything, shapes (n, b), (c, b), 0 to 1; all of it unless said.
    Raises ValueError where shapes do not fit.

    >>> found = match_people([[1, 4]], [[9, 4], [1, 4], [1, 3]], each=1)
    >>> found.chosen.tolist(), found.matched.tolist()
    ([[1]], [True])
    """
    a, b = (np.asarray(table, dtype=float) for table in (before, people))
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or not a.shape[1] or each < 1:
        raise ValueError("events before are by person and window, the same windows for all")
    if (free is None) != (people_free is None):
        raise ValueError("time free is needed of both sides, or of none")
    first, second = (np.ones_like(table) if told is None else np.asarray(told, dtype=float)
                     for table, told in ((a, free), (b, people_free)))  # fmt: skip
    if first.shape != a.shape or second.shape != b.shape:
        raise ValueError("time free is by person and window, as events are")
    x, y = _features(a, b, first, second, traits, people_traits)
    ours, theirs = (np.zeros(len(table)) if told is None else np.asarray(told)
                    for table, told in ((a, group), (b, people_group)))  # fmt: skip
    if len(ours) != len(a) or len(theirs) != len(b):
        raise ValueError("a group is needed for every person, or for none")
    chosen = np.full((len(a), each), -1, dtype=np.int64)
    for number in range(len(a)):
        may = np.flatnonzero((b[:, -1] == a[number, -1]) & (theirs == ours[number]))
        far = ((y[may] - x[number]) ** 2).sum(axis=1)
        nearest = may[np.argsort(far, kind="stable")[:each]]
        chosen[number, : len(nearest)] = nearest
    matched = chosen[:, 0] >= 0
    return Matches(chosen, matched, *_balance(a, b, chosen, matched), _scale(a, b, first, second, chosen))


def cohort_change(
    after: ArrayLike,
    people_after: ArrayLike,
    matches: Matches,
    *,
    at_risk: ArrayLike | None = None,
    people_at_risk: ArrayLike | None = None,
    who: ArrayLike | None = None,
    level: float = 0.95,
) -> Cohort:
    """What followed for those referred, beside what followed for their matches.

    after: events or points of each referred person after their day, shape (n,). people_after: of each row of
    people, shape (c,). at_risk, people_at_risk: days free to offend after, shapes (n,), (c,), above 0; 1 for
    all. who: the person of each row of people, shape (c,), where one stands on several. The
    expected of one person is the rate of their matches over their own days at risk. The limits rest on how
    unlike the referred are to their matches, person by person, and on matches that serve several.
    Raises ValueError where shapes do not fit.

    >>> matches = match_people([[2], [2], [3]], [[2], [2], [3]], each=2)
    >>> found = cohort_change([1, 1, 0], [2, 2, 4], matches)
    >>> found.observed, found.expected, found.effect.ratio
    (2.0, 8.0, 0.25)
    """
    y, z = np.asarray(after, dtype=float), np.asarray(people_after, dtype=float)
    days = np.ones_like(y) if at_risk is None else np.asarray(at_risk, dtype=float)
    people_days = np.ones_like(z) if people_at_risk is None else np.asarray(people_at_risk, dtype=float)
    if y.shape != matches.matched.shape or days.shape != y.shape or people_days.shape != z.shape:
        raise ValueError("what followed is one figure a person, of those who were matched")
    rows = matches.chosen[matches.matched]
    some = rows >= 0
    sums, risk = (np.where(some, each[rows], 0.0).sum(axis=1) for each in (z, people_days))
    risked = (days * matches.scale)[matches.matched]
    seen, hoped = y[matches.matched], risked * sums / np.maximum(risk, 1e-300)
    observed, expected = float(seen.sum()), float(hoped.sum())
    sizes = len(y), int(matches.matched.sum())
    if sizes[1] < 2 or expected <= 0:
        ratio = NO_RATIO._replace(ratio=float("inf")) if observed > 0 and sizes[1] else NO_RATIO
        return Cohort(ratio, NO_CHANGE, observed, expected, *sizes)
    person = np.arange(len(z)) if who is None else np.unique(np.asarray(who), return_inverse=True)[1]
    return _told(seen, hoped, _shared(rows, z, people_days, risked, person), sizes, level)


def _features(
    a: Floats,
    b: Floats,
    free: Floats,
    people_free: Floats,
    traits: ArrayLike | None,
    people_traits: ArrayLike | None,
) -> tuple[Floats, Floats]:
    """Roots of all events before and of each window's, time free, and traits, each over its own spread.

    All events together tell most of a person's rate, so they stand for as much as all the windows do.
    """
    if (traits is None) != (people_traits is None):
        raise ValueError("traits are needed of both sides, or of none")
    x, y = (
        np.hstack([np.sqrt(np.hstack([each, *[each.sum(axis=1, keepdims=True)] * each.shape[1]])), span])
        for each, span in ((a, free), (b, people_free))
    )
    if traits is not None:
        first, second = (np.asarray(each, dtype=float).reshape(len(t), -1)
                         for each, t in ((traits, a), (people_traits, b)))  # fmt: skip
        x, y = np.hstack([x, first]), np.hstack([y, second])
    spread = np.vstack([x, y]).std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    return x / scale, y / scale


def _scale(a: Floats, b: Floats, free: Floats, people_free: Floats, chosen: Ints) -> Floats:
    """How much more a person is to be expected to do than their matches, by all events before and time free.

    Rates among people differ as a gamma's, so what is to come in a span is in proportion to its shape plus
    what was, over what would make its mean plus the time that it took (empirical Bayes); where people differ
    no more than chance would have it, to nothing that was.
    """
    ours, theirs = a.sum(axis=1), b.sum(axis=1)
    span, spans = (each.mean(axis=1) for each in (free, people_free))
    whole = float(spans.sum())
    mean = float(theirs.sum()) / whole if whole else 0.0
    beyond = float(((theirs - mean * spans) ** 2).sum() - theirs.sum())
    if mean <= 0 or beyond <= 1e-9 * float(theirs.sum()):
        return np.ones(len(a))
    shape = mean**2 * float((spans**2).sum()) / beyond
    some = chosen >= 0
    many = np.maximum(some.sum(axis=1), 1)
    near, time = (np.where(some, each[chosen], 0.0).sum(axis=1) / many for each in (theirs, spans))
    rate, likely = (shape + ours) / (shape / mean + span), (shape + near) / (shape / mean + time)
    return np.where(some.any(axis=1), rate / likely, 1.0)


def _balance(a: Floats, b: Floats, chosen: Ints, matched: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    if not matched.any():
        none = np.full(a.shape[1], np.nan)
        return none, none
    rows = chosen[matched]
    some = (rows >= 0)[:, :, None]
    theirs = np.where(some, b[rows], 0.0).sum(axis=1) / some.sum(axis=1)
    return a[matched].mean(axis=0), theirs.mean(axis=0)


def _shared(rows: Ints, z: Floats, people_days: Floats, days: Floats, who: Ints) -> float:
    """Variance of the expected sum that comes of one match serving several people."""
    some = rows >= 0
    risk = np.where(some, people_days[rows], 0.0).sum(axis=1)
    part = np.where(some, (days / np.maximum(risk, 1e-300))[:, None], 0.0)
    rate = np.where(some, z[rows], 0.0).sum(axis=1) / np.maximum(risk, 1e-300)
    # How far each match lies from what all matches of that person did, all together; few hide some of it.
    sets, mean = some.sum(axis=1, keepdims=True), rate[:, None] * people_days[rows]
    several = some & (sets > 1)
    off = ((z[rows] - mean) ** 2 * sets / np.maximum(sets - 1, 1))[several].sum()
    dispersion = float(off / max(mean[several].sum(), 1e-300))
    flat, count = who[rows[some]], int(who.max()) + 1
    usual = np.bincount(flat, mean[some], count) / np.maximum(np.bincount(flat, minlength=count), 1)
    whole, alone = np.bincount(flat, part[some], count) ** 2, np.bincount(flat, part[some] ** 2, count)
    return float((np.maximum(whole - alone, 0.0) * dispersion * usual).sum())


def _told(seen: Floats, hoped: Floats, shared: float, sizes: tuple[int, int], level: float) -> Cohort:
    """The ratio and the change, from what each matched person did and was expected to do."""
    observed, expected, people = float(seen.sum()), float(hoped.sum()), sizes[1]
    ratio, freedom = observed / expected, float(people - 1)
    off = seen - hoped
    scatter = float(np.sqrt(((off - off.mean()) ** 2).sum() * people / freedom + shared))
    reach = quantile((1 + level) / 2, freedom) * scatter
    change = Change(observed - expected, scatter, observed - expected - reach, observed - expected + reach)
    if observed <= 0:
        # By the most that would seldom be seen as none.
        most = float(gamma_limits(0.0, 0.0, 1.0, level=level)[1])
        effect = Ratio(0.0, 0.0, most / expected, min(1.0, float(np.exp(-expected))))
    else:
        own = float(((seen - ratio * hoped) ** 2).sum()) * people / freedom
        error = float(np.sqrt(own + ratio**2 * shared)) / observed
        effect = wald(float(np.log(ratio)), error, freedom=freedom, level=level)
    return Cohort(effect, change, observed, expected, *sizes)
