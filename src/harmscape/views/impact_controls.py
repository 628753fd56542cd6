"""Controls: the areas likest to the treated before the start, who was offered, chosen, and turned down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.change.controls import Likeness, likeness
from harmscape.model.errors import SelectionError
from harmscape.views.impact_counts import Counts, Flags
from harmscape.views.impact_ground import Ground
from harmscape.views.impact_result import Control
from harmscape.views.impact_words import listed

_SHOWN = 12
FEWEST, TIMES, TIMES_THIN = 5, 2, 6
"""So many controls at least, and so many for each treated area: few make the comparison unsteady. Where too
few events tell trend and season, no area is known to be liker than others, and more of them tell more."""
_MOST = 3
"""At most one candidate in so many, so that others are left to stand beside the ring and for the sceptic."""


@dataclass(frozen=True)
class Choice:
    """The controls of the treated areas, and of the ring; the next likest, for the sceptic; the table.

    Each flag of shape (u,); no unit is in two of them.
    """

    chosen: Flags
    next_likest: Flags
    ring: Flags
    table: tuple[Control, ...]
    said: str


def choose(
    counts: Counts, ground: Ground, before: Flags, *, wanted: str, vetoed: Mapping[str, str]
) -> Choice:
    """The likest areas, or those named; never one that is treated, borders it, or was operated in.

    wanted: `auto`, or codes with commas between. vetoed: areas turned down, each with the reason.
    """
    turned_down = _flags(ground, vetoed)
    found = _likest(counts, ground.treated, ground.eligible, before, turned_down)
    number = _number(found, int(ground.treated.sum()))
    order = found.order.tolist() if found is not None else []
    likest = [unit for unit in order if not turned_down[unit]]
    if wanted.strip().lower() in ("", "auto"):
        chosen = likest[:number]
    else:
        chosen = _named(ground, wanted, turned_down)
    rest = [unit for unit in likest if unit not in set(chosen)]
    following = rest[:number]
    ring: list[int] = []
    if ground.bordering.any():
        left = _only(len(counts.events), rest)
        beside = _likest(counts, ground.bordering, left, before, turned_down)
        size = _number(beside, int(ground.bordering.sum()))
        ring = beside.order.tolist()[:size] if beside is not None else []
    table = _table(counts, ground, before, found, set(chosen), vetoed)
    units = len(counts.events)
    said = likeness_words(found) if found is not None else ""
    return Choice(_only(units, chosen), _only(units, following), _only(units, ring), table, said)


def likeness_words(found: Likeness) -> str:
    """What the events are too few to compare areas by; nothing where all four are told."""
    named = {"level": found.level, "trend": found.trend, "season": found.season, "mix of kinds": found.mix}
    thin = [name for name, apart in named.items() if np.isnan(apart).any()]
    if not thin:
        return ""
    head = f"Too few events to compare areas by {listed(thin)}: a usual one had {found.events:,.0f} before."
    if len(thin) < len(named):
        return head
    return f"{head} Those nearest in events a month stand in, and likeness says nothing more of them."


def parse_vetoes(text: str) -> dict[str, str]:
    """Areas turned down, `CODE=why;CODE=why`.

    >>> parse_vetoes("S7=own operation from February")
    {'S7': 'own operation from February'}
    """
    found = {}
    for part in text.split(";"):
        if part.strip():
            code, _, why = part.partition("=")
            if not (code.strip() and why.strip()):
                raise SelectionError("an area is turned down with a reason: say CODE=why")
            found[code.strip()] = why.strip()[:200]
    return found


def _number(found: Likeness | None, beside: int) -> int:
    """How many controls stand beside so many areas."""
    if found is None:
        return 0
    is_thin = np.isnan(found.trend).any() and np.isnan(found.season).any()
    wanted = (TIMES_THIN if is_thin else TIMES) * beside
    return max(FEWEST, TIMES * beside, min(wanted, len(found.order) // _MOST))


def _likest(counts: Counts, treated: Flags, eligible: Flags, before: Flags, no: Flags) -> Likeness | None:
    """The candidates from the likest on; None where there is none."""
    if not eligible.any():
        return None
    usable = before & counts.usable
    return likeness(counts.events, treated, eligible, usable, counts.calendar, counts.mix(usable), vetoed=no)


def _named(ground: Ground, wanted: str, turned_down: Flags) -> list[int]:
    units = []
    for code in dict.fromkeys(each.strip() for each in wanted.split(",") if each.strip()):
        unit = ground.book.index(code)
        name = ground.book.names[unit]
        if ground.treated[unit]:
            raise SelectionError(f"{name} is one of the areas the operation worked in: it is no control")
        if ground.bordering[unit]:
            raise SelectionError(f"{name} borders the operation, where harm may have moved: it is no control")
        if not ground.eligible[unit]:
            raise SelectionError(f"another operation ran in {name} in these months: it is no control")
        if turned_down[unit]:
            raise SelectionError(f"{name} is named as control and turned down at once")
        units.append(unit)
    return units


def _flags(ground: Ground, codes: Mapping[str, str]) -> Flags:
    return _only(len(ground.book.codes), [ground.book.index(code) for code in codes])


def _only(units: int, chosen: Sequence[int]) -> Flags:
    found = np.zeros(units, dtype=bool)
    found[list(chosen)] = True
    return found


def _table(
    counts: Counts,
    ground: Ground,
    before: Flags,
    found: Likeness | None,
    chosen: set[int],
    vetoed: Mapping[str, str],
) -> tuple[Control, ...]:
    """Every control chosen, every area turned down, and the next likest, likest first."""
    why = {ground.book.index(code): reason for code, reason in vetoed.items()}
    months = before & counts.usable
    rows: list[Control] = []
    if found is None:
        return ()
    for place, unit in enumerate(found.order.tolist()):
        if unit in chosen or unit in why or place < _SHOWN:
            rows.append(
                Control(
                    area_id=ground.book.codes[unit],
                    name=ground.book.names[unit],
                    chosen=unit in chosen,
                    vetoed=why.get(unit),
                    events_a_month=float(counts.events[unit][months].mean()),
                    level=_plain(found.level, place),
                    trend=_plain(found.trend, place),
                    season=_plain(found.season, place),
                    mix=_plain(found.mix, place),
                    distance=_plain(found.distance, place),
                )
            )
    return tuple(rows)


def _plain(values: NDArray[np.float64], place: int) -> float | None:
    told = float(values[place])
    return round(told, 4) if np.isfinite(told) else None
