"""Did it work, and did harm move next door? An operation beside like places that nobody acted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harmscape.change.robustness import Variant
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.operation import Registered, told
from harmscape.views.areas import FEW
from harmscape.views.context import Context
from harmscape.views.impact_asked import (
    USUAL,
    ask_of,
    months_before_of,
    named_methods,
    named_operation,
    outcome_measure,
)
from harmscape.views.impact_controls import Choice, choose, parse_vetoes
from harmscape.views.impact_counts import Counts, Flags, Floats, read_counts
from harmscape.views.impact_effect import Compared, by_method, harm, last_months, with_rings
from harmscape.views.impact_figure import Figure
from harmscape.views.impact_ground import Ground, ground_of
from harmscape.views.impact_picture import anyway, month_pairs, power, root_mean_square, study, watched
from harmscape.views.impact_result import Impact, Other, Ring
from harmscape.views.impact_rings import parse_buffers, rings_of
from harmscape.views.impact_robust import of_events, of_harm
from harmscape.views.impact_windows import Windows
from harmscape.views.impact_words import displacement_words, finding, harm_words, places
from harmscape.views.question import Question
from harmscape.views.words import mid_sentence

_SHOWN_KINDS = 8
_DRIFTED = 0.05
"""Chance alone would have the periods before so unlike each other this seldom."""


def impact(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    operation: str = "",
    method: str = USUAL,
    controls: str = "auto",
    buffer: str = "",
    veto: str = "",
    months_before: str = "",
    as_registered: int | None = None,
) -> Impact:
    """What an operation seems to have changed, by one measure.

    operation: its id or name. method: names with commas between; the first gives the answer. controls:
    `auto`, or codes of areas. buffer: outer edges of rings in metres; the bordering areas unless said. veto:
    controls turned down, `CODE=why;...`. months_before: how many to compare with; whole years, as many as
    follow, unless said. as_registered: the state of the register to answer from.
    Raises SelectionError with the reason where nothing can be compared.
    """
    register = context.operations(as_registered)
    chosen = named_operation(register, operation)
    measure = outcome_measure(context, chosen, words)
    methods = named_methods(method)
    windows, question = ask_of(cursor, context, chosen.operation, measure, words)
    counts = read_counts(question)
    ground = ground_of(cursor, context, chosen.operation, register, windows.span)
    earlier, after = (
        windows.before(counts.months) & counts.usable,
        windows.after(counts.months) & counts.usable,
    )
    if not (earlier.any() and after.any()):
        raise SelectionError("every month before, or every month after, is missing from the data")
    choice = choose(counts, ground, earlier, wanted=controls, vetoed=parse_vetoes(veto))
    before = last_months(earlier, counts.usable, months_before_of(months_before, int(after.sum())))
    compared = Compared(counts, ground.treated, choice.chosen, before, after)
    alone = not choice.chosen.any()
    return _told(
        _Found(question, chosen, measure, windows, ground, choice, compared, earlier),
        ("its",) if alone else methods,
        edges=parse_buffers(buffer),
    )


@dataclass(frozen=True)
class _Found:
    """All that an answer is told from."""

    question: Question
    registered: Registered
    measure: Measure
    windows: Windows
    ground: Ground
    choice: Choice
    compared: Compared
    earlier: Flags

    @property
    def counts(self) -> Counts:
        return self.compared.counts

    @property
    def names(self) -> tuple[str, ...]:
        book = self.ground.book
        return tuple(book.names[unit] for unit in np.flatnonzero(self.ground.treated).tolist())

    @property
    def where(self) -> str:
        geography = self.ground.book.geography
        return places(len(self.names), geography.title, geography.many, self.names)


def _told(found: _Found, methods: tuple[str, ...], *, edges: tuple[float, ...]) -> Impact:
    compared, question, ground = found.compared, found.question, found.ground
    figures = tuple(by_method(name, compared, ground.eligible) for name in methods)
    controlled = compared.control.any()
    robust, others = of_events(compared, found.choice, ground.eligible, figures, found.earlier)
    rings, ring_notes = rings_of(question, ground, compared, found.choice.ring, edges)
    main, whole = figures[0], _whole_ring(rings)
    (_, observed) = compared.table(ground.treated)
    in_points, by_kind = harm(compared) if controlled else (_no_harm(), np.zeros(len(found.counts.points)))
    harm_robust, harm_others = (
        of_harm(question, compared, in_points, found.counts) if controlled else (None, ())
    )
    turned = tuple(robust.turned)
    # Of so few events the first sentence says that they tell nothing: nor does their harm.
    few = max(observed, observed - main.estimate) < FEW
    studied = study(compared, found.windows)
    operation = found.registered.operation
    domain = question.context.domain
    around = mid_sentence(ground.book.geography.many)
    return Impact(
        operation=told(found.registered, {each.id: each.title for each in domain.measures}),
        measure={"id": found.measure.id, "title": found.measure.title},
        sentence=finding(
            main, observed=observed, where=found.where, randomised=operation.randomised, turned=turned
        ),
        displacement=displacement_words(
            whole,
            f"within {edges[-1]:,.0f} m" if whole and whole.name == "band" else f"in the bordering {around}",
        ),
        harm=harm_words(in_points, tuple(harm_robust.turned)) if harm_robust and not few else "",
        methods=figures,
        harm_figure=in_points,
        harm_by_kind=_kinds(found.counts, by_kind),
        together=_together(found),
        observed=int(observed),
        expected=observed - main.estimate if np.isfinite(main.estimate) else None,
        windows=_windows(found),
        months=month_pairs(compared, found.windows),
        fit=root_mean_square(compared),
        **studied,
        rings=tuple(rings),
        treated=tuple(ground.book.codes[unit] for unit in np.flatnonzero(ground.treated).tolist()),
        controls=found.choice.table,
        likeness=found.choice.said,
        elsewhere=ground.elsewhere,
        others=_others(others, main, "events") + _others(harm_others, in_points, "points"),
        robustness=robust.sentence,
        power=power(compared),
        watch=watched(compared) if controlled else (),
        anyway=anyway(compared, found.earlier),
        by={
            "id": ground.book.geography.id,
            "title": ground.book.geography.title,
            "plural": ground.book.geography.many,
        },
        warnings=(
            *question.notes(),
            *ring_notes,
            *_warnings(found, controlled=bool(controlled), drift_p=studied["drift_p"]),
        ),
        selection=question.selection.words(),
    )


def _whole_ring(rings: tuple[Ring, ...] | list[Ring]) -> Figure | None:
    """The change of all rings taken together."""
    return rings[-1].change if rings else None


def _no_harm() -> Figure:
    return Figure(
        "harm", "Harm score", float("nan"), float("nan"), float("nan"), None, None, None, "not_told_apart"
    )


def _together(found: _Found) -> Figure | None:
    if not (found.choice.ring.any() and found.compared.control.any()):
        return None
    ring = Compared(
        found.counts, found.ground.bordering, found.choice.ring, found.compared.before, found.compared.after
    )
    return with_rings(found.compared, ring)


def _kinds(counts: Counts, by_kind: Floats) -> tuple[Mapping[str, object], ...]:
    """The kinds of events that moved the harm most, most first."""
    order = [at for at in np.argsort(-np.abs(by_kind), kind="stable").tolist() if by_kind[at]][:_SHOWN_KINDS]
    return tuple(
        {"title": counts.titles[at], "points": float(counts.points[at]), "change": float(by_kind[at])}
        for at in order
    )


def _windows(found: _Found) -> Mapping[str, object]:
    months = found.counts.months
    before, after = (np.flatnonzero(each) for each in (found.compared.before, found.compared.after))
    return {
        "before_starts": str(months[before[0]]),
        "before_months": len(before),
        "after_starts": str(months[after[0]]),
        "after_last": str(months[after[-1]]),
        "after_months": len(after),
        "missing": [
            str(month) for month, there in zip(months, found.counts.usable, strict=True) if not there
        ],
    }


def _others(variants: Sequence[Variant], main: Figure, of: str) -> tuple[Other, ...]:
    return tuple(
        Other(each.kind, each.name, of, each.estimate, each.lo, each.hi, each.estimate * main.estimate < 0)
        for each in variants
    )


def _warnings(found: _Found, *, controlled: bool, drift_p: float | None) -> list[str]:
    said, operation = list[str](), found.registered.operation
    chosen = next((each for each in operation.measures if each.measure == found.measure.id), None)
    if chosen is None:
        said.append(
            f"{found.measure.title} is not among the measures chosen for this operation: read it as added"
            " after."
        )
    elif why := found.registered.added_after(chosen):
        said.append(f"{found.measure.title} was added {why}.")
    if not controlled:
        said.append(
            "No area is left to compare with: only the areas' own past is told of, and places chosen after a"
            " bad year fall by themselves."
        )
    if drift_p is not None and drift_p < _DRIFTED:
        said.append(
            "These areas and their controls had moved apart before the start: what followed may be more of"
            " that."
        )
    for each in found.ground.elsewhere:
        if each.overlaps:
            said.append(
                f"{each.title} ran in {each.overlaps} of these areas too: the two cannot be told apart."
            )
    if operation.within:
        said.append(f"The drawn area is told by {found.where}: those whose middle lies within.")
    if not operation.randomised:
        said.append("Chance did not decide where this was done: read “consistent with”, never “caused”.")
    return said
