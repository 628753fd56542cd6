"""Makes a scheme from a published table of weights: ONS's own, the Cambridge index, or any two columns."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harmscape.config.plain_words import in_plain_words
from harmscape.config.weights_sheet import SPOILT, WeightRow, read_sheet
from harmscape.config.yaml_tree import Place
from harmscape.model.category import CategoryList, spelling
from harmscape.model.errors import ConfigError, HarmscapeError, Problem
from harmscape.model.scheme import Scheme, Status, Weight

_FIGURE = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?")
_PLACES = Decimal("0.0001")
_TOO_LARGE = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class ImportedScheme:
    """A scheme as read, and what a person must look at before trusting it.

    taken: which header and columns were read, in words. unmatched_rows: lines with a weight that fit no
    category (line, text, weight). passed_over: lines without a weight that fit none, such as headings.
    unweighted: categories that no row reached, even by their parents. fallen_back: those that take their
    parent's. rounded: how many figures had more than four decimal places.
    """

    scheme: Scheme
    taken: tuple[str, ...]
    unmatched_rows: tuple[tuple[int, str, str], ...]
    passed_over: tuple[tuple[int, str], ...]
    unweighted: tuple[str, ...]
    fallen_back: tuple[str, ...]
    rounded: int

    @property
    def yaml(self) -> str:
        """The scheme's file; its weights stand in the table beside it."""
        scheme = self.scheme
        values = {
            "id": scheme.id,
            "title": scheme.title,
            "source": scheme.source,
            "status": scheme.status,
            "unit": scheme.unit,
            "version": scheme.version,
            "categories": list(scheme.categories),
            "reason": scheme.reason,
            "table": f"{scheme.id}.csv",
        }
        written = [
            f"# {line}" for line in ("Imported; the weights stand in the table named below.", *self.taken)
        ]
        lines = [
            f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value
        ]
        return "\n".join([*written, "scheme:", *lines]) + "\n"

    @property
    def table(self) -> str:
        """The weights as CSV: category, points, and the line each was read from."""
        out = StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["category", "points", "reason"])
        writer.writerows([each.category, f"{each.points:f}", each.reason] for each in self.scheme.weights)
        return out.getvalue()

    def write(self, schemes: Path) -> tuple[Path, Path]:
        """Write both files into a workspace's `schemes` folder, over an earlier import of the same id."""
        schemes.mkdir(parents=True, exist_ok=True)
        declared, table = schemes / f"{self.scheme.id}.yml", schemes / f"{self.scheme.id}.csv"
        table.write_text(self.table, encoding="utf-8", newline="\n")
        declared.write_text(self.yaml, encoding="utf-8", newline="\n")
        return declared, table


def import_weights(
    path: Path,
    categories: CategoryList,
    *,
    id: str,
    title: str,
    source: str,
    status: Status,
    unit: str = "points",
    version: str = "1",
    reason: str | None = None,
    sheet: str | None = None,
    code: str | None = None,
    weight: str | None = None,
) -> ImportedScheme:
    """A scheme over a list of categories from a CSV or XLSX table of weights.

    categories: matched by code, title or label as everywhere (case and spaces do not count). unit: what a
    figure is: points, days. reason: needed when the status is `local`. sheet, code, weight: the sheet and
    columns, where the words of the header do not tell.
    Raises HarmscapeError when the table has no fitting header, and ConfigError with every faulty line:
    weights that are blank, negative or no number, and categories with two different weights.
    """
    found = read_sheet(path, sheet=sheet, code=code, weight=weight)
    reading = _Reading(path.name, categories)
    for row in found.rows:
        reading.take(row)
    if not reading.points and not reading.problems:
        reading.problems.append(
            Place(path.name, 1, 1).problem(f"no row fits a category of {categories.id!r}")
        )
    if reading.problems:
        raise ConfigError(reading.problems)
    scheme = _scheme(
        reading,
        id=id,
        title=title,
        source=source,
        status=status,
        unit=unit,
        version=version,
        categories=(categories.id,),
        reason=reason,
    )
    reached = {
        each.id: not reading.points.keys().isdisjoint(categories.line(each.id))
        for each in categories.categories
    }
    return ImportedScheme(
        scheme=scheme,
        taken=found.taken,
        unmatched_rows=tuple(reading.unmatched),
        passed_over=tuple(reading.passed_over),
        unweighted=tuple(name for name, reaches in reached.items() if not reaches),
        fallen_back=tuple(
            name for name, reaches in reached.items() if reaches and name not in reading.points
        ),
        rounded=reading.rounded,
    )


def _scheme(reading: _Reading, **words: Any) -> Scheme:
    if words["status"] == "local" and not words["reason"]:
        raise HarmscapeError("local weights need a reason: say why they are what they are")
    weights = tuple(
        Weight(category=each, points=points, reason=f"line {line} of {reading.shown}")
        for each, (points, line) in reading.points.items()
    )
    try:
        return Scheme(**words, weights=weights)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = repr(str(first["loc"][0])) if first["loc"] else "the scheme"
        raise HarmscapeError(in_plain_words(first, name)) from fault


class _Reading:
    """Matches rows to categories one by one and gathers what does not fit."""

    def __init__(self, shown: str, categories: CategoryList) -> None:
        self.shown = shown
        self._spellings: Mapping[str, str] = categories.spellings()
        self._above = {each.parent for each in categories.categories}
        self.points: dict[str, tuple[Decimal, int]] = {}
        self.problems: list[Problem] = []
        self.unmatched: list[tuple[int, str, str]] = []
        self.passed_over: list[tuple[int, str]] = []
        self.rounded = 0

    def take(self, row: WeightRow) -> None:
        """Take one row in: a weight, a fault, or something to show."""
        if SPOILT in row.names:
            self._fault(row, "the code is a date: a spreadsheet changed it; format the column as text")
            return
        matched = next((found for name in row.names if (found := list(self._matches(name)))), [])
        # Published tables name a group above its codes without a weight of its own.
        is_heading = not row.weight and all(category in self._above for category in matched)
        if is_heading or not matched:
            text = " | ".join(row.names)
            if row.weight:
                self.unmatched.append((row.line, text, row.weight))
            else:
                self.passed_over.append((row.line, text))
            return
        points = self._figure(row, matched[0])
        if points is None:
            return
        for category in matched:
            held = self.points.setdefault(category, (points, row.line))
            if held[0] != points:
                self._fault(row, f"category {category!r} has {held[0]} in line {held[1]} and {points} here")

    def _matches(self, name: str) -> Iterator[str]:
        """The categories a text names: one, or several codes in one cell, as in 1/4.1/4.2 or 28A, 28B."""
        whole = self._spellings.get(spelling(name))
        if whole is not None:
            yield whole
            return
        # Two parts with one stroke are a class and a subclass of the Home Office (8/27), not two codes.
        parts = name.split("/") if name.count("/") > 1 else re.split(r"[,;&+]", name)
        several = [self._spellings.get(spelling(part)) for part in parts]
        if len(parts) > 1 and all(several):
            yield from dict.fromkeys(each for each in several if each is not None)
            return
        first, _, rest = name.partition(" ")
        by_code = self._spellings.get(spelling(first))
        if by_code is not None and any(letter.isdigit() for letter in first) and rest:
            yield by_code

    def _figure(self, row: WeightRow, category: str) -> Decimal | None:
        if not row.weight:
            self._fault(row, f"category {category!r} has no weight; give it one or take the row out")
            return None
        text = row.weight.lower()
        if not _FIGURE.fullmatch(text) and not re.fullmatch(r"\d+(\.\d+)?e-?\d{1,2}", text):
            shown = row.weight if row.weight != SPOILT else "a date"
            wanted = "must be at least 0" if row.weight.startswith(("-", "−")) else "must be a number"
            self._fault(row, f"the weight of {category!r} {wanted}, got {shown[:40]!r}")
            return None
        exact = Decimal(text.replace(",", ""))
        if exact >= _TOO_LARGE:
            self._fault(row, f"the weight of {category!r} must be under {_TOO_LARGE:,}")
            return None
        points = exact.quantize(_PLACES, ROUND_HALF_EVEN).normalize()
        self.rounded += points != exact
        return points + 0 if points != points.to_integral() else points.quantize(Decimal(1))

    def _fault(self, row: WeightRow, message: str) -> None:
        self.problems.append(Place(self.shown, row.line, 1).problem(message))
