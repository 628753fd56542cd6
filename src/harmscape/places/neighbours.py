"""Which areas share a border? From the edges of their boundaries, each edge looked at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse

from harmscape.places.crs import is_geographic
from harmscape.places.edges import edges_of

_DECIMALS_DEGREES, _DECIMALS_METRES = 7, 2
"""About a centimetre: neighbours whose corners were written by different hands still meet."""


def neighbours(polygons: NDArray[Any], *, epsg: int) -> sparse.csr_array:
    """Who borders whom, as a symmetric matrix of ones, shape (p, p), without the areas themselves.

    polygons: object[p] of shapely polygons in the system `epsg`. Two areas are neighbours if they share an
    edge; a common corner alone is not enough. An area without neighbours, such as an island, has an empty
    row.

    >>> row = [shapely.box(at, 0, at + 1, 1) for at in range(3)]
    >>> neighbours(np.array(row), epsg=27700).toarray().astype(int).tolist()
    [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    """
    decimals = _DECIMALS_DEGREES if is_geographic(epsg) else _DECIMALS_METRES
    edges = edges_of(shapely.transform(polygons, lambda points: np.round(points, decimals)))
    size = len(polygons)
    owners = np.diff(edges.first)
    # An edge has one owner at the rim and two inside; where areas overlap it may have more.
    one, other = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for step in range(1, int(owners.max(initial=1))):
        for place in range(int(owners.max()) - step):
            held = edges.first[:-1][owners > place + step]
            one.append(edges.owner[held + place])
            other.append(edges.owner[held + place + step])
    a, b = np.concatenate(one), np.concatenate(other)
    apart = a != b
    a, b = a[apart], b[apart]
    both = sparse.coo_array(
        (np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(size, size)
    ).tocsr()
    both.data[:] = 1.0
    return both
