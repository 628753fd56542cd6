"""What an operation says must hold: its geography is declared, and its measures can tell what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from harmscape.config.declarations import Declarations
from harmscape.config.unknown import unknown
from harmscape.model.errors import Problem
from harmscape.model.outcome import why_no_outcome


def check_operations(declared: Declarations) -> Iterator[Problem]:
    """Every fault of the operations, each at its line. Areas are looked up when a question is asked."""
    for node in declared.nodes("operations"):
        yield from unknown(node.inside("by"), "geographies", declared)
        for each in node.inside("measures").items:
            yield from unknown(each.inside("measure"), "measures", declared)
    # What a measure counts is told by the whole domain, so that a fault elsewhere is told only once.
    if not declared.all_sound:
        return
    domain = declared.domain()
    known = {each.id: each for each in domain.measures}
    for operation, node in declared.operations:
        for at, chosen in enumerate(operation.measures):
            reason = why_no_outcome(domain, known[chosen.measure]) if chosen.measure in known else None
            if reason:
                yield node.at("measures", at, "measure").place.problem(reason)
