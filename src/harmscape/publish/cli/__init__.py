"""The command line: `harmscape --help` teaches it."""

from harmscape.publish.cli.main import main

__all__ = ["main"]
