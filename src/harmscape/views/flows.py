"""The part of a measure that is events over time: a sum without its registers and rules over entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.model.selection import parse_selection
from harmscape.views.context import Context

_WHOLE = "events_of_sum"


def flows_of(context: Context, name: str) -> tuple[Context, Measure, list[Measure]]:
    """A context that knows the events of a measure as one, that measure, and the flows it adds (plain: none).

    Raises SelectionError where a measure counts no events, such as a register's stock.
    """
    domain = context.domain
    measure = domain.measure(name)
    names = measure.measures or (measure.id,)
    flows = [each for part in names if (each := domain.measure(part)).kind == "flow"]
    if not flows:
        raise SelectionError(f"{measure.title} counts no events, so there is nothing to compare")
    if not measure.measures:
        return context, measure, []
    if len(flows) == len(names):
        return context, measure, flows
    if len(flows) == 1:
        return context, flows[0], []
    together = Measure(
        id=_WHOLE,
        title=f"{measure.title}, events only",
        kind="sum",
        measures=tuple(each.id for each in flows),
        scheme=measure.scheme,
        reason="To tell what happened over time, without what a register holds.",
    )
    wider = domain.model_copy(update={"measures": (*domain.measures, together)})
    return replace(context, domain=wider, lookup=replace(context.lookup, domain=wider)), together, flows


def asked_measure(context: Context, words: Mapping[str, object]) -> str:
    """The measure that words ask for, or the workspace's own."""
    plain = {key: value for key, value in words.items() if key in ("measure", "weights", "by")}
    return parse_selection({**plain, "to": "2000-01"}, context.domain, last_day=None).measure
