"""The finding beside its variants: what is said first."""

from __future__ import annotations

import pytest

from harmscape.change.robustness import Variant, robustness

SURE = Variant("main", "as agreed", -30, -50, -10)
UNSURE = Variant("main", "as agreed", -10, -30, 10)
NAN = float("nan")


def variant(name: str, estimate: float, reach: float) -> Variant:
    return Variant("window", name, estimate, estimate - reach, estimate + reach)


@pytest.mark.parametrize(
    ("main", "others", "said"),
    [
        (SURE, [variant("a", -20, 5), variant("b", 4, 9)], "The sign turns with b"),
        (SURE, [variant("a", -20, 5), variant("b", -4, 9)], "but with b it cannot be told from chance"),
        (
            SURE,
            [variant("a", -20, 5), variant("b", -9, 4)],
            "The finding holds in all 2 other ways",
        ),
        (UNSURE, [variant("a", -20, 5)], "only with a is it more than chance"),
        (UNSURE, [variant("a", -20, 25)], "cannot be told from chance, nor can it in the one other way"),
        (SURE, [], "No other way"),
        (SURE, [variant("a", NAN, 1)], "No other way"),
        (variant("main", NAN, 1), [variant("a", -20, 5)], "no finding"),
    ],
)
def test_the_worst_is_said_first(main: Variant, others: list[Variant], said: str) -> None:
    assert said in robustness(main, others).sentence


def test_every_variant_is_named_where_it_belongs() -> None:
    found = robustness(
        SURE, [variant("a", 5, 1), variant("b", -5, 9), variant("c", NAN, 1), variant("d", -9, 1)]
    )
    assert (found.turned, found.lost, found.untold) == (("a",), ("b",), ("c",))
    assert found.gained == ()
    assert [each.name for each in found.rows] == ["as agreed", "a", "b", "c", "d"]


def test_many_names_are_counted() -> None:
    many = [variant(name, 5, 9) for name in "abcd"]
    assert "with a, b and 2 more" in robustness(SURE, many).sentence
    assert "with a, b and c:" in robustness(SURE, many[:3]).sentence
