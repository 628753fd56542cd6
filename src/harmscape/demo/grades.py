"""What a partner's report carries beside place and time: the grade of intelligence, the link of a shot."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.cells import pick
from harmscape.demo.partners import KIND_NUMBER

# The 3x5x2 system of grading (College of Policing, Authorised Professional Practice, intelligence report).
EVALUATIONS = (("1", 0.45), ("2", 0.47), ("3", 0.08))
ASSESSMENTS = (("A", 0.12), ("B", 0.26), ("C", 0.28), ("D", 0.31), ("E", 0.03))
HANDLINGS = (("P", 0.72), ("C", 0.28))
"""How reliable the source is, how it knows, and whether sharing is permitted (P) or has conditions (C)."""
SOC_RELATED = (("Yes", 0.55), ("No", 0.27), ("Not known", 0.18))
GRADED = tuple(KIND_NUMBER[name] for name in ("firearms intelligence", "drugs supply"))


def graded_cells(kind: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Four columns for some reports by their kind; empty where a report has no such thing.

    >>> cells = graded_cells(np.array([KIND_NUMBER["firearms discharge"]]), np.random.default_rng(1))
    >>> cells["soc_related"].to_pylist(), cells["handling"].to_pylist()
    (['Not known'], [None])
    """
    plain = ~np.isin(kind, GRADED)
    return {
        "source_evaluation": chosen(EVALUATIONS, plain, rng),
        "intelligence_assessment": chosen(ASSESSMENTS, plain, rng),
        "handling": chosen(HANDLINGS, plain, rng),
        "soc_related": chosen(SOC_RELATED, kind != KIND_NUMBER["firearms discharge"], rng),
    }


def chosen(
    words: tuple[tuple[str, float], ...], missing: NDArray[np.bool_], rng: np.random.Generator
) -> pa.Array:
    """A word for each entry, drawn by the shares that stand beside the words; empty where missing."""
    shares = np.array([share for _, share in words])
    number = rng.choice(len(words), len(missing), p=shares / shares.sum())
    return pick([word for word, _ in words], number, missing=missing)
