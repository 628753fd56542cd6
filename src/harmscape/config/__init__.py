"""Floor 1: reads the declarations of a workspace from YAML and checks them all at once."""

from harmscape.config.load import load_domain

__all__ = ["load_domain"]
