"""The folder that a force is written into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harmscape.demo.deliveries import plan
from harmscape.demo.events import Span


class Output:
    """The files of one folder, in the order they were written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []

    def path(self, name: str) -> Path:
        """Where to write a file; its folder is made."""
        self.files.append(self.folder / name)
        self.files[-1].parent.mkdir(parents=True, exist_ok=True)
        return self.files[-1]

    def text(self, name: str, content: str) -> None:
        """A whole file of text."""
        self.path(name).write_text(content + "\n", encoding="utf-8", newline="\n")

    def deltas(self, folder: str, stem: str, span: Span, write: Callable[[Path, int, int], int]) -> int:
        """One file a delivery, `folder/<as_of>-stem.csv`; `write` gets its path, the day after which it tells
        and the day up to which it knows, and gives the number of rows. Returns the rows of all."""
        told, rows = -(10**6), 0
        for delivery in plan(span):
            as_of = span.number(delivery.as_of)
            rows += write(self.path(f"{folder}/{delivery.as_of}-{stem}.csv"), told, as_of)
            told = as_of
        return rows
