"""harmscape: where the harm is, who is behind it, whether it is changing, and what we did about it."""

__version__ = "0.1.0"
