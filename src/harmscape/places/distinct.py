"""Work on distinct points only, where points repeat enough for that to pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SAMPLE = 1 << 15
# Finding the distinct points of data that hardly repeat costs more than working on all of them.
PAYING_SHARE = 0.5

Floats = NDArray[np.float64]
Whole = TypeVar("Whole", np.int32, np.int64)


def on_distinct(work: Callable[[Floats, Floats], NDArray[Whole]], x: Floats, y: Floats) -> NDArray[Whole]:
    """The result of `work` for each point (x, y: float64[n]), calling it for repeated points once.

    work: takes the coordinates of some points and gives one whole number each, whatever the others are.

    >>> on_distinct(lambda x, y: (x + y).astype(np.int32), np.array([1.0, 2.0]), np.ones(2)).tolist()
    [2, 3]
    """
    if x.size <= SAMPLE:
        return work(x, y)
    _, some_x, _ = _distinct(x[:SAMPLE], y[:SAMPLE])
    if some_x.size > PAYING_SHARE * SAMPLE:
        return work(x, y)
    which, distinct_x, distinct_y = _distinct(x, y)
    return work(distinct_x, distinct_y)[which]


def _distinct(x: Floats, y: Floats) -> tuple[NDArray[np.int32], Floats, Floats]:
    """The number of each point among the distinct ones (equal to the bit, NaN too), and those."""
    pairs = np.ascontiguousarray(np.stack([x, y], axis=1))
    packed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), x.size, [None, pa.py_buffer(pairs)])
    coded = packed.dictionary_encode()
    values = coded.dictionary
    distinct = np.frombuffer(values.buffers()[1], dtype=np.float64, count=2 * len(values))
    return coded.indices.to_numpy(), distinct[0::2], distinct[1::2]
