"""An invented trading standards region, for learning, for tests and for showing."""

from harmscape.demo.consumer.region import RegionSummary, make_region

__all__ = ["RegionSummary", "make_region"]
