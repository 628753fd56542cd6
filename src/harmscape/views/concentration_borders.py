"""Which areas of a geography border one another, read once for each edition and kept."""

from __future__ import annotations

from scipy import sparse

from harmscape.places.neighbours import neighbours
from harmscape.views.edition_shapes import KeptByEdition
from harmscape.views.question import Question

KEPT = KeptByEdition[sparse.csr_array](most=8)


def borders_of(question: Question) -> sparse.csr_array:
    """Who borders whom among the question's areas, ones, shape (p, p), in the order of their numbers."""
    return KEPT.of(question, lambda shapes, epsg: neighbours(shapes, epsg=epsg))
