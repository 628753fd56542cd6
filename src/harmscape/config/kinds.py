"""The kinds of files in a workspace: their folders, their top-level keys, what they declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harmscape.model.category import CategoryList
from harmscape.model.declared import Declared
from harmscape.model.domain import Page
from harmscape.model.entity import EntityKind
from harmscape.model.geography import Geography
from harmscape.model.measure import Measure
from harmscape.model.operation import Operation
from harmscape.model.role import Role
from harmscape.model.scheme import Scheme
from harmscape.model.source import Source

SETTINGS_FILE = "harmscape.yml"
SETTINGS_KEY = "workspace"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its key in a file, the key for several, its name in messages, its model."""

    one: str
    several: str | None
    word: str
    model: type[Declared]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys one of which a file of this kind begins with."""
        return (self.one, self.several) if self.several else (self.one,)


KINDS: Mapping[str, Kind] = {
    "sources": Kind("source", "sources", "source", Source),
    "categories": Kind("categories", None, "list of categories", CategoryList),
    "schemes": Kind("scheme", "schemes", "scheme", Scheme),
    "measures": Kind("measure", "measures", "measure", Measure),
    "geographies": Kind("geography", "geographies", "geography", Geography),
    "operations": Kind("operation", "operations", "operation", Operation),
    "entities": Kind("entity", "entities", "kind of entity", EntityKind),
    "roles": Kind("role", "roles", "role", Role),
    "pages": Kind("page", "pages", "page", Page),
}
"""By the folder that holds the files of each kind."""
