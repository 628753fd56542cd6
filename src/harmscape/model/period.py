"""Periods: half-open spans of days, and the words people use for them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from harmscape.model.errors import SelectionError

_WINDOW = re.compile(r"^([1-9][0-9]{0,3})([dmy])$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open span of days `[starts, ends)`.

    >>> Period(date(2024, 1, 1), date(2024, 4, 1)).days
    91
    """

    starts: date
    ends: date

    def __post_init__(self) -> None:
        if self.starts >= self.ends:
            raise SelectionError(f"a period must start before it ends, got {self.starts} and {self.ends}")

    @property
    def days(self) -> int:
        return (self.ends - self.starts).days

    @property
    def is_whole_months(self) -> bool:
        """Whether it starts and ends on the first of a month, so that it cuts no month."""
        return self.starts.day == 1 and self.ends.day == 1

    @property
    def months(self) -> list[date]:
        """The first days of the months it touches."""
        return [
            month_start(self.starts, k) for k in range(months_between(self.starts, self.ends, touched=True))
        ]

    def __contains__(self, day: date) -> bool:
        return self.starts <= day < self.ends

    def __str__(self) -> str:
        """As people say it: whole months by name, else its first and its last day."""
        last = self.ends - timedelta(days=1)
        first, final = (
            (f"{day:%B %Y}" if self.is_whole_months else f"{day.day} {day:%B %Y}")
            for day in (self.starts, last)
        )
        return first if first == final else f"{first} to {final}"


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month `months` after the one that holds `day` (before it when negative).

    >>> month_start(date(2024, 3, 15), -3)
    datetime.date(2023, 12, 1)
    """
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_between(starts: date, ends: date, *, touched: bool = False) -> int:
    """Whole months from one date to another; with `touched`, every month the half-open span meets."""
    whole = (ends.year - starts.year) * 12 + ends.month - starts.month
    return whole + 1 if touched and ends.day > 1 else whole


def parse_end(text: str) -> date:
    """The exclusive end of a window that runs up to and including the day or month named.

    >>> parse_end("2026-10")
    datetime.date(2026, 11, 1)
    >>> parse_end("2026-10-30")
    datetime.date(2026, 10, 31)
    """
    wanted = text.strip()
    month = _MONTH.match(wanted)
    try:
        if month:
            return month_start(date(int(month[1]), int(month[2]), 1), 1)
        if _DAY.match(wanted):
            return date.fromisoformat(wanted) + timedelta(days=1)
    except (ValueError, OverflowError) as fault:
        raise SelectionError(f"there is no such day or month as {wanted!r}") from fault
    raise SelectionError(f"expected a day (2026-10-31) or a month (2026-10), got {wanted[:40]!r}")


def parse_day(text: str) -> date:
    """A day written YYYY-MM-DD."""
    if not _DAY.match(text.strip()):
        raise SelectionError(f"expected a day such as 2026-10-31, got {text.strip()[:40]!r}")
    return parse_end(text) - timedelta(days=1)


def window_before(ends: date, window: str) -> Period:
    """The period of a given length that ends (exclusively) on a day: `12m`, `28d`, `3y`.

    Months count back from the end by calendar; an end inside a month keeps its day of the month,
    or the month's last day where it has fewer.

    >>> print(window_before(date(2026, 11, 1), "12m"))
    November 2025 to October 2026
    """
    match = _WINDOW.match(window.strip().lower())
    if not match:
        raise SelectionError(f"expected a window such as 12m, 28d or 3y, got {window.strip()[:40]!r}")
    length, unit = int(match[1]), match[2]
    try:
        if unit == "d":
            return Period(ends - timedelta(days=length), ends)
        first = month_start(ends, -length * (12 if unit == "y" else 1))
        day = min(ends.day, monthrange(first.year, first.month)[1])
        return Period(first.replace(day=day), ends)
    except (ValueError, OverflowError) as fault:
        raise SelectionError(f"a window of {window} reaches back before the calendar begins") from fault
