"""Answers that are kept: to the same question, with the same rights, of the same data and register alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from harmscape.model.errors import SelectionError
from harmscape.views.result import Result
from harmscape.workspace import Workspace
from harmscape.workspace.answers import Answers

WORDS = {"by": "sector", "window": "3m"}


def read_in(workspace: Workspace) -> int:
    """How many consultations the audit trail holds."""
    with closing(sqlite3.connect(workspace.folder / "audit.sqlite")) as store:
        bodies = [json.loads(body) for (body,) in store.execute("select body from audit")]
    return sum(body["operation"] == "consultation" for body in bodies)


def test_the_same_question_has_the_same_answer_and_is_written_down_each_time(
    small: Callable[[str], Workspace],
) -> None:
    workspace = small("soc")
    first, before = workspace.ask("rank", WORDS), read_in(workspace)
    assert workspace.ask("rank", WORDS) is first
    assert read_in(workspace) == before + 1
    assert workspace.ask("rank", {**WORDS, "window": "6m"}) is not first


def test_a_receipt_is_worked_out_anew(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    first = workspace.ask("rank", WORDS)
    assert first.receipt is not None
    again = workspace.reproduce(first.receipt)
    assert again == first
    assert again is not first


def test_what_people_write_makes_an_answer_anew(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    first = workspace.ask("rank", WORDS)
    workspace.state.append("bookmark", {"name": "x", "words": {}}, by="ann")
    second = workspace.ask("rank", WORDS)
    assert (second, second is first) == (first, False)


class Answer(Result):
    ROWS = "warnings"


def test_the_oldest_goes_first_and_a_question_that_fails_keeps_nothing() -> None:
    answers = Answers()
    held = [Answer(warnings=("row",) * 6000) for _ in range(4)]
    for at, each in enumerate(held):
        assert answers.get(str(at), lambda each=each: each) is each  # type: ignore[misc]
    # 24,000 rows are more than are kept, so the first has gone.
    assert answers.get("3", lambda: held[0]) is held[3]
    assert answers.get("0", lambda: held[1]) is held[1]

    def refused() -> Result:
        raise SelectionError("no")

    with pytest.raises(SelectionError):
        answers.get("new", refused)
    assert answers.get("new", lambda: held[2]) is held[2]
