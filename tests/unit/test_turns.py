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


Asks = tuple[tuple[str, int, str], tuple[str, int, str], tuple[str, int, str]]


def begun_and_done(turns: Turns, asks: Asks) -> tuple[list[str], list[str]]:
    """Three ask in turn: the first is at work, the second waits, the third is let through: who was at work
    before any gave their turn back, and who in all."""
    order, release, pause = list[str](), threading.Event(), threading.Event()

    def work(name: str, urgency: int, what: str) -> None:
        with turns.turn(urgency, what):
            order.append(name)
            release.wait(5)

    threads = [threading.Thread(target=work, args=each) for each in asks]
    for thread, is_done in zip(
        threads,
        (lambda: order == [asks[0][0]], lambda: len(turns._waiting) == 1, lambda: asks[2][0] in order),
        strict=True,
    ):
        thread.start()
        while not is_done():
            pause.wait(0.001)
    before = list(order)
    release.set()
    for thread in threads:
        thread.join(5)
    return before, order


def test_a_place_kept_for_the_most_urgent_is_theirs_alone() -> None:
    asks = (("rows", 1, ""), ("choices", 1, ""), ("list", 0, ""))
    # choices came before the list, and the one place left is not theirs.
    assert begun_and_done(Turns(2, kept=1), asks) == (["rows", "list"], ["rows", "list", "choices"])


def test_two_who_want_the_same_go_one_after_the_other_and_hold_up_nobody() -> None:
    asks = (("first", 0, "list"), ("second", 0, "list"), ("other", 0, "rows"))
    assert begun_and_done(Turns(2), asks) == (["first", "other"], ["first", "other", "second"])
