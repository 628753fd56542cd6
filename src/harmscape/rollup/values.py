"""Which values of each attribute are borne by rows of which policy: what a reader may choose among."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.engine import Engine, identifier, quoted


def build_values(engine: Engine, attributes: Sequence[str]) -> None:
    """Make the stored table `value`; needs `compact_event`.

    Grain: policy, attribute and `no`, a number of the attribute's dictionary that some event bears.
    """
    parts = [
        f"select distinct c.policy, {quoted(name)} as attribute, c.t_{identifier(name)} as no"
        f" from compact_event c where c.t_{identifier(name)} > 0"
        for name in attributes
    ]
    none = "select 0 as policy, '' as attribute, 0 as no where false"
    engine.create("value", " union all ".join(parts) or none, temporary=False)
