"""Limited child processes in which files of unknown origin are read."""

from harmscape.sandbox.worker import Workers

__all__ = ["Workers"]
