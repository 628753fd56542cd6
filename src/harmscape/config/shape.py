"""Turns a tree of YAML into a declaration, with every fault told at its place and in plain words."""

from __future__ import annotations

import re
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harmscape.config.plain_words import in_plain_words, quoted
from harmscape.config.words import WORDS
from harmscape.config.yaml_tree import Node, Place
from harmscape.model.errors import MisplacedError, Problem, nearest

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def declare(model: type[Model], node: Node, problems: list[Problem]) -> Model | None:
    """The declaration that a node holds; None after adding to `problems` all that is wrong with it."""
    reading = _Reading()
    data = reading.plain(node, model, ())
    faults: list[tuple[Path, Problem]] = []
    declared = None
    try:
        declared = model.model_validate(data)
    except ValidationError as fault:
        for error in fault.errors():
            faults.extend(_told(error, model, node))
    # What the reading has told of a value stands; what pydantic thinks of the same value is an echo.
    echoes = set(reading.told)
    fresh = [problem for path, problem in faults if not any(path[: len(each)] == each for each in echoes)]
    found = [*reading.told.values(), *reading.unknown, *fresh]
    problems.extend(sorted(found, key=lambda each: (each.file, each.line, each.column)))
    return None if found else declared


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys people write for a declaration, each with its type, in the order they are documented."""
    return {
        info.alias or name: info.annotation
        for name, info in model.model_fields.items()
        if info.exclude is not True
    }


class _Reading:
    """Walks a tree beside the types it should have; gathers what does not fit."""

    def __init__(self) -> None:
        self.told: dict[Path, Problem] = {}
        self.unknown: list[Problem] = []

    def plain(self, node: Node, kind: Any, path: Path) -> Any:
        """The node as plain data for a type; scalars stay text."""
        wanted, may_lack = bare(kind)
        if node.value is None:
            if not may_lack:
                self._tell(path, node.place, f"{_name(path)} has no value")
            return None
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self._model(node, wanted, path)
        if get_origin(wanted) is tuple:
            return self._list(node, get_args(wanted)[0], path)
        if get_origin(wanted) is dict:
            return self._mapping(node, get_args(wanted)[1], path)
        return self._scalar(node, wanted, path)

    def _model(self, node: Node, model: type[BaseModel], path: Path) -> Any:
        if not isinstance(node.value, dict):
            names = ", ".join(list(keys_of(model))[:4])
            return self._tell(path, node.place, f"{_name(path)} takes keys with values ({names}, ...)")
        known = keys_of(model)
        data: dict[str, Any] = {}
        for key, child in node.value.items():
            if key in known:
                data[key] = self.plain(child, known[key], (*path, key))
            else:
                self.unknown.append(node.keys[key].problem(f"unknown key {quoted(key)}{nearest(key, known)}"))
        if {"file", "line"} <= model.model_fields.keys() - known.keys():
            data |= {"file": node.place.file, "line": node.place.line}
        return data

    def _list(self, node: Node, kind: Any, path: Path) -> Any:
        if not isinstance(node.value, list):
            example = f"[{node.value}]" if isinstance(node.value, str) and len(node.value) < 60 else "[...]"
            return self._tell(path, node.place, f"{_name(path)} takes a list: write {example}")
        return [self.plain(child, kind, (*path, at)) for at, child in enumerate(node.value)]

    def _mapping(self, node: Node, kind: Any, path: Path) -> Any:
        if not isinstance(node.value, dict):
            return self._tell(path, node.place, f"{_name(path)} takes names with values")
        return {key: self.plain(child, kind, (*path, key)) for key, child in node.value.items()}

    def _scalar(self, node: Node, kind: Any, path: Path) -> Any:
        if not isinstance(node.value, str):
            found = "a list" if isinstance(node.value, list) else "a mapping"
            return self._tell(path, node.place, f"{_name(path)} takes one value, not {found}")
        if kind is date and not _DAY.match(node.value):
            return self._tell(path, node.place, f"{quoted(node.value)} is not a day; write it as 2026-10-31")
        return node.value

    def _tell(self, path: Path, place: Place, message: str) -> None:
        self.told[path] = place.problem(message)


def _name(path: Path) -> str:
    """How a message speaks of the value at a path."""
    if not path:
        return "this"
    if isinstance(path[-1], int):
        return f"an entry of {_name(path[:-1])}"
    return repr(path[-1])


def bare(kind: Any) -> tuple[Any, bool]:
    """A type without its annotations, and whether it may be left without a value.

    >>> bare(int | None)
    (<class 'int'>, True)
    """
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        inside = [each for each in get_args(kind) if each is not NoneType]
        return bare(inside[0])[0], len(inside) < len(get_args(kind))
    return kind, False


def _told(error: ErrorDetails, model: type[BaseModel], node: Node) -> list[tuple[Path, Problem]]:
    """One fault found by pydantic as problems, each with the path of keys it concerns."""
    path: Path = tuple(step for step in error["loc"] if step != "[key]")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, MisplacedError):
        return [((*path, *at), _at(node, (*path, *at)).problem(message)) for at, message in cause.faults]
    if error["type"] == "missing":
        key = str(path[-1])
        meaning = WORDS.get(_model_at(model, path[:-1]), {}).get(key)
        tail = f": {meaning}" if meaning else ""
        return [(path, node.at(*path[:-1]).place.problem(f"missing key {key!r}{tail}"))]
    if error["type"] == "too_short" and node.at(*path).items:
        return []  # an echo: there are entries, each told of where it is faulty
    place = _key(node, path) if error["loc"] and error["loc"][-1] == "[key]" else _at(node, path)
    return [(path, place.problem(in_plain_words(error, _name(path))))]


def _at(node: Node, path: Path) -> Place:
    return node.at(*path).place


def _key(node: Node, path: Path) -> Place:
    return node.at(*path[:-1]).keys.get(str(path[-1]), _at(node, path))


def _model_at(model: type[BaseModel], path: Path) -> str:
    """The name of the declaration at a path below another."""
    here: Any = model
    for step in path:
        here = bare(here)[0]
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = keys_of(here).get(str(step))
        elif get_origin(here) in (tuple, dict):
            here = get_args(here)[0 if get_origin(here) is tuple else 1]
    return getattr(bare(here)[0], "__name__", "")
