"""The reference of every key of the configuration, written from the declarations themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from harmscape.config.kinds import KINDS, SETTINGS_FILE, SETTINGS_KEY
from harmscape.config.shape import bare, keys_of
from harmscape.config.words import WORDS
from harmscape.model.domain import Settings

_HEAD = """\
# Configuration, key by key

Written by `harmscape.config.reference`; change the declarations or `config/words.py`, not this file.

A workspace is a folder: `harmscape.yml` and the folders below, each with any number of `*.yml`
files. A file holds one declaration under a key of its kind (`measure:`) or several in a list under
the plural (`measures:`). Paths are relative to the workspace. Values are read as written: codes
such as `5D`, `1E3` or `007` and figures such as `7978.7931` need no quotes. Aliases, tags and
repeated keys are errors, and so is every key that is not listed here. `harmscape check` tells all
faults at once, each with file, line and column.

A scheme may keep its weights in a CSV beside its file (`table: weights.csv`); its columns are named
like the keys of a weight, without `when`.
"""
_PLAIN_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_TYPES = {**_PLAIN_TYPES, Decimal: "number, up to 4 decimals", date: "day (2026-10-31)"}


def reference() -> str:
    """The reference as Markdown: one table for each declaration, in the order of the files."""
    lines = [_HEAD]
    done: set[type[BaseModel]] = set()
    lines.extend(_tables(Settings, f"`{SETTINGS_KEY}` in {SETTINGS_FILE}", done))
    for folder, kind in KINDS.items():
        lines.extend(_tables(kind.model, f"`{kind.one}` in {folder}/", done))
    return "\n".join(lines).rstrip() + "\n"


def _tables(model: type[BaseModel], heading: str, done: set[type[BaseModel]]) -> Iterator[str]:
    """The table of a declaration, then those of the declarations inside it that are not told yet."""
    done.add(model)
    words = WORDS[model.__name__]
    yield f"## {heading}\n\n| key | value | when left out | meaning |\n| --- | --- | --- | --- |"
    inside: dict[str, type[BaseModel]] = {}
    for key, kind in keys_of(model).items():
        yield f"| `{key}` | {_type_words(kind)} | {_default_words(model, key)} | {words[key]} |"
        below = _model_in(kind)
        if below is not None and below not in done:
            inside[key] = below
        if key == "weights":
            yield f"| `table` | text | | {words['table']} |"
    yield ""
    for key, below in inside.items():
        if below not in done:
            name = heading.split("`")[1]
            yield from _tables(below, f"`{name}.{key}`", done)


def _model_in(kind: Any) -> type[BaseModel] | None:
    wanted, _ = bare(kind)
    if get_origin(wanted) in (tuple, dict):
        return _model_in(get_args(wanted)[0 if get_origin(wanted) is tuple else 1])
    return wanted if isinstance(wanted, type) and issubclass(wanted, BaseModel) else None


def _type_words(kind: Any) -> str:
    wanted, _ = bare(kind)
    if get_origin(wanted) is tuple:
        return f"list of {_type_words(get_args(wanted)[0])}"
    if get_origin(wanted) is dict:
        return f"names, each with {_type_words(get_args(wanted)[1])}"
    if get_origin(wanted) is Literal:
        return " or ".join(f"`{each}`" for each in get_args(wanted))
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return "keys, see below"
    return _TYPES[wanted]


def _default_words(model: type[BaseModel], key: str) -> str:
    info = next(info for name, info in model.model_fields.items() if key in (info.alias, name))
    if info.is_required():
        return "must be given"
    value = info.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined or value in ((), {}):
        return "none"
    if isinstance(value, BaseModel):
        return "as told below"
    if isinstance(value, tuple):
        return f"`[{', '.join(str(each) for each in value)}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    print(reference(), end="")
