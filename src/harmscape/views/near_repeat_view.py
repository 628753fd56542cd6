"""Does one event make another near by soon after more likely? Pairs by distance and time, beside chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.discovery import adjusted
from harmscape.concentration.near_repeat import NearRepeat, TooManyPairsError, near_repeat
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.views.asked_number import asked_number
from harmscape.views.concentration_events import gather, of_flows
from harmscape.views.context import Context
from harmscape.views.near_pairs import put_in_metres
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

METRES, DAYS = 100.0, 7
_RINGS, _STEPS = 4, 4
_SAME_PLACE_M = 1.0
_FALSE_RATE = 0.10
_SEED = 20260101
_DRAWS = 999
_MOST_EVENTS = 100_000


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs so far apart and so late: [from, to) in metres and in days (or months); seen and by chance.

    ratio: times as many as by chance. q: the false-discovery rate at which the table would believe it.
    """

    metres_from: float
    metres_to: float
    gap_from: int
    gap_to: int
    pairs: int
    chance: float
    ratio: float | None
    p: float
    q: float
    is_more: bool


@dataclass(frozen=True, slots=True)
class Paired:
    """How many incidents were paired, and how many events were not: without a point or a day, snapped, not
    open to this reader."""

    incidents: int
    no_point: int
    snapped: int
    month_only: int
    closed: int


@dataclass(frozen=True, kw_only=True)
class NearRepeats(Result):
    """The table of bands. unit: what the gaps are in, `days` or, of data known by month only, `months`."""

    ROWS: ClassVar[str] = "bands"

    sentence: Sentence
    bands: tuple[Band, ...]
    unit: str
    on_map_points: bool
    paired: Paired
    draws: int
    descriptor: str
    selection: Mapping[str, str]


def near_repeat_view(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    metres: float | str = METRES,
    days: int | str = DAYS,
) -> NearRepeats:
    """Count pairs of incidents near in place and time, beside dates dealt out anew.

    metres, days: the width of a band. Points that were snapped are left out unless asked for with `finer`;
    then "the same place" is the same map point. Events known only by month are paired in months, where all
    are so. Raises SelectionError for widths out of range and where too many lie too near.
    """
    wide, late = asked_number(metres, "metres", 10, 2_000), int(asked_number(days, "days", 1, 60))
    question = of_flows(ask(cursor, context, words))
    gather(question)
    paired, monthly = _collect(question)
    if paired.incidents > _MOST_EVENTS:
        raise SelectionError(
            f"{paired.incidents:,} incidents are too many to pair; name one kind of them with --measure,"
            " or a shorter window"
        )
    x, y, day = _points(question, monthly=monthly)
    edges = [0.0, _SAME_PLACE_M, *(wide * ring for ring in range(1, _RINGS + 1))]
    steps = [0, 1, 2, 3, 4] if monthly else [0, *(late * step for step in range(1, _STEPS + 1))]
    try:
        found = near_repeat(x, y, day, metres=edges, days=steps, draws=_DRAWS, seed=_SEED)
    except TooManyPairsError as fault:
        raise SelectionError(f"{fault}: name one kind of events, a shorter window or fewer metres") from fault
    bands, unit = _bands(found), "months" if monthly else "days"
    return NearRepeats(
        sentence=_sentence(bands, unit, on_map_points=question.selection.finer, events=paired.incidents),
        bands=tuple(bands),
        unit=unit,
        on_map_points=question.selection.finer and paired.snapped > 0,
        paired=paired,
        draws=found.draws,
        descriptor=f"{question.measure.title}, {question.selection.period}.",
        warnings=(*question.notes(), *_said(question, paired)),
        selection=question.selection.words(),
    )


def _collect(question: Question) -> tuple[Paired, bool]:
    """Leave `near_event`, one row an incident with its point in metres; and whether all are by month."""
    cursor, finer = question.cursor, question.selection.finer
    cursor.create(
        "candidate",
        """
        select g.event_id, g.incident, g.day, g.whole_month, g.visible,
               s.x, s.y, s.epsg, coalesce(s.precision = 'snapped', false) as snapped
        from gathered g left join seen_event s on s.event_id = g.event_id and g.visible
        """,
    )
    ((closed, no_point, snapped, month_only, dated),) = cursor.rows(
        "candidates",
        """
        select count(*) filter (not c.visible),
               count(*) filter (c.visible and (c.x is null or c.epsg is null)),
               count(*) filter (c.visible and c.x is not null and c.snapped),
               count(*) filter (c.visible and c.x is not null and c.whole_month),
               count(*) filter (c.visible and c.x is not null and not c.whole_month)
        from candidate c
        """,
    )
    monthly = month_only > 0 and dated == 0
    keep = "" if finer else "and not c.snapped"
    known = "" if monthly else "and not c.whole_month"
    # An incident counts once, or the records of one fight would be its own near repeats.
    cursor.create(
        "pointed_event",
        f"""
        select c.event_id, c.day, c.x, c.y, c.epsg from candidate c
        where c.x is not null and c.y is not null and c.epsg is not null {keep} {known}
        qualify row_number() over (
            partition by coalesce(-c.incident, c.event_id) order by c.day, c.event_id) = 1
        """,
    )
    put_in_metres(cursor)
    ((incidents,),) = cursor.rows("incidents", "select count(*) from near_event")
    return Paired(incidents, no_point, snapped, month_only, closed), monthly


def _points(
    question: Question, *, monthly: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    step = "month" if monthly else "day"
    rows = question.cursor.arrow(
        "points",
        f"select n.x, n.y, date_diff('{step}', '2000-01-01'::date, n.day) as day from near_event n"
        " order by n.event_id",
    )
    x, y, day = (rows.column(name).to_numpy() for name in ("x", "y", "day"))
    return x.astype(float), y.astype(float), day.astype(np.int64)


def _bands(found: NearRepeat) -> list[Band]:
    q = adjusted(found.p.ravel()).reshape(found.p.shape)
    ratio = found.ratio
    return [
        Band(
            metres_from=float(found.metres[s]),
            metres_to=float(found.metres[s + 1]),
            gap_from=int(found.days[t]),
            gap_to=int(found.days[t + 1]),
            pairs=int(found.seen[s, t]),
            chance=float(found.chance[s, t]),
            ratio=float(ratio[s, t]) if np.isfinite(ratio[s, t]) else None,
            p=float(found.p[s, t]),
            q=float(q[s, t]),
            is_more=bool(q[s, t] <= _FALSE_RATE),
        )
        for s in range(len(found.metres) - 1)
        for t in range(len(found.days) - 1)
    ]


def _sentence(bands: list[Band], unit: str, *, on_map_points: bool, events: int) -> Sentence:
    if events < 2:
        return Sentence("There are too few events with a point to pair.", "")
    more = [band for band in bands if band.is_more and band.ratio is not None]
    if not more:
        return Sentence("No near repeat can be told from chance.", f"{events:,} incidents were paired.")
    most = max(more, key=lambda band: band.ratio or 0.0)
    same = "at the same map point" if on_map_points else "at the same place"
    where = same if most.metres_to <= _SAME_PLACE_M else f"within {most.metres_to:,.0f} m"
    if unit == "months":
        late = "in the same month" if most.gap_to == 1 else f"{most.gap_from} months later"
    else:
        late = (
            f"within {most.gap_to} days"
            if most.gap_from == 0
            else f"{most.gap_from} to {most.gap_to} days later"
        )
    return Sentence(
        f"After one incident, another {where} {late} is {most.ratio:.2f} times as frequent as by chance.",
        f"{len(more):,} of {len(bands):,} bands hold more pairs than chance.",
    )


def _said(question: Question, paired: Paired) -> list[str]:
    said = []
    if paired.snapped and question.selection.finer:
        said.append(
            "Snapped points: the same place is the same map point, which stands for several addresses."
        )
    elif paired.snapped:
        said.append(
            f"{paired.snapped:,} events have points that their publisher snapped; they are left out."
            " Ask for them by name with --finer."
        )
    if paired.no_point:
        said.append(f"{paired.no_point:,} events have no point; they are left out.")
    if paired.month_only:
        said.append(f"{paired.month_only:,} events are known only by month.")
    if paired.closed:
        said.append(f"{paired.closed:,} events may not be opened in your role; they are left out.")
    return said
