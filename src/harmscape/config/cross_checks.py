"""What one declaration says of another must hold: every reference names something that is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harmscape.config.declarations import Declarations
from harmscape.config.kinds import KINDS
from harmscape.config.measure_checks import check_measures
from harmscape.config.operation_checks import check_operations
from harmscape.config.plain_words import quoted
from harmscape.config.recording_checks import check_recording_changes
from harmscape.config.source_checks import check_sources
from harmscape.config.unknown import unknown, unknown_attribute, unknown_attributes, unknown_word
from harmscape.config.yaml_tree import Node, Place
from harmscape.model.errors import Problem, SelectionError
from harmscape.model.period import window_before
from harmscape.model.selection import OF_EVENTS, parse_selection

_SOME_DAY = date(2000, 1, 31)
"""Pages are read as if the data ended here: only their words are checked."""


def cross_check(declared: Declarations) -> list[Problem]:
    """Every fault between declarations, each at the line that makes the reference."""
    return [
        *_repeats(declared),
        *_settings(declared),
        *check_sources(declared),
        *check_recording_changes(declared),
        *_schemes(declared),
        *check_measures(declared),
        *_geographies(declared),
        *check_operations(declared),
        *_entities(declared),
        *_pages(declared),
    ]


def _repeats(declared: Declarations) -> Iterator[Problem]:
    for kind, entries in declared.entries.items():
        nodes = (entry.node.at("id") for entry in entries if entry.id is not None)
        yield from _twice(nodes, KINDS[kind].word)
    # Twice in one list is told by the list itself.
    codes = (
        node
        for entry in declared.entries["categories"]
        for node in {
            each.text("id"): each.inside("id") for each in entry.node.inside("categories").items
        }.values()
        if node.value is not None
    )
    yield from _twice(codes, "category")


def _twice(nodes: Iterable[Node], kind: str) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for node in nodes:
        place = first.setdefault(str(node.value), node.place)
        if place is not node.place:
            where = f"{place.file}:{place.line}:{place.column}"
            yield node.place.problem(
                f"{kind} {quoted(node.value)} is declared twice; the first stands in {where}"
            )


def _settings(declared: Declarations) -> Iterator[Problem]:
    if declared.settings is None:
        return
    node = declared.settings.node
    defaults = node.inside("defaults")
    words = [str(each.value) for one in declared.nodes("geographies") for each in one.inside("also").items]
    subjects = (*words, *declared.ids("entities"), "category")
    yield from unknown(defaults.inside("by"), "geographies", declared, *subjects)
    yield from unknown(defaults.inside("measure"), "measures", declared)
    try:
        window_before(_SOME_DAY, defaults.text("window") or "12m")
    except SelectionError as fault:
        yield defaults.inside("window").place.problem(str(fault))
    zone = node.text("timezone") or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no time zone {quoted(zone)}; write one such as Europe/London or UTC"
        yield node.inside("timezone").place.problem(message)


def _schemes(declared: Declarations) -> Iterator[Problem]:
    for node in declared.nodes("schemes"):
        named = node.inside("categories").items
        for each in named:
            yield from unknown(each, "categories", declared)
        if "categories" not in declared.unread and all(each.value in declared.codes for each in named):
            known = {code for each in named for code in declared.codes[str(each.value)]}
            for written in node.inside("weights").items:
                yield from _weight(written, known, declared)
    for scheme, node in declared.schemes:
        for at, weight in enumerate(scheme.weights):
            if scheme.status_of(weight) == "local" and not (weight.reason or scheme.reason):
                message = f"the local weight of {weight.category!r} has no reason: say why it is what it is"
                yield node.at("weights", at).place.problem(message)


def _weight(weight: Node, known: set[str], declared: Declarations) -> Iterator[Problem]:
    category = weight.text("category")
    elsewhere = [name for name, codes in declared.codes.items() if category in codes]
    if category not in known and elsewhere:
        named = f"the list {elsewhere[0]!r}, which this scheme does not name"
        message = f"category {quoted(category)} belongs to {named}"
        yield weight.inside("category").place.problem(message)
    else:
        yield from unknown_word(weight.inside("category"), "category", known)
    yield from unknown_attributes(weight.inside("when"), declared)


def _entities(declared: Declarations) -> Iterator[Problem]:
    for node in declared.nodes("entities"):
        members = node.inside("members")
        yield from unknown(members.inside("kind"), "entities", declared)
        for each in (members.inside("role_told_by"), node.inside("child").inside("attribute")):
            yield from unknown_attribute(each, declared)


def _geographies(declared: Declarations) -> Iterator[Problem]:
    words: dict[str, str] = {name: name for name in declared.ids("geographies")}
    parents = {
        name: node.text("parent") for node in declared.nodes("geographies") if (name := node.text("id"))
    }
    for node in declared.nodes("geographies"):
        name = node.text("id") or ""
        if name in (*OF_EVENTS, *declared.ids("entities")):
            yield node.inside("id").place.problem(f"{name!r} is a word of --where; choose another id")
        yield from unknown(node.inside("parent"), "geographies", declared)
        if name in _above(name, parents):
            yield node.inside("parent").place.problem(f"geography {quoted(name)} is its own ancestor")
        for each in node.inside("also").items:
            other = words.setdefault(str(each.value).casefold(), name)
            if other != name:
                yield each.place.problem(f"{quoted(each.value)} already means {other!r}")
        editions = node.inside("editions").items
        for at, edition in enumerate(editions):
            day = edition.text("from")
            if day in [each.text("from") for each in editions[:at]]:
                message = f"two editions begin on {day or 'no day'}: give each its own 'from'"
                yield edition.place.problem(message)


def _above(name: str, parents: Mapping[str, str | None]) -> list[str]:
    """The geographies above one, up to the root or once round a circle."""
    found: list[str] = []
    here = parents.get(name)
    while here is not None and here not in found:
        found.append(here)
        here = parents.get(here)
    return found


def _pages(declared: Declarations) -> Iterator[Problem]:
    # The words of a page are read against the whole domain, so that a fault elsewhere is told only once.
    if not declared.all_sound or any(_settings(declared)):
        return
    domain = declared.domain()
    for page, node in declared.pages:
        try:
            parse_selection(page.selection, domain, last_day=_SOME_DAY)
        except SelectionError as fault:
            selection = node.at("selection")
            yield _blamed(selection, str(fault)).problem(str(fault))


def _blamed(selection: Node, message: str) -> Place:
    """The key of a selection whose name or value the message quotes, or the whole selection."""
    for key, child in selection.mapping.items():
        if repr(key) in message:
            return selection.keys[key]
        if isinstance(child.value, str) and child.value and repr(child.value) in message:
            return child.place
    return selection.place
