"""Which measures can tell what an operation achieved, and which tell only how hard somebody looked."""

from __future__ import annotations

from harmscape.model.domain import Domain
from harmscape.model.measure import Measure


def why_no_outcome(domain: Domain, measure: Measure) -> str | None:
    """Why a measure cannot tell what an operation achieved; None where it can.

    More looking finds more of what only looking finds: it would fall where the work stops.
    """
    if measure.measures:
        parts = [domain.measure(name) for name in measure.measures]
        found = [part.title for part in parts if why_no_outcome(domain, part)]
        if not found:
            return None
        return (
            f"{measure.title} adds up what only looking finds ({', '.join(found)}): choose its reported parts"
        )
    if measure.kind == "stock":
        return f"{measure.title} counts a register, which tells who was put on it, not what happened"
    finder = measure.detected_by
    if finder is None:
        held = domain.categories_of(measure)
        if held and all(domain.categories[each].detection == "proactive" for each in held):
            finder = "the activity of an agency"
    if finder is None:
        return None
    return (
        f"{measure.title} is found by {finder}: an operation finds more of it the harder it looks,"
        " so it is never that operation's outcome. Note it in the log instead"
    )
