"""JSON Schemas of the configuration files, so that editors complete keys and show what they mean."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from harmscape.config.kinds import KINDS, SETTINGS_KEY
from harmscape.config.words import WORDS
from harmscape.model.domain import Settings

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """One schema for each kind of file, by its top-level key.

    Text may be written as anything YAML reads from it, since codes such as 007 need no quotes here.

    >>> sorted(schemas())[:5]
    ['categories', 'entity', 'geography', 'measure', 'operation']
    """
    found = {SETTINGS_KEY: _file_schema(Settings, SETTINGS_KEY, None)}
    for kind in KINDS.values():
        found[kind.one] = _file_schema(kind.model, kind.one, kind.several)
    return found


def _file_schema(model: type[BaseModel], one: str, several: str | None) -> dict[str, Any]:
    whole = model.model_json_schema(by_alias=True)
    parts: dict[str, Any] = whole.pop("$defs", {})
    parts[model.__name__] = whole
    for name, part in parts.items():
        _describe(name, part)
    reference = {"$ref": f"#/$defs/{model.__name__}"}
    properties: dict[str, Any] = {one: reference}
    if several:
        properties[several] = {"type": "array", "items": reference}
    return {
        "$schema": _DRAFT,
        "title": f"harmscape {one}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "$defs": {name: _loosened(part) for name, part in parts.items()},
    }


def _describe(name: str, part: dict[str, Any]) -> None:
    """Put our words for each key into a schema, and leave out what nobody writes."""
    properties = part.get("properties", {})
    for key, words in WORDS.get(name, {}).items():
        properties.setdefault(key, {})["description"] = words
    for key in [key for key in properties if key not in WORDS.get(name, {})]:
        del properties[key]
    if name == "Scheme":
        properties["table"] |= {"type": "string", "pattern": r"^[^/\\]+\.csv$"}
        part["required"] = [key for key in part["required"] if key != "weights"]
        part["oneOf"] = [{"required": ["weights"]}, {"required": ["table"]}]


def _loosened(part: Any) -> Any:
    """The same schema with text written as a number or a truth value allowed, and without titles."""
    if isinstance(part, list):
        return [_loosened(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {
        key: _loosened(value) for key, value in part.items() if key != "title" or isinstance(value, dict)
    }
    if plain.get("type") == "string" and not {"enum", "const", "format"} & plain.keys():
        plain["type"] = ["string", "number", "boolean"]
    return plain
