"""An invented police force, for learning, for tests and for showing."""

from harmscape.demo.force import ForceSummary, make_force

__all__ = ["ForceSummary", "make_force"]
