"""Entities: the kinds of people, groups, families and firms that rows name beside places."""

from __future__ import annotations

from pydantic import Field

from harmscape.model.declared import Declared, Title


class EntityKind(Declared):
    """A kind of entity that sources link and questions roll up to. `also` are other words for it.

    `personal`: one of them is a living person, or a few who can be told.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    plural: Title | None = None
    also: tuple[str, ...] = ()
    personal: bool = False

    @property
    def many(self) -> str:
        """The word for several of them."""
        return self.plural or f"{self.title}s"
