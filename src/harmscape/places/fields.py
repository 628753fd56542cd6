"""Which field of a boundary file holds the code of an area and which its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harmscape.model.errors import FileRefusedError, nearest

# Government Statistical Service codes: a letter for the country, two digits for the kind of area, six for
# the area.
GSS_CODE = re.compile(r"[EWSNKJLM]\d{8}")
CODE_NAME = re.compile(r"(cd|code)$|^code", re.IGNORECASE)
ID_NAME = re.compile(r"(^|[_ ])(id|ref|reference|key|number|no|beat|sector)$|id$", re.IGNORECASE)
NAME_NAME = re.compile(r"(nm|name|title|label)$", re.IGNORECASE)
# Serial numbers that programs add by themselves; two saves of one file may number areas differently.
SERIAL_NAME = re.compile(
    r"^(objectid|fid|ogc_fid|gid|index|globalid|shape_.*|st_.*|bng_[en]|lat|long?)$", re.IGNORECASE
)
MOSTLY_DISTINCT = 0.9


def guess_fields(columns: Sequence[str], sample: Mapping[str, Sequence[Any]]) -> tuple[str, str | None, str]:
    """The field of codes, the field of names or None, and why, in words to show to a person.

    sample: values per field, from some or all features.
    Raises FileRefusedError (header_missing_column) if no field tells areas apart.

    >>> guess_fields(["WD25CD", "WD25NM"], {"WD25CD": ["E05016083"], "WD25NM": ["Alnwick Castle"]})
    ('WD25CD', 'WD25NM', 'WD25CD holds distinct official area codes; WD25NM is named like it')
    """
    usable = [column for column in columns if _distinct_share(sample[column]) >= MOSTLY_DISTINCT]
    if not usable:
        raise FileRefusedError(
            "header_missing_column", "no field tells the areas apart; name the one that holds their codes"
        )
    code = max(usable, key=lambda column: _code_likeness(column, sample[column]))
    if _is_official(sample[code]):
        reason = f"{code} holds distinct official area codes"
    elif CODE_NAME.search(code) or ID_NAME.search(code):
        reason = f"{code} is named like a code and its values differ"
    else:
        reason = f"no field is named like a code; the values of {code} differ"
    name, why_name = guess_name_field(code, columns, sample)
    return code, name, f"{reason}; {why_name}"


def find_field(wanted: str, columns: Sequence[str]) -> str:
    """The field a person named, whatever its case.

    Raises FileRefusedError: header_missing_column with the nearest name, header_duplicate_column if two fit.

    >>> find_field("lsoa11cd", ["LSOA11CD", "LSOA11NM"])
    'LSOA11CD'
    """
    if wanted in columns:
        return wanted
    fitting = [column for column in columns if column.strip().casefold() == wanted.strip().casefold()]
    if not fitting:
        raise FileRefusedError(
            "header_missing_column", f"the file has no field {wanted!r}{nearest(wanted, columns)}"
        )
    if len(fitting) > 1:
        raise FileRefusedError(
            "header_duplicate_column", f"the fields {' and '.join(fitting)} differ only in case"
        )
    return fitting[0]


def _code_likeness(column: str, values: Sequence[Any]) -> tuple[bool, bool, int]:
    """How much a field looks like the code: official codes, not a serial number, then its name."""
    name = 2 if CODE_NAME.search(column) else 1 if ID_NAME.search(column) else 0
    return _is_official(values), not SERIAL_NAME.match(column), name


def guess_name_field(
    code: str, columns: Sequence[str], sample: Mapping[str, Sequence[Any]]
) -> tuple[str | None, str]:
    """The field that shares the code's stem, or is named like a name, or holds distinct words."""
    stem = re.sub(r"[_ ]?(cd|code|id)$", "", code, flags=re.IGNORECASE).casefold()
    others = [column for column in columns if column != code and _is_text(sample[column])]
    named = [column for column in others if NAME_NAME.search(column)]
    alike = [column for column in named if stem and column.casefold().startswith(stem)]
    if alike:
        return alike[0], f"{alike[0]} is named like it"
    if named:
        best = max(named, key=lambda column: _distinct_share(sample[column]))
        return best, f"{best} is named like a name"
    wordy = [
        column
        for column in others
        if _distinct_share(sample[column]) == 1 and not _is_official(sample[column])
    ]
    if wordy:
        return wordy[0], f"{wordy[0]} holds distinct words"
    return None, "no field is named like a name, so codes serve as names"


def _distinct_share(values: Sequence[Any]) -> float:
    """Distinct values over features; a missing value counts as none."""
    return len({str(value) for value in values if value not in (None, "")}) / max(len(values), 1)


def _is_official(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) and GSS_CODE.fullmatch(value.strip()) for value in values)


def _is_text(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) and value.strip() for value in values)
