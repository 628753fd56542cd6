"""Categories: the codes events are filed under, in lists that are closed or open, as trees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from harmscape.model.declared import Declared, Names, Title
from harmscape.model.errors import Fault, MisplacedError, nearest

_SPACES = re.compile(r"[\s\u00a0]+")


class Category(Declared):
    """One code. `labels` are other spellings a source uses; `detection` tells harm that people report
    from harm that an agency's own activity finds.

    `answers` names another category of the list, and `answer` what an event of this one says of it: that it
    was looked for and not found, or not asked about. Neither is ever counted as that category.
    """

    id: str = Field(min_length=1, max_length=80)
    title: Title
    parent: str | None = None
    labels: Names = ()
    detection: Literal["reported", "proactive"] = "reported"
    answers: str | None = None
    answer: Literal["looked_for_none", "not_asked"] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Category:
        if (self.answers is None) != (self.answer is None):
            raise ValueError("`answers` and `answer` go together: which category, and what is said of it")
        return self


class CategoryList(Declared):
    """A named list. A closed list rejects unknown codes; an open one accepts and queues them."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    source: str
    closed: bool = True
    categories: tuple[Category, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> CategoryList:
        faults = [*self._parent_faults(), *self._answer_faults(), *self._spelling_faults()]
        if faults:
            raise MisplacedError(*faults)
        return self

    def _parent_faults(self) -> Iterator[Fault]:
        ids = {category.id for category in self.categories}
        for at, category in enumerate(self.categories):
            if category.parent is not None and category.parent not in ids:
                hint = nearest(category.parent, ids)
                yield (("categories", at, "parent"), f"no category {category.parent!r} in this list{hint}")
            elif len(list(self.line(category.id))) > len(ids):
                yield (("categories", at, "parent"), f"category {category.id!r} is its own ancestor")

    def _answer_faults(self) -> Iterator[Fault]:
        ids = {category.id for category in self.categories}
        for at, category in enumerate(self.categories):
            if category.answers is None:
                continue
            if category.answers not in ids:
                hint = nearest(category.answers, ids)
                yield (("categories", at, "answers"), f"no category {category.answers!r} in this list{hint}")
            elif category.answers in self.line(category.id):
                wrong = f"{category.id!r} stands under {category.answers!r}, and would count as it"
                yield (("categories", at, "answers"), wrong)

    def _spelling_faults(self) -> Iterator[Fault]:
        known: dict[str, str] = {}
        seen: set[str] = set()
        for at, category in enumerate(self.categories):
            if category.id in seen:
                yield (("categories", at, "id"), f"category {category.id!r} stands twice in this list")
                continue
            seen.add(category.id)
            for text in (category.id, category.title, *category.labels):
                other = known.setdefault(spelling(text), category.id)
                if other != category.id:
                    yield (("categories", at), f"{text!r} would mean both {other!r} and {category.id!r}")

    @cached_property
    def _parents(self) -> dict[str, str | None]:
        return {each.id: each.parent for each in self.categories}

    def line(self, category: str) -> Iterator[str]:
        """The category itself, then its parent, and so on to the root."""
        here: str | None = category
        for _ in range(len(self._parents) + 1):
            if here is None:
                return
            yield here
            here = self._parents.get(here)

    def spellings(self) -> dict[str, str]:
        """Every spelling, matched as `spelling` does, to its category id."""
        return {
            spelling(text): category.id
            for category in self.categories
            for text in (category.id, category.title, *category.labels)
        }


def spelling(text: str) -> str:
    """How a category's text is compared: NFC, trimmed, runs of spaces as one, case ignored.

    Letters are not folded by likeness, so look-alikes of another alphabet stay different.

    >>> spelling("  Other\\u00a0 THEFT ")
    'other theft'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()
