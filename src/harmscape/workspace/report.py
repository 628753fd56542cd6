"""What a load came to, file by file; the counts always reconcile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

Action = Literal["accept", "partial", "refuse"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """One table file or boundary file. records = accepted + rejected, accepted = added + changed + unchanged.

    flags: how many accepted rows carry each mark; reasons: how many rows were refused for each reason.
    """

    file: str
    action: Action
    reason: str | None = None
    message: str | None = None
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    source: str | None = None
    as_of: str | None = None

    def __post_init__(self) -> None:
        assert self.records == self.accepted + self.rejected, "records are accepted or rejected, each once"
        assert self.accepted == self.added + self.changed + self.unchanged, "accepted rows are told apart"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """One load: its files, and the snapshot that holds them."""

    files: tuple[FileReport, ...]
    snapshot: str
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every file was accepted whole."""
        return all(each.action == "accept" for each in self.files)

    def to_dict(self) -> dict[str, Any]:
        return {
            "files": [asdict(each) for each in self.files],
            "snapshot": self.snapshot,
            "notes": list(self.notes),
        }


def refused(file: str, reason: str, message: str, *, source: str | None = None) -> FileReport:
    """The report of a file that was refused whole: none of its rows is looked at one by one.

    The message names the file; its name is put before one that does not.
    """
    named = message if PurePosixPath(file).name in message else f"{file}: {message}"
    return FileReport(file, "refuse", reason, named, source=source)
