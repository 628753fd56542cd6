"""What every reader gives: records as cell texts in columns, in file order, and the rows it had to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

ORDER = (
    "encoding_undecodable",
    "nul_byte",
    "column_count",
    "control_char",
    "field_too_long",
    "geometry_type",
    "footer_or_incomplete",
    "formula_no_value",
    "id_precision_lost",
)
"""The faults a reader may find in cells, in the order in which they count: a row has one reason."""


class Refused(NamedTuple):
    """One refused record: its first physical line, its last where it spans several, why, and its bytes."""

    line: int
    to_line: int | None
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """Some records of one table.

    line: int64, one per record; raw: its verbatim text; columns: one text array per header column, as found.
    `faults` are reasons found by a reader that knows more than the text, with the rows they hit.
    """

    line: NDArray[np.int64]
    raw: pa.Array
    columns: list[pa.Array]
    refused: list[Refused] = field(default_factory=list)
    faults: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


class Reader(Protocol):
    """An open table: its header, then its blocks, once."""

    @property
    def header(self) -> tuple[str, ...]: ...

    def blocks(self) -> Iterator[Block]: ...
