"""How many events people have by months since their own day: those referred, and their matches, with ranges.

Answers "when did they part?", which one figure for the whole time does not show. A rate is events over time
free, so that a month in prison is no good month. The ranges rest on how unlike people are to one another:
events of one person come together, and one person may be the match of several.

Sources: Liang and Zeger 1986, Biometrika 73:13 (the scatter of a ratio of sums, taken person by person);
Cochran 1977, Sampling Techniques, 3rd ed., section 6.4 (the ratio and its variance).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from harmscape.change.cohort import Matches
from harmscape.change.counts import Floats
from harmscape.change.effect import gamma_limits


class Pace(NamedTuple):
    """Events for each unit of time free, by step, shape (w,), with limits; nan where nobody was free."""

    rate: Floats
    lo: Floats
    hi: Floats


def pace(
    events: ArrayLike,
    free: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    time_weight: ArrayLike | None = None,
    who: ArrayLike | None = None,
    level: float = 0.95,
) -> Pace:
    """Rates of some people by step of time since their own day.

    events, free: by row and step, shape (n, w); free in any unit of time. weight: how much a row counts,
    shape (n,); time_weight: the same for its time, where the two differ. who: the person of each row, (n,).
    Raises ValueError where shapes do not fit.

    >>> found = pace([[1, 0], [1, 2]], [[1, 1], [1, 0]])
    >>> found.rate.tolist()
    [1.0, 2.0]
    """
    y, d = np.asarray(events, dtype=float), np.asarray(free, dtype=float)
    if y.ndim != 2 or y.shape != d.shape:
        raise ValueError("events and time free are by person and step, in the same shape")
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    v = w if time_weight is None else np.asarray(time_weight, dtype=float)
    person = np.arange(len(y)) if who is None else np.unique(np.asarray(who), return_inverse=True)[1]
    done, time = w @ y, v @ d
    some = time > 0
    under = np.where(some, time, 1.0)
    rate = np.where(some, done / under, np.nan)
    off = w[:, None] * y - np.where(some, rate, 0.0) * (v[:, None] * d)
    by_person = np.zeros((int(person.max(initial=-1)) + 1, y.shape[1]))
    np.add.at(by_person, person, off)
    many = max(len(by_person), 2)
    variance = (by_person**2).sum(axis=0) * many / (many - 1)
    # One more event of a row of usual weight is what the sum could have moved by where none was seen.
    usual = float((w * w).sum() / w.sum()) if w.sum() > 0 else 1.0
    lo, hi = gamma_limits(done, variance, usual, level=level)
    return Pace(rate, np.where(some, lo / under, np.nan), np.where(some, hi / under, np.nan))


def pace_of_matches(
    events: ArrayLike,
    free: ArrayLike,
    matches: Matches,
    *,
    who: ArrayLike | None = None,
    level: float = 0.95,
) -> Pace:
    """Rates of the matches by step, each person's matches together counting as much as that person.

    events, free: of each row of people, shape (c, w). They are brought to the level of the referred as
    matches are for what is expected (`Matches.scale`).

    >>> from harmscape.change.cohort import match_people
    >>> matches = match_people([[1], [1]], [[1], [1], [0]], each=2)
    >>> pace_of_matches([[1], [2], [9]], [[1], [1], [1]], matches).rate.tolist()
    [1.5]
    """
    rows = matches.chosen[matches.matched]
    some = rows >= 0
    part = np.where(some, 1.0 / np.maximum(some.sum(axis=1, keepdims=True), 1), 0.0)
    size = len(np.asarray(events))
    flat, scale = rows[some], np.broadcast_to(matches.scale[matches.matched][:, None], rows.shape)
    time_weight = np.bincount(flat, part[some], size)
    weight = np.bincount(flat, (part * scale)[some], size)
    return pace(events, free, weight=weight, time_weight=time_weight, who=who, level=level)
