"""The records of a block while they are judged: their cells, cleaned once, and the verdict so far."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.block import Block, Refused
from harmscape.ingest.header import Columns
from harmscape.ingest.reasons import ROW_REASONS
from harmscape.ingest.text import clean, is_empty
from harmscape.model.category import spelling

Mask = NDArray[np.bool_]


class Records:
    """The cleaned cells of a block, and the verdict on each record so far."""

    def __init__(self, columns: Columns, block: Block) -> None:
        self.block, self.size = block, len(block.line)
        self._columns = columns
        self._cleaned: dict[int, pa.Array] = {}
        self._distinct: dict[str, pa.DictionaryArray] = {}
        self.verdict = np.full(self.size, -1, np.int16)
        self._reasons: list[str] = []

    def refuse(self, reason: str, hit: Mask) -> None:
        """Refuse these records unless they already are. reason: one of `ROW_REASONS`."""
        assert reason in ROW_REASONS, reason
        self.verdict[hit & (self.verdict < 0)] = len(self._reasons)
        self._reasons.append(reason)

    def refusals(self) -> list[Refused]:
        """The refused records with their raw text."""
        hit = np.flatnonzero(self.verdict >= 0)
        raws = self.block.raw.take(pa.array(hit)).to_pylist()
        lines = self.block.line[hit].tolist()
        reasons = [self._reasons[code] for code in self.verdict[hit].tolist()]
        return [
            Refused(line, line + raw.count("\n") if "\n" in raw else None, reason, raw.encode())
            for line, reason, raw in zip(lines, reasons, raws, strict=True)
        ]

    def column(self, at: int) -> pa.Array:
        """One column of the file, cleaned."""
        if at not in self._cleaned:
            self._cleaned[at] = clean(self.block.columns[at])
        return self._cleaned[at]

    def cells(self, name: str | None) -> pa.Array:
        """A declared column, cleaned; empty texts where the file lacks it."""
        if name is None or name not in self._columns.place:
            return pa.array([""]).take(pa.array(np.zeros(self.size, np.int32)))
        return self.column(self._columns.place[name])

    def optional(self, name: str | None) -> pa.Array:
        """A declared column, null where it is empty or not there."""
        if name is None or name not in self._columns.place:
            return pa.nulls(self.size, pa.string())
        cells, empty = self.cells(name), self.empty(name)
        return pc.if_else(pa.array(empty), None, cells) if empty.any() else cells

    def empty(self, name: str) -> Mask:
        return is_empty(self.cells(name))

    def distinct(self, name: str) -> pa.DictionaryArray:
        """A declared column as codes into its distinct texts."""
        if name not in self._distinct:
            self._distinct[name] = self.cells(name).dictionary_encode()
        return self._distinct[name]

    def spelt(self, name: str, spellings: set[str]) -> Mask:
        """Records whose text in a column is one of these, compared as categories are."""
        distinct = self.distinct(name)
        hits = np.array([spelling(text) in spellings for text in distinct.dictionary.to_pylist()], np.bool_)
        given: Mask = hits[distinct.indices.to_numpy()]
        return given
