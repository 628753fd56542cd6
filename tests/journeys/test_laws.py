"""The laws of the house, on random small forces: the program against its plain-Python twin, and itself.

The ordinary examples are the same in every run; `make soak` tries many more and prints how to repeat one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import twin
from tests.small_force import BEATS, LOCAL, SECTORS, TREE, SmallForce, domain, small_force

from harmscape.access import Reader
from harmscape.model.role import Grant, Role
from harmscape.scoring.score import month_sql
from harmscape.views.areas import rank_areas
from harmscape.views.question import parameters
from harmscape.views.scored import score_areas

FIRST, LAST = date(2024, 1, 1), date(2024, 6, 30)
HALF_YEAR = {"window": "6m", "to": "2024-06"}
FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])

QUANTITIES = ("1", "1", "1", "2", "0.5", "0.333333", "15000.25")
POINTS = ("0", "1", "13", "447.3", "7978.7931", "99999999.9999")
CONDITIONS: tuple[dict[str, str], ...] = (
    {},
    {"status": "charged"},
    {"status": "dropped"},
    {"status": "charged", "tool": "knife"},
)


@st.composite
def event(draw: st.DrawFn) -> twin.Event:
    day = draw(st.dates(FIRST, LAST))
    whole_month = draw(st.booleans())
    known_from = draw(st.sampled_from([date(2024, 7, 1), date(2024, 8, 1)]))
    area = {}
    for geography, codes in (("sector", SECTORS), ("beat", BEATS)):
        code = draw(st.sampled_from([*codes, None]))
        if code is not None:
            area[geography] = code
    attributes = {}
    for name, values in (("status", ["charged", "dropped"]), ("tool", ["knife", "gun"])):
        value = draw(st.sampled_from([*values, None]))
        if value is not None:
            attributes[name] = value
    return twin.Event(
        day.replace(day=1) if whole_month else day,
        draw(st.sampled_from(sorted(TREE))),
        area,
        Decimal(draw(st.sampled_from(QUANTITIES))),
        attributes,
        draw(st.sampled_from([None, None, "A", "B"])),
        draw(st.sampled_from(["crimes", "crimes", "intelligence"])),
        whole_month,
        known_from,
        draw(st.sampled_from([None, None, date(2024, 9, 1)])),
    )


EVENTS = st.lists(event(), min_size=1, max_size=40)


@st.composite
def weights(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Weights for some categories: with or without a change on some day, with some of the conditions."""
    found: list[dict[str, Any]] = []
    for category in draw(st.lists(st.sampled_from(sorted(TREE)), min_size=1, max_size=4, unique=True)):
        change = draw(st.sampled_from([None, date(2024, 3, 1), date(2024, 3, 17)]))
        spans: list[dict[str, date]] = [{}]
        if change is not None:
            spans = draw(st.sampled_from([[{"to": change}, {"from": change}], [{"from": change}]]))
        for when in draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique_by=str)):
            found += [
                {"category": category, "points": draw(st.sampled_from(POINTS)), "when": when, **span}
                for span in spans
            ]
    return found


def force(events: Sequence[twin.Event], scheme: Sequence[Mapping[str, Any]], **more: Any) -> SmallForce:
    # No answer leaves through the gate here, so nothing is written to the trail.
    return small_force(Path("no-trail"), domain(scheme, **more), events)


def assert_alike(found: Mapping[str, twin.Score], wanted: Mapping[str, twin.Score]) -> None:
    """Counts and harm to the digit; variance and largest, which are floats, to 12 places of their size."""
    assert {area: (own.events, own.harm) for area, own in found.items()} == {
        area: (own.events, own.harm) for area, own in wanted.items()
    }
    for area, own in wanted.items():
        assert found[area].variance == pytest.approx(own.variance, rel=1e-12)
        assert found[area].largest == pytest.approx(own.largest, rel=1e-12)


def now(events: Sequence[twin.Event]) -> list[twin.Event]:
    """The versions that still stand."""
    return [each for each in events if each.known_to is None]


def weighed_by(scheme: Sequence[Mapping[str, Any]], *, fallback: bool = True) -> twin.Weigh:
    return lambda event: twin.points_of(scheme, TREE, event, fallback=fallback)


WINDOWS = (
    ({"window": "6m", "to": "2024-06"}, FIRST, date(2024, 7, 1)),
    ({"window": "2m", "to": "2024-03"}, date(2024, 2, 1), date(2024, 4, 1)),
    ({"window": "40d", "to": "2024-04-10"}, date(2024, 3, 2), date(2024, 4, 11)),
)


def check_twin(events: list[twin.Event], scheme: list[dict[str, Any]], fallback: bool) -> None:
    made = force(events, scheme, fallback=fallback)
    weigh = weighed_by(scheme, fallback=fallback)
    for words, starts, ends in WINDOWS:
        for by in ("sector", "beat"):
            wanted = twin.score(twin.within(now(events), starts, ends), by, weigh)
            assert_alike(made.scored(by=by, **words), wanted)
            assert_alike(made.scored(by=by, tally=False, **words), wanted)
    for day in ("2024-06-30", "2024-07-01", "2024-08-31", "2024-09-01"):
        stood = twin.known_at(events, date.fromisoformat(day))
        assert_alike(made.scored(as_known_at=day, **HALF_YEAR), twin.score(stood, "sector", weigh))


@FEW
@given(EVENTS, weights(), st.booleans())
def test_every_score_equals_the_plain_twin(
    events: list[twin.Event], scheme: list[dict[str, Any]], fallback: bool
) -> None:
    check_twin(events, scheme, fallback)


@pytest.mark.soak
@MANY
@given(EVENTS, weights(), st.booleans())
def test_every_score_equals_the_plain_twin_at_length(
    events: list[twin.Event], scheme: list[dict[str, Any]], fallback: bool
) -> None:
    check_twin(events, scheme, fallback)


@FEW
@given(EVENTS, weights())
def test_harm_is_conserved_from_events_to_areas_and_unplaced(
    events: list[twin.Event], scheme: list[dict[str, Any]]
) -> None:
    made = force(events, scheme)
    weigh = weighed_by(scheme)
    whole = sum((each.quantity * (weigh(each) or 0) for each in now(events)), Decimal(0))
    for by in ("sector", "beat"):
        found = made.scored(by=by, **HALF_YEAR)
        assert sum(own.events for own in found.values()) == len(now(events))
        assert sum((own.harm for own in found.values()), Decimal(0)) == whole
    with made.question(**HALF_YEAR) as question:
        picked = question.pick()
        months = question.cursor.rows("months", month_sql(picked, question.attributes), parameters(picked))
    assert sum(count for _, count, _ in months) == len(now(events))
    assert sum((harm for _, _, harm in months), Decimal(0)) == whole


@FEW
@given(EVENTS, weights())
def test_doubling_a_scheme_doubles_harm_and_leaves_standings(
    events: list[twin.Event], scheme: list[dict[str, Any]]
) -> None:
    modest = [each | {"points": min(Decimal(each["points"]), Decimal("7978.7931"))} for each in scheme]
    once = _ranked(force(events, modest))
    twice = _ranked(force(events, [each | {"points": 2 * each["points"]} for each in modest]))
    assert twice[0] == tuple(2 * harm for harm in once[0])
    assert twice[1:] == once[1:]


def _ranked(made: SmallForce) -> tuple[Any, ...]:
    with made.question(**HALF_YEAR) as question:
        scored = score_areas(question)
        found = rank_areas(question, scored)
    listed = (found.rank, found.rank_lo, found.rank_hi, found.tier)
    return (scored.harm, *(tuple(each.tolist()) for each in listed))


@FEW
@given(EVENTS, weights(), st.integers(1, 5), st.integers(1, 180))
def test_splitting_a_period_splits_harm(
    events: list[twin.Event], scheme: list[dict[str, Any]], months: int, days: int
) -> None:
    # Months are never cut here; events known by day can be split on any day.
    made = force(events, scheme)
    rest = f"{6 - months}m"
    first = made.scored(window=f"{months}m", to=f"2024-{months:02d}")
    second = made.scored(window=rest, to="2024-06")
    _assert_sum(made.scored(**HALF_YEAR), first, second)
    by_day = force([replace(each, whole_month=False) for each in events], scheme)
    cut = FIRST + timedelta(days=days)
    first = by_day.scored(window=f"{days}d", to=str(cut - timedelta(days=1)))
    second = by_day.scored(window=f"{(LAST - cut).days + 1}d", to=str(LAST))
    _assert_sum(by_day.scored(**HALF_YEAR), first, second)


def _assert_sum(whole: Mapping[str, twin.Score], *parts: Mapping[str, twin.Score]) -> None:
    nothing = twin.Score()
    for area in {*whole, *(area for part in parts for area in part)}:
        own = whole.get(area, nothing)
        assert own.events == sum(part.get(area, nothing).events for part in parts)
        assert own.harm == sum((part.get(area, nothing).harm for part in parts), Decimal(0))


@FEW
@given(EVENTS, weights(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    events: list[twin.Event], scheme: list[dict[str, Any]], chance: random.Random
) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert_alike(force(shuffled, scheme).scored(**HALF_YEAR), force(events, scheme).scored(**HALF_YEAR))


SELECTIONS = (
    {},
    {"where": "category=theft"},
    {"where": "category=violence,nuisance;detection=reported"},
    {"where": "detection=proactive"},
    {"where": "source=intelligence"},
    {"where": "agency=police;beat=B1,UNPLACED"},
    {"where": "status=charged"},
    {"areas": "S1,S3"},
    {"areas": "UNPLACED"},
)


def _meets(event: twin.Event, number: int) -> bool:
    def under(root: str) -> bool:
        here: str | None = event.category
        while here is not None and here != root:
            here = TREE[here]
        return here == root

    sector, beat = (event.area.get(name, twin.UNPLACED) for name in ("sector", "beat"))
    return (
        True,
        under("theft"),
        (under("violence") or under("nuisance")) and event.category != "weapon_found",
        event.category == "weapon_found",
        event.source == "intelligence",
        event.source == "crimes" and beat in ("B1", twin.UNPLACED),
        event.attributes.get("status") == "charged",
        sector in ("S1", "S3"),
        sector == twin.UNPLACED,
    )[number]


@FEW
@given(EVENTS, weights())
def test_tally_and_events_answer_every_selection_alike(
    events: list[twin.Event], scheme: list[dict[str, Any]]
) -> None:
    made = force(events, scheme)
    for number, words in enumerate(SELECTIONS):
        wanted = twin.score(
            [each for each in now(events) if _meets(each, number)], "sector", weighed_by(scheme)
        )
        for tally in (True, False):
            assert_alike(made.scored(tally=tally, **HALF_YEAR, **words), wanted)


GRANTS = (
    (),
    ({"sensitivity": 0},),
    ({"sensitivity": 1},),
    ({"sensitivity": 3, "agencies": ["hub"]},),
    ({"sensitivity": 1}, {"sensitivity": 3, "agencies": ["hub"]}),
    ({"sensitivity": 4},),
)


def _reader(count: tuple[dict[str, Any], ...], see: tuple[dict[str, Any], ...]) -> Reader:
    grants = {
        name: tuple(Grant.model_validate(each) for each in held)
        for name, held in (("count", count), ("see", see))
    }
    return Reader("bea", Role(id="partner", title="Partner", reason="a test", **grants))


@FEW
@given(EVENTS, weights(), st.lists(st.sampled_from(GRANTS), min_size=2, max_size=2), st.sampled_from(GRANTS))
def test_a_reader_with_fewer_grants_never_learns_more(
    events: list[twin.Event],
    scheme: list[dict[str, Any]],
    grants: list[tuple[dict[str, Any], ...]],
    see: tuple[dict[str, Any], ...],
) -> None:
    made = force(events, scheme)
    few, more = grants[0], (*grants[0], *grants[1])
    less, all_known = made.scored(_reader(few, see), **HALF_YEAR), made.scored(LOCAL, **HALF_YEAR)
    middle = made.scored(_reader(more, see), **HALF_YEAR)
    for narrow, wide in pairwise([less, middle, all_known]):
        assert narrow.keys() <= wide.keys()
        for area, own in narrow.items():
            assert own.events <= wide[area].events
            assert own.harm <= wide[area].harm
    rows = [_seen(made, _reader(held, see)) for held in (few, more)] + [_seen(made, LOCAL)]
    for (fewer, counted), (further, _) in pairwise(rows):
        assert fewer <= further
        assert len(fewer) <= counted
    assert rows[-1] == (set(range(1, len(events) + 1)), len(events))


def _seen(made: SmallForce, reader: Reader) -> tuple[set[int], int]:
    """The rows a reader may open, and how many it may count."""
    with made.gate.narrowed(reader) as cursor:
        seen = {number for (number,) in cursor.rows("seen", "select e.event_id from seen_event e")}
        raw = {number for (number,) in cursor.rows("raw", "select r.event_id from seen_row r")}
        marked = cursor.rows("marked", "select e.event_id from counted_event e where e.visible")
        counted = int(cursor.rows("counted", "select count(*) from counted_event")[0][0])
    assert seen == raw == {number for (number,) in marked}
    return seen, counted
