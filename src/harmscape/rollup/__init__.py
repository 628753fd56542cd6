"""Floor 3: compact events and their caches."""

from harmscape.rollup.compact import FORM, CompactInput, build_compact
from harmscape.rollup.dictionary import Dictionaries, read_dictionaries

__all__ = ["FORM", "CompactInput", "Dictionaries", "build_compact", "read_dictionaries"]
