"""What a source says must hold: its lists, its areas, its patterns, the names of its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harmscape.config.declarations import Declarations
from harmscape.config.plain_words import quoted
from harmscape.config.unknown import unknown
from harmscape.config.yaml_tree import Node
from harmscape.model.errors import Problem, nearest
from harmscape.model.selection import OF_EVENTS
from harmscape.model.source import Source

_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,40}")


def check_sources(declared: Declarations) -> Iterator[Problem]:
    """Every fault of the sources, each at its line."""
    for node in declared.nodes("sources"):
        yield from _category(node.inside("category"), declared)
        yield from _attributes(node.inside("attributes"), declared)
        label = node.inside("label").inside("geography")
        known = declared.ids("geographies")
        if isinstance(label.value, str) and label.value not in known and "geographies" not in declared.unread:
            yield label.place.problem(f"no geography {quoted(label.value)}{nearest(label.value, known)}")
        for link in node.inside("links").items:
            yield from unknown(link.inside("kind"), "entities", declared)
        yield from _about(node.inside("about"), declared)
    for source, node in declared.sources:
        yield from _file_name(source, node)
        yield from _encoding(source, node)


def _category(node: Node, declared: Declarations) -> Iterator[Problem]:
    name, value = node.text("list"), node.text("value")
    if name is None or "categories" in declared.unread:
        return
    codes = declared.codes.get(name)
    if codes is None:
        hint = nearest(name, declared.codes)
        yield node.inside("list").place.problem(f"no list of categories {quoted(name)}{hint}")
    elif value is not None and value not in codes:
        message = f"no category {quoted(value)} in the list {name!r}{nearest(value, codes)}"
        yield node.inside("value").place.problem(message)


def _about(node: Node, declared: Declarations) -> Iterator[Problem]:
    """What a row tells of has one column as its key, so that a row can name it."""
    yield from unknown(node.inside("source"), "sources", declared)
    for source, _ in declared.sources:
        if source.id == node.text("source") and len(source.key) != 1:
            message = f"source {source.id!r} has no key of one column by which its events could be found"
            yield node.inside("source").place.problem(message)


def _attributes(node: Node, declared: Declarations) -> Iterator[Problem]:
    taken = {*OF_EVENTS, *declared.ids("geographies"), *declared.ids("entities")}
    for name, place in node.keys.items():
        if not _ATTRIBUTE.fullmatch(name):
            message = f"an attribute's name takes lower-case letters, digits and _; got {quoted(name)}"
            yield place.problem(message)
        elif name in taken:
            yield place.problem(f"{name!r} is already a word of --where; choose another name")


def _file_name(source: Source, node: Node) -> Iterator[Problem]:
    if source.as_of is None:
        return
    place = node.at("as_of").place
    try:
        groups = re.compile(source.as_of).groups
    except re.error as fault:
        yield place.problem(f"not a regular expression: {fault}")
        return
    if groups != 1:
        message = (
            f"needs one group in brackets around the date, has {groups}; for example (\\d{{4}}-\\d{{2}})"
        )
        yield place.problem(message)


def _encoding(source: Source, node: Node) -> Iterator[Problem]:
    try:
        "x".encode(source.encoding)
    except (LookupError, UnicodeError):
        message = f"no encoding {quoted(source.encoding)}; write utf-8 or cp1252, for example"
        yield node.at("encoding").place.problem(message)
