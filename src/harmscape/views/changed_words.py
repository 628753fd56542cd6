"""The words of what changed: one sentence from the tests that stand behind it, and how late records were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harmscape.views.arrivals import Arrivals
from harmscape.views.past import Mark, Past
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import day_name, mid_sentence, number_of, number_word

if TYPE_CHECKING:
    from harmscape.views.changed import Cell, Untested

_ALL, _MOST_AGES = 0.9995, 6
"""A share that is all, to the digit shown; and ages told of a curve at most."""


def sentence_of(
    cells: Sequence[Cell], untested: Sequence[Untested], one: str, many: str, marks: Sequence[Mark]
) -> Sentence:
    """How many counts changed beyond chance, by area and pooled over all; what was not alike comes first.

    one, many: the name of an area and of several, as within a sentence.
    """
    pooled = [each for each in untested if each.verdict != "not_tested"]
    if not cells and not pooled:
        return Sentence("Nothing is frequent enough to be tested.", "What happened is named below.")
    said = count_tested(len(cells), len(pooled), many)
    places = [cell.area_id for cell in cells if cell.verdict.startswith("clearly")]
    moved = [each for each in pooled if each.verdict.startswith("clearly")]
    if not places and not moved:
        return Sentence("Nothing changed beyond chance.", said)
    what = []
    if places:
        where = one if len(set(places)) == 1 else many
        counts = "count" if len(places) == 1 else "counts"
        what.append(f"{number_word(len(places))} {counts} in {number_word(len(set(places))).lower()} {where}")
    if moved:
        number = number_word(len(moved))
        measures = "measure" if len(moved) == 1 else "measures"
        what.append(f"{mid_sentence(number) if places else number} {measures} over all {many}")
    counted = " and ".join(what)
    unlike = [mark for mark in marks if not mark.is_alike]
    if unlike:
        # A test cannot tell a return to what is usual from a change: the finding says so before its number.
        differ = "differs" if len(places) + len(moved) == 1 else "differ"
        return Sentence(
            f"Not like with like: {counted} {differ} from months that were not usual.", unlike[0].says
        )
    return Sentence(f"{counted} changed beyond chance.", " ".join([*(each.sentence for each in moved), said]))


def count_tested(cells: int, pooled: int, many: str) -> str:
    """How many counts were tested, and how many measures for all areas together.

    >>> count_tested(1, 0, "sectors"), count_tested(0, 2, "sectors")
    ('One count was tested against its own past.', '2 measures were tested for all sectors together.')
    """
    said = []
    if cells:
        own = "count was tested against its" if cells == 1 else "counts were tested, each against its"
        said.append(f"{number_word(cells)} {own} own past")
    if pooled:
        rare = ", too rare by area," if cells else ""
        tested = f"{'was' if pooled == 1 else 'were'} tested for all {many} together"
        said.append(f"{number_of(pooled, 'measure')}{rare} {tested}")
    return "; ".join(said) + "."


def lag_words(past: Past) -> str:
    """How like is compared with like where not all is recorded yet."""
    late = past.arrivals
    if late.latest is None or not late.is_told:
        return "How late records come cannot be told yet: all were delivered in one month."
    share = float(past.known[past.asked].mean())
    if share > _ALL:
        said = "Deliveries so far added nothing later to months as old as these."
    else:
        said = (
            f"Records still come: by {day_name(late.latest)}, {share:.1%} of such months is usually known,"
            " so that much is expected."
        )
    return f"{said} {curve_words(late)}".strip()


def curve_words(late: Arrivals) -> str:
    """The late-arrival curve up to the age at which all is known; nothing where all is known at once.

    >>> curve_words(Arrivals((0.9, 0.985, 1.0, 1.0), 5, None))
    'Of a month, 90.0% is known at its end, 98.5% a month later, 100.0% two months later.'
    """
    full = next((age for age, share in enumerate(late.shares) if share > _ALL), len(late.shares) - 1)
    if full <= 0:
        return ""
    first, *later = (f"{share:.1%}" for share in late.shares[: min(full, _MOST_AGES) + 1])
    after = [
        f"{share} {'a month' if age == 1 else f'{number_word(age).lower()} months'} later"
        for age, share in enumerate(later, start=1)
    ]
    return f"Of a month, {', '.join([f'{first} is known at its end', *after])}."
