"""Operations as people give them, over a form, a command or a file: checked, each fault in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from harmscape.model.declared import Declared
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.operation import Act, Operation
from harmscape.workspace.state import checked_text

Model = TypeVar("Model", bound=Declared)

CHANGEABLE = ("title", "phases", "partners", "aim", "cost")
GIVEN = (
    "id",
    "title",
    "by",
    "areas",
    "within",
    "phases",
    "partners",
    "aim",
    "cost",
    "measures",
    "randomised",
)
_STAYS = ("id", "by", "areas", "within", "randomised")


def operation_of(given: Mapping[str, Any]) -> Operation:
    """An operation from the keys of its YAML, without its measures. Raises SelectionError."""
    for key in given:
        if key not in GIVEN:
            raise SelectionError(f"an operation has no {str(key)[:40]!r}{nearest(str(key)[:40], GIVEN)}")
    plain = {key: value for key, value in given.items() if key != "measures" and value not in (None, "", [])}
    return _read(Operation, _checked(plain), "operation")


def changed_fields(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a change sets, as plain data, checked against the rest of the operation."""
    for key in given:
        if key not in (*CHANGEABLE, "measures", "reason"):
            stays = " (where it was done stays as it was)" if key in _STAYS else ""
            hint = nearest(str(key)[:40], (*CHANGEABLE, "measures"))
            raise SelectionError(f"an operation's {str(key)[:40]!r} cannot be changed{stays}{hint}")
    sets = _checked({key: given[key] for key in CHANGEABLE if key in given})
    now = operation.model_dump(mode="json", by_alias=True)
    read = _read(Operation, now | sets, "operation").model_dump(mode="json", by_alias=True)
    return {key: read[key] for key in sets}


def act_of(given: Mapping[str, Any]) -> Act:
    """One dated act."""
    known = ("day", "kind", "text")
    for key in given:
        if key not in known:
            raise SelectionError(f"an act has no {str(key)[:40]!r}{nearest(str(key)[:40], known)}")
    return _read(
        Act, _checked({key: value for key, value in given.items() if value not in (None, "")}), "act"
    )


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with its texts trimmed, and refused where they are not plain."""
    texts: dict[str, Any] = {
        key: checked_text(value, key)
        for key, value in given.items()
        if key in ("title", "aim", "kind", "text")
    }
    if "partners" in given:
        partners = given["partners"]
        if not isinstance(partners, (list, tuple)):
            raise SelectionError("partners must be a list of names")
        texts["partners"] = [checked_text(each, "partner", most=120) for each in partners]
    return {**given, **texts}


def _read(model: type[Model], data: Mapping[str, Any], what: str) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = " ".join(str(each) for each in first["loc"]) or what
        cause = first.get("ctx", {}).get("error")
        if first["type"] == "missing":
            raise SelectionError(f"the {what} has no {where}") from None
        if first["type"].endswith("_type") and first["type"].startswith(("tuple", "model")):
            raise SelectionError(f"{where} of the {what} must be a list, each entry with its keys") from None
        if cause is not None:
            raise SelectionError(str(cause)) from None
        raise SelectionError(f"{where} of the {what}: {first['msg'][:1].lower()}{first['msg'][1:]}") from None
