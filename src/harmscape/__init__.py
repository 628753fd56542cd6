"""harmscape: where the harm is, who is behind it, whether it is changing, and what we did about it.

>>> import harmscape
>>> ws = harmscape.open("northshire")  # doctest: +SKIP
>>> ws.rank(by="sector", window="12m")  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmscape.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(folder: str | Path) -> Workspace:
    """Open a workspace folder. The database, the maps and the web stay unloaded until something asks."""
    from harmscape.workspace import open_workspace

    return open_workspace(folder)
