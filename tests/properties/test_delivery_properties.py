"""Deliveries in any order end in the same state: what was known on each day, against a plain reading."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.steps.test_delivery import Ledger, row

FIRST = date(2024, 1, 31)
KINDS = ("theft", "arson")
FEW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

# A delivery: what it says of each key, and how many rows without a key it has of each kind.
Told = tuple[dict[str, str], dict[str, int]]

DELIVERY = st.tuples(
    st.dictionaries(st.sampled_from("ab"), st.sampled_from(KINDS), max_size=2),
    st.dictionaries(st.sampled_from(KINDS), st.integers(1, 3), max_size=2),
)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def rows(told: Told, file_no: int) -> list[dict[str, object]]:
    keyed, keyless = told
    kinds = [(key, kind) for key, kind in sorted(keyed.items())]
    kinds += [(None, kind) for kind, count in sorted(keyless.items()) for _ in range(count)]
    return [row(line, key, kind, file_no=file_no) for line, (key, kind) in enumerate(kinds, start=2)]


def known(deliveries: Sequence[Told], number: int) -> Counter[tuple[str | None, str]]:
    """The plain reading of deltas: a key's latest telling, and as many copies as any delivery had."""
    keyed: dict[str, str] = {}
    copies: dict[str, int] = {}
    for told, counts in deliveries[: number + 1]:
        keyed |= told
        for kind, count in counts.items():
            copies[kind] = max(copies.get(kind, 0), count)
    found: Counter[tuple[str | None, str]] = Counter(keyed.items())
    found.update({(None, kind): count for kind, count in copies.items()})
    return found


@FEW
@given(st.lists(DELIVERY, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_deltas_in_any_order_are_known_as_told(deliveries: list[Told], chance: random.Random) -> None:
    order = list(range(len(deliveries)))
    chance.shuffle(order)
    ledger = Ledger("delta")
    for file_no, number in enumerate(order, start=1):
        if rows(deliveries[number], file_no):
            ledger.load(rows(deliveries[number], file_no), day(number))
    for number in range(len(deliveries)):
        assert Counter(ledger.known_at(day(number))) == known(deliveries, number), (order, number)


@FEW
@given(st.lists(DELIVERY.filter(lambda told: bool(told[0] or told[1])), min_size=1, max_size=4))
def test_restatements_are_known_as_they_were_told(deliveries: list[Told]) -> None:
    ledger = Ledger("full")
    for number, told in enumerate(deliveries):
        (change,) = ledger.load(rows(told, number + 1), day(number))
        assert change.added + change.changed + change.unchanged == len(rows(told, 0))
    for number, (keyed, keyless) in enumerate(deliveries):
        wanted: Counter[tuple[str | None, str]] = Counter(keyed.items())
        wanted.update({(None, kind): count for kind, count in keyless.items()})
        assert Counter(ledger.known_at(day(number))) == wanted
