"""Floor 3: compact events and their caches."""

from harmscape.rollup.compact import FORM, CompactInput, build_compact
from harmscape.rollup.dictionary import Dictionaries, read_dictionaries
from harmscape.rollup.links import LinkInput, build_links

__all__ = [
    "FORM",
    "CompactInput",
    "Dictionaries",
    "LinkInput",
    "build_compact",
    "build_links",
    "read_dictionaries",
]
