"""What is of that name? Areas of every geography, entities, themes, measures, types and operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.model.entity import CATEGORY
from harmscape.model.errors import SelectionError
from harmscape.model.geography import Geography
from harmscape.model.selection import parse_selection
from harmscape.views.context import AreaBook, Context
from harmscape.views.drilldown import MOST_SEARCHED
from harmscape.views.extents import last_complete_day, read_extents
from harmscape.views.named_entities import kinds_known, named_entities
from harmscape.views.result import Result
from harmscape.views.words import mid_sentence

FEWEST_SEARCHED = 2
MOST_FOUND = 12

MATCHES = ("code", "name", "start", "word", "inside")
"""How a name meets a search, nearest first: its code or its name is the search, it starts with it, one of its
words or its code does, or it holds it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of the name. kind: area, entity, theme, measure, category or operation.

    of: the geography of an area, or the kind of an entity; title says it in words. within: the name of the
    area above. measure: one under which the profile of an entity opens, where it needs one.
    """

    kind: str
    of: str
    id: str
    name: str
    title: str
    match: str
    within: str | None = None
    measure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finds(Result):
    """The nearest of that name; `of` counts all."""

    ROWS: ClassVar[str] = "found"

    found: tuple[Found, ...]
    of: int
    sentence: str
    selection: Mapping[str, str]


def find(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    search: str = "",
    as_registered: int | None = None,
) -> Finds:
    """What has a name or a code like `search`, nearest first, case ignored, at most 12.

    An entity is found only where the reader may count a row that names it, and by its name only where they
    may open one that tells it; a person, or a few who can be told, by the whole code alone. A name does not
    follow the window. as_registered: the state of the register of operations.
    Raises SelectionError for a search of fewer than 2 characters or of more than 100.
    """
    low = " ".join(search.lower().split())
    if not FEWEST_SEARCHED <= len(low) <= MOST_SEARCHED:
        raise SelectionError(
            f"a search by name takes {FEWEST_SEARCHED} to {MOST_SEARCHED} characters,"
            f" and this has {len(low):,}"
        )
    named = [
        *_areas(low, context),
        *_entities(cursor, low, context),
        *_declared(low, context),
        *_operations(low, context, as_registered),
    ]
    # The sort is stable: what meets the search alike stays in the order of kinds above.
    named.sort(key=lambda each: MATCHES.index(each.match))
    last_day = last_complete_day(tuple(read_extents(cursor, context)))
    return Finds(
        found=tuple(named[:MOST_FOUND]),
        of=len(named),
        sentence=_sentence(cursor, context, len(named)),
        selection=parse_selection(words, context.domain, last_day=last_day).words(),
    )


def match_of(low: str, name: str, code: str = "") -> str | None:
    """How a name and its code meet a search in small letters; None where they do not.

    >>> [match_of("lode", name) for name in ("Lode", "Lodestar", "OCG 7/Lodestar", "Explode", "Lime")]
    ['name', 'start', 'word', 'inside', None]
    >>> match_of("ocg-7", "Lodestar", "OCG-7"), match_of("ocg", "Lodestar", "OCG-7")
    ('code', 'word')
    """
    called, coded = name.lower(), code.lower()
    if coded == low:
        return "code"
    if called == low:
        return "name"
    if called.startswith(low):
        return "start"
    if coded.startswith(low) or (low in called and re.search(rf"\b{re.escape(low)}", called)):
        return "word"
    return "inside" if low in called else None


def _areas(low: str, context: Context) -> Iterator[Found]:
    """The largest areas first: there are fewest of them."""
    books = [book for name, book in context.books.items() if "@" not in name]
    for book in sorted(books, key=lambda each: len(each.codes)):
        kind = book.geography
        parent = context.books.get(kind.parent or "") if isinstance(kind, Geography) else None
        hits = []
        for index, (code, name) in enumerate(zip(book.codes, book.names, strict=True)):
            match = match_of(low, name, code)
            if match:
                within = _above(book.parents[index], parent)
                hits.append(Found("area", kind.id, code, name, kind.title, match, within))
        yield from _by_name(hits)


def _above(code: str | None, parent: AreaBook | None) -> str | None:
    number = parent.numbers.get(code) if parent and code else None
    return parent.names[number - 1] if parent and number else code


def _entities(cursor: Engine, low: str, context: Context) -> Iterator[Found]:
    for kind in kinds_known(cursor, context):
        hits = []
        for each in named_entities(cursor, context, kind, low):
            match = match_of(low, each.code if kind.personal else each.name, each.code)
            if match:
                hits.append(
                    Found("entity", kind.id, each.code, each.name, kind.title, match, measure=each.measure)
                )
        yield from _by_name(hits)


def _declared(low: str, context: Context) -> Iterator[Found]:
    """Themes, measures, and the types of events, in the order of their declarations."""
    domain = context.domain
    themes = dict.fromkeys(each.theme for each in domain.measures if each.theme)
    titled = [
        *(("theme", "Theme", theme, theme[:1].upper() + theme[1:]) for theme in themes),
        *(("measure", "Measure", each.id, each.title) for each in domain.measures),
        *(("category", CATEGORY.title, name, each.title) for name, each in domain.categories.items()),
    ]
    for kind, title, name, called in titled:
        match = match_of(low, called, name)
        if match:
            yield Found(kind, "", name, called, title, match)


def _operations(low: str, context: Context, as_registered: int | None) -> Iterator[Found]:
    for each in context.operations(as_registered):
        match = match_of(low, each.operation.title, each.operation.id)
        if match:
            yield Found("operation", "", each.operation.id, each.operation.title, "Operation", match)


def _by_name(hits: Iterable[Found]) -> list[Found]:
    return sorted(hits, key=lambda each: (each.name.lower(), each.id))


def _sentence(cursor: Engine, context: Context, found: int) -> str:
    """How many there are; where none, what was looked among."""
    if found:
        return f"{found:,} found" + (f", the nearest {MOST_FOUND} shown." if found > MOST_FOUND else ".")
    kinds = kinds_known(cursor, context)
    named = [mid_sentence(kind.title) for kind in kinds if not kind.personal]
    among = ["area", *named, "theme", "measure", mid_sentence(CATEGORY.title), "operation"]
    said = f"No {', '.join(among[:-1])} or {among[-1]} of that name."
    coded = ", ".join(mid_sentence(kind.many) for kind in kinds if kind.personal)
    return f"{said} {coded[0].upper()}{coded[1:]} are found by their whole code alone." if coded else said
