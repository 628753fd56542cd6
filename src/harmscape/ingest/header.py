"""A table's header against the columns a source declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harmscape.model.category import spelling
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the declared columns stand: name as declared to place; `order` is every column by its name, so
    that content compares whatever the order of columns."""

    place: dict[str, int]
    absent: tuple[str, ...]
    order: tuple[int, ...]


def match_header(header: tuple[str, ...], source: Source, shown: str) -> Columns:
    """Find the declared columns; case, surrounding spaces and runs of spaces do not count.

    Raises FileRefusedError for a name that stands twice, or for a declared column that is missing and not
    in the source's `may_lack`.
    """
    names = declared_names(header, source)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    declared = {spelling(name): name for name in source.columns}
    if twice:
        which = [declared.get(name) for name in twice]
        known = ", ".join(repr(name) for name in which if name) or "one the source does not use"
        raise FileRefusedError(
            "header_duplicate_column",
            f"{shown}: a column name stands twice in the header ({known}); rename or remove one of them",
        )
    missing = [name for name in source.columns if spelling(name) not in names]
    lost = [name for name in missing if name not in source.may_lack]
    if lost:
        divided = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), None)
        raise FileRefusedError(
            "header_missing_column",
            f"{shown}: the header has no column {', '.join(repr(name) for name in lost)}, which source "
            f"{source.id!r} needs; "
            + (
                f"its columns seem to be divided by {divided!r}: save it with commas"
                if divided
                else "add it, or change the mapping of the source"
            ),
        )
    place = {name: names.index(spelling(name)) for name in source.columns if name not in missing}
    order = tuple(sorted(range(len(names)), key=lambda at: (names[at], at)))
    return Columns(place, tuple(missing), order)


def declared_names(header: Iterable[str], source: Source) -> list[str]:
    """The names of a header as they are compared; one that a column also bears becomes the column's own."""
    other = {spelling(name): spelling(own) for own, names in source.also_named.items() for name in names}
    found = [spelling(name) for name in header]
    return [other[name] if name in other and other[name] not in found else name for name in found]
