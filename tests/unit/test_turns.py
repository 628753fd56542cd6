"""Turns: few at a time, the most urgent of those that wait first, and among equals the first to come."""

from __future__ import annotations

import threading

import pytest

from harmscape.workspace.turns import Turns


def test_the_most_urgent_goes_first_and_equals_in_order() -> None:
    turns, order = Turns(), list[str]()
    started = threading.Event()
    release = threading.Event()

    def first() -> None:
        with turns.turn(1):
            started.set()
            release.wait(5)
            order.append("first")

    def work(name: str, urgency: int) -> None:
        with turns.turn(urgency):
            order.append(name)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    started.wait(5)
    for at, (name, urgency) in enumerate((("rows", 1), ("choices", 1), ("list", 0)), 1):
        threads.append(threading.Thread(target=work, args=(name, urgency)))
        threads[-1].start()
        while len(turns._waiting) < at:
            threading.Event().wait(0.001)
    release.set()
    for each in threads:
        each.join(5)
    assert order == ["first", "list", "rows", "choices"]


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="no"), turns.turn(0):
        raise ValueError("no")
    with turns.turn(0):
        pass


def test_a_place_kept_for_the_most_urgent_is_theirs_alone() -> None:
    turns, order = Turns(2, kept=1), list[str]()
    release = threading.Event()

    def work(name: str, urgency: int) -> None:
        with turns.turn(urgency):
            order.append(name)
            release.wait(5)

    threads = [
        threading.Thread(target=work, args=each) for each in (("rows", 1), ("choices", 1), ("list", 0))
    ]
    threads[0].start()
    while order != ["rows"]:
        threading.Event().wait(0.001)
    threads[1].start()
    while len(turns._waiting) < 1:
        threading.Event().wait(0.001)
    threads[2].start()
    while "list" not in order:
        threading.Event().wait(0.001)
    assert order == ["rows", "list"]  # choices came before, and one place is free no more
    release.set()
    for each in threads:
        each.join(5)
    assert order == ["rows", "list", "choices"]


def test_two_who_want_the_same_go_one_after_the_other_and_hold_up_nobody() -> None:
    turns, order = Turns(2), list[str]()
    release = threading.Event()

    def work(name: str, what: str) -> None:
        with turns.turn(0, what):
            order.append(name)
            release.wait(5)

    threads = [
        threading.Thread(target=work, args=each)
        for each in (("first", "list"), ("second", "list"), ("other", "rows"))
    ]
    threads[0].start()
    while order != ["first"]:
        threading.Event().wait(0.001)
    threads[1].start()
    while len(turns._waiting) < 1:
        threading.Event().wait(0.001)
    threads[2].start()
    while "other" not in order:
        threading.Event().wait(0.001)
    assert order == ["first", "other"]
    release.set()
    for each in threads:
        each.join(5)
    assert order == ["first", "other", "second"]
