"""The errors a person can cause: what was found, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class HarmscapeError(Exception):
    """Anything a person can put right. The message never carries a value from a row."""


class FileRefusedError(HarmscapeError):
    """A whole file cannot be used. `reason` is one of the reason classes, e.g. `file_empty`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[FileRefusedError], tuple[str, str]]:
        return (type(self), (self.reason, str(self)))


class SelectionError(HarmscapeError):
    """A question that cannot be asked as it stands."""


class RefusedError(HarmscapeError):
    """A reader asks for something their role does not allow; the message names the rule."""


class AbandonedError(HarmscapeError):
    """Whoever asked has gone before their turn came; nothing was read for them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in the configuration, with its place in the file."""

    file: str
    line: int
    column: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}"


class ConfigError(HarmscapeError):
    """All faults of a configuration at once, one line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


Fault = tuple[tuple[str | int, ...], str]
"""What is wrong in a declaration, behind the path of keys to it."""


class MisplacedError(ValueError):
    """All faults of one declaration at once.

    Raised by validators, so that whoever read the declaration from a file can name the line.
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(message for _, message in faults))
        self.faults = faults


def nearest(found: str, known: Iterable[str]) -> str:
    """The tail of an error about an unknown name: the likeliest one meant, or all that are known.

    >>> nearest("drug_suply", ["drug_supply", "robbery"])
    "; did you mean 'drug_supply'?"
    >>> nearest("xyz", ["robbery", "arson"])
    '; known: arson, robbery'
    """
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    hint = get_close_matches(found.casefold(), folded, n=1)
    if hint:
        return f"; did you mean {folded[hint[0]][:60]!r}?"
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    shown = ", ".join(name[:60] for name in names[:12]) + more
    return f"; known: {shown}" if names else "; none is declared"
