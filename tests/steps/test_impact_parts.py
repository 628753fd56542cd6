"""The parts of an impact on counts worked by hand: scaling, gaps, a cut month, weights, rings, words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from harmscape.change.controls import Likeness
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.views.impact_controls import likeness_words
from harmscape.views.impact_counts import Counts
from harmscape.views.impact_effect import Compared, displacement, harm, last_months
from harmscape.views.impact_figure import Figure
from harmscape.views.impact_rings import parse_buffers
from harmscape.views.impact_windows import Windows
from harmscape.views.impact_words import displacement_words, finding, harm_words

MONTHS = tuple(date(2025, month, 1) for month in range(1, 7))


def counts(events: list[list[float]], *, points: tuple[float, ...] = (1.0,), kind: int = 0) -> Counts:
    """Counts of one kind of event by unit and month; nan is a gap."""
    held = np.array(events)
    at, month = np.nonzero(np.nan_to_num(held))
    return Counts(
        months=MONTHS,
        events=held,
        usable=~np.isnan(held).any(axis=0),
        at=at,
        month=month,
        kind=np.full(len(at), kind),
        number=held[at, month],
        points=np.array(points),
        branch=np.zeros(len(points), dtype=np.int64),
        titles=tuple(f"kind {n}" for n in range(len(points))),
    )


def compared(held: Counts, before: list[int], after: list[int]) -> Compared:
    """Unit 0 beside unit 1."""
    flags = [np.isin(np.arange(6), each) for each in (before, after)]
    return Compared(held, np.array([True, False]), np.array([False, True]), *flags)


def test_a_control_is_scaled_to_the_level_of_the_treated_before() -> None:
    # 30 events before beside 60: size 2. After, 15 beside 60, so 60 / 2 = 30 were expected: 15 fewer.
    held = compared(counts([[10, 10, 10, 5, 5, 5], [20] * 6]), [0, 1, 2], [3, 4, 5])
    assert (held.size, held.expected) == (2.0, 30.0)
    found = displacement(held)
    assert found.estimate == pytest.approx(-15)
    assert found.ratio == pytest.approx(0.5)
    # By hand, normal: variance 30 + 15 + (60 + 60) / 4 = 75, so 1.96 x 8.66 = 17.0; the gamma's is near it.
    assert (found.lo, found.hi) == (pytest.approx(-32, abs=2), pytest.approx(2, abs=2))


def test_months_before_count_by_their_number() -> None:
    # Two months before for each month after: 20 before are 10 a month, beside 5 in the month after.
    held = compared(counts([[10, 10, 5, 0, 0, 0], [20, 20, 20, 0, 0, 0]]), [0, 1], [2])
    assert held.time == 2.0
    assert displacement(held).estimate == pytest.approx(-5)


def test_a_gap_is_in_no_sum() -> None:
    nan = float("nan")
    held = counts([[10, nan, 10, 5, 5, nan], [20, nan, 20, 20, 20, 20]])
    assert held.usable.tolist() == [True, False, True, True, True, False]
    assert last_months(np.isin(np.arange(6), [0, 1, 2]), held.usable, 2).tolist() == [
        True, False, True, False, False, False,
    ]  # fmt: skip
    assert displacement(compared(held, [0, 2], [3, 4])).estimate == pytest.approx(10 - 20)


def test_harm_is_weighed_kind_by_kind() -> None:
    # 15 fewer events of 40 points each, and the kind that never happened adds nothing.
    held = counts([[10, 10, 10, 5, 5, 5], [20] * 6], points=(3.0, 40.0), kind=1)
    found, by_kind = harm(compared(held, [0, 1, 2], [3, 4, 5]))
    assert found.estimate == pytest.approx(-15 * 40)
    assert by_kind.tolist() == pytest.approx([0.0, -600.0])
    left, _ = harm(compared(held, [0, 1, 2], [3, 4, 5]), without=np.array([False, True]))
    assert left.estimate == 0


def test_nothing_before_and_after_is_no_change() -> None:
    held = compared(counts([[0] * 6, [0] * 6]), [0, 1, 2], [3, 4, 5])
    assert (held.size, displacement(held).estimate, displacement(held).ratio) == (1.0, 0, None)


def test_the_month_that_the_start_cuts_is_on_neither_side() -> None:
    windows = Windows(Period(MONTHS[0], date(2025, 7, 1)), date(2025, 3, 1), date(2025, 4, 1))
    assert windows.before(MONTHS).tolist() == [True, True, False, False, False, False]
    assert windows.after(MONTHS).tolist() == [False, False, False, True, True, True]
    told = tuple(month for month in MONTHS if month != date(2025, 3, 1))
    assert windows.relative(told).tolist() == [-2, -1, 0, 1, 2]


def said(estimate: float, lo: float, hi: float, surety: str) -> Figure:
    return Figure("wdd", "", estimate, lo, hi, None, None, None, surety)


def test_counts_under_ten_are_told_with_what_was_expected_and_nothing_more() -> None:
    # 4 happened; 3 fewer than expected, 9 fewer to 2 more: from 4 - 2 to 4 + 9 were expected.
    told = finding(said(-3, -9, 2, "not_told_apart"), observed=4, where="Moor", randomised=False, turned=())
    assert told.sure == "4 events in Moor, where 2–13 were expected."
    assert "%" not in told.rest


def test_caused_is_said_only_where_chance_decided() -> None:
    sure = said(-31, -53, -9, "clearly")
    plain = {"observed": 227.0, "where": "Moor", "turned": ()}
    assert "consistent with" in finding(sure, randomised=False, **plain).rest  # type: ignore[arg-type]
    assert "caused by" in finding(sure, randomised=True, **plain).rest  # type: ignore[arg-type]
    rise = finding(said(31, 9, 53, "clearly"), randomised=True, **plain)  # type: ignore[arg-type]
    assert rise.rest == "in Moor (95% range 9 to 53 more), which the operation did not prevent."


def test_a_choice_that_turns_the_sign_is_in_the_first_sentence() -> None:
    told = finding(
        said(-31, -53, -9, "clearly"),
        observed=227,
        where="Moor",
        randomised=False,
        turned=("The first 6 months after", "Synthetic control"),
    )
    assert told.rest.endswith("; the sign turns with the first 6 months after and synthetic control.")


def test_harm_and_rings_in_the_fixed_words() -> None:
    assert harm_words(said(-900, -1500, -300, "clearly"), ()).endswith("clearly lower than expected.")
    assert displacement_words(said(12, 3, 22, "clearly"), "next door") == (
        "About 12 more next door (range 3 to 22 more), consistent with displacement."
    )
    assert displacement_words(said(-12, -22, -3, "clearly"), "next door").endswith("a benefit that spread.")
    assert displacement_words(None, "next door").startswith("Nothing can be told of displacement")


@pytest.mark.parametrize("text", ["near", "-5", "0", "99999", "1,2,3,4,5,6", "nan"])
def test_rings_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="--buffer"):
        parse_buffers(text)


def told(events: float, *, thin: tuple[str, ...]) -> Likeness:
    """Four candidates, with what too few events tell left open."""
    nan = np.full(4, np.nan)
    known = {name: nan if name in thin else np.zeros(4) for name in ("level", "trend", "season", "mix")}
    return Likeness(np.arange(4), distance=nan, chosen=np.ones(4, bool), events=events, **known)


def test_what_cannot_be_compared_is_said() -> None:
    assert likeness_words(told(200.0, thin=())) == ""
    assert likeness_words(told(14.4, thin=("trend", "season"))) == (
        "Too few events to compare areas by trend and season: a usual one had 14 before."
    )
    nothing = likeness_words(told(3.0, thin=("level", "trend", "season", "mix")))
    assert nothing.endswith(
        "Those nearest in events a month stand in, and likeness says nothing more of them."
    )
