"""What every declaration shares: frozen, complete, and digested by content."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""An identifier written by people: lower case, digits and underscores, starting with a letter."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Declared(BaseModel):
    """A frozen declaration. Unknown keys are errors; change makes a new object."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


def digest_of(value: object) -> str:
    """A short digest of plain data: equal content gives an equal digest, whatever the order of keys.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]


def canonical_json(value: object) -> str:
    """Plain data as one line of JSON with sorted keys; what is not JSON is written as its text."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [each if type(each) in _AS_IS else _plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): each if type(each) in _AS_IS else _plain(each) for key, each in value.items()}
    return value


_AS_IS = frozenset({str, int, float, bool, type(None)})


def _distinct(names: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = {str(name) for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"named twice: {', '.join(sorted(twice))}")
    return names


Names = Annotated[tuple[str, ...], AfterValidator(_distinct)]
"""A list of names without repeats."""
