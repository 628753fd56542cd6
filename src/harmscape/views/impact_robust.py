"""Would another choice say otherwise? The same question with other months, controls, methods and weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harmscape.change.robustness import Robustness, Variant, robustness
from harmscape.views.impact_controls import Choice
from harmscape.views.impact_counts import Counts, Flags, read_counts
from harmscape.views.impact_effect import Compared, displacement, harm, last_months, with_windows
from harmscape.views.impact_figure import Figure
from harmscape.views.question import Question, ask
from harmscape.views.words import mid_sentence

_HALF_FROM = 4
"""So many months after at least, before half of them are looked at alone."""


def of_events(
    compared: Compared, choice: Choice, eligible: Flags, methods: Sequence[Figure], earlier: Flags
) -> tuple[Robustness, tuple[Variant, ...]]:
    """The effect on counts under other choices. earlier: every month before at hand, shape (m,)."""
    main = methods[0]
    others = [
        *_windows(compared, earlier),
        *_controls(compared, choice, eligible),
        *(_variant("method", each.title, each) for each in methods[1:]),
    ]
    return robustness(_variant("main", main.title, main), others), tuple(others)


def of_harm(
    question: Question, compared: Compared, found: Figure, counts: Counts
) -> tuple[Robustness, tuple[Variant, ...]]:
    """The change in points by other schemes, and without the rarest kinds of events."""
    others = list(_schemes(question, compared))
    rare = rare_kinds(question, compared)
    if rare.any():
        left, _ = harm(compared, without=rare)
        names = ", ".join(counts.titles[kind] for kind in np.flatnonzero(rare)[:3])
        others.append(_variant("rare", f"Without {names}", left))
    return robustness(_variant("main", found.title, found), others), tuple(others)


def rare_kinds(question: Question, compared: Compared) -> NDArray[np.bool_]:
    """The kinds of events that happened here, and are rare and huge by the workspace's rule, shape (k,)."""
    rule, counts = question.context.domain.settings.rare, compared.counts
    happened = np.bincount(counts.kind, counts.number, len(counts.points))
    ours = compared.treated | compared.control
    here = counts.by_kind(ours, compared.before, compared.after).sum(axis=0)
    if not happened.sum():
        return np.zeros(len(counts.points), dtype=bool)
    years = len(counts.months) / 12
    mean = float((happened * counts.points).sum() / happened.sum())
    seldom = happened < rule.events_per_area * len(counts.events) * years
    return np.asarray(seldom & (counts.points >= rule.times_mean * mean) & (here > 0))


def _windows(compared: Compared, earlier: Flags) -> Iterable[Variant]:
    after = np.flatnonzero(compared.after)
    if len(after) >= _HALF_FROM:
        half = np.zeros(len(compared.after), dtype=bool)
        half[after[: len(after) // 2]] = True
        made = with_windows(compared, after=half)
        yield _variant("window", f"The first {int(half.sum())} months after", displacement(made))
    used = int(compared.before.sum())
    for months in (used // 2, 2 * used, int(earlier.sum())):
        before = last_months(earlier, compared.counts.usable, months)
        if 0 < before.sum() != used and before.sum() == months:
            made = with_windows(compared, before=before)
            yield _variant("window", f"{months} months before in place of {used}", displacement(made))


def _controls(compared: Compared, choice: Choice, eligible: Flags) -> Iterable[Variant]:
    if choice.next_likest.any():
        made = replace(compared, control=choice.next_likest)
        yield _variant(
            "controls", f"The next {int(choice.next_likest.sum())} likest areas", displacement(made)
        )
    if eligible.sum() > choice.chosen.sum():
        made = replace(compared, control=eligible)
        yield _variant("controls", f"All {int(eligible.sum()):,} areas fit to compare", displacement(made))


def _schemes(question: Question, compared: Compared) -> Iterable[Variant]:
    """The change in points by every other scheme that weighs all these events' lists."""
    domain, selection = question.context.domain, question.selection
    own = domain.scheme(selection.weights)
    for scheme in domain.schemes:
        if scheme.id == own.id or not set(own.categories) <= set(scheme.categories):
            continue
        words = {**selection.words(), "weights": scheme.id}
        other = read_counts(ask(question.cursor, question.context, words))
        found, _ = harm(replace(compared, counts=other))
        yield _variant("weights", scheme.title, found)


def _variant(kind: str, name: str, found: Figure) -> Variant:
    return Variant(kind, mid_sentence(name), found.estimate, found.lo, found.hi)
