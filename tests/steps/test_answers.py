"""Answers that are kept: to the same question, with the same rights, of the same data and register alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.demos import opened

from harmscape.access import Reader
from harmscape.model.errors import RefusedError
from harmscape.model.role import OWNER
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


def test_the_oldest_goes_first() -> None:
    answers = Answers()
    held = [Answer(warnings=("row",) * 13_000) for _ in range(4)]
    for at, each in enumerate(held):
        answers.keep(str(at), each)
    # 52,000 rows are more than are kept, so the first has gone.
    assert [answers.get(str(at)) for at in range(4)] == [None, *held[1:]]
    answers.get("1")
    answers.keep("4", held[0])
    # The second was asked for meanwhile, so the third is the oldest.
    assert answers.get("2") is None
    assert answers.get("1") is held[1]
    # Kept again under its key, an answer counts once.
    for _ in range(3):
        answers.keep("4", held[0])
    assert answers.get("1") is held[1]


def test_many_who_ask_at_once_are_given_the_one_answer_that_was_worked_out(
    small: Callable[[str], Workspace],
) -> None:
    workspace = small("soc")
    before = read_in(workspace)
    with ThreadPoolExecutor(6) as users:
        found = list(users.map(lambda _: workspace.ask("rank", {**WORDS, "to": "2026-07"}), range(6)))
    assert all(each is found[0] for each in found)
    assert read_in(workspace) == before + 6


def test_a_role_that_may_not_read_is_given_no_kept_answer(small_folder: Callable[[str], Path]) -> None:
    held = OWNER.model_copy(update={"id": "loader", "verbs": ("load",)})
    with closing(opened(small_folder("soc"))) as workspace:
        workspace.ask("rank", WORDS)
        workspace.reader = Reader("lee", held)
        with pytest.raises(RefusedError, match="may not read"):
            workspace.ask("rank", WORDS)
