"""What was planted, so that rankings can be tested against it: true rates, points and ranks of every type."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from harmscape.demo.consumer import filing
from harmscape.demo.consumer.kinds import FIRST_TAKEN_FOR, KINDS, MASS_TRIVIAL, NUMBER, RARE_SERIOUS
from harmscape.demo.consumer.names import REGION_NAME
from harmscape.demo.consumer.places import Region
from harmscape.demo.consumer.rates import Doubling, expected_points, rogue_complaints
from harmscape.demo.consumer.traders import ROGUE, Traders
from harmscape.demo.consumer.weights import SWING, points
from harmscape.demo.events import Span
from harmscape.demo.rhythm import RHYTHMS, day_shares
from harmscape.demo.terrain import Floats

NEW_TYPE, NEW_TYPE_OF, NEW_TYPE_SHARE = "Heat network charges", NUMBER["energy_bill"], 0.1
"""A type that turns up in the last month and that no list has: a tenth of the energy bills."""

NOTE = (
    f"{REGION_NAME} is invented: every place, trader, number, complaint and weight. Any likeness to a real "
    "place, firm or person is an accident. These are the rates the complaints were drawn from, not counts of "
    "what was drawn."
)

README = f"""{REGION_NAME}: an invented trading standards region

Everything here is made up: the land lies in open sea, the councils, wards, traders and complaints were drawn
by a program, and the points of harm were agreed by nobody. Any likeness to a real place, firm or person is
an accident. Do not use it as evidence of anything.

geographies/   region, councils, wards and small areas, each inside the one above (EPSG:4326)
denominators/  residents, households and children by area; small areas also by fifth of deprivation
complaints/    what consumers told the helpline, councils, banks and police: a history, then one file a month
               that tells the last three months anew; points are postcodes, losses whole pounds, blank if none
visits/        inspections, test purchases, patrols and responses; each file adds and corrects
registers/     traders and licensed premises, each file the whole register of its day
truth.json     the rates everything was drawn from, and what was planted, for testing rankings

The date in a file's name is the day up to which it knows. Eastings and northings are British grid metres.
"""


def tell_truth(
    rates: Floats, region: Region, traders: Traders, span: Span, doubling: Doubling | None
) -> dict[str, Any]:
    """The content of truth.json.

    Expected complaints are those of the finished books: read and corrected, before the withdrawn and those
    still to come are taken off, with a point or not, over the whole span, the doubling included.
    """
    expected = _by_council(rates, region, span, doubling)
    volume = expected.sum(axis=1)
    each = np.array([expected_points(kind) for kind in KINDS])
    harm = volume * each
    volume_rank, harm_rank = (1 + (row[:, None] < row).sum(axis=1) for row in (volume, harm))
    return {
        "note": NOTE,
        "starts": span.starts.isoformat(),
        "ends": span.ends.isoformat(),
        "swing": {name: str(value) for name, value in SWING.items()},
        "types": {
            kind.id: {
                "title": kind.title,
                "branch": kind.branch,
                "expected_complaints": round(float(volume[number]), 6),
                "points_each": round(float(each[number]), 6),
                "expected_harm": round(float(harm[number]), 3),
                "volume_rank": int(volume_rank[number]),
                "harm_rank": int(harm_rank[number]),
            }
            for number, kind in enumerate(KINDS)
        },
        "by_council": {
            code: {kind.id: round(float(value), 6) for kind, value in zip(KINDS, column, strict=True)}
            for code, column in zip(region.councils.code, expected.T, strict=True)
        },
        "rare_serious": RARE_SERIOUS,
        "mass_trivial": MASS_TRIVIAL,
        "rogue_trader": _rogue(rates, traders),
        "doubled": None if doubling is None else asdict(doubling) | {"starts": doubling.starts.isoformat()},
        "first_filed_as": FIRST_TAKEN_FOR,
        "unmapped_type": NEW_TYPE,
        "no_point_share": filing.NO_POINT_SHARE,
        "corrected_share": filing.CORRECTED_SHARE,
        "withdrawn_share": filing.WITHDRAWN_SHARE,
    }


def _by_council(rates: Floats, region: Region, span: Span, doubling: Doubling | None) -> Floats:
    """Types x councils: the complaints to expect over the span."""
    councils = len(region.councils.code)
    expected = np.array([np.bincount(region.council_of_place, row, councils) for row in rates])
    if doubling is not None:
        number, here = NUMBER[doubling.category], region.councils.code.index(doubling.council)
        by_day = day_shares(RHYTHMS["daytime"], span.starts, span.days)
        after = float(by_day[span.number(doubling.starts) :].sum())
        expected[number, here] *= 1 + (doubling.ratio - 1) * after
    return expected


def _rogue(rates: Floats, traders: Traders) -> dict[str, Any]:
    """The planted trader: few complaints, each of them grave."""
    each = points(KINDS[NUMBER[RARE_SERIOUS]], breach="criminal", vulnerable="yes")
    return {
        "trader_id": traders.id(ROGUE),
        "name": traders.name[ROGUE],
        "spellings": list(traders.spellings[ROGUE]),
        "expected_complaints": round(rogue_complaints(rates), 6),
        "points_each": str(each),
    }
