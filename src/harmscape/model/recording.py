"""Recording changes: days from which counts mean something else, and spans in which life was not as usual."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title
from harmscape.model.period import Period


class RecordingChange(Declared):
    """A break in what counts mean: a new rule of recording from a day on, or an unusual span of days.

    Without `to` figures before and after `from` are not alike; with it, those within are unlike all others,
    as in a lockdown. `sources` and `categories` (with all below them) restrict it; empty, it is of all.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    starts: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="to")
    sources: Names = ()
    categories: Names = ()
    reason: str

    @model_validator(mode="after")
    def _sound(self) -> RecordingChange:
        if self.ends is not None and self.ends < self.starts:
            raise ValueError(f"recording change {self.id!r} ends before it begins")
        return self

    def is_within(self, period: Period) -> bool:
        """Whether a lasting change falls inside a period, so that its days are not alike."""
        return self.ends is None and period.starts < self.starts < period.ends

    def overlaps(self, period: Period) -> bool:
        """Whether an unusual span shares a day with a period; its last day counts."""
        return self.ends is not None and self.starts < period.ends and period.starts <= self.ends
