"""Floor 3: compact events and their caches."""

from harmscape.rollup.compact import FORM, CompactInput, Piece, build_compact
from harmscape.rollup.dictionary import Dictionaries, read_dictionaries
from harmscape.rollup.links import LinkInput, build_links
from harmscape.rollup.values import build_values

__all__ = [
    "FORM",
    "CompactInput",
    "Dictionaries",
    "LinkInput",
    "Piece",
    "build_compact",
    "build_links",
    "build_values",
    "read_dictionaries",
]
