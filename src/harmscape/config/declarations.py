"""All that the files of a workspace declare, sound or not, each with the tree it was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from harmscape.config.yaml_tree import Node
from harmscape.model.category import CategoryList
from harmscape.model.declared import Declared
from harmscape.model.domain import Domain, Page, Settings
from harmscape.model.entity import EntityKind
from harmscape.model.geography import Geography
from harmscape.model.measure import Measure
from harmscape.model.operation import Operation
from harmscape.model.role import Role
from harmscape.model.scheme import Scheme
from harmscape.model.source import Source

Each = TypeVar("Each", bound=Declared)


@dataclass(frozen=True, slots=True)
class Entry:
    """One declaration, None when it is faulty, and its tree."""

    declared: Declared | None
    node: Node

    @property
    def id(self) -> str | None:
        """The id that is written, even where the rest is faulty, so that references to it still hold."""
        return self.node.text("id")


@dataclass
class Declarations:
    """Entries by the folder of their kind, and the settings."""

    folder: Path
    settings: Entry | None = None
    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    unread: set[str] = field(default_factory=set)
    """The kinds of which some file could not be read, so that nobody knows what else it declares."""

    def ids(self, kind: str) -> list[str]:
        """The ids written under a kind, faulty declarations included."""
        return [entry.id for entry in self.entries[kind] if entry.id is not None]

    def nodes(self, kind: str) -> list[Node]:
        """The trees of a kind, faulty declarations included."""
        return [entry.node for entry in self.entries[kind]]

    @cached_property
    def codes(self) -> Mapping[str, list[str]]:
        """The category ids written in each list, faulty ones included."""
        return {
            entry.id: [code for each in entry.node.at("categories").items if (code := each.text("id"))]
            for entry in self.entries["categories"]
            if entry.id is not None
        }

    @property
    def attributes(self) -> list[str]:
        """The attributes that some source declares."""
        return sorted({name for node in self.nodes("sources") for name in node.inside("attributes").keys})

    def sound(self, kind: str, model: type[Each]) -> list[tuple[Each, Node]]:
        """The declarations of a kind that are right in themselves, with their trees."""
        return [
            (entry.declared, entry.node) for entry in self.entries[kind] if isinstance(entry.declared, model)
        ]

    @property
    def sources(self) -> list[tuple[Source, Node]]:
        return self.sound("sources", Source)

    @property
    def category_lists(self) -> list[tuple[CategoryList, Node]]:
        return self.sound("categories", CategoryList)

    @property
    def schemes(self) -> list[tuple[Scheme, Node]]:
        return self.sound("schemes", Scheme)

    @property
    def measures(self) -> list[tuple[Measure, Node]]:
        return self.sound("measures", Measure)

    @property
    def geographies(self) -> list[tuple[Geography, Node]]:
        return self.sound("geographies", Geography)

    @property
    def operations(self) -> list[tuple[Operation, Node]]:
        return self.sound("operations", Operation)

    @property
    def entities(self) -> list[tuple[EntityKind, Node]]:
        return self.sound("entities", EntityKind)

    @property
    def pages(self) -> list[tuple[Page, Node]]:
        return self.sound("pages", Page)

    @property
    def roles(self) -> list[tuple[Role, Node]]:
        return self.sound("roles", Role)

    @property
    def all_sound(self) -> bool:
        """Whether every declaration is right in itself, whatever it refers to."""
        every = [self.settings, *(entry for entries in self.entries.values() for entry in entries)]
        return not self.unread and all(entry is not None and entry.declared is not None for entry in every)

    def domain(self) -> Domain:
        """The domain; only when all declarations are sound."""
        assert self.settings is not None
        plain: dict[str, Any] = {
            "sources": self.sources,
            "category_lists": self.category_lists,
            "schemes": self.schemes,
            "measures": self.measures,
            "geographies": self.geographies,
            "operations": self.operations,
            "entities": self.entities,
            "roles": self.roles,
            "pages": self.pages,
        }
        held = {name: tuple(declared for declared, _ in pairs) for name, pairs in plain.items()}
        return Domain(settings=cast(Settings, self.settings.declared), **held)
