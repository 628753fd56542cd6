"""The domain: everything a workspace declares, checked together, with look-ups and digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from pydantic import Field

from harmscape.model.category import Category, CategoryList
from harmscape.model.declared import Declared, Names, Title, digest_of
from harmscape.model.entity import CATEGORY, EntityKind
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import Geography
from harmscape.model.measure import Measure
from harmscape.model.operation import Operation
from harmscape.model.recording import RecordingChange
from harmscape.model.role import Role
from harmscape.model.scheme import Scheme
from harmscape.model.source import Source


class Defaults(Declared):
    """What a question means where it does not say."""

    by: str
    measure: str
    window: str = "12m"
    k: int = Field(default=5, ge=1, le=1000)


class Rare(Declared):
    """When a category counts as rare and huge, so that it can be set apart: fewer than `events_per_area`
    events an area in the window, each worth at least `times_mean` times the mean event."""

    events_per_area: float = Field(default=1.0, gt=0)
    times_mean: float = Field(default=20.0, gt=0)


class Settings(Declared):
    """The workspace itself: its name, clock, marking, the folders its files come from, its defaults."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    timezone: str = "Europe/London"
    marking: str = "OFFICIAL"
    data: Names = ("data",)
    defaults: Defaults
    rare: Rare = Rare()
    recording_changes: tuple[RecordingChange, ...] = ()
    not_in_the_score: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    basemap: str | None = None


class Page(Declared):
    """A named question: a view and the words of its selection."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    view: str = "sector_overview"
    selection: dict[str, str] = Field(default_factory=dict)


Each = TypeVar("Each", EntityKind, Source, CategoryList, Scheme, Measure, Geography, Operation, Role, Page)


class Domain(Declared):
    """All declarations of one workspace."""

    settings: Settings
    sources: tuple[Source, ...] = ()
    category_lists: tuple[CategoryList, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    measures: tuple[Measure, ...] = ()
    geographies: tuple[Geography, ...] = ()
    operations: tuple[Operation, ...] = ()
    entities: tuple[EntityKind, ...] = ()
    roles: tuple[Role, ...] = ()
    pages: tuple[Page, ...] = ()

    def source(self, wanted: str) -> Source:
        return named(self.sources, wanted, "source")

    def category_list(self, wanted: str) -> CategoryList:
        return named(self.category_lists, wanted, "list of categories")

    def scheme(self, wanted: str) -> Scheme:
        return named(self.schemes, wanted, "scheme")

    def measure(self, wanted: str) -> Measure:
        return named(self.measures, wanted, "measure")

    def geography(self, wanted: str) -> Geography:
        """By id, or by another word for it such as the code field's name in lower case.

        An edition may follow: `ward@2021`.
        """
        low = wanted.partition("@")[0].strip().casefold()
        for geography in self.geographies:
            if low == geography.id or low in (word.casefold() for word in geography.also):
                return geography
        return named(self.geographies, low, "geography")

    def subject(self, wanted: str) -> Geography | EntityKind:
        """What a question rolls up to, by id or other word: a geography, a kind of entity, the categories."""
        low = wanted.strip().casefold()
        for kind in (*self.entities, CATEGORY):
            if low == kind.id or low in (word.casefold() for word in kind.also):
                return kind
        words = [*(each.id for each in self.geographies), *(each.id for each in self.entities), CATEGORY.id]
        try:
            return self.geography(wanted)
        except SelectionError:
            raise SelectionError(f"nothing to rank is called {wanted[:60]!r}{nearest(low, words)}") from None

    def entity(self, wanted: str) -> EntityKind:
        return named(self.entities, wanted, "kind of entity")

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """The top of each category's tree, by which parts are told."""
        return {
            each.id: list(one.line(each.id))[-1] for one in self.category_lists for each in one.categories
        }

    @cached_property
    def categories(self) -> Mapping[str, Category]:
        """Every category of every list by its id, which is unique in a workspace."""
        return {each.id: each for one in self.category_lists for each in one.categories}

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The declared attributes of all sources, in order."""
        return tuple(sorted({name for source in self.sources for name in source.attributes}))

    @cached_property
    def below(self) -> Mapping[str, frozenset[str]]:
        """For each category, itself and all below it in its tree."""
        held: dict[str, set[str]] = {each: {each} for each in self.categories}
        for one in self.category_lists:
            for category in one.categories:
                for ancestor in one.line(category.id):
                    held[ancestor].add(category.id)
        return {name: frozenset(each) for name, each in held.items()}

    def categories_of(self, measure: Measure) -> frozenset[str]:
        """The categories whose events a measure counts; of a sum, those of its parts."""
        if measure.measures:
            return frozenset().union(*(self.categories_of(self.measure(name)) for name in measure.measures))
        whole = {each.id for name in measure.lists for each in self.category_list(name).categories}
        return frozenset(whole.union(*(self.below[name] for name in measure.categories)))

    @cached_property
    def digest(self) -> str:
        """A digest of everything declared: part of every receipt."""
        return digest_of(self)


def named(declared: Iterable[Each], wanted: str, kind: str) -> Each:
    """The declaration with an id; an unknown one is an error that names the likeliest."""
    known = {each.id: each for each in declared}
    if wanted not in known:
        raise SelectionError(f"no {kind} {wanted[:60]!r}{nearest(wanted[:60], known)}")
    return known[wanted]
