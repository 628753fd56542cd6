"""Floor 3: compact events and their caches."""

from harmscape.rollup.compact import CompactInput, build_compact
from harmscape.rollup.dictionary import Dictionaries, read_dictionaries

__all__ = ["CompactInput", "Dictionaries", "build_compact", "read_dictionaries"]
