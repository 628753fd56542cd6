"""An invented county with a multi-agency safeguarding hub, for learning, for tests and for showing."""

from harmscape.demo.safeguarding.county import CountySummary, make_county

__all__ = ["CountySummary", "make_county"]
