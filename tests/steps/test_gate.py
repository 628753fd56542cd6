"""The gate: what a reader may count and may see, before any sum, and every read written down."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack, closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.small_force import SmallForce, an_event, domain, small_force

from harmscape.access import Reader
from harmscape.access.gate import OPEN_VIEWS
from harmscape.engine import Engine, EngineError
from harmscape.model.errors import HarmscapeError, RefusedError
from harmscape.model.role import OWNER, Grant, Role
from harmscape.views.drilldown import drilldown
from harmscape.views.place_profile import place_profile

WEIGHTS = [{"category": "violence", "points": 100}, {"category": "theft", "points": 10}]
DAY = date(2024, 1, 10)
JANUARY = {"window": "1m", "to": "2024-01"}


def reader(**role: Any) -> Reader:
    made = Role.model_validate({"id": "partner", "title": "Partner", "reason": "a test", **role})
    return Reader("bea", made)


OPEN = {"sensitivity": 1}
ALL = {"sensitivity": 4}


@pytest.fixture
def force(tmp_path: Path) -> SmallForce:
    """Two crimes and one piece of restricted intelligence, all in S1."""
    events = [
        an_event(DAY, "assault"),
        an_event(DAY, "burglary"),
        an_event(DAY, "assault", source="intelligence"),
    ]
    return small_force(tmp_path, domain(WEIGHTS), events)


def audited(folder: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "audit.sqlite")) as store:
        return [json.loads(body) for (body,) in store.execute("select body from audit order by seq")]


@pytest.mark.parametrize(
    ("role", "events", "harm", "rows"),
    [
        ({"count": [ALL], "see": [ALL]}, 3, 210, 3),
        ({"count": [ALL], "see": [OPEN]}, 3, 210, 2),
        ({"count": [OPEN], "see": [OPEN]}, 2, 110, 2),
        ({"count": [OPEN], "see": [ALL]}, 2, 110, 2),
        ({"count": [ALL], "see": []}, 3, 210, 0),
        ({"count": [], "see": [ALL]}, 0, 0, 0),
    ],
    ids=["owner", "counts more than sees", "both open", "sees no more than counts", "no rows", "nothing"],
)
def test_sums_use_what_may_be_counted_and_rows_what_may_be_seen(
    force: SmallForce, role: dict[str, Any], events: int, harm: int, rows: int
) -> None:
    who = reader(**role)
    for tally in (True, False):
        found = force.scored(who, tally=tally, **JANUARY)
        assert sum(own.events for own in found.values()) == events
        assert sum((own.harm for own in found.values()), Decimal(0)) == harm
    with force.gate.narrowed(who) as cursor:
        assert cursor.rows("seen", "select count(*) from seen_event") == [(rows,)]
        assert cursor.rows("raw", "select count(*) from seen_row") == [(rows,)]


def test_the_rows_of_a_figure_show_what_may_be_seen_and_count_the_rest(force: SmallForce) -> None:
    who = reader(count=[ALL], see=[OPEN])
    found = force.gate.read(who, "rows", {}, lambda cursor: drilldown(cursor, force.context, JANUARY))
    assert (found.total.events, found.total.harm) == (3, Decimal(210))
    assert (len(found.lines), found.withheld) == (2, 1)
    whole = force.gate.read(
        reader(count=[ALL], see=[ALL]), "rows", {}, lambda cursor: drilldown(cursor, force.context, JANUARY)
    )
    assert (len(whole.lines), whole.withheld) == (3, None)


def test_the_largest_events_of_a_place_are_rows_and_only_those_that_may_be_seen(force: SmallForce) -> None:
    words = {**JANUARY, "areas": "S1"}

    def largest(who: Reader) -> list[tuple[str | None, Decimal]]:
        found = force.gate.read(who, "place", {}, lambda cursor: place_profile(cursor, force.context, words))
        return [(each.reference, each.harm) for each in found.largest]

    # Event 3 is the intelligence: counted in the harm of 210, and not shown to whom it may not be.
    assert largest(Reader("ann", OWNER)) == [("ref 1", 100), ("ref 3", 100), ("ref 2", 10)]
    assert largest(reader(count=[ALL], see=[OPEN])) == [("ref 1", 100), ("ref 2", 10)]


def test_a_grant_names_agencies_purposes_and_days(force: SmallForce) -> None:
    today = date.today()  # noqa: DTZ011 - grants run from and until local days
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    cases: list[tuple[dict[str, Any], str | None, list[int]]] = [
        ({"sensitivity": 4, "agencies": ["hub"]}, None, [2]),
        ({"sensitivity": 4, "purposes": ["safeguarding"]}, None, []),
        ({"sensitivity": 4, "purposes": ["safeguarding"]}, "safeguarding", [1, 2]),
        ({"sensitivity": 4, "from": tomorrow}, None, []),
        ({"sensitivity": 4, "to": today}, None, []),
        ({"sensitivity": 4, "from": yesterday, "to": tomorrow}, None, [1, 2]),
        ({"sensitivity": 4, "subject_classes": ["child"]}, None, []),
        ({"sensitivity": 2}, None, [1]),
    ]
    for grant, purpose, wanted in cases:
        role = Role(id="r", title="R", count=(Grant.model_validate(grant),), reason="a test")
        assert force.gate.countable(Reader("bea", role, purpose)) == wanted, grant


def test_a_read_is_written_down_with_its_rights_before_it_is_answered(
    force: SmallForce, tmp_path: Path
) -> None:
    who = Reader("ann", OWNER, "weekly meeting")
    answer = force.gate.read(who, "rank", {"words": {"by": "sector"}}, lambda cursor: 7)
    assert answer == 7
    (row,) = audited(tmp_path)
    assert (row["actor"], row["role"], row["operation"], row["step"], row["purpose"]) == (
        "ann",
        "owner",
        "consultation",
        "rank",
        "weekly meeting",
    )
    assert row["detail"] == {"words": {"by": "sector"}, "policy": force.gate.digest(who)}


def test_rights_that_differ_have_digests_that_differ(force: SmallForce) -> None:
    rights = [({"count": [ALL], "see": [ALL]}), ({"count": [ALL], "see": [OPEN]}), ({"count": [OPEN]})]
    digests = {force.gate.digest(reader(**each)) for each in rights}
    assert len(digests) == 3
    assert force.gate.digest(reader(**rights[0])) == force.gate.digest(Reader("ann", OWNER))


def test_a_role_without_the_verb_may_not_read_and_leaves_no_answer(force: SmallForce, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="role 'partner' may not read"):
        force.gate.read(reader(verbs=["load"], count=[ALL]), "rank", {}, lambda cursor: 7)
    assert not (tmp_path / "audit.sqlite").exists()


def test_a_trail_that_cannot_be_written_refuses_the_answer(force: SmallForce, tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_text("this is no database, whatever its name says", encoding="utf-8")
    with pytest.raises(HarmscapeError, match="audit trail"):
        force.gate.read(Reader("ann", OWNER), "rank", {}, lambda cursor: 7)


def test_a_step_that_fails_leaves_no_cursor_behind(force: SmallForce) -> None:
    kept: list[Engine] = []

    def fails(cursor: Engine) -> int:
        kept.append(cursor)
        raise HarmscapeError("no such thing")

    with pytest.raises(HarmscapeError, match="no such thing"):
        force.gate.read(Reader("ann", OWNER), "rank", {}, fails)
    with pytest.raises(EngineError):
        kept[0].rows("again", "select 1")


def test_the_open_views_are_all_there_and_belong_to_one_cursor(force: SmallForce) -> None:
    with force.gate.narrowed(Reader("ann", OWNER)) as cursor:
        for view in OPEN_VIEWS:
            assert cursor.rows("view", f"select count(*) from {view}")[0][0] >= 0
        with force.gate.narrowed(reader(count=[OPEN])) as other:
            assert other.rows("events", "select count(*) from counted_event") == [(2,)]
        assert cursor.rows("events", "select count(*) from counted_event") == [(3,)]


def test_a_source_that_may_not_be_counted_is_not_named_anywhere(force: SmallForce) -> None:
    def sources(who: Reader) -> tuple[list[str], list[str]]:
        with force.gate.narrowed(who) as cursor:
            known = cursor.rows("known", "select s.source from known_source s order by all")
            files = cursor.rows("files", "select f.source from delivered_file f order by all")
        return [name for (name,) in known], [name for (name,) in files]

    known, _ = sources(Reader("ann", OWNER))
    assert known == ["crimes", "intelligence"]
    known, files = sources(reader(count=[OPEN]))
    assert known == ["crimes"]
    assert "intelligence" not in files
    assert sources(reader(count=[]))[0] == []


def views_of(cursor: Engine) -> set[str]:
    """Everything temporary that a cursor holds."""
    held = cursor.rows(
        "held",
        "select t.table_name from duckdb_tables() t where t.temporary union all"
        " select v.view_name from duckdb_views() v where v.temporary and not v.internal",
    )
    return {name for (name,) in held}


def test_a_kept_cursor_comes_back_cleared_and_to_equal_rights_alone(force: SmallForce) -> None:
    owner, partner = Reader("olly", OWNER), reader(count=[OPEN], see=[OPEN])
    with force.gate.narrowed(owner) as first:
        first.create("secret", "select * from counted_event")
        first.register("noted", first.arrow("one", "select 1 as one"))
    with force.gate.narrowed(owner) as again:
        assert again is first
        assert views_of(again) == set(OPEN_VIEWS)
    with force.gate.narrowed(partner) as other:
        assert other is not first
        assert other.rows("count", "select count(*) from counted_event") == [(2,)]


def test_two_readers_at_once_have_a_cursor_each(force: SmallForce) -> None:
    owner = Reader("olly", OWNER)
    with force.gate.narrowed(owner) as first, force.gate.narrowed(owner) as second:
        assert first is not second
        first.create("own", "select 1 as one")
        assert "own" not in views_of(second)


def test_only_so_many_cursors_are_kept(force: SmallForce) -> None:
    owner = Reader("olly", OWNER)
    with ExitStack() as stack:
        opened = [stack.enter_context(force.gate.narrowed(owner)) for _ in range(5)]
    with pytest.raises(EngineError):
        opened[-1].rows("gone", "select 1")  # the first to be given back, and so the first to go
    force.gate.close()
    with pytest.raises(EngineError):
        opened[0].rows("gone", "select 1")


def test_what_is_prepared_outlives_a_reader_and_is_made_anew_from_what_is_new(force: SmallForce) -> None:
    owner = Reader("olly", OWNER)
    with force.gate.narrowed(owner) as cursor:
        cursor.prepare("base", "select ? as one", [1])
        cursor.prepare("above", "select one + 1 as two from base", needs=["base"])
    with force.gate.narrowed(owner) as again:
        assert views_of(again) == {*OPEN_VIEWS, "base", "above"}
        again.prepare("base", "select ? as one", [5])
        again.prepare("above", "select one + 1 as two from base", needs=["base"])
        assert again.rows("above", "select two from above") == [(6,)]
        again.create("base", "select 9 as one")  # a question's own, under the same name
        assert "base" in views_of(again)
    with force.gate.narrowed(owner) as cleared:
        assert "base" not in views_of(cleared)
        cleared.prepare("base", "select ? as one", [5])
        assert cleared.rows("base", "select one from base") == [(5,)]
