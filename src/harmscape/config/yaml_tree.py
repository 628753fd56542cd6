"""Reads one YAML file into a small tree in which every value and key knows its file, line and column.

Only plain YAML is read: no aliases, no tags, one document, each key once. Scalars stay the text that was
written, so that a code such as 007 or 1E3 and a figure such as 7978.7931 lose nothing on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml

from harmscape.config.plain_words import quoted
from harmscape.model.errors import Problem

_DEEPEST = 20
_MOST_BYTES = 5_000_000
_NOTHING = {"", "~", "null", "Null", "NULL"}
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(NamedTuple):
    """Where something stands; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def problem(self, message: str, *, warning: bool = False) -> Problem:
        return Problem(self.file, self.line, self.column, message, warning)


@dataclass(slots=True)
class Node:
    """A text (None where nothing is written), a list or a mapping, with the places of its keys."""

    value: str | list[Node] | dict[str, Node] | None
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)

    @property
    def mapping(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        return self.value if isinstance(self.value, list) else []

    def text(self, key: str) -> str | None:
        """The text under a key, if there is one."""
        child = self.mapping.get(key)
        return child.value if child is not None and isinstance(child.value, str) else None

    def inside(self, key: str) -> Node:
        """The value under a key, or an empty one in its stead."""
        return self.mapping.get(key) or Node(None, self.place)

    def at(self, *path: str | int) -> Node:
        """The value at the end of a path of keys, or the last one on the way that exists."""
        here = self
        for step in path:
            inside = here.mapping.get(step) if isinstance(step, str) else None
            if isinstance(step, int) and step < len(here.items):
                inside = here.items[step]
            if inside is None:
                return here
            here = inside
        return here


class _Unreadable(Exception):  # noqa: N818  (it never leaves this file)
    """Carries the one problem after which the rest of a file means nothing."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_tree(path: Path, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of one file, or None, with everything that is wrong with it as YAML.

    path: the file; shown: its name as a reader of the messages knows it.
    """
    try:
        text = _text(path, shown)
        builder = _Builder(shown)
        root = builder.build(_events(text, shown))
    except _Unreadable as stop:
        return None, [stop.problem]
    return root, builder.problems


def _text(path: Path, shown: str) -> str:
    start = Place(shown, 1, 1)
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise _Unreadable(start.problem(f"cannot be read: {fault.strerror}")) from fault
    if len(raw) > _MOST_BYTES:
        raise _Unreadable(start.problem(f"is larger than {_MOST_BYTES:,} bytes; put long tables into a CSV"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise _Unreadable(Place(shown, line, 1).problem("not UTF-8 text; save the file as UTF-8")) from fault
    for number, line_text in enumerate(text.split("\n"), 1):
        indent = line_text[: len(line_text) - len(line_text.lstrip(" \t"))]
        if "\t" in indent and line_text.strip():
            column = indent.index("\t") + 1
            message = "a tab in the indentation; indent with spaces"
            raise _Unreadable(Place(shown, number, column).problem(message))
    return text


def _events(text: str, shown: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_FAST)
    except yaml.YAMLError as fault:
        raise _Unreadable(_syntax(_in_full(text, fault), shown)) from fault


def _in_full(text: str, fault: yaml.YAMLError) -> yaml.YAMLError:
    """The fault as the slower pure reader words it, which says more and says it on every machine alike."""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as fuller:
        return fuller
    return fault


_PLAIN = {
    "mapping values are not allowed here": "a colon where no key can stand; quote text that contains ': '",
    "could not find expected ':'": "a line that is neither 'key: value' nor an entry '- value'",
    "found unexpected end of stream": "a quote is opened and never closed",
    "expected <block end>": "the indentation does not fit the lines above",
    "expected ',' or ']'": "a list opened with [ is not closed, or lacks a comma",
    "expected ',' or '}'": "a mapping opened with { is not closed, or lacks a comma",
    "that cannot start any token": "text cannot begin with this character; put it in quotes",
    "expected the node content": "a value is missing here",
    "unknown escape character": "a backslash inside double quotes; use single quotes",
}


def _syntax(fault: yaml.YAMLError, shown: str) -> Problem:
    mark = getattr(fault, "problem_mark", None)
    place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown, 1, 1)
    said = str(getattr(fault, "problem", "") or "a character that text files do not hold")
    for pattern, words in _PLAIN.items():
        if pattern in said:
            return place.problem(words)
    return place.problem(f"not readable as YAML: {said}")


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being filled; `key` is the one that waits for its value."""

    node: Node
    key: str | None = None
    key_place: Place | None = None


class _Builder:
    """Puts a tree together from YAML events, and refuses what we do not read."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "a second document begins here; one file holds one declaration")
            elif isinstance(event, yaml.AliasEvent):
                self._stop(event, "aliases (*name) are not read; write the value out")
            elif isinstance(event, yaml.NodeEvent):
                self._take(event)
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                self.stack.pop()
        return self.root

    def _take(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._stop(event, "anchors (&name) are not read; write the value out where it is needed")
        if getattr(event, "tag", None) is not None:
            self._stop(event, "tags (!name) are not read; values are text, lists and mappings")
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            nothing = event.implicit[0] and event.value in _NOTHING
            self._put(Node(None if nothing else event.value, place), event)
            return
        if len(self.stack) >= _DEEPEST:
            self._stop(event, f"nested deeper than {_DEEPEST} levels")
        node = Node([] if isinstance(event, yaml.SequenceStartEvent) else {}, place)
        self._put(node, event)
        self.stack.append(_Open(node))

    def _put(self, node: Node, event: yaml.NodeEvent) -> None:
        if not self.stack:
            self.root = node
            return
        here = self.stack[-1]
        if isinstance(here.node.value, list):
            here.node.value.append(node)
        elif here.key_place is None:
            if not isinstance(node.value, str):
                self._stop(event, "a key must be a word")
            here.key, here.key_place = str(node.value), node.place
        else:
            self._set(here, node)

    def _set(self, here: _Open, node: Node) -> None:
        assert here.key is not None
        assert here.key_place is not None
        first = here.node.keys.get(here.key)
        if first is None:
            here.node.mapping[here.key] = node
            here.node.keys[here.key] = here.key_place
        else:
            where = f"line {first.line}, column {first.column}"
            message = f"key {quoted(here.key)} stands twice; the first is in {where}"
            self.problems.append(here.key_place.problem(message))
        here.key, here.key_place = None, None

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.shown, mark.line + 1, mark.column + 1) if mark else Place(self.shown, 1, 1)

    def _stop(self, event: yaml.Event, message: str) -> None:
        raise _Unreadable(self._place(event).problem(message))
