"""Categories: the codes events are filed under, in lists that are closed or open, as trees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title

_SPACES = re.compile(r"[\s\u00a0]+")


class Category(Declared):
    """One code. `labels` are other spellings a source uses; `detection` tells harm that people report
    from harm that police or partner activity finds."""

    id: str = Field(min_length=1, max_length=80)
    title: Title
    parent: str | None = None
    labels: Names = ()
    detection: Literal["reported", "proactive"] = "reported"


class CategoryList(Declared):
    """A named list. A closed list rejects unknown codes; an open one accepts and queues them."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    source: str
    closed: bool = True
    categories: tuple[Category, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> CategoryList:
        ids = {category.id for category in self.categories}
        if len(ids) < len(self.categories):
            raise ValueError("the same category id stands twice in the list")
        for category in self.categories:
            if category.parent is not None and category.parent not in ids:
                raise ValueError(
                    f"category {category.id!r} names a parent {category.parent!r} not in the list"
                )
        for category in self.categories:
            if len(list(self.line(category.id))) > len(ids):
                raise ValueError(f"category {category.id!r} is its own ancestor")
        self.spellings()
        return self

    def line(self, category: str) -> Iterator[str]:
        """The category itself, then its parent, and so on to the root."""
        parents = {each.id: each.parent for each in self.categories}
        here: str | None = category
        for _ in range(len(parents) + 1):
            if here is None:
                return
            yield here
            here = parents.get(here)

    def spellings(self) -> dict[str, str]:
        """Every spelling, matched as `spelling` does, to its category id."""
        known: dict[str, str] = {}
        for category in self.categories:
            for text in (category.id, category.title, *category.labels):
                other = known.setdefault(spelling(text), category.id)
                if other != category.id:
                    raise ValueError(f"{text!r} would mean both {other!r} and {category.id!r}")
        return known


def spelling(text: str) -> str:
    """How a category's text is compared: NFC, trimmed, runs of spaces as one, case ignored.

    Letters are not folded by likeness, so look-alikes of another alphabet stay different.

    >>> spelling("  Other\\u00a0 THEFT ")
    'other theft'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()
