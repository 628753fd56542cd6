"""What pydantic finds wrong with a value, in words that say what would be right."""

from __future__ import annotations

import re

from pydantic_core import ErrorDetails

from harmscape.model.errors import nearest

_NUMBERS = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of ordinary size",
    "float_parsing": "a number",
    "float_type": "a number",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "finite_number": "a number",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
_FORMS = {
    "bool_parsing": "must be true or false, got {found}",
    "bool_type": "must be true or false, got {found}",
    "string_too_short": "must not be empty",
    "string_too_long": "takes at most {max_length} characters",
    "too_short": "needs at least one entry",
    "decimal_max_places": "takes at most {decimal_places} decimal places, got {found}",
    "decimal_max_digits": "is too large, got {found}",
    "decimal_whole_digits": "is too large, got {found}",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, beginning with a letter",
}


def in_plain_words(error: ErrorDetails, name: str) -> str:
    """One fault as a sentence.

    error: a fault as pydantic tells it; name: how to speak of the value, e.g. `'points'`.

    >>> in_plain_words({"type": "int_parsing", "loc": ("k",), "msg": "", "input": "five"}, "'k'")
    "'k' must be a whole number, got 'five'"
    """
    kind, found = error["type"], quoted(error.get("input"))
    context = error.get("ctx", {})
    words = f"{name} cannot be {found}"
    if kind in _NUMBERS:
        hint = "; write decimals with a point" if "," in found else ""
        words = f"{name} must be {_NUMBERS[kind]}, got {found}{hint}"
    elif kind in _BOUNDS:
        key, relation = _BOUNDS[kind]
        words = f"{name} must be {relation} {context[key]}, got {found}"
    elif kind in _FORMS:
        words = f"{name} {_FORMS[kind].format(found=found, **context)}"
    elif kind == "string_pattern_mismatch":
        form = _PATTERNS.get(str(context["pattern"]), f"the form {context['pattern']}")
        words = f"{name} takes {form}; got {found}"
    elif kind == "literal_error":
        words = f"{name} cannot be {found}{_hint(error, str(context['expected']))}"
    elif kind.startswith("date"):
        words = f"there is no such day as {found}; write it as 2026-10-31"
    elif kind == "value_error":
        words = str(context["error"])
    return words


def _hint(error: ErrorDetails, expected: str) -> str:
    return nearest(str(error.get("input"))[:60], re.findall(r"'([^']*)'", expected))


def quoted(value: object) -> str:
    """A value of the configuration as a message quotes it, cut to what a line can bear."""
    return repr(value if value is None or len(str(value)) <= 60 else f"{str(value)[:57]}...")
