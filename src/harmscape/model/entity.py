"""Entities: the kinds of people, groups, firms and things that rows name beside places."""

from __future__ import annotations

from pydantic import Field

from harmscape.model.declared import Declared, Names, Title


class Members(Declared):
    """How events reach an entity through its members: the kind they are of, the roles in which they count,
    and for how many days after a membership ended events still do.

    `role_told_by`: the attribute of a register that says what a member is there.
    """

    kind: str
    roles: Names = ()
    lag_days: int = Field(default=0, ge=0, le=36_500)
    role_told_by: str | None = None


class Told(Declared):
    """An attribute of rows, and the value that says so."""

    attribute: str
    value: str = Field(min_length=1, max_length=80)


class EntityKind(Declared):
    """A kind of entity that sources link and questions roll up to. `also` are other words for it.

    `personal`: one of them is a living person, or a few who can be told. `roles` are those in which a link
    counts for it, all when none is named; `members` lets events reach it through its members too. `child`:
    how a row tells that one is a child. `on_map`: they are places that people go to, such as services, shown
    on the map by their register; nothing is rolled up to them.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    plural: Title | None = None
    also: tuple[str, ...] = ()
    personal: bool = False
    roles: Names = ()
    members: Members | None = None
    child: Told | None = None
    on_map: bool = False

    @property
    def many(self) -> str:
        """The word for several of them."""
        return self.plural or f"{self.title}s"


EVERYTHING = "everything"
"""The one subject that all events have: what is rolled up to it is the total, each event once."""

CATEGORY = EntityKind(id="category", title="Type", plural="Types", also=("type",))
"""The categories themselves, when a question ranks by them."""
