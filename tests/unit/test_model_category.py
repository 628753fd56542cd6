"""Categories: how spellings meet, trees, and the faults of a list, each at its place."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from harmscape.model.category import Category, CategoryList, spelling


def listed(*categories: dict[str, Any], **more: Any) -> CategoryList:
    return CategoryList.model_validate(
        {"id": "kinds", "title": "Kinds", "source": "invented", "categories": list(categories), **more}
    )


THEFT = {"id": "theft", "title": "Theft"}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Other theft", True),
        ("  OTHER\u00a0 theft ", True),
        ("other  theft", True),
        ("other-theft", False),
        # A Cyrillic o looks the same and is another letter.
        ("\u043ether theft", False),
    ],
)
def test_spellings_meet_by_case_and_space_alone(text: str, same: bool) -> None:
    assert (spelling(text) == spelling("Other theft")) is same


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert spelling("Cafe\u0301") == spelling("CAF\u00c9") == "caf\u00e9"


def test_a_category_is_known_by_id_title_and_labels() -> None:
    kinds = listed(THEFT | {"labels": ["Stealing", "Other theft"]}, {"id": "arson", "title": "Arson"})
    assert kinds.spellings() == {
        "theft": "theft",
        "stealing": "theft",
        "other theft": "theft",
        "arson": "arson",
    }


def test_a_line_runs_from_a_category_to_its_root() -> None:
    kinds = listed(
        THEFT, {"id": "burglary", "title": "Burglary", "parent": "theft"},
        {"id": "burglary_home", "title": "Burglary of a home", "parent": "burglary"},
    )  # fmt: skip
    assert list(kinds.line("burglary_home")) == ["burglary_home", "burglary", "theft"]
    assert list(kinds.line("theft")) == ["theft"]


@pytest.mark.parametrize(
    ("categories", "message"),
    [
        ([THEFT | {"parent": "teft"}], "no category 'teft' in this list; did you mean 'theft'?"),
        ([THEFT, THEFT], "category 'theft' stands twice in this list"),
        ([THEFT, {"id": "t2", "title": "THEFT"}], "'THEFT' would mean both 'theft' and 't2'"),
        ([THEFT, {"id": "t2", "title": "T2", "labels": [" theft "]}], "would mean both 'theft' and 't2'"),
        ([THEFT | {"parent": "theft"}], "category 'theft' is its own ancestor"),
        (
            [{"id": "a", "title": "A", "parent": "b"}, {"id": "b", "title": "B", "parent": "a"}],
            "category 'a' is its own ancestor; category 'b' is its own ancestor",
        ),
        ([], "at least 1 item"),
    ],
)
def test_a_list_with_a_fault_is_refused(categories: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        listed(*categories)
    assert message in str(caught.value)


def test_all_faults_of_a_list_are_told_together() -> None:
    with pytest.raises(ValidationError) as caught:
        listed(THEFT | {"parent": "teft"}, {"id": "t2", "title": "Theft"})
    assert "did you mean 'theft'" in str(caught.value)
    assert "'Theft' would mean both" in str(caught.value)


def test_categories_are_reported_unless_found_by_police_work() -> None:
    assert Category(id="a", title="A").detection == "reported"
    with pytest.raises(ValidationError):
        Category.model_validate({"id": "a", "title": "A", "detection": "guessed"})
