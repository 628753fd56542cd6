"""What is said of the demo's operations in sixty forces in which nothing changes: few words spent on nothing.

Forces are drawn as the demo draws them, without their files; operations work where the demo's do, and their
controls are chosen as for a user.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from harmscape.demo.events import Span, draw_events
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.offences import OFFENCES
from harmscape.demo.operations import OPERATIONS, ring, treated
from harmscape.demo.rates import true_rates
from harmscape.model.geography import Geography
from harmscape.model.period import month_start
from harmscape.views.context import AreaBook
from harmscape.views.impact_controls import choose
from harmscape.views.impact_counts import Counts
from harmscape.views.impact_effect import Compared, by_method, harm, last_months
from harmscape.views.impact_ground import Ground

SPAN = Span(date(2021, 11, 1), date(2026, 10, 31))
MONTHS = tuple(month_start(SPAN.starts, n) for n in range(60))
CRIMES, FORCES = 300_000, 60
MEASURES = {
    "violence": ("Violence against the person",),
    "theft": ("Theft offences",),
    "drugs": ("Drug offences",),
    "robbery": ("Robbery",),
    "all crime": tuple({each.group for each in OFFENCES}),
}
WAYS = ("wdd", "did", "its", "harm")


def grounds(land: Land) -> list[tuple[int, Ground]]:
    """The first month after the start of each operation of the demo, and its ground."""
    units = len(land.levels["small_areas"].code)
    codes = tuple(f"A{n:03}" for n in range(units))
    declared = Geography.model_validate(
        {"id": "area", "title": "Area", "editions": [{"id": "1", "file": "area.geojson"}]}
    )
    book = AreaBook(declared, "1", codes, codes, (None,) * units, {}, np.ones(units))
    flags = []
    for each in OPERATIONS:
        own, beside = np.zeros(units, dtype=bool), np.zeros(units, dtype=bool)
        own[list(treated(land, each))] = True
        beside[list(ring(land, treated(land, each)))] = True
        flags.append((MONTHS.index(each.starts(SPAN.ends)[0]), own, beside))
    operated = np.logical_or.reduce([own for _, own, _ in flags])
    return [
        (start, Ground(book, own, beside & ~own, ~operated & ~beside, (), None, np.array([])))
        for start, own, beside in flags
    ]


def counts_of(land: Land, seed: int) -> Iterator[tuple[str, Counts]]:
    """A force in which nothing changes, by measure: counts by area, month and offence."""
    rng = np.random.default_rng(seed)
    crimes = draw_events(true_rates(land, CRIMES, rng), land, SPAN, None, rng)
    ends = np.cumsum([(month_start(month, 1) - month).days for month in MONTHS])
    unit, month = land.places.area[crimes.place], np.searchsorted(ends, crimes.minute // 1440, side="right")
    units = len(land.levels["small_areas"].code)
    for name, groups in MEASURES.items():
        counted = np.isin(crimes.offence, [n for n, each in enumerate(OFFENCES) if each.group in groups])
        cell = np.stack([unit[counted], month[counted], crimes.offence[counted]])
        (at, when, kind), number = np.unique(cell, axis=1, return_counts=True)
        events = np.zeros((units, len(MONTHS)))
        np.add.at(events, (at, when), number)
        points = np.array([each.weight for each in OFFENCES])
        yield (
            name,
            Counts(
                MONTHS, events, np.ones(len(MONTHS), dtype=bool), at, when, kind, number.astype(float),
                points, np.zeros(len(points), dtype=np.int64), tuple(each.title for each in OFFENCES),
            ),
        )  # fmt: skip


def compared(counts: Counts, ground: Ground, start: int) -> Compared:
    """As `impact` compares: whole years before, as many as follow the start."""
    after = np.arange(len(MONTHS)) >= start
    choice = choose(counts, ground, ~after, wanted="auto", vetoed={})
    before = last_months(~after, counts.usable, 12 * -(-int(after.sum()) // 12))
    return Compared(counts, ground.treated, choice.chosen, before, after)


@pytest.mark.soak
def test_in_forces_in_which_nothing_changes_the_words_keep_their_promise() -> None:
    land = lay_the_land()
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for seed in range(9_000, 9_000 + FORCES):
        for name, counts in counts_of(land, seed):
            for start, ground in grounds(land):
                held = compared(counts, ground, start)
                for way in WAYS:
                    found = harm(held)[0] if way == "harm" else by_method(way, held, ground.eligible)
                    said[name, way].append(found.surety)
    for way in WAYS:
        words = [word for (_, own), each in said.items() if own == way for word in each]
        clearly, at_all = words.count("clearly") / len(words), 1 - words.count("not_told_apart") / len(words)
        print(f"\n{way:5} {len(words)} answers: clearly {clearly:.3f}, clearly or probably {at_all:.3f}")
        # Answers of one force and place share their events: as sure as a third of them would be.
        near = 3 * np.sqrt(np.array([0.05 * 0.95, 0.2 * 0.8]) / (len(words) / 3))
        assert clearly <= 0.05 + near[0]
        assert at_all <= 0.20 + near[1]
